"""Reads Telnyx's responses: their fields, and the reasons of refusals."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import dataclass
from json import JSONDecoder
from math import isfinite
from typing import Any

from conference.outgoing_http import Response

log = logging.getLogger(__name__)

LEAST_PAUSE, LONGEST_PAUSE = 0.5, 60.0  # limits of the pause that Telnyx requests, seconds


@dataclass(frozen=True, slots=True)
class ApiResponse:
    """Telnyx's response to a request.

    status: of HTTP; 0 without a response, and then `error` is why.
    data, meta: the fields of these names; None for a refusal.
    code, detail: Telnyx's reason for a refusal, the detail in words.
    date: the Date header.
    """

    status: int
    data: Any = None
    meta: Any = None
    code: str = ""
    detail: str = ""
    date: str = ""
    error: Exception | None = None


class Refused(Exception):
    """Telnyx answered with a status other than 2xx."""

    def __init__(self, answer: Response) -> None:
        super().__init__(answer.status)
        self.answer = answer


def refusal(answer: Response) -> ApiResponse:
    """Return the response of a refusal: its status, and the first of its errors."""
    try:
        body = _parse(answer.body)
    except ValueError:
        body = None
    errors = body.get("errors") if isinstance(body, dict) else None
    first = errors[0] if isinstance(errors, list) and errors else {}
    first = first if isinstance(first, dict) else {}
    source = first.get("source")
    pointer = source.get("pointer") if isinstance(source, dict) else None
    words = (first.get("title"), first.get("detail"), pointer)
    return ApiResponse(
        answer.status,
        code=clean(str(first.get("code", "")))[:20],
        detail=clean(" ".join(str(word) for word in words if word)),
        date=answer.headers.get("date", ""),
    )


def clean(text: str) -> str:
    """Return Telnyx's text on one line, cut to 300 characters."""
    return "".join(each if each.isprintable() else " " for each in text[:300]).strip()


def json_object(request: str, body: bytes) -> dict[str, Any]:
    """Return the JSON object in the body; {} for anything else, which is logged.

    request: method and path, for the log.
    """
    try:
        answer = _parse(body) if body else {}
        if not isinstance(answer, dict):
            raise ValueError("it is no object")
    except ValueError as error:
        log.warning("Telnyx's answer to %s cannot be read: %s", clean(request), clean(str(error)))
        return {}
    return answer


def _parse(body: bytes) -> Any:
    """Return the JSON in the body. ValueError for anything else, NaN and deep nesting included."""
    try:
        return _JSON.decode(body.decode())
    except RecursionError:
        raise ValueError("it is nested too deep") from None


def _no_number(name: str) -> None:
    raise ValueError(f"{name} is no JSON")


_JSON = JSONDecoder(parse_constant=_no_number)


def retry_after(headers: Mapping[str, str]) -> float | None:
    """Return the pause that Telnyx requests, in seconds, within limits; None without a request."""
    for name in ("retry-after", "x-ratelimit-reset"):
        try:
            seconds = float(headers[name])
        except (KeyError, ValueError):
            continue
        if isfinite(seconds):
            return min(max(seconds, LEAST_PAUSE), LONGEST_PAUSE)
    return None
