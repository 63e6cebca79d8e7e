"""Callers who dial, press keys and hear. Every sentence about them waits until it is true."""

from __future__ import annotations

from dataclasses import dataclass, field

from rigs.people import ANN, BOB, CLEO
from rigs.waiting import until

from conference.core.admission import reception
from conference.simulator import Leg, SimulatedTelnyx

PEOPLE = {
    "Ann": ANN,
    "Bob": BOB,
    "Cleo": CLEO,
    "Dan": "+13125550114",
    "Eve": "+13125550115",
    "Mallory": "+13125550116",
    "Hana": "+13125550118",
}
"""The people of the stories, and their numbers."""

APART = 0.4  # simulated seconds from one key to the next


@dataclass
class Caller:
    """A person with a telephone: one of PEOPLE, or with a number of their own.

    `leg`: the newest call.
    """

    telnyx: SimulatedTelnyx
    name: str
    number: str = ""
    leg: Leg = field(init=False)

    def __post_init__(self) -> None:
        self.number = self.number or PEOPLE[self.name]

    def dials(self, to: str = "") -> Caller:
        """Dial the shared number, or another one."""
        self.leg = self.telnyx.phone(self.number).dial(to or None)
        return self

    def enters(self, pin: str) -> Caller:
        """Dial the shared number, hear the prompt and press the PIN."""
        self.dials()
        self.hears(reception.ENTER)
        self.presses(pin)
        return self

    def answers_when_called(self) -> Caller:
        """Answer calls from now on, a second after the telephone rings."""
        self.telnyx.phone(self.number).when_called()
        return self

    def is_called(self) -> None:
        """Wait until the line has called: that is the newest call then."""
        self.leg = until(lambda: self._calls_from_the_line, f"{self.name} is called")[-1]

    def presses(self, keys: str) -> None:
        """Press keys as people do, and wait until the line has all of them."""
        typed = self.leg.typed
        self.telnyx.phone(self.number).press(keys, APART)
        until(lambda: self.leg.typed == typed + keys, f"{self.name} has pressed the keys")
        assert self.telnyx.idle(10)

    def hangs_up(self) -> None:
        """Hang up, and wait until the line knows that the call has ended."""
        self.telnyx.phone(self.number).hang_up()
        self.is_hung_up()
        assert self.telnyx.idle(10)

    def hears(self, words: str, times: int = 1) -> float:
        """Wait until the caller has heard these words in this call, in all so many times.

        Return when the last of these times began, in simulated seconds.
        """

        def began() -> list[float]:
            return [each.at for each in self.leg.timeline if each.detail == words][times - 1 :]

        return until(began, f"{self.name} hears {words!r}: {self.told}")[0]

    def hears_of(self, words: str) -> None:
        """Wait until the caller has heard these words as a part of others."""
        until(lambda: words in " ".join(self.told), f"{self.name} hears {words!r}: {self.told}")

    def hears_music(self, audio: str = "") -> None:
        """Wait until music plays, from this address if one is given."""

        def plays() -> bool:
            return self.leg.hears.what == "music" and audio in ("", self.leg.hears.detail)

        until(plays, f"{self.name} hears music {audio}")

    def hears_in_the_queue(self, audio: str) -> None:
        """Wait until this audio plays to the caller, who waits in a queue at Telnyx."""
        plays = ("playback", audio)
        expected = f"{self.name} hears {audio}"
        until(lambda: (self.leg.hears.what, self.leg.hears.detail) == plays, expected)

    def hears_only(self, *others: Caller) -> None:
        """Wait until the caller hears these others, and nobody else."""
        numbers = {other.number for other in others}
        expected = f"{self.name} hears {[other.name for other in others]}"
        until(lambda: self._voices == numbers, expected, within=30)

    def is_inside(self) -> None:
        until(lambda: self.leg.conference is not None, f"{self.name} is let in")

    def is_hung_up(self) -> None:
        until(lambda: self.leg.state == "ended", f"{self.name} is hung up")

    @property
    def told(self) -> list[str]:
        """All that was spoken to the caller so far in this call."""
        return [heard.detail for heard in self.leg.timeline if heard.what == "speech"]

    @property
    def beeps(self) -> int:
        """How many beeps the caller has heard so far in this call."""
        return len(self.leg.beeps)

    @property
    def _calls_from_the_line(self) -> list[Leg]:
        legs = self.telnyx.phone(self.number).legs
        return [leg for leg in legs if leg.direction == "outgoing" and leg.state != "ended"]

    @property
    def _voices(self) -> set[str] | None:
        return {*self.leg.hears.others} if self.leg.hears.what == "conference" else None


def talk(*callers: Caller) -> None:
    """Wait until each hears exactly the others, and the line knows that they are inside."""
    for caller in callers:
        caller.hears_only(*(other for other in callers if other is not caller))
    assert callers[0].telnyx.idle(10)
