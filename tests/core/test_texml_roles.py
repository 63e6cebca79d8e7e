"""By TeXML, too, a caller comes in by the role of the PIN, or of the roster."""

from __future__ import annotations

from typing import Any

import pytest
from rigs import core as rig
from rigs.core import EMPTY, NOW, T0, with_settings
from rigs.texml_rooms import comes, ends, goes, listed, speaks, starts, texml

from conference.core import commands as c
from conference.core.client_state import Role
from conference.core.entering import FULL, LOCKED, MINUTES_USED_UP
from conference.core.greeting import WAIT_FOR_HOST
from conference.core.limits.day_minutes import DayMinutes, day_of
from conference.core.replacing import replace
from conference.core.room import Room
from conference.core.room_settings import Known, RoleSettings
from conference.core.room_states import hold_reason
from conference.core.snapshot import Seen
from conference.core.texml.attributes import attributes
from conference.core.texml.door import greeting, refusal
from conference.core.texml.facts import Fetch
from conference.core.texml.roles import by_role, role_in, role_label

HOST = "+13125550111"
WAITS = {"participant": RoleSettings(starts=False), "listener": RoleSettings(starts=False)}
NOT_STARTED = {"startConferenceOnEnter": "false"}
ROOM = with_settings(roles=WAITS, texml=NOT_STARTED, alone_minutes=0)


def fetch(call: str, role: Role | None, number: str = "", at: float = NOW) -> Fetch:
    return Fetch(call, at, number, role)


def let_in(room: Room, *calls: tuple[str, Role]) -> Room:
    for n, (call, role) in enumerate(calls, start=1):
        room = rig.well(rig.after(room, fetch(call, role), comes(call, n)), NOW)
    return room


def roles(room: Room) -> dict[str, Role]:
    return {call: p.role for call, p in room.participants.items()}


# Documents


@pytest.mark.parametrize(
    ("role", "given", "of_roles", "wanted"),
    [
        ("participant", {"muted": "true"}, {}, {"muted": "true"}),
        ("moderator", {"muted": "true"}, {}, {}),
        ("listener", {}, {}, {"muted": "true"}),
        ("moderator", NOT_STARTED, {}, {}),
        ("listener", NOT_STARTED, {}, {"muted": "true", **NOT_STARTED}),
        ("listener", {}, WAITS, {"muted": "true", **NOT_STARTED}),
        ("moderator", {}, {"moderator": RoleSettings(starts=False)}, NOT_STARTED),
        ("moderator", {"endConferenceOnExit": "true"}, {}, {"endConferenceOnExit": "true"}),
        ("moderator", {"endConferenceOnExit": "true"}, {"moderator": RoleSettings(ends=True)}, {}),
        ("moderator", {}, {"moderator": RoleSettings(ends=True)}, {}),
        ("moderator", {"waitUrl": "https://a.example"}, {}, {"waitUrl": "https://a.example"}),
    ],
)
def test_a_role_has_attributes_of_its_own(
    role: Role, given: dict[str, str], of_roles: Any, wanted: dict[str, str]
) -> None:
    assert by_role(with_settings(texml=given, roles=of_roles).settings, role) == wanted


def test_a_seat_is_left_for_a_moderator() -> None:
    for most, seats in ((3, "4"), (250, "250")):
        settings = with_settings(max_participants=most, roles=WAITS).settings
        assert attributes(settings, {})["maxParticipants"] == seats
    assert attributes(EMPTY.settings, {})["maxParticipants"] == "250"
    room = let_in(
        with_settings(max_participants=2, roles=WAITS), ("A", "participant"), ("B", "participant")
    )
    assert refusal(room, fetch("C", "participant")) == FULL
    assert refusal(room, fetch("C", "moderator")) == ""
    room = let_in(room, ("C", "moderator"))
    assert refusal(room, fetch("D", "moderator")) == FULL
    one = with_settings(max_participants=2, roles=WAITS)
    beside = let_in(one, ("A", "moderator"), ("B", "participant"))
    assert refusal(beside, fetch("C", "participant")) == "", "the moderator has the seat left"


# The door


def test_a_lock_keeps_no_moderator_out() -> None:
    room = rig.after(let_in(ROOM, ("A", "moderator")), rig.asks("lock"))
    assert refusal(room, fetch("B", "participant")) == LOCKED
    assert refusal(room, fetch("B", "moderator")) == ""


def test_a_day_whose_minutes_are_used_up_lets_nobody_in() -> None:
    used = DayMinutes(day_of(NOW), 60.0, NOW, step="used-up")
    room = replace(with_settings(minutes_per_day=1), minutes=used)
    assert refusal(room, fetch("A", None)) == MINUTES_USED_UP


def test_the_roster_gives_the_role_of_a_known_number() -> None:
    room = rig.with_settings(roster={HOST: Known("Ann", "listener")})
    room = rig.after(room, Fetch("A", T0, HOST), Fetch("B", T0))
    assert room.texml.roles == {"A": "listener"}
    room = rig.after(room, comes("A", 1, from_=HOST), comes("B", 2))
    assert roles(room) == {"A": "listener", "B": "participant"}
    assert room.participants["A"].label == "Ann"
    assert room.texml.roles == {}


def test_a_pin_beats_the_roster() -> None:
    room = rig.with_settings(roster={HOST: Known("Ann", "moderator")})
    room = rig.after(room, fetch("A", "participant", HOST), comes("A", from_=HOST))
    assert roles(room) == {"A": "participant"}


def test_a_lost_host_is_the_host_again() -> None:
    room = replace(ROOM, host_left={HOST: Known("", "moderator")})
    for at in (NOW, NOW + 1):  # Telnyx may fetch twice
        room = rig.after(room, fetch("A", "participant", HOST, at))
    assert (room.texml.roles, room.host_left) == ({"A": "moderator"}, {})


def test_callers_without_a_role_of_their_own_wait_for_the_host() -> None:
    room = rig.after(ROOM, fetch("A", "participant"))
    assert greeting(room, "A") == WAIT_FOR_HOST
    room = rig.well(rig.after(room, comes("A", 0)), NOW)
    assert (room.waits_for_start, hold_reason(room, "A")) == (True, "not-started")
    room = rig.after(room, fetch("B", "moderator"))
    assert greeting(room, "B") != WAIT_FOR_HOST
    room = rig.well(rig.after(room, comes("B", 1)), NOW)
    assert (room.waits_for_start, room.begun, room.holding.told) == (False, True, {})


def test_roles_are_muted_as_by_the_other_door() -> None:
    room = let_in(
        with_settings(texml={"muted": "true"}, roles={"participant": RoleSettings(muted=True)}),
        *(("A", "participant"), ("B", "moderator"), ("C", "listener")),
    )
    assert {call for call, told in room.holding.told.items() if told.muted} == {"A", "C"}
    assert room.pending == {}, "their documents said so"
    _, sent = rig.decide(room, rig.asks("unmute-all"))
    assert [(type(x), x.calls) for x in sent if isinstance(x, c.Mute | c.Unmute)] == [
        (c.Unmute, ("A",))
    ]


def test_a_mute_of_everyone_spares_a_moderator_at_the_door() -> None:
    room = let_in(EMPTY, ("A", "participant"))
    room = rig.after(room, fetch("B", "moderator"), fetch("C", "participant"))
    room = rig.after(room, rig.asks("mute-all"))
    assert {call for call, asked in room.holding.asked.items() if asked.mute} == {"A", "C"}


@pytest.mark.parametrize(("role", "kicked"), [("participant", ["A"]), ("moderator", [])])
def test_who_waits_for_the_host_is_kept_while_the_host_is_at_the_door(
    role: Role, kicked: list[str]
) -> None:
    room = texml("A", room=with_settings(ROOM, alone_minutes=1))
    assert room.waits_for_start
    room = rig.after(room, fetch("B", role, at=T0 + 59))
    assert [
        x.call for x in rig.decide(room, rig.time(T0 + 60))[1] if isinstance(x, c.Kick)
    ] == kicked


def test_who_is_expected_in_vain_leaves_no_role_behind() -> None:
    room = rig.after(ROOM, fetch("A", "moderator", at=T0))
    late = T0 + room.settings.expects_for + 1
    assert rig.after(room, fetch("B", "participant", at=late)).texml.roles == {}
    assert rig.after(room, rig.asks("end")).texml.roles == {}


# After a restart


def test_a_label_keeps_a_role_for_its_call_alone() -> None:
    for role in ("moderator", "listener"):
        label = role_label(role, "A")  # type: ignore[arg-type]
        assert (role_in(label, "A"), role_in(label, "B"), role_in(role, "A")) == (role, None, None)
    assert role_label("participant", "A") == ""
    assert role_in("", "A") is None


def test_roles_are_found_again_by_the_labels_of_telnyx() -> None:
    room = rig.after(ROOM, speaks("C", 9))
    muted = Seen(held=False, muted=True)
    room = rig.after(room, listed(room, "A", "B", "C", B=muted, C=muted))
    assert set(roles(room).values()) == {"participant"}
    assert room.begun, "it has started, and participants start nothing"
    room = rig.after(room, speaks("A", 10, label=role_label("moderator", "A")))
    room = rig.after(room, speaks("B", 11, label=role_label("listener", "B")))
    assert roles(room) == {"A": "moderator", "B": "listener", "C": "participant"}
    assert {p.label for p in room.participants.values()} == {""}
    asked = room.holding.asked
    assert (asked["B"].mute_by, asked["C"].mute_by) == ("listener", "moderator")


def test_a_label_that_comes_first_has_the_role_too() -> None:
    room = rig.after(EMPTY, speaks("A", 9, label=role_label("listener", "A")))
    room = rig.after(room, listed(room, "A", "B", A=Seen(held=False, muted=True)))
    assert roles(room) == {"A": "listener", "B": "participant"}
    assert room.holding.asked["A"].mute_by == "listener"
    room = rig.after(EMPTY, comes("A", 9, label=role_label("moderator", "A")))
    assert roles(room) == {"A": "moderator"}


def test_a_role_that_a_moderator_gives_stays() -> None:
    room = let_in(EMPTY, ("A", "moderator"), ("B", "participant"))
    room = rig.after(room, rig.asks("role", "A", role="participant"))
    label = role_label("moderator", "A")
    assert roles(rig.after(room, speaks("A", 9, label=label)))["A"] == "participant"
    found = rig.after(EMPTY, speaks("A", 9))
    found = rig.after(found, listed(found, "A"), rig.asks("role", "A", role="listener"))
    assert roles(rig.after(found, speaks("A", 10, label=label)))["A"] == "listener"


def test_a_label_of_all_callers_is_shown_beside_the_role() -> None:
    room = with_settings(texml={"participantLabel": "Front desk"})
    room = rig.after(room, fetch("A", "moderator"))
    room = rig.after(room, comes("A", label=role_label("moderator", "A")))
    assert room.participants["A"].label == "Front desk"
    assert roles(rig.after(room, goes("A"), ends(), starts(0))) == {}
