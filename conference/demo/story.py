"""A story of callers who come and go, played against the simulated Telnyx and judged."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from threading import Condition
from typing import Any

from conference.demo.narrator import Narrator, Told, waits
from conference.demo.rehearsal import CreateApp, Line, rehearse
from conference.demo.verdict import broken_promises, longest_silences
from conference.reporting import public_view as view
from conference.settings import make
from conference.simulator import CONNECTION_ID, NUMBER, Chaos, Happened, Leg

NAMES = (
    *("Ann", "Bob", "Cleo", "Dan", "Eve", "Finn", "Gil", "Hana", "Ivo", "Jo"),
    *("Kim", "Leo", "Mia", "Noa", "Otto", "Pia", "Quin", "Rosa", "Sam", "Tess"),
)
GUEST = "+13125550142"  # who does not call, but may be called
STUCK = 30.0  # real seconds after which a scene is given up
STUCK_IN_CHAOS = 60.0
PATIENCE = 2.0  # seconds of the story in which the line may put right what callers hear
HICCUP = 0.5  # real seconds in which it may, however fast the story goes: machines are busy
TALK = 1.0  # seconds of the story that a scene lasts beyond that
LOOK_EVERY = 2.0  # seconds of the story after which the line, in chaos, compares with Telnyx
SILENCE = 10.0  # seconds of the story: in chaos, nobody is in silence for longer
SLOW = 1.0  # real seconds that silence may last at any speed: clients wait half of it at least


class Stuck(Exception):
    """A scene did not come about. Its text says which."""


class Story:
    """So many callers come and go; `tell` is given each line. texml: they call the TeXML number.

    In chaos the line has time to mend things: at the end of each scene everyone must hear what
    they should. Without it, no request may be refused, and nothing is wrong for long.
    """

    def __init__(
        self,
        callers: int,
        tell: Callable[[Told], None],
        chaos: Chaos | None = None,
        *,
        texml: bool = False,
    ) -> None:
        self.names = {f"+1312555{111 + n:04d}": name for n, name in enumerate(NAMES[:callers])}
        self.legs: list[Leg] = []
        self._tell = tell
        self._chaos = chaos
        self._texml = texml
        self._changed = Condition()
        self._narrator = Narrator(
            {**self.names, GUEST: "Zoe", NUMBER: "the line"}, self._why_on_hold
        )
        self._line: Line | None = None

    @contextmanager
    def stage(self, create_app: CreateApp, speed: float, **given: Any) -> Iterator[Line]:
        """Start the line, with the settings `given`, and its Telnyx.

        speed: seconds that pass for both of them in one real second.
        """
        given |= {"telnyx_connection_id": CONNECTION_ID, "telnyx_number": NUMBER}
        if self._chaos:
            given["reconcile_seconds"] = LOOK_EVERY
        settings = make(time_factor=speed, **given)
        watched = rehearse(
            create_app, settings, speed=speed, on_event=self._happened, chaos=self._chaos
        )
        with watched as self._line:
            if self._chaos:
                self._line.engine.start()  # so that a first call is found of which it hears nothing
            yield self._line

    def play(self, line: Line) -> list[str]:
        """Play it to the end; what was not as promised."""
        telnyx = line.telnyx
        inside: list[Leg] = []
        for number in self.names:
            inside.append(telnyx.phone(number).dial(self._called(line)))
            self.legs.append(inside[-1])
            self._scene(line, inside)
        while inside:
            leaves = inside.pop(0 if len(inside) == len(self.names) else -1)
            telnyx.phone(leaves.number).hang_up()
            self._scene(line, inside)
        rooms = line.engine.registry.rooms
        self._until(lambda: not any(r.participants for r in rooms()), "the room is empty")
        return self._silences(line) if self._chaos else self._faults(line)

    def come_back(self, line: Line) -> None:
        """All dial in again and stay; the guest answers if called."""
        line.telnyx.phone(GUEST).when_called()
        for number in self.names:
            line.telnyx.phone(number).dial(self._called(line))

    def _called(self, line: Line) -> str:
        return line.telnyx.texml.number if self._texml else line.telnyx.number

    def _scene(self, line: Line, inside: list[Leg]) -> None:
        """Until everyone hears what they should, some time later still."""
        telnyx, what = line.telnyx, self._expected(inside)
        self._until(lambda: _as_it_should_be(inside), what)
        over = telnyx.now() + _patience(telnyx.speed) + TALK
        self._until(lambda: telnyx.now() >= over and _as_it_should_be(inside), what)

    def _faults(self, line: Line) -> list[str]:
        telnyx = line.telnyx
        refused = [f"Telnyx refused {r.path}: {r.code}" for r in telnyx.requests if r.status >= 400]
        refused += [f"Telnyx refused a document: {problem}" for problem in telnyx.texml.problems]
        patience, greeted = _patience(telnyx.speed), not self._texml
        return refused + broken_promises(self.legs, telnyx.now(), patience, greeted=greeted)

    def _silences(self, line: Line) -> list[str]:
        longest = max(SILENCE, SLOW * line.telnyx.speed)
        return [
            f"{silence.number} was in silence for {silence.lasted:.1f} s"
            for silence in longest_silences(self.legs, line.telnyx.now())
            if silence.lasted > longest
        ]

    def waits(self) -> list[str]:
        """Who waited with music, when, and what ended it."""
        return list(waits(self.names, self.legs))

    def _expected(self, inside: list[Leg]) -> str:
        names = [self.names[leg.number] for leg in inside]
        if len(names) == 1:
            return f"{names[0]} hears music, being alone"
        return f"{' and '.join(names)} hear each other" if names else "everybody has left"

    def _until(self, come: Callable[[], bool], what: str) -> None:
        until = time.monotonic() + (STUCK_IN_CHAOS if self._chaos else STUCK)
        with self._changed:
            while not come():
                if time.monotonic() > until:
                    raise Stuck(f"it never came about that {what}")
                self._changed.wait(0.05)  # also for what changes without a word

    def _happened(self, happened: Happened) -> None:
        with suppress(BrokenPipeError):  # as with `| head`
            self._tell(self._narrator.tell(happened))
        with self._changed:
            self._changed.notify_all()

    def _why_on_hold(self, number: str) -> str | None:
        """The line's own reason, as it shows it to whoever asks."""
        rooms = self._line.engine.registry.rooms() if self._line else []
        shown = (p for room in rooms for p in view.participants(room) if p["number"] == number)
        return next((p["hold_reason"] for p in shown), None)


def _patience(speed: float) -> float:
    return max(PATIENCE, HICCUP * speed)


def _as_it_should_be(inside: list[Leg]) -> bool:
    if len(inside) == 1:
        return inside[0].hears.what == "music"
    numbers = {leg.number for leg in inside}
    return all(
        leg.hears.what == "conference" and set(leg.hears.others) == numbers - {leg.number}
        for leg in inside
    )
