"""Hides phone numbers, queries and TEXML_SECRET in the addresses that are logged."""

from __future__ import annotations

import logging
import re

LOGGERS = ("gunicorn.access", "httpx", "werkzeug", "conference")  # conference: Flask logs errors
GUNICORN_FIELDS = ("r", "U", "f")  # request line, path and referer

_QUERY = re.compile(r'\?[^\s"]*')  # may hold a token
_TEXML_PATH = re.compile(r'(?<=/texml)/[^\s"?]*', re.IGNORECASE)
_PART = re.compile(r"[^/]+")
_KNOWN_PARTS = ("status", "wait")  # any other part may be TEXML_SECRET
_DIGIT = "(?:[0-9]|%3[0-9])"
_BETWEEN = "(?:[-.() +]|%2[0-9A-Fa-f])*"
_NO_DIGIT = re.compile("%2[0-9A-Fa-f]|%3|[^0-9]")
_NUMBER = re.compile(f"{_DIGIT}(?:{_BETWEEN}{_DIGIT}){{6,}}")


def install() -> None:
    """Add the filter to the loggers that log addresses."""
    for name in LOGGERS:
        logging.getLogger(name).addFilter(_hide)


def hide_numbers(text: str) -> str:
    """Return the text with the last four digits of each phone number, in any notation."""
    return _NUMBER.sub(lambda found: f"...{_NO_DIGIT.sub('', found[0])[-4:]}", text)


def _hide(record: logging.LogRecord) -> bool:
    if isinstance(record.args, dict):
        record.args.update({name: _private(record.args[name]) for name in GUNICORN_FIELDS})
    elif record.args:
        record.args = tuple(
            each if isinstance(each, int | float) else _private(each) for each in record.args
        )
    else:
        record.msg = _private(record.msg)
    return True


def _private(part: object) -> str:
    return hide_numbers(_TEXML_PATH.sub(_without_secret, _QUERY.sub("?...", str(part))))


def _without_secret(path: re.Match[str]) -> str:
    return _PART.sub(lambda part: part[0] if part[0] in _KNOWN_PARTS else "...", path[0])
