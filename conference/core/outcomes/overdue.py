"""A moderator's command whose turn comes too late is dropped: it would come out of the blue."""

from __future__ import annotations

from conference.core.commands import Command, PassThrough
from conference.core.events import Outcome
from conference.core.outcomes.retries import TRIED_FOR

DROPPED = "dropped"  # the outcome's code, which is none of Telnyx's
_TIMEOUT = 408


def overdue(command: Command, now: float) -> Outcome | None:
    """What stands for Telnyx's answer where it is not asked any more."""
    if not isinstance(command, PassThrough) or now - command.at <= TRIED_FOR:
        return None
    why = f"its turn came {now - command.at:.0f} s after it was asked for"
    return Outcome(command, now, _TIMEOUT, DROPPED, why)
