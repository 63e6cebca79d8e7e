"""Reads the rooms file: numbers, PINs, rosters and settings of rooms, checked as a whole."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field, replace
from itertools import islice
from pathlib import Path
from typing import Any

from conference.core.admission.opening_hours import ALWAYS
from conference.core.keys.presets import PRESETS, USUAL
from conference.core.room_settings import RoomSettings
from conference.core.schema.parameters import Wrong
from conference.core.sentences import SENTENCES
from conference.core.texml.attributes import too_many
from conference.masking import hide_all_secrets

from . import file, keys, own, rows, whole, words
from .values import shown_room, unknown

MOST_ROOMS = 3000
MOST_REPORTED = 100  # problems
SECRETS = "the PINs and rosters of the rooms"

Table = Mapping[str, Any]
OF_FILE = ("rooms", "defaults")
OF_DEFAULTS = (*(row.name for row in rows.ROWS), "keys", "words")
NOT_TAKEN = {**rows.NOT_TAKEN, **dict.fromkeys(own.NAMES, "each room has its own")}
OF_FILE_ALONE: Table = {
    "keys": PRESETS[USUAL],
    "announce_ends": True,
    "announce_recording": True,
    "fresh_conference": True,
}
"""Settings of each room unless the file has others; without a file they are off."""
OF_ROOM = (*own.NAMES, *OF_DEFAULTS)
A_SETTING = "a setting of a room"


@dataclass(frozen=True, slots=True)
class RoomsFile:
    """The contents of the file; empty if anything is `wrong`.

    `rooms`: by name, in the file's order. `reception`: the settings of the room in which the PINs
    are entered. `numbers`: those that lead to a room, in E.164, with its name.
    """

    rooms: Mapping[str, RoomSettings] = field(default_factory=dict)
    reception: RoomSettings = field(default_factory=RoomSettings)
    numbers: Mapping[str, str] = field(default_factory=dict, repr=False)
    wrong: tuple[Wrong, ...] = ()


def read(path: str, base: RoomSettings, *, with_texml: bool = False) -> RoomsFile:
    """Read the file. A setting that is not in it has the value of `base`.

    `with_texml`: callers come by TeXML, too, whose conferences have fewer participants.
    """
    try:
        tables = file.load(Path(path))
    except file.Unusable as error:
        shown = hide_all_secrets(path)  # an address may be there by mistake
        return RoomsFile(wrong=(Wrong("ROOMS_FILE", f"{shown} {error}"),))
    return check(tables, base, with_texml=with_texml)


def check(tables: Mapping[str, Any], base: RoomSettings, *, with_texml: bool = False) -> RoomsFile:
    """Return the rooms of the file's tables, or everything that is wrong with them."""
    wrong: list[Wrong] = []
    _refuse_others(tables, "", OF_FILE, "a table of the rooms file", wrong)
    defaults = _table(tables.get("defaults", {}), "defaults", wrong)
    _refuse_others(defaults, "defaults", OF_DEFAULTS, A_SETTING, wrong)
    usual = _over(replace(base, **OF_FILE_ALONE), defaults, "defaults", wrong)
    rooms: dict[str, RoomSettings] = {}
    found: dict[str, whole.Read] = {}
    for slug, place, table in _rooms(tables, wrong):
        _refuse_others(table, place, OF_ROOM, A_SETTING, wrong)
        theirs = own.read(slug, table, place, wrong)
        settings = rows.settle_start(_over(usual, table, place, wrong), place, wrong)
        by_texml = with_texml or bool(rows.TEXML_ALONE & {*table, *defaults})
        if by_texml and (why := too_many(settings.max_participants)):
            wrong.append(Wrong(f"{place}.max_participants", why.rstrip(".")))
        found[slug] = whole.Read(theirs, place)
        rooms[slug] = replace(settings, title=theirs.title, pins=theirs.pins, roster=theirs.roster)
    whole.check(found, wrong)
    if wrong:
        return RoomsFile(wrong=_bounded(wrong))
    every_pin = tuple(pin for room in rooms.values() for pin in room.pins)
    return RoomsFile(
        rooms,
        reception=replace(
            usual,
            stages=("pin",),
            pins=every_pin,
            keys={},
            lobby=False,
            queue_when_full=False,
            # A PIN leads to its room, which says that it is closed, or its minutes are used up.
            opening_hours=ALWAYS,
            minutes_per_day=0,
        ),
        numbers={number: slug for slug, (its, _) in found.items() for number in its.numbers},
    )


def _over(base: RoomSettings, table: Table, place: str, wrong: list[Wrong]) -> RoomSettings:
    """Return the settings with those of the table over them."""
    settings = rows.apply(base, table, place, wrong)
    if "keys" in table:
        found = keys.read(table["keys"], base.keys, f"{place}.keys", wrong)
        settings = replace(settings, keys=found)
    theirs = base.words if settings.language == base.language else {}
    if "words" in table:
        given = _table(table["words"], f"{place}.words", wrong)
        _refuse_others(given, f"{place}.words", SENTENCES, "a sentence of the line", wrong)
        theirs = words.read(given, theirs, f"{place}.words", wrong)
    return replace(settings, words=theirs)


def _rooms(tables: Mapping[str, Any], wrong: list[Wrong]) -> Iterator[tuple[str, str, Table]]:
    """Yield each room's name, its place in errors and its table."""
    given = _table(tables.get("rooms", {}), "rooms", wrong)
    if not 0 < len(given) <= MOST_ROOMS:
        what = f"must have 1 to {MOST_ROOMS} rooms, such as [rooms.sales]"
        wrong.append(Wrong("rooms", what))
        return
    tables_alone = [table for table in given.values() if isinstance(table, dict)]
    pins = {str(table.get(name)) for table in tables_alone for name in own.PINS}
    for slug, table in given.items():
        place = shown_room(slug, pins)
        yield slug, place, _table(table, place, wrong)


def _table(given: Any, place: str, wrong: list[Wrong]) -> Table:
    if isinstance(given, dict):
        return given
    wrong.append(Wrong(place, "must be a table"))
    return {}


def _refuse_others(
    given: Table, place: str, known: Collection[str], what: str, wrong: list[Wrong]
) -> None:
    """Add each unknown name. The search for a name that is meant takes time, so it is bounded."""
    others = (name for name in given if name not in known)
    for name in islice(others, max(MOST_REPORTED + 1 - len(wrong), 0)):
        wrong.append(unknown(place, name, known, what, NOT_TAKEN))


def _bounded(wrong: list[Wrong]) -> tuple[Wrong, ...]:
    rest = (Wrong("ROOMS_FILE", "has more problems"),) if len(wrong) > MOST_REPORTED else ()
    return (*wrong[:MOST_REPORTED], *rest)
