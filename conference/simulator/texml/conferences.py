"""Conferences by TeXML: joining, waiting for the start, hold, announcements."""

from __future__ import annotations

from ..network import calls, conferences, recordings
from ..network.hearing import beep
from ..network.parties import Conference, Leg, Participant
from ..network.world import World
from . import callbacks, media
from .conference_noun import Noun
from .parties import Source, TexmlStay

_BEEPS = {"true": "always", "false": "never", "onEnter": "on_enter", "onExit": "on_exit"}


def enter(world: World, leg: Leg, noun: Noun) -> Participant | None:
    """Let a call join the conference of that name, which is created if there is none.

    Return None if the conference is full. Settings of the conference as a whole (its size, its
    recording, its callbacks) come from the <Conference> that created it.
    """
    room = world.active.get((leg.connection_id, noun.name)) or _open(world, leg, noun)
    if len(room.inside) >= room.max_participants:
        return None
    now = world.clock.now()
    stay = Participant(leg, room, now, now, muted=noun.muted, label=noun.participant_label)
    stay.end_on_exit, stay.beep = noun.end_conference_on_exit, _BEEPS[noun.beep]
    starts = noun.start_conference_on_enter and not room.started
    stay.texml = TexmlStay(noun, waits=not (room.started or starts))
    if starts:
        _start(world, room, leg)
    conferences.enter(world, stay)
    settle(world, stay)
    conferences.greet(world, stay)
    return stay


def _open(world: World, leg: Leg, noun: Noun) -> Conference:
    now = world.clock.now()
    room = Conference(
        name=noun.name,
        owner=leg,
        created_at=now,
        updated_at=now,
        expires_at=now + calls.LONGEST,
        max_participants=noun.max_participants,
        region="US",
        started=False,
        hold_audio=None,
        started_at_once=False,
        noun=noun,
    )
    conferences.opens(world, room)
    return room


def _start(world: World, room: Conference, by: Leg) -> None:
    room.started = True
    callbacks.conference(world, room, by, "start")
    for stay in room.inside.values():
        if stay.texml:
            stay.texml.waits = False
        settle(world, stay)
        conferences.greet(world, stay)
    world.hear_all(room)
    if room.noun and room.noun.record == "record-from-start":
        recordings.start(world, room, {"format": "mp3"})
        if room.noun.record_beep:
            beep(room, world.clock.now())
        callbacks.recording(world, recordings.running(world, room)[-1], "in-progress")


def hold(world: World, stay: Participant, source: Source | None) -> None:
    """Put a participant on hold. source: the music; None for silence."""
    if stay.texml:
        stay.on_hold, stay.texml.hold = True, source
        stay.hold_audio = source.url if source else None
        _changed(world, stay)


def unhold(world: World, stay: Participant) -> None:
    """Take a participant off hold."""
    was_held = stay.on_hold
    stay.on_hold, stay.hold_audio = False, None
    _changed(world, stay)
    if was_held:
        conferences.greet(world, stay)


def _changed(world: World, stay: Participant) -> None:
    stay.updated_at = world.clock.now()
    settle(world, stay)
    world.hear_all(stay.conference)


def settle(world: World, stay: Participant) -> None:
    """Start or stop the music of a participant, who may wait, be on hold, or neither."""
    if not (mine := stay.texml):
        return
    wanted = _wanted(stay, mine)
    if wanted == mine.source:
        return
    mine.source = wanted
    mine.clips.clear()
    world.hear(stay.leg)
    if wanted:

        def current() -> bool:
            return mine.source is wanted and stay.status == "joined"

        stage = media.Stage(stay.leg, stay, mine.clips, current, music=True)
        media.present(world, stage, wanted)


def _wanted(stay: Participant, mine: TexmlStay) -> Source | None:
    if stay.on_hold:
        return mine.hold
    return Source(mine.noun.wait_url, mine.noun.wait_method) if mine.waits else None


def announce(world: World, about: Participant | Conference, source: Source) -> None:
    """Play an announcement to a participant, or to everyone who hears the conference."""
    room = about if isinstance(about, Conference) else about.conference

    def current() -> bool:
        over = room.status == "completed"
        return not over and (about is room or getattr(about, "status", "") == "joined")

    leg = room.owner if isinstance(about, Conference) else about.leg
    media.present(world, media.Stage(leg, about, about.clips, current), source)
