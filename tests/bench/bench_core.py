"""An engine in the benchmark's own process: all that an event costs, without HTTP."""

from __future__ import annotations

import json
import time
from typing import Any

from rigs.recorded import make
from rigs.registry import keep
from rigs.servers import NOWHERE

from conference.core.change import Change
from conference.core.commands import Command
from conference.core.events import DeadlinePassed, Outcome, Webhook, parse
from conference.core.room import Room
from conference.core.room_settings import RoomSettings
from conference.engine import Engine
from conference.engine.outbox import Outbox
from conference.registry import MemoryRegistry
from conference.reporting.event_log import EventLog
from conference.reporting.rate_limited_log import RateLimitedLog
from conference.reporting.server_health import ServerHealth
from conference.reporting.telnyx_errors import TelnyxErrors
from conference.reporting.timeline import Timeline
from conference.telnyx_api import TelnyxApi

SMALL, BIG = 10, 800
CALL = "v3:MdI91X4lWFEs7IgbBEOT9M4AigoY08M0WWZFISt1Yw2axZ_IiE"  # a number follows
SETTINGS = RoomSettings(public_url="https://line.example", reconcile_seconds=0)


class Instant(Engine):
    """The product's, but commands wait in `given` until they are answered here."""

    def __init__(self) -> None:
        registry = MemoryRegistry(lambda name: Room(name, SETTINGS))
        errors = TelnyxErrors(ServerHealth(0.0), RateLimitedLog())
        observers = (EventLog().observe, Timeline().observe, errors.observe)
        super().__init__(registry, TelnyxApi("", NOWHERE), "room", observers=observers)
        self.given: list[tuple[str, Command]] = []
        ours = (self._receipts.observe, self._watch.observe)
        self._outbox = Outbox((*ours, *observers, self._keep))  # in the dispatcher's place

    def _keep(self, change: Change) -> None:
        self.given += [(change.after.name, command) for command in change.commands]

    def answer(self) -> None:
        """All of them went well, and what follows from that too."""
        while self.given:
            name, command = self.given.pop(0)
            self.apply(name, Outcome(command, time.time(), data={"id": f"K-{name}"}))

    def timed(self, name: str, event: Webhook) -> float:
        began = time.perf_counter()
        self.apply(name, event, event.id)
        return time.perf_counter() - began

    def put_back(self, room: Room) -> None:
        keep(self.registry, room)
        self._watch.observe(Change(room, room, DeadlinePassed(0.0)))
        self.given.clear()


def event(kind: str, n: int, name: str) -> Webhook:
    """Telnyx's, about call `n` and the room's conference, read from its body."""
    about: dict[str, Any] = {"call_control_id": f"{CALL}{n}-{name}", "conference_id": f"K-{name}"}
    if kind == "call.initiated":
        about |= {"direction": "incoming", "from": f"+1312{n:07}"}
    body = make(kind, client_state=None, **about)
    found = parse(json.dumps(body).encode(), time.time())
    assert isinstance(found, Webhook)
    return found


STEPS = (
    "call.initiated",
    "call.answered",
    "call.speak.ended",
    "conference.participant.joined",
)


def come(engine: Instant, name: str, n: int, steps: int = 4) -> None:
    """Call `n` takes the first steps of its way, all commands answered."""
    for kind in STEPS[:steps]:
        each = event(kind, n, name)
        engine.apply(name, each, each.id)
        engine.answer()


KINDS = {  # and how many steps its call has taken before
    "conference.floor.changed": 4,
    "conference.participant.joined": 3,
    "conference.participant.left": 4,
    "call.speak.ended": 2,
}
