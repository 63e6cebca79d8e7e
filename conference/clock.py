"""The line's own time. Tests and `flask simulate` let it pass faster than real time."""

from __future__ import annotations

import time


class Clock:
    """Returns Unix seconds when called; `factor` of them pass in each real second."""

    def __init__(self, factor: float = 1.0) -> None:
        self.factor = factor
        self._began = time.time()

    def __call__(self) -> float:
        now = time.time()
        return now + (now - self._began) * (self.factor - 1)

    def real(self, seconds: float) -> float:
        """Convert a duration of this clock to real seconds."""
        return seconds / self.factor
