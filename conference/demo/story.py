"""A story of callers who join and leave, played against the simulated Telnyx and judged."""

from __future__ import annotations

from collections.abc import Callable

from conference.demo import texts
from conference.demo.narrator import Sentence
from conference.demo.performance import (
    BACK_WITHIN,
    GUEST,
    NAMES,
    NUMBERS,
    Performance,
    patience,
)
from conference.demo.rehearsal import Line
from conference.demo.verdict import broken_promises
from conference.simulator import Chaos, Leg, sentences

SILENCE = 10.0  # story seconds: the longest silence allowed in chaos
SLOW = 1.0  # real seconds of silence allowed at any speed: clients wait half of them at least


class Story(Performance):
    """A number of callers join and leave one after the other.

    callers: how many, 1 to 20. The others: as in Performance. With chaos the story only requires
    that everyone hears the right thing at the end of each scene. Without it no request may be
    refused, and nobody may hear anything wrong for longer than PATIENCE.
    """

    def __init__(
        self,
        callers: int,
        narrate: Callable[[Sentence], None],
        chaos: Chaos | None = None,
        *,
        texml: bool = False,
    ) -> None:
        names = {NUMBERS[name]: name for name in NAMES[:callers]}
        super().__init__(names, narrate, chaos, texml=texml)

    @property
    def proved(self) -> str:
        """What the story has shown if no promise was broken."""
        return texts.STORMY if self._chaos else texts.BY_TEXML if self._texml else texts.CALM

    def play(self, line: Line) -> list[str]:
        """Play the story to the end, and return the promises that were broken. Raise Stuck."""
        telnyx = line.telnyx
        inside: list[Leg] = []
        for number in self.names:
            inside.append(telnyx.phone(number).dial(self.number(line)))
            self.legs.append(inside[-1])
            self._scene(line, inside)
        while inside:
            leaves = inside.pop(0 if len(inside) == len(self.names) else -1)
            telnyx.phone(leaves.number).hang_up()
            self._scene(line, inside)
        self.empty(line)
        if self._chaos:
            return self.silences(line, max(SILENCE, SLOW * telnyx.speed))
        greeted = not self._texml
        slow = patience(telnyx.speed)
        return self.refused(line) + broken_promises(self.legs, telnyx.now(), slow, greeted=greeted)

    def come_back(self, line: Line) -> None:
        """Let all callers dial in again and stay. The guest answers from now on.

        Return when the callers hear each other, or after BACK_WITHIN.
        """
        line.telnyx.phone(GUEST).when_called()
        inside = [line.telnyx.phone(number).dial(self.number(line)) for number in self.names]
        self.wait(lambda: _all_hear_the_right_thing(inside), BACK_WITHIN)

    def _scene(self, line: Line, inside: list[Leg]) -> None:
        """Wait until everyone hears the right thing, and again a while later."""
        self.lasts(line, lambda: _all_hear_the_right_thing(inside), self._expected(inside))

    def _expected(self, inside: list[Leg]) -> str:
        names = [self.names[leg.number] for leg in inside]
        if len(names) == 1:
            return f"{names[0]} hears music, being alone"
        return f"{sentences.joined(names)} hear each other" if names else "everybody has left"


def _all_hear_the_right_thing(inside: list[Leg]) -> bool:
    if len(inside) == 1:
        return inside[0].hears.what == "music"
    return all_hear_each_other(inside)


def all_hear_each_other(inside: list[Leg]) -> bool:
    """Whether each of these callers hears exactly the others."""
    numbers = {leg.number for leg in inside}
    return all(
        leg.hears.what == "conference" and set(leg.hears.others) == numbers - {leg.number}
        for leg in inside
    )
