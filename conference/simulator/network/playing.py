"""What is played and spoken to one call, to some in a conference or to all of it, each in turn.

Whoever hears a clip hears nothing else: in a real conference it would be mixed with the voices.
An audio file lasts AUDIO seconds, whatever is in it; nobody fetches it. One whose host is under
.invalid, a name that no network knows (RFC 6761), cannot be played.
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
from .parties import Conference, Leg, Participant
from .sounds import Clip
from .world import World

AUDIO = 5.0  # s
_NOWHERE = re.compile(r"https?://[^/?#]*\.invalid(:\d+)?([/?#].*)?", re.ASCII | re.IGNORECASE)
_EVENTS = {"speech": "speak", "playback": "playback"}

About = Leg | Participant | Conference


def speaking_time(text: str) -> float:
    """Seconds, at about 15 characters a second."""
    return len(text) / 15 + 0.5


def speech(fields: Mapping[str, Any], text: str = "payload") -> Clip:
    """From a request's fields. Of SSML its text is heard."""
    heard = fields[text]
    if fields.get("payload_type") == "ssml":
        heard = " ".join(re.sub(r"<[^>]*>", " ", heard).split())
    return Clip("speech", heard, speaking_time(heard) * _times(fields))


def audio(fields: Mapping[str, Any], prefix: str = "") -> Clip:
    """From a request's audio_url or media_name. Refused unless it has one of them."""
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
    """From a request's digits, of which w and W are pauses. No webhook tells of them."""
    tone = fields.get("duration_millis", 250) / 1000
    lasts = sum({"w": 0.5, "W": 1.0}.get(digit, tone) for digit in fields["digits"])
    return Clip("tones", fields["digits"].replace("w", "").replace("W", ""), lasts, told=False)


def _times(fields: Mapping[str, Any]) -> float:
    loop = fields.get("loop", 1)
    return inf if loop == "infinity" else int(loop)


def play(world: World, about: About, clips: deque[Clip], clip: Clip) -> None:
    """Play it after those that are there. clips: one of those that `about` has."""
    clips.append(clip)
    if len(clips) == 1:
        _start(world, about, clips)


def _start(world: World, about: About, clips: deque[Clip]) -> None:
    clip = clips[0]
    if clip.fails:
        _over(world, about, clips, clip, "failed")
        return
    _tell(world, about, clip, "started")
    _note(world, about)
    if clip.lasts < inf:
        world.clock.after(clip.lasts, partial(_over, world, about, clips, clip))


def _over(
    world: World, about: About, clips: deque[Clip], clip: Clip, status: str = "completed"
) -> None:
    if not clips or clips[0] is not clip:
        return  # it was cut
    clips.popleft()
    _tell(world, about, clip, "ended", status)
    _go_on(world, about, clips)
    if clip.then:
        clip.then()


def _go_on(world: World, about: About, clips: deque[Clip]) -> None:
    if clips:
        _start(world, about, clips)
    else:
        _note(world, about)


def stop(world: World, about: About, clips: deque[Clip], *, all_of_them: bool = True) -> None:
    """Stop what is playing, and forget what was to follow unless it is only for the first."""
    if clips:
        follow = [] if all_of_them else [*clips][1:]
        cut(world, about, clips, "cancelled")
        clips.extend(follow)
        _go_on(world, about, clips)


def withdraw(world: World, about: About, clips: deque[Clip], some: list[Clip]) -> None:
    """Take these out, also the one that is playing."""
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
    """Stop what is playing and forget what was to follow. Whoever calls notes what is heard."""
    if clips:
        clip = clips[0]
        clips.clear()
        _tell(world, about, clip, "ended", status)


def silence(world: World, leg: Leg, status: str) -> None:
    """Cut all that is played to this call. status: as in call.playback.ended."""
    for clips in (leg.clips, leg.overlays, leg.tones):
        cut(world, leg, clips, status)


def _note(world: World, about: About) -> None:
    if isinstance(about, Conference):
        world.hear_all(about)
    else:
        world.hear(about if isinstance(about, Leg) else about.leg)


def _tell(world: World, about: About, clip: Clip, what: str, status: str = "") -> None:
    if not clip.told:
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
        status = "call_hangup"  # speech knows no other way to end
    ended = {"status": status} if status else {}
    if clip.fails:
        ended["status_detail"] = "The file could not be fetched."
    return ended if clip.kind == "speech" else {"overlay": clip.overlay, **clip.media, **ended}
