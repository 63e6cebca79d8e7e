"""Calling people: only whom we may, only so many, and what becomes of them."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from rigs.moderator import ask, run
from rigs.people import ANN, BOB, NUMBER
from rigs.rehearsals import APPLICATION, MAY, ROOM, dial, hears, rehearsal, room, settled
from rigs.waiting import until

from conference.demo.rehearsal import Line
from conference.simulator.network.phones import Phone


def call(line: Line, to: object, **values: Any) -> Any:
    return ask(line, f"/api/rooms/{ROOM}/participants?wait=1", {"to": to, **values})


def said(phone: Phone) -> str:
    """All that was spoken to its newest call."""
    return " ".join(str(heard) for leg in phone.legs[-1:] for heard in leg.timeline)


def dials(line: Line) -> list[Any]:
    return [r.body for r in line.telnyx.requests if r.path == "/calls"]


def test_whom_we_call_comes_into_the_room() -> None:
    with rehearsal(**MAY) as line:
        a = dial(line, ANN)
        hears(a, "music")
        line.telnyx.phone(BOB).when_called()
        answer = call(line, BOB, label="Bob", role="moderator", timeout_secs=20)
        assert (answer["commands"], answer["answers"][0]["means"]) == (["dial"], "done")
        hears(a, "conference")
        settled(line)
        (body,) = dials(line)
        assert (body["from"], body["connection_id"]) == (NUMBER, APPLICATION)
        assert (body["timeout_secs"], body["time_limit_secs"]) == (20, 14400)
        shown = ask(line, f"/api/rooms/{ROOM}/participants/Bob")
        facts = ("number", "direction", "role", "status")
        assert [shown[f] for f in facts] == [BOB, "outgoing", "moderator", "joined"]


def test_who_is_to_press_1_comes_in_then_and_not_before() -> None:
    with rehearsal(**MAY) as line:
        a = dial(line, ANN)
        hears(a, "music")
        line.telnyx.phone(BOB).when_called()
        call(line, BOB, label="Bob", confirm=True)
        b = line.telnyx.phone(BOB)
        until(lambda: "press 1" in said(b), "it is asked to press 1")
        assert "Welcome" not in said(b)
        b.press("1")
        hears(a, "conference")
        assert "Welcome" in said(b)
        settled(line)
        assert ask(line, f"/api/rooms/{ROOM}/participants/Bob")["status"] == "joined"


def test_an_answering_machine_does_not_come_in() -> None:
    with rehearsal(**MAY) as line:
        a = dial(line, ANN)
        hears(a, "music")
        line.telnyx.phone(BOB).when_called()
        call(line, BOB, confirm=True)
        machine = line.telnyx.phone(BOB)
        until(lambda: bool(machine.legs) and machine.legs[-1].state == "ended", "it is hung up", 30)
        assert "conference" not in {heard.what for heard in machine.legs[-1].timeline}
        settled(line)
        assert len(room(line).participants) == 1


@pytest.mark.parametrize("refuses", ["user_busy", "call_rejected"])
def test_who_does_not_come_leaves_nothing(refuses: str) -> None:
    with rehearsal(**MAY) as line:
        line.telnyx.phone(BOB).when_called(refuse=refuses)
        call(line, BOB)
        until(lambda: bool(line.telnyx.legs) and line.telnyx.legs[0].state == "ended", "it ends")
        settled(line)
        assert room(line).participants == {}


@pytest.mark.parametrize(
    ("changed", "to", "kind", "words"),
    [
        ({"dial_allow": ()}, BOB, "dial-is-off", "DIAL_ALLOW"),
        ({"telnyx_number": ""}, BOB, "dial-is-off", "TELNYX_NUMBER"),
        ({"telnyx_connection_id": ""}, BOB, "dial-is-off", "TELNYX_CONNECTION_ID"),
        ({}, "+19005550100", "dial-refused", "DIAL_ALLOW has +1312,+351 only"),
        ({}, "+35", "invalid-body", "E.164"),
        ({}, NUMBER, "dial-refused", "our own number"),
        ({"dial_at_once": 0}, BOB, "dial-limit", "DIAL_AT_ONCE is 0"),
        ({"dial_per_hour": 0}, BOB, "dial-limit", "DIAL_PER_HOUR is 0"),
        ({}, "1312 555 0142", "invalid-body", "E.164"),
        ({}, 13125550142, "invalid-body", "E.164"),
        ({}, "sip:bob@example.com", "invalid-body", "E.164"),
    ],
)
def test_nobody_else_is_called(changed: dict[str, Any], to: object, kind: str, words: str) -> None:
    with rehearsal(**(MAY | changed)) as line:
        problem = call(line, to)
        assert problem["type"] == f"/problems/{kind}"
        assert words in problem["detail"]
        assert dials(line) == []


def test_a_hundred_requests_at_once_make_no_more_calls_than_are_allowed() -> None:
    with rehearsal(**MAY, dial_at_once=3, dial_per_hour=4) as line:
        numbers = [f"+13125551{n:03}" for n in range(100)]
        for number in numbers:
            line.telnyx.phone(number).when_called()
        with ThreadPoolExecutor(16) as many:
            answers = list(many.map(lambda number: call(line, number), numbers))
        assert sum("commands" in answer for answer in answers) == 3
        assert len(dials(line)) == 3
        until(lambda: all(leg.conference for leg in line.telnyx.legs), "all are in")
        for leg in line.telnyx.legs:
            line.telnyx.phone(leg.number).hang_up()
        settled(line)
        again = [call(line, number) for number in numbers[:5]]
        assert sum("commands" in answer for answer in again) == 1
        assert "DIAL_PER_HOUR" in again[-1]["detail"]


@pytest.mark.parametrize("latency", [0, 0.3])
def test_twenty_requests_for_a_number_at_once_make_one_call(latency: float) -> None:
    with rehearsal(**MAY, latency=latency) as line:
        line.telnyx.phone(BOB).when_called()
        with ThreadPoolExecutor(20) as many:
            answers = list(many.map(lambda _: call(line, BOB), range(20)))
        refused = [answer for answer in answers if "commands" not in answer]
        assert (len(refused), len(dials(line))) == (19, 1)
        assert {(a["type"], a["status"]) for a in refused} == {("/problems/already-here", 409)}
        hears(line.telnyx.phone(BOB).legs[-1], "music")
        again = call(line, BOB)
        assert again["detail"].startswith("...0112 is in the conference already")
        assert call(line, BOB, force=True)["commands"] == ["dial"]
        until(lambda: len(dials(line)) == 2, "force calls it all the same")


@pytest.mark.parametrize("limit", ["dial_at_once", "dial_per_hour"])
def test_who_is_here_is_reported_so_at_the_limit_too(limit: str) -> None:
    with rehearsal(**MAY, **{limit: 1}) as line:
        line.telnyx.phone(BOB).when_called()
        assert call(line, BOB)["commands"] == ["dial"]
        assert call(line, BOB)["type"] == "/problems/already-here"
        assert call(line, BOB, force=True)["type"] == "/problems/dial-limit"


def test_a_call_that_has_ended_does_not_keep_its_number_from_being_called() -> None:
    with rehearsal(**MAY) as line:
        line.telnyx.phone(BOB).when_called(refuse="user_busy")
        call(line, BOB)
        until(lambda: line.telnyx.legs[0].state == "ended", "it is busy")
        settled(line)
        line.telnyx.phone(BOB).when_called()
        assert call(line, BOB)["commands"] == ["dial"]


def test_forced_calls_stay_within_the_limits() -> None:
    with rehearsal(**MAY, dial_at_once=2) as line:
        line.telnyx.phone(BOB).when_called()
        answers = [call(line, BOB, force=True) for _ in range(3)]
        assert answers[2]["type"] == "/problems/dial-limit"
        assert len(dials(line)) == 2


def test_the_command_says_who_is_here_and_how_to_call_all_the_same() -> None:
    with rehearsal(**MAY) as line:
        line.telnyx.phone(BOB).when_called()
        assert run(line, "dial", BOB, "--label", "Bob")[0] == 0
        status, said_ = run(line, "dial", BOB)
        assert status == 1
        assert "Bob is" in said_ and "force" in said_ and "555" not in said_
        assert run(line, "dial", "--force", BOB)[0] == 0
        assert len(dials(line)) == 2
