"""Reads the bodies of requests, up to a limit."""

from __future__ import annotations

from math import isfinite
from typing import Any

from flask import json, request
from werkzeug.exceptions import HTTPException, RequestEntityTooLarge

from conference.web.problems import Problem

LARGEST = 64 * 1024  # bytes of a JSON body; the ids of a whole conference are fewer


class Unreadable(Exception):
    """The body cannot be read or decoded."""


def read(most: int) -> bytes:
    """Return the body. RequestEntityTooLarge if it has more than `most` bytes; no more are read."""
    request.max_content_length = (
        most + 1
    )  # one more, so that a body without a length is seen to be too large
    try:
        body = request.get_data()
    except HTTPException:
        raise
    except Exception as error:  # the server raises its own errors for malformed chunks
        raise Unreadable("its body could not be read") from error
    if len(body) > most:
        raise RequestEntityTooLarge
    return body


def read_object() -> dict[str, Any]:
    """Return the JSON object in the body; {} for an empty body. Problem for anything else."""
    try:
        raw = read(LARGEST)
        if not raw:
            return {}
        body = json.loads(raw.decode("utf-8"), **STRICT)
    except RequestEntityTooLarge:
        raise Problem("too-large", f"A body may have {LARGEST} bytes at most.") from None
    except (Unreadable, ValueError, RecursionError):
        what = "The body must be JSON in UTF-8, with each field once."
        raise Problem("invalid-body", what) from None
    if not isinstance(body, dict):
        raise Problem("invalid-body", "The body must be a JSON object.")
    return body


def _finite(text: str) -> float:
    """Refuse NaN, Infinity and numbers as large: JSON has none, so they could not be sent on."""
    number = float(text)
    if not isfinite(number):
        raise ValueError(f"{text} is not a number of JSON")
    return number


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Refuse a field that comes twice: another program may have checked the other one."""
    fields = dict(pairs)
    if len(fields) != len(pairs):
        raise ValueError("a field comes twice")
    return fields


STRICT: dict[str, Any] = {
    "parse_constant": _finite,
    "parse_float": _finite,
    "object_pairs_hook": _once,
}
