"""A command that did not get through waits for its next try, longer each time."""

from __future__ import annotations

import hashlib
from dataclasses import replace

from conference.core.commands import queue_of
from conference.core.events import Outcome
from conference.core.outcomes.meanings import meaning
from conference.core.room import Room
from conference.core.transitions import delay_head

FIRST_RETRY, LAST_RETRY = 0.5, 3.0  # seconds before the second try, and at most before any
TRIED_FOR = 20.0  # seconds that a caller plausibly waits while Telnyx answers with errors
SAME_ID_FOR = 50.0  # seconds; Telnyx forgets a command_id after 60
GROWTH = 1.5  # a caller hears nothing meanwhile


def again_later(room: Room, event: Outcome) -> Room:
    """Hold the identical command back, for as long as Telnyx says or as its tries tell."""
    command = replace(event.command, attempt=event.command.attempt + 1)
    return delay_head(room, queue_of(command), command, next_try(event))


def next_try(event: Outcome) -> float:
    """When the command is to be tried again, Unix seconds."""
    command = event.command
    pause = event.retry_after if meaning(event) == "limited" else None
    if pause is None:
        longest: float = min(FIRST_RETRY * GROWTH ** min(command.attempt - 1, 9), LAST_RETRY)
        # Spread, so that a hundred callers do not come back at once; the same in each run.
        spread = hashlib.sha256(f"{queue_of(command)} {command.attempt + 1}".encode()).digest()[0]
        pause = longest * (0.75 + spread / 1024)
    return event.at + pause
