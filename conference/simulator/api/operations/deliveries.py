"""Operations on the deliveries of webhooks."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping

from ...account.records import Record
from ...network.world import World
from .. import pages
from ..errors import refused
from ..requests import Json, Operate, ParsedRequest


def _has(part: str) -> Callable[[Record, str], bool]:
    return lambda row, wanted: wanted in json.dumps(row[part])


_FILTERS: Mapping[str, Callable[[Record, str], bool]] = {
    "filter[status][eq]": lambda row, wanted: row["status"] == wanted,
    "filter[event_type]": lambda row, wanted: row["webhook"]["event_type"] in wanted.split(","),
    "filter[webhook][contains]": _has("webhook"),
    "filter[attempts][contains]": _has("attempts"),
    "filter[started_at][gte]": lambda row, wanted: row["started_at"] >= wanted,
    "filter[started_at][lte]": lambda row, wanted: row["started_at"] <= wanted,
    "filter[finished_at][gte]": lambda row, wanted: row["finished_at"] >= wanted,
    "filter[finished_at][lte]": lambda row, wanted: row["finished_at"] <= wanted,
}


def list_deliveries(world: World, request: ParsedRequest) -> Json:
    """List the deliveries that fit, the newest first."""
    query = request.query
    rows = [
        row
        for row in world.account.deliveries
        if all(fits(row, query[name]) for name, fits in _FILTERS.items() if name in query)
    ]
    return pages.numbered(rows, query)


def read(world: World, request: ParsedRequest) -> Json:
    for row in world.account.deliveries:
        if row["id"] == request.target:
            return {"data": row}
    raise refused("no such address")


OPERATIONS: Mapping[str, Operate] = {
    "GetWebhookDeliveries": list_deliveries,
    "GetWebhookDelivery": read,
}
