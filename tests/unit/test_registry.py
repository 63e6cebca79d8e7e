"""The contract of every registry. Each has a row in REGISTRIES."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest
from rigs.registry import change

from conference.core.change import Change
from conference.core.events import SnapshotWanted, Webhook
from conference.core.participant import Participant
from conference.core.room import Room
from conference.core.transitions import forget, put
from conference.registry import MemoryRegistry, memory

REGISTRIES = {"memory": lambda: MemoryRegistry(Room)}


@pytest.fixture(params=REGISTRIES)
def kept(request: pytest.FixtureRequest) -> MemoryRegistry:
    return REGISTRIES[request.param]()


def caller(call: str) -> Participant:
    return Participant(call, "+13125550111", "participant", "incoming", "ringing", 0.0)


def room_of_conference(kept: MemoryRegistry, conference: str) -> str | None:
    event = Webhook("conference.ended", 0.0, conference=conference)
    return kept.look_up(event).by_conference(conference)


def test_a_room_is_new_until_it_is_saved(kept: MemoryRegistry) -> None:
    assert kept.room("blue") == Room("blue")
    assert (kept.rooms(), kept.known("blue")) == ([], None)
    change(kept, "blue", lambda room: put(room, caller("A")))
    assert kept.known("blue") == kept.room("blue")
    assert list(kept.room("blue").participants) == ["A"]
    assert [room.name for room in kept.rooms()] == ["blue"]


def test_a_room_that_is_over_is_forgotten_after_a_while(kept: MemoryRegistry) -> None:
    change(kept, "blue", lambda room: replace(put(room, caller("A")), conference="conf-1"))
    kept.sweep(10_000)
    assert len(kept.rooms()) == 1, "a caller is there"
    change(kept, "blue", lambda room: replace(forget(room, "A", at=0), conference=""))
    kept.sweep(599)
    assert kept.room_of_call("A") == "blue", "late events must find that the call has ended"
    kept.sweep(600)
    assert (kept.rooms(), kept.room_of_call("A")) == ([], None)
    assert kept.room("blue") == Room("blue")


def test_a_room_is_changed_by_one_thread_at_a_time_also_while_swept(
    kept: MemoryRegistry,
) -> None:
    begin, alone = threading.Barrier(4), threading.Lock()

    def change_and_sweep(n: int) -> int:
        found_alone = 0

        def leave(room: Room) -> Room:
            nonlocal found_alone
            found_alone += alone.acquire(blocking=False)
            gone = replace(room, joined=frozenset())
            alone.release()
            return gone

        begin.wait(5)
        for _ in range(500):
            change(kept, "blue", leave)
            kept.sweep(0)
        return found_alone

    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(change_and_sweep, range(4))) == [500] * 4
    assert kept.rooms() == []


def test_nothing_is_saved_if_deciding_fails(kept: MemoryRegistry) -> None:
    def fails(room: Room) -> Room:
        raise RuntimeError

    with pytest.raises(RuntimeError):
        change(kept, "blue", fails, "event-1")
    assert kept.rooms() == []
    assert change(kept, "blue", lambda room: room, "event-1"), "the event was not counted"


def test_room_commands_and_seen_are_saved_together(kept: MemoryRegistry) -> None:
    assert change(kept, "blue", lambda room: put(room, caller("A")), "event-1")
    assert change(kept, "blue", lambda room: put(room, caller("B")), "event-1") is None
    assert list(kept.room("blue").participants) == ["A"]
    assert change(kept, "blue", lambda room: put(room, caller("B")), "event-2")
    assert change(kept, "blue", lambda room: put(room, caller("C")))
    assert change(kept, "blue", lambda room: put(room, caller("D"))), (
        "without an id every event counts"
    )


def test_changes_are_noted_in_the_order_in_which_they_were_made(kept: MemoryRegistry) -> None:
    noted: list[Change] = []

    def speak(n: int) -> None:
        def decide(room: Room) -> Change:
            return Change(room, replace(room, speaker=f"{room.speaker}."), SnapshotWanted(n))

        assert kept.commit("blue", "", decide, lambda change, ours: noted.append(change))

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(speak, range(300)))
    assert [len(each.after.speaker) for each in noted] == list(range(1, 301))


def test_the_room_of_a_call_is_known_for_a_while_after_the_call(
    kept: MemoryRegistry,
) -> None:
    change(kept, "blue", lambda room: replace(put(room, caller("A")), conference="conf-1"))
    assert (kept.room_of_call("A"), room_of_conference(kept, "conf-1")) == ("blue", "blue")
    change(kept, "blue", lambda room: replace(forget(room, "A", at=0), conference=""))
    assert (kept.room_of_call("A"), room_of_conference(kept, "conf-1")) == ("blue", None)
    change(kept, "blue", lambda room: forget(room, "B", at=601))
    assert (kept.room_of_call("A"), kept.room_of_call("B")) == (None, "blue")


def test_a_call_that_moved_stays_in_its_new_room(kept: MemoryRegistry) -> None:
    change(kept, "blue", lambda room: put(room, caller("A")))
    change(kept, "red", lambda room: put(room, caller("A")))
    change(kept, "blue", lambda room: replace(room, participants={}))
    assert kept.room_of_call("A") == "red"


def test_changes_of_a_room_take_turns_and_rooms_are_independent(kept: MemoryRegistry) -> None:
    both_in = threading.Barrier(2, timeout=5)

    def meet(name: str) -> None:
        def wait(room: Room) -> Room:
            both_in.wait()
            return room

        change(kept, name, wait)

    with ThreadPoolExecutor(2) as pool:
        assert list(pool.map(meet, ["blue", "red"])) == [None, None]

    def add(n: int) -> None:
        change(kept, "blue", lambda room: put(room, caller(f"call-{n}")))

    with ThreadPoolExecutor(16) as pool:
        list(pool.map(add, range(500)))
    assert len(kept.room("blue").participants) == 500


def test_the_ids_of_events_are_limited(
    kept: MemoryRegistry, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(memory, "MOST_SEEN", 3)
    for n in range(5):
        assert change(kept, "blue", lambda room: room, f"event-{n}")
    seen = [change(kept, "blue", lambda room: room, f"event-{n}") is None for n in (4, 3, 2, 1, 0)]
    assert seen == [True, True, True, False, False]


def test_the_ids_of_requests_are_kept_with_digests_and_apart_from_those_of_events(
    kept: MemoryRegistry, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(memory, "MOST_SEEN", 1)
    monkeypatch.setattr(memory, "MOST_REQUESTS", 3)
    for n in range(5):
        assert change(kept, "blue", lambda room: room, f"id-{n}", digest=f"content {n}")
        assert change(kept, "blue", lambda room: room, f"id-{n}"), "an event's is another"
    digests = [kept.digest_of(f"id-{n}") for n in range(5)]
    assert digests == [None, None, "content 2", "content 3", "content 4"]
    assert change(kept, "red", lambda room: room, "id-4", digest="content 9") is None
    assert kept.digest_of("id-4") == "content 4"
    assert kept.rooms() == [Room("blue")]


def test_an_id_counts_once_though_two_rooms_get_it_at_the_same_moment(
    kept: MemoryRegistry,
) -> None:
    both_in = threading.Barrier(2, timeout=5)

    def speak(name: str) -> Change | None:
        def wait(room: Room) -> Room:
            both_in.wait()
            return replace(room, speaker="A")

        return change(kept, name, wait, "id-1", digest=name)

    with ThreadPoolExecutor(2) as pool:
        made = list(pool.map(speak, ["blue", "red"]))
    assert sum(each is not None for each in made) == 1
    (changed,) = kept.rooms()
    assert (changed.speaker, kept.digest_of("id-1")) == ("A", changed.name)


def test_a_call_is_identified_by_its_leg(
    kept: MemoryRegistry, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(memory, "MOST_LEGS", 2)

    def named(call: str, leg: str) -> str:
        event = Webhook("call.recording.saved", 0.0, call=call, leg=leg)
        return kept.look_up(event).event.call

    assert named("", "leg-1") == ""
    assert named("A", "leg-1") == "A"
    assert named("A", "") == "A"
    assert (named("", "leg-1"), named("", "leg-2"), named("", "")) == ("A", "", "")
    assert [named("B", "leg-2"), named("A", "leg-1"), named("C", "leg-3")] == ["B", "A", "C"]
    assert [named("", f"leg-{n}") for n in (1, 2, 3)] == ["", "B", "C"], "the oldest is forgotten"
