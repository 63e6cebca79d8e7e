"""Reads Telnyx's responses: their fields, and the reasons of refusals."""

from __future__ import annotations

import json
import logging
import re
import time
from collections.abc import Mapping
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from json import JSONDecoder
from math import nan
from typing import Any

from conference.masking import masked
from conference.outgoing_http import Response

log = logging.getLogger(__name__)

MOST_MASKED = 2000  # characters of a text; of a longer one the rest is not shown
LEAST_PAUSE, LONGEST_PAUSE = 0.5, 60.0  # limits of the pause that Telnyx requests, seconds
TRANSIENT = (408, 409, 425)  # timeout; conflict with another request; too early
TRANSIENT_CODES = ("10008", "10036")  # timeout; the request is being processed
LONGEST_BELIEVED = 86400.0  # seconds; a longer pause is a mistake
UNIX_SECONDS, UNIX_MILLISECONDS = 1e9, 1e12  # from here on a number is a time of day


@dataclass(frozen=True, slots=True)
class ApiResponse:
    """Telnyx's response to a request.

    status: of HTTP; 0 without a response, and then `error` is why.
    data, meta: the fields of these names; None for a refusal.
    code, detail: Telnyx's reason for a refusal, the detail in words, masked.
    date: the Date header. retry_after: the pause that Telnyx requests, in seconds.
    reset: the header `x-ratelimit-reset`, whose unit Telnyx documents in two ways.
    """

    status: int
    data: Any = None
    meta: Any = None
    code: str = ""
    detail: str = ""
    date: str = ""
    error: Exception | None = None
    retry_after: float | None = None
    reset: str = ""

    @property
    def is_transient(self) -> bool:
        """May the same request succeed soon? True for some statuses of 4xx, too."""
        return self.status >= 500 or self.status in TRANSIENT or self.code in TRANSIENT_CODES


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
        retry_after=requested_pause(answer.headers),
        reset=answer.headers.get("x-ratelimit-reset", ""),
    )


def clean(text: str) -> str:
    """Return Telnyx's text on one line, masked and cut to 300 characters."""
    line = "".join(each if each.isprintable() else " " for each in text[:MOST_MASKED])
    return masked(line)[:300].strip()


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
    """Return the JSON in the body. ValueError for anything else, NaN and deep nesting included.

    Half a pair of surrogates, which has no form in UTF-8, becomes a question mark.
    """
    try:
        found = _JSON.decode(body.decode())
        if _SURROGATE.search(body):
            text = json.dumps(found, ensure_ascii=False)
            found = _JSON.decode(text.encode(errors="replace").decode())
        return found
    except RecursionError:
        raise ValueError("it is nested too deep") from None


def _no_number(name: str) -> None:
    raise ValueError(f"{name} is no JSON")


_SURROGATE = re.compile(rb"\\u[dD][89a-fA-F]")
_JSON = JSONDecoder(parse_constant=_no_number)


def requested_pause(headers: Mapping[str, str], now: float | None = None) -> float | None:
    """Return the pause that Telnyx requests, in seconds; None without a request.

    Each header has seconds or a time of day: a Unix time, or a date of HTTP. `x-ratelimit-reset` is
    documented as both. A time that is over, or a day ahead, counts as no request.
    `now`: Unix seconds by Telnyx's clock; by default the Date of its answer.
    """
    now = _sent_at(headers) if now is None else now
    for name in ("retry-after", "x-ratelimit-reset"):
        seconds = _seconds(headers.get(name, ""), now)
        if 0 <= seconds <= LONGEST_BELIEVED:
            return seconds
    return None


def retry_after(headers: Mapping[str, str], now: float | None = None) -> float | None:
    """Return the requested pause within limits; None without a request."""
    seconds = requested_pause(headers, now)
    return None if seconds is None else min(max(seconds, LEAST_PAUSE), LONGEST_PAUSE)


def _sent_at(headers: Mapping[str, str]) -> float:
    """Return the Date of the answer in Unix seconds; without one, the system's time."""
    try:
        return parsedate_to_datetime(headers.get("date", "")).timestamp()
    except (ValueError, OverflowError):
        return time.time()


def _seconds(value: str, now: float) -> float:
    """Return the seconds from now that the header means; NaN if it cannot be read."""
    try:
        number = float(value)
    except ValueError:
        try:
            return parsedate_to_datetime(value).timestamp() - now
        except (ValueError, OverflowError):
            return nan
    if number >= UNIX_MILLISECONDS:
        return number / 1000 - now
    return number - now if number >= UNIX_SECONDS else number
