"""Calls of the TeXML application, from the fetch of their document to its last instruction.

An event that would be a webhook with Call Control moves a TeXML call on, in `happened`.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from math import inf
from typing import Any

from ..network import calls, endings, gathering
from ..network.digits import Wanted
from ..network.parties import Leg
from ..network.world import World
from . import callbacks, conferences, fetch, media
from .document import Dial, Gather, Hangup, Redirect, Reject, Step
from .parties import Source, TexmlCall


def _arrives(world: World, leg: Leg, texml: TexmlCall) -> None:
    """Fetch the document of an incoming call; its arrival answers the call, or rejects it."""
    callbacks.progress(world, leg, "initiated")
    if leg.direction == "incoming":
        first = _source(world, leg, world.texml.of(leg)["voice_url"] or "")
        fetch.document(world, leg, first, partial(_first, world, leg, texml))
    else:
        callbacks.progress(world, leg, "ringing")


def _source(world: World, leg: Leg, url: str) -> Source:
    """Return an address with the method of the call's application."""
    return Source(url, world.texml.of(leg)["voice_method"].upper())


def _first(world: World, leg: Leg, texml: TexmlCall, steps: Sequence[Step] | None) -> None:
    """Carry out a call's first document; if it is not usable, the one of the fallback address."""
    url, then = world.texml.of(leg)["voice_fallback_url"], partial(_instructed, world, leg, texml)
    if steps is None and url:
        fetch.document(world, leg, _source(world, leg, url), then)
    else:
        then(steps)


def _instructed(world: World, leg: Leg, texml: TexmlCall, steps: Sequence[Step] | None) -> None:
    """Carry out a document. Without a usable one hang up: Telnyx does not document what it does."""
    if leg.state == "ended":
        return
    texml.steps = deque(steps or ())
    if not texml.steps:
        endings.hang_up_by_application(world, leg)
    elif leg.state == "answered":
        next_step(world, leg)
    elif isinstance(texml.steps[0], Reject):
        cause = "user_busy" if texml.steps[0].reason == "busy" else "call_rejected"
        endings.hang_up(world, leg, cause, "callee")
    else:
        calls.answer(world, leg, {})


def _answers(world: World, leg: Leg, texml: TexmlCall) -> None:
    callbacks.progress(world, leg, "answered")
    then = partial(_joins, world, leg, texml) if texml.noun else partial(next_step, world, leg)
    world.clock.after(0, then)


def _joins(world: World, leg: Leg, texml: TexmlCall) -> None:
    """Let a dialled participant join. If the conference is over or full, the call ends."""
    room = world.conferences.get(texml.bound)
    over = leg.state == "ended" or (room is not None and room.status == "completed")
    if texml.noun and (over or not conferences.enter(world, leg, texml.noun)):
        endings.hang_up_by_application(world, leg)


def next_step(world: World, leg: Leg) -> None:
    """Carry out the next instruction; after the last one end the call."""
    texml = leg.texml
    if texml is None or leg.state == "ended":
        return
    step = texml.steps.popleft() if texml.steps else Hangup()
    if isinstance(step, Hangup | Reject):
        endings.hang_up_by_application(world, leg)
    elif isinstance(step, Redirect):
        redirect(world, leg, Source(step.url, step.method))
    elif isinstance(step, Dial):
        _dial(world, leg, texml, step)
    elif isinstance(step, Gather):
        _gather(world, leg, texml, step)
    else:
        stage = media.Stage(leg, leg, leg.clips, lambda: leg.state == "answered")
        media.perform(world, stage, step, partial(next_step, world, leg))


def redirect(
    world: World, leg: Leg, source: Source, more: Mapping[str, str] = fetch.NO_FIELDS
) -> None:
    """Continue with another document. more: fields of the request for it."""
    if leg.texml:
        then = partial(_instructed, world, leg, leg.texml)
        fetch.document(world, leg, source, then, more)


def _gather(world: World, leg: Leg, texml: TexmlCall, step: Gather) -> None:
    texml.gather = step
    wanted = Wanted(
        valid=step.valid_digits,
        minimum=step.min_digits,
        maximum=step.num_digits or step.max_digits,
        terminating=step.finish_on_key,
    )
    clips = [clip for clip in map(media.clip_of, step.prompts) if clip]
    gathering.with_clips(world, leg, wanted, clips, step.timeout)


def _gathered(world: World, leg: Leg, texml: TexmlCall, payload: Mapping[str, Any]) -> None:
    """Post what was pressed to the action. Telnyx does not document what follows without a key:
    the next instruction, or a post without digits."""
    step, digits = texml.gather, payload["digits"]
    texml.gather = None
    if step is None or leg.state != "answered" or payload["status"] == "cancelled":
        return
    invalid = payload["status"] == "invalid" and step.invalid_digits_action
    action = step.invalid_digits_action if invalid else step.action
    if action and (digits or world.texml.posts_no_digits):
        redirect(world, leg, _source(world, leg, action), {"Digits": digits})
    else:
        next_step(world, leg)


def _dial(world: World, leg: Leg, texml: TexmlCall, dial: Dial) -> None:
    texml.dial = dial
    stay = conferences.enter(world, leg, dial.noun)
    if stay is None:
        _dialled(world, leg, dial)
    elif dial.time_limit < inf:

        def out_of_time() -> None:
            if leg.participant is stay:
                endings.leave(world, leg)

        world.clock.after(dial.time_limit, out_of_time)


def _dialled(world: World, leg: Leg, dial: Dial) -> None:
    """Continue after <Dial>: the call has left the conference, or could not join."""
    if leg.state != "ended" and dial.action:
        redirect(world, leg, Source(dial.action, dial.method))
    else:
        next_step(world, leg)


def _leaves(world: World, leg: Leg, texml: TexmlCall) -> None:
    if texml.dial:
        world.clock.after(0, partial(_dialled, world, leg, texml.dial))
    elif leg.state != "ended":
        world.clock.after(0, partial(next_step, world, leg))


def _ends(world: World, leg: Leg, texml: TexmlCall) -> None:
    callbacks.progress(world, leg, "completed")


_OF_CALLS: Mapping[str, Callable[[World, Leg, TexmlCall], None]] = {
    "call.initiated": _arrives,
    "call.answered": _answers,
    "call.hangup": _ends,
    "conference.participant.left": _leaves,
}
_OF_CONFERENCES = {
    "conference.participant.joined": "join",
    "conference.participant.left": "leave",
    "conference.floor.changed": "speaker",
    "conference.ended": "end",
}


def happened(world: World, event_type: str, payload: Mapping[str, Any]) -> None:
    """Take an event of a TeXML call. The parameters are those of World.emit."""
    leg = world.legs.get(payload.get("call_control_id", ""))
    room = world.conferences.get(payload.get("conference_id", ""))
    if room and leg and (event := _OF_CONFERENCES.get(event_type)):
        about = room.ended_by or room.owner if event == "end" else leg
        callbacks.conference(world, room, about, event)
    if recording := world.recordings.get(payload.get("recording_id", "")):
        outcome = "absent" if world.texml.recordings_absent else "completed"
        callbacks.recording(world, recording, outcome)
    if leg and leg.texml and (react := _OF_CALLS.get(event_type)):
        react(world, leg, leg.texml)
    if leg and leg.texml and event_type == "call.gather.ended":
        world.clock.after(0, partial(_gathered, world, leg, leg.texml, payload))
