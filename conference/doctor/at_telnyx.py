"""The checks of the account in their order, with the requests that they need."""

from __future__ import annotations

import time
from collections.abc import Generator, Iterator
from typing import NamedTuple
from urllib.parse import quote

from conference.core.origin import origin, parts
from conference.settings import Settings
from conference.telnyx_api import ApiResponse, TelnyxApi
from conference.telnyx_records.applications import CALL_CONTROL, TEXML

from . import account, application, deliveries, limits, numbers, texml
from .finding import Fact
from .texml import Application

OF_THE_ACCOUNT = (
    *("balance.not-checked", "application.not-checked", "number.not-checked"),
    *("texml.not-checked", "deliveries.not-checked"),
)
NOTHING = ApiResponse(0)


class Way(NamedTuple):
    """How Telnyx reaches this server, by its records; empty if that is not known.

    origin: the address without /webhook or /texml. url: where it delivers to.
    """

    origin: str = ""
    url: str = ""


def examine(settings: Settings, api: TelnyxApi, bad: set[str]) -> Generator[Fact, None, Way]:
    """Check the account. `bad`: names of malformed settings."""
    first = api.read("/phone_numbers", {"page[size]": "1"})
    now = time.time()
    key = account.key(settings, first)
    yield key
    if not key.is_ok:
        clock = account.clock(first, now) if first.status else None
        yield from not_checked("the API key", clock)
        return Way()
    yield account.signing_key(settings, api.read("/public_key"))
    yield account.clock(first, now)
    yield limits.balance(api.read("/balance"))
    return (yield from _doors(settings, api, bad, now))


def not_checked(first: str, clock: Fact | None = None) -> Iterator[Fact]:
    """Yield the facts of what cannot be checked without an account. `first`: what to correct."""
    yield Fact("public-key.not-checked", first=first)
    yield clock or Fact("clock.not-checked", first=first)
    for name in OF_THE_ACCOUNT:
        yield Fact(name, first=first)


def _doors(
    settings: Settings, api: TelnyxApi, bad: set[str], now: float
) -> Generator[Fact, None, Way]:
    """Check the applications that calls come by."""
    id, number = settings.telnyx_connection_id, settings.telnyx_number
    record = api.read(CALL_CONTROL.path_of(id)) if id else NOTHING
    url = application.webhook_url(record.data)
    rows = _rows(settings, api) if number else NOTHING
    listed = api.read_all(TEXML.path)
    number_at = numbers.application_of(settings, rows)
    ours = settings.room.public_url or origin(url)
    here = texml.leading_here(texml.applications(listed), number_at, ours)
    yield from _application(settings, api, bad, record, here, number_at)
    yield from _number(settings, api, bad, rows, here)
    if settings.numbers:
        ids = [each for each in (id, *(app.id for app in here)) if each]
        yield numbers.of_rooms(settings, [_numbers(api, "connection_id", i) for i in ids])
    yield from texml.examine(settings, listed, here, lambda id: _numbers(api, "connection_id", id))
    if settings.dial_allow:
        calls_by = record.data if id else next((app.record for app in here), None)
        path = limits.profile_path(calls_by)
        yield from limits.outbound(settings, calls_by, api.read(path) if path else NOTHING)
    way = _way(url, here)
    if host := parts(way.url).netloc:
        failed = api.read("/webhook_deliveries", deliveries.query(host, now))
        yield from deliveries.examine(failed, host, now)
    else:
        yield Fact("deliveries.not-checked", first="the application")
    return way


def _way(url: str, here: list[Application]) -> Way:
    if origin(url):
        return Way(origin(url), url)
    return next((Way(each.origin, each.url) for each in here if each.origin), Way())


def _application(
    settings: Settings,
    api: TelnyxApi,
    bad: set[str],
    record: ApiResponse,
    here: list[Application],
    number_at: str,
) -> Iterator[Fact]:
    id = settings.telnyx_connection_id
    if "TELNYX_CONNECTION_ID" in bad:
        yield Fact("application.not-checked", first="TELNYX_CONNECTION_ID")
    elif id and record.status in application.NONE:
        yield application.other_kind(id, record, api.read)
    elif id:
        yield from application.examine(settings, record)
    elif number_at in (each.id for each in here) or (here and not settings.telnyx_number):
        yield Fact("application.not-needed")
    else:
        yield Fact("application.not-set")


def _number(
    settings: Settings, api: TelnyxApi, bad: set[str], rows: ApiResponse, here: list[Application]
) -> Iterator[Fact]:
    if "TELNYX_NUMBER" in bad:
        yield Fact("number.not-checked", first="TELNYX_NUMBER")
        return
    if not settings.telnyx_number:
        ids = (settings.telnyx_connection_id, *(each.id for each in here))
        id = next((each for each in ids if each), "")
        yield (
            numbers.any_number(_numbers(api, "connection_id", id)) if id else Fact("number.not-set")
        )
        return
    found = numbers.examine(
        settings, rows, [app.id for app in here], [app.id for app in here if not app.origin]
    )
    wrong = []
    if id := numbers.id_of(settings, rows):
        features = api.request(
            "POST", "/numbers_features", body={"phone_numbers": [settings.telnyx_number]}
        )
        voice = api.read(f"/phone_numbers/{quote(id, safe='')}/voice")
        wrong = [*numbers.voice(settings, features, voice)]
    if (wrong and not found.is_ok) or not wrong:
        yield found
    yield from wrong


def _rows(settings: Settings, api: TelnyxApi) -> ApiResponse:
    """List TELNYX_NUMBER with its +, which Telnyx accepts; its description is without."""
    rows = _numbers(api, "phone_number", settings.telnyx_number)
    return rows if rows.data else _numbers(api, "phone_number", settings.telnyx_number[1:])


def _numbers(api: TelnyxApi, name: str, value: str) -> ApiResponse:
    return api.read_all("/phone_numbers", {f"filter[{name}]": value})
