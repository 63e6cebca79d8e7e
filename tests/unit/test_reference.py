"""The reference agrees with the code, and every request on it is made here."""

from __future__ import annotations

import re
import tomllib
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest
import reference
from rigs.documents import blocks, rows, section
from rigs.lines import TestLine, test_line
from rigs.moderator import send
from rigs.operations import EVENTS, OPERATIONS, OURS, SETTINGS, SHOWN, TELLS, VERBS_OF, WEBHOOKS
from rigs.people import ANN, BOB, CLEO, TOKEN
from rigs.rehearsals import MAY, dial, rehearsal, settled
from rigs.waiting import until

from conference import rooms_file
from conference.core.requests.not_taken import REASONS
from conference.core.requests.verbs import VERBS
from conference.core.room_settings import RoomSettings
from conference.core.schema.kinds import People
from conference.core.schema.parameters import Parameter
from conference.core.schema.texts import Keys
from conference.core.sentences import SENTENCES
from conference.demo.rehearsal import Line
from conference.settings.kinds import KINDS

TEXT = reference.FILE.read_text(encoding="utf-8")
DAVE = "+13125550114"
VALUES = {"MAX_PARTICIPANTS": "77", "REGION": "Europe", "BEEP": "on_exit"} | {
    "COMFORT_NOISE": "no",
    "DURATION_MINUTES": "90",
}


def test_it_is_what_is_made_of_the_tables() -> None:
    assert TEXT == reference.text(), "python -m tests.reference writes it anew"


def first_cells(title: str) -> list[str]:
    return [row[0] for row in rows(section(TEXT, title))]


def test_the_table_of_sentences_can_be_copied_and_filled_in() -> None:
    (table,) = blocks(TEXT, "toml")
    rooms = {"rooms": {"sales": {}}}
    copied = rooms_file.check(tomllib.loads(table) | rooms, RoomSettings())
    assert (copied.wrong, copied.rooms["sales"].words) == ((), {})
    filled = re.sub('^(".*") = ""$', r"\1 = \1", table, flags=re.MULTILINE)
    found = rooms_file.check(tomllib.loads(filled) | rooms, RoomSettings())
    assert found.wrong == ()
    assert found.rooms["sales"].words == {sentence: sentence for sentence in SENTENCES}


def test_all_34_operations_and_16_webhooks_are_in_it() -> None:
    theirs = [f"`{each.method} {each.path}`" for each in OPERATIONS]
    assert [name for name in first_cells("Telnyx's operations") if " " in name] == theirs
    assert len(set(theirs)) == 34
    assert first_cells("Telnyx's webhooks") == [f"`{name}`" for name in WEBHOOKS]
    assert len(set(WEBHOOKS)) == 16


# Operations: each is requested with every parameter; the requests that reach Telnyx are checked.

BY_NAME = {each.name: each for each in OPERATIONS}
PARAMETERS = [f"{each.name} {name}" for each in OPERATIONS for name in each.optional]
OF_A_QUEUE = {"queue_name": "q", "max_size": 7, "keep_after_hangup": True}
FITTING = {
    **{"language": "fr-FR", "queue_name": "q", "max_wait_time_secs": 600},
    "supervisor_role": "whisper",  # which whisper_call_control_ids needs
}
VIEW = ("ListConferences", "ListConferenceParticipants", "RetrieveConference")


@dataclass
class Scenario:
    """Every request to a line, in an order in which all of them can be done."""

    line: Line
    given: dict[str, list[dict[str, Any]]] = field(default_factory=lambda: defaultdict(list))
    answers: dict[str, list[Any]] = field(default_factory=lambda: defaultdict(list))
    calls: dict[str, str] = field(default_factory=dict)  # by number

    def play(self) -> None:
        for number in (ANN, BOB, CLEO):
            self.comes(number)
        self.each("CreateQueue", "ListQueues", "RetrieveCallQueue", "UpdateQueue")
        self.each("EnqueueCall", "ListQueueCalls", "RetrieveCallFromQueue", of=CLEO)
        self.each("UpdateCallInQueue", "LeaveQueue", "EnqueueCall", of=CLEO)
        self.line.telnyx.phone(CLEO).hang_up()
        self.each("RemoveQueueCall", "DeleteQueue", of=CLEO)
        self.each(*VIEW, "RetrieveConferenceParticipant")
        self.each("MuteConferenceParticipants", "UnmuteConferenceParticipants")
        self.each("HoldConferenceParticipants", "UnholdConferenceParticipants")
        self.each("PlayConferenceAudio", "StopConferenceAudio", "SpeakTextToConference")
        self.each("ConferenceSendDTMF", "ConferenceGatherUsingAudio", "UpdateConference")
        self.each("StartConferenceRecording", "PauseConferenceRecording")
        self.each("ResumeConferenceRecording", "StopConferenceRecording")
        for body in self.bodies("JoinConference"):
            self.each("LeaveConference")
            self.ask("JoinConference", body)
        self.each("UpdateConferenceParticipant", "EndConference")
        self.comes(DAVE)  # and opens the room with what is said when coming back
        for body in self.bodies("CreateConference"):
            self.each("LeaveConference", of=DAVE)
            self.ask("CreateConference", body, of=DAVE)

    def comes(self, number: str) -> None:
        self.calls[number] = dial(self.line, number).call_control_id
        settled(self.line)

    def each(self, *operations: str, of: str = ANN) -> None:
        for operation in operations:
            for body in self.bodies(operation):
                self.ask(operation, body, of)

    def ask(self, operation: str, body: dict[str, Any], of: str = ANN) -> None:
        """Send a request by the route that the reference names."""
        method, path = reference.route(operation).split()
        conferences = self.line.telnyx.conferences
        about = {
            **{"room": "demo-conference", "who": self.calls[of], "call": self.calls[of]},
            **{"participant": self.calls[of], "queue": "q", "conference": conferences[-1].id},
        }
        filled = re.sub("<([a-z]+)>", lambda part: about[part[1]], path)
        wait = "?wait=1" if operation in VERBS_OF else ""
        raw = body if method == "POST" else None
        answer = send(self.line, f"{filled}{wait}", raw, method)
        self.answers[operation].append(answer)
        self.given[operation].append(body)
        settled(self.line)

    def bodies(self, operation: str) -> Iterator[dict[str, Any]]:
        """Request bodies: with the parameters that replace others, then with all others. For the
        room and, where there is a choice, also for one participant."""
        if operation not in VERBS_OF:
            names = reference.given(BY_NAME[operation])
            yield {name: OF_A_QUEUE[name] for name in names}
            return
        verb = VERBS[VERBS_OF[operation]]
        known = [p for p in verb.parameters if p.name in BY_NAME[operation].parameters]
        instead = {p.name: p.instead_of for p in known if p.instead_of}
        optional = {p.name for p in known if not p.required} - instead.keys()
        for left_out in [{*instead.values(), *optional}] * bool(instead) + [{*instead}]:
            values = {p.name: self.value(p) for p in known if p.name not in left_out}
            yield values
            if verb.of == "either" and not verb.name.startswith("record"):
                yield values | {"participants": [ANN]}

    def value(self, parameter: Parameter) -> Any:
        if parameter.name == "recording_id":
            return self.line.telnyx.recordings[-1].id
        if parameter.name in FITTING:
            return FITTING[parameter.name]
        if isinstance(parameter.kind, People):
            return [BOB]
        word = parameter.kind.example.strip("'\"")
        if isinstance(parameter.kind, Keys):
            word = word[: parameter.kind.longest]
        return parameter.kind.read(word)

    def sent(self, operation: str, parameter: str) -> list[Any]:
        """The values of a parameter in the requests that Telnyx carried out."""
        requests = [r for r in self.line.telnyx.requests if r.executed]
        done = [r.body for r in requests if r.operation == operation]
        return [body[parameter] for body in done if parameter in (body or {})]


@pytest.fixture(scope="module")
def played() -> Iterator[Scenario]:
    settings = {name.lower(): KINDS[name].parse(value) for name, value in VALUES.items()}
    with rehearsal(**MAY, **settings) as line:
        scenario = Scenario(line)
        scenario.play()
        yield scenario


@pytest.mark.parametrize("operation", BY_NAME)
def test_each_operation_is_done_when_it_is_asked_for(played: Scenario, operation: str) -> None:
    answers = played.answers[operation]
    assert answers and all(status in (200, 202) for status, _ in answers), answers
    line = played.line
    assert operation in {each.operation for each in line.telnyx.requests if each.executed}
    for name in TELLS.get(operation, ()):
        until(lambda n=name: n in {w.event_type for w in line.telnyx.webhooks}, f"{name} came")  # type: ignore[misc]


@pytest.mark.parametrize("name", PARAMETERS)
def test_every_optional_parameter_can_be_reached(played: Scenario, name: str) -> None:
    operation, parameter = name.split()
    sent = played.sent(operation, parameter)
    if parameter in reference.given(BY_NAME[operation]):
        bodies = [body for body in played.given[operation] if parameter in body]
        given = [body[parameter] for body in bodies]
        given = [[played.calls[BOB]] if each == [BOB] else each for each in given]
        assert given and all(each in sent for each in given)
    elif parameter in SETTINGS:
        setting = SETTINGS[parameter]
        assert set(sent) == {KINDS[setting].parse(VALUES[setting])}
    elif parameter == "call_control_ids":
        assert [played.calls[ANN]] in sent
    elif parameter == "command_id":
        assert all(re.fullmatch("[0-9a-f]{32}", each) for each in sent)
        assert len(set(sent)) == len(sent) > 0
    else:
        assert (parameter, sent) == ("client_state", [])


def test_no_source_is_named_for_nothing() -> None:
    left = {n for each in OPERATIONS for n in each.parameters if n not in reference.given(each)}
    in_paths = {"queue_name"}
    assert left - in_paths == {*SETTINGS, *OURS}
    assert {*SETTINGS, *OURS} - {"client_state", "beep_enabled"} <= REASONS.keys()


@pytest.mark.parametrize(("verb", "parameter"), [row[:2] for row in reference.DIFFERENCES])
def test_differences_are_of_parameters_that_there_are(verb: str, parameter: str) -> None:
    assert parameter in {each.name for each in VERBS[verb].parameters}


# Commands, and what comes in


def test_every_command_in_it_is_one(line: TestLine) -> None:
    there = dict(reference.commands(line.client.application.cli))
    assert {*map(reference.words, BY_NAME), *(word for _, word in SHOWN.values())} <= there.keys()


BEFORE = ("call.initiated", "call.answered", "call.speak.ended")
ROOM_IS_OPEN = (*BEFORE, "conference.created", "conference.participant.joined")


@pytest.mark.parametrize("name", WEBHOOKS)
def test_every_webhook_is_shown(name: str) -> None:
    with test_line(control_token=TOKEN) as line:
        _, path = SHOWN[name][0].replace("<room>", "demo-conference").split()

        def shown() -> Any:
            headers = {"Authorization": f"Bearer {TOKEN}"}
            return line.client.get(path, headers=headers).json

        line.happens(*ROOM_IS_OPEN[: ROOM_IS_OPEN.index(name) if name in ROOM_IS_OPEN else None])
        before = shown()
        line.happens(name)
        if SHOWN[name] is EVENTS:
            told = [(each["kind"], each["event_type"]) for each in shown()["events"]]
            assert ("webhook", name) in told
        else:
            assert shown() != before
