"""The reservations of outgoing calls in Redis: the contract, and several processes."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import pytest
from rigs.redis_clients import LineInRedis
from rigs.reservations_contract import LIMITS, NOW, ReservationsContract, dial

from conference.core.events import Refused
from conference.core.requests.dialling import HOUR, Limits
from conference.engine.reservations import Reservations
from conference.registry.redis.reservations import RedisReservations
from conference.registry.unavailable import Unavailable


def in_redis(line: LineInRedis) -> Reservations:
    return RedisReservations(line.client, line.keys, HOUR)


@pytest.fixture
def reservations(shared: LineInRedis) -> Reservations:
    return in_redis(shared.fresh())


class TestRedisReservations(ReservationsContract):
    """With the fixture of this file."""


# Several processes


def test_a_call_that_no_room_shows_yet_takes_its_place(shared: LineInRedis) -> None:
    line = shared.fresh()
    one, other = in_redis(line), in_redis(line.in_another_process())
    with one.reserve("r", NOW, LIMITS, lambda: ["a"]):
        assert dial(other, "a", request="s") == "DIAL_AT_ONCE"
        assert dial(other, "a", "r", request="s") == "DIAL_AT_ONCE", "it is counted once"
        assert dial(other, "r", request="s") == ""
    assert dial(other, request="s") == "", "and no longer than until the room shows it"


def test_a_request_that_is_made_twice_at_the_same_time_takes_one_place(
    shared: LineInRedis,
) -> None:
    line = shared.fresh()
    one, other = in_redis(line), in_redis(line.in_another_process())
    with one.reserve("r", NOW, LIMITS, lambda: ["a"]):
        assert dial(other, "a", request="r", refused=True) == "", "the same request was applied"
        assert dial(other, "a", request="s") == "DIAL_AT_ONCE"
    assert [dial(other) for _ in range(3)] == ["", "", "DIAL_PER_HOUR"], "one call was made"


def test_the_rooms_are_read_again_if_a_call_has_begun_since(shared: LineInRedis) -> None:
    line = shared.fresh()
    one, other = in_redis(line), in_redis(line.in_another_process())
    rooms = [["a"], ["a", "r"]]

    def read() -> list[str]:
        found = rooms.pop(0)
        if rooms:
            dial(one, "a", request="r")  # its room shows it just after it was read
        return found

    with pytest.raises(Refused, match="DIAL_AT_ONCE"):
        with other.reserve("s", NOW, LIMITS, read):
            pass
    assert rooms == []


def test_of_many_processes_as_many_dial_as_there_are_places(shared: LineInRedis) -> None:
    line, shown, begin = shared.fresh(), set[str](), Barrier(12)

    def dials(n: int) -> str:
        ours = in_redis((line, line.in_another_process())[n % 2])
        begin.wait()
        try:
            with ours.reserve(f"r{n}", NOW, Limits(per_hour=30, at_once=5), lambda: [*shown]):
                shown.add(f"r{n}")
        except Refused as error:
            return error.kind
        return ""

    with ThreadPoolExecutor(12) as pool:
        found = list(pool.map(dials, range(12)))
    assert sorted(found) == [""] * 5 + ["dial-limit"] * 7


def test_calls_count_for_an_hour_and_over_a_restart(shared: LineInRedis) -> None:
    line = shared.fresh()
    for _ in range(3):
        dial(in_redis(line))
    assert dial(in_redis(line)) == "DIAL_PER_HOUR"
    hour = line.keys.of_all("{*dials}:hour")
    first, *_ = line.client.zrange(hour, 0, -1)
    line.client.zincrby(hour, 10_000 - HOUR * 1000, first)  # almost an hour ago
    assert dial(in_redis(line)) == "DIAL_PER_HOUR"
    line.client.zincrby(hour, -10_000, first)
    assert [dial(in_redis(line)), dial(in_redis(line))] == ["", "DIAL_PER_HOUR"]


def test_a_place_of_a_process_that_was_killed_is_free_again(shared: LineInRedis) -> None:
    line = shared.fresh()
    killed = in_redis(line).reserve("r", NOW, LIMITS, lambda: ["a"])
    killed.__enter__()
    ours = in_redis(line.in_another_process())
    assert dial(ours, "a", request="s") == "DIAL_AT_ONCE"
    fresh = line.keys.of_all("{*dials}:fresh")
    (place,) = line.client.zrange(fresh, 0, -1)
    line.client.zincrby(fresh, -30_000, place)
    assert dial(ours, "a") == ""
    assert [dial(ours), dial(ours)] == ["", "DIAL_PER_HOUR"], "the call may have been made"


def test_without_redis_no_call_is_made(shared: LineInRedis) -> None:
    class Gone:
        """A client whose Redis has gone after so many answers."""

        def __init__(self, line: LineInRedis, answers: int) -> None:
            self.line, self.answers = line, answers

        def __getattr__(self, name: str) -> Any:
            self.answers -= 1
            if self.answers < 0:
                raise Unavailable("Redis: connection refused")
            return getattr(self.line.client, name)

    line, made = shared.fresh(), 0
    for answers in (0, 1):
        gone = RedisReservations(Gone(line, answers), line.keys, HOUR)  # type: ignore[arg-type]
        with pytest.raises(Unavailable):
            with gone.reserve("r", NOW, LIMITS, list):
                made += 1
    assert made == 0
    gone = RedisReservations(Gone(line, 2), line.keys, HOUR)  # type: ignore[arg-type]
    with gone.reserve("r", NOW, LIMITS, list):
        made += 1
    assert made == 1, "a call that was allowed is made"
    assert dial(in_redis(line), "a", request="s") == "DIAL_AT_ONCE", (
        "its place stays taken for a while"
    )
