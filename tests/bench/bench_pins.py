"""What guessing PINs gains, and how long genuine callers wait meanwhile, by simulated time.

The core's own functions decide when each PIN is compared; the calls around them are simple. Each
caller dials, hears the prompt, types, and perhaps waits; a call has three tries. A guesser types
faster than people do, calls from each number all the time, and loses no time between two calls. The
rows give figures of one hidden PIN: of ten PINs one is hit ten times as often.
"""

from __future__ import annotations

import heapq
import itertools
import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median

from bench_rows import Row, Size, p99

from conference.core.admission.pin_defence import PinDefence, note_right, note_wrong, turn
from conference.core.admission.reception import MOST_TRIES

GUESSES = 10_000
HOUR, DAY = 3600.0, 86_400.0
RINGS, TYPES = 2.0, 3.0  # seconds of a guesser: until the prompt; for a PIN
PERSON_TYPES = 8.0
CALLS_AGAIN = 20.0  # seconds until somebody who is to call later does
GUESSER_CALLS_AGAIN = (30.0, 300.0)  # of a number with few wrong PINs, and of any other
GENUINE_EVERY = 97.0  # seconds between two genuine callers, on average
SEED = 16

Step = Iterator[float]  # yields the time of the caller's next step


@dataclass
class Reception:
    """The defence, and all that happens at it. `compared`: the times of the guesses."""

    defence: PinDefence = field(default_factory=PinDefence)
    compared: list[float] = field(default_factory=list)
    waits: dict[str, list[float]] = field(default_factory=dict)
    steps: list[tuple[float, int, Step]] = field(default_factory=list)
    order: Iterator[int] = field(default_factory=itertools.count)
    now: float = 0.0

    def begins(self, caller: Step, at: float) -> None:
        heapq.heappush(self.steps, (at, next(self.order), caller))

    def run(self, over: Callable[[], bool]) -> None:
        """Let everybody act until it is over."""
        while self.steps and not over():
            self.now, _, caller = heapq.heappop(self.steps)
            if (following := next(caller, None)) is not None:
                self.begins(caller, following)

    def turn(self, number: str) -> float | None:
        self.defence, when = turn(self.defence, number, self.now)
        return when

    def guesser(self, number: str) -> Step:
        """Guess from this number, for ever."""
        guessed = 0
        while True:
            yield self.now + RINGS
            for _ in range(MOST_TRIES):
                yield self.now + TYPES
                when = self.turn(number)
                if when is None:
                    yield self.now + GUESSER_CALLS_AGAIN[guessed > 1]
                    break
                yield when
                self.defence = note_wrong(self.defence, number, self.now)
                self.compared.append(self.now)
                guessed += 1

    def genuine(self, kind: str, number: str, mistakes: int = 0) -> Step:
        """Enter a PIN, after so many mistakes, and call again until it is compared."""
        dialled = self.now
        spent = 0.0  # in speech and typing
        while True:
            yield self.now + PERSON_TYPES
            spent += PERSON_TYPES
            when = self.turn(number)
            if when is None:
                yield self.now + CALLS_AGAIN
                continue
            yield when
            if mistakes:
                self.defence = note_wrong(self.defence, number, self.now)
                mistakes -= 1
                continue
            self.defence = note_right(self.defence, number, self.now)
            self.waits.setdefault(kind, []).append(self.now - dialled - spent)
            return


def numbers(start: int) -> Iterator[str]:
    return (f"+1{n}" for n in itertools.count(start))


def attack(guessers: int, chance: random.Random, lasts: float = 10 * DAY) -> Reception:
    """Let so many numbers guess GUESSES times, or for so long, and genuine callers call."""
    at = Reception()
    for number in itertools.islice(numbers(2_000_000_000), guessers):
        at.begins(at.guesser(number), chance.uniform(0, RINGS))
    fresh = numbers(3_000_000_000)
    regulars = [*itertools.islice(numbers(4_000_000_000), 50)]
    for number in regulars:
        at.defence = note_right(at.defence, number, 0.0)

    def arrivals() -> Step:
        while True:
            yield at.now + chance.expovariate(1 / GENUINE_EVERY)
            kind = chance.randrange(4)
            if kind == 0:
                at.begins(at.genuine("a regular", chance.choice(regulars)), at.now)
            elif kind == 1:
                at.begins(at.genuine("after one mistake", next(fresh), mistakes=1), at.now)
            else:
                at.begins(at.genuine("the first time", next(fresh)), at.now)

    at.begins(arrivals(), 0.0)
    at.run(lambda: len(at.compared) >= GUESSES or at.now > lasts)
    return at


def pins(size: Size, folder: Path) -> Iterator[Row]:
    """Guess from one number and from 1,000; and as the guesser's victim, from the same number."""
    for guessers in (1, 1000):
        at = attack(guessers, random.Random(SEED))
        yield from _gains(at, f"from {guessers} number{'s' * (guessers > 1)}")
        yield from _waits(at.waits, "")
    begins: dict[str, list[float]] = {}
    for n in range(8 * size.rounds):
        for kind, waits in attack(1000, random.Random(n), HOUR).waits.items():
            begins.setdefault(kind, []).extend(waits)
    yield from _waits(begins, " in its first hour")
    yield _victim(size)


def _waits(found: dict[str, list[float]], when: str) -> Iterator[Row]:
    for kind, waits in sorted(found.items()):
        yield _row(f"  a caller waits{when}, {kind}: p50", waits)


def _row(what: str, waits: list[float]) -> Row:
    note = f"{len(waits)} callers; p99 {p99(waits):.0f} s, worst {max(waits):.0f} s"
    return Row(what, median(waits), "s", note=note)


def _gains(at: Reception, who: str) -> Iterator[Row]:
    lasted = at.compared[-1]
    first = sum(t < HOUR for t in at.compared)
    later = (len(at.compared) - first) / max(lasted - HOUR, 1) * HOUR
    day = sum(t < DAY for t in at.compared) * DAY / min(max(lasted, HOUR), DAY)
    yield Row(f"{who}: {len(at.compared)} guesses take", lasted / HOUR, "h")
    yield Row("  tries in the first hour", first, "", note=f"then {later:.1f} an hour")
    for digits in (4, 6):
        of = 10.0**digits
        note = f"within a day {min(day / of, 1):.3%}"
        yield Row(
            f"  {digits} digits: chance of a hit within an hour", 100 * first / of, "%", note=note
        )


def _victim(size: Size) -> Row:
    """A genuine caller whose own number a guesser uses, at random times of the attack."""
    chance, waits = random.Random(SEED), []
    for _ in range(20 * size.rounds):
        at = Reception()
        at.begins(at.guesser("+12000000000"), 0.0)
        calls = chance.uniform(0, DAY)
        at.run(lambda at=at, calls=calls: at.now >= calls)  # type: ignore[misc]
        at.begins(at.genuine("victim", "+12000000000"), calls)
        at.run(lambda at=at: bool(at.waits))  # type: ignore[misc]
        waits += at.waits["victim"]
    return _row("whose number the guesser uses too: p50", waits)
