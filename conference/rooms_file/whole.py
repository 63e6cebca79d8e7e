"""Checks between the rooms of the rooms file: names, numbers and PINs lead to one room each."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from conference.core.client_state import ROOM_NAME, ROOM_NAME_IS
from conference.core.doors import RECEPTION
from conference.core.human_text import folded
from conference.core.room_settings import Pin
from conference.core.schema.parameters import Wrong
from conference.rooms_file.own import Own
from conference.rooms_file.values import pins_within

RESERVED = ("status", "wait", RECEPTION)


class Read(NamedTuple):
    """A room of the file: its own values, and its place in errors."""

    own: Own
    place: str


def check(rooms: Mapping[str, Read], wrong: list[Wrong]) -> None:
    """Add what is wrong between rooms."""
    _check_slugs(rooms, wrong)
    _check_titles(rooms, wrong)
    _check_numbers(rooms, wrong)
    _check_pins(rooms, wrong)


def _check_slugs(rooms: Mapping[str, Read], wrong: list[Wrong]) -> None:
    before: dict[str, str] = {}
    for slug, (_, place) in rooms.items():
        if not ROOM_NAME.fullmatch(slug) or slug.lower() in RESERVED:
            what = f"the name of a room must be {ROOM_NAME_IS} or {RECEPTION}; `name` may be any"
            wrong.append(Wrong(place, what))
        elif other := before.get(slug.lower()):
            wrong.append(Wrong(place, f"differs from {other} in case only"))
        before.setdefault(slug.lower(), place)


def _check_titles(rooms: Mapping[str, Read], wrong: list[Wrong]) -> None:
    """Telnyx has one conference for a name, and a request names a room in either way."""
    before: dict[str, str] = {}
    titled = {folded(slug): place for slug, (own, place) in rooms.items() if own.title}
    slugs = {RECEPTION: "the reception", **titled}
    for slug, (own, place) in rooms.items():
        title = folded(own.title or slug)
        field = f"{place}.name" if own.title else place
        if title in before:
            wrong.append(Wrong(field, f"is at Telnyx the name of {before[title]}, too"))
        elif own.title and slugs.get(title, place) != place:
            wrong.append(Wrong(field, f"is in paths the name of {slugs[title]}, too"))
        before.setdefault(title, place)


def _check_numbers(rooms: Mapping[str, Read], wrong: list[Wrong]) -> None:
    before: dict[str, str] = {}
    for own, place in rooms.values():
        for number, nth in own.numbers.items():
            if number in before:
                what = f"number {nth} of the list leads to {before[number]} already"
                wrong.append(Wrong(f"{place}.numbers", what))
            before.setdefault(number, place)


def _check_pins(rooms: Mapping[str, Read], wrong: list[Wrong]) -> None:
    """Check that a caller who has entered a PIN cannot be about to enter a longer one."""
    digits = {pin.digits for own, _ in rooms.values() for pin in own.pins}
    names = (name for slug, (own, _) in rooms.items() for name in (slug[:64], own.title))
    in_names = {pin for name in names for pin in pins_within(name, digits)}
    begun: list[Pin] = []  # each begins the next
    for pin in sorted(pin for own, _ in rooms.values() for pin in own.pins):
        place = _place(pin, rooms)
        if pin.digits in in_names:
            wrong.append(Wrong(place, "is a part of the name of a room, and a name is no secret"))
        while begun and not pin.digits.startswith(begun[-1].digits):
            begun.pop()
        if begun:
            other = _place(begun[-1], rooms)
            same = begun[-1].digits == pin.digits
            what = f"is that of {other}" if same else f"begins with that of {other}"
            wrong.append(Wrong(place, f"{what}: nobody could tell them apart"))
        begun.append(pin)


def _place(pin: Pin, rooms: Mapping[str, Read]) -> str:
    return f"{rooms[pin.room].place}.{pin.role}_pin"
