"""Bands of a timeline: the times between which something was so.

They are kept as an array of times: begin, end, begin, end. The last band goes on if its end lacks.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterator

Times = array  # of float, Unix seconds


def turn(times: Times[float], on: bool, at: float, gap: float, most: int) -> None:
    """Begin or end a band, unless it is so already.

    A band that begins less than `gap` seconds after the last one continues that one. If there are
    more than `most` bands, the older ones are merged.
    """
    if on == is_open(times):
        return
    last = times[-1] if times else at
    at = max(at, last)  # the times of two events may be in another order than the events
    if on and times and at - last < gap:
        times.pop()
        return
    times.append(at)
    while len(times) > 2 * most:
        _merge_older(times)


def is_open(times: Times[float]) -> bool:
    """Whether the last band has not ended."""
    return len(times) % 2 == 1


def pairs(times: Times[float]) -> Iterator[tuple[float, float | None]]:
    """Yield the begin and the end of each band; None for an end that is still to come."""
    ends = [*times[1::2], None] if is_open(times) else times[1::2]
    yield from zip(times[::2], ends, strict=True)


def _merge_older(times: Times[float]) -> None:
    """Merge every two neighbours of the older half. So old bands get coarser, and none is lost."""
    older = times[: max(len(times) // 8, 1) * 4]
    merged = [time for band in zip(older[::4], older[3::4], strict=True) for time in band]
    times[: len(older)] = array("d", merged)
