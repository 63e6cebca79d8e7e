"""All checks in their order. A check gets the settings and Telnyx's answers, and yields facts."""

from __future__ import annotations

import time
from collections.abc import Generator, Iterator
from contextlib import closing
from urllib.parse import quote

from conference.core.origin import MUSIC, origin
from conference.settings import ENV_FILE, Settings
from conference.settings.kinds import KINDS
from conference.telnyx_api import ApiResponse, TelnyxApi

from . import account, application, numbers, reach, redis, texml
from .finding import Fact

NEEDED = {"TELNYX_API_KEY", "TELNYX_BASE_URL"}  # for any request to Telnyx
OF_THE_ACCOUNT = ("application.not-checked", "number.not-checked", "texml.not-checked")
PROBLEMS = {
    "TELNYX_API_KEY": "settings.api-key",
    "TELNYX_PUBLIC_KEY": "settings.public-key",
    **dict.fromkeys(KINDS.keys() - NEEDED - {"TELNYX_PUBLIC_KEY"}, "settings.problem"),
    **dict.fromkeys(("TELNYX_BASE_URL", ENV_FILE), "settings.problem"),
}
"""The facts of malformed settings; any other name is one of the rooms file."""


def facts(settings: Settings) -> Iterator[Fact]:
    """Yield the facts of all checks, each as soon as it is there."""
    yield from _settings(settings)
    if settings.redis_url:
        yield redis.examine(settings)
    bad = {problem.name for problem in settings.problems}
    if bad & NEEDED:
        first = " and ".join(sorted(bad & NEEDED))
        yield Fact("api-key.not-checked", first=first)
        yield from _account_not_checked(first)
        at = ""
    else:
        with closing(TelnyxApi(settings.telnyx_api_key, settings.telnyx_base_url)) as api:
            at = yield from _account(settings, api, bad)
    yield from _reach(settings, at, bad)


def _settings(settings: Settings) -> Iterator[Fact]:
    for problem in settings.problems:
        yield Fact(PROBLEMS.get(problem.name, "settings.rooms-file"), problem=problem)
    for problem in settings.misspelt:
        yield Fact("settings.misspelt", problem=problem)
    for problem in settings.exposed:
        is_env = problem.name == ENV_FILE
        name = "settings.env-file-exposed" if is_env else "settings.rooms-file-exposed"
        yield Fact(name, problem=problem)
    if not (settings.problems or settings.warnings):
        yield Fact("settings.ok")


def _account(settings: Settings, api: TelnyxApi, bad: set[str]) -> Generator[Fact, None, str]:
    """Check the account. Return the address of this server by Telnyx's records, or ""."""
    first = api.read("/phone_numbers", {"page[size]": "1"})
    now = time.time()
    key = account.key(settings, first)
    yield key
    if key.is_ok:
        yield account.signing_key(settings, api.read("/public_key"))
        yield account.clock(first, now)
        return (yield from _doors(settings, api, bad))
    yield from _account_not_checked(
        "the API key", account.clock(first, now) if first.status else None
    )
    return ""


def _account_not_checked(first: str, clock: Fact | None = None) -> Iterator[Fact]:
    yield Fact("public-key.not-checked", first=first)
    yield clock or Fact("clock.not-checked", first=first)
    for name in OF_THE_ACCOUNT:
        yield Fact(name, first=first)


def _doors(settings: Settings, api: TelnyxApi, bad: set[str]) -> Generator[Fact, None, str]:
    """Check the applications that calls come by. Return our address by them, or ""."""
    id, number = settings.telnyx_connection_id, settings.telnyx_number
    record = api.read(f"/call_control_applications/{quote(id, safe='')}") if id else ApiResponse(0)
    at = origin(application.webhook_url(record.data))
    rows = _rows(settings, api) if number else ApiResponse(0)
    number_at = numbers.application_of(settings, rows)
    listed = api.read("/texml_applications", {"page[size]": "250"})
    ours = settings.room.public_url or at
    here = texml.leading_here(texml.applications(listed), number_at, ours)
    by_texml = [each.id for each in here]
    if "TELNYX_CONNECTION_ID" in bad:
        yield Fact("application.not-checked", first="TELNYX_CONNECTION_ID")
    elif id:
        yield from application.examine(settings, record)
    elif number_at in by_texml or (here and not number):
        yield Fact("application.not-needed")
    else:
        yield Fact("application.not-set")
    yield _number(settings, api, bad, rows, by_texml)
    if settings.numbers:
        ids = [each for each in (id, *by_texml) if each]
        yield numbers.of_rooms(settings, [_numbers(api, "connection_id", i) for i in ids])
    yield from texml.examine(settings, listed, here, lambda id: _numbers(api, "connection_id", id))
    return at or next((each.origin for each in here), "")


def _number(
    settings: Settings, api: TelnyxApi, bad: set[str], rows: ApiResponse, by_texml: list[str]
) -> Fact:
    if "TELNYX_NUMBER" in bad:
        return Fact("number.not-checked", first="TELNYX_NUMBER")
    if settings.telnyx_number:
        return numbers.examine(settings, rows, by_texml)
    for id in (settings.telnyx_connection_id, *by_texml):
        if id:
            return numbers.any_number(_numbers(api, "connection_id", id))
    return Fact("number.not-set")


def _rows(settings: Settings, api: TelnyxApi) -> ApiResponse:
    """List TELNYX_NUMBER with its +, which Telnyx accepts; its description is without."""
    rows = _numbers(api, "phone_number", settings.telnyx_number)
    return rows if rows.data else _numbers(api, "phone_number", settings.telnyx_number[1:])


def _numbers(api: TelnyxApi, name: str, value: str) -> ApiResponse:
    size = {"page[size]": str(numbers.PAGE)}
    return api.read("/phone_numbers", {f"filter[{name}]": value, **size})


def _reach(settings: Settings, at: str, bad: set[str]) -> Iterator[Fact]:
    """Check the server and the music as Telnyx reaches them."""
    ours = settings.room.public_url
    here = at or ours
    server = reach.server(settings, here) if here else Fact("server.no-address")
    yield server
    if "HOLD_AUDIO_URL" in bad:
        yield Fact("music.not-checked", first="HOLD_AUDIO_URL")
    elif settings.room.hold_audio_url:
        yield reach.music(settings, settings.room.hold_audio_url)
    elif server.is_ok:
        yield reach.music(settings, (ours or here) + MUSIC)
    else:
        yield Fact("own-music.not-checked")
