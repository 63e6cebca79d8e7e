"""Carries out what a document says and plays: to a call, to who waits, to a conference."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from math import inf

from ..network import playing
from ..network.parties import Leg
from ..network.sounds import Clip
from ..network.world import World
from . import fetch
from .document import Pause, Play, Redirect, Say, Step
from .parties import Source


@dataclass(frozen=True)
class Stage:
    """Where it is heard. leg: on whose behalf documents are fetched. music: whether it is for who
    waits or is on hold. current: whether somebody still wants to hear it."""

    leg: Leg
    about: playing.About
    clips: deque[Clip]
    current: Callable[[], bool]
    music: bool = False


def present(world: World, stage: Stage, source: Source) -> None:
    """Fetch it, and carry it out from the start to the end. An audio file for who waits goes on."""
    if source.url:
        times = inf if stage.music else 1
        then = partial(carry_out, world, stage)
        fetch.media(world, stage.leg, source, then, times=times)
    else:
        carry_out(world, stage, (Play("", inf),))


def carry_out(world: World, stage: Stage, steps: Sequence[Step] | None) -> None:
    """What there is after the last step Telnyx does not say: here it is silence."""
    if not steps or not stage.current():
        return
    first, rest = steps[0], steps[1:]
    if isinstance(first, Redirect):
        source = Source(first.url, first.method)
        fetch.media(world, stage.leg, source, partial(carry_out, world, stage))
    else:
        perform(world, stage, first, partial(carry_out, world, stage, rest))


def perform(world: World, stage: Stage, step: Step, then: Callable[[], None]) -> None:
    """Say, play, or wait, and go on."""
    if isinstance(step, Pause):
        world.clock.after(step.seconds, then)
    elif clip := _clip(step, music=stage.music):
        clip.then = then
        playing.play(world, stage.about, stage.clips, clip)


def _clip(step: Step, *, music: bool) -> Clip | None:
    if isinstance(step, Say):
        lasts = playing.speaking_time(step.text) * step.times
        return Clip("speech", step.text, lasts, told=False)
    if isinstance(step, Play):
        kind = "music" if music else "playback"
        return Clip(kind, step.url, playing.AUDIO * step.times, told=False)
    return None
