"""The entry stages of a caller, between the answer and the conference: a row for each.

`Participant.stages` names the stages yet to pass, in order; then come the greeting and the join.
A new stage is a row here, and its name in `client_state.STAGES`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from conference.core.admission import full_room, lobby, outside, reception, saying_names
from conference.core.admission.refusals import refusal
from conference.core.client_state import StageName
from conference.core.commands import Gather, Record, Speak, of_call
from conference.core.entering import enter, remember
from conference.core.events import Webhook
from conference.core.greeting import greeting
from conference.core.leaving import dismiss, hang_up
from conference.core.participant import Participant
from conference.core.room import Deadline, Room
from conference.core.transitions import change, complete_head, send, set_deadline
from conference.core.words import Sentence, say

CONFIRM_KEY = "1"
CONFIRM_TEXT = Sentence("You are called to join a conference. To join, press 1.")

ENDS_NOTHING = ("call_hangup", "cancelled", "cancelled_amd")
"""Causes of a gather's end: the caller hung up, and call.hangup follows; or another gather has
replaced it, whose end follows."""
SETTLED: dict[str, type[Speak | Gather | Record]] = {
    "call.speak.ended": Speak,
    "call.gather.ended": Gather,
    "call.recording.saved": Record,
    "call.recording.error": Record,
}
"""Type of a webhook -> the command of a stage that it settles, also before Telnyx's response."""

Result = Literal["passed", "again", "failed", "gone"]
"""The result of a stage: passed; to be begun again; failed; or nothing follows, since the caller is
in another room now, must go, or waits."""

Otherwise = Literal["go on", "hang up", "count the try", "wait"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Stage:
    """One row.

    `begins`: returns the room and the first command; no command passes the stage at once.
    `ends_with`: the types of the webhooks that end the stage, or a part of it. `ended`: returns the
    room after one of them, and the result. `otherwise`: what follows if it failed, also because the
    command was refused or the deadline has passed; a row of OTHERWISE.
    """

    begins: Callable[[Room, Participant, float], tuple[Room, Speak | Gather | None]]
    ends_with: tuple[str, ...]
    ended: Callable[[Room, Webhook], tuple[Room, Result]]
    otherwise: Otherwise


def begin_entry(room: Room, call: str, at: float) -> Room:
    """Begin the first entry stage of an answered call: for most calls, the spoken greeting."""
    if why := refusal(room, call, at):
        return dismiss(room, call, why, at)
    participant = room.participants[call]
    room, command = stage_of(participant).begins(room, participant, at)
    if command is None:
        return pass_stage(room, call, at)
    room = set_deadline(change(room, call, status="greeting"), Deadline("call", call), None)
    return send(room, command, at)


def end_stage(room: Room, event: Webhook) -> Room:
    """End the caller's stage, if this webhook ends it."""
    participant = room.participants.get(event.call)
    if participant is None or participant.status != "greeting":
        return room
    stage = stage_of(participant)
    if event.type not in stage.ends_with or event.cause in ENDS_NOTHING:
        return room
    settled = SETTLED[event.type]
    room = complete_head(room, of_call(event.call), lambda c: isinstance(c, settled))
    room, result = stage.ended(room, event)
    return AFTER[result](room, event.call, event.at)


def pass_stage(room: Room, call: str, at: float) -> Room:
    """Begin the next stage; let the caller in after the last one."""
    stages = room.participants[call].stages
    if not stages:
        return enter(room, call, at)
    room = remember(change(room, call, stages=stages[1:]), call, at)
    return begin_entry(room, call, at)


def fail_stage(room: Room, call: str, at: float) -> Room:
    """Do what the row of the stage says of failure."""
    return OTHERWISE[stage_of(room.participants[call]).otherwise](room, call, at)


def go_on(room: Room, call: str, at: float) -> Room:
    """Let in a caller who was greeted before, or begin the first stage yet to pass."""
    return (begin_entry if room.participants[call].stages else enter)(room, call, at)


def let_pass(room: Room, call: str, at: float) -> Room:
    """Let a caller pass who waits in the queue; after the words one who hears them."""
    if room.participants[call].wait != "in queue":
        return change(room, call, wait="admitted")
    return pass_stage(outside.leave(room, call, at), call, at)


def _stay_gone(room: Room, call: str, at: float) -> Room:
    return room


AFTER: dict[Result, Callable[[Room, str, float], Room]] = {
    "passed": pass_stage,
    "again": begin_entry,
    "failed": fail_stage,
    "gone": _stay_gone,
}


def _request_key(room: Room, participant: Participant, at: float) -> tuple[Room, Gather]:
    """Ask for a key, so that no answering machine comes in."""
    voice, language = room.settings.voice, room.settings.language
    return room, Gather(participant.call, say(room, CONFIRM_TEXT), CONFIRM_KEY, voice, language)


def _confirmed(room: Room, event: Webhook) -> tuple[Room, Result]:
    return room, "passed" if event.details.get("digits") == CONFIRM_KEY else "failed"


def _greet(room: Room, participant: Participant, at: float) -> tuple[Room, Speak | None]:
    """Welcome the caller."""
    settings = room.settings
    others = (p for p in room.participants.values() if p.call != participant.call)
    there = (p for p in others if p.status in ("greeting", "waiting", "joined"))
    first = all(p.waits_outside for p in there)
    text = greeting(room, participant.role, first=first)
    if not text:
        return room, None
    return room, Speak(participant.call, "greeting", text, settings.voice, settings.language)


def _greeted(room: Room, event: Webhook) -> tuple[Room, Result]:
    return room, "passed"


def _pin_overdue(room: Room, call: str, at: float) -> Room:
    room, result = reception.overdue(room, call, at)
    return AFTER[result](room, call, at)


def _wait(room: Room, call: str, at: float) -> Room:
    room, result = outside.wait(room, call, at)
    return AFTER[result](room, call, at)


OTHERWISE: dict[Otherwise, Callable[[Room, str, float], Room]] = {
    "go on": pass_stage,
    "hang up": hang_up,
    "count the try": _pin_overdue,
    "wait": _wait,
}
SPOKEN, GATHERED = ("call.speak.ended",), ("call.gather.ended",)
RECORDED = ("call.recording.saved", "call.recording.error")
GREETING = Stage(
    begins=_greet,
    ends_with=SPOKEN,
    ended=_greeted,
    otherwise="go on",  # a failed greeting is no reason to lose a caller
)
STAGES: dict[StageName, Stage] = {
    "confirm": Stage(
        begins=_request_key,
        ends_with=GATHERED,
        ended=_confirmed,
        otherwise="hang up",
    ),
    "pin": Stage(
        begins=reception.ask,
        ends_with=GATHERED,
        ended=reception.entered,
        otherwise="count the try",
    ),
    "name": Stage(
        begins=saying_names.begin,
        ends_with=SPOKEN + RECORDED,
        ended=saying_names.ended,
        otherwise="go on",
    ),
    "lobby": Stage(
        begins=lobby.begin,
        ends_with=SPOKEN,
        ended=outside.spoken,
        otherwise="wait",  # whatever fails, nobody passes without being admitted
    ),
    "seat": Stage(
        begins=full_room.begin,
        ends_with=SPOKEN,
        ended=outside.spoken,
        otherwise="wait",
    ),
}


def stage_of(participant: Participant) -> Stage:
    """Return the stage that the caller is in, or is about to begin."""
    return STAGES[participant.stages[0]] if participant.stages else GREETING
