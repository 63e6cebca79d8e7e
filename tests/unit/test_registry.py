"""What every registry does. Another one is tested by another row of REGISTRIES."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest

from conference import registry
from conference.core.events import Webhook
from conference.core.room import Participant, Room
from conference.core.transitions import forget, put
from conference.registry import MemoryRegistry

REGISTRIES = {"memory": lambda: MemoryRegistry(Room)}


@pytest.fixture(params=REGISTRIES)
def kept(request: pytest.FixtureRequest) -> MemoryRegistry:
    return REGISTRIES[request.param]()


def caller(call: str) -> Participant:
    return Participant(call, "+13125550111", "participant", "incoming", "ringing", 0.0)


def test_a_room_is_new_until_it_is_saved(kept: MemoryRegistry) -> None:
    assert kept.room("blue") == Room("blue")
    assert kept.rooms() == []
    with kept.open("blue") as entry:
        entry.save(put(entry.room, caller("A")))
    assert list(kept.room("blue").participants) == ["A"]
    assert [room.name for room in kept.rooms()] == ["blue"]


def test_a_room_is_swept_away_when_nothing_is_worth_keeping_of_it(kept: MemoryRegistry) -> None:
    with kept.open("blue") as entry:
        entry.save(replace(put(entry.room, caller("A")), conference="conf-1"))
    kept.sweep(10_000)
    assert len(kept.rooms()) == 1, "somebody is there"
    with kept.open("blue") as entry:
        entry.save(replace(forget(entry.room, "A", at=0), conference=""))
    kept.sweep(599)
    assert kept.room_of_call("A") == "blue", "what comes late must find that it has ended"
    kept.sweep(600)
    assert (kept.rooms(), kept.room_of_call("A")) == ([], None)
    with kept.open("blue") as entry:
        assert entry.room == Room("blue")


def test_a_room_that_is_swept_away_is_still_opened_by_one_at_a_time(kept: MemoryRegistry) -> None:
    begin, alone = threading.Barrier(4), threading.Lock()

    def come_and_go(n: int) -> int:
        found_alone = 0
        begin.wait(5)
        for _ in range(500):
            with kept.open("blue") as entry:
                found_alone += alone.acquire(blocking=False)
                entry.save(replace(entry.room, joined=frozenset()))
                alone.release()
            kept.sweep(0)
        return found_alone

    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(come_and_go, range(4))) == [500] * 4
    assert kept.rooms() == []


def test_nothing_is_kept_of_what_broke(kept: MemoryRegistry) -> None:
    with pytest.raises(RuntimeError), kept.open("blue"):
        raise RuntimeError
    with kept.open("blue") as entry:
        assert (entry.room, entry.seen("event-1")) == (Room("blue"), False)


def test_room_commands_and_seen_are_saved_together(kept: MemoryRegistry) -> None:
    with kept.open("blue") as entry:
        entry.save(put(entry.room, caller("A")), "event-1")
    with kept.open("blue") as entry:
        assert entry.seen("event-1")
        assert not entry.seen("event-2")


def test_calls_and_conferences_lead_to_their_room_and_for_a_while_after(
    kept: MemoryRegistry,
) -> None:
    with kept.open("blue") as entry:
        entry.save(replace(put(entry.room, caller("A")), conference="conf-1"))
    assert (kept.room_of_call("A"), kept.room_of_conference("conf-1")) == ("blue", "blue")
    with kept.open("blue") as entry:
        entry.save(replace(forget(entry.room, "A", at=0), conference=""))
    assert (kept.room_of_call("A"), kept.room_of_conference("conf-1")) == ("blue", None)
    with kept.open("blue") as entry:
        entry.save(forget(entry.room, "B", at=601))
    assert (kept.room_of_call("A"), kept.room_of_call("B")) == (None, "blue")


def test_a_call_that_another_room_took_over_stays_there(kept: MemoryRegistry) -> None:
    with kept.open("blue") as entry:
        entry.save(put(entry.room, caller("A")))
    with kept.open("red") as entry:
        entry.save(put(entry.room, caller("A")))
    with kept.open("blue") as entry:
        entry.save(replace(entry.room, participants={}))
    assert kept.room_of_call("A") == "red"


def test_one_at_a_time_in_a_room_and_rooms_side_by_side(kept: MemoryRegistry) -> None:
    both_in = threading.Barrier(2, timeout=5)

    def meet(name: str) -> None:
        with kept.open(name):
            both_in.wait()

    with ThreadPoolExecutor(2) as pool:
        assert list(pool.map(meet, ["blue", "red"])) == [None, None]

    def add(n: int) -> None:
        with kept.open("blue") as entry:
            entry.save(put(entry.room, caller(f"call-{n}")))

    with ThreadPoolExecutor(16) as pool:
        list(pool.map(add, range(500)))
    assert len(kept.room("blue").participants) == 500


def test_seen_ids_are_bounded(kept: MemoryRegistry, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(registry, "SEEN_MOST", 3)
    with kept.open("blue") as entry:
        for n in range(5):
            entry.save(entry.room, f"event-{n}")
        assert [entry.seen(f"event-{n}") for n in range(5)] == [False, False, True, True, True]


def test_a_call_is_known_by_its_leg_once_both_were_seen(
    kept: MemoryRegistry, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(registry, "LEGS_MOST", 2)

    def named(call: str, leg: str) -> str:
        return kept.identify(Webhook("call.recording.saved", 0.0, call=call, leg=leg)).call

    assert named("", "leg-1") == ""
    assert named("A", "leg-1") == "A"
    assert named("A", "") == "A"
    assert (named("", "leg-1"), named("", "leg-2"), named("", "")) == ("A", "", "")
    assert [named("B", "leg-2"), named("A", "leg-1"), named("C", "leg-3")] == ["B", "A", "C"]
    assert [named("", f"leg-{n}") for n in (1, 2, 3)] == ["", "B", "C"], "the oldest is forgotten"
