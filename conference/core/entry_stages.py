"""The entry stages of a caller, between the answer and the conference: a row for each.

`Participant.stages` names the stages yet to pass, in order; then come the greeting and the join.
A new stage is a row here, and its name in the `stages` of the callers who must pass it.
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
    """One row.

    `begins_with`: returns the first command; None passes the stage at once.
    `ends_with`: the type of the webhook that ends the stage. `is_passed`: its result.
    `otherwise`: what follows if not passed, if the command fails, or if the webhook is late.
    """

    begins_with: Callable[[Room, Participant], Speak | Gather | None]
    ends_with: str
    is_passed: Callable[[Webhook], bool]
    otherwise: Literal["go on", "hang up"]


def _request_key(room: Room, participant: Participant) -> Gather:
    """Ask for a key, so that no answering machine comes in."""
    settings = room.settings
    return Gather(participant.call, CONFIRM_TEXT, CONFIRM_KEY, settings.voice, settings.language)


def _greet(room: Room, participant: Participant) -> Speak | None:
    """Welcome the caller. The first caller in the room hears another text than the next ones."""
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
        otherwise="go on",  # a failed greeting is no reason to lose a caller
    ),
}


def stage_of(participant: Participant) -> Stage:
    """Return the stage that the caller is in, or is about to begin."""
    return STAGES[participant.stages[0] if participant.stages else "greeting"]
