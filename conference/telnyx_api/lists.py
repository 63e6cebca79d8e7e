"""Reads Telnyx's lists to their ends: conferences, participants, active calls."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any, NamedTuple
from urllib.parse import quote

from conference.core.client_state import ClientState, decode
from conference.core.snapshot import Seen, Snapshot
from conference.core.telnyx_time import unix
from conference.telnyx_api.responses import Refused

log = logging.getLogger(__name__)

Get = Callable[[str, dict[str, str]], Any]
"""(path, query) -> the JSON of the response. Raises if there is none."""

Calls = dict[str, ClientState | None]
"""Each call with our client_state; None for a call without one."""

PAGE = 250  # rows; Telnyx's maximum
LIVE = ("in_progress", "init")  # statuses of a conference, the likelier first


class UnusableList(Exception):
    """The response is not a whole list."""


class Live(NamedTuple):
    """A live conference; the id is empty if there is none. `opened_at`: Unix seconds, if listed."""

    id: str = ""
    opened_at: float | None = None


def find(get: Get, name: str, region: str) -> Live:
    """Return the live conference of this name."""
    for status in LIVE:
        query = {"filter[name]": name, "filter[status]": status} | _region(region)
        for row in all_rows(get, "/conferences", query):
            if row.get("name") == name and row.get("status", status) == status:
                return Live(_text(row.get("id")), unix(row.get("created_at")))
    return Live()


def snapshot(get: Get, room: str, title: str, region: str, calls: Calls | None) -> Snapshot:
    """Return everything that Telnyx has of the room. UnusableList if a list is incomplete.

    `title`: the name of the room's conference. A conference that opened before the name was changed
    has the one that its calls keep.
    """
    seen = _of_room(room, calls) if calls is not None else Snapshot()
    kept = {state.title or room for state in (seen.calls or {}).values()}
    found = ((name, find(get, name, region)) for name in (title, *sorted(kept - {title})))
    title, conference = next((each for each in found if each[1].id), (title, Live()))
    if not conference.id:
        return seen
    path = f"/conferences/{quote(conference.id, safe='')}/participants"
    rows = list(all_rows(get, path, _region(region)))
    joined = {
        _text(row.get("call_control_id")): _seen(row)
        for row in rows
        if row.get("status") == "joined"
    }
    return replace(
        seen,
        conference=conference.id,
        title=title,
        joined=joined,
        opened_at=conference.opened_at,
        stays=len(rows),
    )


def _seen(row: dict[str, Any]) -> Seen:
    joined_at = unix(row.get("created_at"))
    return Seen(bool(row.get("on_hold")), bool(row.get("muted")), joined_at)


def active_calls(get: Get, connection_id: str) -> Calls | None:
    """Return the application's calls, of all rooms; None if Telnyx has no list for this id."""
    if not connection_id:
        return None
    path = f"/connections/{quote(connection_id, safe='')}/active_calls"
    try:
        return {
            _text(row.get("call_control_id")): decode(row.get("client_state"))
            for row in all_rows(get, path, {}, size="page[limit]")
        }
    except (UnusableList, Refused) as error:
        if isinstance(error, Refused) and error.answer.status != 404:
            raise
        log.warning("Telnyx lists no calls for TELNYX_CONNECTION_ID: is it your application's id?")
        return None


def _of_room(name: str, calls: Calls) -> Snapshot:
    known = {call: state for call, state in calls.items() if state}
    return Snapshot(
        calls={call: state for call, state in known.items() if state.room == name},
        elsewhere={call: state.room for call, state in known.items() if state.room != name},
        unknown_calls=frozenset(calls.keys() - known.keys() - {""}),
    )


def all_rows(
    get: Get, path: str, query: dict[str, str], size: str = "page[size]"
) -> Iterator[dict[str, Any]]:
    """Yield every row of all pages."""
    query, number = {**query, size: str(PAGE)}, 1
    known: set[Any] = set()
    while True:
        answer = get(path, query)
        if not isinstance(answer, dict) or not isinstance(answer.get("data"), list):
            raise UnusableList(path)
        if not all(isinstance(row, dict) for row in answer["data"]):
            raise UnusableList(path)
        rows = [row for row in answer["data"] if _identity(row) not in known]
        yield from rows
        known.update(_identity(row) for row in rows)
        following = next_page(answer.get("meta"), number)
        if not following:
            return
        if not rows:
            # Half a list does not prove that a call is gone.
            raise UnusableList(f"{path} is incomplete")
        query, number = {**query, **following}, number + 1


def next_page(meta: object, number: int) -> dict[str, str]:
    """Return the query of the page after page `number`; {} after the last.

    Lists have a cursor (meta.cursors) or a number of pages (meta.total_pages). UnusableList if
    neither can be read.
    """
    fields = _fields(meta)
    if fields.get("next"):
        after = _fields(fields.get("cursors")).get("after")
        if not after:
            raise UnusableList("there is a next page, and no cursor to it")
        return {"page[after]": str(after)}
    pages = str(fields.get("total_pages") or 1)
    if not pages.isdecimal():
        raise UnusableList(f"it has {pages[:20]} pages")
    return {"page[number]": str(number + 1)} if number < int(pages[:9]) else {}


def _fields(value: object) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _identity(row: dict[str, Any]) -> Any:
    """Return what no other row has: a call that came back is a participant twice."""
    return str(row.get("id")), str(row.get("call_control_id"))


def _region(region: str) -> dict[str, str]:
    return {"region": region} if region else {}


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""
