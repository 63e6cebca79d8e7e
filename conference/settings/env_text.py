"""The text of a `.env` file: sets values, and keeps all other lines as they are."""

from __future__ import annotations

import io
import re
from collections.abc import Mapping

from dotenv.parser import Binding, parse_stream

HEAD = "# Written by flask setup. docs/settings.md has all settings.\n"

_PLAIN = re.compile(r"[A-Za-z0-9_./:+=@,-]*")
_BEFORE = re.compile(r"\ufeff?\s*(?:export[^\S\r\n]+)?")
_AFTER = re.compile(r"(?P<comment>[^\S\r\n]+#[^\r\n'\"]*)?(?P<end>\r\n|\n|\r)?\Z")
_ESCAPED = {"\\": "\\\\", '"': '\\"', "\n": "\\n", "\r": "\\r"}
_NOTHING = "${:-}"  # the variable without a name is never set; this is its default, an empty text
_DOLLAR = "${:-$}"


def with_values(text: str, values: Mapping[str, str]) -> str:
    """Return the text of the file with these values.

    The last line that sets a name is the one that counts, so its value is replaced. A new name
    follows the line that shows it behind a `#`, or else is the last line.
    """
    for name, value in values.items():
        text = _with_value(text, name, value)
    return text or HEAD


def quoted(value: str) -> str:
    """Return the value as python-dotenv reads it back, with every character."""
    if _PLAIN.fullmatch(value):
        return value
    inner = "".join(_ESCAPED.get(c, c) for c in value).replace("${", _DOLLAR + "{")
    # Some versions of python-dotenv take a backslash before the last quote as one that escapes it.
    return f'"{inner}{_NOTHING}"' if inner.endswith("\\") else f'"{inner}"'


def _with_value(text: str, name: str, value: str) -> str:
    lines = list(parse_stream(io.StringIO(text, newline="")))
    setting = f"{name}={quoted(value)}"
    there = [place for place, line in enumerate(lines) if line.key == name]
    shown = [place for place, line in enumerate(lines) if _shows(line, name)]
    whole = [line.original.string for line in lines]
    if text.startswith("\ufeff"):  # the parser drops it
        whole[0] = "\ufeff" + whole[0]
    if there:
        whole[there[-1]] = _replaced(whole[there[-1]], setting)
    elif shown:
        whole[shown[-1]] = f"{_ended(whole[shown[-1]])}{setting}{_end_of_line(text)}"
    else:
        whole = [_ended(text or HEAD), f"{setting}{_end_of_line(text)}"]
    return "".join(whole)


def _shows(line: Binding, name: str) -> bool:
    """Return whether the line is `#NAME=...`, as in `.env.example`."""
    return re.match(rf"\s*# ?{name}=", line.original.string) is not None


def _replaced(line: str, setting: str) -> str:
    before = _BEFORE.match(line)
    after = _AFTER.search(line)
    assert before is not None and after is not None  # noqa: S101 (both match any text)
    return f"{before[0]}{setting}{after['comment'] or ''}{after['end'] or ''}"


def _ended(text: str) -> str:
    return text if text.endswith(("\n", "\r")) else text + _end_of_line(text)


def _end_of_line(text: str) -> str:
    return "\r\n" if "\r\n" in text else "\n"
