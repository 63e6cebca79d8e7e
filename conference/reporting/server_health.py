"""Keeps a server's last contacts with Telnyx, and sums up those of several processes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, fields
from typing import Any

from conference.core.change import Change
from conference.core.events import Webhook
from conference.core.texml.facts import StatusCallback
from conference.reporting.unblocked_log import UnblockedHandler

KEY_REFUSED_LASTS = 120.0  # seconds; then the next command shows whether it still holds


@dataclass
class ServerHealth:
    """The server's start, and its last contacts with Telnyx, by the line's clock. Mutable."""

    started_at: float
    webhook_at: float | None = None  # the last genuine one
    accepted_at: float | None = None  # the last command that Telnyx carried out
    error_at: float | None = None  # a refused command, or no answer
    error: str = ""
    taken_names: dict[str, float] = field(default_factory=dict)  # rooms, with the last time
    error_kind: str = ""  # its meaning, such as "key refused"
    errors_since: int = 0  # errors since a command was accepted
    key_at: float | None = None  # the last key of a participant inside, outside a gather
    texml_account: str = ""  # the last AccountSid of a callback of TeXML
    lines_lost_there: int | None = None  # by the log of another process; None: this process

    def note_accepted(self, at: float) -> None:
        """Note that Telnyx carried out a command."""
        self.accepted_at, self.errors_since = at, 0

    def note_error(self, at: float, kind: str, error: str) -> None:
        """Note that Telnyx refused a command, or did not answer."""
        self.error_at, self.error_kind, self.error = at, kind, error
        self.errors_since += 1

    def key_is_refused(self, now: float) -> bool:
        """Did Telnyx refuse the key lately, and has it accepted no command since?"""
        refused = self.error_at is not None and self.error_kind == "key refused"
        return refused and self.errors_since > 0 and now - (self.error_at or 0) < KEY_REFUSED_LASTS

    def observe(self, change: Change) -> None:
        """Note the account of a callback of TeXML, and a key of a participant inside.

        Those of a gather prove nothing about the others.
        """
        event = change.event
        if isinstance(event, StatusCallback):
            self.texml_account = event.account or self.texml_account
        if not isinstance(event, Webhook) or event.type != "call.dtmf.received":
            return
        presser = change.before.participants.get(event.call)
        if presser and presser.status == "joined" and event.at >= presser.pressed.gathers_until:
            self.key_at = event.at

    @property
    def lines_lost(self) -> int:
        """The number of lines that the log's output did not accept."""
        there = self.lines_lost_there
        return UnblockedHandler.lines_lost if there is None else there

    def as_json(self) -> dict[str, Any]:
        """Return the fields, for `from_json` in another process."""
        own = {"taken_names": self.taken_names.copy(), "lines_lost_there": self.lines_lost}
        return {each.name: getattr(self, each.name) for each in fields(self)} | own

    @classmethod
    def from_json(cls, values: Mapping[str, Any]) -> ServerHealth:
        """Return what `as_json` of another process wrote. Fields of another version are ignored."""
        known = {each.name for each in fields(cls)}
        return cls(**{name: value for name, value in values.items() if name in known})


def merged(healths: Sequence[ServerHealth]) -> ServerHealth:
    """Return the health of all these processes as one: at least one.

    It has the oldest start and the newest times. A process counts its own errors; those of a
    process whose last error is older than the last accepted command do not count any more.
    """
    accepted_at = _newest(each.accepted_at for each in healths)
    failed = max(healths, key=lambda each: each.error_at or 0.0)
    since = [each for each in healths if (each.error_at or 0.0) > (accepted_at or 0.0)]
    taken = sorted(at_of for each in healths for at_of in each.taken_names.items())
    return ServerHealth(
        started_at=min(each.started_at for each in healths),
        webhook_at=_newest(each.webhook_at for each in healths),
        accepted_at=accepted_at,
        error_at=failed.error_at,
        error=failed.error,
        taken_names=dict(taken),  # of one room, the last time prevails
        error_kind=failed.error_kind,
        errors_since=sum(each.errors_since for each in since),
        key_at=_newest(each.key_at for each in healths),
        texml_account=next((each.texml_account for each in healths if each.texml_account), ""),
        lines_lost_there=sum(each.lines_lost for each in healths),
    )


def _newest(times: Iterable[float | None]) -> float | None:
    return max((at for at in times if at is not None), default=None)
