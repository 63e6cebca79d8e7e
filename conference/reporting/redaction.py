"""Hides telephone numbers and queries in the lines that are logged of a request's address."""

from __future__ import annotations

import logging
import re

LOGGERS = ("gunicorn.access", "httpx", "werkzeug", "conference")  # the last is Flask's, of errors
OF_GUNICORN = ("r", "U", "f")  # its names for the request line, path and referer

_QUERY = re.compile(r'\?[^\s"]*')  # where somebody may have put a token
_OF_TEXML = re.compile(r'(?<=/texml)/[^\s"?]*', re.IGNORECASE)
_PART = re.compile(r"[^/]+")
_OURS = ("status", "wait")  # any other part may be TEXML_SECRET
_DIGIT = "(?:[0-9]|%3[0-9])"
_BETWEEN = "(?:[-.() +]|%2[0-9A-Fa-f])*"
_OTHERS = re.compile("%2[0-9A-Fa-f]|%3|[^0-9]")
_NUMBER = re.compile(f"{_DIGIT}(?:{_BETWEEN}{_DIGIT}){{6,}}")


def install() -> None:
    for name in LOGGERS:
        logging.getLogger(name).addFilter(_hide)


def hide_numbers(text: str) -> str:
    """The text with its telephone numbers, however they are written, as their last four digits."""
    return _NUMBER.sub(lambda found: f"...{_OTHERS.sub('', found[0])[-4:]}", text)


def _hide(record: logging.LogRecord) -> bool:
    if isinstance(record.args, dict):
        record.args.update({name: _private(record.args[name]) for name in OF_GUNICORN})
    elif record.args:
        record.args = tuple(
            each if isinstance(each, int | float) else _private(each) for each in record.args
        )
    else:
        record.msg = _private(record.msg)
    return True


def _private(part: object) -> str:
    return hide_numbers(_OF_TEXML.sub(_without_secret, _QUERY.sub("?...", str(part))))


def _without_secret(path: re.Match[str]) -> str:
    return _PART.sub(lambda part: part[0] if part[0] in _OURS else "...", path[0])
