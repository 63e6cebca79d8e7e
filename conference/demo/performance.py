"""The parts of every story: a running line, its callers, and sentences about them."""

from __future__ import annotations

import time
import uuid
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from threading import Condition
from typing import Any

from conference.core.events import ModeratorRequest, Refused
from conference.core.room_states import hold_reason
from conference.demo.narrator import Narrator, Sentence, waits
from conference.demo.rehearsal import CreateApp, Line, rehearse
from conference.demo.verdict import longest_silences
from conference.engine import Overloaded
from conference.settings import Settings, make
from conference.simulator import CONNECTION_ID, NUMBER, Chaos, Happened, Leg

NAMES = (
    *("Ann", "Bob", "Cleo", "Dan", "Eve", "Finn", "Gil", "Hana", "Ivo", "Jo"),
    *("Kim", "Leo", "Mia", "Noa", "Otto", "Pia", "Quin", "Rosa", "Sam", "Tess"),
)
NUMBERS = {name: f"+1312555{111 + n:04d}" for n, name in enumerate(NAMES)}
GUEST = "+13125550142"  # Zoe: never calls, but answers
NAME_OF_GUEST = "Zoe"
STUCK = 30.0  # real seconds until a scene is given up
STUCK_IN_CHAOS = 60.0
BACK_WITHIN = 10.0  # real seconds for which the end of the story waits for the callers who stay
PATIENCE = 2.0  # story seconds in which the line may correct what callers hear
HICCUP = 0.5  # real seconds in which it may, at any speed: a busy machine is slow
TALK = 1.0  # story seconds that a scene lasts after that
COMPARE_EVERY = 2.0  # story seconds between two comparisons of the line with Telnyx, in chaos


class Stuck(Exception):
    """A scene was given up. The text names what did not happen."""


class Performance:
    """The callers of a story, watched from the first call to the last one.

    names: of the callers, by number. narrate: called with each sentence, on the simulator's thread.
    chaos: the faults between the line and Telnyx. texml: the callers dial the TeXML number.
    """

    def __init__(
        self,
        names: Mapping[str, str],
        narrate: Callable[[Sentence], None],
        chaos: Chaos | None = None,
        *,
        texml: bool = False,
    ) -> None:
        self.names = dict(names)
        self.legs: list[Leg] = []
        self._narrate = narrate
        self._chaos = chaos
        self._texml = texml
        self._changed = Condition()
        self._labels = {**self.names, GUEST: NAME_OF_GUEST, NUMBER: "the line"}
        self._labelled: set[str] = set()  # calls that have had their label
        self._narrator = Narrator(self._labels, self._why_on_hold)
        self._line: Line | None = None

    host = ""
    """The host's number; empty if the story has no host."""

    def scene(self, line: Line) -> str:
        """Return what a reader needs to know before the story; empty for nothing."""
        return ""

    def settings(self, **given: Any) -> Settings:
        """Return the line's settings, with those `given`."""
        return make(**given)

    @contextmanager
    def stage(self, create_app: CreateApp, speed: float, **given: Any) -> Iterator[Line]:
        """Start the line, with the settings `given`, and its Telnyx; stop both at the end.

        speed: seconds that pass for both of them in one real second.
        """
        given |= {"telnyx_connection_id": CONNECTION_ID, "telnyx_number": NUMBER}
        given["dial_allow"] = ("+",)  # any telephone of the page: a simulated call costs nothing
        if self._chaos:
            given["reconcile_seconds"] = COMPARE_EVERY
        settings = self.settings(time_factor=speed, **given)
        watched = rehearse(
            create_app, settings, speed=speed, on_event=self._happened, chaos=self._chaos
        )
        with watched as self._line:
            self._line.telnyx.telephones.dials = self.number(self._line)
            for number, name in {**self.names, GUEST: NAME_OF_GUEST}.items():
                self._line.telnyx.telephones.add(name, number)
            if self._chaos:
                self._line.engine.start()  # to find a first call whose webhooks are all lost
            yield self._line

    def number(self, line: Line) -> str:
        """Return the number that the callers dial."""
        return line.telnyx.texml.number if self._texml else line.telnyx.number

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

    def until(self, true: Callable[[], bool], expected: str) -> None:
        """Wait until something is true. Raise Stuck if it does not happen."""
        seconds = STUCK_IN_CHAOS if self._chaos else STUCK
        if not self.wait(true, seconds):
            raise Stuck(f"{expected}: this did not happen within {seconds:g} s")

    def wait(self, true: Callable[[], bool], seconds: float) -> bool:
        """Wait until something is true, or for so many real seconds. Return whether it is."""
        deadline = time.monotonic() + seconds
        with self._changed:
            while not true():
                if time.monotonic() > deadline:
                    return False
                self._changed.wait(0.05)  # some changes cause no event
        return True

    def lasts(self, line: Line, true: Callable[[], bool], expected: str) -> None:
        """Wait until something is true, and true again a while later. Else raise Stuck."""
        telnyx = line.telnyx
        self.until(true, expected)
        over = telnyx.now() + patience(telnyx.speed) + TALK
        self.until(lambda: telnyx.now() >= over and true(), expected)

    def empty(self, line: Line) -> None:
        """Wait until nobody is in any room."""
        rooms = line.engine.registry.rooms
        self.until(lambda: not any(r.participants for r in rooms()), "the room is empty")

    def waits(self) -> list[str]:
        """Return a sentence for each wait with music: when it was, and what ended it."""
        return list(waits(self.names, self.legs, self.host))

    def hints(self, line: Line) -> str:
        """Return what people at the telephones need to know."""
        return ""

    def refused(self, line: Line, *in_order: str) -> list[str]:
        """Return a sentence for each request and document that Telnyx has refused.

        in_order: codes of refusals that belong to the story.
        """
        telnyx = line.telnyx
        wrong = [r for r in telnyx.requests if r.status >= 400 and r.code not in in_order]
        refused = [f"Telnyx refused {r.path}: {r.code}" for r in wrong]
        return refused + [f"Telnyx refused a document: {each}" for each in telnyx.texml.problems]

    def silences(self, line: Line, longest: float) -> list[str]:
        """Return a sentence for each caller in silence for more than so many story seconds."""
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
        """Return the line's own `hold_reason`, from the moment in which it decides to hold."""
        for room in self._line.engine.registry.rooms() if self._line else []:
            for call in room.joined:
                if room.participants[call].number == number:
                    return hold_reason(room, call)
        return None


def patience(speed: float) -> float:
    """Return the story seconds in which the line may correct what callers hear."""
    return max(PATIENCE, HICCUP * speed)
