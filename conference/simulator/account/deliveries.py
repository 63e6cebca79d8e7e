"""The deliveries of webhooks, as the API shows them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from ..webhooks.outgoing import Reply
from .records import Record

_LONGEST = 10_000  # characters of an answer that are shown


@dataclass(frozen=True)
class Attempt:
    """A finished attempt to deliver. began, ended: ISO 8601. reply: None if there was none."""

    url: str
    began: str
    ended: str
    reply: Reply | None

    @property
    def status(self) -> str:
        return "delivered" if self.reply and self.reply.status < 300 else "failed"

    def record(self) -> Record:
        """Return the attempt as the API shows it."""
        response = None
        if self.reply:
            kind = [["Content-Type", self.reply.content_type]]
            shown = self.reply.shown(_LONGEST)
            response = {"status": self.reply.status, "headers": kind, "body": shown}
        return {
            "status": self.status,
            "started_at": self.began,
            "finished_at": self.ended,
            "http": {"request": {"url": self.url, "headers": []}, "response": response},
            "errors": [],
        }


@dataclass(frozen=True)
class Delivery:
    """A webhook and its attempts, the oldest first. webhook: its data."""

    webhook: Mapping[str, Any]
    attempts: list[Attempt] = field(default_factory=list)

    def record(self, user_id: str) -> Record:
        """Return the delivery as the API shows it."""
        return {
            "record_type": "webhook_delivery",
            "id": self.webhook["id"],
            "user_id": user_id,
            "status": self.attempts[-1].status,
            "started_at": self.attempts[0].began,
            "finished_at": self.attempts[-1].ended,
            "webhook": dict(self.webhook),
            "attempts": [each.record() for each in reversed(self.attempts)],
        }


@dataclass(eq=False)
class Deliveries:
    """All webhooks with a finished attempt, in the order of their first attempts."""

    _by_id: dict[str, Delivery] = field(default_factory=dict)

    def note(self, webhook: Mapping[str, Any], attempt: Attempt) -> None:
        """Note a finished attempt to deliver a webhook."""
        self._by_id.setdefault(webhook["id"], Delivery(webhook)).attempts.append(attempt)

    def records(self, user_id: str) -> list[Record]:
        """Return them as the API shows them, the newest first."""
        return [each.record(user_id) for each in reversed(tuple(self._by_id.values()))]
