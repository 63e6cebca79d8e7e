"""Logs refused and unanswered commands at a limited rate, and keeps the last error for health."""

from __future__ import annotations

from conference.core.change import Change
from conference.core.events import Outcome
from conference.core.outcomes.meanings import meaning
from conference.core.outcomes.retries import DROPPED
from conference.reporting.health import ServerHealth
from conference.reporting.rate_limited_log import RateLimitedLog


class TelnyxErrors:
    """An observer. Sets `error` and `error_at` of the server's health."""

    def __init__(self, server_health: ServerHealth, error_log: RateLimitedLog) -> None:
        self._server_health = server_health
        self._log = error_log

    def observe(self, change: Change) -> None:
        """Log the change's outcome, if it is an error."""
        outcome = change.event
        if not isinstance(outcome, Outcome) or outcome.code == DROPPED:
            return
        kind, line = error_of(outcome)
        if line:
            where = "" if kind in ("key refused", "unknown") else f"room {change.after.name}: "
            self._log.warn(kind, where + line)
            self._server_health.error_at, self._server_health.error = outcome.at, line


def error_of(outcome: Outcome) -> tuple[str, str]:
    """Return the kind and the text of the error; two empty texts without one."""
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
