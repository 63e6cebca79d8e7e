"""Finds out why calls do not work: the settings, Redis, the Telnyx account, the way from Telnyx.

It only reads. Its findings hold no secret and no whole phone number.
"""

from __future__ import annotations

import time
from collections.abc import Generator, Iterator
from contextlib import closing
from urllib.parse import quote

from conference.core.origin import MUSIC, origin
from conference.settings import ENV_FILE, Settings
from conference.settings.kinds import KINDS
from conference.telnyx_api import ApiResponse, TelnyxApi

from . import account, reach, redis, texml
from .finding import Finding, State, failure, ok, skipped, warning

__all__ = ["Finding", "State", "examine"]

NEEDED = {"TELNYX_API_KEY", "TELNYX_BASE_URL"}  # for any request to Telnyx


def examine(settings: Settings) -> Iterator[Finding]:
    """Yield the findings of all checks in their order, each as soon as it is there."""
    yield from _settings(settings)
    if settings.redis_url:
        yield redis.examine(settings)
    bad = {problem.name for problem in settings.problems}
    if bad & NEEDED:
        first = f"First correct {' and '.join(sorted(bad & NEEDED))}."
        for check in ("API key", "public key", "clock", "application", "number", "TeXML"):
            yield skipped(check, first)
        at = ""
    else:
        with closing(TelnyxApi(settings.telnyx_api_key, settings.telnyx_base_url)) as api:
            at = yield from _account(settings, api, bad)
    yield from _reach(settings, at, bad)


def _settings(settings: Settings) -> Iterator[Finding]:
    for problem in settings.problems:
        of_rooms = problem.name not in (*KINDS, ENV_FILE)
        repair = "Correct the rooms file" if of_rooms else "Set it in the environment or in .env"
        todo = f"{repair}, and start the server again."
        yield failure("settings", str(problem), todo)
    for name in settings.misspelt:
        yield warning("settings", str(name), "Correct the name, or remove it.")
    for each in settings.exposed:
        yield warning("settings", str(each), "Replace what somebody may have read.")
    if not (settings.problems or settings.warnings):
        yield ok("settings", "all are well formed")


def _account(settings: Settings, api: TelnyxApi, bad: set[str]) -> Generator[Finding, None, str]:
    """Check the account. Return the address of this server by Telnyx's records, or ""."""
    first = api.read("/phone_numbers", {"page[size]": "1"})
    now = time.time()
    key = account.key(settings, first)
    accepted, repair = key.state == "ok", "First repair the API key."
    yield key
    if accepted:
        yield account.signing_key(settings, api.read("/public_key"))
    else:
        yield skipped("public key", repair)
    yield account.clock(first, now) if first.status else skipped("clock", repair)
    if accepted:
        return (yield from _doors(settings, api, bad))
    for check in ("application", "number", "TeXML"):
        yield skipped(check, repair)
    return ""


def _doors(settings: Settings, api: TelnyxApi, bad: set[str]) -> Generator[Finding, None, str]:
    """Check the applications that calls come by. Return our address by them, or ""."""
    id, number = settings.telnyx_connection_id, settings.telnyx_number
    application = (
        api.read(f"/call_control_applications/{quote(id, safe='')}") if id else ApiResponse(0)
    )
    at = origin(account.webhook_url(application.data))
    rows = _rows(settings, api) if number else ApiResponse(0)
    number_at = account.number_at(settings, rows)
    listed = api.read("/texml_applications", {"page[size]": "250"})
    ours = settings.room.public_url or at
    here = texml.leading_here(texml.applications(listed), number_at, ours)
    by_texml = [each.id for each in here]
    if "TELNYX_CONNECTION_ID" in bad:
        yield skipped("application", "First correct TELNYX_CONNECTION_ID.")
    elif id:
        yield from account.application(settings, application)
    elif number_at in by_texml or (here and not number):
        yield ok("application", "no Call Control application is needed if all calls come by TeXML")
    else:
        yield account.no_application()
    yield _number(settings, api, bad, rows, by_texml)
    if settings.numbers:
        ids = [each for each in (id, *by_texml) if each]
        yield account.numbers_of_rooms(settings, [_numbers(api, "connection_id", i) for i in ids])
    yield from texml.examine(settings, listed, here, lambda id: _numbers(api, "connection_id", id))
    return at or next((each.origin for each in here), "")


def _number(
    settings: Settings, api: TelnyxApi, bad: set[str], rows: ApiResponse, by_texml: list[str]
) -> Finding:
    if "TELNYX_NUMBER" in bad:
        return skipped("number", "First correct TELNYX_NUMBER.")
    if settings.telnyx_number:
        return account.number(settings, rows, by_texml)
    for id in (settings.telnyx_connection_id, *by_texml):
        if id:
            return account.any_number(_numbers(api, "connection_id", id))
    return skipped("number", "First set TELNYX_NUMBER or TELNYX_CONNECTION_ID.")


def _rows(settings: Settings, api: TelnyxApi) -> ApiResponse:
    """List TELNYX_NUMBER with its +, which Telnyx accepts; its description is without."""
    rows = _numbers(api, "phone_number", settings.telnyx_number)
    return rows if rows.data else _numbers(api, "phone_number", settings.telnyx_number[1:])


def _numbers(api: TelnyxApi, name: str, value: str) -> ApiResponse:
    size = {"page[size]": str(account.PAGE)}
    return api.read("/phone_numbers", {f"filter[{name}]": value, **size})


def _reach(settings: Settings, at: str, bad: set[str]) -> Iterator[Finding]:
    """Check the server and the music as Telnyx reaches them."""
    ours = settings.room.public_url
    here = at or ours
    server = reach.server(settings, here) if here else None
    yield server or skipped(
        "server", "Its address is not known: first repair the application, or set PUBLIC_URL."
    )
    if "HOLD_AUDIO_URL" in bad:
        yield skipped("music", "First correct HOLD_AUDIO_URL.")
    elif settings.room.hold_audio_url:
        yield reach.music(settings, settings.room.hold_audio_url)
    elif server and server.state == "ok":
        yield reach.music(settings, (ours or here) + MUSIC)
    else:
        yield skipped("music", "It is on the server: first let Telnyx reach that.")
