"""Pages of TeXML's lists: numbered from 0, each with the address of the next one."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import urlencode

from ..api.errors import refused

PAGE = "20"  # rows, if the request does not set a size


def indexed(
    name: str, rows: Sequence[tuple[int, dict[str, Any]]], query: Mapping[str, str], uri: str
) -> dict[str, Any]:
    """Return the page of Page, PageSize and PageToken.

    name: the rows' field in the answer. rows: (position, row) in ascending order. A row's position
    must never change; then rows that appear or disappear between two requests do not shift the
    pages. uri: the list's address.
    """
    size, page = int(query.get("PageSize", PAGE)), int(query.get("Page", "0"))
    if token := query.get("PageToken"):
        after = _position(token)
        rest = [row for row in rows if row[0] > after]
    else:
        rest = [*rows[page * size :]]
    shown = rest[:size]
    answer = {
        name: [row for _, row in shown],
        "page": page,
        "page_size": size,
        "start": page * size,
        "end": page * size + max(len(shown) - 1, 0),
        "uri": _address(uri, page, size, token),
        "first_page_uri": _address(uri, 0, size),
    }
    if len(rest) > size:
        answer["next_page_uri"] = _address(uri, page + 1, size, _token(shown[-1][0]))
    return answer


def _address(uri: str, page: int, size: int, token: str | None = None) -> str:
    fields = {"Page": str(page), "PageSize": str(size)}
    return f"{uri}?{urlencode(fields | ({'PageToken': token} if token else {}))}"


def _token(position: int) -> str:
    return base64.urlsafe_b64encode(b"after %d" % position).decode().rstrip("=")


def _position(token: str) -> int:
    try:
        text = base64.b64decode(token + "=" * (-len(token) % 4), b"-_", validate=True)
        return int(text[len(b"after ") :])
    except (binascii.Error, ValueError) as error:
        raise refused("cursor", "PageToken") from error
