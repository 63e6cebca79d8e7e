"""The reference is as the code is, and what it says can be asked for is asked for here."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest
import reference
from lines import TestLine, test_line, until
from operations import EVENTS, OPERATIONS, SETTINGS, SHOWN, WAYS, WEBHOOKS, Way
from test_control import ANN, BOB, CLEO, TOKEN, send
from test_dialling import MAY
from test_line import dial, rehearsal, room, settled

from conference.core.kinds import Keys, People
from conference.core.parameters import Parameter
from conference.core.verbs import VERBS
from conference.rehearsal import Line
from conference.settings import PARSERS
from conference.simulator import Request

TEXT = reference.FILE.read_text(encoding="utf-8")
DAVE = "+13125550114"
FITTING = {"language": "fr-FR", "queue_name": "q", "max_wait_time_secs": 600} | dict.fromkeys(
    (
        *("end_conference_on_exit", "soft_end_conference_on_exit"),
        "start_conference_on_create",
    ),
    False,
)
VALUES = {"BEEP": "on_exit", "MAX_PARTICIPANTS": "77", "REGION": "Europe"} | {
    "COMFORT_NOISE": "no",
    "DURATION_MINUTES": "90",
}


def test_it_is_what_is_made_of_the_tables() -> None:
    assert TEXT == reference.text(), "python -m tests.reference writes it anew"


def rows(title: str) -> list[list[str]]:
    part = TEXT.split(f"\n# {title}\n")[1].split("\n# ")[0]
    lines = [line for line in part.splitlines() if line.startswith("| `")]
    return [[cell.strip() for cell in line.strip("|").split(" | ")] for line in lines]


def test_all_34_operations_and_16_webhooks_are_in_it() -> None:
    theirs = [f"`{each.method} {each.path}`" for each in OPERATIONS]
    assert [row[0] for row in rows("Telnyx's operations") if " " in row[0]] == theirs
    assert len(set(theirs)) == 34
    assert [row[0] for row in rows("Telnyx's webhooks")] == [f"`{name}`" for name in WEBHOOKS]
    assert len(set(WEBHOOKS)) == 16


# Operations: each is asked for, once with every parameter, and what reaches Telnyx is looked at.

WAYS_OF = {way.operation: way for way in WAYS}
BY_OPERATION = {each.name: each for each in OPERATIONS}
PARAMETERS = [f"{each.name} {name}" for each in OPERATIONS for name in each.optional]


@dataclass
class Asked:
    """What was asked for here, what was answered, and what of it reached Telnyx."""

    given: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    answers: dict[str, list[tuple[int, Any]]] = field(default_factory=dict)
    calls: dict[str, str] = field(default_factory=dict)  # by number
    requests: list[Request] = field(default_factory=list)

    def sent(self, operation: str, parameter: str) -> list[Any]:
        """The values with which Telnyx took it."""
        done = [r.body for r in self.requests if r.executed and r.operation == operation]
        return [body[parameter] for body in done if parameter in (body or {})]

    def as_sent(self, value: Any) -> Any:
        """Participants by their ids."""
        return [self.calls[each] for each in value] if isinstance(value, list) else value


@pytest.fixture(scope="module")
def asked() -> Asked:
    found = Asked()
    settings = {name.lower(): PARSERS[name](VALUES[name]) for name in VALUES if name in PARSERS}
    with rehearsal(**MAY, **settings) as line:
        legs = [dial(line, number) for number in (ANN, BOB, CLEO)]
        line.telnyx.phone(DAVE).when_called()
        settled(line)
        found.calls = {leg.number: leg.call_control_id for leg in legs}
        for way in WAYS:
            for body in bodies(way, line):  # each is settled before the next is made
                BEFORE_IT.get(way.operation, lambda line: None)(line)
                method, path = filled(way, line)
                path += "?wait=1" if path.startswith("/api/rooms") else ""
                answer = send(line, path, body if method != "GET" else None, method)
                found.answers.setdefault(way.operation, []).append(answer)
                found.given.setdefault(way.operation, []).append(body)
                settled(line)
        told = {name for way in WAYS for name in way.tells}
        came = {each.event_type for each in line.telnyx.webhooks}
        print(told - came, found.answers)
        until(lambda: told <= {each.event_type for each in line.telnyx.webhooks}, f"{told} came")
        found.requests = line.telnyx.requests
    return found


def take_out(line: Line, *numbers: str) -> None:
    """Of the conference, those who are in it."""
    joined = {p.number for p in room(line).participants.values() if p.status == "joined"}
    if out := sorted(joined.intersection(numbers)):
        send(line, "/api/rooms/demo-conference/actions/leave?wait=1", {"participants": out})
        settled(line)


def hang_up_in_queue(line: Line) -> None:
    """Leaving its place behind."""
    body = {"participants": [CLEO], "queue_name": "q", "keep_after_hangup": True}
    assert send(line, "/api/rooms/demo-conference/actions/enqueue", body)[0] == 202
    settled(line)
    line.telnyx.phone(CLEO).hang_up()
    settled(line)


BEFORE_IT = {
    "RemoveQueueCall": hang_up_in_queue,
    "JoinConference": lambda line: take_out(line, ANN),
    "CreateConference": lambda line: take_out(line, ANN, BOB, CLEO, DAVE),
}


def filled(way: Way, line: Line) -> tuple[str, str]:
    """`GET`, and the path with what it is about put in."""
    ann, _, cleo = line.telnyx.legs[:3]
    parts = {"<room>": "demo-conference", "<who>": "0111", "<queue>": "q"} | {
        "<conference>": line.telnyx.conferences[0].id,
        "<call>": (cleo if way.operation == "RemoveQueueCall" else ann).call_control_id,
        "<participant>": ann.call_control_id,
    }
    method, path = reference.route(way).split()
    return method, re.sub("<[a-z]+>", lambda part: parts[part[0]], path)


def bodies(way: Way, line: Line) -> Iterator[dict[str, Any]]:
    """What is given: the parameters that stand for others, then all others. For whoever is named,
    and where there is a choice for the room as well."""
    if not way.verb:
        yield {name: DAVE if value == "<number>" else value for name, value in way.body}
        return
    if way.verb not in VERBS:
        yield {}
        return
    verb, theirs = VERBS[way.verb], BY_OPERATION[way.operation].parameters
    taken = [p for p in verb.parameters if p.name in theirs]
    instead = {p.name: p.instead_of for p in taken if p.instead_of}
    left_out = {p.name for p in taken if not p.required} - instead.keys()
    for out in [{*instead.values(), *left_out}] * bool(instead) + [instead.keys()]:
        values = {p.name: value(p, line) for p in taken if p.name not in out}
        yield values
        if verb.of == "either" and not way.verb.startswith("record"):
            yield values | {"participants": [ANN]}


def value(parameter: Parameter, line: Line) -> Any:
    if parameter.name == "recording_id":
        return line.telnyx.recordings[-1].id
    if parameter.name in FITTING:
        return FITTING[parameter.name]
    if isinstance(parameter.kind, People):
        return [BOB]
    word = parameter.kind.example.strip("'\"")
    if isinstance(parameter.kind, Keys):
        word = word[: parameter.kind.longest]
    return parameter.kind.read(word)


@pytest.mark.parametrize("operation", [each.name for each in OPERATIONS])
def test_each_operation_is_done_when_it_is_asked_for(asked: Asked, operation: str) -> None:
    answers = asked.answers[operation]
    assert all(status in (200, 202) for status, _ in answers), answers
    assert operation in {each.operation for each in asked.requests if each.executed}, answers


@pytest.mark.parametrize("name", PARAMETERS)
def test_every_optional_parameter_can_be_reached(asked: Asked, name: str) -> None:
    operation, parameter = name.split()
    sent = asked.sent(operation, parameter)
    if parameter in reference.given(BY_OPERATION[operation]):
        given = [body[parameter] for body in asked.given[operation] if parameter in body]
        assert given and all(each in sent for each in map(asked.as_sent, given))
    elif parameter in SETTINGS:
        setting = SETTINGS[parameter]
        assert set(sent) == {PARSERS[setting](VALUES[setting])}
    elif parameter == "call_control_ids":
        assert [asked.calls[ANN]] in sent
    elif parameter == "command_id":
        assert all(re.fullmatch("[0-9a-f]{32}", each) for each in sent)
        assert len(set(sent)) == len(sent) > 0
    else:
        assert (parameter, sent) == ("client_state", [])


# Commands, and what comes in


def test_every_command_in_it_is_one(line: TestLine) -> None:
    there = dict(reference.commands(line.client.application.cli))
    ways = [reference.words(way) for way in WAYS]
    assert {*ways, *(word for _, word in SHOWN.values())} <= there.keys()


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
            told = [(each["kind"], each["text"].split(",")[0]) for each in shown()["events"]]
            assert ("webhook", name) in told
        else:
            assert shown() != before
