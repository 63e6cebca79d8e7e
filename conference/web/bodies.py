"""Reads what was sent, as far as it may be."""

from __future__ import annotations

from math import isfinite
from typing import Any

from flask import json, request
from werkzeug.exceptions import HTTPException, RequestEntityTooLarge

from conference.web.problems import Problem

LARGEST = 64 * 1024  # bytes of what is asked for; a whole conference's ids have less


class Unreadable(Exception):
    """What was sent cannot be taken apart."""


def read(most: int) -> bytes:
    """The body. RequestEntityTooLarge past so many bytes, of which no more are read."""
    request.max_content_length = most + 1  # so that a body without a length shows
    try:
        body = request.get_data()
    except HTTPException:
        raise
    except Exception as error:  # whatever the server raises for chunks that are none
        raise Unreadable("its body could not be read") from error
    if len(body) > most:
        raise RequestEntityTooLarge
    return body


def read_object() -> dict[str, Any]:
    """The JSON object that was sent; {} where nothing was. Problem for anything else."""
    try:
        raw = read(LARGEST)
        if not raw:
            return {}
        body = json.loads(raw.decode("utf-8"), **STRICT)
    except RequestEntityTooLarge:
        raise Problem("too-large", f"A body has {LARGEST} bytes at most.") from None
    except (Unreadable, ValueError, RecursionError):
        what = "The body must be JSON in UTF-8, with each field once."
        raise Problem("invalid-body", what) from None
    if not isinstance(body, dict):
        raise Problem("invalid-body", "The body must be a JSON object.")
    return body


def _finite(text: str) -> float:
    """JSON has no NaN and no Infinity, and nobody could be sent what 1e999 makes of it."""
    number = float(text)
    if not isfinite(number):
        raise ValueError(f"{text} is no number of JSON")
    return number


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Of two fields of one name somebody else may have checked the other."""
    fields = dict(pairs)
    if len(fields) != len(pairs):
        raise ValueError("a field comes twice")
    return fields


STRICT: dict[str, Any] = {
    "parse_constant": _finite,
    "parse_float": _finite,
    "object_pairs_hook": _once,
}
