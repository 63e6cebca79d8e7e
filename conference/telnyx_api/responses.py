"""Reads Telnyx's responses: their fields, and the reasons of refusals."""

from __future__ import annotations

from dataclasses import dataclass
from math import isfinite
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import httpx
    import telnyx

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


def refusal(error: telnyx.APIStatusError) -> ApiResponse:
    """Return the response of a refusal: its status, and the first of its errors."""
    errors = error.body.get("errors") if isinstance(error.body, dict) else None
    first = errors[0] if isinstance(errors, list) and errors else {}
    first = first if isinstance(first, dict) else {}
    source = first.get("source")
    pointer = source.get("pointer") if isinstance(source, dict) else None
    words = (first.get("title"), first.get("detail"), pointer)
    return ApiResponse(
        error.status_code,
        code=clean(str(first.get("code", "")))[:20],
        detail=clean(" ".join(str(word) for word in words if word)),
        date=error.response.headers.get("date", ""),
    )


def clean(text: str) -> str:
    """Return Telnyx's text on one line, cut to 300 characters."""
    return "".join(each if each.isprintable() else " " for each in text[:300]).strip()


def json_object(response: httpx.Response) -> dict[str, Any]:
    """Return the JSON object in the response; {} for anything else."""
    try:
        answer = response.json()
    except (ValueError, RecursionError):  # not JSON, or nested too deeply
        return {}
    return answer if isinstance(answer, dict) else {}


def retry_after(headers: Any) -> float | None:
    """Return the pause that Telnyx requests, in seconds, within limits; None without a request."""
    for name in ("retry-after", "x-ratelimit-reset"):
        try:
            seconds = float(headers[name])
        except (KeyError, ValueError):
            continue
        if isfinite(seconds):
            return min(max(seconds, LEAST_PAUSE), LONGEST_PAUSE)
    return None
