"""Reads what the steps follow from: Telnyx's records and the settings. It changes nothing."""

from __future__ import annotations

import os
import secrets
from typing import Any

from conference.masking import masked
from conference.settings import Settings, env_file
from conference.setup import doors
from conference.setup.found import Found, Record
from conference.setup.outbound import PATH as PROFILES
from conference.signature import public_key
from conference.telnyx_api import ApiResponse, TelnyxApi

GONE = ("deleted", "ported-out", "purchase-failed", "port-failed", "emergency-only")
"""Statuses of a number that will take no calls; others wait for something."""


class Unreadable(Exception):
    """Telnyx does not show what is needed. The text gives the reason.

    refused: another key may be allowed to read it.
    """

    def __init__(self, text: str, *, refused: bool = False) -> None:
        super().__init__(text)
        self.refused = refused


def read(api: TelnyxApi, api_key: str, settings: Settings, *, exposed: bool) -> Found:
    """Return what there is. Unreadable unless all that is needed was read.

    exposed: whether others can read `.env`.
    """
    rows = _rows(api, "/phone_numbers")  # the first request: it shows whether the key is good
    profiles = api.read_all(PROFILES)
    return Found(
        api_key=api_key,
        public_key=_public_key(api.read("/public_key")),
        applications=_rows(api, doors.CALL_CONTROL.path),
        texml_applications=_rows(api, doors.TEXML.path),
        numbers=tuple(row for row in rows if row.get("status") not in GONE),
        profiles=None if profiles.data is None else tuple(profiles.data),
        file=env_file.read(),
        environ=dict(os.environ),
        malformed=frozenset(each.name for each in settings.problems),
        exposed=exposed,
        fresh_token=secrets.token_urlsafe(32),
        fresh_secret=secrets.token_urlsafe(32),
    )


def _rows(api: TelnyxApi, path: str) -> tuple[Record, ...]:
    answer = api.read_all(path)
    if answer.data is None:
        raise Unreadable(f"GET {path}: {reason(answer)}", refused=answer.status in (401, 403))
    return tuple(answer.data)


def _public_key(answer: ApiResponse) -> str:
    """Return Telnyx's public key; empty if it is not shown or cannot be one."""
    text: Any = answer.data.get("public") if isinstance(answer.data, dict) else None
    try:
        public_key(text.strip() if isinstance(text, str) else "")
    except ValueError:
        return ""
    return str(text.strip())


def reason(answer: ApiResponse) -> str:
    """Return in words why a request failed."""
    if answer.status == 0:
        return f"Telnyx gave no answer: {masked(str(answer.error or ''))}"
    words = {
        401: "Telnyx refuses the API key",
        403: "Telnyx does not allow the API key to do that",
        429: "Telnyx got too many requests: wait a minute",
    }.get(answer.status, "Telnyx has a problem" if answer.is_transient else "Telnyx refuses")
    detail = f": {answer.detail}" if answer.detail else ""
    return f"{words} ({answer.status}){detail}"
