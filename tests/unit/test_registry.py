"""The registry in memory: the contract of every registry, its locks and its limits."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest
from rigs.registry import QuietHome, change
from rigs.registry_contract import RegistryContract, call_of_leg

from conference.core.change import Change
from conference.core.room import Room
from conference.registry import MemoryRegistry, memory


@pytest.fixture
def kept() -> MemoryRegistry:
    registry = MemoryRegistry(Room)
    registry.begin(QuietHome())
    return registry


class TestMemoryRegistry(RegistryContract):
    """With the fixture of this file."""


def test_a_begin_looks_for_the_calls_of_a_process_before() -> None:
    home = QuietHome()
    MemoryRegistry(Room).begin(home)
    assert home.begun == 1


def test_a_room_is_changed_by_one_thread_at_a_time_also_while_swept(kept: MemoryRegistry) -> None:
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


def test_an_id_counts_once_though_two_rooms_decide_at_the_same_moment(
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


def test_an_id_counts_once_in_all_rooms(kept: MemoryRegistry) -> None:
    assert change(kept, "blue", lambda room: room, "event-1")
    assert change(kept, "red", lambda room: room, "event-1") is None


def test_the_ids_of_events_are_limited(
    kept: MemoryRegistry, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(memory, "MOST_SEEN", 3)
    for n in range(5):
        assert change(kept, "blue", lambda room: room, f"event-{n}")
    seen = [change(kept, "blue", lambda room: room, f"event-{n}") is None for n in (4, 3, 2, 1, 0)]
    assert seen == [True, True, True, False, False]


def test_the_ids_of_requests_are_limited_apart_from_those_of_events(
    kept: MemoryRegistry, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(memory, "MOST_SEEN", 1)
    monkeypatch.setattr(memory, "MOST_REQUESTS", 3)
    for n in range(5):
        assert change(kept, "blue", lambda room: room, f"id-{n}", digest=f"content {n}")
        assert change(kept, "blue", lambda room: room, f"id-{n}"), "an event's is another"
    digests = [kept.digest_of(f"id-{n}") for n in range(5)]
    assert digests == [None, None, "content 2", "content 3", "content 4"]


def test_the_legs_of_calls_are_limited(
    kept: MemoryRegistry, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(memory, "MOST_LEGS", 2)
    known = [("B", "leg-2"), ("A", "leg-1"), ("C", "leg-3")]
    assert [call_of_leg(kept, "leg-1", call="A")] == ["A"]
    assert [call_of_leg(kept, leg, call=call) for call, leg in known] == ["B", "A", "C"]
    assert [call_of_leg(kept, f"leg-{n}") for n in (1, 2, 3)] == ["", "B", "C"], (
        "without the oldest"
    )
