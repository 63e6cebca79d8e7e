"""The line beside a simulated Telnyx, over real HTTP: callers dial, hear and hang up."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from rigs.people import NUMBER, TOKEN
from rigs.registry import keep
from rigs.waiting import until

from conference import create_app
from conference.core.room import Room
from conference.demo.rehearsal import Line, rehearse
from conference.settings import Settings, make
from conference.simulator import Leg
from conference.simulator.api.description import problems

ROOM = "demo-conference"
APPLICATION = "1494404757140276705"  # the simulated Telnyx's
MAY = {
    "control_token": TOKEN,
    "telnyx_connection_id": APPLICATION,
    "telnyx_number": NUMBER,
    "dial_allow": ("+1312", "+351"),
}
"""Settings that allow dial-out."""


@contextmanager
def rehearsal(speed: float = 20, latency: float = 0, **settings: Any) -> Iterator[Line]:
    """Run a line. Each of its requests must be valid by Telnyx's description."""
    with rehearsal_of(make(**settings), speed, latency) as line:
        yield line


@contextmanager
def rehearsal_of(settings: Settings, speed: float = 20, latency: float = 0) -> Iterator[Line]:
    """Run a line with these settings, as `rehearsal` does."""
    with rehearse(create_app, settings, speed=speed, latency=latency) as line:
        yield line
        for request in line.telnyx.requests:
            if request.method == "POST":
                assert problems(request.method, request.path, request.body) == []


def room(line: Line) -> Room:
    return line.engine.registry.room(ROOM)


def dial(line: Line, number: str) -> Leg:
    leg = line.telnyx.phone(number).dial()
    until(lambda: leg.conference is not None, f"{number} is let in")
    return leg


def hears(leg: Leg, what: str) -> None:
    until(lambda: leg.hears.what == what, f"{leg.number} hears {what}, not {leg.hears}")


def settled(line: Line) -> None:
    """Wait until the line knows all events, and has the answers to all its commands."""
    assert line.telnyx.idle(10)
    assert line.engine.idle(10)
    assert line.telnyx.idle(10)


def forget_everything(line: Line) -> None:
    """Clear the line's memory, as a kill -9 does."""
    settled(line)
    for known in line.engine.registry.rooms():
        keep(line.engine.registry, Room(known.name, known.settings, known.watches_unknown_calls))


@contextmanager
def texml(path: str = "/texml", **settings: Any) -> Iterator[Line]:
    """Run a line with a TeXML number beside its other one."""
    with rehearsal(control_token=TOKEN, **settings) as line:
        line.telnyx.texml.url = f"{line.url}{path}"
        yield line
        assert line.telnyx.texml.problems == [], "every document can be used"


def calls(line: Line, number: str) -> Leg:
    leg = line.telnyx.phone(number).dial(to=line.telnyx.texml.number)
    until(lambda: leg.conference is not None, f"{number} is let in")
    settled(line)
    return leg
