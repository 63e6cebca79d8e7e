"""Facts about the running server, from its `/api/health`."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

from conference.telnyx_api import ApiResponse

from .finding import Fact, unreadable

RECENT = 600.0  # seconds for which an error of Telnyx is a warning
FAILING = {"key refused": 1, "unknown": 3, "busy": 3, "limited": 3}
"""So many errors of a kind, and no accepted command since, are a failure."""


def examine(report: dict[str, Any], whoami: Callable[[], ApiResponse]) -> Iterator[Fact]:
    """Yield the facts in their order. `report` is as `conference.reporting.health` makes it.

    A field that the report of another version lacks is a fact, too. `whoami` reads the ids of the
    key's user; it is called only if a callback of TeXML has come.
    """
    for check in (*CHECKS, partial(_account, whoami)):
        try:
            yield from check(report)
        except KeyError as missing:
            yield Fact("live.not-reported", field=missing.args[0])


def _server(report: dict[str, Any]) -> Iterator[Fact]:
    yield Fact(
        "live.up",
        uptime=_span(report["uptime"]),
        rooms=report["rooms"],
        calls=report["participants"],
        started_at=report["started_at"],
    )


def _webhooks(report: dict[str, Any]) -> Iterator[Fact]:
    age = report["webhook_age"]
    if age is None:
        yield Fact("webhooks.none", uptime=_span(report["uptime"]))
    else:
        yield Fact("webhooks.ok", age=_span(age))


def _telnyx(report: dict[str, Any]) -> Iterator[Fact]:
    error, age = report["telnyx_error"], report["telnyx_age"]
    if error is None:
        yield Fact("telnyx.no-command") if age is None else Fact("telnyx.ok", age=_span(age))
        return
    accepted = "no command yet" if age is None else f"the last command {_span(age)} ago"
    values = {"error": error["what"], "error_age": _span(error["age"]), "accepted": accepted}
    if _is_failing(error):
        yield Fact("telnyx.failing", **values)
    elif error["age"] > RECENT and not error.get("since_accepted"):
        yield Fact("telnyx.ok-again", **values)
    else:
        yield Fact("telnyx.error", **values)


def _is_failing(error: dict[str, Any] | None) -> bool:
    """Does Telnyx carry out no command at present?"""
    if error is None:
        return False
    most: float = FAILING.get(error.get("kind", ""), float("inf"))
    return bool(error.get("since_accepted", 0) >= most)


def _keys(report: dict[str, Any]) -> Iterator[Fact]:
    """Report whether Telnyx sends the keys of callers in a conference, where a room has keys."""
    age = report["key_age"]
    if age is not None:
        yield Fact("keys.ok", age=_span(age))
    elif report["has_keys"]:
        yield Fact("keys.none")


def _waiting(report: dict[str, Any]) -> Iterator[Fact]:
    for each in report["waiting"]:
        yield Fact("waiting.late", **each, age=_span(each["seconds"]))
    if not report["waiting"]:
        yield Fact("waiting.ok")


def _unknown(report: dict[str, Any]) -> Iterator[Fact]:
    calls, age = report["unknown_calls"], report["calls_compared_age"]
    for call in calls:
        yield Fact("unknown-calls.some", call=call)
    if calls:
        return
    if age is None:
        yield Fact("unknown-calls.not-read")
    elif _is_failing(report["telnyx_error"]):
        yield Fact("unknown-calls.read-long-ago", age=_span(age))
    else:
        yield Fact("unknown-calls.ok", age=_span(age))


def _names(report: dict[str, Any]) -> Iterator[Fact]:
    for each in report["taken_names"]:
        yield Fact("name.taken", room=each["room"], age=_span(each["age"]))
    for room in report["shared_rooms"]:
        yield Fact("name.shared", room=room)


def _comparison(report: dict[str, Any]) -> Iterator[Fact]:
    age, unread_for = report["compared_age"], report["unread_for"]
    if unread_for is not None:
        yield Fact("comparison.nothing-read", age=_span(unread_for))
    elif age is None:
        yield Fact("comparison.none")
    else:
        failing = _is_failing(report["telnyx_error"])
        name = "comparison.long-ago" if failing else "comparison.ok"
        yield Fact(name, age=_span(age), healed=report["healed"])


def _account(whoami: Callable[[], ApiResponse], report: dict[str, Any]) -> Iterator[Fact]:
    """Is the account of TeXML's callbacks that of the key? Commands are sent about it."""
    account = report["texml_account"]
    if not account:
        return
    answer = whoami()
    ids = answer.data if isinstance(answer.data, dict) else {}
    if not ids.get("organization_id"):
        yield unreadable("account.unreadable", answer)
    elif account == ids["organization_id"]:
        yield Fact("account.organization")
    elif account == ids.get("user_id"):
        yield Fact("account.user")
    else:
        yield Fact("account.other", account=account)


def _log(report: dict[str, Any]) -> Iterator[Fact]:
    lost = report["log_lines_lost"]
    yield Fact("log.lost", lost=lost) if lost else Fact("log.ok")


def _span(seconds: float) -> str:
    if seconds < 120:
        return f"{seconds:.0f} s"
    if seconds < 7200:
        return f"{seconds / 60:.0f} min"
    return f"{seconds / 3600:.0f} h"


CHECKS = (_server, _webhooks, _telnyx, _keys, _waiting, _unknown, _names, _comparison, _log)
