"""A crowd that comes and goes, in many rooms of a real server, by a plan that a seed gives."""

from __future__ import annotations

import json
import os
import random
import signal
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from threading import Event
from typing import Any
from urllib.request import Request, urlopen

from rigs.recorded import TEST_KEY
from rigs.servers import API_KEY, GUNICORN, Server, run
from rigs.waiting import until

from conference.core.client_state import ClientState, encode
from conference.simulator import CONNECTION_ID, Leg, SimulatedTelnyx

TOKEN = "the-token-of-the-crowd"


@dataclass(frozen=True)
class Visit:
    """One call, in simulated seconds. Rooms but the first are reached by being called."""

    number: str
    room: str
    comes: float
    goes: float | None  # None: stays to the end


def plan(calls: int, rooms: int, seed: int, within: float, stay: float = 60) -> list[Visit]:
    """Everyone comes within that many seconds; one in six stays to the end, the others so long at
    most."""
    chance = random.Random(seed)
    names = ["demo-conference", *(f"room-{n}" for n in range(1, rooms))]
    return [
        Visit(
            number=f"+1312{5_550_000 + n:07d}",
            room=names[n % rooms],
            comes=(comes := chance.uniform(0, within)),
            goes=None if n % 6 == 0 else comes + chance.uniform(2, stay),
        )
        for n in range(calls)
    ]


@dataclass
class Crowd:
    """Plays a plan against a telnyx."""

    telnyx: SimulatedTelnyx
    visits: Sequence[Visit]
    legs: dict[str, Leg] = field(default_factory=dict)  # by number

    def play(self, meanwhile: Callable[[], None] = lambda: None) -> None:
        """Until everyone has come, and gone who does not stay."""
        begin, pause = self.telnyx.now(), Event()
        todo = [(visit.comes, visit, self._come) for visit in self.visits]
        todo += [(v.goes, v, self._go) for v in self.visits if v.goes is not None]
        for at, visit, act in sorted(todo, key=lambda each: each[0]):
            while self.telnyx.now() - begin < at:
                meanwhile()
                pause.wait(0.01)
            act(visit)

    def leave(self) -> None:
        for leg in self.live():
            self.telnyx.phone(leg.number).hang_up()

    def live(self) -> list[Leg]:
        return [leg for leg in self.legs.values() if leg.state != "ended"]

    def wrong(self) -> list[str]:
        """What is not as it should be now: each live caller is in the one conference of its room,
        and on hold exactly when alone."""
        rooms: dict[str, list[Leg]] = {}
        for visit in self.visits:
            leg = self.legs.get(visit.number)
            if leg is not None and leg.state != "ended":
                rooms.setdefault(visit.room, []).append(leg)
        return [fault for name, legs in rooms.items() for fault in _wrong(name, legs)]

    def _come(self, visit: Visit) -> None:
        phone = self.telnyx.phone(visit.number)
        if visit.room == "demo-conference":
            self.legs[visit.number] = phone.dial()
            return
        phone.when_called(0.5)
        state = ClientState(visit.room, direction="outgoing", number=visit.number)
        self.legs[visit.number] = self.telnyx.place_call(visit.number, client_state=encode(state))

    def _go(self, visit: Visit) -> None:
        self.telnyx.phone(visit.number).hang_up()


def _wrong(room: str, legs: list[Leg]) -> Iterator[str]:
    conferences = {leg.conference for leg in legs}
    if len(conferences) > 1 or None in conferences:
        outside = [leg.number for leg in legs if leg.conference is None]
        yield f"{room}: conferences {conferences}, outside {outside}"
        return
    held = [leg for leg in legs if leg.on_hold]
    if held != (legs if len(legs) == 1 else []):
        yield f"{room}: {len(held)} of {len(legs)} are on hold"
    if held and held[0].hears.what != "music":
        yield f"{room}: {held[0].number} is on hold and hears {held[0].hears}"


@dataclass
class Stage:
    """A simulated Telnyx and a real server, whose times pass equally fast."""

    telnyx: SimulatedTelnyx
    server: Server

    def health(self) -> dict[str, Any]:
        return self._ask("/api/health")

    def story(self, leg: Leg) -> str:
        """What its owner heard, and what the server says of it."""
        told = [f"{heard.at:8.1f}  {heard}" for heard in leg.timeline]
        after, events = 0, True
        while events:
            answer = self._ask(f"/api/events?after={after}")
            after, events = answer["next"], answer["events"]
            mine = (e for e in events if leg.call_control_id in e["calls"])
            told += [f"{event['at'][11:23]}  {event['text']}" for event in mine]
        return "\n  ".join([f"{leg.number} {leg.call_control_id}", *told])

    def _ask(self, path: str) -> dict[str, Any]:
        asked = Request(self.server.url + path)
        asked.add_header("Authorization", f"Bearer {TOKEN}")
        with urlopen(asked, timeout=10) as answer:
            answered: dict[str, Any] = json.load(answer)
            return answered

    def megabytes(self) -> float:
        """The memory of the worker, or of the largest of several (Linux)."""
        return max(map(_megabytes, self.server.workers))

    def within(self, simulated: float, come: Callable[[], bool]) -> bool:
        """Whether it comes about within so many simulated seconds."""
        until, pause = self.telnyx.now() + simulated, Event()
        while not come():
            if self.telnyx.now() > until:
                return False
            pause.wait(0.05)
        return True


def _megabytes(process: int) -> float:
    for line in Path(f"/proc/{process}/status").read_text().splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1]) / 1024
    raise AssertionError("the worker has no memory")


def killing(server: Server, every: float) -> Callable[[], None]:
    """Return a function to call often: it kills the oldest worker each so many real seconds.

    So each of the first workers dies in turn. Nothing is killed with 0.
    """
    next_at = [time.monotonic() + every]

    def kill() -> None:
        if every and time.monotonic() > next_at[0]:
            next_at[0] = time.monotonic() + every
            os.kill(server.workers[0], signal.SIGKILL)

    return kill


def settings(telnyx: SimulatedTelnyx, speed: float, looks_every: float) -> dict[str, str]:
    return {
        "TELNYX_API_KEY": API_KEY,
        "TELNYX_BASE_URL": telnyx.base_url,
        "TELNYX_CONNECTION_ID": CONNECTION_ID,
        "CONTROL_TOKEN": TOKEN,
        "RECONCILE_SECONDS": f"{looks_every:g}",
        "TIME_FACTOR": f"{speed:g}",
    }


def begin(server: Server, telnyx: SimulatedTelnyx) -> None:
    """Wait until it serves, and speaks with Telnyx: at its start it looks for calls."""
    asked = len(telnyx.requests)
    server.up()
    until(lambda: len(telnyx.requests) > asked)
    telnyx.webhook_url = f"{server.url}/webhook"


@contextmanager
def stage(
    folder: Path,
    speed: float,
    looks_every: float = 30,
    redis_url: str = "",
    processes: int = 2,
    **more: str,
) -> Iterator[Stage]:
    """Run a line and its Telnyx. With a `redis_url`, several processes serve. `more`: settings."""
    if redis_url:
        more |= {"REDIS_URL": redis_url, "WEB_CONCURRENCY": str(processes)}
    with SimulatedTelnyx("http://127.0.0.1:9", TEST_KEY, API_KEY, speed=speed) as telnyx:
        given = settings(telnyx, speed, looks_every) | more
        with run(GUNICORN, folder, **given) as server:
            begin(server, telnyx)
            yield Stage(telnyx, server)
