"""`--all`: the pages of a list as one list."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any

import click

from conference.account.requests import Shown

MOST_PAGES = 400  # of 250 rows: 100,000 rows
WHOLE_PAGE = {"page_size": 250}  # Telnyx's maximum, and a quarter of the requests of the default
SIZES = ("page_size", "page_limit")

Get = Callable[[dict[str, Any]], Any]
"""The query -> the answer: `{<rows>: [...], "next": {...} | None}`."""


def all_pages(get: Get, gives: Shown, query: Mapping[str, Any]) -> dict[str, Any]:
    """Return the rows of all pages from the query's on, MOST_PAGES at most, and what is `next`.

    ClickException if a page brings nothing new: such a list has no end.
    """
    query = dict(query) if any(size in query for size in SIZES) else {**WHOLE_PAGE, **query}
    rows: list[Any] = []
    known: set[str] = set()
    for _ in range(MOST_PAGES):
        answer = get(query)
        seen = {json.dumps(each, sort_keys=True) for each in answer[gives.rows]}
        following = answer["next"]
        if following and seen <= known:
            raise click.ClickException(f"Telnyx gives the same page again after {len(rows)} rows")
        rows += answer[gives.rows]
        known |= seen
        if not following:
            break
        query |= following
    return {gives.rows: rows, "next": following}
