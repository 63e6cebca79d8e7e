"""The values of one room alone: its name at Telnyx, its numbers, PINs and roster."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from conference.core.requests.verb_parameters import ROLES as ROLE
from conference.core.room_settings import Known, Pin
from conference.core.schema.parameters import Wrong
from conference.core.schema.phone_numbers import PhoneNumber
from conference.core.schema.texts import Label, Pattern
from conference.rooms_file.rows import ROLES
from conference.rooms_file.values import checked, unknown

NAME = Label(64, least=1)
NUMBER = PhoneNumber(private=True)
PIN = Pattern("[0-9]{4,12}", "4 to 12 digits in quotation marks", private=True)
PINS = {f"{role}_pin": role for role in ROLES}
NAMES = ("name", "numbers", *PINS, "roster")


@dataclass(frozen=True, slots=True)
class Own:
    """`numbers`: with the place of each in the file's list, from 1. `roster`: by number."""

    title: str
    numbers: Mapping[str, int]
    pins: tuple[Pin, ...]
    roster: Mapping[str, Known]


def read(slug: str, given: Mapping[str, Any], place: str, wrong: list[Wrong]) -> Own:
    """Return what the table has of these. Add each wrong value to `wrong`."""
    try:
        title = checked(NAME, given["name"]) if "name" in given else ""
    except ValueError as error:
        wrong.append(Wrong(f"{place}.name", str(error)))
        title = ""
    return Own(
        title,
        _numbers(given.get("numbers", []), f"{place}.numbers", wrong),
        tuple(_pins(slug, given, place, wrong)),
        _roster(given.get("roster", {}), f"{place}.roster", wrong),
    )


def _numbers(given: Any, place: str, wrong: list[Wrong]) -> dict[str, int]:
    if not isinstance(given, list):
        wrong.append(Wrong(place, 'must be a list, such as ["+13125550142"]'))
        return {}
    found: dict[str, int] = {}
    for nth, value in enumerate(given, 1):
        try:
            number = checked(NUMBER, value)
        except ValueError as error:
            wrong.append(Wrong(place, f"number {nth} of the list {error}"))
            continue
        if number in found:
            wrong.append(Wrong(place, f"number {nth} of the list is number {found[number]}, too"))
        found.setdefault(number, nth)
    return found


def _pins(slug: str, given: Mapping[str, Any], place: str, wrong: list[Wrong]) -> Iterator[Pin]:
    for name, role in PINS.items():
        if name in given:
            try:
                yield Pin(PIN.check(given[name]), slug, role)
            except ValueError as error:
                wrong.append(Wrong(f"{place}.{name}", str(error)))


def _roster(given: Any, place: str, wrong: list[Wrong]) -> dict[str, Known]:
    if not isinstance(given, dict):
        wrong.append(Wrong(place, 'must be a table, such as "+13125550142" = "Ann"'))
        return {}
    found: dict[str, Known] = {}
    for nth, (number, value) in enumerate(given.items(), 1):
        entry = f"entry {nth}"
        try:
            known = checked(NUMBER, number)
        except ValueError as error:
            wrong.append(Wrong(place, f"the number of {entry} {error}"))
            continue
        if known in found:
            wrong.append(Wrong(place, f"the number of {entry} is there twice"))
        found[known] = _known(value, place, entry, wrong)
    return found


def _known(given: Any, place: str, entry: str, wrong: list[Wrong]) -> Known:
    """Read a name, or a table of a name and a role."""
    if not isinstance(given, dict):
        given = {"name": given}
    fields = {"name": NAME, "role": ROLE}
    for name in given:
        if name not in fields:
            of_table = unknown("", name, fields, "a part of the table")
            wrong.append(Wrong(place, f"{entry}: {of_table.field} {of_table.problem}"))
    values: dict[str, Any] = {}
    for name, kind in fields.items():
        if name in given:
            try:
                values[name] = checked(kind, given[name])
            except ValueError as error:
                wrong.append(Wrong(place, f"{entry}: {name} {error}"))
    return Known(values.get("name", ""), values.get("role", "participant"))
