"""The public view of a room: the JSON of the control API."""

from __future__ import annotations

from typing import Any

from conference.clock import Iso, iso
from conference.core import hands
from conference.core.admission.outside import count_outside, waits_in
from conference.core.announcements.chimes import are_on
from conference.core.host import ends_without_host
from conference.core.limits.time_limits import ends_at
from conference.core.meeting import PRESENT
from conference.core.muting import mute_reason
from conference.core.participant import Participant, Place
from conference.core.parts import FREE, NOTHING_ASKED
from conference.core.room import Room
from conference.core.room_states import hold_reason, state_of
from conference.core.schema.phone_numbers import compact
from conference.masking import mask_number
from conference.reporting.summary import summary

SHOWN = PRESENT


def room(room: Room, iso: Iso = iso) -> dict[str, Any]:
    """Return the fields of `about`, and `participants`.

    `iso` writes the times: that of the line's clock.
    """
    return {**about(room, iso), "participants": participants(room, iso)}


def since(room: Room, version: int | None, iso: Iso = iso) -> dict[str, Any]:
    """Return what has changed since this version of the room, or all of it.

    The fields are those of `about`, and `since, participants, left`. `participants`: the rows that
    have changed. `left`: the calls that are shown no more. Without a change: only `version, since`.
    Without a version, or with one that is too old: every row, and `since` is null.
    """
    if version is None or not room.goes_back_to <= version <= room.version:
        rows = participants(room, iso)
        return {**about(room, iso), "since": None, "participants": rows, "left": []}
    if version == room.version:
        return {"version": version, "since": version}
    rows = participants(room, iso, after=version)
    left = [call for call, gone_in in room.gone.items() if gone_in > version]
    return {**about(room, iso), "since": version, "participants": rows, "left": left}


def about(room: Room, iso: Iso = iso) -> dict[str, Any]:
    """Return a room without its participants.

    The fields are `version, name, conference_id, front, status, reason, summary, locked,
    newcomers_muted, newcomers_on_hold, mode, hands, called, has_lobby, lobby, waiting_for_seat,
    kept_out, chimes, host_left, minutes_used_up_until, recording, opened_at, ends_at, speaker`.
    version: rises with each change. front: call-control or texml. status: empty, opening or open.
    reason: why music is on. summary: the room in words. mode: conversation, questions or lecture.
    hands: the calls with a raised hand, in the order of raising. called: the call whose turn it is,
    or null. lobby, waiting_for_seat: how many callers wait there. kept_out: how many numbers are.
    chimes: whether newcomers are announced; null in a room without chimes. host_left: whether the
    conference ends at `ends_at` unless a host returns. minutes_used_up_until: when the room takes
    callers again, or null. ends_at: when the conference ends. speaker: the call that has the floor,
    or null.
    """
    left, outside = ends_without_host(room), count_outside(room)
    return {
        "version": room.version,
        "name": room.name,
        "conference_id": room.conference or None,
        "front": room.front,
        "status": state_of(room).status,
        "reason": reason(room),
        "summary": summary(room, on_hold, is_muted),
        "locked": room.locked,
        "newcomers_muted": room.newcomers_muted,
        "newcomers_on_hold": room.newcomers_held,
        "mode": room.mode,
        "hands": list(room.hands),
        "called": room.called or None,
        "has_lobby": room.settings.lobby,
        "lobby": outside["lobby"],
        "waiting_for_seat": outside["full"],
        "kept_out": len(room.banned),
        "chimes": are_on(room),
        "host_left": left is not None,
        "minutes_used_up_until": iso(room.minutes.used_up_until),
        "recording": room.conference in room.recordings.going_on,
        "opened_at": iso(room.opened_at),
        "ends_at": iso(ends_at(room) if left is None else left),
        "speaker": room.speaker if is_speaking(room, room.speaker) else None,
    }


def hours(room: Room, at: float, iso: Iso = iso) -> dict[str, Any]:
    """Return `hours` at this time, in Unix seconds: null for a room without opening hours.

    The fields are `open` and `opens_at`. opens_at: the next opening of a closed room; null for an
    open one, and where none follows.
    """
    own, zone = room.settings.opening_hours, room.settings.time_zone
    if own.always:
        return {"hours": None}
    is_open = own.is_open(at, zone)
    opens_at = None if is_open else own.opens_at(at, zone)
    return {"hours": {"open": is_open, "opens_at": iso(opens_at)}}


def participants(room: Room, iso: Iso = iso, after: int = -1) -> list[dict[str, Any]]:
    """Return the participants in the room or on their way in, by their member numbers.

    With `after`: only those whose row changed after this version of the room.
    """
    changed = (p for p in room.participants.values() if p.version > after)
    shown = (p for p in changed if p.status in SHOWN)
    return [participant(room, p, iso) for p in sorted(shown, key=in_order)]


def in_order(p: Participant) -> tuple[int, float, str]:
    """Return the place of a participant among the others, for `sorted`: never by who talks."""
    return p.member, p.since, p.call


def participant(room: Room, p: Participant, iso: Iso = iso) -> dict[str, Any]:
    """Return one participant.

    The fields are `member, call_control_id, number, label, role, direction, status, muted,
    mute_reason, on_hold, hold_reason, speaking, hand, recording, queue, waits_in, since, joined_at,
    spoke_at`. mute_reason: null, moderator, mute-all, listener, self or mode. hold_reason: null,
    not-started, alone or moderator. hand: null, or the place of the raised hand, from 1. queue:
    null, or its name and the position at which the call entered it. waits_in: null, lobby or full.
    spoke_at: when the call last lost the floor.
    """
    return {
        **identity(p),
        "direction": p.direction,
        "status": p.status,
        "muted": is_muted(room, p.call),
        "mute_reason": _mute_reason(room, p.call),
        "on_hold": on_hold(room, p.call),
        "hold_reason": _hold_reason(room, p.call),
        "speaking": is_speaking(room, p.call),
        "hand": hands.place(room, p.call),
        "recording": p.call in room.recordings.going_on,
        "queue": None if p.call in room.joined else _place(room.queued.get(p.call)),
        "waits_in": waits_in(p),
        "since": iso(p.since),
        "joined_at": iso(p.joined_at),
        "spoke_at": iso(p.spoke_at),
    }


def identity(p: Participant) -> dict[str, Any]:
    """Return the fields by which people know a participant."""
    return {
        "member": p.member,
        "call_control_id": p.call,
        "number": p.number,
        "label": p.label,
        "role": p.role,
    }


def reason(room: Room) -> str | None:
    """Return why music is on, in words; None without music."""
    state = state_of(room)
    if state.music is None:
        return None
    held = next(iter(state.holds(room)), "")
    return state.music.format(alone=_known_as(room, held) if held else "")


def _known_as(room: Room, call: str) -> str:
    """Return the name, the end of the phone number, or the member number."""
    p = room.participants[call]
    number = mask_number(p.number) if compact(p.number) else f"participant {p.member}"
    return p.label or number


def _hold_reason(room: Room, call: str) -> str | None:
    """Return not-started, alone or moderator; None for a participant who is not on hold."""
    return hold_reason(room, call) if on_hold(room, call) else None


def on_hold(room: Room, call: str) -> bool:
    """Whether the participant is on hold, as far as Telnyx has confirmed it.

    Unknown counts as not done yet: the rule sends it again.
    """
    held = room.holding.told.get(call, FREE).held
    held = hold_reason(room, call) is None if held is None else held
    return held or (room.waits_for_start and call in room.joined)


def is_muted(room: Room, call: str) -> bool:
    """Whether the participant is muted, as far as Telnyx has confirmed it. Unknown: as on_hold."""
    muted = room.holding.told.get(call, FREE).muted
    return not mute_reason(room, call) if muted is None else muted


def _mute_reason(room: Room, call: str) -> str | None:
    """Return moderator, mute-all, listener, self or mode; None without a mute."""
    return mute_reason(room, call) or None if is_muted(room, call) else None


def is_speaking(room: Room, call: str) -> bool:
    """Whether the participant has the floor, and is neither muted nor put on hold.

    Telnyx reports no end of a speech: a speaker keeps the floor until another one speaks.
    """
    if call != room.speaker or call not in room.joined:
        return False
    put_on_hold = room.holding.asked.get(call, NOTHING_ASKED).hold
    return not (put_on_hold or is_muted(room, call))


def _place(place: Place | None) -> dict[str, Any] | None:
    return {"name": place.queue, "position": place.position} if place and place.queue else None
