"""A story of three callers, played against the simulated Telnyx and told line by line."""

from __future__ import annotations

import textwrap
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from threading import Condition

from conference.rehearsal import Line, rehearse
from conference.simulator import Happened, Leg
from conference.simulator.verdict import broken_promises

CAST = {"+13125550111": "Ann", "+13125550112": "Bob", "+13125550113": "Cleo"}
WIDTH = 100  # columns
STUCK = 30.0  # real seconds after which a scene is given up
PATIENCE = 2.0  # simulated seconds in which the line may put right what callers hear
TALK = 1.0  # simulated seconds that a scene lasts beyond that

ACTIONS = {
    "answer": "answers",
    "speak": "lets the greeting be spoken",
    "hangup": "hangs up",
    "conferences": "opens the conference, with this caller in it",
    "join": "lets the caller into the conference",
    "hold": "puts whoever is alone on hold, with music",
    "unhold": "takes the caller off hold: company has come",
}


class Stuck(Exception):
    """A scene did not come about. Its text says which."""


class Story:
    """Three callers come and go; `tell` is given each line."""

    def __init__(self, tell: Callable[[str], None]) -> None:
        self._tell = tell
        self._changed = Condition()

    @contextmanager
    def stage(self, speed: float) -> Iterator[Line]:
        with rehearse(speed=speed, on_event=self._happened) as line:
            yield line

    def play(self, line: Line) -> list[str]:
        """Play it to the end; what was not as promised."""
        telnyx = line.telnyx
        phones = {name: telnyx.phone(number) for number, name in CAST.items()}
        patience = max(PATIENCE, telnyx.speed / 2)  # half a second of the line's own time
        legs: list[Leg] = []

        def enter(name: str) -> Leg:
            legs.append(phones[name].dial())
            return legs[-1]

        def scene(what: str, come: Callable[[], bool]) -> None:
            self._until(come, what)
            over = telnyx.now() + patience + TALK
            self._until(lambda: telnyx.now() >= over, what)

        ann = enter("Ann")
        scene("Ann hears music, being alone", lambda: _hears(ann, "music"))
        bob = enter("Bob")
        scene("Ann and Bob hear each other", lambda: _together(ann, bob))
        cleo = enter("Cleo")
        scene("all three hear each other", lambda: _together(ann, bob, cleo))
        phones["Ann"].hang_up()
        scene("Bob and Cleo hear each other", lambda: _together(bob, cleo))
        phones["Cleo"].hang_up()
        scene("Bob hears music, being alone again", lambda: _hears(bob, "music"))
        phones["Bob"].hang_up()
        rooms = line.engine.registry.rooms
        self._until(lambda: not any(r.participants for r in rooms()), "the room is empty")
        refused = [f"Telnyx refused {r.path}: {r.code}" for r in telnyx.requests if r.status >= 400]
        return refused + broken_promises(legs, telnyx.now(), patience)

    def _until(self, come: Callable[[], bool], what: str) -> None:
        until = time.monotonic() + STUCK
        with self._changed:
            while not come():
                if time.monotonic() > until:
                    raise Stuck(f"it never came about that {what}")
                self._changed.wait(0.05)  # also for what changes without a word

    def _happened(self, happened: Happened) -> None:
        who = CAST.get(happened.number, happened.number)
        words = f"{happened.at:6.1f} s  {_words(who, happened)}"
        with suppress(BrokenPipeError):  # as with `| head`
            self._tell(textwrap.fill(words, WIDTH, subsequent_indent=" " * 12))
        with self._changed:
            self._changed.notify_all()


def _hears(leg: Leg, what: str) -> bool:
    return leg.hears.what == what


def _together(*legs: Leg) -> bool:
    numbers = {leg.number for leg in legs}
    return all(
        _hears(leg, "conference") and set(leg.hears.others) == numbers - {leg.number}
        for leg in legs
    )


def _words(who: str, happened: Happened) -> str:
    match happened.kind:
        case "dials":
            return f"{who} dials {happened.detail}"
        case "answered":
            return f"{who} is connected"
        case "hears":
            return f"{who} hears {_sound(happened.detail)}"
        case "hangs up":
            return f"{who} hangs up"
        case "command":
            action = happened.detail.rsplit("/", 1)[-1]
            of = f" ({who})" if who else ""
            return f"    the line {ACTIONS.get(action, action)}{of}"
        case _:
            return f"    {happened.kind}: {who} {happened.detail}"


def _sound(detail: str) -> str:
    what, _, more = detail.partition(": ")
    if what == "speech":
        return f'"{more}"'
    if what == "music":
        return "music"
    if what == "conference":
        return "the room, nobody else in it"
    for number, name in CAST.items():
        detail = detail.replace(number, name)
    return detail.removeprefix("conference with ") if "conference with" in detail else detail
