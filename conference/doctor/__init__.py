"""Why calls do not work: the settings, the Telnyx account, and the way from Telnyx to here.

It only reads. Nothing in what it finds is secret, and no phone number is whole.
"""

from __future__ import annotations

import time
from collections.abc import Generator, Iterator
from urllib.parse import quote

from conference.settings import Settings
from conference.telnyx_api import Answer, TelnyxApi

from . import account, reach
from .finding import Finding, State, failure, ok, skipped, warning

__all__ = ["Finding", "State", "examine"]

NEEDED = {"TELNYX_API_KEY", "TELNYX_BASE_URL"}  # to ask Telnyx anything


def examine(settings: Settings) -> Iterator[Finding]:
    """Every check in its order, each as soon as it is done."""
    yield from _settings(settings)
    bad = {problem.name for problem in settings.problems}
    if bad & NEEDED:
        first = f"First correct {' and '.join(sorted(bad & NEEDED))}."
        for check in ("API key", "public key", "clock", "application", "number"):
            yield skipped(check, first)
        delivered_to = ""
    else:
        api = TelnyxApi(settings.telnyx_api_key, settings.telnyx_base_url)
        delivered_to = yield from _account(settings, api, bad)
    yield from _reach(settings, delivered_to, bad)


def _settings(settings: Settings) -> Iterator[Finding]:
    for problem in settings.problems:
        todo = "Set it in the environment or in .env, and start the server again."
        yield failure("settings", str(problem), todo)
    if not settings.problems:
        yield ok("settings", "all are well formed")


def _account(settings: Settings, api: TelnyxApi, bad: set[str]) -> Generator[Finding, None, str]:
    """What Telnyx says; returns where the application delivers, or ""."""
    first = api.read("/phone_numbers", {"page[size]": "1"})
    now = time.time()
    key = account.key(settings, first)
    accepted, repair = key.state == "ok", "First see to the API key."
    yield key
    if accepted:
        yield account.signing_key(settings, api.read("/public_key"))
    else:
        yield skipped("public key", repair)
    yield account.clock(first, now) if first.status else skipped("clock", repair)
    if not accepted:
        yield skipped("application", repair)
        yield skipped("number", repair)
        return ""
    delivered_to = yield from _application(settings, api, bad)
    yield _number(settings, api, bad)
    return delivered_to


def _application(
    settings: Settings, api: TelnyxApi, bad: set[str]
) -> Generator[Finding, None, str]:
    id = settings.telnyx_connection_id
    if "TELNYX_CONNECTION_ID" in bad:
        yield skipped("application", "First correct TELNYX_CONNECTION_ID.")
    elif not id:
        what = "it is not known, so that calls are not found again after a restart"
        todo = f"Set TELNYX_CONNECTION_ID to the application's ID {account.APPLICATION}."
        yield warning("application", what, todo)
    else:
        answer = api.read(f"/call_control_applications/{quote(id, safe='')}")
        yield from account.application(settings, answer)
        return account.webhook_url(answer.data)
    return ""


def _number(settings: Settings, api: TelnyxApi, bad: set[str]) -> Finding:
    number, id = settings.telnyx_number, settings.telnyx_connection_id
    if "TELNYX_NUMBER" in bad:
        return skipped("number", "First correct TELNYX_NUMBER.")
    if number:
        rows = _numbers(api, "phone_number", number)
        if not rows.data:  # Telnyx takes the +, by its description it need not
            rows = _numbers(api, "phone_number", number.removeprefix("+"))
        return account.number(settings, rows)
    if id:
        return account.any_number(_numbers(api, "connection_id", id))
    return skipped("number", "First set TELNYX_NUMBER or TELNYX_CONNECTION_ID.")


def _numbers(api: TelnyxApi, name: str, value: str) -> Answer:
    return api.read("/phone_numbers", {f"filter[{name}]": value})


def _reach(settings: Settings, delivered_to: str, bad: set[str]) -> Iterator[Finding]:
    """As Telnyx does: the server, and the music."""
    ours = settings.room.public_url
    origin = reach.origin(delivered_to) or ours
    server = reach.server(settings, origin) if origin else None
    yield server or skipped(
        "server", "Its address is not known: first see to the application, or set PUBLIC_URL."
    )
    if "HOLD_AUDIO_URL" in bad:
        yield skipped("music", "First correct HOLD_AUDIO_URL.")
    elif settings.room.hold_audio_url:
        yield reach.music(settings, settings.room.hold_audio_url)
    elif server and server.state == "ok":
        yield reach.music(settings, (ours or origin) + reach.MUSIC)
    else:
        yield skipped("music", "It is the server's own: first let that be reached.")
