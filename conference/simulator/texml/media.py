"""Speaks and plays what a document contains: to a call, a participant or a conference."""

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
    """A place where sounds are heard.

    leg: the call for which documents are fetched. about, clips: the listeners, and one of their
    queues. music: whether this is music for a waiting or held participant. current: whether the
    sounds are still wanted.
    """

    leg: Leg
    about: playing.About
    clips: deque[Clip]
    current: Callable[[], bool]
    music: bool = False


def present(world: World, stage: Stage, source: Source) -> None:
    """Fetch a document or an audio file, and play it. Music is repeated."""
    if source.url:
        times = inf if stage.music else 1
        then = partial(carry_out, world, stage)
        fetch.media(world, stage.leg, source, then, times=times)
    else:
        carry_out(world, stage, (Play("", inf),))


def carry_out(world: World, stage: Stage, steps: Sequence[Step] | None) -> None:
    """Carry out instructions, then be silent: Telnyx does not document what follows the last."""
    if not steps or not stage.current():
        return
    first, rest = steps[0], steps[1:]
    if isinstance(first, Redirect):
        source = Source(first.url, first.method)
        fetch.media(world, stage.leg, source, partial(carry_out, world, stage))
    else:
        perform(world, stage, first, partial(carry_out, world, stage, rest))


def perform(world: World, stage: Stage, step: Step, then: Callable[[], None]) -> None:
    """Speak, play or wait, and then call `then`."""
    if isinstance(step, Pause):
        world.clock.after(step.seconds, then)
    elif clip := clip_of(step, music=stage.music):
        clip.then = then
        playing.play(world, stage.about, stage.clips, clip)


def clip_of(step: Step, *, music: bool = False) -> Clip | None:
    """Make the clip of a step that speaks or plays; None for others."""
    if isinstance(step, Say):
        lasts = playing.speaking_time(step.text) * step.times
        return Clip("speech", step.text, lasts, reported=False)
    if isinstance(step, Play):
        kind = "music" if music else "playback"
        return Clip(kind, step.url, playing.AUDIO * step.times, reported=False)
    return None
