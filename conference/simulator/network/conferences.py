"""Conferences: creating, joining, hold, mute, supervisors."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

from ..api.errors import refused, room_full
from ..webhooks import events
from . import calls, endings, gathering, playing, queues
from .hearing import beep
from .parties import Conference, Leg, Participant
from .world import World

GREETING = 1.0  # s until a participant who has become audible speaks, and has the floor


def create(world: World, leg: Leg, fields: Mapping[str, Any]) -> Conference:
    """Create a conference with an answered leg in it. fields: the request's."""
    _free(world, leg)
    reason = world.account.ways.same_name
    if reason and (leg.connection_id, fields["name"]) in world.active:
        raise refused(reason)
    room = _opened(world, leg, fields)
    calls.keep_state(leg, fields)
    opens(world, room)
    takes_floor(world, room, leg)
    world.emit("conference.created", events.conference(world, room, leg))
    enter(world, _stay(world, room, leg, {}, room.created_at))
    return room


def opens(world: World, room: Conference) -> None:
    """Make a conference known by its id and name, until its time is over."""
    world.conferences[room.id] = room
    world.active[room.owner.connection_id, room.name] = room
    lasts = room.expires_at - room.created_at
    world.clock.after(lasts, partial(endings.time_out, world, room))


def _free(world: World, leg: Leg) -> None:
    """Raise Refused unless the leg is answered and in no conference or queue."""
    if calls.up(leg).participant:
        raise refused("joined twice", "/call_control_id")
    if queues.of(world, leg):
        raise refused("in a queue", "/call_control_id")


def _opened(world: World, leg: Leg, fields: Mapping[str, Any]) -> Conference:
    now = world.clock.now()
    lasts = min(fields.get("duration_minutes", 240) * 60.0, calls.LONGEST)
    return Conference(
        name=fields["name"],
        owner=leg,
        created_at=now,
        updated_at=now,
        expires_at=now + lasts,
        max_participants=fields.get("max_participants", 250),
        region=fields.get("region", "US"),
        started=fields.get("start_conference_on_create", True),
        started_at_once=fields.get("start_conference_on_create", True),
        hold_audio=hold_audio(fields),
        beep=fields.get("beep_enabled", "never"),
    )


def hold_audio(fields: Mapping[str, Any], prefix: str = "hold_") -> str | None:
    """Return the audio's address or media name, or None. Raise Refused for both at once."""
    url, name = fields.get(f"{prefix}audio_url"), fields.get(f"{prefix}media_name")
    if url and name:
        raise refused("two sounds", f"/{prefix}media_name")
    return url or name


def join(world: World, room: Conference, leg: Leg, fields: Mapping[str, Any]) -> None:
    """Let an answered leg join a conference. fields: the request's."""
    _free(world, leg)
    stay = _stay(world, room, leg, fields, world.clock.now())
    if len(room.inside) >= room.max_participants:
        raise room_full(room.max_participants)
    calls.keep_state(leg, fields)
    enter(world, stay)
    if fields.get("start_conference_on_enter") and not room.started:
        _start(world, room)
    greet(world, stay)


def _stay(
    world: World, room: Conference, leg: Leg, fields: Mapping[str, Any], now: float
) -> Participant:
    """Make a participant of the request's fields. Raise Refused if they are not acceptable."""
    stay = Participant(leg, room, now, now, muted=fields.get("mute", False))
    stay.role = fields.get("supervisor_role", "none")
    stay.whispers_to = whispered(world, fields)
    stay.beep = fields.get("beep_enabled", room.beep)
    stay.end_on_exit = fields.get("end_conference_on_exit", False)
    stay.soft_end_on_exit = fields.get("soft_end_conference_on_exit", False)
    _hold_on_joining(stay, hold_audio(fields), wanted=fields.get("hold", False))
    return stay


def _hold_on_joining(stay: Participant, audio: str | None, *, wanted: bool) -> None:
    """Put a new participant on hold, if the conference was not to start at once.

    Before the start this happens to everyone, afterwards only if the request wants it.
    """
    room = stay.conference
    if not room.started or (wanted and not room.started_at_once):
        stay.on_hold = True
        stay.hold_audio = (audio if wanted else None) or room.hold_audio


def enter(world: World, stay: Participant) -> None:
    """Put a participant into its conference. Sounds and digits of the call alone end."""
    room, leg = stay.conference, stay.leg
    gathering.end(world, leg, "cancelled")
    playing.silence(world, leg, "cancelled")
    leg.participant = room.inside[leg.call_control_id] = stay
    room.participants.append(stay)
    leg.stays.append(stay)
    room.updated_at = stay.created_at
    if stay.beep in ("always", "on_enter"):
        beep(room, stay.created_at, spared=leg)
    world.emit("conference.participant.joined", events.participant(stay))
    world.hear_all(room)


def _start(world: World, room: Conference) -> None:
    room.started = True
    unhold(world, room, list(room.inside))


def greet(world: World, participant: Participant) -> None:
    """Let an audible participant say hello, and so have the floor."""
    if participant.audible:
        world.clock.after(GREETING, partial(_has_the_floor, world, participant))


def _has_the_floor(world: World, participant: Participant) -> None:
    if participant.audible and participant.status == "joined":
        takes_floor(world, participant.conference, participant.leg)


def takes_floor(world: World, room: Conference, leg: Leg) -> None:
    """Make a participant the speaker of the conference."""
    room.floor = leg
    world.emit("conference.floor.changed", events.conference(world, room, leg))


def speaks(world: World, leg: Leg, on: bool) -> None:
    """Let a phone's owner speak, or stop.

    The floor changes if its holder does not speak: speakers keep it until they stop.
    """
    leg.speaking = on
    if not (stay := leg.participant):
        return
    room = stay.conference
    heard = [each.leg for each in room.inside.values() if each.audible and each.leg.speaking]
    if heard and room.floor not in heard:
        takes_floor(world, room, leg if leg in heard else heard[0])


def leave(world: World, room: Conference, leg: Leg) -> None:
    """Take the leg out of the conference; the call stays up."""
    if calls.live(leg).call_control_id not in room.inside:
        raise refused("not in the conference", "/call_control_id")
    endings.leave(world, leg)


def chosen(
    room: Conference, ids: Sequence[str], pointer: str = "/call_control_ids"
) -> list[Participant]:
    """Return the participants with these call_control_ids; all of them for an empty list.

    Raise Refused if one of the calls is not in the conference.
    """
    if any(id not in room.inside for id in ids):
        raise refused("not in the conference", pointer)
    return [room.inside[id] for id in ids or room.inside]


def hold(world: World, room: Conference, ids: Sequence[str], audio: str | None) -> None:
    """Put participants on hold: they are not heard, and hear `audio` only.

    audio: an address or a media name; None for silence.
    """
    for participant in chosen(room, ids):
        participant.on_hold, participant.hold_audio = True, audio
        participant.updated_at = world.clock.now()
    world.hear_all(room)


def unhold(world: World, room: Conference, ids: Sequence[str]) -> None:
    """Take participants off hold; those who become audible say hello."""
    for participant in chosen(room, ids):
        was_held = participant.on_hold
        participant.on_hold, participant.hold_audio = False, None
        participant.updated_at = world.clock.now()
        if was_held:
            greet(world, participant)
    world.hear_all(room)


def mute(world: World, room: Conference, ids: Sequence[str], muted: bool) -> None:
    """Mute or unmute participants; those who become audible say hello."""
    for participant in chosen(room, ids):
        was_muted, participant.muted = participant.muted, muted
        participant.updated_at = world.clock.now()
        if was_muted and not muted:
            greet(world, participant)
    world.hear_all(room)


def whispered(world: World, fields: Mapping[str, Any]) -> tuple[str, ...]:
    """Return the calls that the request's supervisor whispers to; () for other roles.

    Raise Refused for the id of an unknown call.
    """
    if fields.get("supervisor_role") != "whisper":
        return ()
    ids = fields.get("whisper_call_control_ids", ())
    return tuple(world.leg(id, "/whisper_call_control_ids").call_control_id for id in ids)


def supervise(world: World, room: Conference, leg: Leg, fields: Mapping[str, Any]) -> None:
    """Give a participant another role. fields: the request's."""
    (participant,) = chosen(room, [calls.live(leg).call_control_id], "/call_control_id")
    whispers_to = whispered(world, fields)
    was_audible = participant.audible
    participant.role, participant.whispers_to = fields["supervisor_role"], whispers_to
    participant.updated_at = world.clock.now()
    if not was_audible:
        greet(world, participant)
    world.hear_all(room)


def change(world: World, participant: Participant, fields: Mapping[str, Any]) -> None:
    """Carry out a PATCH of a participant. Raise Refused if the participant has left."""
    if participant.status == "left":
        raise refused("not in the conference")
    participant.end_on_exit = fields.get("end_conference_on_exit", participant.end_on_exit)
    soft = fields.get("soft_end_conference_on_exit", participant.soft_end_on_exit)
    participant.soft_end_on_exit = soft
    participant.beep = fields.get("beep_enabled", participant.beep)
    participant.updated_at = world.clock.now()
