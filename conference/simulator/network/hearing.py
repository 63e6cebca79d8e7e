"""What each caller hears now, and the beep in a conference."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from .parties import Conference, Leg, Participant
from .sounds import Sound


@dataclass(frozen=True)
class Audible:
    """The participants that can be heard in a conference: call_control_id -> number.

    everyone: for those who get no whisper. whispers: for the others, by listener:
    everyone and the whisperers.
    """

    everyone: Mapping[str, str] = field(default_factory=dict)
    whispers: Mapping[str, Mapping[str, str]] = field(default_factory=dict)

    def to(self, listener: str) -> Mapping[str, str]:
        """Return the participants that this listener hears."""
        return self.whispers.get(listener, self.everyone)


NOBODY = Audible()


def audible(conference: Conference) -> Audible:
    """Return the participants of a conference that can be heard."""
    inside = conference.inside.items()
    everyone = {id: participant.leg.number for id, participant in inside if participant.audible}
    whispers: dict[str, dict[str, str]] = {}
    for id, whisperer in inside:
        if whisperer.whispers_to and whisperer.speaks:
            for listener in whisperer.whispers_to:
                whispers.setdefault(listener, {**everyone})[id] = whisperer.leg.number
    return Audible(everyone, whispers)


def sound(leg: Leg, audible: Audible) -> Sound:
    """Return what the leg's caller hears. audible: of the conference that the leg is in."""
    if leg.state == "ended":
        return Sound("hung up", leg.hangup_cause)
    if leg.state == "ringing":
        return Sound("ringing")
    for clips in (leg.tones, leg.overlays, leg.clips):
        if clips:
            return clips[0].sound
    if participant := leg.participant:
        return _sound_inside(participant, audible.to(leg.call_control_id))
    return Sound("silence")


def _sound_inside(participant: Participant, audible: Mapping[str, str]) -> Sound:
    """Return what a participant hears. On hold, a participant hears no clip for everyone."""
    if participant.clips:
        return participant.clips[0].sound
    if participant.texml and (participant.on_hold or participant.waits):
        aside = participant.texml.clips
        return aside[0].sound if aside else Sound("silence")
    if participant.on_hold:
        audio = participant.hold_audio
        return Sound("music", audio) if audio else Sound("silence")
    clips = participant.conference.clips
    if clips and participant.leg.call_control_id not in clips[0].spared:
        return clips[0].sound
    return Sound("conference", audible=audible)


def beep(room: Conference, now: float, *, spared: Leg | None = None) -> None:
    """Play a beep to every participant that hears the conference, except `spared`."""
    for stay in room.inside.values():
        if stay.leg is not spared and not stay.on_hold and not stay.waits:
            stay.leg.beeps.append(now)
