"""Gathers: the prompt, the wait for each digit, further tries, the result.

A webhook (call.dtmf.received) reports each digit, with or without a gather. A gather ends with
call.gather.ended, in a conference, too.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import Any

from ..webhooks import events
from . import causes, playing
from .digits import Gather, Wanted
from .parties import Leg
from .sounds import Clip
from .world import World


def plain(world: World, leg: Leg, fields: Mapping[str, Any]) -> None:
    """Gather without a prompt, in one try of timeout_millis at most."""
    first = fields.get("initial_timeout_millis", 5_000)
    gather = _gather(leg, fields, first, id=fields.get("gather_id") or str(uuid.uuid4()))
    _start(world, leg, gather)
    most = fields.get("timeout_millis", 60_000) / 1000
    world.clock.after(most, partial(_out_of_time, world, leg, gather))


def with_speech(world: World, leg: Leg, fields: Mapping[str, Any]) -> None:
    """Gather with a spoken prompt. No webhook reports it: Telnyx lists none for this command."""
    gather = _gather(leg, fields, fields.get("timeout_millis", 60_000))
    gather.prompt = playing.speech(fields)
    if fields.get("invalid_payload"):
        gather.sorry = playing.speech(fields, "invalid_payload")
    for clip in (gather.prompt, gather.sorry):
        if clip:
            clip.reported = False
    _start_tries(world, leg, gather, fields)


def with_audio(world: World, leg: Leg, fields: Mapping[str, Any]) -> None:
    """Gather with an audio file as the prompt."""
    gather = _gather(leg, fields, fields.get("timeout_millis", 60_000))
    _take_audio(gather, fields)
    _start_tries(world, leg, gather, fields)


def in_conference(world: World, leg: Leg, fields: Mapping[str, Any]) -> None:
    """Gather from a participant of a conference. Digits that are not valid are ignored."""
    first = fields.get("initial_timeout_millis", fields.get("timeout_millis", 60_000))
    gather = _gather(leg, fields, first, id=fields.get("gather_id"), others_ignored=True)
    if leg.participant:
        gather.clips = leg.participant.clips
    gather.stops_prompt = fields.get("stop_playback_on_dtmf", True)
    _take_audio(gather, fields)
    _start_tries(world, leg, gather, fields)


def with_clips(
    world: World, leg: Leg, wanted: Wanted, prompts: Sequence[Clip], seconds: float
) -> None:
    """Gather in one try, with prompts. seconds: to wait for each digit."""
    gather = Gather(wanted, None, leg.clips, seconds, seconds)
    _start(world, leg, gather, prompts)


def _gather(
    leg: Leg,
    fields: Mapping[str, Any],
    first: int,
    *,
    id: str | None = None,
    others_ignored: bool = False,
) -> Gather:
    wanted = Wanted(
        valid=fields.get("valid_digits", Wanted.valid),
        minimum=fields.get("minimum_digits", Wanted.minimum),
        maximum=fields.get("maximum_digits", Wanted.maximum),
        terminating=fields.get("terminating_digit", Wanted.terminating),
        others_ignored=others_ignored,
    )
    between = fields.get("inter_digit_timeout_millis", 5_000)
    return Gather(wanted, id, leg.clips, first / 1000, between / 1000)


def _take_audio(gather: Gather, fields: Mapping[str, Any]) -> None:
    gather.prompt = playing.audio(fields)
    if fields.get("invalid_audio_url") or fields.get("invalid_media_name"):
        gather.sorry = playing.audio(fields, "invalid_")


def _start_tries(world: World, leg: Leg, gather: Gather, fields: Mapping[str, Any]) -> None:
    gather.tries = fields.get("maximum_tries", 3)
    _start(world, leg, gather)


def _start(world: World, leg: Leg, gather: Gather, prompts: Sequence[Clip] = ()) -> None:
    """Start a gather; it replaces the one under way. prompts: instead of the gather's own."""
    end(world, leg, "cancelled")
    leg.gather = gather
    _try(world, leg, gather, prompts or [gather.prompt])


def _try(world: World, leg: Leg, gather: Gather, prompts: Sequence[Clip | None]) -> None:
    gather.tries -= 1
    gather.waits += 1  # ends the wait of the try before
    gather.digits = ""
    gather.playing = [_again(prompt) for prompt in prompts if prompt]
    if not gather.playing:
        _wait(world, leg, gather, gather.first)
        return
    gather.playing[-1].then = partial(_prompted, world, leg, gather)
    about = leg.participant if leg.participant and gather.clips is not leg.clips else leg
    for clip in gather.playing:
        playing.play(world, about, gather.clips, clip)


def _again(clip: Clip) -> Clip:
    return replace(clip, then=None, spared=set())


def _prompted(world: World, leg: Leg, gather: Gather) -> None:
    if leg.gather is gather and not gather.digits:
        _wait(world, leg, gather, gather.first)


def _wait(world: World, leg: Leg, gather: Gather, seconds: float) -> None:
    gather.waits += 1
    world.clock.after(seconds, partial(_silent, world, leg, gather, gather.waits))


def _silent(world: World, leg: Leg, gather: Gather, wait: int) -> None:
    if leg.gather is gather and gather.waits == wait:
        _tried(world, leg, gather, gather.outcome() if gather.digits else "timeout")


def _out_of_time(world: World, leg: Leg, gather: Gather) -> None:
    if leg.gather is gather:
        end(world, leg, gather.outcome() if gather.digits else "timeout")


def _tried(world: World, leg: Leg, gather: Gather, status: str) -> None:
    if status == "valid" or gather.tries == 0:
        end(world, leg, status)
    else:
        prompts = [gather.prompt] if status == "timeout" else [gather.sorry, gather.prompt]
        _try(world, leg, gather, prompts)


def press(world: World, leg: Leg, digit: str) -> None:
    """Take a key that the caller presses."""
    leg.typed += digit
    if world.account.ways.keys_in_conference or not leg.participant:
        world.emit("call.dtmf.received", events.typed(leg) | {"digit": digit})
    if not (gather := leg.gather):
        return
    if gather.stops_prompt:
        _stop_prompt(world, leg, gather)
    if outcome := gather.press(digit):
        _tried(world, leg, gather, outcome)
    else:
        _wait(world, leg, gather, gather.between)


def _stop_prompt(world: World, leg: Leg, gather: Gather) -> None:
    about = leg.participant if leg.participant and gather.clips is not leg.clips else leg
    playing.withdraw(world, about, gather.clips, gather.playing)


def end(world: World, leg: Leg, status: str) -> None:
    """End the gather under way, if there is one. status: as in call.gather.ended."""
    if not (gather := leg.gather):
        return
    leg.gather = None
    _stop_prompt(world, leg, gather)
    ended = {"digits": gather.digits, "status": status}
    named = {"gather_id": gather.id} if gather.id else {}
    with causes.also(gather.causes):
        world.emit("call.gather.ended", events.typed(leg) | ended | named)
