"""Checks of the webhooks that Telnyx could not deliver lately."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any, NamedTuple

from conference.core.origin import parts
from conference.core.telnyx_time import unix
from conference.telnyx_api import ApiResponse

from .finding import Fact, unreadable

LATELY = 24 * 3600.0  # seconds
MOST = 100  # deliveries that are read: the newest
IN_TIME = 1.5  # seconds; Telnyx waits longer for an answer, so sooner there was no connection

BY_STATUS = {
    401: "deliveries.not-genuine",
    404: "deliveries.no-path",
    405: "deliveries.method",
    3: "deliveries.redirected",
    4: "deliveries.refused",
    5: "deliveries.server-error",
}
"""The fact of a status, else of its first digit."""


class Failed(NamedTuple):
    """A webhook that was not delivered. at: as Telnyx writes it. status: 0 without an answer."""

    fact: str
    event: str
    at: str
    status: int


def query(host: str, now: float) -> dict[str, str]:
    """Return the query for the deliveries to this host that failed lately. `now`: Unix seconds."""
    since = datetime.fromtimestamp(now - LATELY, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    return {
        "filter[status][eq]": "failed",
        "filter[attempts][contains]": host,
        "filter[started_at][gte]": since,
        "page[size]": str(MOST),
    }


def examine(answer: ApiResponse, host: str, now: float) -> Iterator[Fact]:
    """Yield a fact for each cause: its count, last time and last event. No body."""
    if not isinstance(answer.data, list):
        yield unreadable("deliveries.unreadable", answer)
        return
    failed = [found for row in answer.data if (found := _failed(row, host, now))]
    more = " or more" if len(answer.data) >= MOST else ""
    causes = dict.fromkeys((each.fact, each.status) for each in failed)
    for fact, status in causes:
        those = [each for each in failed if (each.fact, each.status) == (fact, status)]
        last = max(those, key=lambda each: each.at)
        count = f"{len(those)}{more}"
        yield Fact(fact, count=count, status=status, event=last.event, at=last.at)
    if not failed:
        yield Fact("deliveries.ok")


def _failed(row: Any, host: str, now: float) -> Failed | None:
    """Return the last attempt to our host; None if there is none, or it is long ago."""
    attempts = _list(row, "attempts") if _field(row, "status") == "failed" else []
    ours = [each for each in attempts if _host(each) == host]
    last = max(ours, key=lambda each: _text(_field(each, "started_at")), default=None)
    if last is None:
        return None
    began, ended = (unix(_field(last, name)) for name in ("started_at", "finished_at"))
    if began is None or now - began > LATELY:
        return None
    status = _field(_field(_field(last, "http"), "response"), "status")
    event = _text(_field(_field(row, "webhook"), "event_type"))[:60]
    at = datetime.fromtimestamp(began, UTC).strftime("%Y-%m-%d %H:%M:%S UTC")
    if not isinstance(status, int):
        late = ended is not None and ended - began >= IN_TIME
        return Failed("deliveries.no-answer" if late else "deliveries.no-connection", event, at, 0)
    fact = BY_STATUS.get(status) or BY_STATUS.get(status // 100, "deliveries.refused")
    return Failed(fact, event, at, status)


def _host(attempt: Any) -> str:
    url = _field(_field(_field(attempt, "http"), "request"), "url")
    return parts(_text(url)).netloc


def _field(value: Any, name: str) -> Any:
    return value.get(name) if isinstance(value, dict) else None


def _list(value: Any, name: str) -> list[Any]:
    found = _field(value, name)
    return found if isinstance(found, list) else []


def _text(value: Any) -> str:
    return value if isinstance(value, str) else ""
