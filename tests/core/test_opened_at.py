"""When the live conference of a room has opened, by the earliest evidence."""

from __future__ import annotations

import pytest
from rigs import core as rig
from rigs.core import EMPTY, NOW, T0, hook
from rigs.texml_rooms import comes, ends, starts, texml

from conference.clock import iso
from conference.core import commands as c
from conference.core.events import SnapshotWanted
from conference.core.room import Room
from conference.core.snapshot import Seen, Snapshot
from conference.core.telnyx_time import unix
from conference.reporting import public_view

ASKED = rig.waiting()  # to create the conference


def listed(opened_at: float | None, room: Room = EMPTY) -> Room:
    """Return the room after a snapshot that shows A in conference K."""
    room = rig.after(room, SnapshotWanted(NOW))
    seen = Snapshot("K", {"A": Seen(False, False)}, {"A": rig.STATE}, opened_at=opened_at)
    return rig.after(room, rig.answer(room, c.SNAPSHOT, data=seen))


def test_it_opens_with_the_answer_to_our_create_or_its_webhook() -> None:
    answered = rig.after(ASKED, rig.answer(ASKED, c.CONFERENCE, data={"id": "K"}))
    assert (answered.conference, answered.opened_at) == ("K", NOW)
    reported = rig.after(ASKED, hook("conference.created"))
    assert (reported.conference, reported.opened_at) == ("K", NOW)
    assert rig.after(reported, rig.joined("A", NOW + 5)).opened_at == NOW


def test_it_is_over_with_the_conference() -> None:
    assert rig.after(rig.inside(), rig.ended()).opened_at is None
    assert rig.after(rig.inside(), rig.hangup()).opened_at is None


def test_after_a_restart_telnyx_s_list_has_the_time() -> None:
    assert listed(T0 - 600).opened_at == T0 - 600
    assert listed(None).opened_at == NOW
    come_before_the_list = rig.after(EMPTY, rig.initiated("B"), rig.joined("B"))
    assert come_before_the_list.opened_at == NOW
    assert listed(T0 - 600, come_before_the_list).opened_at == T0 - 600


def test_a_later_time_in_the_list_changes_nothing() -> None:
    """Telnyx's clock may be ahead of ours."""
    assert listed(NOW + 3, rig.inside()).opened_at == T0


@pytest.mark.parametrize("data", [{"id": "K"}, {"id": "K", "opened_at": T0 - 60}])
def test_a_conference_that_is_found_by_its_name(data: dict[str, object]) -> None:
    room = rig.after(ASKED, rig.answer(ASKED, c.CONFERENCE, 422, "90033"))
    room = rig.after(room, rig.answer(room, c.CONFERENCE, data=data))
    assert (room.conference, room.opened_at) == ("K", data.get("opened_at", NOW))


def test_by_texml_it_opens_with_the_first_callback() -> None:
    assert rig.after(EMPTY, starts()).opened_at == NOW
    room = rig.after(EMPTY, comes("A", 1), comes("B", 2, at=NOW + 5), starts(0, at=NOW + 6))
    assert room.opened_at == NOW
    assert rig.after(texml("A"), ends()).opened_at is None


def test_times_of_telnyx_as_unix_seconds() -> None:
    assert unix("1970-01-01T00:02:00.500000Z") == 120.5
    assert unix("1970-01-01 01:02:00+01:00") == 120.0
    assert [unix(none) for none in (None, 7, "", "2019-01-23T18:10:02")] == [None] * 4


@pytest.mark.parametrize(("minutes", "lasts"), [(0, 240), (90, 90), (300, 240)])
def test_telnyx_ends_it_after_its_duration_and_after_four_hours_at_most(
    minutes: int, lasts: int
) -> None:
    room = rig.inside(rig.with_settings(duration_minutes=minutes))
    assert public_view.about(room)["ends_at"] == iso(T0 + lasts * 60)
    by_texml = texml("A", room=rig.with_settings(duration_minutes=minutes))
    assert public_view.about(by_texml)["ends_at"] == iso(T0 + 240 * 60), "no document has one"


@pytest.mark.parametrize(
    ("joined_at", "shown"), [(T0 - 600, T0 - 600), (None, NOW), (NOW + 600, NOW)]
)
def test_after_a_restart_participants_are_inside_since_the_listed_time(
    joined_at: float | None, shown: float
) -> None:
    room = rig.after(EMPTY, SnapshotWanted(NOW))
    seen = Snapshot("K", {"A": Seen(False, False, joined_at)}, {"A": rig.STATE})
    room = rig.after(room, rig.answer(room, c.SNAPSHOT, data=seen))
    ann = room.participants["A"]
    assert (ann.status, ann.joined_at, ann.since) == ("joined", shown, shown)


def test_a_caller_of_this_start_keeps_the_time_of_its_event() -> None:
    """Telnyx's clock may be behind ours."""
    room = rig.after(rig.let_in(), SnapshotWanted(NOW))
    seen = Snapshot("K", {"A": Seen(False, False, T0 - 600)}, {"A": rig.STATE})
    room = rig.after(room, rig.answer(room, c.SNAPSHOT, data=seen))
    assert room.participants["A"].joined_at == NOW
