"""What Telnyx's lists say of a room, read to their ends."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import quote

from conference.core.client_state import ClientState, decode
from conference.core.snapshot import Seen, Snapshot

log = logging.getLogger(__name__)

Get = Callable[[str, dict[str, str]], Any]
"""(path, query) -> the answer's JSON; raises when there is none."""

PAGE = 250  # rows; the most that Telnyx gives
LIVE = ("in_progress", "init")  # a conference's states, the likelier first


class NoList(Exception):
    """Telnyx answered with something else than a list."""


def find(get: Get, name: str, region: str) -> str:
    """The id of the live conference of this name; empty where there is none."""
    for status in LIVE:
        query = {"filter[name]": name, "filter[status]": status} | _region(region)
        for row in _rows(get, "/conferences", query):
            if row.get("name") == name and row.get("status", status) == status:
                return _text(row.get("id"))
    return ""


def snapshot(get: Get, name: str, region: str, connection_id: str) -> Snapshot:
    """Everything that Telnyx has of the room. Raises rather than give half of it."""
    try:
        calls = _calls(get, name, connection_id) if connection_id else None
    except NoList:
        log.warning("Telnyx lists no calls for TELNYX_CONNECTION_ID: is it your application's id?")
        calls = None
    conference = find(get, name, region)
    if not conference:
        return Snapshot(calls=calls)
    path = f"/conferences/{quote(conference, safe='')}/participants"
    joined = {
        _text(row.get("call_control_id")): Seen(bool(row.get("on_hold")), bool(row.get("muted")))
        for row in _rows(get, path, _region(region))
        if row.get("status") == "joined"
    }
    return Snapshot(conference, joined, calls)


def _calls(get: Get, name: str, connection_id: str) -> dict[str, ClientState]:
    path = f"/connections/{quote(connection_id, safe='')}/active_calls"
    found: dict[str, ClientState] = {}
    for row in _rows(get, path, {}, size="page[limit]"):
        state = decode(row.get("client_state"))
        if state is not None and state.room == name:
            found[_text(row.get("call_control_id"))] = state
    return found


def _rows(
    get: Get, path: str, query: dict[str, str], size: str = "page[size]"
) -> Iterator[dict[str, Any]]:
    """Every row. Telnyx pages by cursor (meta.cursors) or by number (meta.total_pages)."""
    query, number = {**query, size: str(PAGE)}, 1
    known: set[Any] = set()
    while True:
        answer = get(path, query)
        if not isinstance(answer, dict) or not isinstance(answer.get("data"), list):
            raise NoList(path)
        rows = [row for row in answer["data"] if _identity(row) not in known]
        yield from rows
        known.update(_identity(row) for row in rows)
        meta = answer.get("meta") or {}
        after = (meta.get("cursors") or {}).get("after") if meta.get("next") else None
        number += 1
        if not (meta.get("next") or number <= (meta.get("total_pages") or 1)):
            return
        if not rows or (meta.get("next") and not after):
            raise NoList(f"{path} broke off")  # half a list proves nobody's absence
        query = {**query, **({"page[after]": after} if after else {"page[number]": str(number)})}


def _identity(row: dict[str, Any]) -> Any:
    return row.get("call_control_id") or row.get("id")


def _region(region: str) -> dict[str, str]:
    return {"region": region} if region else {}


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""
