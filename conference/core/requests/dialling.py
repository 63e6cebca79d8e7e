"""Outgoing calls: their limits, their commands and the calls themselves. Off by default."""

from __future__ import annotations

from dataclasses import dataclass

from conference.core import members
from conference.core.client_state import ClientState
from conference.core.commands import Dial
from conference.core.entering import ANSWERED_WITHIN, RINGS_AT_MOST, remember
from conference.core.events import ModeratorRequest, Outcome, Refused
from conference.core.fronts import account
from conference.core.leaving import hang_up
from conference.core.muting import first_state, muted_in_role
from conference.core.parts import FREE, NOTHING_ASKED, Asked
from conference.core.replacing import replace
from conference.core.requests.dial_allow import may_be_called
from conference.core.requests.under_way import check_not_here
from conference.core.requests.verb_parameters import OPTIONS_OF_DIAL
from conference.core.room import Deadline, Room, client_state
from conference.core.texml.entering_and_leaving import asked_at_door, comes_muted, send_away
from conference.core.transitions import (
    add_call,
    change,
    forget_asked,
    put_asked,
    send,
    set_deadline,
    set_told,
)

RING_SECONDS = 30  # that a telephone rings, by default
CALL_SECONDS = 4 * 3600  # that a call lasts at most, by default: as long as a conference
HOUR = 3600.0


@dataclass(frozen=True, slots=True)
class Limits:
    """The limits of outgoing calls.

    `allow`: prefixes of numbers in E.164, and names of `dial_allow.SETS`; without any, calling is
    off. `number`: ours, in E.164, which the callee sees. `connection_id`: our application of Call
    Control.
    """

    allow: tuple[str, ...] = ()
    per_hour: int = 30
    at_once: int = 5
    number: str = ""
    connection_id: str = ""


def check_may_be_called(to: str, limits: Limits, *, by_texml: bool) -> None:
    """Raise Refused, naming the setting, if this number may never be called.

    TeXML needs no TELNYX_CONNECTION_ID.
    """
    missing = [
        setting
        for setting, value in (
            ("DIAL_ALLOW", limits.allow),
            ("TELNYX_NUMBER", limits.number),
            ("TELNYX_CONNECTION_ID", limits.connection_id or by_texml),
        )
        if not value
    ]
    if missing:
        what = f"calling is off: first set {' and '.join(missing)}"
        but = ", but into a room whose callers came by TeXML"
        only_here = missing == ["TELNYX_CONNECTION_ID"]
        raise Refused("dial-is-off", what + (but if only_here else ""))
    if to == limits.number:
        raise Refused("dial-refused", "that is our own number, which would call itself")
    if not may_be_called(to, limits.allow):
        raise Refused("dial-refused", f"DIAL_ALLOW has {','.join(limits.allow)} only")


def check_within(limits: Limits, at_once: int, last_hour: int) -> None:
    """Raise Refused, naming the setting, if a limit is reached.

    `at_once`: calls under way. `last_hour`: calls made.
    """
    if at_once >= limits.at_once:
        raise Refused(
            "dial-limit", f"DIAL_AT_ONCE is {limits.at_once}: so many calls are under way"
        )
    if last_hour >= limits.per_hour:
        raise Refused("dial-limit", f"DIAL_PER_HOUR is {limits.per_hour}: try again later")


def dial(room: Room, event: ModeratorRequest) -> Room:
    """Call a number: `dial` follows. The callee joins the room on answering."""
    check_not_here(room, event)
    values = event.values
    room, state = begin_state(room, event)
    command = Dial(
        to=values["to"],
        client_state=state,
        id=event.id,
        rings=values.get("timeout_secs", RING_SECONDS),
        lasts=values.get("time_limit_secs", CALL_SECONDS),
        options={p.name: values[p.name] for p in OPTIONS_OF_DIAL if p.name in values},
    )
    return send(plan(room, command), command, event.at)


def plan(room: Room, command: Dial) -> Room:
    """Keep the hold and mute that the call is to begin with: those for everyone may change them."""
    state = command.client_state
    return put_asked(room, command.id, Asked(state.hold, state.mute_by))


def begin_state(room: Room, event: ModeratorRequest) -> tuple[Room, ClientState]:
    """Return what Telnyx keeps for us with the call, its member number included."""
    values = event.values
    room, member = members.reserve(room)
    state = first_state(
        room,
        values.get("role", "participant"),
        direction="outgoing",
        number=values["to"],
        label=values.get("label", ""),
        stages=("confirm",) if values.get("confirm") else (),
        dial=event.id,
        locked=room.locked,
        member=member,
    )
    return room, state


def dialled(room: Room, command: Dial, event: Outcome) -> Room:
    """The call rings. Its webhook may have come before this response."""
    meanwhile = room.holding.asked.get(command.id, NOTHING_ASKED)
    room = forget_asked(room, command.id)
    data = event.data if isinstance(event.data, dict) else {}
    call = data.get("call_control_id")
    if not isinstance(call, str) or not call or call in room.ended:
        return room
    if command.id in room.ended:
        return _hang_up_dialled(room, call, command, event.at)
    if command.account != account(room):
        return room  # the conference of this call is over
    if call not in room.participants:
        by_texml = {"join_options": command.attributes} if command.account else {}
        room = add_call(room, call, command.client_state, event.at, **by_texml)
        room = put_asked(room, call, meanwhile)
        # TeXML does not report that nobody has answered.
        rings = command.rings + ANSWERED_WITHIN if command.account else RINGS_AT_MOST
        room = set_deadline(room, Deadline("call", call), event.at + rings)
    elif command.account:
        room = _add_dialled(room, call, command, meanwhile)
    kept = client_state(room, room.participants[call]) == command.client_state
    return room if kept else remember(room, call, event.at)


def _hang_up_dialled(room: Room, call: str, command: Dial, at: float) -> Room:
    """Hang up: a moderator has ended the meeting since the call was requested."""
    if command.account:
        return send_away(room, call, at)
    if call not in room.participants:
        room = add_call(room, call, command.client_state, at)
    on_the_way = room.status_of(call) in ("ringing", "greeting", "waiting")
    return hang_up(room, call, at) if on_the_way else room


def _add_dialled(room: Room, call: str, command: Dial, meanwhile: Asked) -> Room:
    """Complete a participant who came in by TeXML before the response to the `dial`.

    Nothing is left to do if the callback had the number by which we know the call. A label, role,
    hold or mute that a moderator has given since then stays. `meanwhile`: the hold and mute of the
    dial, with the requests for everyone since.
    """
    state, known = command.client_state, room.participants[call]
    if known.direction == "outgoing":
        return room
    label = known.label if known.renamed else state.label or known.label
    role = state.role if known.role == "participant" else known.role
    who = {"number": state.number, "label": label, "role": role, "dial": state.dial}
    room = change(room, call, direction="outgoing", **who)
    asked, door = room.holding.asked.get(call, NOTHING_ASKED), asked_at_door(room)
    if asked.mute_by == door.mute_by:
        mute_by = meanwhile.mute_by
        mute_by = mute_by if role == state.role else muted_in_role(room, mute_by, role)
        asked = replace(asked, mute_by=mute_by)
    if (asked.hold, asked.music) == (door.hold, door.music):
        asked = replace(asked, hold=meanwhile.hold, music=meanwhile.music)
    room = put_asked(room, call, asked)
    if room.holding.told.get(call, FREE).muted == comes_muted(room):  # as on joining
        room = set_told(room, call, muted=command.attributes.get("muted") == "true")
    return room
