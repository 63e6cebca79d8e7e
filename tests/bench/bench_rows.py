"""The rows that sections yield, how much they measure, and the figures of several rounds."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from statistics import median, quantiles
from typing import Any, NamedTuple


class Aim(NamedTuple):
    """A bound. One of the two is set."""

    at_most: float | None = None
    at_least: float | None = None

    def __str__(self) -> str:
        if self.at_most is not None:
            return f"<= {number(self.at_most)}"
        assert self.at_least is not None
        return f">= {number(self.at_least)}"

    def met(self, figure: float) -> bool:
        if self.at_most is not None:
            return figure <= self.at_most
        return self.at_least is not None and figure >= self.at_least


class Row(NamedTuple):
    """A figure, perhaps beside a floor of the same unit that was measured in turns with it.

    `of` names the case, where a section has several. The aim bounds the ratio of a row with a
    floor, and the value of any other. No figure means a missed aim, unless `skipped` has a reason.
    """

    name: str
    value: float | None
    unit: str = ""
    of: str = ""
    floor: float | None = None
    ratio: float | None = None
    low: float | None = None  # of several rounds, as the figure that the aim bounds
    high: float | None = None
    note: str = ""
    skipped: str = ""
    aim: Aim | None = None

    @property
    def title(self) -> str:
        return f"{self.of}: {self.name}" if self.of else self.name

    @property
    def bounded(self) -> float | None:
        """The figure that the aim bounds."""
        return self.value if self.floor is None else self.ratio

    @property
    def met(self) -> bool | None:
        """None where there is no aim, or where the row was skipped."""
        if self.aim is None or self.skipped:
            return None
        return self.bounded is not None and self.aim.met(self.bounded)

    def json(self, section: str) -> dict[str, Any]:
        return {
            "section": section,
            "name": self.title,
            "value": self.value,
            "unit": self.unit,
            "floor": self.floor,
            "ratio": self.ratio,
            "low": self.low,
            "high": self.high,
            "aim": str(self.aim or ""),
            "met": self.met,
            "note": f"skipped: {self.skipped}" if self.skipped else self.note,
        }


def number(value: float) -> str:
    """Three digits or more, without an exponent."""
    if abs(value) >= 100 or value == int(value):
        return f"{value:,.0f}"
    return f"{value:.2f}" if abs(value) >= 0.1 else f"{value:.3g}"


def rounds(name: str, values: Sequence[float], unit: str = "", **more: Any) -> Row:
    """A row of the median, with the lowest and the highest."""
    return Row(name, median(values), unit, low=min(values), high=max(values), **more)


def ms(name: str, seconds: Sequence[float], **more: Any) -> Row:
    """The same for seconds, shown in milliseconds."""
    return rounds(name, [1000 * each for each in seconds], "ms", **more)


def against(
    name: str,
    values: Sequence[float],
    floors: Sequence[float],
    unit: str = "",
    scale: float = 1.0,
    **more: Any,
) -> Row:
    """A row of medians: of the values, of their floors, and of the ratio in each round.

    `scale` multiplies values and floors: 1000 shows seconds as milliseconds.
    """
    ratios = [value / floor for value, floor in zip(values, floors, strict=True)]
    return Row(
        name,
        scale * median(values),
        unit,
        floor=scale * median(floors),
        ratio=median(ratios),
        low=min(ratios),
        high=max(ratios),
        **more,
    )


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
    simulated: float  # seconds of simulated time at each load


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
    simulated=6.0,
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
    simulated=3.0,
)


def p99(values: Sequence[float]) -> float:
    return quantiles(values, n=100, method="inclusive")[98]


def in_turns(times: int, *measures: Callable[[], float]) -> list[list[float]]:
    """Each measured in each round, so that other load on the machine affects all of them."""
    found = [[measure() for measure in measures] for _ in range(times)]
    return [list(column) for column in zip(*found, strict=True)]
