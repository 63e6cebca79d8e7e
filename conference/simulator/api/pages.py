"""Pages of Telnyx's lists, by number or by cursor."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import quote

from .errors import refused

PAGE = "20"  # rows, if the request does not set a size

Query = Mapping[str, str]


def numbered(rows: Sequence[dict[str, Any]], query: Query) -> dict[str, Any]:
    """Return the page of page[number] and page[size], with its meta."""
    size = int(query.get("page[size]", PAGE))
    number = int(query.get("page[number]", "1"))
    meta = {
        "page_number": number,
        "page_size": size,
        "total_pages": -(-len(rows) // size),
        "total_results": len(rows),
    }
    return {"data": list(rows[(number - 1) * size : number * size]), "meta": meta}


def by_cursor(
    rows: Sequence[tuple[int, dict[str, Any]]], query: Query, path: str
) -> dict[str, Any]:
    """Return the page of page[limit] and page[after], with its meta.

    rows: (position, row) in ascending order. A row's position must never change; then a row that
    disappears between two requests does not shift the pages. path: the list's address.
    """
    limit = int(query.get("page[limit]", PAGE))
    after = _position(query["page[after]"]) if query.get("page[after]") else -1
    rest = [(position, row) for position, row in rows if position > after]
    page, more = rest[:limit], len(rest) > limit
    cursor = _cursor(page[-1][0]) if more else None
    address = f"{path}?page[after]={quote(cursor)}&page[limit]={limit}" if cursor else None
    meta = {
        "cursors": {"after": cursor, "before": None},
        "next": address,
        "previous": None,
        "total_items": len(rows),
    }
    return {"data": [row for _, row in page], "meta": meta}


def _cursor(position: int) -> str:
    return "v1:" + base64.b64encode(b"after %d" % position).decode()


def _position(cursor: str) -> int:
    try:
        return int(base64.b64decode(cursor.removeprefix("v1:"), validate=True)[len(b"after ") :])
    except (binascii.Error, ValueError) as error:
        raise refused("cursor", "page[after]") from error
