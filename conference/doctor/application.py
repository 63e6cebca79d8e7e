"""Checks of the Call Control application."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import quote

from conference.core.origin import UNSET, WEBHOOK, parts
from conference.settings import Settings
from conference.telnyx_api import ApiResponse
from conference.telnyx_records.applications import CALL_CONTROL, LEAST_TIMEOUT, TEXML

from . import web
from .finding import Fact, unreadable

NONE = (400, 404, 422)  # statuses for an id that names no application
DTMF = "RFC 2833"

Record = dict[str, Any]


def examine(settings: Settings, answer: ApiResponse) -> Iterator[Fact]:
    """Does the application deliver to us? Yield a fact for each fault of it."""
    if not isinstance(answer.data, dict):
        yield unreadable("application.unreadable", answer)
    else:
        url = webhook_url(answer.data)
        limits = _limits(settings, answer.data)
        wrong = [*_wrong(answer.data), *_address(settings, url), *_failover(answer.data), *limits]
        yield from wrong or [Fact("application.ok", url=web.shown(url))]


def other_kind(id: str, answer: ApiResponse, read: Callable[[str], ApiResponse]) -> Fact:
    """Return what the id names instead of a Call Control application.

    `answer`: Telnyx's refusal. `read`: sends a GET to a path.
    """
    quoted = quote(id, safe="")
    texml = read(TEXML.path_of(id)).data
    if isinstance(texml, dict):
        return Fact("application.is-texml", app=TEXML.name_of(texml)[:60])
    for path in (f"/connections/{quoted}", f"/messaging_profiles/{quoted}"):
        data = read(path).data
        kind = data.get("record_type") if isinstance(data, dict) else None
        if isinstance(kind, str) and kind:
            return Fact("application.other-kind", kind=kind.replace("_", " ")[:60])
    return Fact("application.missing", status=answer.status)


def webhook_url(record: Any) -> str:
    """Return the address that the application delivers to; empty if it has none, or UNSET."""
    url = CALL_CONTROL.address(record) if isinstance(record, dict) else ""
    return "" if url.startswith(UNSET) else url


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


def _failover(record: Record) -> Iterator[Fact]:
    """Do webhooks that are not answered in time go elsewhere?"""
    url, other = webhook_url(record), record.get("webhook_event_failover_url")
    if isinstance(other, str) and other.strip() and not web.same(other.strip(), url):
        yield Fact("application.failover", url=web.shown(other.strip()))


def _limits(settings: Settings, record: Record) -> Iterator[Fact]:
    inbound, most = record.get("inbound"), settings.room.max_participants
    limit = inbound.get("channel_limit") if isinstance(inbound, dict) else None
    if isinstance(limit, int) and limit < most:
        yield Fact("application.channel-limit", limit=limit, most=most)
    kind = record.get("dtmf_type")
    if kind not in (None, DTMF):
        yield Fact("application.dtmf", kind=kind)


def _address(settings: Settings, url: str) -> Iterator[Fact]:
    scheme = parts(url).scheme
    if scheme not in ("http", "https"):
        yield Fact("application.no-url")
        return
    if scheme == "http" and not web.inside(settings.telnyx_base_url):
        yield Fact("application.http")
    if not parts(url).path.endswith(WEBHOOK):
        yield Fact("application.path", url=web.shown(url))
        return
    ours = settings.room.public_url
    if ours and not web.same(url, ours + WEBHOOK):
        yield Fact("application.elsewhere", url=web.shown(url))
