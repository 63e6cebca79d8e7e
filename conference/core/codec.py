"""Rooms, events and commands as JSON text, and back.

The annotations of the classes decide what is written, so a new field needs no change here:

| annotation | JSON |
|---|---|
| dataclass or named tuple | an object of its fields, without those that have their default |
| one of several classes | the same, with the class's tag as `is` |
| `Mapping` | an object; a list of pairs if its keys are not strings |
| `tuple` | a list |
| `frozenset` | a sorted list |
| `Any` | JSON, or an object of a class with its tag |

Names of fields, defaults and values of `Literal` are part of what is stored: to change one takes a
new VERSION. A new field with a default takes none. Where it has its default it is not written, so
older code can still read the text.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import MISSING, fields, is_dataclass
from functools import cache, partial
from types import NoneType, UnionType
from typing import Any, Literal, Union, cast, get_args, get_origin, get_type_hints

from conference.core import commands as c
from conference.core import events as e
from conference.core.room import Room
from conference.core.snapshot import Snapshot
from conference.core.texml.facts import Fetch, PinPosted, StatusCallback

VERSION = 2  # any other is refused

TAGS: dict[type, str] = {
    Room: "room",
    Snapshot: "snapshot",
    c.Queue: "queue",
    c.Answer: "answer",
    c.Speak: "speak",
    c.Gather: "gather",
    c.Record: "record",
    c.Create: "create",
    c.Find: "find",
    c.Join: "join",
    c.Hangup: "hangup",
    c.Kick: "kick",
    c.Leave: "leave",
    c.Remember: "remember",
    c.Dial: "dial",
    c.PassThrough: "pass through",
    c.Hold: "hold",
    c.Unhold: "unhold",
    c.Mute: "mute",
    c.Unmute: "unmute",
    c.TakeSnapshot: "take snapshot",
    e.Webhook: "webhook",
    StatusCallback: "status callback",
    Fetch: "fetch",
    PinPosted: "pin posted",
    e.Outcome: "outcome",
    e.DeadlinePassed: "deadline passed",
    e.SnapshotWanted: "snapshot wanted",
    e.ModeratorRequest: "moderator request",
    e.HandedOver: "handed over",
    e.RequestAnswered: "request answered",
    e.InternalFault: "internal fault",
}
"""The tag of each class that stands in a union or in `Any`. Tags are stored: never change one."""

CLASSES = {tag: kind for kind, tag in TAGS.items()}
IS = "is"  # the key of a tag; no field has this name, since it is a keyword of Python
PLAIN = "json"  # the tag of JSON from outside that has a key `is` itself

LARGEST = 1.7976931348623157e308  # the largest float
SCALARS: dict[Any, set[type]] = {
    **{kind: {kind} for kind in (str, int, bool, NoneType)},
    float: {float, int},
}
"""The types that a value of each scalar annotation may have."""

WRITTEN_AS: dict[Any, Callable[[Any], list[Any]]] = {
    tuple: list,
    frozenset: partial(sorted, key=str),  # so that equal sets have equal text
}

Converter = Callable[[Any], Any]
"""Converts a value to its JSON, or back. ValueError or TypeError if its type is wrong."""


class CodecError(ValueError):
    """The value cannot be written, or the text cannot be read.

    The message names the field and the fault. It shows no value, since values may be private.
    """


def encode(value: Room | e.Event | c.Command) -> str:
    """Return the value as JSON: one line of ASCII. CodecError if a part of it has a wrong type."""
    try:
        return json.dumps({"version": VERSION, "value": _write_any(value)}, separators=(",", ":"))
    except (RecursionError, TypeError, ValueError) as error:
        raise CodecError(f"cannot write {type(value).__name__}: {error}") from error


def decode_room(text: str) -> Room:
    """Return the room that `encode` wrote. CodecError for any other text."""
    return cast(Room, _decode(text, Room))


def decode_event(text: str) -> e.Event:
    """Return the event that `encode` wrote. CodecError for any other text."""
    return cast(e.Event, _decode(text, e.Event))


def decode_command(text: str) -> c.Command:
    """Return the command that `encode` wrote. CodecError for any other text."""
    return cast(c.Command, _decode(text, c.Command))


def _decode(text: str, kind: Any) -> object:
    try:
        whole = _checked({dict}, json.loads(text))
        if whole.keys() != {"version", "value"}:
            raise CodecError("it must have a version and a value, and no more")
        if _checked({int}, whole["version"]) != VERSION:
            raise CodecError(f"its version is {whole['version']}, not {VERSION}")
        return _union(get_args(kind) or (kind,), reading=True)(whole["value"])
    except (RecursionError, TypeError, ValueError) as error:
        raise CodecError(f"cannot read JSON: {error}") from error


@cache
def converter(annotation: Any, reading: bool) -> Converter:
    """Return the function that writes, or reads, values of this annotation."""
    origin, arguments = get_origin(annotation), get_args(annotation)
    if annotation is Any:
        return _read_any if reading else _write_any
    if annotation in SCALARS:
        return partial(_checked, SCALARS[annotation])
    if origin is Literal:
        return partial(_choice, arguments)
    if origin in (Union, UnionType):
        return _union(arguments, reading)
    if origin is Mapping:
        return _mapping(arguments, reading)
    if origin in (tuple, frozenset):
        return _items(origin, arguments, reading)
    if is_dataclass(annotation) or hasattr(annotation, "_fields"):
        return _read_fields(annotation) if reading else _write_fields(annotation)
    raise TypeError(f"no rule for {annotation}")


@cache
def _union(members: tuple[Any, ...], reading: bool) -> Converter:
    """Return the converter of a union: of one type or None without a tag, of several with tags."""
    if NoneType in members and len(members) == 2:
        only = converter(next(each for each in members if each is not NoneType), reading)
        return lambda value: None if value is None else only(value)
    convert_any = converter(Any, reading)
    types = {kind for each in members for kind in SCALARS.get(each, {each})}
    choices = [choice for each in members for choice in get_args(each)]

    def convert(found: Any) -> Any:
        converted = convert_any(found)
        value = converted if reading else found
        if type(value) not in types and value not in choices:
            raise CodecError(f"{TAGS.get(type(value), type(value).__name__)} is not possible here")
        return converted

    return convert


def _mapping(arguments: tuple[Any, ...], reading: bool) -> Converter:
    key, value = converter(arguments[0], reading), converter(arguments[1], reading)
    if arguments[0] is str:
        return lambda found: {key(k): value(v) for k, v in _checked({dict}, found).items()}
    if reading:
        return lambda found: {key(k): value(v) for k, v in _checked({list}, found)}
    return lambda found: [[key(k), value(v)] for k, v in _checked({dict}, found).items()]


def _items(kind: Any, arguments: tuple[Any, ...], reading: bool) -> Converter:
    converters = [converter(each, reading) for each in arguments if each is not ...]
    given, made = (list, kind) if reading else (kind, WRITTEN_AS[kind])
    if kind is frozenset or ... in arguments:
        return lambda found: made(map(converters[0], _checked({given}, found)))
    return lambda found: made(
        convert(each) for convert, each in zip(converters, _checked({given}, found), strict=True)
    )


def _write_fields(kind: type) -> Converter:
    rows = [
        (name, convert, default if default is MISSING else convert(default))
        for name, convert, default in _fields(kind, reading=False)
    ]

    def write(value: Any) -> dict[str, Any]:
        written, name = {}, ""
        _checked({kind}, value)
        try:
            for name, convert, default in rows:
                form = convert(getattr(value, name))
                if form != default or type(form) is not type(default):  # 1 == 1.0 == True
                    written[name] = form
        except (TypeError, ValueError) as error:
            raise CodecError(f"{name}: {error}") from None
        return written

    return write


def _read_fields(kind: type) -> Converter:
    converters = {name: convert for name, convert, _ in _fields(kind, reading=True)}

    def read(found: Any) -> Any:
        values, name = {}, ""
        if unknown := _checked({dict}, found).keys() - converters:
            raise CodecError(f"it has no field {min(unknown)[:40]!r}")
        try:
            for name, form in found.items():
                values[name] = converters[name](form)
        except (TypeError, ValueError) as error:
            raise CodecError(f"{name}: {error}") from None
        return kind(**values)

    return read


def _fields(kind: Any, reading: bool) -> Iterator[tuple[str, Converter, Any]]:
    """Yield the name, the converter and the default of each field; MISSING if it has none."""
    hints = get_type_hints(kind)
    if not is_dataclass(kind):
        for name, hint in hints.items():
            yield name, converter(hint, reading), kind._field_defaults.get(name, MISSING)
        return
    for each in fields(kind):
        made = each.default_factory
        default = each.default if made is MISSING else made()
        yield each.name, converter(hints[each.name], reading), default


def _write_any(value: Any) -> Any:
    kind: Any = type(value)
    if kind in TAGS:
        return {IS: TAGS[kind], **converter(kind, False)(value)}
    plain = _json(value)
    return {IS: PLAIN, "of": plain} if kind is dict and IS in plain else plain


def _read_any(found: Any) -> Any:
    if type(found) is not dict or IS not in found:
        return _json(found)
    rest = {name: form for name, form in found.items() if name != IS}
    tag = _checked({str}, found[IS])
    if tag == PLAIN and rest.keys() == {"of"}:
        return _json(rest["of"])
    if tag not in CLASSES:
        raise CodecError(f"there is no tag {tag[:40]!r}")
    return converter(CLASSES[tag], True)(rest)


def _json(value: Any) -> Any:
    """Return a copy of the JSON. CodecError if it is none."""
    if type(value) is dict:
        return {_checked({str}, key): _json(each) for key, each in value.items()}
    if type(value) is list:
        return [_json(each) for each in value]
    return _checked({str, int, bool, float, NoneType}, value)


def _checked(types: set[type], value: Any) -> Any:
    kind = type(value)
    if kind not in types:
        wanted = " or ".join(sorted(each.__name__ for each in types))
        raise CodecError(f"it must be {wanted}, not {kind.__name__}")
    if kind in (int, float) and not -LARGEST <= value <= LARGEST:
        raise CodecError("the number is too large, or NaN")
    return value


def _choice(choices: tuple[Any, ...], value: Any) -> Any:
    if value not in choices:
        raise CodecError(f"it must be one of {', '.join(map(repr, choices))}")
    return value
