"""Conferences: opening, joining, hold, mute, speaking to everyone."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

from . import calls, endings, events
from .errors import refused, room_full
from .parties import Conference, Leg, Participant, Speech
from .world import World

GREETING = 1.0  # s after which someone who can be heard again has the floor


def create(world: World, leg: Leg, fields: Mapping[str, Any]) -> Conference:
    """Open a conference around an answered leg. fields: the request's."""
    if calls.up(leg).participant:
        raise refused("joined twice", "/call_control_id")
    if fields["name"] in world.active:
        raise refused("name taken")
    calls.keep_state(leg, fields)
    room = _opened(world, leg, fields)
    world.conferences[room.id] = world.active[room.name] = room
    lasts = room.expires_at - room.created_at
    world.clock.after(lasts, partial(endings.end, world, room, "time_exceeded"))
    world.emit("conference.floor.changed", events.conference(world, room, leg))
    world.emit("conference.created", events.conference(world, room, leg))
    _enter(world, room, leg, {})
    return room


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
        hold_audio=fields.get("hold_audio_url") or fields.get("hold_media_name"),
    )


def join(world: World, room: Conference, leg: Leg, fields: Mapping[str, Any]) -> None:
    """Take an answered leg in. fields: the request's. Supervisor roles are taken for "barge"."""
    if calls.up(leg).participant:
        raise refused("joined twice", "/call_control_id")
    if len(room.inside) >= room.max_participants:
        raise room_full(room.max_participants)
    calls.keep_state(leg, fields)
    participant = _enter(world, room, leg, fields)
    if fields.get("start_conference_on_enter") and not room.started:
        _start(world, room)
    _greet(world, participant)


def _enter(world: World, room: Conference, leg: Leg, fields: Mapping[str, Any]) -> Participant:
    endings.cut_speech(world, leg)
    now = world.clock.now()
    participant = Participant(leg, room, now, now, muted=fields.get("mute", False))
    participant.end_on_exit = fields.get("end_conference_on_exit", False)
    participant.soft_end_on_exit = fields.get("soft_end_conference_on_exit", False)
    if not room.started:  # only there does joining hold, whatever the request says
        participant.on_hold = True
        own = fields.get("hold_audio_url") or fields.get("hold_media_name")
        participant.hold_audio = own or room.hold_audio
    leg.participant = room.inside[leg.call_control_id] = participant
    room.participants.append(participant)
    leg.stays.append(participant)
    room.updated_at = now
    world.emit("conference.participant.joined", events.participant(participant))
    world.hear_all(room)
    return participant


def _start(world: World, room: Conference) -> None:
    room.started = True
    unhold(world, room, list(room.inside))


def _greet(world: World, participant: Participant) -> None:
    """Who can be heard by the others says hello, and so has the floor."""
    if participant.audible:
        world.clock.after(GREETING, partial(_has_the_floor, world, participant))


def _has_the_floor(world: World, participant: Participant) -> None:
    if participant.audible and participant.status == "joined":
        payload = events.conference(world, participant.conference, participant.leg)
        world.emit("conference.floor.changed", payload)


def leave(world: World, room: Conference, leg: Leg) -> None:
    """Park the leg: it stays up."""
    if calls.live(leg).call_control_id not in room.inside:
        raise refused("not in the conference", "/call_control_id")
    endings.leave(world, leg)


def chosen(room: Conference, ids: Sequence[str]) -> list[Participant]:
    """Those listed, or everyone for an empty list. Refused as a whole for one who is not in it."""
    if any(id not in room.inside for id in ids):
        raise refused("not in the conference", "/call_control_ids")
    return [room.inside[id] for id in ids or room.inside]


def hold(world: World, room: Conference, ids: Sequence[str], audio: str | None) -> None:
    """They hear `audio`, an address or a media name, or silence, and are not heard."""
    for participant in chosen(room, ids):
        participant.on_hold, participant.hold_audio = True, audio
        participant.updated_at = world.clock.now()
    world.hear_all(room)


def unhold(world: World, room: Conference, ids: Sequence[str]) -> None:
    for participant in chosen(room, ids):
        was_held = participant.on_hold
        participant.on_hold, participant.hold_audio = False, None
        participant.updated_at = world.clock.now()
        if was_held:
            _greet(world, participant)
    world.hear_all(room)


def mute(world: World, room: Conference, ids: Sequence[str], muted: bool) -> None:
    for participant in chosen(room, ids):
        was_muted, participant.muted = participant.muted, muted
        participant.updated_at = world.clock.now()
        if was_muted and not muted:
            _greet(world, participant)
    world.hear_all(room)


def speak(world: World, room: Conference, ids: Sequence[str], text: str) -> None:
    """Speak to those listed, or to everyone who is not held; after what is being spoken."""
    listeners = frozenset(each.leg.call_control_id for each in chosen(room, ids)) if ids else None
    room.speeches.append(Speech(text, listeners))
    if len(room.speeches) == 1:
        _start_speech(world, room)


def _start_speech(world: World, room: Conference) -> None:
    speech = room.speeches[0]
    _announce(world, room, speech, "started")
    world.hear_all(room)
    world.clock.after(calls.speaking_time(speech.text), partial(_spoken, world, room, speech))


def _spoken(world: World, room: Conference, speech: Speech) -> None:
    if not room.speeches or room.speeches[0] is not speech:
        return  # the conference has ended
    room.speeches.popleft()
    _announce(world, room, speech, "ended")
    if room.speeches:
        _start_speech(world, room)
    world.hear_all(room)


def _announce(world: World, room: Conference, speech: Speech, what: str) -> None:
    general = events.spoken(world, room)
    if speech.listeners is None:
        world.emit(f"conference.speak.{what}", general)
        return
    for id, participant in room.inside.items():
        if id in speech.listeners:
            payload = general | events.participant(participant)
            world.emit(f"conference.participant.speak.{what}", payload)
