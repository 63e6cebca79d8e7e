"""The functions of the line that a thread calls, in order: a walk through the code."""

from __future__ import annotations

import threading
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

Walks = dict[int, list[str]]
"""Thread -> names such as `conference.engine.engine.Engine.handle`, in the order of their calls."""


@contextmanager
def recorded_walks(package: str = "conference") -> Iterator[Walks]:
    """Record the calls of every thread that is started within, by the thread."""
    walks: Walks = defaultdict(list)

    def record(frame: FrameType, what: str, argument: object) -> None:
        module = frame.f_globals.get("__name__", "")
        if what == "call" and f"{module}.".startswith(f"{package}."):
            walks[threading.get_ident()].append(f"{module}.{frame.f_code.co_qualname}")

    before = threading.getprofile()
    threading.setprofile(record)
    try:
        yield walks
    finally:
        threading.setprofile(before)


def passes(walk: list[str], stations: list[str]) -> bool:
    """Does the walk pass all stations in this order?"""
    calls = iter(walk)
    return all(station in calls for station in stations)
