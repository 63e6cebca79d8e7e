"""Digits that a caller types: which ones are wanted, and which ones have arrived."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field

from . import causes
from .sounds import Clip

KEYS = "0123456789*#ABCD"


@dataclass(frozen=True)
class Wanted:
    """The digits that a gather accepts.

    valid: the accepted digits. others_ignored: ignore other digits; else they make the whole input
    invalid. terminating: the keys that end the input.
    """

    valid: str = "0123456789#*"
    minimum: int = 1
    maximum: int = 128
    terminating: str = "#"
    others_ignored: bool = False


@dataclass(eq=False)
class Gather:
    """A gather under way. Times are simulated seconds.

    prompt: played at the start of each try. sorry: played before the prompt, after a wrong try.
    clips: the queue of sounds that both are played in. playing: the clips of this try. first,
    between: how long to wait for the first digit, and for each next one. tries: the tries left.
    stops_prompt: whether a key stops the prompt. causes: of its command.
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
    waits: int = 0  # the number of waits that have begun: only the last one counts
    playing: list[Clip] = field(default_factory=list)
    causes: causes.Causes = field(default_factory=causes.present)

    def press(self, digit: str) -> str:
        """Add a digit. Return "valid" or "invalid" if it ends the input, else ""."""
        if digit in self.wanted.terminating:
            return self.outcome()
        if self.wanted.others_ignored and digit not in self.wanted.valid:
            return ""
        self.digits += digit
        return self.outcome() if len(self.digits) >= self.wanted.maximum else ""

    def outcome(self) -> str:
        """Return "valid" or "invalid": the result, if no digit follows."""
        enough = len(self.digits) >= self.wanted.minimum
        return "valid" if enough and set(self.digits) <= set(self.wanted.valid) else "invalid"
