"""The defence of PINs: when a PIN that a caller has entered may be compared.

1. A number's first FREE wrong PINs cost no wait. After each further one, its next PIN waits longer.
2. After PRESSED_BY wrong PINs within PRESSED_WITHIN, from whatever numbers, PINs take turns: those
   of numbers with more than one wrong PIN in the slower lane. Numbers that have entered a right PIN
   lately are spared.

The PIN waits, not the prompt: so calls at the same time gain nothing, and colleagues behind one
number who enter right PINs do not delay each other. A right PIN ends the wait of its number, but
wrong ones still count: nobody can use a PIN of their own to guess another one faster.

`python -m tests.bench pins` measures what guessing gains, and how long others wait.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal, NamedTuple, TypeVar

from conference.core.replacing import replace
from conference.core.schema.phone_numbers import with_plus

V = TypeVar("V")
Lane = Literal["usual", "slow"]

FREE = 3
FIRST_WAIT, LONGEST_WAIT = 15.0, 600.0  # seconds; each wait is twice the one before
MOST_WAITED = 60.0  # seconds that a caller waits for the comparison; for longer, call again
FORGOTTEN_AFTER = 86_400.0  # seconds since a number's newest wrong PIN
SPARED_FOR = 7 * 86_400.0  # seconds since a number's newest right PIN
MOST_NUMBERS = 10_000
PRESSED_BY, PRESSED_WITHIN = 20, 3600.0
GAPS: Mapping[Lane, float] = {"usual": 1.0, "slow": 30.0}  # seconds between two turns

WITHHELD = ""
"""The key that all withheld numbers share."""


class Record(NamedTuple):
    """The wrong PINs of a number. `at`: of the newest. `next`: no PIN is compared before."""

    wrong: int = 0
    at: float = 0.0
    next: float = 0.0


@dataclass(frozen=True, slots=True)
class PinDefence:
    """The wrong and right PINs so far, in memory only. Times are Unix seconds.

    `records`: of numbers in E.164, the newest last. `right`: the newest right PIN of each number.
    `lately`: the last PRESSED_BY wrong PINs. `turns`: the next free turn of each lane.
    """

    records: Mapping[str, Record] = field(default_factory=dict)
    right: Mapping[str, float] = field(default_factory=dict)
    lately: tuple[float, ...] = ()
    turns: Mapping[str, float] = field(default_factory=dict)

    def remembers(self, at: float) -> bool:
        """Whether it holds anything that counts at this time."""
        wrong = any(at - record.at < FORGOTTEN_AFTER for record in self.records.values())
        return wrong or any(at - newest < SPARED_FOR for newest in self.right.values())


def turn(defence: PinDefence, number: str, at: float) -> tuple[PinDefence, float | None]:
    """Return when the PIN that this number has entered may be compared: now, or at a later time,
    which is reserved.

    None if that is more than MOST_WAITED ahead. Then nothing is reserved.
    """
    number = with_plus(number)
    record = _record(defence, number, at)
    lane = _lane(defence, number, record, at)
    free = max(at, defence.turns.get(lane, at)) if lane else at
    when = max(free, record.next)
    if when > at + MOST_WAITED:
        return defence, None
    if lane:
        defence = replace(defence, turns={**defence.turns, lane: free + GAPS[lane]})
    if when > at:  # another PIN of this number, in a call at the same time, waits for this one
        reserved = Record(record.wrong, at, when + wait_after(max(record.wrong, FREE)))
        defence = replace(defence, records=_kept(defence.records, number, reserved))
    return defence, when


def note_wrong(defence: PinDefence, number: str, at: float) -> PinDefence:
    """Count a wrong PIN of this number."""
    number = with_plus(number)
    before = _record(defence, number, at)
    wrong = before.wrong + 1
    record = Record(wrong, at, max(before.next, at + wait_after(wrong)))
    records = _kept(defence.records, number, record)
    return replace(defence, records=records, lately=(*defence.lately, at)[-PRESSED_BY:])


def note_right(defence: PinDefence, number: str, at: float) -> PinDefence:
    """End the wait of this number, and spare it while PINs take turns."""
    number = with_plus(number)
    if number in defence.records:
        record = defence.records[number]._replace(next=at)
        defence = replace(defence, records={**defence.records, number: record})
    if number == WITHHELD:
        return defence
    return replace(defence, right=_kept(defence.right, number, at))


def wait_after(wrong: int) -> float:
    """Return the seconds that a number waits after so many wrong PINs."""
    if wrong < FREE:
        return 0.0
    return min(FIRST_WAIT * 2.0 ** min(wrong - FREE, 10), LONGEST_WAIT)


def _record(defence: PinDefence, number: str, at: float) -> Record:
    record = defence.records.get(number, Record())
    return record if at - record.at < FORGOTTEN_AFTER else Record()


def _lane(defence: PinDefence, number: str, record: Record, at: float) -> Lane | None:
    """Return the lane in which the number's PINs take turns; None if they need not."""
    lately = defence.lately
    if len(lately) < PRESSED_BY or at - lately[0] > PRESSED_WITHIN:
        return None
    if record.wrong < FREE and at - defence.right.get(number, -SPARED_FOR) < SPARED_FOR:
        return None
    return "slow" if record.wrong > 1 else "usual"


def _kept(mapping: Mapping[str, V], number: str, value: V) -> Mapping[str, V]:
    """Return the mapping with this number as the newest, without the oldest beyond MOST_NUMBERS."""
    kept = {known: each for known, each in mapping.items() if known != number}
    while len(kept) >= MOST_NUMBERS:
        del kept[next(iter(kept))]
    kept[number] = value
    return kept
