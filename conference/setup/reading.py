"""Reads what the steps follow from: Telnyx's records and the settings. It changes nothing."""

from __future__ import annotations

import os
import secrets

from conference.masking import masked
from conference.settings import Settings, env_file
from conference.setup.found import Found, has_id
from conference.telnyx_api import ApiResponse, TelnyxApi
from conference.telnyx_records import public_key
from conference.telnyx_records.applications import CALL_CONTROL, PROFILES, TEXML, Record
from conference.telnyx_records.numbers import GONE


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
    file = env_file.read()
    # Flask's program has put the values of .env into the environment.
    environ = {name: value for name, value in os.environ.items() if file.get(name) != value}
    return Found(
        api_key=api_key,
        public_key=public_key.shown(api.read("/public_key").data),
        applications=_rows(api, CALL_CONTROL.path),
        texml_applications=_rows(api, TEXML.path),
        numbers=tuple(row for row in rows if row.get("status") not in GONE),
        profiles=None if profiles.data is None else _usable(PROFILES, profiles.data),
        file=file,
        environ=environ,
        malformed=frozenset(each.name for each in settings.problems),
        rooms=frozenset(settings.rooms),
        exposed=exposed,
        fresh_token=secrets.token_urlsafe(32),
        fresh_secret=secrets.token_urlsafe(32),
    )


LATER = "try again in a minute"
OFFLINE = "Check TELNYX_BASE_URL and this machine's network."


def _rows(api: TelnyxApi, path: str) -> tuple[Record, ...]:
    answer = api.read_all(path)
    if answer.data is None:
        raise Unreadable(f"GET {path}: {reason(answer)}", refused=answer.status in (401, 403))
    return _usable(path, answer.data)


def _usable(path: str, rows: list[Record]) -> tuple[Record, ...]:
    if not all(map(has_id, rows)):
        raise Unreadable(f"GET {path}: Telnyx's answer has a row without a usable id")
    return tuple(rows)


def reason(answer: ApiResponse) -> str:
    """Return in words why a request failed."""
    if answer.status == 0:
        return f"Telnyx gave no answer: {masked(str(answer.error or ''))}. {OFFLINE}"
    words = {
        401: "Telnyx refuses the API key",
        403: "Telnyx does not allow the API key to do that",
        429: f"Telnyx got too many requests: {LATER}",
    }.get(
        answer.status, f"Telnyx has a problem: {LATER}" if answer.is_transient else "Telnyx refuses"
    )
    detail = f": {answer.detail}" if answer.detail else ""
    return f"{words} ({answer.status}){detail}"
