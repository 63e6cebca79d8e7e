"""Newcomers are muted, or on hold, if that was requested with mute-all or hold-all."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest
from rigs import core as rig
from rigs.core import EMPTY, MUSIC, NOW, T0
from rigs.texml_rooms import OURS, comes, goes, listed, texml

from conference.core import commands as c
from conference.core.client_state import ClientState
from conference.core.events import Event, HandedOver, Refused, SnapshotWanted
from conference.core.parts import NOTHING_ASKED, Asked, Told
from conference.core.room import Room
from conference.core.snapshot import Seen, Snapshot
from conference.core.texml.facts import Fetch

TWO = rig.inside(rig.inside(), "B")
WITH_ALL, HELD, BY_NAME = Asked(mute_by="mute-all"), Asked(hold=True), Asked(mute_by="moderator")
LISTENS = Asked(mute_by="listener")
MUTE_ALL, HOLD_ALL = (rig.asks(verb, at=T0, newcomers=True) for verb in ("mute-all", "hold-all"))
MUTES, HOLDS = (rig.well(rig.after(TWO, verb)) for verb in (MUTE_ALL, HOLD_ALL))
KEPT = rig.state("C", mute_by="mute-all", newcomers_muted=True)
UNKNOWN = replace(EMPTY, watches_unknown_calls=True)


def asked(room: Room, call: str = "C") -> Asked:
    return room.holding.asked.get(call, NOTHING_ASKED)


def dialled(room: Room, role: str = "participant") -> Room:
    """A moderator calls somebody, and the telephone rings."""
    room = rig.after(room, rig.asks("dial", to="+2", role=role, at=T0))
    rings = rig.answer(room, rig.DIAL, at=T0, data={"call_control_id": "C"})
    return rig.well(rig.after(room, rings))


def lets_in(room: Room) -> Room:
    """C is answered and greeted; the join is in flight."""
    greeted = (rig.hook("call.answered", "C", T0), rig.hook("call.speak.ended", "C", T0))
    for event in greeted:
        room = rig.well(rig.after(room, event))
    return room


def moved_here(room: Room, own: Asked = NOTHING_ASKED, role: str = "participant") -> Room:
    mover = rig.newcomer("C", status="parked", since=T0, role=role)
    return rig.well(rig.after(room, HandedOver(T0, mover, own, left="J")))


def calls_again(room: Room) -> Room:
    room = rig.inside(room, "D", T0)
    return rig.let_in(rig.after(room, rig.asks("unmute", "D"), rig.hangup("D")), "C")


def is_answered_unseen(room: Room, *, answered: bool = True) -> Room:
    """Two lists show an incoming call that no webhook has reported."""
    room = replace(room, watches_unknown_calls=True)
    inside = dict.fromkeys("AB", Seen(True, True))
    for at in (T0 + 5, T0 + 10):
        room = rig.after(room, SnapshotWanted(at))
        shown = Snapshot("K", inside, calls=None, unknown_calls=frozenset("C"))
        room = rig.after(room, rig.answer(room, c.SNAPSHOT, at=at, data=shown))
    return rig.well(room) if answered else room


WAYS: dict[str, Callable[[Room], Room]] = {
    "calls": lambda room: rig.let_in(room, "C"),
    "is called": lambda room: lets_in(dialled(room)),
    "is moved here": moved_here,
    "calls again": calls_again,
    "calls while webhooks are lost": is_answered_unseen,
}


@pytest.mark.parametrize("come", WAYS.values(), ids=WAYS)
def test_a_newcomer_is_muted_by_whatever_way_they_come(come: Callable[[Room], Room]) -> None:
    assert asked(come(MUTES)) == WITH_ALL
    assert asked(come(TWO)) == NOTHING_ASKED


@pytest.mark.parametrize("come", WAYS.values(), ids=WAYS)
def test_a_newcomer_is_on_hold_by_whatever_way_they_come(come: Callable[[Room], Room]) -> None:
    assert asked(come(HOLDS)) == HELD


def test_a_newcomer_is_muted_as_soon_as_they_are_inside() -> None:
    room, commands = rig.decide(rig.let_in(MUTES, "C"), rig.joined("C"))
    assert commands == (c.Mute("K", ("C",), at=NOW),)
    assert rig.well(room).holding.told["C"] == Told(muted=True)


def test_a_newcomer_on_hold_hears_music_as_soon_as_they_are_inside() -> None:
    _, commands = rig.decide(rig.let_in(HOLDS, "C"), rig.joined("C"))
    assert commands == (c.Hold("K", ("C",), music=MUSIC, at=NOW),)


def test_telnyx_keeps_the_mute_of_a_newcomer_from_the_answer_on() -> None:
    room, commands = rig.decide(MUTES, rig.initiated("C"))
    assert commands == (c.Answer("C", KEPT, at=NOW),)
    _, commands = rig.decide(rig.well(room), rig.hook("call.answered", "C", client_state=KEPT))
    assert [command.name for command in commands] == ["speak"], "no further command keeps it"


def test_a_newcomer_in_a_meeting_that_is_locked_as_well_keeps_nothing_of_it() -> None:
    room = rig.after(MUTES, rig.asks("lock", at=T0), rig.initiated("C"))
    assert not rig.head(room, "C").client_state.of_meeting


def test_a_moderator_who_comes_later_is_on_hold_but_not_muted() -> None:
    for room, then in ((MUTES, NOTHING_ASKED), (HOLDS, HELD)):
        assert asked(dialled(room, "moderator")) == then
        assert asked(moved_here(room, role="moderator")) == then


def test_a_newcomer_who_is_muted_for_another_reason_stays_so() -> None:
    assert asked(dialled(MUTES, "listener")) == LISTENS
    assert asked(moved_here(MUTES, BY_NAME)) == BY_NAME


def test_a_mute_by_name_makes_it_the_moderators_and_an_unmute_by_name_opens() -> None:
    room = rig.inside(MUTES, "C")
    named = rig.after(room, rig.asks("mute", "C"), rig.asks("undo-mute-all"))
    assert named.holding.asked == {"C": BY_NAME}
    assert asked(rig.after(room, rig.asks("unmute", "C"))) == NOTHING_ASKED
    assert rig.after(room, rig.asks("unmute", "C")).newcomers_muted


def test_without_the_parameter_newcomers_are_not_concerned() -> None:
    for verb in ("mute-all", "hold-all"):
        for values in ({}, {"newcomers": False}):
            room = rig.well(rig.after(TWO, rig.asks(verb, **values)))
            assert asked(rig.let_in(room, "C")) == NOTHING_ASKED


@pytest.mark.parametrize("verb", ["mute-all", "hold-all"])
def test_mute_all_or_hold_all_anew_does_not_end_it_for_newcomers(verb: str) -> None:
    room = rig.after(MUTES if verb == "mute-all" else HOLDS, rig.asks(verb))
    assert asked(rig.ringing(room, "C")) != NOTHING_ASKED


@pytest.mark.parametrize(
    ("room", "verb"),
    [(MUTES, "unmute-all"), (MUTES, "undo-mute-all"), (HOLDS, "unhold-all")],
    ids=["unmute-all", "undo-mute-all", "unhold-all"],
)
def test_what_ends_it_ends_it_for_newcomers_too(room: Room, verb: str) -> None:
    room = rig.after(rig.greeting(room, "C"), rig.asks(verb))
    assert room.holding.asked == {}
    assert asked(rig.ringing(room, "D"), "D") == NOTHING_ASKED


def test_a_listener_whom_mute_all_has_muted_again_stays_muted() -> None:
    opened = rig.after(dialled(TWO, "listener"), rig.asks("unmute", "C"), rig.asks("mute-all"))
    assert asked(opened) == WITH_ALL
    for verb in ("undo-mute-all", "unmute-all"):
        assert rig.after(opened, rig.asks(verb)).holding.asked == {"C": LISTENS}


def test_a_call_that_no_room_knows_yet_is_a_newcomer_too() -> None:
    """Its answer is in flight: another program may have the call."""
    room = is_answered_unseen(TWO, answered=False)
    assert room.reconciliation.unknown_calls == {"C"}
    muted = rig.after(room, MUTE_ALL)
    assert rig.pending(muted, c.memory("C")) == (), "its client_state may be another program's"
    state = rig.head(room, "C").client_state
    muted = rig.after(muted, rig.hook("call.answered", "C", client_state=state))
    assert asked(muted) == WITH_ALL
    opened = rig.after(is_answered_unseen(MUTES, answered=False), rig.asks("undo-mute-all"))
    assert asked(rig.after(opened, rig.hook("call.answered", "C", client_state=state))) == (
        NOTHING_ASKED
    )
    assert rig.after(room, MUTE_ALL, rig.hook("call.answered", "C")).holding.asked.keys() == {
        *"AB"
    }, "another program's"


# The meeting


@pytest.mark.parametrize("room", [MUTES, HOLDS], ids=["muted", "held"])
def test_it_ends_with_the_meeting(room: Room) -> None:
    rings = rig.ringing(room, "C")
    over = rig.after(rings, rig.hangup("A"), rig.hangup("B"))
    assert (over.newcomers_muted, over.newcomers_held) == (False, False)
    assert over.holding.asked == {}, "C who rings is no newcomer to that meeting"
    goes_on = rig.after(rig.greeting(room, "C"), rig.hangup("A"), rig.hangup("B"))
    assert asked(goes_on) == asked(rings)
    assert goes_on.newcomers_muted or goes_on.newcomers_held


@pytest.mark.parametrize("verb", ["mute-all", "hold-all"])
@pytest.mark.parametrize("room", [EMPTY, rig.ringing(), rig.ending(), rig.refused()])
def test_without_a_meeting_there_are_no_newcomers(room: Room, verb: str) -> None:
    with pytest.raises(Refused) as refused:
        rig.after(room, rig.asks(verb, newcomers=True))
    assert refused.value.kind in ("nobody-here", "no-conference")


def test_a_request_while_somebody_only_rings_names_the_reason() -> None:
    with pytest.raises(Refused, match="mute-all for newcomers lasts as long as the meeting"):
        rig.after(rig.ringing(), rig.asks("mute-all", newcomers=True))


# A call that Telnyx has not begun yet


@pytest.mark.parametrize(
    ("room", "verb"),
    [(MUTES, "unmute-all"), (MUTES, "undo-mute-all"), (HOLDS, "unhold-all")],
    ids=["unmute-all", "undo-mute-all", "unhold-all"],
)
@pytest.mark.parametrize("webhook_first", [False, True])
def test_what_is_taken_back_before_a_call_begins_does_not_concern_it(
    room: Room, verb: str, webhook_first: bool
) -> None:
    room = rig.after(room, rig.asks("dial", to="+2"))
    rings = rig.answer(room, rig.DIAL, data={"call_control_id": "C"})
    state = rig.head(room, rig.DIAL).client_state
    begun = rig.initiated("C", direction="outgoing", to="+2", client_state=state)
    room = rig.after(room, rig.asks(verb), *([begun] if webhook_first else []), rings)
    assert (rig.status(room)["C"], room.holding.asked) == ("ringing", {})
    assert rig.pending(room, c.memory("C"))[-1].client_state == replace(
        state, hold=False, mute_by="", newcomers_muted=False, newcomers_held=False
    )


def test_what_is_requested_by_name_after_the_call_began_outlasts_the_response() -> None:
    room = rig.after(MUTES, rig.asks("dial", to="+2"))
    rings = rig.answer(room, rig.DIAL, data={"call_control_id": "C"})
    state = rig.head(room, rig.DIAL).client_state
    begun = rig.initiated("C", direction="outgoing", to="+2", client_state=state)
    opened = rig.after(room, begun, rig.asks("unmute", "C"), rings)
    assert asked(opened) == NOTHING_ASKED
    named = rig.after(room, begun, rig.asks("mute", "C"), rig.asks("hold-all"), rings)
    assert asked(named) == Asked(hold=True, mute_by="moderator")


WAS_MUTED_WITH_ALL = {
    "unmuted by name": (rig.asks("unmute", "C"), NOTHING_ASKED),
    "a moderator now": (rig.asks("role", "C", role="moderator"), NOTHING_ASKED),
    "muted by name": (rig.asks("mute", "C"), BY_NAME),
    "nothing further": (rig.time(NOW), WITH_ALL),
}


@pytest.mark.parametrize(("event", "then"), WAS_MUTED_WITH_ALL.values(), ids=WAS_MUTED_WITH_ALL)
def test_what_is_requested_for_a_call_is_newer_than_what_concerned_everyone_before_it(
    event: Event, then: Asked
) -> None:
    room = rig.after(TWO, rig.asks("dial", to="+2"))
    rings = rig.answer(room, rig.DIAL, data={"call_control_id": "C"})
    state = rig.head(room, rig.DIAL).client_state
    begun = rig.initiated("C", direction="outgoing", to="+2", client_state=state)
    room = rig.after(room, rig.asks("mute-all"), begun)
    assert asked(room) == WITH_ALL, "also before the response, which may be lost"
    room = rig.after(room, event, rings)
    assert (asked(room), "request" in room.holding.asked) == (then, False)
    kept = rig.pending(room, c.memory("C"))[-1].client_state
    assert (kept.mute_by, kept.role) == (then.mute_by, room.participants["C"].role)


def test_nothing_is_kept_of_a_call_that_is_refused() -> None:
    room = rig.after(MUTES, rig.asks("dial", to="+2"))
    assert room.holding.asked["request"] == WITH_ALL
    assert "request" not in rig.after(room, rig.answer(room, rig.DIAL, 422)).holding.asked


# By TeXML


TEXML = rig.well(rig.after(texml("A", "B"), MUTE_ALL))
TEXML_HELD = rig.well(rig.after(texml("A", "B"), HOLD_ALL))
MUTE_C = c.Mute("X", ("C",), at=NOW, **OURS)


@pytest.mark.parametrize("events", [[Fetch("C", T0)], []], ids=["expected", "unexpected"])
def test_a_newcomer_by_texml(events: list[Fetch]) -> None:
    room, commands = rig.decide(rig.after(TEXML, *events), comes("C", 3))
    assert (asked(room), commands) == (WITH_ALL, (MUTE_C,))
    room, commands = rig.decide(rig.after(TEXML_HELD, *events), comes("C", 3))
    assert asked(room) == HELD
    assert commands == (c.Hold("X", ("C",), music=MUSIC, at=NOW, **OURS),)


def test_a_newcomer_by_texml_whom_only_a_list_shows() -> None:
    room = rig.after(TEXML, SnapshotWanted(NOW))
    muted = Seen(False, True)
    room, commands = rig.decide(room, listed(room, "A", "B", "C", A=muted, B=muted))
    assert (asked(room), commands) == (WITH_ALL, (MUTE_C,))


def test_a_newcomer_by_texml_who_is_muted_by_the_settings() -> None:
    settings = rig.with_settings(texml={"muted": "true"})
    room = rig.well(rig.after(texml("A", "B", room=settings), MUTE_ALL))
    room, commands = rig.decide(rig.after(room, Fetch("C", T0)), comes("C", 3))
    assert (asked(room), commands) == (BY_NAME, ())


@pytest.mark.parametrize("number", ["+2", "sip:cy@example.com"], ids=["known", "unknown"])
def test_a_newcomer_who_is_called_by_texml_comes_in_muted(number: str) -> None:
    room = rig.after(TEXML, rig.asks("dial", to="+2"))
    command = rig.head(room, rig.DIAL)
    assert command.attributes["muted"] == "true"
    rings = rig.answer(room, rig.DIAL, data={"call_control_id": "C"})
    for order in ([rings, comes("C", 3, to=number)], [comes("C", 3, to=number), rings]):
        inside = rig.well(rig.after(room, *order))
        assert (asked(inside), inside.holding.told["C"].muted) == (WITH_ALL, True)
        assert inside.participants["C"].direction == "outgoing"
    room = rig.after(room, rig.asks("undo-mute-all"))
    for order in ([rings, comes("C", 3, to=number)], [comes("C", 3, to=number), rings]):
        inside = rig.well(rig.after(room, *order))
        assert (asked(inside), inside.holding.told.get("C", Told()).muted) == (NOTHING_ASKED, False)


def test_by_texml_it_ends_with_the_meeting() -> None:
    room = rig.after(TEXML, goes("A", 4), goes("B", 5))
    assert (room.newcomers_muted, room.holding.asked) == (False, {})


def test_by_texml_a_caller_who_was_expected_in_vain_is_none_of_the_next_meeting() -> None:
    room = rig.after(TEXML, Fetch("C", NOW), goes("A", 4), goes("B", 5))
    assert room.newcomers_muted
    late = NOW + room.settings.expects_for + 1
    room = rig.after(room, comes("C", 6, at=late))
    assert (room.newcomers_muted, room.holding.asked) == (False, {})


ROLE_BEFORE_RESPONSE = [
    ("listener", [rig.asks("role", "C", role="moderator")], "moderator", NOTHING_ASKED),
    ("listener", [rig.asks("hold", "C")], "listener", Asked(hold=True, mute_by="listener")),
    ("listener", [rig.asks("mute", "C")], "listener", BY_NAME),
    ("listener", [], "listener", LISTENS),
    ("moderator", [rig.asks("role", "C", role="listener")], "listener", LISTENS),
    ("participant", [rig.asks("mute-all")], "participant", WITH_ALL),
]


@pytest.mark.parametrize(("dialled_as", "events", "role", "then"), ROLE_BEFORE_RESPONSE)
def test_by_texml_the_late_response_to_a_dial_takes_back_no_request(
    dialled_as: str, events: list[Event], role: str, then: Asked
) -> None:
    room = rig.after(texml("A", "B"), rig.asks("dial", to="+2", role=dialled_as))
    rings = rig.answer(room, rig.DIAL, data={"call_control_id": "C"})
    for event in (comes("C", 3, to="sip:cy@example.com"), *events, rings):
        room = rig.well(rig.after(room, event), only=c.HOLD_AND_MUTE)
    assert (room.participants["C"].role, asked(room)) == (role, then)
    told = room.holding.told.get("C", Told())
    assert (told.held, told.muted) == (then.hold, then.mute)


def test_by_texml_a_mute_that_telnyx_has_is_not_sent_again_after_the_late_response() -> None:
    room = rig.after(texml("A", "B"), rig.asks("dial", to="+2"))
    rings = rig.answer(room, rig.DIAL, data={"call_control_id": "C"})
    room = rig.after(room, comes("C", 3, to="sip:cy@example.com"), rig.asks("mute", "C"))
    muted = rig.well(room, only=c.HOLD_AND_MUTE)
    assert muted.holding.told == {"C": Told(muted=True)}
    assert rig.decide(muted, rings)[1] == ()


# Over a restart


def kept(**muted: bool) -> dict[str, ClientState]:
    as_kept = {"mute_by": "mute-all", "newcomers_muted": True}
    return {call: rig.state(call, **(as_kept if yes else {})) for call, yes in muted.items()}


def shown(room: Room, at: float = NOW, outside: str = "", **muted: bool) -> Room:
    """Let Telnyx list these calls, each as KEPT or not, in the conference except those outside."""
    room = rig.after(room, SnapshotWanted(at))
    joined = {call: Seen(False, yes) for call, yes in muted.items() if call not in outside}
    listed = Snapshot("K", joined, kept(**muted))
    return rig.after(room, rig.answer(room, c.SNAPSHOT, at=at, data=listed))


def test_a_restart_inside_a_meeting_keeps_it() -> None:
    room = shown(UNKNOWN, A=True, B=True)
    assert (room.newcomers_muted, room.newcomers_held, room.locked) == (True, False, False)
    assert room.holding.asked == {"A": WITH_ALL, "B": WITH_ALL}
    assert asked(rig.ringing(rig.well(room), "C")) == WITH_ALL
    assert not shown(UNKNOWN, A=False, B=False).newcomers_muted


@pytest.mark.parametrize(
    ("votes", "muted"),
    [
        ({"A": True, "B": False, "C": False}, False),
        ({"A": True, "B": True, "C": False}, True),
    ],
)
def test_most_calls_decide_where_one_has_an_older_state(
    votes: dict[str, bool], muted: bool
) -> None:
    room = shown(UNKNOWN, **votes)
    assert room.newcomers_muted == muted
    for at in (NOW + 5, NOW + 10):
        room = shown(room, at, **votes)
    healed = {call for call, vote in votes.items() if vote != muted}
    assert {queue.id for queue in room.pending if queue.of == "memory"} == healed


@pytest.mark.parametrize("come", [rig.ringing, rig.greeting, rig.waiting, rig.inside])
def test_who_came_before_the_lists_showed_it_is_muted(come: Callable[[Room, str], Room]) -> None:
    newcomer = come(UNKNOWN, "C")
    room = shown(newcomer, A=True, B=True)
    assert asked(room) == WITH_ALL
    assert rig.head(room, c.memory("C")).client_state == replace(KEPT, member=1)
    assert asked(shown(newcomer, A=False, B=False)) == NOTHING_ASKED


def test_a_call_that_is_found_on_the_way_in_without_it_is_muted() -> None:
    assert asked(shown(UNKNOWN, outside="C", A=True, C=False)) == WITH_ALL


def test_a_call_that_missed_mute_all_before_the_kill_is_muted_with_the_others() -> None:
    room = shown(UNKNOWN, A=True, B=True, C=False)
    assert room.holding.asked == {"A": WITH_ALL, "B": WITH_ALL, "C": WITH_ALL}
    assert rig.head(room, c.memory("C")).client_state == replace(KEPT, member=3)


def test_those_on_the_way_in_carry_it_over_a_restart() -> None:
    room = shown(UNKNOWN, outside="C", C=True)
    assert (rig.status(room), room.newcomers_muted) == ({"C": "waiting"}, True)


def test_who_was_unmuted_by_name_stays_so() -> None:
    room = rig.after(UNKNOWN, SnapshotWanted(NOW))
    states = {"A": KEPT, "B": replace(KEPT, mute_by="")}
    joined = {"A": Seen(False, True), "B": Seen(False, False)}
    room = rig.after(room, rig.answer(room, c.SNAPSHOT, data=Snapshot("K", joined, states)))
    assert (room.newcomers_muted, room.holding.asked) == (True, {"A": WITH_ALL})


def test_an_event_that_comes_before_the_list_brings_it_back() -> None:
    room = rig.after(UNKNOWN, rig.hook("call.answered", client_state=KEPT))
    assert (room.newcomers_muted, asked(room, "A")) == (True, WITH_ALL)
    assert not shown(room, A=True, B=False, C=False).newcomers_muted, "A's was an older one"


def test_an_older_state_changes_nothing_in_a_meeting() -> None:
    room = rig.after(TWO, rig.hook("call.answered", "C", client_state=KEPT))
    assert not room.newcomers_muted
