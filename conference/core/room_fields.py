"""A room as fields of text, and the fields that a change sets: the cost of storing a change does
not grow with the room.

| annotation | fields |
|---|---|
| `Mapping` | one for each key: `participants/v3:abc` |
| `frozenset[str]` | one for each item: `joined/v3:abc`, with an empty text |
| a part of the room | those of the part: `holding.told/v3:abc`, `holding.told_at` |
| any other | one: `speaker` |

The texts are JSON as `codec` writes it. A field with its default is absent. The settings are not
stored: each process has its own.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import MISSING, fields
from operator import attrgetter
from typing import Any, Literal, NamedTuple, get_args, get_origin, get_type_hints

from conference.core.admission.pin_defence import PinDefence
from conference.core.codec import CodecError, Converter, converter
from conference.core.parts import HoldAndMute, Reconciliation, Recordings, Texml
from conference.core.replacing import replace
from conference.core.room import Room

PARTS = (HoldAndMute, Recordings, Reconciliation, Texml, PinDefence)
NOT_STORED = ("name", "settings", "watches_unknown_calls", "draft")

Step = tuple[str, str | None]
"""A field and its new text; None removes the field. A key that is removed and set again by the same
steps becomes the last one of its mapping: mappings keep their order."""


class _Leaf(NamedTuple):
    """A field of a room or of a part. `path`: its name, after the part's. `key`: of a mapping."""

    path: tuple[str, ...]
    kind: Literal["mapping", "set", "whole"]
    default: Any
    unset: str  # the text of the default, where it is one text
    write: Converter
    read: Converter
    write_key: Callable[[Any], str]
    read_key: Callable[[str], Any]


def _leaves(of: type, within: tuple[str, ...] = ()) -> Iterator[_Leaf]:
    hints = get_type_hints(of)
    for each in fields(of):
        path, hint = (*within, each.name), hints[each.name]
        if not within and each.name in NOT_STORED:
            continue
        if hint in PARTS:
            yield from _leaves(hint, path)
            continue
        made = each.default_factory
        default = each.default if made is MISSING else made()
        arguments = get_args(hint)
        if get_origin(hint) is Mapping:
            value, keys = arguments[1], _keys(arguments[0])
            both = converter(value, False), converter(value, True)
            yield _Leaf(path, "mapping", default, "", *both, *keys)
        elif hint == frozenset[str]:
            yield _Leaf(path, "set", default, "", plain, read_plain, plain, read_plain)
        else:
            both = converter(hint, False), converter(hint, True)
            unset = _json(both[0](default))
            yield _Leaf(path, "whole", default, unset, *both, plain, read_plain)


def _keys(kind: Any) -> tuple[Callable[[Any], str], Callable[[str], Any]]:
    """Return the functions that write and read the keys of a mapping."""
    if kind is str:
        return plain, read_plain
    write, read = converter(kind, False), converter(kind, True)
    return (lambda key: _json(write(key)), lambda text: read(json.loads(text)))


def plain(key: str) -> str:
    """Return the text as it is, or as JSON where it could not be stored: half of a character."""
    return key if key.isascii() and not key.startswith('"') else json.dumps(key)


def read_plain(text: str) -> str:
    """Return the key that `plain` wrote."""
    return str(json.loads(text)) if text.startswith('"') else text


def _json(form: Any) -> str:
    return json.dumps(form, separators=(",", ":"))


LEAVES = {".".join(leaf.path): leaf for leaf in _leaves(Room)}
_values: Callable[[Room], tuple[Any, ...]] = attrgetter(*LEAVES)


def steps(before: Room, after: Room) -> list[Step]:
    """Return the steps from one state of a room to the next. CodecError if a type is wrong."""
    made: list[Step] = []
    for (name, leaf), was, now in zip(LEAVES.items(), _values(before), _values(after), strict=True):
        if was is not now:
            try:
                made += _steps(name, leaf, was, now)
            except (TypeError, ValueError, RecursionError) as error:
                raise CodecError(f"{name}: {error}") from None
    return made


def _steps(name: str, leaf: _Leaf, was: Any, now: Any) -> Iterator[Step]:
    if leaf.kind == "set":
        yield from ((f"{name}/{leaf.write_key(item)}", None) for item in was - now)
        yield from ((f"{name}/{leaf.write_key(item)}", "") for item in now - was)
    elif leaf.kind == "whole":
        text = _json(leaf.write(now))
        yield name, None if text == leaf.unset else text
    else:
        in_place = _in_place(was, now)
        for key in was:
            if key not in in_place:
                yield f"{name}/{leaf.write_key(key)}", None
        for key, value in now.items():
            if key not in in_place or was.get(key, MISSING) is not value:
                yield f"{name}/{leaf.write_key(key)}", _json(leaf.write(value))


def _in_place(was: Mapping[Any, Any], now: Mapping[Any, Any]) -> Collection[Any]:
    """Return the keys that keep their place, if all others are put behind them in order. Among
    them may be new ones."""
    left = [key for key in was if key in now]
    order = list(now)
    if order[: len(left)] == left:
        return now
    former = iter(left)
    kept: list[Any] = []
    for key in order:
        if key not in was or not any(each == key for each in former):
            break
        kept.append(key)
    return set(kept)


def apply_steps(room: Room, taken: Iterable[Step]) -> Room:
    """Return the room after the steps. CodecError if one of them cannot be read."""
    values: dict[str, Any] = {}
    for field, text in taken:
        name, _, key = field.partition("/")
        leaf = LEAVES.get(name)
        if leaf is None:
            raise CodecError(f"a room has no field {name[:40]!r}")
        try:
            _take(leaf, name, key, text, room, values)
        except (TypeError, ValueError, RecursionError) as error:
            raise CodecError(f"{name}: {error}") from None
    return _with(room, values)


def _take(
    leaf: _Leaf, name: str, key: str, text: str | None, room: Room, values: dict[str, Any]
) -> None:
    if leaf.kind == "whole":
        values[name] = leaf.default if text is None else leaf.read(json.loads(text))
        return
    if name not in values:
        values[name] = (set if leaf.kind == "set" else dict)(attrgetter(name)(room))
    kept = values[name]
    if leaf.kind == "set" and text is not None:
        kept.add(leaf.read_key(key))
    elif leaf.kind == "set":
        kept.discard(leaf.read_key(key))
    elif text is not None:
        kept[leaf.read_key(key)] = leaf.read(json.loads(text))
    else:
        kept.pop(leaf.read_key(key), None)


def _with(room: Room, values: Mapping[str, Any]) -> Room:
    """Return the room with these values by the names of their leaves."""
    ours: dict[str, Any] = {}
    of_parts: dict[str, dict[str, Any]] = {}
    for name, value in values.items():
        fixed = frozenset(value) if LEAVES[name].kind == "set" else value
        part, _, field = name.rpartition(".")
        (of_parts.setdefault(part, {}) if part else ours)[field] = fixed
    for part, changed in of_parts.items():
        ours[part] = replace(getattr(room, part), **changed)
    return replace(room, **ours) if ours else room
