"""Sounds played to a call, a participant or a whole conference, one after the other.

A caller who hears a clip hears nothing else; the real Telnyx mixes it with the voices. Audio files
are not fetched: each lasts AUDIO seconds. A file on a host under .invalid (RFC 6761: no network
knows that name) cannot be played.
"""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Mapping
from functools import partial
from math import inf
from typing import Any

from ..api.errors import refused
from ..webhooks import events
from . import causes
from .parties import Conference, Leg, Participant
from .sounds import Clip
from .world import World

AUDIO = 5.0  # s
_NOWHERE = re.compile(r"https?://[^/?#]*\.invalid(:\d+)?([/?#].*)?", re.ASCII | re.IGNORECASE)
_EVENTS = {"speech": "speak", "playback": "playback"}

About = Leg | Participant | Conference
"""The listeners of a clip."""


def speaking_time(text: str) -> float:
    """Return the seconds that a text takes, at 15 characters a second."""
    return len(text) / 15 + 0.5


def speech(fields: Mapping[str, Any], text: str = "payload") -> Clip:
    """Make a clip of a request's text field. Of SSML, the text without the tags is spoken."""
    heard = fields[text]
    if fields.get("payload_type") == "ssml":
        heard = " ".join(re.sub(r"<[^>]*>", " ", heard).split())
    return Clip("speech", heard, speaking_time(heard) * _times(fields))


def audio(fields: Mapping[str, Any], prefix: str = "") -> Clip:
    """Make a clip of a request's audio_url or media_name. Raise Refused for none and for both."""
    url, name = fields.get(f"{prefix}audio_url"), fields.get(f"{prefix}media_name")
    if url and name:
        raise refused("two sounds", f"/{prefix}media_name")
    if not (url or name or fields.get("playback_content")):
        raise refused("no sound", f"/{prefix}audio_url")
    media = {"media_url": url} if url else {"media_name": name} if name else {}
    detail = url or name or "its own content"
    overlay = fields.get("overlay", False)
    fails = _NOWHERE.fullmatch(url or "") is not None
    return Clip("playback", detail, AUDIO * _times(fields), media, overlay, fails=fails)


def tones(fields: Mapping[str, Any]) -> Clip:
    """Make a clip of a request's digits; w and W are pauses. No webhook reports tones."""
    tone = fields.get("duration_millis", 250) / 1000
    lasts = sum({"w": 0.5, "W": 1.0}.get(digit, tone) for digit in fields["digits"])
    return Clip("tones", fields["digits"].replace("w", "").replace("W", ""), lasts, reported=False)


def _times(fields: Mapping[str, Any]) -> float:
    loop = fields.get("loop", 1)
    return inf if loop == "infinity" else int(loop)


def play(world: World, about: About, clips: deque[Clip], clip: Clip) -> None:
    """Play a clip after the others. clips: one of the queues of `about`."""
    clips.append(clip)
    if len(clips) == 1:
        _start(world, about, clips)


def _start(world: World, about: About, clips: deque[Clip]) -> None:
    with causes.because(clips[0].causes):
        _begin(world, about, clips, clips[0])


def _begin(world: World, about: About, clips: deque[Clip], clip: Clip) -> None:
    if clip.fails:
        _over(world, about, clips, clip, "failed")
        return
    _report(world, about, clip, "started")
    _note(world, about)
    if clip.lasts < inf:
        world.clock.after(clip.lasts, partial(_over, world, about, clips, clip))


def _over(
    world: World, about: About, clips: deque[Clip], clip: Clip, status: str = "completed"
) -> None:
    if not clips or clips[0] is not clip:
        return  # the clip was cut
    clips.popleft()
    _report(world, about, clip, "ended", status)
    _go_on(world, about, clips)
    if clip.then:
        clip.then()


def _go_on(world: World, about: About, clips: deque[Clip]) -> None:
    if clips:
        _start(world, about, clips)
    else:
        _note(world, about)


def stop(world: World, about: About, clips: deque[Clip], *, all_of_them: bool = True) -> None:
    """Stop the clip that is playing, and remove the waiting ones, too, if `all_of_them`."""
    if clips:
        follow = [] if all_of_them else [*clips][1:]
        cut(world, about, clips, "cancelled")
        clips.extend(follow)
        _go_on(world, about, clips)


def withdraw(world: World, about: About, clips: deque[Clip], some: list[Clip]) -> None:
    """Remove some clips, even the one that is playing."""
    if clips and clips[0] in some:
        follow = [clip for clip in clips if clip not in some]
        cut(world, about, clips, "cancelled")
        clips.extend(follow)
        _go_on(world, about, clips)
    elif any(clip in some for clip in clips):
        kept = [clip for clip in clips if clip not in some]
        clips.clear()
        clips.extend(kept)


def cut(world: World, about: About, clips: deque[Clip], status: str) -> None:
    """Stop the clip that is playing, and remove the waiting ones.

    The caller of this function must then note what is heard, by World.hear.
    """
    if clips:
        clip = clips[0]
        clips.clear()
        with causes.also(clip.causes):
            _report(world, about, clip, "ended", status)


def silence(world: World, leg: Leg, status: str) -> None:
    """Cut everything that is played to a call. status: as in call.playback.ended."""
    for clips in (leg.clips, leg.overlays, leg.tones):
        cut(world, leg, clips, status)


def _note(world: World, about: About) -> None:
    if isinstance(about, Conference):
        world.hear_all(about)
    else:
        world.hear(about if isinstance(about, Leg) else about.leg)


def _report(world: World, about: About, clip: Clip, what: str, status: str = "") -> None:
    if not clip.reported:
        return
    kind = _EVENTS[clip.kind]
    if isinstance(about, Leg):
        world.emit(f"call.{kind}.{what}", events.call(about) | _of_call(clip, status))
    elif isinstance(about, Participant):
        payload = events.played(world, about.conference) | events.participant(about)
        world.emit(f"conference.participant.{kind}.{what}", {**payload, **clip.media})
    else:
        payload = events.played(world, about)
        world.emit(f"conference.{kind}.{what}", {**payload, **clip.media})


def _of_call(clip: Clip, status: str) -> dict[str, Any]:
    if status and clip.kind == "speech" and status != "completed":
        status = "call_hangup"  # the only other status that Telnyx has for speech
    ended = {"status": status} if status else {}
    if clip.fails:
        ended["status_detail"] = "The file could not be fetched."
    return ended if clip.kind == "speech" else {"overlay": clip.overlay, **clip.media, **ended}
