"""Makes the steps that create or correct the application, and what only the user can do."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from conference.core.origin import UNSET, WEBHOOK
from conference.masking import hide_all_secrets
from conference.setup.chosen import Chosen
from conference.setup.doors import CALL_CONTROL, Door, is_known
from conference.setup.found import NAME, Found
from conference.setup.repairs import Repair
from conference.setup.step import Made, Request, Step
from conference.telnyx_records.applications import Record

ONE = "/{application}"
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


def left(chosen: Chosen) -> Iterator[str]:
    """Yield what only the user can do about the application."""
    door, record = chosen.door, chosen.application
    if record and not chosen.url and not door.is_unset(record):
        where = hide_all_secrets(door.kind.address(record))
        yield f"The application reports calls to {where}, which is no line: give --public-url."


def steps(chosen: Chosen) -> Iterator[Step]:
    """Yield the steps that create or correct the application, and set the settings for it."""
    door, record, found = chosen.door, chosen.application, chosen.found
    kind = door.kind
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
        request = Request("PATCH", kind.path + ONE, update(chosen) | wrong)
        what = f"Correct the {kind.title} {kind.name_of(record)}: {_words(wrong)}"
        yield Step(Repair.APPLICATION, what, request, env)
    elif env:
        names = (name if value else f"no {name}" for name, value in env.items())
        what = f"Use the {kind.title} {kind.name_of(record)}: {' and '.join(names)} in .env"
        yield Step(Repair.APPLICATION, what, env=env)


def update(chosen: Chosen) -> dict[str, Any]:
    """Return the fields that Telnyx's description requires in each update of the application."""
    kind, record = chosen.door.kind, chosen.application or {}
    name = kind.name_of(record) or _free_name(chosen.door, chosen.found)
    right = _right(chosen).get(kind.url)
    return {kind.name: name, kind.url: right or kind.address(record) or UNSET + WEBHOOK}


def _right(chosen: Chosen) -> Mapping[str, Any]:
    record, url = chosen.application, chosen.url
    return chosen.door.fields(
        record or {}, url if record else url or UNSET, chosen.found, chosen.wishes
    )


def _new(chosen: Chosen, env: Mapping[str, str | Made]) -> Iterator[Step]:
    kind, right = chosen.door.kind, _right(chosen)
    name = _free_name(chosen.door, chosen.found)
    request = Request("POST", kind.path, {kind.name: name, **right}, makes="application")
    what = f"Create the {kind.title} {name}: {_words(right)}"
    yield Step(Repair.APPLICATION, what, request, env)


def _env(chosen: Chosen) -> Iterator[tuple[str, str | Made]]:
    """Yield the settings that lead to the application."""
    door, record, found = chosen.door, chosen.application, chosen.found
    if door.id_setting:
        yield door.id_setting, str(record.get("id")) if record else Made("application")
    elif not is_known(CALL_CONTROL, found) and found.file.get(CALL_CONTROL.id_setting):
        yield CALL_CONTROL.id_setting, ""  # it names an application of another kind, or none
    there = found.file.get("PUBLIC_URL", "").rstrip("/")
    if chosen.url != there and (door.needs_url or found.setting("PUBLIC_URL")):
        yield "PUBLIC_URL", chosen.url


def _free_name(door: Door, found: Found) -> str:
    taken = {door.kind.name_of(each) for each in door.records(found)}
    names = (NAME, *(f"{NAME}-{number}" for number in range(2, len(taken) + 3)))
    return next(each for each in names if each not in taken)


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
    return hide_all_secrets(str(value))
