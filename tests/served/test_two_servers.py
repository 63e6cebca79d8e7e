"""Two processes at ports of their own, with one Redis: each sees and does what the other does."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise
from typing import Any, NamedTuple

import pytest
from rigs.people import ANN, BOB, CLEO
from rigs.redis_servers import redis_server
from rigs.shared_line import ROOM, Process, SharedLine, shared_line
from rigs.waiting import until

from conference.core.client_state import ClientState, encode
from conference.simulator import Request

LOOKS, LOOKS_EVERY = 8, 2.0  # their number, and simulated seconds
SWITCHES = ("/actions/hold", "/actions/unhold", "/actions/mute", "/actions/unmute")


class Two(NamedTuple):
    """`home`: the process that is the room's home. `other`: the one that is not."""

    line: SharedLine
    home: Process
    other: Process


@pytest.fixture(scope="module")
def started(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[SharedLine, set[Process]]]:
    folder = tmp_path_factory.mktemp("two")
    with redis_server(folder) as redis:
        given = {"DIAL_ALLOW": "+1312"}
        with shared_line(folder, redis.url, 4, LOOKS_EVERY, **given) as line:
            both = {line.start(), line.start()}
            yield line, both


@pytest.fixture
def two(started: tuple[SharedLine, set[Process]]) -> Iterator[Two]:
    """The two processes, with Ann and Bob in the room. Telnyx delivers to the one not its home."""
    line, both = started
    line.deliver_to(next(iter(both)))
    line.dials(ANN, BOB)
    (home,) = (each for each in both if each.id == line.homes()[ROOM])
    (other,) = both - {home}
    line.deliver_to(other)
    until(lambda: [p["status"] for p in home.people().values()] == ["joined"] * 2)
    yield Two(line, home, other)
    line.telnyx.chaos, line.telnyx.latency = None, 0.0
    for leg in line.telnyx.legs:
        if leg.state != "ended":
            line.telnyx.phone(leg.to if leg.from_ == line.telnyx.number else leg.from_).hang_up()
    until(lambda: not home.people(), "the room is empty")
    logs = home.server.log + other.server.log
    assert "Traceback" not in logs, logs[logs.index("Traceback") :][:3000]


def test_what_one_process_did_the_other_reads_at_once(two: Two) -> None:
    for n in range(20):
        done, read = (two.home, two.other) if n % 2 else (two.other, two.home)
        done.ask("/actions/rename", {"participants": [ANN], "label": f"Ann {n}"})
        assert read.people()[ANN]["label"] == f"Ann {n}"
        assert read.ask("/actions/lock" if n % 4 < 2 else "/actions/unlock", {})["room"] == ROOM
        assert done.ask()["locked"] == (n % 4 < 2)


@pytest.mark.parametrize("asked", ["home", "other"])
def test_either_process_waits_for_the_answers_of_telnyx(two: Two, asked: str) -> None:
    two.line.telnyx.latency = 0.3
    process: Process = getattr(two, asked)
    for verb, is_muted in (("mute", True), ("unmute", False)):
        answer = process.ask(f"/actions/{verb}?wait=1", {"participants": [ANN]})
        assert {each["means"] for each in answer["answers"]} == {"done"}
        assert two.home.people()[ANN]["muted"] == two.other.people()[ANN]["muted"] == is_muted


def test_a_key_repeated_at_the_other_process_dials_once(two: Two) -> None:
    two.line.telnyx.phone(CLEO).when_called()
    before = len(two.line.telnyx.phone(CLEO).legs)
    key = f"key-{len(two.line.telnyx.requests)}"

    def dial(n: int) -> Any:
        process = two.home if n % 2 else two.other
        return process.ask("/participants", {"to": CLEO}, Idempotency_Key=key)

    first = dial(0)
    assert (first["id"], first["commands"]) == (key, ["dial"])
    again = dial(1)
    assert (again["id"], again["repeated"]) == (key, True)
    with ThreadPoolExecutor(10) as many:
        answers = list(many.map(dial, range(10)))
    assert [each["repeated"] for each in answers] == [True] * 10
    until(lambda: two.home.people()[CLEO]["status"] == "joined", "Cleo is inside")
    assert len(two.line.telnyx.phone(CLEO).legs) == before + 1
    other = two.other.ask("/participants", {"to": ANN}, Idempotency_Key=key)
    assert other["type"] == "/problems/key-reused"


def test_twenty_requests_with_one_key_at_once_dial_once(two: Two) -> None:
    two.line.telnyx.phone(CLEO).when_called()
    before = len(two.line.telnyx.phone(CLEO).legs)
    key = f"key-{len(two.line.telnyx.requests)}"

    def dial(n: int) -> Any:
        process = two.home if n % 2 else two.other
        return process.ask("/participants", {"to": CLEO}, Idempotency_Key=key)

    with ThreadPoolExecutor(20) as many:
        answers = list(many.map(dial, range(20)))
    first = [each for each in answers if "repeated" not in each]
    assert [each.get("commands") for each in first] == [["dial"]], repr(first)
    until(lambda: two.home.people()[CLEO]["status"] == "joined", "Cleo is inside")
    assert len(two.line.telnyx.phone(CLEO).legs) == before + 1


def test_hold_and_mute_by_both_processes_stay_in_order(two: Two) -> None:
    """Most requests are made while Telnyx has not answered the one before."""
    telnyx = two.line.telnyx
    telnyx.latency, before = 0.02, len(telnyx.requests)
    verbs = ("hold", "mute", "unhold", "unmute")
    for n in range(62):
        process = two.home if n % 2 else two.other
        process.ask(f"/actions/{verbs[n % 4]}", {"participants": [ANN]})
    leg = telnyx.phone(ANN).legs[-1]

    def are_so() -> bool:
        ann = two.other.people()[ANN]
        told = (ann["hold_reason"], ann["muted"]) == ("moderator", True)
        return told and leg.on_hold and leg.muted

    until(are_so, "the last requests prevail")
    sent = [r for r in telnyx.requests[before:] if r.path.endswith(SWITCHES)]
    assert len(sent) > 2
    for one, following in pairwise(sent):
        assert one.answered_at <= following.at, "one at a time"


def test_timers_and_comparisons_run_once_in_all(two: Two) -> None:
    """Each process is the home of a room. Each room is compared as often as by one process."""
    telnyx = two.line.telnyx
    state = encode(ClientState("blue", direction="outgoing", number=CLEO))
    telnyx.phone(CLEO).when_called()
    leg = telnyx.place_call(CLEO, client_state=state)
    until(lambda: leg.conference, "Cleo is in the other room")
    homes = two.line.homes()
    assert (homes[ROOM], homes["blue"]) == (two.home.id, two.other.id)
    begin = telnyx.now()
    until(lambda: telnyx.now() > begin + LOOKS * LOOKS_EVERY, "some comparisons later")
    lists = [r.path for r in telnyx.requests if r.at > begin and r.path.endswith("/participants")]
    for room in (telnyx.phone(ANN).legs[-1].conference, leg.conference):
        looks = lists.count(f"/conferences/{room}/participants")
        assert LOOKS // 2 <= looks <= LOOKS + 1, (looks, lists)
    ids = Counter(map(_command_id, telnyx.requests))
    twice = {id for id, times in ids.items() if id and times > 1}
    assert [each for each in telnyx.requests if _command_id(each) in twice] == []


def _command_id(request: Request) -> str:
    return str((request.body or {}).get("command_id", ""))
