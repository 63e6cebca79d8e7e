"""The account's own records: its application, its number and the key that it signs with."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any


@dataclass(eq=False)
class Account:
    """What the portal shows, and a test may change.

    webhook_url: where webhooks go. public_key: base64, or None where it is not told.
    application, number: the fields that differ from those of a good record. ahead: seconds by which
    the clock is ahead of this machine's.
    """

    webhook_url: Callable[[], str] = str
    public_key: str | None = None
    ahead: float = 0.0
    application: dict[str, Any] = field(default_factory=dict)
    number: dict[str, Any] = field(default_factory=dict)
