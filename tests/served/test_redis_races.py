"""Processes that share a Redis, as they meet, die, pause or lose an answer: no change is lost."""

from __future__ import annotations

import sys
import threading
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
import redis
from rigs.redis_lines import KEYS, Crowd, Machine
from rigs.redis_servers import RedisServer, redis_server
from rigs.registry import EVENT, entering
from rigs.registry_contract import caller
from rigs.waiting import until

from conference.core.change import Change
from conference.core.codec import VERSION
from conference.core.events import HandedOver
from conference.core.parts import NOTHING_ASKED
from conference.core.room import Room
from conference.registry import Commit
from conference.registry.redis import room_scripts
from conference.registry.unavailable import Unavailable

HANDOVER = ("red", HandedOver(1.0, caller("A"), NOTHING_ASKED))


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RedisServer]:
    with redis_server(tmp_path_factory.mktemp("redis")) as server:
        yield server


@pytest.fixture
def two(server: RedisServer) -> Iterator[list[Machine]]:
    with server.client() as client:
        client.flushall()
    with Crowd(server, 2) as crowd:
        yield crowd.alive


def handing_over(room: Room) -> Change:
    return replace(entering("A")(room), handovers=(HANDOVER,))


def enter(machine: Machine, call: str, event_id: str = "") -> Commit:
    """Let the call enter the room blue, with all that follows."""
    commit = machine.commit("blue", entering(call), event_id)
    assert commit
    machine.registry.done("blue", commit)
    return commit


def calls(machine: Machine) -> list[str]:
    return list(machine.registry.room("blue").participants)


def fail(machine: Machine, monkeypatch: pytest.MonkeyPatch, *, after: bool, script: str) -> None:
    """Let the next call of this script fail: before Redis runs it, or after."""
    client, failed = machine.client, []
    run = client.evalsha

    def evalsha(*arguments: Any) -> Any:
        if failed or arguments[0] != script:
            return run(*arguments)
        failed.append(script)
        if after:
            run(*arguments)
        raise redis.TimeoutError("Timeout reading from socket")

    monkeypatch.setattr(client, "evalsha", evalsha)


def digest(name: str) -> str:
    return str(getattr(room_scripts, name).digest)


# Answers that are lost


def test_a_change_whose_answer_was_lost_is_dealt_with(
    two: list[Machine], monkeypatch: pytest.MonkeyPatch
) -> None:
    first, _ = two
    fail(first, monkeypatch, after=True, script=digest("COMMIT"))
    with pytest.raises(Unavailable):
        first.commit("blue", handing_over, "event-1")
    assert first.commit("blue", handing_over, "event-1") is None, "Telnyx delivers it again"
    first.tasks()
    assert [commit.change.handovers for _, commit in first.home.followed] == [(HANDOVER,)]
    assert [room.name for room in first.home.resumed] == ["blue"], "its commands are sent"


def test_a_change_whose_answer_was_lost_is_found_also_if_telnyx_delivers_it_no_more(
    two: list[Machine], monkeypatch: pytest.MonkeyPatch
) -> None:
    first, _ = two
    fail(first, monkeypatch, after=True, script=digest("COMMIT"))
    with pytest.raises(Unavailable):
        first.commit("blue", handing_over)
    first.look()
    assert [commit.change.handovers for _, commit in first.home.followed] == [(HANDOVER,)]


def test_a_saved_change_counts_though_redis_fails_right_after(
    two: list[Machine], monkeypatch: pytest.MonkeyPatch
) -> None:
    first, _ = two
    enter(first, "A")
    fail(first, monkeypatch, after=False, script=digest("DELETE_IF"))

    def leave(room: Room) -> Change:
        return Change(room, replace(room, participants={}), EVENT, touched=("A",))

    assert first.commit("blue", leave)
    assert first.registry.room_of_call("A") == "blue", "not removed yet"
    first.turn()
    assert first.registry.room_of_call("A") is None


def test_threads_that_wait_for_a_room_do_not_wait_for_redis_one_after_the_other(
    two: list[Machine], monkeypatch: pytest.MonkeyPatch
) -> None:
    first, _ = two
    asked, failures = [], []

    def read() -> None:
        try:
            first.registry.room("blue")
        except Unavailable as error:
            failures.append(str(error))

    waiting = [threading.Thread(target=read) for _ in range(5)]

    def evalsha(*arguments: Any) -> Any:
        asked.append(arguments)
        if len(asked) == 1:
            for thread in waiting:
                thread.start()
            until(lambda: all(_is_in_locked(thread) for thread in waiting))
        raise redis.TimeoutError("Timeout reading from socket")

    monkeypatch.setattr(first.client, "evalsha", evalsha)
    read()
    for thread in waiting:
        thread.join()
    assert (len(asked), len(failures)) == (1, 6)


def _is_in_locked(thread: threading.Thread) -> bool:
    frame = sys._current_frames().get(thread.ident or 0)
    return frame is not None and frame.f_code.co_name == "locked"


# Homes that end


def test_what_a_dead_home_did_not_deal_with_is_done_by_the_process_that_saved_it(
    two: list[Machine],
) -> None:
    first, second = two
    enter(first, "B")
    commit = second.commit("blue", handing_over)
    assert commit and not commit.ours
    first.die()
    second.turn()
    assert second.followed[-1:] == [commit.id]
    assert [change.handovers for change, ours in second.home.noted if ours][-1:] == [(HANDOVER,)]
    assert [room.name for room in second.home.resumed] == ["blue"]


def test_what_a_dead_home_did_not_deal_with_is_done_by_a_process_that_never_saw_the_room(
    two: list[Machine],
) -> None:
    first, second = two
    enter(first, "B")
    commit = first.commit("blue", handing_over)
    assert commit and commit.ours, "and the process dies before it hands the call over"
    first.die()
    second.turn()
    assert second.followed[-1:] == [commit.id]
    assert second.home.followed[-1][1].change.handovers == (HANDOVER,)
    assert calls(second) == ["B", "A"]


def test_what_a_dead_home_dealt_with_is_not_done_again(two: list[Machine]) -> None:
    first, second = two
    enter(second, "B")
    enter(first, "C")
    second.look()
    done = second.followed
    for _, commit in second.home.followed:
        second.registry.done("blue", commit)
    second.turn()
    second.die()
    first.turn()
    assert len(done) == 1
    assert first.followed == []
    assert [change for change, ours in first.home.noted if ours] == []
    assert [room.name for room in first.home.resumed] == ["blue"]


def test_a_room_whose_home_is_long_forgotten_goes_on(two: list[Machine]) -> None:
    first, second = two
    enter(first, "A")
    first.die()
    with first.server.client() as client:
        client.srem(KEYS.of_all("processes"), first.registry.homes.process.id)
    second.look()
    assert second.registry.at_home("blue") == second.registry.room("blue")
    assert [room.name for room in second.home.resumed] == ["blue"]


def test_rooms_stay_where_they_are_after_an_outage_of_redis(two: list[Machine]) -> None:
    first, second = two
    enter(first, "A")
    second.server.stop()
    first.turn(10)
    second.turn(10)
    second.server.start()
    with second.server.client() as client:  # it was away for long
        client.delete(*client.keys("*:process:*"))
    second.turn()
    assert second.registry.at_home("blue") is None, "the other process may be a moment later"
    first.turn()
    assert first.registry.at_home("blue")
    assert [room.name for room in first.home.resumed] == ["blue"]


# A process that is paused for longer than its key lasts


def test_a_paused_process_is_no_home_when_it_goes_on(two: list[Machine]) -> None:
    first, second = two
    enter(first, "A")
    first.pause()
    second.turn()
    assert first.registry.at_home("blue") is None
    assert [room.name for room in second.home.resumed] == ["blue"]
    first.now += 1
    first.registry.homes.turn()  # it is alive again, and has read no room yet
    assert first.registry.at_home("blue") is None
    commit = first.commit("blue", entering("B"))
    assert commit and not commit.ours
    second.look()
    assert second.followed[-1] == commit.id
    first.look()
    assert first.registry.at_home("blue") is None
    assert first.home.resumed == []


def test_a_change_that_was_saved_before_a_pause_counts_once(
    two: list[Machine], monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second = two
    enter(first, "A")
    run = first.client.evalsha

    def evalsha(*arguments: Any) -> Any:
        answer = run(*arguments)
        if arguments[0] == digest("COMMIT"):
            monkeypatch.undo()
            first.pause()
            second.turn()
            first.now += 1
            first.registry.homes.turn()
        return answer

    monkeypatch.setattr(first.client, "evalsha", evalsha)
    commit = first.commit("blue", handing_over)
    assert commit and not commit.ours
    assert second.followed[-1:] == [commit.id]
    first.tasks()
    assert first.followed == []


def test_a_paused_process_goes_on_with_its_rooms_if_no_other_took_them(
    two: list[Machine],
) -> None:
    first, _ = two
    enter(first, "A")
    first.pause()
    first.turn()
    assert first.registry.at_home("blue") == first.registry.room("blue")
    assert [room.name for room in first.home.resumed] == ["blue"]


def test_a_process_that_was_unsure_while_redis_was_slow_goes_on_with_its_rooms(
    two: list[Machine], monkeypatch: pytest.MonkeyPatch
) -> None:
    """What it did not send meanwhile must be sent."""
    first, _ = two
    enter(first, "A")
    store = first.client.set

    def slowly(*arguments: Any, **options: Any) -> Any:
        first.now += 1
        return store(*arguments, **options)

    monkeypatch.setattr(first.client, "set", slowly)
    first.turn(2.5)  # alive when the turn begins, unsure when it ends
    assert [room.name for room in first.home.resumed] == ["blue"]


# The numbers of what is dealt with


def test_no_change_counts_as_dealt_with_before_it_is(two: list[Machine]) -> None:
    first, _ = two
    enter(first, "A")
    commit = first.commit("blue", handing_over)
    assert commit
    enter(first, "C")
    first.turn()
    assert done(first) == 1
    first.registry.done("blue", commit)
    first.turn()
    assert done(first) == 3


def done(machine: Machine) -> int:
    with machine.server.client() as client:
        return int(client.hget(KEYS.of_room("blue", "room"), ".done"))


def test_a_home_that_is_far_behind_gets_each_change(two: list[Machine]) -> None:
    first, second = two
    enter(first, "A")
    made = [enter(second, f"call-{n}").id for n in range(450)]
    first.look()
    assert first.followed == made
    assert [len(change.after.participants) for change, _ in first.home.noted] == [*range(2, 452)]


def test_what_the_home_could_not_deal_with_is_given_to_it_again(
    two: list[Machine], monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second = two
    enter(first, "A")
    commit = second.commit("blue", handing_over)
    assert commit
    follow = first.home.follow

    def fails(name: str, commits: Any) -> None:
        monkeypatch.setattr(first.home, "follow", follow)
        raise Unavailable("Redis does not answer in time")

    monkeypatch.setattr(first.home, "follow", fails)
    first.look()
    assert first.followed == []
    first.turn()
    assert first.followed == [commit.id]


def test_what_could_not_be_done_for_a_change_is_done_later(two: list[Machine]) -> None:
    first, _ = two
    commit = first.commit("blue", handing_over)
    assert commit
    first.registry.later("blue", commit)
    first.turn()
    assert first.followed == [commit.id]


# Lost data


def test_each_room_begins_again_where_redis_lost_all(two: list[Machine]) -> None:
    first, _ = two
    enter(first, "A")
    with first.server.client() as client:
        client.flushall()
    first.turn()
    assert first.home.begun == 2
    assert first.home.resumed == [Room("blue")], "it is compared with Telnyx"


def test_a_change_after_redis_lost_all_is_kept(two: list[Machine]) -> None:
    first, _ = two
    enter(first, "A")
    with first.server.client() as client:
        client.flushall()
    enter(first, "B")
    first.turn()
    assert first.registry.at_home("blue") == first.registry.room("blue")
    assert calls(first) == ["B"]
    assert [list(room.participants) for room in first.home.resumed] == [["B"]]


def test_a_room_goes_on_where_a_failover_lost_the_newest_changes(two: list[Machine]) -> None:
    first, second = two
    enter(first, "A")
    with first.server.client() as client, first.server.client():
        keys = [KEYS.of_room("blue", what) for what in ("room", "journal")]
        raw = redis.Redis(port=first.server.port)
        saved = {key: raw.dump(key) for key in keys}
        enter(first, "B")
        for key, value in saved.items():
            raw.restore(key, 0, value, replace=True)
        raw.close()
        assert client.exists(*keys) == 2
    other = second.commit("blue", entering("C"))
    assert other and not other.ours
    first.turn()
    first.look()
    assert calls(first) == ["A", "C"]
    assert first.followed[-1:] == [other.id]
    assert [list(room.participants) for room in first.home.resumed] == [["A", "C"]]


def test_a_room_is_listed_though_another_process_swept_its_name_too_late(
    two: list[Machine],
) -> None:
    first, second = two
    enter(first, "A")
    with first.server.client() as client:
        client.srem(KEYS.of_all("rooms"), "blue")
    first.look()
    assert [room.name for room in second.registry.rooms()] == ["blue"]


# Releases


def test_a_home_that_cannot_read_its_room_leaves_it_to_a_process_of_the_newer_release(
    two: list[Machine], caplog: pytest.LogCaptureFixture
) -> None:
    first, second = two
    enter(first, "A")
    enter(first, "A2")
    key = KEYS.of_room("blue", "room")
    with first.server.client() as client:
        client.hset(key, mapping={".token": "9-x", ".codec": 99})
        for machine in two:
            machine.look()
        assert client.hget(key, ".home") == "", "neither can"
        assert [machine.registry.at_home("blue") for machine in two] == [None, None]
        with pytest.raises(Unavailable):
            first.commit("blue", entering("B"))
        client.hset(key, ".codec", VERSION)
    assert [record.getMessage() for record in caplog.records] == [
        "room blue in Redis is of another release: its version is 99, not 2. A process of that "
        "release must go on with it"
    ]
    second.look()
    assert second.registry.at_home("blue") == second.registry.room("blue")
    assert calls(second) == ["A", "A2"]


def test_a_room_that_cannot_be_read_keeps_no_other_from_being_taken_over(
    two: list[Machine],
) -> None:
    first, second = two
    enter(first, "A")
    assert first.commit("red", entering("B"))
    with first.server.client() as client:
        client.hset(KEYS.of_room("blue", "room"), ".codec", 99)
    first.die()
    second.look()
    assert [room.name for room in second.registry.rooms_at_home()] == ["red"]


# Overload


def test_a_process_knows_that_the_home_of_a_room_has_too_much_to_send(two: list[Machine]) -> None:
    first, second = two
    enter(first, "A")
    enter(second, "B")
    first.home.overloaded = True
    first.turn()
    second.turn()
    assert second.registry.overloaded("blue")
    assert not second.registry.overloaded("red")
    assert not first.registry.overloaded("blue"), "of itself the engine knows"
    first.home.overloaded = False
    first.turn()
    second.turn()
    assert not second.registry.overloaded("blue")
