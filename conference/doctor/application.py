"""Checks of the Call Control application."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from conference.core.origin import WEBHOOK
from conference.settings import Settings
from conference.telnyx_api import ApiResponse

from . import web
from .finding import Fact, unreadable
from .phrases.applications import LEAST_TIMEOUT

NONE = (400, 404, 422)  # statuses for an id that names no application

Record = dict[str, Any]


def examine(settings: Settings, answer: ApiResponse) -> Iterator[Fact]:
    """Does the application deliver to us? Yield a fact for each fault of it."""
    if answer.status in NONE:
        yield Fact("application.missing", status=answer.status)
    elif not isinstance(answer.data, dict):
        yield unreadable("application.unreadable", answer)
    else:
        url = webhook_url(answer.data)
        wrong = [*_wrong(answer.data), *_address(settings, url)]
        yield from wrong or [Fact("application.ok", url=web.shown(url))]


def webhook_url(record: Any) -> str:
    """Return the address that the application delivers to; empty if it has none."""
    url = record.get("webhook_event_url") if isinstance(record, dict) else None
    return url.strip() if isinstance(url, str) else ""


def _wrong(record: Record) -> Iterator[Fact]:
    if record.get("active") is False:
        yield Fact("application.inactive")
    elif record.get("active") is not True:
        yield Fact("application.activity-not-shown")
    version = record.get("webhook_api_version")
    if str(version) != "2":
        yield Fact("application.api-version", version=version)
    seconds = record.get("webhook_timeout_secs")
    if isinstance(seconds, int) and seconds < LEAST_TIMEOUT:
        yield Fact("application.timeout", seconds=seconds)


def _address(settings: Settings, url: str) -> Iterator[Fact]:
    scheme = web.parts(url).scheme
    if scheme not in ("http", "https"):
        yield Fact("application.no-url")
        return
    if scheme == "http" and not web.inside(settings.telnyx_base_url):
        yield Fact("application.http")
    if not web.parts(url).path.endswith(WEBHOOK):
        yield Fact("application.path", url=web.shown(url))
        return
    ours = settings.room.public_url
    if ours and not web.same(url, ours + WEBHOOK):
        yield Fact("application.elsewhere", url=web.shown(url))
