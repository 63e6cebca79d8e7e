"""What is seen counts at once; what is missing or otherwise, when two looks agree."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, NamedTuple

import pytest
from rigs import core as rig
from rigs.core import EMPTY, MUSIC, NOW, STATE, T0

from conference.core.client_state import ClientState
from conference.core.commands import (
    CONFERENCE,
    HOLD_AND_MUTE,
    SNAPSHOT,
    Command,
    Create,
    Hold,
    Join,
    Leave,
    Mute,
    Remember,
    Speak,
    TakeSnapshot,
    Unhold,
)
from conference.core.events import Outcome
from conference.core.parts import Asked, Doubt, Told
from conference.core.room import NEXT_SNAPSHOT, Deadline, Room, client_state
from conference.core.snapshot import Seen, Snapshot
from conference.core.texml.snapshots import snapshot_command

OURS = ClientState("demo", "moderator", "outgoing", "+2", "Ann")
FREE, HELD, MUTED = Seen(False, False), Seen(True, False), Seen(False, True)
SOON = NEXT_SNAPSHOT
ONE, TWO = rig.inside(), rig.inside(rig.inside(), "B")


def seen(conference: str = "K", calls: str | None = None, **joined: Seen) -> Snapshot:
    """A look that shows these calls (or None: not listed), and these in the conference."""
    listed = None if calls is None else {call: rig.state(call) for call in calls}
    return Snapshot(conference, joined, listed)


def look(room: Room, at: float, snapshot: object) -> tuple[Room, tuple[Command, ...]]:
    """One look that is begun and answered at this time."""
    command = TakeSnapshot(room.name, at=at)
    room = replace(room, pending={**room.pending, **rig.queued(SNAPSHOT, command)})
    room, commands = rig.decide(room, Outcome(command, at, data=snapshot))
    assert not rig.pending(room, SNAPSHOT)
    return room, commands


def looks(room: Room, *snapshots: object, apart: float = 3.0) -> tuple[Room, tuple[Command, ...]]:
    commands: tuple[Command, ...] = ()
    for n, snapshot in enumerate(snapshots):
        room, commands = look(room, NOW + n * apart, snapshot)
    return room, commands


# At once


def test_a_call_of_ours_that_rings_for_long_is_asked_whether_it_was_answered() -> None:
    """No list says so, and call.answered may have been lost."""
    rings = rig.after(
        EMPTY, rig.hook("call.initiated", at=T0, direction="outgoing", client_state=OURS)
    )
    listed = Snapshot(calls={"A": OURS})
    assert look(rings, T0 + 1.9, listed)[1] == ()
    room, (command,) = look(rings, T0 + 5, listed)
    assert (rig.status(room), type(command)) == ({"A": "greeting"}, Speak)
    room, commands = rig.decide(room, rig.answer(room, "A", 422, "90034", at=T0 + 6))
    assert (rig.status(room), commands) == ({"A": "ringing"}, ())
    assert room.deadlines[Deadline("call", "A")] == T0 + 660, "as Telnyx lets it ring"
    assert look(rings, T0 + 5, Snapshot(calls={}))[1] == ()


def test_calls_in_doubt_are_greeted_in_one_order_on_every_run() -> None:
    """So that two processes decide alike: the order of a set differs from one to the next."""
    room, calls = EMPTY, list("HCFADGBE")
    for call in calls:
        initiated = rig.hook("call.initiated", call, T0, direction="outgoing", client_state=OURS)
        room = rig.after(room, initiated)
    _, commands = look(room, T0 + 5, Snapshot(calls=dict.fromkeys(calls, OURS)))
    assert [command.call for command in commands if isinstance(command, Speak)] == sorted(calls)


def test_a_conference_from_before_a_new_name_goes_on_under_the_old_one() -> None:
    begun = rig.with_settings(EMPTY, title="New")
    state = ClientState("demo", number="+2", title="Old", member=1)
    listed = Snapshot("K", {"A": Seen(False, False)}, {"A": state}, title="Old")
    room, _ = look(begun, NOW, listed)
    assert (room.conference, room.title, rig.status(room)) == ("K", "Old", {"A": "joined"})
    assert client_state(room, room.participants["A"]) == state
    assert snapshot_command(room).title == "Old"
    over = rig.after(rig.well(room), rig.hangup("A"), rig.ended())
    assert (over.conference, over.title, snapshot_command(over).title) == ("", "New", "New")


def test_a_conference_of_our_name_is_ours() -> None:
    room, commands = look(rig.waiting(), NOW, seen("L"))
    assert (room.conference, commands) == ("", ()), "but not while it is being opened"
    callers = rig.greeting(EMPTY)
    room, commands = look(callers, NOW, seen("L"))
    assert (room.conference, commands) == ("L", ())
    over = rig.after(callers, rig.ended("L", T0))
    assert look(over, NOW, seen("L"))[0].conference == ""


@pytest.mark.parametrize(
    "before", [rig.let_in(), rig.ringing(rig.inside(call="B")), rig.greeting(rig.inside(call="B"))]
)
def test_whoever_is_seen_inside_is_in(before: Room) -> None:
    room, commands = look(before, NOW, seen(A=FREE, B=HELD))
    assert "A" in room.joined
    assert room.participants["A"].joined_at == NOW
    assert len(commands) == 1


def test_how_a_newcomer_is_seen_is_what_telnyx_was_told() -> None:
    before = rig.let_in(rig.inside(call="B"))
    room, commands = look(before, NOW, seen(A=Seen(True, True), B=HELD))
    assert room.holding.told == {"A": Told(True, True), "B": Told(True, False, MUSIC)}
    assert [(type(c).__name__, c.calls) for c in commands] == [("Unhold", ("A", "B"))]  # type: ignore[union-attr]
    assert look(before, NOW, seen(A=FREE, B=HELD))[0].holding.told == {
        "B": Told(True, False, MUSIC)
    }


def test_a_call_of_ours_that_is_seen_inside_is_known_again() -> None:
    state = replace(OURS, hold=True, mute_by="moderator")
    room, commands = look(EMPTY, NOW, Snapshot("K", {"A": FREE}, {"A": state}))
    who = room.participants["A"]
    assert (who.number, who.role, who.direction, who.label) == (
        "+2",
        "moderator",
        "outgoing",
        "Ann",
    )
    assert (room.joined, room.conference, room.holding.asked) == (
        frozenset("A"),
        "K",
        {"A": Asked(True, "moderator")},
    )
    assert commands == (Hold("K", ("A",), music=room.music, at=NOW),)


def test_a_call_of_ours_that_is_outside_is_let_in() -> None:
    room, commands = look(EMPTY, NOW, seen("K", "A"))
    assert (rig.status(room), commands) == ({"A": "waiting"}, (Join("A", "K", 1, at=NOW),))
    room, commands = look(EMPTY, NOW, seen("", "AB"))
    assert rig.status(room) == {"A": "waiting", "B": "waiting"}
    assert commands == (Create("A", "demo", 1, "always", 250, at=NOW),)


@pytest.mark.parametrize("time", ["", "2026-5"])
def test_a_left_after_a_restart_is_checked_before_anybody_is_hung_up(time: str) -> None:
    """It may be old: the call was taken out and brought back before the restart."""
    found, _ = look(EMPTY, NOW, seen("K", "AB", A=FREE, B=FREE))
    # Its first stay may be reported as a whole, now.
    found = rig.after(found, rig.joined("B", at=NOW + 3, occurred_at="2026-4"))
    room, commands = rig.decide(found, rig.left("B", at=NOW + 3, occurred_at=time))
    assert (room.joined, commands) == (frozenset("AB"), ())
    assert room.deadlines[SOON] == NOW + 4
    checked, _ = look(room, NOW + 4, seen("K", "AB", A=FREE, B=FREE))
    assert checked.joined == frozenset("AB")
    for at in (NOW + 4, NOW + 7):
        room, commands = look(room, at, seen("K", "AB", A=FREE))
    assert rig.status(room) == {"A": "joined", "B": "leaving"}
    assert [type(command) for command in commands] == [Hold]


def test_a_left_of_a_call_on_its_way_in_after_a_restart_is_checked() -> None:
    found, _ = look(EMPTY, NOW, seen("K", "A"))
    room, commands = rig.decide(found, rig.left(at=NOW + 3, occurred_at="2026-5"))
    assert (rig.status(room), commands) == ({"A": "waiting"}, ())
    assert room.deadlines[SOON] == NOW + 4


def test_who_was_parked_stays_so_over_a_restart() -> None:
    listed = {"A": replace(OURS, parked=True)}
    room, commands = look(EMPTY, NOW, Snapshot("K", {}, listed))
    assert (rig.status(room), commands) == ({"A": "parked"}, ())
    assert room.deadlines[Deadline("call", "A")] == NOW + 3600
    room, commands = look(EMPTY, NOW, Snapshot("K", {"A": FREE}, listed))
    assert rig.status(room) == {"A": "parked"}
    assert commands == (Leave("A", "K", 1, at=NOW),), "which the restart had lost"


@pytest.mark.parametrize(
    "kept",
    [
        Snapshot("K", {"A": HELD}, {"A": replace(STATE, mute_by="moderator")}),
        Snapshot("K", {"A": HELD}, {"A": replace(STATE, label="Ann")}),
        Snapshot("K", {"A": HELD}, {}, elsewhere={"A": "blue"}),
    ],
    ids=["unmuted since", "renamed since", "moved here since"],
)
def test_what_telnyx_keeps_of_a_call_is_put_right(kept: Snapshot) -> None:
    """It was told so, and refused it for long."""
    room, commands = look(ONE, NOW, kept)
    assert commands == (), "two looks must agree"
    room, commands = look(room, NOW + 3, kept)
    assert commands == (Remember("A", STATE, at=NOW + 3),)
    room = rig.given(room, doubts=frozenset({Doubt("remembered", "A")}))
    assert look(room, NOW + 6, kept)[1] == (), "nor while it is being told"


def test_a_call_that_has_ended_is_not_known_again() -> None:
    room, commands = look(rig.after(ONE, rig.hangup()), NOW, seen("K", "A", A=FREE))
    assert (room.participants, commands) == ({}, ())


def test_who_is_inside_and_no_call_of_ours_is_left_alone() -> None:
    room, commands = look(TWO, NOW, seen(A=FREE, B=FREE, X=FREE))
    assert (rig.status(room), commands) == ({"A": "joined", "B": "joined"}, ())


def test_inside_another_conference_is_not_inside() -> None:
    room, _ = look(rig.let_in(ONE, "B"), NOW, seen("L", A=FREE, B=FREE))
    assert (rig.status(room)["B"], room.conference) == ("waiting", "K")


@pytest.mark.parametrize(
    "before",
    [rig.after(EMPTY, rig.ended("L", T0)), rig.waiting(call="B")],
    ids=["that has ended", "while another is opened"],
)
def test_a_call_that_is_known_again_in_an_unusable_conference_has_a_way_out(before: Room) -> None:
    room, _ = look(before, NOW, seen("L", "AB", A=FREE))
    assert rig.status(room)["A"] == "waiting"
    assert rig.pending(room, "A") or rig.pending(room, CONFERENCE)


def test_a_call_that_is_listed_has_not_ended() -> None:
    """Whatever client_state it has: another room's, or none that we can read."""
    for listed in (seen("K", "B", B=FREE), seen("K", "B", B=FREE)):
        elsewhere = replace(listed, elsewhere={"A": "blue"}, joined={"A": HELD, "B": FREE})
        strange = replace(listed, unknown_calls=frozenset("A"), joined={"A": HELD, "B": FREE})
        for snapshot in (elsewhere, strange):
            assert "A" in looks(TWO, snapshot, snapshot)[0].participants


# When two looks agree


class Doubted(NamedTuple):
    name: str
    room: Room
    snapshot: Snapshot
    changes: dict[str, Any]


DOUBTS: list[Doubted] = [
    Doubted(
        "a call that is not listed has ended",
        room=TWO,
        snapshot=seen("K", "B", B=FREE),
        changes={"A": None, "joined": frozenset("B")},
    ),
    Doubted(
        "a call that waits and is not listed has ended",
        room=rig.let_in(ONE, "B"),
        snapshot=seen("K", "A", A=HELD),
        changes={"B": None, "deadlines": {SOON: NOW + 2}},
    ),
    Doubted(
        "whoever is not inside has left",
        room=TWO,
        snapshot=seen("K", "AB", A=FREE),
        changes={
            "B": {"status": "leaving"},
            "joined": frozenset("A"),
            "deadlines": {SOON: NOW + 2, Deadline("call", "B"): NOW + 8},
        },
    ),
    Doubted(
        "whoever is not inside has left, also where calls are not listed",
        room=TWO,
        snapshot=seen("K", None, A=FREE),
        changes={
            "B": {"status": "leaving"},
            "joined": frozenset("A"),
            "deadlines": {SOON: NOW + 2, Deadline("call", "B"): NOW + 8},
        },
    ),
    Doubted(
        "a conference that is not there is joined again: the response shows if it is over",
        room=TWO,
        snapshot=seen("", "AB"),
        changes={
            "A": {"status": "waiting", "tries": 2, "patience": NOW + 23, "returns": True},
            "B": {"status": "waiting", "tries": 2, "patience": NOW + 23, "returns": True},
            "joined": frozenset(),
        },
    ),
    Doubted(
        "whoever is seen on hold is",
        room=TWO,
        snapshot=seen(A=HELD, B=FREE),
        changes={"told": {"A": Told(True, False)}},
    ),
    Doubted(
        "whoever is seen muted is",
        room=TWO,
        snapshot=seen(A=MUTED, B=FREE),
        changes={"told": {"A": Told(False, True)}},
    ),
]


@rig.each_case(DOUBTS)
class TestDoubts:
    """One look is not believed, and two that agree are."""

    def test_one_look_only_asks_for_another(self, case: Doubted) -> None:
        room, commands = looks(case.room, case.snapshot)
        assert commands == ()
        assert _doubted(case.room, room) == {"doubts", "compared_at", "deadlines"}
        assert room.deadlines[SOON] == NOW + 2

    def test_two_looks_that_agree_are_believed(self, case: Doubted) -> None:
        room, _ = looks(case.room, case.snapshot, case.snapshot)
        found = rig.changes(case.room, room)
        for always in ("doubts", "compared_at", "shows_holds"):
            found.pop(always, None)
        assert _without_looks(found) == _without_looks(case.changes)
        assert room.reconciliation.doubts == frozenset()

    def test_two_looks_within_two_seconds_are_one(self, case: Doubted) -> None:
        room, commands = looks(case.room, case.snapshot, case.snapshot, apart=1.9)
        assert commands == ()
        assert _doubted(case.room, room) == {"doubts", "compared_at", "deadlines"}
        believed, _ = looks(case.room, case.snapshot, case.snapshot, apart=2.0)
        assert rig.changes(case.room, believed).keys() != rig.changes(case.room, room).keys()

    def test_two_looks_that_differ_prove_nothing(self, case: Doubted) -> None:
        before, snapshot = case.room, case.snapshot
        agrees = Snapshot("K", {c: Seen(_held(before, c), False) for c in before.joined}, None)
        room, commands = looks(before, snapshot, agrees, snapshot)
        assert commands == ()
        assert rig.status(room) == rig.status(before)
        assert (room.holding.told, room.conference) == (before.holding.told, before.conference)


def _doubted(before: Room, room: Room) -> set[str]:
    """Return the fields that differ, without the one that a look changes at once."""
    return rig.changes(before, room).keys() - {"shows_holds"}


def _held(room: Room, call: str) -> bool:
    return bool(room.holding.told.get(call, Told()).held)


def _without_looks(found: Mapping[str, Any]) -> dict[str, Any]:
    deadlines = {d: at for d, at in found.get("deadlines", {}).items() if d != SOON}
    rest = {name: value for name, value in found.items() if name != "deadlines"}
    return rest | ({"deadlines": deadlines} if deadlines else {})


def test_what_is_as_known_is_no_doubt() -> None:
    for room, snapshot in [
        (ONE, seen("K", "A", A=HELD)),
        (TWO, seen("K", "AB", A=FREE, B=FREE)),
        (rig.let_in(ONE, "B"), seen("K", "AB", A=HELD)),
        (EMPTY, seen("")),
    ]:
        room, commands = look(room, NOW, snapshot)
        assert (room.reconciliation.doubts, commands, SOON in room.deadlines) == (
            frozenset(),
            (),
            False,
        )


@pytest.mark.parametrize("calls", ["A", "AB", None])
def test_what_is_pending_is_no_doubt(calls: str | None) -> None:
    joining = rig.waiting(ONE, "B")
    room, _ = look(joining, NOW, seen("K", calls, A=HELD))
    assert room.reconciliation.doubts == frozenset()
    parting = rig.after(
        TWO, rig.left("B", occurred_at="2026-5"), rig.time(NOW + 5)
    )  # hangup of B in flight
    assert rig.pending(parting, "B")
    assert look(rig.well(parting, only="hold and mute"), NOW, seen("K", "A", A=HELD))[
        0
    ].reconciliation.doubts == (frozenset())


def test_hold_and_mute_are_no_doubt_while_one_is_in_flight() -> None:
    holding = rig.after(rig.let_in(), rig.joined())
    assert look(holding, NOW, seen(A=MUTED))[0].reconciliation.doubts == frozenset()
    assert look(rig.well(holding), NOW, seen(A=MUTED))[0].reconciliation.doubts != frozenset()


def test_the_conference_is_no_doubt_while_one_is_opened() -> None:
    opening = replace(ONE, pending=rig.queued(CONFERENCE, Create("B", "demo", 1, "always", 250)))
    assert look(opening, NOW, seen("L", "A"))[0].reconciliation.doubts == frozenset()


def test_calls_that_could_not_be_listed_prove_nobody_s_end() -> None:
    room, _ = looks(rig.greeting(), *[Snapshot("", {}, None)] * 2)
    assert rig.status(room) == {"A": "greeting"}
    room, _ = looks(rig.greeting(), *[Snapshot("", {}, {})] * 2)
    assert rig.status(room) == {}


def test_a_hold_that_telnyx_has_not_is_sent_again() -> None:
    _, commands = looks(ONE, seen(A=FREE), seen(A=FREE))
    assert commands == (Hold("K", ("A",), music=MUSIC, at=NOW + 3),)


def test_a_mute_that_telnyx_has_not_is_sent_again() -> None:
    asked = {"B": Asked(mute_by="moderator")}
    muted = rig.given(TWO, asked=asked, told={"B": Told(muted=True)})
    _, commands = looks(muted, seen(A=FREE, B=FREE), seen(A=FREE, B=FREE))
    assert commands == (Mute("K", ("B",), at=NOW + 3),)


def _comparisons(
    room: Room, *snapshots: Snapshot, code: str = ""
) -> tuple[Room, list[tuple[Command, ...]]]:
    """Two looks at each snapshot, 3 s apart. Telnyx responds to each command, with this code."""
    sent = []
    for n, snapshot in enumerate(snapshots):
        for at in (NOW + 6 * n, NOW + 6 * n + 3):
            room, commands = look(room, at, snapshot)
        sent.append(commands)
        for command in commands:
            room = rig.after(room, Outcome(command, at, 422 if code else 200, code))
    return room, sent


def test_a_hold_that_no_list_shows_is_repeated_twice() -> None:
    """Telnyx accepts it each time: its lists may not show holds."""
    room, sent = _comparisons(ONE, *[seen(A=FREE)] * 4)
    assert [[type(command) for command in each] for each in sent] == [[Hold], [Hold], [], []]
    assert room.holding.told == {"A": Told(True, False, MUSIC)}
    assert room.reconciliation.doubts == frozenset()


def test_a_mute_that_telnyx_has_not_is_sent_again_where_lists_show_no_holds() -> None:
    muted = rig.given(
        ONE, asked={"A": Asked(mute_by="moderator")}, told={"A": Told(True, True, MUSIC)}
    )
    room, sent = _comparisons(rig.given(muted, unseen_holds=2), seen(A=FREE))
    assert sent == [(Mute("K", ("A",), at=NOW + 3),)]
    assert room.holding.told["A"].held is True


def test_once_a_list_has_shown_a_hold_each_lost_hold_is_sent_again() -> None:
    snapshots = [seen(A=FREE)] * 3 + [seen(A=HELD)] + [seen(A=FREE)] * 3
    _, sent = _comparisons(ONE, *snapshots)
    assert [len(each) for each in sent] == [1, 1, 0, 0, 1, 1, 1]


@pytest.mark.parametrize("calls", ["A", None])
def test_a_participant_on_hold_has_not_left_because_a_list_leaves_it_out(calls: str | None) -> None:
    """The caller who is alone is on hold: Telnyx may list only those who hear the others."""
    room, sent = _comparisons(ONE, *[seen("K", calls)] * 3)
    assert (rig.status(room), sent) == ({"A": "joined"}, [(), (), ()])
    assert (room.reconciliation.doubts, SOON in room.deadlines) == (frozenset(), False)


@pytest.mark.parametrize("status", [200, 0, 422])
def test_nor_while_the_hold_is_in_flight_or_its_effect_is_unknown(status: int) -> None:
    room = rig.after(rig.let_in(), rig.joined())
    assert isinstance(rig.head(room, HOLD_AND_MUTE), Hold)
    for at in (NOW + 3, NOW + 6):
        room, _ = look(room, at, seen("K", "A"))
    room = rig.after(room, rig.answer(room, HOLD_AND_MUTE, status, at=NOW + 7))
    for at in (NOW + 9, NOW + 12):
        room, _ = look(room, at, seen("K", "A"))
    assert rig.status(room) == {"A": "joined"}


def test_once_a_list_has_shown_a_hold_who_is_left_out_has_left() -> None:
    asked = {"B": Asked(hold=True)}
    held = rig.given(TWO, asked=asked, told={"A": Told(True), "B": Told(True)})
    left_out = seen("K", "AB", A=HELD)
    room, _ = looks(held, left_out, left_out)
    assert rig.status(room) == {"A": "joined", "B": "leaving"}


def test_a_call_on_hold_that_is_in_no_list_has_ended() -> None:
    room, _ = looks(ONE, seen("K", ""), seen("K", ""))
    assert rig.status(room) == {}


def test_held_and_muted_seen_differently_twice_are_not_believed() -> None:
    room, commands = looks(TWO, seen(A=HELD, B=FREE), seen(A=MUTED, B=FREE))
    assert (room.holding.told, commands) == ({}, ())


def test_what_was_read_before_telnyx_was_told_is_not_believed_after_it() -> None:
    """Two slow looks may both show what is over: that B was on hold until a moment ago."""
    told = rig.given(TWO, told_at=NOW + 3)
    room, commands = looks(told, seen(A=HELD, B=FREE), seen(A=HELD, B=FREE))
    assert (room.holding.told, commands) == ({}, ())
    room, commands = look(room, NOW + 6, seen(A=HELD, B=FREE))
    assert commands == ()
    _, commands = look(room, NOW + 9, seen(A=HELD, B=FREE))
    assert commands == (Unhold("K", ("A",), at=NOW + 9),)
    holds = rig.after(
        rig.waiting(),
        rig.answer(rig.waiting(), CONFERENCE, data={"id": "K"}, at=T0),
        rig.joined(at=T0),
    )
    assert rig.after(holds, rig.answer(holds, HOLD_AND_MUTE, at=NOW)).holding.told_at == NOW


def test_whom_we_hung_up_and_telnyx_has_no_more_does_not_come_back() -> None:
    """Its answer may be told late, though its hangup never was."""
    hung_up = rig.ending()
    hung_up = replace(hung_up, pending={}, deadlines={})
    room, _ = looks(hung_up, seen("", ""), seen("", ""))
    assert (rig.status(room), "A" in room.ended) == ({}, True)
    late = rig.hook("call.answered", at=NOW + 4, client_state=replace(STATE, number="+1"))
    assert rig.status(rig.after(room, late)) == {}


def test_what_is_believed_free_is_not_kept() -> None:
    """`told` holds only what differs, so that a rule's cost does not grow with the room."""
    room, _ = looks(ONE, seen(A=FREE), seen(A=FREE))
    assert room.holding.told == {}


def test_several_doubts_about_one_call_are_settled_by_its_end() -> None:
    one, two = seen("", "B"), seen("", "B")
    room, commands = looks(TWO, one, two)
    assert (rig.status(room), commands) == ({"B": "waiting"}, (Join("B", "K", 2, at=NOW + 3),))


@pytest.mark.parametrize("said", [(422, "90019"), (422, "90033"), (404, "90058"), (404, "10005")])
def test_a_conference_that_telnyx_neither_lists_nor_finds_is_over(said: tuple[int, str]) -> None:
    room, commands = looks(TWO, seen("", "AB"), seen("", "AB"))
    assert commands == tuple(Join(call, "K", 2, at=NOW + 3) for call in "AB")
    room = rig.after(room, rig.answer(room, "A", *said, at=NOW + 7))
    assert (room.conference, "K" in room.ended) == ("", True)
    room = rig.after(room, rig.answer(room, "B", *said, at=NOW + 7))
    assert isinstance(rig.head(room, CONFERENCE), Create)
    assert rig.status(room) == {"A": "waiting", "B": "waiting"}


def test_nobody_inside_is_sent_away_because_telnyx_lists_nothing() -> None:
    """Its lists lag, or are those of another region."""
    room, _ = looks(TWO, seen("", "AB"), seen("", "AB"))
    for call in "AB":
        room = rig.after(room, rig.answer(room, call, 422, "90044"))
    assert (room.conference, room.joined) == ("K", frozenset("AB"))


def test_who_left_meanwhile_is_not_left_twice() -> None:
    room, _ = look(TWO, NOW, seen("K", "AB", A=FREE))
    room = rig.after(room, rig.left("B", NOW + 1, occurred_at="2026-5"))
    room, _ = look(rig.well(room), NOW + 3, seen("K", "AB", A=HELD))
    assert rig.status(room) == {"A": "joined", "B": "leaving"}
    assert room.deadlines[Deadline("call", "B")] == NOW + 6


@pytest.mark.parametrize("data", [None, {}, {"id": "K"}, "K"])
def test_an_answer_that_is_no_snapshot_shows_nothing(data: object) -> None:
    room, commands = look(TWO, NOW, data)
    assert (room.participants, room.reconciliation.doubts, commands) == (
        TWO.participants,
        frozenset(),
        (),
    )


def test_a_joined_of_a_stranger_leads_to_it() -> None:
    """Lost webhooks, or a restart: the line knows its callers again."""
    room, commands = rig.decide(rig.with_settings(EMPTY), rig.joined("A", T0))
    assert commands == ()
    room, commands = rig.decide(room, rig.time(T0 + 1))
    assert commands == (TakeSnapshot("demo", at=T0 + 1),)
    room, _ = rig.decide(room, rig.answer(room, SNAPSHOT, data=seen("K", "AB", A=FREE, B=FREE)))
    assert room.joined == frozenset("AB")


def test_who_is_refused_is_not_let_in_by_a_look() -> None:
    room, commands = look(rig.refused(ONE, "B"), NOW, seen("K", "AB", A=HELD, B=FREE))
    assert (rig.status(room)["B"], commands) == ("refused", ())


def test_a_call_that_is_seen_inside_has_not_ended_whatever_the_other_list_says() -> None:
    """As when TELNYX_CONNECTION_ID is another application's: its calls are not ours."""
    room, commands = looks(TWO, *[seen("K", "", A=FREE, B=FREE)] * 3)
    assert (room.participants, room.reconciliation.doubts, commands) == (
        TWO.participants,
        frozenset(),
        (),
    )


def test_a_call_that_a_list_had_lost_is_known_again_when_it_comes_back() -> None:
    lost, _ = looks(TWO, *[seen("K", "B", B=FREE)] * 2)
    assert rig.status(lost) == {"B": "joined"}
    room, _ = look(lost, NOW + 10, seen("K", "AB", A=FREE, B=FREE))
    assert rig.status(room) == {"A": "joined", "B": "joined"}
