"""Lists of the account's records that can be created, changed and deleted."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from ...account.account import Account
from ...account.records import Fields, Record, merged
from ...network.world import World
from .. import pages
from ..errors import refused
from ..requests import Json, ParsedRequest

Rows = Callable[[Account], dict[str, Record]]
Check = Callable[[World, Fields], None]


def _accept(world: World, fields: Fields) -> None:
    """Accept any fields that fit the description."""


@dataclass(frozen=True)
class Collection:
    """A kind of record.

    rows: returns the account's records, by id. new: makes a record of an id, a date and fields.
    check: raises Refused for fields that the description allows, and the account does not. show:
    returns the record as the API shows it. filters: functions of a row and a wanted text, by query
    parameter. sorts: fields by the value of `sort`. defaults: fields of a new record that is
    created without them.
    """

    rows: Rows
    new: Callable[[str, str, Fields], Record]
    filters: Mapping[str, Callable[[Record, str], bool]]
    sorts: Mapping[str, str]
    check: Check = _accept
    show: Callable[[World, Record], Record] = lambda world, record: record
    defaults: Callable[[Account], Fields] = lambda account: {}

    def list(self, world: World, request: ParsedRequest) -> Json:
        """List the records that fit, the newest first if the request does not set an order."""
        query = request.query
        rows = [
            row
            for row in reversed(self.rows(world.account).values())
            if all(fits(row, query[name]) for name, fits in self.filters.items() if name in query)
        ]
        rows = ordered(rows, self.sorts, query.get("sort", ""))
        return pages.numbered([self.show(world, row) for row in rows], query)

    def create(self, world: World, request: ParsedRequest) -> Json:
        self.check(world, request.body)
        id = world.account.new_id()
        fields = {**self.defaults(world.account), **request.body}
        row = self.new(id, world.date(world.clock.now()), fields)
        self.rows(world.account)[id] = row
        return {"data": self.show(world, row)}

    def read(self, world: World, request: ParsedRequest) -> Json:
        return {"data": self.show(world, self.found(world, request))}

    def update(self, world: World, request: ParsedRequest) -> Json:
        row = self.found(world, request)
        self.check(world, request.body)
        row.update(merged(row, request.body) | {"updated_at": world.date(world.clock.now())})
        return {"data": self.show(world, row)}

    def delete(self, world: World, request: ParsedRequest) -> Json:
        row = self.found(world, request)
        del self.rows(world.account)[row["id"]]
        return {"data": self.show(world, row)}

    def found(self, world: World, request: ParsedRequest) -> Record:
        """Return the record that the path names. Raise Refused for an unknown one."""
        if row := self.rows(world.account).get(request.target):
            return row
        raise refused("no such address")


def ordered(rows: Sequence[Record], sorts: Mapping[str, str], wanted: str) -> list[Record]:
    """Return rows in the order of the query's `sort`; with a minus sign, the other way round."""
    field = sorts.get(wanted.removeprefix("-"))
    if field is None:
        return [*rows]
    return sorted(rows, key=lambda row: str(row[field]), reverse=wanted.startswith("-"))


def contains(name: str) -> Callable[[Record, str], bool]:
    """Return the filter for a text in a field, in any case."""
    return lambda row, wanted: wanted.lower() in str(row[name] or "").lower()


def equals(name: str) -> Callable[[Record, str], bool]:
    """Return the filter for the value of a field."""
    return lambda row, wanted: str(row[name] or "") == wanted
