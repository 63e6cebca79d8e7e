"""The stages of a caller's way in, between the answer and the conference: a row for each.

A participant's `stages` name those that it has yet to pass, in order. Then it is greeted, and let
in. A new stage is a row here, and its name in the `stages` of the callers who must pass it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from conference.core.commands import Gather, Speak
from conference.core.events import Webhook
from conference.core.participant import Participant
from conference.core.room import Room

CONFIRM_KEY = "1"
CONFIRM_TEXT = "You are called to join a conference. To join, press 1."


@dataclass(frozen=True, slots=True, kw_only=True)
class Stage:
    """One stage.

    `begins_with` returns its command; None if there is nothing to do, so that it is passed at
    once. The webhook of type `ends_with` ends it: `is_passed` says how. `otherwise` is done when it
    is not passed: also when its command fails, or when the webhook does not come in time.
    """

    begins_with: Callable[[Room, Participant], Speak | Gather | None]
    ends_with: str
    is_passed: Callable[[Webhook], bool]
    otherwise: Literal["go on", "hang up"]


def _request_key(room: Room, participant: Participant) -> Gather:
    """Only a person presses it: no answering machine comes in."""
    settings = room.settings
    return Gather(participant.call, CONFIRM_TEXT, CONFIRM_KEY, settings.voice, settings.language)


def _greet(room: Room, participant: Participant) -> Speak | None:
    """Welcome the caller: the first one of the room in other words than those who come later."""
    settings = room.settings
    others = (p for p in room.participants.values() if p.call != participant.call)
    first = not any(p.status in ("greeting", "waiting", "joined") for p in others)
    text = settings.greeting_first if first else settings.greeting_next
    if not text:
        return None
    return Speak(participant.call, "greeting", text, settings.voice, settings.language)


STAGES: dict[str, Stage] = {
    "confirm": Stage(
        begins_with=_request_key,
        ends_with="call.gather.ended",
        is_passed=lambda event: event.details.get("digits") == CONFIRM_KEY,
        otherwise="hang up",
    ),
    "greeting": Stage(
        begins_with=_greet,
        ends_with="call.speak.ended",
        is_passed=lambda event: True,
        otherwise="go on",  # a greeting is not worth a call
    ),
}


def stage_of(participant: Participant) -> Stage:
    """Return the stage that the caller is in, or begins with."""
    return STAGES[participant.stages[0] if participant.stages else "greeting"]
