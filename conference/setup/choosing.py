"""Chooses the application by which callers come in, and its public address."""

from __future__ import annotations

import re
from collections.abc import Sequence

from conference.masking import hide_all_secrets
from conference.setup import doors
from conference.setup.doors import Door
from conference.setup.found import NAME, Found
from conference.setup.wishes import Choice, Impossible, Question, Wishes
from conference.telnyx_records.applications import Record
from conference.telnyx_records.numbers import connection

NEW = "new"
OUR_NAME = re.compile(rf"{NAME}(-\d+)?")


def choose(found: Found, wishes: Wishes) -> Record | None:
    """Return the application to use; None for a new one. Question, Impossible."""
    door = doors.for_(found, wishes)
    records = door.records(found)
    if wishes.application:
        return _named(door, records, wishes.application)
    ours = _ours(door, records, found, public_url(found, wishes))
    if len(ours) == 1:
        return ours[0]
    likely = ours or [each for each in records if OUR_NAME.fullmatch(door.kind.name_of(each))]
    if likely or (records and wishes.attended):
        raise _question(door, likely, records, found)
    return None


def public_url(found: Found, wishes: Wishes) -> str:
    """Return the public address by the wishes or the settings; empty if neither has one."""
    return wishes.url or found.setting("PUBLIC_URL").rstrip("/")


def choose_url(record: Record | None, found: Found, wishes: Wishes) -> str:
    """Return the public address that the application must have; empty if it is not known.

    Question: only the user can know it.
    """
    door = doors.for_(found, wishes)
    known = public_url(found, wishes) or (door.origin(record) if record else "")
    is_missing = record is None or not door.is_unset(record)
    may_ask = wishes.attended and wishes.url is None
    if known or not (door.needs_url or (is_missing and may_ask)):
        return known
    how = "It is needed." if door.needs_url else "Leave it empty if `flask run --tunnel` sets it."
    text = f"Public address of this server, such as https://line.example.com. {how}"
    raise Question("url", "--public-url", text)


def _named(door: Door, records: Sequence[Record], wish: str) -> Record | None:
    if wish == NEW:
        return None
    there = [each for each in records if wish in (each.get("id"), door.kind.name_of(each))]
    if len(there) != 1:
        how_many, title = f"{len(there)} of them are" if there else "none is", door.kind.title
        raise Impossible(f"--application: {how_many} named {wish}. Give the id of a {title}.")
    return there[0]


def _ours(door: Door, records: Sequence[Record], found: Found, url: str) -> list[Record]:
    """Return the applications that belong to this line, by the surest sign that any has.

    If several have it, the next sign decides between them.
    """
    id = found.setting(door.id_setting) if door.id_setting else ""
    number = found.own_number
    at = connection(number) if number else ""
    signs = (
        lambda each: id and each.get("id") == id,
        lambda each: url and door.origin(each) == url,
        lambda each: at and each.get("id") == at and door.origin(each),
        lambda each: _is_half_made(door, each, found),
    )
    ours: list[Record] = []
    for sign in signs:
        ours = [each for each in ours or records if sign(each)] or ours
    return ours


def _is_half_made(door: Door, record: Record, found: Found) -> bool:
    """Return whether a set-up that was interrupted has made the application."""
    is_used = any(connection(row) == record.get("id") for row in found.numbers)
    has_our_name = bool(OUR_NAME.fullmatch(door.kind.name_of(record)))
    return has_our_name and door.is_unset(record) and not is_used


def _question(
    door: Door, likely: Sequence[Record], records: Sequence[Record], found: Found
) -> Question:
    first = [*likely, *(each for each in records if each not in likely)]
    choices = [Choice(str(each.get("id")), _described(door, each, found)) for each in first]
    default = choices[0].value if len(likely) == 1 else NEW
    text = f"Which {door.kind.title} takes the calls? Do not take one that serves another program."
    return Question(
        "application", "--application", text, [*choices, Choice(NEW, "make a new one")], default
    )


def _described(door: Door, record: Record, found: Found) -> str:
    numbers = sum(connection(row) == record.get("id") for row in found.numbers)
    to = "nobody yet" if door.is_unset(record) else hide_all_secrets(door.kind.address(record))
    return f"{door.kind.name_of(record)}: reports calls to {to}; numbers: {numbers}"
