"""Every parameter of Telnyx's conference commands is taken and reaches Telnyx, or is refused."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from rigs.lines import WillingApi, test_line
from rigs.moderator import send
from rigs.operations import OPERATIONS, VERBS_OF
from rigs.people import ANN, BOB, CLEO, TOKEN
from rigs.rehearsals import MAY, dial, rehearsal, settled
from rigs.waiting import until

from conference.core.commands import Command, PassThrough
from conference.core.events import Outcome
from conference.core.requests.verbs import VERBS
from conference.demo.rehearsal import Line

ROOM = "/api/rooms/demo-conference"
GIVEN: dict[str, Any] = {"client_state": "bWluZQ==", "name": "x", "region": "US"}


@pytest.fixture(scope="module")
def line() -> Iterator[Line]:
    with rehearsal(**MAY) as line:
        for number in (ANN, BOB):
            dial(line, number)
        settled(line)
        yield line


def ask(line: Line, path: str, body: Any = None) -> tuple[int, Any]:
    answer = send(line, f"{ROOM}{path}?wait=1", body or {}, "POST")
    settled(line)
    return answer


def bodies(line: Line, operation: str) -> list[Any]:
    return [r.body for r in line.telnyx.requests if r.operation == operation and r.executed]


# What the line sets itself is refused with the reason


REFUSED = [
    (operation.name, name)
    for operation in OPERATIONS
    if operation.name in VERBS_OF
    for name in operation.parameters
    if name not in {p.name for p in VERBS[VERBS_OF[operation.name]].parameters}
]


@pytest.mark.parametrize(("operation", "name"), REFUSED)
def test_a_parameter_that_is_not_taken_is_refused_with_the_reason(
    line: Line, operation: str, name: str
) -> None:
    verb = VERBS[VERBS_OF[operation]]
    where = f"/participants/{ANN}" if verb.of == "participants" else ""
    before = len(line.telnyx.requests)
    status, said = ask(line, f"{where}/actions/{verb.name}", {name: GIVEN.get(name, "x")})
    (wrong,) = [each["problem"] for each in said["errors"] if each["field"] == name]
    assert (status, len(line.telnyx.requests)) == (400, before)
    assert wrong.startswith("cannot be given: ")
    assert len(wrong) > 40 and "not known" not in wrong


def test_seven_operations_take_a_client_state_and_each_refusal_has_its_reason() -> None:
    reasons = [
        VERBS[VERBS_OF[o]].not_taken["client_state"] for o, n in REFUSED if n == "client_state"
    ]
    assert len(reasons) == 7
    assert len(set(reasons)) == 6, "join and create are one verb"


# Values


def test_no_key_ends_the_input_if_the_terminating_digit_is_empty(line: Line) -> None:
    body = {"audio_url": "https://a.example/p.wav", "terminating_digit": "", "maximum_digits": 3}
    assert ask(line, f"/participants/{ANN}/actions/gather", body)[0] == 202
    assert bodies(line, "ConferenceGatherUsingAudio")[-1]["terminating_digit"] == ""


@pytest.mark.parametrize("name", ["q" * 255, "日" * 255])
def test_a_queue_may_have_a_long_name_and_a_million_places(line: Line, name: str) -> None:
    body = {"queue_name": name, "max_size": 1_000_000, "max_wait_time_secs": 86_400}
    assert ask(line, f"/participants/{BOB}/actions/enqueue", body)[0] == 202
    sent = bodies(line, "EnqueueCall")[-1]
    assert {n: sent[n] for n in body} == body
    assert ask(line, f"/participants/{BOB}/actions/join")[0] == 202


@pytest.mark.parametrize("name", ["", "q" * 256, "a\nb", "\u202e"])
def test_a_queue_has_no_other_name(line: Line, name: str) -> None:
    status, _ = ask(line, f"/participants/{BOB}/actions/enqueue", {"queue_name": name})
    assert status == 400


def test_an_adjustment_of_nothing_is_refused(line: Line) -> None:
    status, said = ask(line, f"/participants/{ANN}/actions/adjust")
    assert (status, said["type"]) == (400, "/problems/invalid-body")
    assert "end_conference_on_exit" in said["detail"]


@pytest.mark.parametrize("role", [{}, {"supervisor_role": "monitor"}, {"supervisor_role": "barge"}])
@pytest.mark.parametrize("verb", ["join", "supervise"])
def test_who_hears_a_whisper_needs_a_whisper(line: Line, verb: str, role: Any) -> None:
    whispers = {"whisper_call_control_ids": [BOB], **role}
    status, said = ask(line, f"/participants/{ANN}/actions/{verb}", whispers)
    problems = {each["field"]: each["problem"] for each in said["errors"]}
    assert status == 400
    assert problems["whisper_call_control_ids"] == "needs supervisor_role whisper"


@pytest.mark.parametrize("verb", ["record-start", "record-stop", "record-pause", "record-resume"])
def test_a_recording_takes_no_client_state_either(line: Line, verb: str) -> None:
    status, said = ask(line, f"/participants/{ANN}/actions/{verb}", {"client_state": "bWluZQ=="})
    (wrong,) = said["errors"]
    assert (status, wrong["field"]) == (400, "client_state")
    assert wrong["problem"].startswith("cannot be given: the line knows each call again by")


@pytest.mark.parametrize("name", ["waltz", "a://b", "日本"])
def test_the_name_of_a_file_reaches_telnyx_as_one(line: Line, name: str) -> None:
    status, made = ask(line, f"/participants/{ANN}/actions/hold", {"media_name": name})
    holds = bodies(line, "HoldConferenceParticipants")
    sent = [hold for hold in holds if hold["call_control_ids"] == made["participants"]][-1]
    assert (status, sent.get("media_name"), "audio_url" in sent) == (202, name, False)
    assert ask(line, f"/participants/{ANN}/actions/unhold")[0] == 202


def test_a_call_in_a_queue_changes_to_another_one(line: Line) -> None:
    path = f"/participants/{BOB}/actions"
    assert ask(line, f"{path}/enqueue", {"queue_name": "first"})[0] == 202
    again = {"queue_name": "first", "max_wait_time_secs": 60}
    assert ask(line, f"{path}/enqueue", again)[0] == 409
    status, said = ask(line, f"{path}/enqueue", {**again, "queue_name": "second"})
    assert [(each["command"], each["means"]) for each in said["answers"]] == [
        ("leave_queue", "done"),
        ("enqueue", "done"),
    ]
    places = {queue.name: len(queue.calls) for queue in line.telnyx.queues}
    assert (status, places["first"], places["second"]) == (202, 0, 1)
    assert bodies(line, "EnqueueCall")[-1]["max_wait_time_secs"] == 60
    assert ask(line, f"{path}/join")[0] == 202


# Calls that are made, and ended


OPTIONS = {
    "from": "+13125550177",
    "from_display_name": "Ann Lee",
    "privacy": "none",
    "diversion": "+13125550100",
    "route_to_mobile": True,
    "retry_on_timeout": False,
    "send_digits_on_answer": "ww200#",
}


def test_a_dial_takes_what_a_moderator_may_want(line: Line) -> None:
    line.telnyx.phone(CLEO).when_called(0.1)
    status, _ = ask(line, "/participants", {"to": CLEO, **OPTIONS})
    sent = bodies(line, "DialCall")[-1]
    assert (status, {n: sent.get(n) for n in OPTIONS}) == (202, OPTIONS)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("diversion", "+13125550100"),  # is for another number than ours
        ("from", "0142"),
        ("from_display_name", "Ann; Lee"),
        ("from_display_name", "a" * 129),
        ("privacy", "all"),
        ("send_digits_on_answer", "x"),
        ("send_digits_on_answer", "1" * 65),
        ("client_state", "bWluZQ=="),
        ("connection_id", "1"),
    ],
)
def test_a_dial_takes_nothing_else(line: Line, field: str, value: Any) -> None:
    before = len(bodies(line, "DialCall"))
    status, said = ask(line, "/participants", {"to": CLEO, field: value})
    assert (status, [each["field"] for each in said["errors"]]) == (400, [field])
    assert len(bodies(line, "DialCall")) == before


def test_a_kick_of_a_call_that_rings_has_a_reason(line: Line) -> None:
    number = "+13125550188"
    line.telnyx.phone(number).when_called(1000)
    assert ask(line, "/participants", {"to": number})[0] == 202
    until(lambda: send(line, f"{ROOM}/participants/{number}", None, "GET")[0] == 200, "it rings")
    path = f"/participants/{number}/actions/kick"
    headers = [{"name": "X-Why", "value": "answered"}]
    assert ask(line, path, {"text": "Goodbye."})[0] == 409
    assert ask(line, path, {"custom_headers": headers})[0] == 409
    assert ask(line, path, {"reason": "Answered elsewhere"})[0] == 202
    assert bodies(line, "HangupCall")[-1]["reason"] == "Answered elsewhere"


def test_a_kick_has_headers_for_the_bye(line: Line) -> None:
    dial(line, "+13125550166")
    settled(line)
    path = "/participants/+13125550166/actions/kick"
    headers = [{"name": "X-Why", "value": "too loud"}]
    status, said = ask(line, path, {"reason": "Answered elsewhere"})
    assert (status, said["type"]) == (409, "/problems/not-now")
    before = len(bodies(line, "HangupCall"))
    assert ask(line, path, {"custom_headers": headers})[0] == 202
    until(lambda: len(bodies(line, "HangupCall")) > before, "it is hung up")
    assert bodies(line, "HangupCall")[-1]["custom_headers"] == headers


# A pause that Telnyx requests


class LimitedApi(WillingApi):
    """A Telnyx that wants no more requests of moderators for 55 s."""

    def send(self, command: Command) -> Outcome:
        outcome = super().send(command)
        limited = isinstance(command, PassThrough)
        return replace(outcome, status=429, retry_after=54.5) if limited else outcome


def test_a_pause_that_outlasts_a_request_is_passed_on() -> None:
    with test_line(api=LimitedApi(), control_token=TOKEN) as line:
        line.happens("call.initiated", "call.answered", "call.speak.ended", "conference.created")
        line.happens("conference.participant.joined")
        headers = {"Authorization": f"Bearer {TOKEN}"}
        answer = line.client.post(f"{ROOM}/actions/stop?wait=1", headers=headers)
        assert (answer.status_code, answer.headers["Retry-After"]) == (502, "55")
