"""Repeats reads that Telnyx cannot serve now but may serve soon, within a bound."""

from __future__ import annotations

from collections.abc import Callable

from conference.outgoing_http import Response
from conference.telnyx_api.responses import LEAST_PAUSE, refusal, retry_after

TRIES = 3
LONGEST_PAUSE = 2.0  # seconds before a try; somebody waits, so a longer pause is passed on


def read(send: Callable[[], Response], pause: Callable[[float], None]) -> Response:
    """Send a read until the answer is final, TRIES times at most. Return the last answer.

    `pause`: waits some seconds.
    """
    for _ in range(TRIES - 1):
        answer = send()
        seconds = _pause(answer)
        if seconds is None or seconds > LONGEST_PAUSE:
            return answer
        if seconds:
            pause(seconds)
    return send()


def _pause(answer: Response) -> float | None:
    """Return the seconds before the next try: Telnyx advises none after a 5xx. None for a final
    answer."""
    if answer.status == 429:
        return retry_after(answer.headers) or LEAST_PAUSE
    return (retry_after(answer.headers) or 0) if refusal(answer).is_transient else None
