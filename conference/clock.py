"""The line's own time, which tests let pass faster than the world's."""

from __future__ import annotations

import time


class Clock:
    """Unix seconds. From its making on, `factor` of them pass in each real one."""

    def __init__(self, factor: float = 1.0) -> None:
        self.factor = factor
        self._began = time.time()

    def __call__(self) -> float:
        now = time.time()
        return now + (now - self._began) * (self.factor - 1)

    def real(self, seconds: float) -> float:
        """How many real seconds so many of this clock take."""
        return seconds / self.factor
