"""The digits that a phone's owner is asked for: which are wanted, and what has come so far."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field

from .sounds import Clip

KEYS = "0123456789*#ABCD"


@dataclass(frozen=True)
class Wanted:
    """valid: the digits that count. others_ignored: or else they make the whole input invalid."""

    valid: str = "0123456789#*"
    minimum: int = 1
    maximum: int = 128
    terminating: str = "#"
    others_ignored: bool = False


@dataclass(eq=False)
class Gather:
    """Digits being gathered. Times in seconds.

    prompt, sorry: copies are played for each try, and before it after a wrong one. clips: where.
    first, between: how long to wait for the first digit, and for the next. tries: how many are
    left. stops_prompt: whether a key does. playing: those of this try.
    """

    wanted: Wanted
    id: str | None
    clips: deque[Clip]
    first: float
    between: float
    prompt: Clip | None = None
    sorry: Clip | None = None
    tries: int = 1
    stops_prompt: bool = True
    digits: str = ""
    waits: int = 0  # how often a wait has begun: only the last one counts
    playing: list[Clip] = field(default_factory=list)

    def press(self, digit: str) -> str:
        """ "valid" or "invalid" if that is the last digit, else ""."""
        if digit == self.wanted.terminating:
            return self.outcome()
        if self.wanted.others_ignored and digit not in self.wanted.valid:
            return ""
        self.digits += digit
        return self.outcome() if len(self.digits) >= self.wanted.maximum else ""

    def outcome(self) -> str:
        """What the digits so far amount to, if no more come."""
        enough = len(self.digits) >= self.wanted.minimum
        return "valid" if enough and set(self.digits) <= set(self.wanted.valid) else "invalid"
