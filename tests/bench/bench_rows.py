"""The rows that sections yield, how much they measure, and the figures of several rounds."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from statistics import median, quantiles
from typing import Any, NamedTuple


class Row(NamedTuple):
    """A figure. With `at_most` or `at_least` it has an aim; no figure means a missed aim."""

    what: str
    value: float | None
    unit: str = ""
    at_most: float | None = None
    at_least: float | None = None
    low: float | None = None  # of several rounds
    high: float | None = None
    note: str = ""

    @property
    def aim(self) -> str:
        if self.at_most is not None:
            return f"<= {number(self.at_most)} {self.unit}".rstrip()
        return "" if self.at_least is None else f">= {number(self.at_least)} {self.unit}".rstrip()

    @property
    def reached(self) -> bool | None:
        """None where there is no aim."""
        if not self.aim:
            return None
        if self.value is None:
            return False
        if self.at_most is not None:
            return self.value <= self.at_most
        return self.at_least is not None and self.value >= self.at_least

    @property
    def figure(self) -> str:
        if self.value is None:
            return self.note
        rounds = ""
        if self.low is not None and self.high is not None and self.low < self.high:
            rounds = f"({number(self.low)} to {number(self.high)}) "
        return f"{rounds}{number(self.value)} {self.unit}".rstrip()

    def __str__(self) -> str:
        judged = {True: "reached", False: "MISSED", None: ""}[self.reached]
        note = f"[{self.note}]" if self.note and self.value is not None else ""
        line = f"  {self.what:<54} {self.figure:>32}  {self.aim:<12} {judged:<7} {note}"
        return line.rstrip()

    def json(self, section: str) -> dict[str, Any]:
        return {
            "section": section,
            "what": self.what.strip(),
            "value": self.value,
            "unit": self.unit,
            "low": self.low,
            "high": self.high,
            "aim": self.aim,
            "reached": self.reached,
            "note": self.note,
        }


def number(value: float) -> str:
    """Three digits or more, without an exponent."""
    return f"{value:.0f}" if abs(value) >= 100 or value == int(value) else f"{value:.2f}"


def rounds(what: str, values: Sequence[float], unit: str, **more: Any) -> Row:
    """A row of the median, with the lowest and the highest."""
    return Row(what, median(values), unit, low=min(values), high=max(values), **more)


def ms(what: str, seconds: Sequence[float], **more: Any) -> Row:
    """The same for seconds, shown in milliseconds."""
    return rounds(what, [1000 * each for each in seconds], "ms", **more)


class Size(NamedTuple):
    """How much is measured."""

    rounds: int
    webhooks: int  # in a round of the webhook path, for each of the two
    seconds: float  # of a round at a fixed rate
    calls: int  # whole calls in a round, for each server
    lone_calls: int  # the same, one after the other
    repeats: int  # of each event of the core
    participants: int
    bursts: int
    limits: tuple[int, ...]  # `ulimit -n` of the line among strangers


FULL = Size(
    rounds=5,
    webhooks=4000,
    seconds=3.0,
    calls=32,
    lone_calls=6,
    repeats=300,
    participants=5000,
    bursts=4,
    limits=(256, 1024),
)
QUICK = Size(
    rounds=2,
    webhooks=1000,
    seconds=1.6,
    calls=16,
    lone_calls=3,
    repeats=100,
    participants=1000,
    bursts=1,
    limits=(1024,),
)


def p99(values: Sequence[float]) -> float:
    return quantiles(values, n=100, method="inclusive")[98]


def in_turns(times: int, *measures: Callable[[], float]) -> list[list[float]]:
    """Each measured in each round, so that other load on the machine affects all of them."""
    found = [[measure() for measure in measures] for _ in range(times)]
    return [list(column) for column in zip(*found, strict=True)]
