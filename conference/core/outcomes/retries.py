"""Retries: when a failed command is sent again, and when a moderator's command is dropped."""

from __future__ import annotations

import hashlib

from conference.core.commands import (
    Command,
    Find,
    HoldOrMute,
    OfCall,
    PassThrough,
    TakeSnapshot,
    queue_of,
)
from conference.core.events import Outcome
from conference.core.outcomes.meanings import DROPPED, RETRIED, meaning
from conference.core.replacing import replace
from conference.core.room import Room
from conference.core.transitions import delay_head

FIRST_RETRY, LONGEST_PAUSE = 0.25, 3.0  # seconds before the second try; before any try
TRIED_FOR = 20.0  # seconds that a caller plausibly waits while Telnyx responds with errors
FOUND_WITHIN = 4.0  # seconds in which Telnyx finds a call or conference that it has reported
SAME_ID_FOR = 50.0  # seconds; Telnyx forgets a command_id after 60
GROWTH = 1.35  # of the pauses: small, since the caller hears nothing meanwhile
_TIMEOUT = 408
# In silence, or beside music that should end; for a snapshot perhaps since before a restart.
_CALLER_WAITS = OfCall | Find | HoldOrMute | TakeSnapshot


def passes(event: Outcome) -> bool:
    """May the same command succeed soon? True for a while after "not found", since lists lag."""
    means = meaning(event)
    found_soon = means == "not found" and event.at - event.command.at < FOUND_WITHIN
    return means in RETRIED or found_soon


def again_later(room: Room, event: Outcome) -> Room:
    """Send the identical command again after the pause of `next_try`."""
    command = replace(event.command, attempt=event.command.attempt + 1)
    return delay_head(room, queue_of(command), command, next_try(event))


def next_try(event: Outcome) -> float:
    """Return when to send the command again, in Unix seconds.

    Telnyx gives the pause with "limited". It is cut to LONGEST_PAUSE where a caller waits: the
    line has a word for the caller when the patience is over, and Telnyx may refuse until then.
    Otherwise pauses grow with each try.
    """
    command = event.command
    pause = event.retry_after if meaning(event) == "limited" else None
    if pause is not None and isinstance(command, _CALLER_WAITS):
        pause = min(pause, LONGEST_PAUSE)
    if pause is None:
        longest: float = min(FIRST_RETRY * GROWTH ** min(command.attempt - 1, 9), LONGEST_PAUSE)
        # Spread the retries of many callers; by a hash, so that each run is the same.
        spread = hashlib.sha256(f"{queue_of(command)} {command.attempt + 1}".encode()).digest()[0]
        pause = longest * (0.75 + spread / 1024)
    return event.at + pause


def overdue(command: Command, now: float) -> Outcome | None:
    """Return an outcome for a moderator's command that has waited too long to be sent; or None."""
    if not isinstance(command, PassThrough) or now - command.at <= TRIED_FOR:
        return None
    why = f"its turn came {now - command.at:.0f} s after it was asked for"
    return Outcome(command, now, _TIMEOUT, DROPPED, why)
