"""Operations on the account's numbers."""

from __future__ import annotations

from collections.abc import Mapping

from ...account.records import Record
from ...network.world import World
from .. import pages
from ..errors import refused
from ..requests import Json, Operate, ParsedRequest
from .collection import contains, equals, ordered


def _digits(row: Record, wanted: str) -> bool:
    return wanted.removeprefix("+") in str(row["phone_number"])


def _tagged(row: Record, wanted: str) -> bool:
    return wanted in row["tags"]


_FILTERS = {
    "filter[phone_number]": _digits,
    "filter[connection_id]": equals("connection_id"),
    "filter[status]": equals("status"),
    "filter[country_iso_alpha2]": equals("country_iso_alpha2"),
    "filter[customer_reference]": equals("customer_reference"),
    "filter[tag]": _tagged,
    "filter[voice.connection_name][contains]": contains("connection_name"),
}
_SORTS = {name: name for name in ("purchased_at", "phone_number", "connection_name")}

_NOT_FORWARDED = {"call_forwarding_enabled": True, "forwards_to": "", "forwarding_type": None}


def list_numbers(world: World, request: ParsedRequest) -> Json:
    """List the numbers. filter[phone_number] matches a part of a number."""
    query = request.query
    rows = [
        row
        for row in world.account.numbers.values()
        if all(fits(row, query[name]) for name, fits in _FILTERS.items() if name in query)
    ]
    return pages.numbered(ordered(rows, _SORTS, query.get("sort", "")), query)


def read(world: World, request: ParsedRequest) -> Json:
    return {"data": _found(world, request)}


def update(world: World, request: ParsedRequest) -> Json:
    """Change a number. With connection_id, put it on an application of either kind."""
    row, fields = _found(world, request), dict(request.body)
    if "connection_id" in fields:
        id = fields.pop("connection_id")
        application = world.account.connection(id)
        if id and not application:
            raise refused("no such connection", "/connection_id")
        world.account.assign(row, application)
    row.update(fields | {"updated_at": world.date(world.clock.now())})
    return {"data": row}


def read_voice(world: World, request: ParsedRequest) -> Json:
    """Show the voice settings of a number: its application, and the defaults of all others."""
    return {"data": _voice(_found(world, request))}


def features(world: World, request: ParsedRequest) -> Json:
    """Show what numbers can do; only those of the account are known."""
    rows = map(world.account.numbered, request.body["phone_numbers"])
    shown = [
        {"phone_number": row["phone_number"], "features": row.get("features", ["voice"])}
        for row in rows
        if row
    ]
    return {"data": shown}


def _voice(row: Record) -> Json:
    return {
        "record_type": "voice_settings",
        "id": row["id"],
        "phone_number": row["phone_number"],
        "connection_id": row["connection_id"],
        "customer_reference": row["customer_reference"],
        "tech_prefix_enabled": False,
        "translated_number": "",
        "usage_payment_method": "pay-per-minute",
        "call_forwarding": row.get("call_forwarding", _NOT_FORWARDED),
        "inbound_call_screening": row.get("inbound_call_screening", "disabled"),
    }


def _found(world: World, request: ParsedRequest) -> Record:
    if row := world.account.numbers.get(request.target):
        return row
    raise refused("no such address")


OPERATIONS: Mapping[str, Operate] = {
    "ListPhoneNumbers": list_numbers,
    "RetrievePhoneNumber": read,
    "UpdatePhoneNumber": update,
    "RetrievePhoneNumberVoice": read_voice,
    "CreateNumbersFeature": features,
}
