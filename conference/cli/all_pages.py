"""`--all`: the pages of a list as one list."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import click

from conference.account.requests import Shown

MOST_PAGES = 400  # of 250 rows: 100,000 rows
WHOLE_PAGE = {"page_size": 250}  # Telnyx's maximum, and a quarter of the requests of the default
SIZES = ("page_size", "page_limit")
PLACES = ("page_number", "page_after", "page_before")

Get = Callable[[dict[str, Any]], Any]
"""The query -> the answer: `{<rows>: [...], "next": {...} | None}`."""


def all_pages(get: Get, gives: Shown, query: Mapping[str, Any]) -> dict[str, Any]:
    """Return the rows of all pages from the query's on, MOST_PAGES at most, and what is `next`.

    A row that moves to a later page while we read is listed once. ClickException if a page brings
    nothing new: such a list has no end.
    """
    sized = any(size in query for size in SIZES)
    page: dict[str, Any] = {**({} if sized else WHOLE_PAGE), **query}
    rows: dict[tuple[str, str], Any] = {}
    for _ in range(MOST_PAGES):
        answer = get(page)
        known = len(rows)
        for row in answer[gives.rows]:
            rows.setdefault((str(row.get("id")), str(row.get(gives.columns[0]))), row)
        following = answer["next"]
        if following and len(rows) == known:
            what = f"Telnyx has a further page after {known} rows, but lists nothing new"
            raise click.ClickException(what)
        if not following:
            break
        page = {name: value for name, value in page.items() if name not in PLACES} | following
    return {gives.rows: [*rows.values()], "next": following}
