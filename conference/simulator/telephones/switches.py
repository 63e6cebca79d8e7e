"""The switches of the page: chaos and its faults, and the outage of the API."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field
from typing import Any, Protocol

from ..faults.chaos import FAULTS, Chaos

GENTLE = Chaos(duplicate=0.1, reorder=0.1, lose=0.05, delay=0.5, error=0.1)
"""The faults that the page proposes, until others are chosen."""


class Network(Protocol):
    """What the switches act on: the simulated Telnyx."""

    chaos: Chaos | None

    @property
    def refuses(self) -> bool: ...
    def refuse_connections(self) -> None: ...
    def accept_connections(self) -> None: ...


@dataclass
class Switches:
    """Reads and sets the faults. chosen: they stay here while chaos is off."""

    network: Network
    chosen: Chaos = field(default=GENTLE)

    def view(self) -> dict[str, Any]:
        """Return whether chaos and the outage are on, and the value of each fault."""
        chaos = self.network.chaos
        values = asdict(chaos or self.chosen)
        return {"chaos": chaos is not None, "outage": self.network.refuses, "values": values}

    def set_chaos(self, on: object, values: Mapping[str, Any]) -> None:
        """Set the faults, at once. values: those that change. ValueError if one is not usable."""
        if unknown := sorted(values.keys() - {*FAULTS, "seed"}):
            raise ValueError(f"There is no fault {unknown[0]!r}, only {', '.join(FAULTS)}.")
        if not all(_is_number(value) for value in values.values()):
            raise ValueError("Each fault has a number.")
        before = self.network.chaos or self.chosen
        numbers = {name: float(value) for name, value in values.items() if name != "seed"}
        seed = int(values.get("seed", before.seed))
        self.chosen = Chaos(**{**asdict(before), **numbers, "seed": seed})
        wanted = self.chosen if _yes_or_no(on) else None
        if wanted != self.network.chaos:
            self.network.chaos = wanted

    def set_outage(self, on: object) -> None:
        """Refuse connections to the API, or accept them again."""
        if _yes_or_no(on) != self.network.refuses:
            act: Callable[[], None] = self.network.refuse_connections
            (act if on else self.network.accept_connections)()


def _yes_or_no(value: object) -> bool:
    if not isinstance(value, bool):
        raise ValueError("A switch is true or false.")
    return value


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and abs(value) < 1e9
