"""The keys that a participant has pressed lately: a value, and its changes.

Webhooks arrive late, twice and in any order. So keys are sorted by Telnyx's time where two of them
have one, else by arrival.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from conference.core.replacing import replace
from conference.core.telnyx_time import unix

FORGOTTEN_AFTER = 3.0  # seconds without a further key
REPEATED_WITHIN = 0.25  # seconds; the same digit counts once
MOST_KEPT = 32  # keys


@dataclass(frozen=True, slots=True)
class Key:
    """A pressed key. `at`: arrival, Unix seconds. `occurred_at`: as in Webhook."""

    digit: str = field(repr=False)
    at: float
    occurred_at: str = ""


@dataclass(frozen=True, slots=True)
class Pressed:
    """The keys of a participant.

    `keys`: of a sequence that is not complete, in the order of their times. `past`: the newest key
    that has counted, or the end of a gather; older keys do nothing. `question`: the action that
    reads further keys; empty if none does. `wrong_pins`: moderator PINs on this call. `pin`: a
    moderator PIN that waits for its comparison. `gathers_until`: the latest end of a gather, Unix
    seconds; 0 without one.
    """

    keys: tuple[Key, ...] = field(default=(), repr=False)
    past: Key | None = None
    question: str = ""
    wrong_pins: int = 0
    pin: str = field(default="", repr=False)
    gathers_until: float = 0.0

    @property
    def text(self) -> str:
        """The digits of the keys."""
        return "".join(key.digit for key in self.keys)


NOTHING_PRESSED = Pressed()


def seconds_between(earlier: Key, later: Key) -> float:
    """Return the time between two keys; negative if the second one is the earlier one."""
    if earlier.occurred_at and later.occurred_at:
        times = unix(f"{earlier.occurred_at}Z"), unix(f"{later.occurred_at}Z")
        if times[0] is not None and times[1] is not None:
            return times[1] - times[0]
    return later.at - earlier.at


def add(pressed: Pressed, key: Key, within: float = FORGOTTEN_AFTER) -> Pressed:
    """Return the keys with this one in its place. After `within` seconds former keys are forgotten.

    The same object if the key does not count: repeated, or older than one that has counted.
    """
    past = pressed.past
    known = (*([past] if past else []), *pressed.keys)
    if (past and seconds_between(past, key) < 0) or any(_repeats(each, key) for each in known):
        return pressed
    earlier = [each for each in pressed.keys if seconds_between(each, key) >= 0]
    keys = (*earlier, key, *pressed.keys[len(earlier) :])
    pauses = [n for n in range(1, len(keys)) if seconds_between(keys[n - 1], keys[n]) > within]
    return replace(pressed, keys=keys[max(pauses, default=0) :][-MOST_KEPT:])


def complete(pressed: Pressed, question: str = "") -> Pressed:
    """Return the keys after an action has used them. `question`: as in Pressed."""
    return replace(pressed, keys=(), past=pressed.keys[-1], question=question)


def sequence(pressed: Pressed, sequences: tuple[str, ...]) -> str:
    """Return the longest of the sequences that the keys end with; empty if none."""
    ends = [each for each in sequences if pressed.text.endswith(each)]
    return max(ends, key=len, default="")


def _repeats(known: Key, key: Key) -> bool:
    same = known.digit == key.digit
    return same and abs(seconds_between(known, key)) < REPEATED_WITHIN
