"""Checks of the account's phone numbers."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import Any

from conference.masking import mask_number
from conference.settings import Settings
from conference.telnyx_api import ApiResponse
from conference.telnyx_records.numbers import GONE, connection, find

from .finding import Fact, unreadable

NAMED = 5  # numbers in one finding

Record = dict[str, Any]


def examine(
    settings: Settings, rows: ApiResponse, texml: Collection[str], astray: Collection[str]
) -> Fact:
    """Does the account have TELNYX_NUMBER, and does that lead to the application?

    `texml`: ids of TeXML applications that are as good. `astray`: those of them that lead to no
    line.
    """
    who, id = mask_number(settings.telnyx_number), settings.telnyx_connection_id
    if not isinstance(rows.data, list):
        return unreadable("number.unreadable", rows)
    row = find(rows.data, settings.telnyx_number)
    if row is None:
        return Fact("number.not-owned", number=who)
    at, status = connection(row), row.get("status", "active")
    if status in GONE:
        return Fact("number.gone", number=who, status=status)
    if not at:
        return Fact("number.no-application", number=who)
    if id and at in astray:
        return Fact("number.on-texml", number=who)
    if id and at != id and at not in texml:
        return Fact("number.other-application", number=who)
    if status != "active":
        return Fact("number.inactive", number=who, status=status)
    which = "a TeXML" if at in texml else "the" if id else "an"
    return Fact("number.ok", number=who, which=which)


def voice(settings: Settings, features: ApiResponse, voice: ApiResponse) -> Iterator[Fact]:
    """Can the number take calls? Yield a fact for each reason why not.

    `features`: those of the number. `voice`: its voice settings.
    """
    who = mask_number(settings.telnyx_number)
    rows = features.data if isinstance(features.data, list) else []
    row = next((r for r in rows if isinstance(r, dict) and isinstance(r.get("features"), list)), {})
    if not row:
        yield Fact("number.features-not-shown", number=who)
    elif "voice" not in row["features"]:
        listed = ", ".join(map(str, row["features"])) or "nothing"
        yield Fact("number.no-voice", number=who, features=listed)
    if not isinstance(voice.data, dict):
        yield unreadable("number.voice-unreadable", voice)
        return
    forwarding = voice.data.get("call_forwarding")
    if isinstance(forwarding, dict) and _is_forwarded(forwarding):
        yield Fact("number.forwarded", number=who)
    if voice.data.get("inbound_call_screening") == "reject_calls":
        yield Fact("number.screened", number=who)


def _is_forwarded(forwarding: Record) -> bool:
    given = forwarding.get("forwards_to") and forwarding.get("forwarding_type") == "always"
    return bool(given) and forwarding.get("call_forwarding_enabled") is not False


def id_of(settings: Settings, rows: ApiResponse) -> str:
    """Return the id of TELNYX_NUMBER's record; empty if it is not known."""
    row = find(rows.data, settings.telnyx_number)
    return str(row.get("id") or "") if row else ""


def application_of(settings: Settings, rows: ApiResponse) -> str:
    """Return the id of the application of TELNYX_NUMBER; empty if it is not known."""
    return connection(find(rows.data, settings.telnyx_number) or {})


def any_number(rows: ApiResponse) -> Fact:
    """Is any number assigned to the application? For a line without TELNYX_NUMBER."""
    if not isinstance(rows.data, list):
        return unreadable("number.unreadable", rows)
    numbers = [row.get("phone_number") for row in rows.data if isinstance(row, dict)]
    if not numbers:
        return Fact("number.none")
    return Fact("number.some", numbers=", ".join(mask_number(str(n)) for n in numbers[:NAMED]))


def of_rooms(settings: Settings, lists: Collection[ApiResponse]) -> Fact:
    """Do the numbers of the rooms file lead here? `lists`: the numbers of our applications."""
    for each in lists:
        if not isinstance(each.data, list):
            return unreadable("rooms.unreadable", each)
    if not lists:
        return Fact("rooms.not-checked")
    rows = [row for each in lists for row in each.data if isinstance(row, dict)]
    assigned = {str(row.get("phone_number")).lstrip("+") for row in rows}
    missing = [n for n in sorted(settings.numbers) if n.lstrip("+") not in assigned]
    if not missing:
        return Fact("rooms.ok", count=len(settings.numbers))
    named = ", ".join(f"{mask_number(n)} of {settings.numbers[n]}" for n in missing[:NAMED])
    return Fact("rooms.not-ours", numbers=named)
