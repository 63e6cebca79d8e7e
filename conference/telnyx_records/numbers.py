"""Records of phone numbers, as `GET /phone_numbers` lists them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from conference.core.schema.phone_numbers import e164

GONE = ("deleted", "ported-out", "purchase-failed", "port-failed", "emergency-only")
"""Statuses of a number that will take no calls; others wait for something."""


def of(row: Mapping[str, Any]) -> str:
    """Return the phone number of a record in E.164; Telnyx may omit its +."""
    text = str(row.get("phone_number") or "")
    return e164(text) or e164(f"+{text}")


def connection(row: Mapping[str, Any]) -> str:
    """Return the id of the application of a number; empty without one."""
    return str(row.get("connection_id") or "")


def find(rows: Any, number: str) -> Mapping[str, Any] | None:
    """Return the record of a number in E.164; None if no list was read, or it has none."""
    listed = rows if isinstance(rows, list | tuple) else ()
    records = (row for row in listed if isinstance(row, Mapping))
    return next((row for row in records if number and of(row) == number), None)
