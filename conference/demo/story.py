"""A story of callers who join and leave, played against the simulated Telnyx and judged."""

from __future__ import annotations

import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from threading import Condition
from typing import Any

from conference.core.events import ModeratorRequest, Refused
from conference.demo.narrator import Narrator, Sentence, waits
from conference.demo.rehearsal import CreateApp, Line, rehearse
from conference.demo.verdict import broken_promises, longest_silences
from conference.engine import Overloaded
from conference.reporting import public_view
from conference.settings import make
from conference.simulator import CONNECTION_ID, NUMBER, Chaos, Happened, Leg, sentences

NAMES = (
    *("Ann", "Bob", "Cleo", "Dan", "Eve", "Finn", "Gil", "Hana", "Ivo", "Jo"),
    *("Kim", "Leo", "Mia", "Noa", "Otto", "Pia", "Quin", "Rosa", "Sam", "Tess"),
)
GUEST = "+13125550142"  # Zoe: never calls, but answers
NAME_OF_GUEST = "Zoe"
STUCK = 30.0  # real seconds until a scene is given up
STUCK_IN_CHAOS = 60.0
BACK_WITHIN = 10.0  # real seconds for which the end of the story waits for the callers who stay
PATIENCE = 2.0  # story seconds in which the line may correct what callers hear
HICCUP = 0.5  # real seconds in which it may, at any speed: a busy machine is slow
TALK = 1.0  # story seconds that a scene lasts after that
COMPARE_EVERY = 2.0  # story seconds between two comparisons of the line with Telnyx, in chaos
SILENCE = 10.0  # story seconds: the longest silence allowed in chaos
SLOW = 1.0  # real seconds of silence allowed at any speed: clients wait half of them at least


class Stuck(Exception):
    """A scene was given up. The text names what did not happen."""


class Story:
    """A number of callers join and leave one after the other.

    callers: how many, 1 to 20. narrate: called with each sentence, on the simulator's thread.
    chaos: the faults between the line and Telnyx; the story then only requires that everyone hears
    the right thing at the end of each scene. Without chaos no request may be refused, and nobody
    may hear anything wrong for longer than PATIENCE. texml: the callers dial the TeXML number.
    """

    def __init__(
        self,
        callers: int,
        narrate: Callable[[Sentence], None],
        chaos: Chaos | None = None,
        *,
        texml: bool = False,
    ) -> None:
        self.names = {f"+1312555{111 + n:04d}": name for n, name in enumerate(NAMES[:callers])}
        self.legs: list[Leg] = []
        self._narrate = narrate
        self._chaos = chaos
        self._texml = texml
        self._changed = Condition()
        self._labels = {**self.names, GUEST: NAME_OF_GUEST, NUMBER: "the line"}
        self._labelled: set[str] = set()  # calls that have had their label
        self._narrator = Narrator(self._labels, self._why_on_hold)
        self._line: Line | None = None

    @contextmanager
    def stage(self, create_app: CreateApp, speed: float, **given: Any) -> Iterator[Line]:
        """Start the line, with the settings `given`, and its Telnyx; stop both at the end.

        speed: seconds that pass for both of them in one real second.
        """
        given |= {"telnyx_connection_id": CONNECTION_ID, "telnyx_number": NUMBER}
        given["dial_allow"] = ("+",)  # any telephone of the page: a simulated call costs nothing
        if self._chaos:
            given["reconcile_seconds"] = COMPARE_EVERY
        settings = make(time_factor=speed, **given)
        watched = rehearse(
            create_app, settings, speed=speed, on_event=self._happened, chaos=self._chaos
        )
        with watched as self._line:
            self._line.telnyx.telephones.dials = self._number(self._line)
            for number, name in {**self.names, GUEST: NAME_OF_GUEST}.items():
                self._line.telnyx.telephones.add(name, number)
            if self._chaos:
                self._line.engine.start()  # to find a first call whose webhooks are all lost
            yield self._line

    def play(self, line: Line) -> list[str]:
        """Play the story to the end, and return the promises that were broken. Raise Stuck."""
        telnyx = line.telnyx
        inside: list[Leg] = []
        for number in self.names:
            inside.append(telnyx.phone(number).dial(self._number(line)))
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
        """Let all callers dial in again and stay. The guest answers from now on.

        Return when the callers hear each other, or after BACK_WITHIN.
        """
        line.telnyx.phone(GUEST).when_called()
        inside = [line.telnyx.phone(number).dial(self._number(line)) for number in self.names]
        with self._changed:
            self._changed.wait_for(lambda: _all_hear_the_right_thing(inside), BACK_WITHIN)

    def label(self, line: Line) -> None:
        """Label the callers inside with their names, as a moderator does by `rename`.

        Telephones that were added in the page have names, too. Each call gets its label once,
        unless it has one: a moderator may change it.
        """
        self._labels.update(line.telnyx.telephones.names)
        for room in line.engine.registry.rooms():
            for call in room.joined - self._labelled:
                name = self._labels.get(room.participants[call].number)
                if name and not room.participants[call].label:
                    self._rename(line, room.name, call, name)
                self._labelled.add(call)

    def _rename(self, line: Line, room: str, call: str, name: str) -> None:
        request = ModeratorRequest(
            "rename", line.engine.clock(), uuid.uuid4().hex, (call,), {"label": name}
        )
        with suppress(Refused, Overloaded):  # the call may have ended
            line.engine.moderate(room, request)

    def waits(self) -> list[str]:
        """Return a sentence for each wait with music: when it was, and what ended it."""
        return list(waits(self.names, self.legs))

    def _number(self, line: Line) -> str:
        return line.telnyx.texml.number if self._texml else line.telnyx.number

    def _scene(self, line: Line, inside: list[Leg]) -> None:
        """Wait until everyone hears the right thing, and again a while later."""
        telnyx, expected = line.telnyx, self._expected(inside)
        self._until(lambda: _all_hear_the_right_thing(inside), expected)
        over = telnyx.now() + _patience(telnyx.speed) + TALK
        self._until(
            lambda: telnyx.now() >= over and _all_hear_the_right_thing(inside),
            expected,
        )

    def _expected(self, inside: list[Leg]) -> str:
        names = [self.names[leg.number] for leg in inside]
        if len(names) == 1:
            return f"{names[0]} hears music, being alone"
        return f"{sentences.joined(names)} hear each other" if names else "everybody has left"

    def _until(self, true: Callable[[], bool], expected: str) -> None:
        seconds = STUCK_IN_CHAOS if self._chaos else STUCK
        deadline = time.monotonic() + seconds
        with self._changed:
            while not true():
                if time.monotonic() > deadline:
                    raise Stuck(f"{expected}: this did not happen within {seconds:g} s")
                self._changed.wait(0.05)  # some changes cause no event

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

    def _happened(self, happened: Happened) -> None:
        with suppress(BrokenPipeError):  # as with `| head`
            self._narrate(self._narrator.narrate(happened))
        with self._changed:
            self._changed.notify_all()

    def _why_on_hold(self, number: str) -> str | None:
        """Return the line's own `hold_reason`, as its control API shows it."""
        rooms = self._line.engine.registry.rooms() if self._line else []
        rows = (row for room in rooms for row in public_view.participants(room))
        return next((row["hold_reason"] for row in rows if row["number"] == number), None)


def _patience(speed: float) -> float:
    return max(PATIENCE, HICCUP * speed)


def _all_hear_the_right_thing(inside: list[Leg]) -> bool:
    if len(inside) == 1:
        return inside[0].hears.what == "music"
    numbers = {leg.number for leg in inside}
    return all(
        leg.hears.what == "conference" and set(leg.hears.others) == numbers - {leg.number}
        for leg in inside
    )
