"""The contract of every registry, as tests. A file of tests for a registry has

    @pytest.fixture
    def kept() -> Registry: ...

    class TestItsContract(RegistryContract):
        many = 100

The registry has begun, so that it is the home of its rooms. `tests/conftest.py` lets pytest explain
the assertions here.
"""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest
from rigs.registry import change
from rigs.waiting import until

from conference.core.change import Change
from conference.core.events import SnapshotWanted, Webhook
from conference.core.participant import Participant
from conference.core.room import Room
from conference.core.transitions import forget, put
from conference.registry import Registry


def caller(call: str) -> Participant:
    return Participant(call, "+13125550111", "participant", "incoming", "ringing", 0.0)


def room_of_conference(kept: Registry, conference: str) -> str | None:
    event = Webhook("conference.ended", 0.0, conference=conference)
    return kept.look_up(event).by_conference(conference)


def call_of_leg(kept: Registry, leg: str, call: str = "") -> str:
    """The call that an event with this leg gets. `call`: that of the event itself."""
    return kept.look_up(Webhook("call.recording.saved", 0.0, call=call, leg=leg)).event.call


class RegistryContract:
    """`many`: changes where a test makes them at the same time."""

    many = 500

    def test_a_room_is_new_until_it_is_saved(self, kept: Registry) -> None:
        assert kept.room("blue") == Room("blue")
        assert (kept.rooms(), kept.known("blue")) == ([], None)
        change(kept, "blue", lambda room: put(room, caller("A")))
        assert kept.known("blue") == kept.room("blue")
        assert list(kept.room("blue").participants) == ["A"]
        assert [room.name for room in kept.rooms()] == ["blue"]

    def test_a_change_gives_the_room_before_and_after(self, kept: Registry) -> None:
        first = change(kept, "blue", lambda room: put(room, caller("A")))
        assert first and first.before == Room("blue")
        second = change(kept, "blue", lambda room: put(room, caller("B")))
        assert second and second.before == first.after
        assert second.after == kept.room("blue")
        assert list(second.after.participants) == ["A", "B"]

    def test_rooms_are_listed_by_name(self, kept: Registry) -> None:
        for name in ("red", "blue", "green"):
            change(kept, name, lambda room: put(room, caller(room.name)))
        assert [room.name for room in kept.rooms()] == ["blue", "green", "red"]
        assert sorted(kept.rooms_at_home(), key=lambda room: room.name) == kept.rooms()
        assert kept.at_home("blue") == kept.room("blue")

    def test_a_room_that_is_over_is_forgotten_after_a_while(self, kept: Registry) -> None:
        change(kept, "blue", lambda room: replace(put(room, caller("A")), conference="conf-1"))
        kept.sweep(10_000)
        assert len(kept.rooms()) == 1, "a caller is there"
        change(kept, "blue", lambda room: replace(forget(room, "A", at=0), conference=""))
        kept.sweep(599)
        assert kept.room_of_call("A") == "blue", "late events must find that the call has ended"
        kept.sweep(600)
        assert (kept.rooms(), kept.room_of_call("A")) == ([], None)
        assert kept.room("blue") == Room("blue")

    def test_a_forgotten_room_begins_anew(self, kept: Registry) -> None:
        change(kept, "blue", lambda room: replace(room, speaker="A"), "event-1")
        kept.sweep(0)
        assert kept.rooms() == []
        again = change(kept, "blue", lambda room: put(room, caller("B")), "event-2")
        assert again and again.before == Room("blue")
        assert list(kept.room("blue").participants) == ["B"]

    def test_no_change_is_lost_while_other_threads_sweep(self, kept: Registry) -> None:
        begin = threading.Barrier(4, timeout=5)

        def change_and_sweep(n: int) -> int:
            begin.wait()
            made = 0
            for _ in range(self.many // 4):
                made += change(kept, "blue", lambda room: replace(room, speaker="")) is not None
                kept.sweep(0)
            return made

        with ThreadPoolExecutor(4) as pool:
            assert list(pool.map(change_and_sweep, range(4))) == [self.many // 4] * 4
        kept.sweep(0)
        assert kept.rooms() == []

    def test_nothing_is_saved_if_deciding_fails(self, kept: Registry) -> None:
        def fails(room: Room) -> Room:
            raise RuntimeError

        for digest in ("", "content"):
            with pytest.raises(RuntimeError):
                change(kept, "blue", fails, "event-1", digest)
            assert kept.rooms() == []
            assert kept.digest_of("event-1") is None
            assert change(kept, "blue", lambda room: room, "event-1", digest), "it was not counted"
            kept.sweep(0)

    def test_room_commands_and_seen_are_saved_together(self, kept: Registry) -> None:
        assert change(kept, "blue", lambda room: put(room, caller("A")), "event-1")
        assert change(kept, "blue", lambda room: put(room, caller("B")), "event-1") is None
        assert list(kept.room("blue").participants) == ["A"]
        assert change(kept, "blue", lambda room: put(room, caller("B")), "event-2")
        assert change(kept, "blue", lambda room: put(room, caller("C")))
        assert change(kept, "blue", lambda room: put(room, caller("D"))), (
            "without an id every event counts"
        )

    def test_changes_are_noted_in_the_order_in_which_they_were_made(self, kept: Registry) -> None:
        noted: list[tuple[Change, bool]] = []

        def speak(n: int) -> None:
            def decide(room: Room) -> Change:
                return Change(room, replace(room, speaker=f"{room.speaker}."), SnapshotWanted(n))

            def note(change: Change, ours: bool) -> None:
                noted.append((change, ours))

            commit = kept.commit("blue", "", decide, note)
            assert commit and commit.ours
            kept.done("blue", commit)

        with ThreadPoolExecutor(8) as pool:
            list(pool.map(speak, range(self.many)))
        assert [len(each.after.speaker) for each, _ in noted] == list(range(1, self.many + 1))
        assert {ours for _, ours in noted} == {True}

    def test_the_room_of_a_call_is_known_for_a_while_after_the_call(self, kept: Registry) -> None:
        change(kept, "blue", lambda room: replace(put(room, caller("A")), conference="conf-1"))
        assert (kept.room_of_call("A"), room_of_conference(kept, "conf-1")) == ("blue", "blue")
        change(kept, "blue", lambda room: replace(forget(room, "A", at=0), conference=""))
        assert (kept.room_of_call("A"), room_of_conference(kept, "conf-1")) == ("blue", None)
        change(kept, "blue", lambda room: forget(room, "B", at=601))
        assert (kept.room_of_call("A"), kept.room_of_call("B")) == (None, "blue")

    def test_a_call_that_moved_stays_in_its_new_room(self, kept: Registry) -> None:
        change(kept, "blue", lambda room: put(room, caller("A")))
        change(kept, "red", lambda room: put(room, caller("A")))
        change(kept, "blue", lambda room: replace(room, participants={}))
        assert kept.room_of_call("A") == "red"

    def test_an_event_finds_the_room_of_its_call(self, kept: Registry) -> None:
        change(kept, "blue", lambda room: put(room, caller("A")))
        found = kept.look_up(Webhook("call.answered", 0.0, call="A"))
        assert (found.by_call("A"), found.by_call("B")) == ("blue", None)
        assert found.event.call == "A"

    def test_an_event_that_was_applied_in_another_room_is_known_to_be_repeated(
        self, kept: Registry
    ) -> None:
        """Its call may have moved between two deliveries."""
        event = Webhook("call.dtmf.received", 0.0, id="event-1", call="A")
        assert not kept.look_up(event).repeated
        assert change(kept, "blue", lambda room: put(room, caller("A")), "event-1")
        change(kept, "red", lambda room: put(room, caller("A")))
        until(lambda: kept.look_up(event).repeated)
        assert not kept.look_up(replace(event, id="event-2")).repeated
        assert not kept.look_up(replace(event, id="")).repeated
        assert change(kept, "blue", lambda room: room, "id-1", digest="content")
        assert not kept.look_up(replace(event, id="id-1")).repeated, "a request's is another"

    def test_rooms_are_changed_independently_of_each_other(self, kept: Registry) -> None:
        both_in = threading.Barrier(2, timeout=5)

        def meet(name: str) -> None:
            def wait(room: Room) -> Room:
                both_in.wait()
                return room

            change(kept, name, wait)

        with ThreadPoolExecutor(2) as pool:
            assert list(pool.map(meet, ["blue", "red"])) == [None, None]

    def test_changes_of_a_room_take_turns(self, kept: Registry) -> None:
        def add(n: int) -> None:
            change(kept, "blue", lambda room: put(room, caller(f"call-{n}")))

        with ThreadPoolExecutor(16) as pool:
            list(pool.map(add, range(self.many)))
        assert len(kept.room("blue").participants) == self.many
        assert kept.room_of_call(f"call-{self.many - 1}") == "blue"

    def test_the_ids_of_requests_are_kept_with_digests_and_apart_from_those_of_events(
        self, kept: Registry
    ) -> None:
        for n in range(5):
            assert change(kept, "blue", lambda room: room, f"id-{n}", digest=f"content {n}")
            assert change(kept, "blue", lambda room: room, f"id-{n}"), "an event's is another"
        assert [kept.digest_of(f"id-{n}") for n in range(5)] == [f"content {n}" for n in range(5)]
        assert kept.digest_of("id-5") is None
        assert change(kept, "red", lambda room: room, "id-4", digest="content 9") is None
        assert kept.digest_of("id-4") == "content 4"
        assert [room.name for room in kept.rooms()] == ["blue"]

    def test_an_id_counts_once_though_two_rooms_get_it_at_the_same_moment(
        self, kept: Registry
    ) -> None:
        """The id of a request: another request for another room must not reuse it."""
        begin = threading.Barrier(2, timeout=5)

        def speak(name: str) -> Change | None:
            begin.wait()
            return change(kept, name, lambda room: replace(room, speaker="A"), "id-1", digest=name)

        with ThreadPoolExecutor(2) as pool:
            made = list(pool.map(speak, ["blue", "red"]))
        assert sum(each is not None for each in made) == 1
        (changed,) = kept.rooms()
        assert (changed.speaker, kept.digest_of("id-1")) == ("A", changed.name)

    def test_a_call_is_identified_by_its_leg(self, kept: Registry) -> None:
        assert call_of_leg(kept, "leg-1") == ""
        assert call_of_leg(kept, "leg-1", call="A") == "A"
        assert call_of_leg(kept, "", call="A") == "A"
        assert call_of_leg(kept, "leg-2", call="B") == "B"
        assert [call_of_leg(kept, leg) for leg in ("leg-1", "leg-2", "")] == ["A", "B", ""]
