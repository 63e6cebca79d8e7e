"""Logs refused and unanswered commands at a limited rate, and keeps the last error for health."""

from __future__ import annotations

from conference.core.change import Change
from conference.core.commands import Dial, Find
from conference.core.events import Outcome
from conference.core.outcomes.meanings import AUTHENTICATION_FAILED, DROPPED, meaning
from conference.core.room import Room
from conference.masking import masked
from conference.reporting.health import taken_name
from conference.reporting.rate_limited_log import RateLimitedLog
from conference.reporting.server_health import ServerHealth

LOGGED = ("busy", "limited", "refused", "bad music", "not found")
LISTED_WITHIN = 3.0  # seconds in which a new or ending conference shows in Telnyx's lists, or not
KEY = "copy it whole, or create another"
PERMISSION = "see in the Telnyx portal what the key and the account may do"
CALLING = (
    "see in the Telnyx portal the destinations of the outbound voice profile, the verified "
    "numbers and the level of the account"
)


class TelnyxErrors:
    """An observer. Sets what Telnyx accepted and refused in the server's health."""

    def __init__(self, server_health: ServerHealth, error_log: RateLimitedLog) -> None:
        self._server_health = server_health
        self._log = error_log

    def observe(self, change: Change) -> None:
        """Log the change's outcome, if it is an error."""
        outcome = change.event
        if self._server_health.taken_names and change.after.conference:
            self._server_health.taken_names.pop(change.after.name, None)
        if not isinstance(outcome, Outcome) or outcome.code == DROPPED:
            return
        kind, line = error_of(outcome)
        if line:
            where = "" if kind in ("key refused", "unknown") else f"room {change.after.name}: "
            self._log.warn(kind, where + line)
            self._server_health.note_error(outcome.at, meaning(outcome), line)
        elif outcome.status:
            self._server_health.note_accepted(outcome.at)
        if _finds_nothing(change.before, outcome):
            room = change.after.name
            self._server_health.taken_names[room] = outcome.at
            self._log.warn(f"name taken {room}", taken_name(room))


def _finds_nothing(room: Room, outcome: Outcome) -> bool:
    """Is a name taken, with no conference in the lists, for longer than lists lag?

    Telnyx's lists are read for the room's conference only after it refused the name.
    """
    command = outcome.command
    if not isinstance(command, Find) or command.refused or meaning(outcome) != "done":
        return False
    since = [p.waits_since or outcome.at for p in room.in_status("waiting")]
    late = outcome.at - min(since, default=outcome.at) > LISTED_WITHIN
    return late and not (isinstance(outcome.data, dict) and outcome.data.get("id"))


def error_of(outcome: Outcome) -> tuple[str, str]:
    """Return the kind and the text of the error; two empty texts without one."""
    means, what = meaning(outcome), outcome.command.name
    detail = masked(outcome.detail)
    why = " ".join(part for part in (outcome.code, detail) if part)
    if means == "key refused" and (outcome.status == 401 or outcome.code == AUTHENTICATION_FAILED):
        return means, f"Telnyx refuses TELNYX_API_KEY ({outcome.status}): {KEY}"
    if means == "key refused":
        said = f"Telnyx does not allow {what} with TELNYX_API_KEY ({outcome.status})"
        return means, _joined(said, why, PERMISSION)
    if means == "unknown":
        return means, f"no answer from Telnyx to {what} ({detail})"
    account = outcome.command.account
    if means in LOGGED or (account and outcome.status == 404):
        about = f"(TeXML account {account})" if account else ""
        why = " ".join(part for part in (why, about) if part)
        kind = f"{means} {what} {outcome.code}"
        if outcome.status == 403:
            todo = CALLING if isinstance(outcome.command, Dial) else PERMISSION
            return kind, _joined(f"Telnyx does not allow {what} (403)", why, todo)
        return kind, _joined(f"Telnyx refuses {what} ({outcome.status})", why)
    return "", ""


def _joined(*parts: str) -> str:
    """Join what is known: Telnyx need not give a reason."""
    return ": ".join(part for part in parts if part)
