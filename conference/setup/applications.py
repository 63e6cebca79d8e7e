"""Chooses the application by which callers come in, and makes the steps that correct it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from conference.setup import doors
from conference.setup.chosen import Chosen
from conference.setup.doors import CALL_CONTROL, UNSET, Door, is_known, shown
from conference.setup.found import NAME, Found, Record, connection
from conference.setup.repairs import Repair
from conference.setup.step import Made, Request, Step
from conference.setup.wishes import Choice, Impossible, Question, Wishes

NEW = "new"
ONE = "/{application}"
OUR_NAME = re.compile(rf"{NAME}(-\d+)?")
WORDS = {
    "active": "switched on",
    "webhook_event_url": "webhooks to {}",
    "webhook_event_failover_url": "failover to {}",
    "webhook_api_version": "API v{}",
    "webhook_timeout_secs": "{} s for an answer",
    "voice_url": "instructions from {}",
    "voice_fallback_url": "failover to {}",
    "voice_method": "by POST",
}
"""What a sentence says of each field that is set."""


def choose(found: Found, wishes: Wishes) -> Record | None:
    """Return the application to use; None for a new one. Question, Impossible."""
    door = doors.for_(found, wishes)
    records = door.records(found)
    if wishes.application:
        return _named(door, records, wishes.application)
    ours = _ours(door, records, found, public_url(found, wishes))
    if len(ours) == 1:
        return ours[0]
    likely = ours or [each for each in records if OUR_NAME.fullmatch(name_of(door, each))]
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
    needed = record is None or door.needs_url or not door.is_unset(record)
    may_ask = wishes.url is None and (wishes.attended or door.needs_url)
    if known or not (needed and may_ask):
        return known
    how = "It is needed." if door.needs_url else "Leave it empty if `flask run --tunnel` sets it."
    text = f"Public address of this server, such as https://line.example.com. {how}"
    raise Question("url", "--public-url", text)


def left(chosen: Chosen) -> Iterator[str]:
    """Yield what only the user can do about the application."""
    door, record = chosen.door, chosen.application
    if record and not chosen.url and not door.is_unset(record):
        where = shown(door.address(record))
        yield f"The application reports calls to {where}, which is no line: give --public-url."
    id = CALL_CONTROL.id_setting
    if (
        door is not CALL_CONTROL
        and chosen.found.setting(id)
        and not is_known(CALL_CONTROL, chosen.found)
    ):
        yield f"{id} names no {CALL_CONTROL.title}: remove it, if all calls come by TeXML."


def steps(chosen: Chosen) -> Iterator[Step]:
    """Yield the steps that create or correct the application, and set the settings for it."""
    door, record, found = chosen.door, chosen.application, chosen.found
    env = {name: value for name, value in _env(chosen) if found.file.get(name) != value}
    secret = door.secret(record or {}, found)
    if secret and found.file.get("TEXML_SECRET") != secret:
        # Before the application has it in its address: a second run must know it.
        what = "Put TEXML_SECRET into .env: Telnyx may not sign its requests for instructions"
        yield Step(Repair.APPLICATION, what, env={"TEXML_SECRET": secret})
    if record is None:
        yield from _new(chosen, env)
        return
    wrong = {k: value for k, value in _right(chosen).items() if not _same(record, k, value)}
    if wrong:
        request = Request("PATCH", door.path + ONE, update(chosen) | wrong)
        what = f"Correct the {door.title} {name_of(door, record)}: {_words(wrong)}"
        yield Step(Repair.APPLICATION, what, request, env)
    elif env:
        what = f"Use the {door.title} {name_of(door, record)}: {' and '.join(env)} in .env"
        yield Step(Repair.APPLICATION, what, env=env)


def update(chosen: Chosen) -> dict[str, Any]:
    """Return the fields that Telnyx's description requires in each update of the application."""
    door, record = chosen.door, chosen.application or {}
    name = name_of(door, record) or _free_name(door, chosen.found)
    right = _right(chosen).get(door.url)
    return {door.name: name, door.url: right or door.address(record) or UNSET}


def _right(chosen: Chosen) -> Mapping[str, Any]:
    record, url = chosen.application, chosen.url
    return chosen.door.fields(
        record or {}, url if record else url or UNSET, chosen.found, chosen.wishes
    )


def _new(chosen: Chosen, env: Mapping[str, str | Made]) -> Iterator[Step]:
    door, found = chosen.door, chosen.found
    name, right = _free_name(door, found), _right(chosen)
    request = Request("POST", door.path, {door.name: name, **right}, makes="application")
    what = f"Create the {door.title} {name}: {_words(right)}"
    yield Step(Repair.APPLICATION, what, request, env)


def _env(chosen: Chosen) -> Iterator[tuple[str, str | Made]]:
    """Yield the settings that lead to the application."""
    door, record = chosen.door, chosen.application
    if door.id_setting:
        yield door.id_setting, str(record.get("id")) if record else Made("application")
    there = chosen.found.file.get("PUBLIC_URL", "").rstrip("/")
    if chosen.url != there and (door.needs_url or chosen.found.setting("PUBLIC_URL")):
        yield "PUBLIC_URL", chosen.url


def _named(door: Door, records: Sequence[Record], wish: str) -> Record | None:
    if wish == NEW:
        return None
    there = [each for each in records if wish in (each.get("id"), name_of(door, each))]
    if len(there) != 1:
        how_many = f"{len(there)} of them are" if there else "none is"
        raise Impossible(f"--application: {how_many} named {wish}. Give the id of a {door.title}.")
    return there[0]


def _ours(door: Door, records: Sequence[Record], found: Found, url: str) -> list[Record]:
    """Return the applications that belong to this line, by the surest sign that any has."""
    id = found.setting(door.id_setting) if door.id_setting else ""
    number = found.own_number
    at = connection(number) if number else ""
    signs = (
        lambda each: id and each.get("id") == id,
        lambda each: url and door.origin(each) == url,
        lambda each: at and each.get("id") == at and door.origin(each),
        lambda each: _is_half_made(door, each, found),
    )
    by_sign = ([each for each in records if sign(each)] for sign in signs)
    return next((those for those in by_sign if those), [])


def _is_half_made(door: Door, record: Record, found: Found) -> bool:
    """Return whether a set-up that was interrupted has made the application."""
    is_used = any(connection(row) == record.get("id") for row in found.numbers)
    return bool(OUR_NAME.fullmatch(name_of(door, record))) and door.is_unset(record) and not is_used


def _question(
    door: Door, likely: Sequence[Record], records: Sequence[Record], found: Found
) -> Question:
    first = [*likely, *(each for each in records if each not in likely)]
    choices = [Choice(str(each.get("id")), _described(door, each, found)) for each in first]
    default = choices[0].value if len(likely) == 1 else NEW
    text = f"Which {door.title} takes the calls? Do not take one that serves another program."
    return Question(
        "application", "--application", text, [*choices, Choice(NEW, "make a new one")], default
    )


def _described(door: Door, record: Record, found: Found) -> str:
    numbers = sum(connection(row) == record.get("id") for row in found.numbers)
    to = shown(door.address(record)) or "nobody"
    return f"{name_of(door, record)}: reports calls to {to}; numbers: {numbers}"


def _free_name(door: Door, found: Found) -> str:
    taken = {name_of(door, each) for each in door.records(found)}
    names = (NAME, *(f"{NAME}-{number}" for number in range(2, len(taken) + 3)))
    return next(each for each in names if each not in taken)


def name_of(door: Door, record: Record) -> str:
    return str(record.get(door.name) or "")


def _same(record: Record, name: str, value: Any) -> bool:
    return bool(AS_WRITTEN.get(name, _as_it_is)(record.get(name)) == value)


def _as_it_is(value: Any) -> Any:
    return value


AS_WRITTEN: Mapping[str, Callable[[Any], Any]] = {
    "webhook_api_version": str,
    "voice_method": lambda method: str(method or "post").lower(),
}
"""How a field of a record is compared."""


def _words(fields: Mapping[str, Any]) -> str:
    texts = {name: _text(value) for name, value in fields.items()}
    return ", ".join(WORDS[name].format(text) for name, text in texts.items())


def _text(value: Any) -> str:
    if str(value).startswith(f"{UNSET}/"):
        return "an address that `flask run --tunnel` or --public-url will set"
    return shown(str(value))
