"""Hides phone numbers, queries and TEXML_SECRET in the addresses and tracebacks of the log."""

from __future__ import annotations

import logging
import re
from typing import Any

from conference.masking import hide_texml_path, masked

OF_FIELDS = "gunicorn.access"
SDK = "telnyx._base_client"  # logs bodies at the level DEBUG
LOGGERS = (OF_FIELDS, "gunicorn.error", "httpx", SDK, "werkzeug", "conference")  # errors, too
GUNICORN_FIELDS = ("r", "U", "f")  # request line, path and referer
OF_ACCESS_LOG = re.compile(r"q|\{.*(authorization|cookie|csrf|query|uri|referer).*\}[ieo]")
"""Other fields of gunicorn's access log that may hold a secret: the query, headers, WSGI's."""

_QUERY = re.compile(r'(\?|%3[Ff])[^\s"]*')  # may hold a token; mail programs may encode the ?


def install() -> None:
    """Add the filter to the loggers that log addresses."""
    for name in LOGGERS:
        logging.getLogger(name).addFilter(_hide)


class Formatter(logging.Formatter):
    """Formats a line of the log. What a traceback quotes is masked."""

    def formatException(self, ei: Any) -> str:
        return masked(super().formatException(ei))


def _hide(record: logging.LogRecord) -> bool:
    if isinstance(record.args, dict) and record.name == OF_FIELDS:
        shown = {
            name: _private(record.args[name]) for name in GUNICORN_FIELDS if name in record.args
        }
        hidden = {name: "..." for name in record.args if OF_ACCESS_LOG.fullmatch(name)}
        record.args.update(shown | hidden)
    elif isinstance(record.args, tuple) and record.args:
        record.args = tuple(
            each if isinstance(each, int | float) else _private(each) for each in record.args
        )
    else:
        record.msg, record.args = _private(record.getMessage()), ()
    return True


def _private(part: object) -> str:
    return masked(hide_texml_path(_QUERY.sub("?...", str(part))))
