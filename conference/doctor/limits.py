"""Checks of what the account may spend and dial."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from urllib.parse import quote

from conference.core.requests.dial_allow import OTHER_COUNTRIES, SETS, TERRITORIES
from conference.settings import Settings
from conference.telnyx_api import ApiResponse
from conference.telnyx_records.applications import PROFILES, Record
from conference.telnyx_records.applications import profile as profile_of

from .countries import COUNTRIES, NORTH_AMERICA
from .finding import Fact, unreadable


def balance(answer: ApiResponse) -> Fact:
    """Has the account credit?"""
    data = answer.data if isinstance(answer.data, dict) else {}
    amount = data.get("available_credit", data.get("balance"))
    try:
        left = float(amount or "")
    except (TypeError, ValueError):
        return unreadable("balance.unreadable", answer)
    return Fact("balance.ok") if left > 0 else Fact("balance.none")


def profile_path(application: Any) -> str:
    """Return the path of the application's outbound voice profile; empty without one."""
    id = profile_of(application) if isinstance(application, dict) else ""
    return f"{PROFILES}/{quote(id, safe='')}" if id else ""


def outbound(settings: Settings, application: Any, profile: ApiResponse) -> Iterator[Fact]:
    """Can calls be made? `application`: the record, of either kind; None if it was not read."""
    missing = [
        name
        for name, value in (
            ("TELNYX_NUMBER", settings.telnyx_number),
            ("TELNYX_CONNECTION_ID", settings.telnyx_connection_id or application),
        )
        if not value
    ]
    if missing:
        yield Fact("outbound.not-set", missing=" and ".join(missing))
    elif not isinstance(application, dict):
        yield Fact("outbound.not-checked", first="the application")
    elif not profile_path(application):
        yield Fact("outbound.no-profile")
    elif not isinstance(profile.data, dict):
        yield unreadable("outbound.unreadable", profile)
    else:
        found = [*_wrong(settings, application, profile.data)]
        if all(each.is_ok for each in found):
            yield Fact("outbound.ok")
        yield from found


def _wrong(settings: Settings, application: Record, profile: Record) -> Iterator[Fact]:
    if profile.get("enabled") is False:
        yield Fact("outbound.disabled")
    most = settings.dial_at_once
    for whose, limit in (
        ("profile", profile.get("concurrent_call_limit")),
        ("application", application["outbound"].get("channel_limit")),
    ):
        if isinstance(limit, int) and limit < most:
            yield Fact("outbound.concurrent", whose=whose, limit=limit, most=most)
    if profile.get("daily_spend_limit_enabled") and profile.get("daily_spend_limit"):
        yield Fact("outbound.spend-limit", limit=str(profile["daily_spend_limit"])[:20])
    allowed = profile.get("whitelisted_destinations")
    if isinstance(allowed, list) and allowed:
        yield from _destinations(settings, {str(each).upper() for each in allowed})


def _destinations(settings: Settings, allowed: set[str]) -> Iterator[Fact]:
    """Compare DIAL_ALLOW with the countries of the profile. One of a code's countries suffices."""
    codes = {_code(each): each for each in settings.dial_allow}
    closed = sorted(f"+{code}" for code in codes if code and not allowed & {*COUNTRIES[code]})
    if closed:
        yield Fact("outbound.destinations", codes=", ".join(closed))
    if "" in codes:
        yield Fact("outbound.destinations-not-known", prefix=codes[""])


def _code(prefix: str) -> str:
    """Return the calling code of a prefix of DIAL_ALLOW; empty if it is not in COUNTRIES."""
    if prefix in SETS:
        return NORTH_AMERICA
    digits = prefix.removeprefix("+")
    if digits.startswith(NORTH_AMERICA) and digits[1:4] in {**OTHER_COUNTRIES, **TERRITORIES}:
        return ""
    return next((code for code in COUNTRIES if digits.startswith(code)), "")
