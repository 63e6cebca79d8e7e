"""Logs the commands that Telnyx refuses, at a bounded rate, and keeps the last error for health."""

from __future__ import annotations

from conference.core.change import Change
from conference.core.events import Outcome
from conference.core.outcomes.meanings import meaning
from conference.core.outcomes.retries import DROPPED
from conference.reporting.health import ServerHealth
from conference.reporting.rate_limited_log import RateLimitedLog


class TelnyxErrors:
    """An observer of outcomes. It changes `server_health.error` and `server_health.error_at`."""

    def __init__(self, server_health: ServerHealth, error_log: RateLimitedLog) -> None:
        self._server_health = server_health
        self._log = error_log

    def observe(self, change: Change) -> None:
        """Log the error, if the event is one; loudest what only the operator can mend."""
        outcome = change.event
        if not isinstance(outcome, Outcome) or outcome.code == DROPPED:
            return
        kind, line = error_of(outcome)
        if line:
            where = "" if kind in ("key refused", "unknown") else f"room {change.after.name}: "
            self._log.warn(kind, where + line)
            self._server_health.error_at, self._server_health.error = outcome.at, line


def error_of(outcome: Outcome) -> tuple[str, str]:
    """Return the kind of error, for counting, and the line; two empty texts without an error."""
    means, what = meaning(outcome), outcome.command.name
    if means == "key refused":
        why = "copy it whole, or create another"
        return means, f"Telnyx refuses TELNYX_API_KEY ({outcome.status}): {why}"
    if means == "unknown":
        return means, f"no answer from Telnyx to {what} ({outcome.detail})"
    if means in ("busy", "limited", "refused"):
        why = " ".join(part for part in (outcome.code, outcome.detail) if part)
        kind = f"{means} {what} {outcome.code}"
        return kind, f"Telnyx refuses {what} ({outcome.status}): {why}"
    return "", ""
