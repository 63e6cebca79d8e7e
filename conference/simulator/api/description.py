"""Validation of requests by Telnyx's description of its operations.

The table is operations.json. Its source is Telnyx's API description (2026-07), with the ranges and
choices that the description has in words; the rest is from Telnyx's Python SDK (4.189.0). An
operation has a method, a path template, query and body fields, `form` if its body is a form, and
`status` if its answer is not 200. A field has: type, items (the type of an array's items), format
(base64, loop, dtmf, url, sip text), choices, min, max, min_length, max_length, required.
"""

from __future__ import annotations

import base64
import binascii
import json
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from .errors import Problem

Field = Mapping[str, Any]


@dataclass(frozen=True)
class Operation:
    """One operation. query, body: fields by name. pattern: matches its paths.

    status: of its answer.
    """

    name: str
    method: str
    path: str
    query: Mapping[str, Field]
    body: Mapping[str, Field]
    pattern: re.Pattern[str]
    form: bool = False
    status: int = 200

    @property
    def takes_command_id(self) -> bool:
        """Whether the operation has a command_id, by which Telnyx recognizes a repetition."""
        return "command_id" in self.body


def _load() -> tuple[Operation, ...]:
    text = Path(__file__).with_name("operations.json").read_text(encoding="utf-8")
    operations = [
        Operation(
            name,
            row["method"],
            row["path"],
            row["query"],
            row["body"],
            _pattern(row["path"]),
            row.get("form", False),
            row.get("status", 200),
        )
        for name, row in json.loads(text)["operations"].items()
    ]

    # The longest first: a conference's name may contain a slash, as in /conferences/a/b.
    def order(each: Operation) -> tuple[int, bool]:
        return -each.path.count("/"), not each.path.endswith(_SUFFIX)

    return tuple(sorted(operations, key=order))


def _pattern(template: str) -> re.Pattern[str]:
    """Make the pattern of a path template. Paths of TeXML may end with .json, as its answers do."""
    literal = [re.escape(part) for part in re.split(r"\{\w+\}", template)]
    if not template.startswith("/texml/"):
        return re.compile("(?:/v2)?" + "(.+)".join(literal))
    suffix = "" if template.endswith(_SUFFIX) else rf"(?:{re.escape(_SUFFIX)})?"
    return re.compile("(?:/v2)?" + "([^/]+?)".join(literal) + suffix)


_SUFFIX = ".json"


OPERATIONS = _load()
BY_NAME = {operation.name: operation for operation in OPERATIONS}


def operation_of(method: str, path: str) -> Operation | None:
    """Return the operation at a path, which is decoded, without its query, with or without /v2."""
    for operation in OPERATIONS:
        if operation.method == method and operation.pattern.fullmatch(path):
            return operation
    return None


def problems(
    method: str, path: str, body: object = None, query: Mapping[str, str] | None = None
) -> list[Problem]:
    """Return all problems of a request's fields. body: None for an empty one."""
    operation = operation_of(method, path)
    if operation is None:
        return [Problem("", "10005", f"{method} {path} is not in the description")]
    return [*body_problems(operation, {} if body is None else body), *_query(operation, query)]


def body_problems(operation: Operation, body: object) -> Iterator[Problem]:
    """Yield all problems of a body's fields."""
    if not isinstance(body, dict):
        yield Problem("", "10015", "The body must be an object.")
        return
    mistyped = "10026" if operation.form else "10015"
    for name in sorted(body.keys() - operation.body.keys()):
        yield Problem(f"/{name}", "10015", f"{operation.name} does not know {name!r}.")
    for name, field in operation.body.items():
        if name in body and not (body[name] is None and field.get("required")):
            yield from _field(f"/{name}", field, body[name], mistyped)
        elif field.get("required"):
            yield _missing(f"/{name}")


def _query(operation: Operation, query: Mapping[str, str] | None) -> Iterator[Problem]:
    """Yield all problems of the query. Unknown query parameters are ignored."""
    for name, text in (query or {}).items():
        field = operation.query.get(name, {})
        if field.get("type") == "integer":
            yield from _field(name, field, int(text) if _WHOLE.fullmatch(text) else text)
        elif field.get("type") == "boolean":
            yield from _field(name, field, {"true": True, "false": False}.get(text, text))
        elif field:
            yield from _field(name, {**field, "type": "string"}, text)


_WHOLE = re.compile(r"-?[0-9]{1,9}")


def _missing(pointer: str) -> Problem:
    return Problem(pointer, "10004", f"{pointer[1:]} is required and cannot be blank.")


def _is_integer(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


_TYPES: dict[str, Callable[[object], bool]] = {
    "string": lambda value: isinstance(value, str),
    "integer": _is_integer,
    "number": lambda value: _is_integer(value) or isinstance(value, float),
    "boolean": lambda value: isinstance(value, bool),
    "array": lambda value: isinstance(value, list),
    "object": lambda value: isinstance(value, dict),
    "null": lambda value: value is None,
}


def _field(pointer: str, field: Field, value: Any, mistyped: str = "10015") -> Iterator[Problem]:
    """Yield the problem of one field, if it has one. mistyped: the code for a wrong type."""
    types = field["type"] if isinstance(field["type"], list) else [field["type"]]
    if not any(_TYPES[each](value) for each in types):
        yield Problem(pointer, mistyped, f"It must be of type {' or '.join(types)}.")
    elif field.get("required") and value in ("", []):
        yield _missing(pointer)
    elif isinstance(value, list) and not all(_TYPES[field["items"]](item) for item in value):
        yield Problem(pointer, "10015", f"Its items must be of type {field['items']}.")
    elif "choices" in field and value not in field["choices"]:
        choices = ", ".join(sorted(str(each) for each in field["choices"]))
        yield Problem(pointer, "10032", f"The value must be one of: {choices}.")
    elif outside := _outside(field, value):
        yield Problem(pointer, "10033", outside)
    elif wrong := _FORMATS.get(field.get("format", ""), _anything)(value):
        yield Problem(pointer, *wrong)


def _outside(field: Field, value: Any) -> str:
    """Return the problem of a number's value or a text's length, or ""."""
    for measured, of, low, high in (
        (value if _is_integer(value) else None, "value", "min", "max"),
        (len(value) if isinstance(value, str) else None, "length", "min_length", "max_length"),
    ):
        least, most = field.get(low), field.get(high)
        if measured is None or (least is None and most is None):
            continue
        if (least is not None and measured < least) or (most is not None and measured > most):
            return f"The {of} is outside of the range {least} to {most}."
    return ""


def _anything(value: Any) -> tuple[str, str] | None:
    """Accept any value. As for every format: return the code and detail of a problem, or None."""
    return None


def _base64(value: str) -> tuple[str, str] | None:
    """Accept base64."""
    try:
        base64.b64decode(value, validate=True)
    except (binascii.Error, ValueError):
        return "90017", "client_state must be base64."
    return None


def _loop(value: str | int) -> tuple[str, str] | None:
    """Accept 1 to 100, as a number or a text, and "infinity"."""
    if value == "infinity" or (_WHOLE.fullmatch(str(value)) and 1 <= int(value) <= 100):
        return None
    return "10033", 'It must be from 1 to 100, or "infinity".'


def _dtmf(value: str) -> tuple[str, str] | None:
    """Accept tones, and pauses: w for half a second, W for a second."""
    if re.fullmatch(r"[0-9A-D*#wW]+", value):
        return None
    return "90014", "Digits must be among 0-9, A-D, *, #, w and W."


def _sip_text(value: str) -> tuple[str, str] | None:
    """Accept text without quotes, backslashes, controls and characters such as emoji."""
    if re.search(r'["\\\x00-\x1f\x7f\U00010000-\U0010ffff]', value):
        return "10015", "It must have no quotes, backslashes, controls or emoji."
    return None


def _url(value: str | None) -> tuple[str, str] | None:
    """Accept an address with its scheme, and none."""
    if not value or re.match(r"https?://[^/\s]", value):
        return None
    return "10015", "It must be an address with its scheme, such as https."


_FORMATS: Mapping[str, Callable[[Any], tuple[str, str] | None]] = {
    "base64": _base64,
    "loop": _loop,
    "dtmf": _dtmf,
    "sip text": _sip_text,
    "url": _url,
}
