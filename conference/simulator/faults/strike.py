"""Applies chaos to webhooks and requests, between the network and the application."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

from ..network.world import World
from ..webhooks import sent
from ..webhooks.outgoing import Message
from .chaos import Chaos, Draws

OUTCOMES = {
    "error 500": "fails with 500 and is not executed",
    "error 503": "fails with 503 and is not executed",
    "limit": "fails with 429 and is not executed",
    "hang before": "gets no answer and is not executed",
    "hang after": "is executed but gets no answer",
    "drop": "is executed but loses its connection",
    "transient 408": "fails with 408 and is not executed",
    "transient 409": "fails with 409 and is not executed",
    "transient 422": "fails with 422 and is not executed",
    "drip 1": "is executed and answered byte by byte, in 1 s",
    "drip 4": "is executed and answered byte by byte, in 4 s",
}
"""The end of the sentence "the request ...", by fault."""


class Faults:
    """Lets webhooks and requests pass, or makes them fail.

    deliver: sends a message; its second argument is the id of the call or conference concerned.
    """

    def __init__(
        self, world: World, deliver: Callable[[Message, str], None], chaos: Chaos | None
    ) -> None:
        self._world = world
        self._deliver = deliver
        self._draws = Draws(chaos) if chaos else None
        self.held = 0  # the number of webhooks held back

    @property
    def chaos(self) -> Chaos | None:
        """The faults; None for none."""
        return self._draws.chaos if self._draws else None

    @chaos.setter
    def chaos(self, chaos: Chaos | None) -> None:
        """Set the faults. All draws start again, as in a new run."""
        with self._world.lock:
            self._draws = Draws(chaos) if chaos else None

    def post(self, message: Message, key: str) -> None:
        """Deliver a message: at once, late, twice or never."""
        if not self._draws:
            self._deliver(message, key)
            return
        number, name = self._about(message.about)
        fate = self._draws.webhook(number or name, message.event_type)
        if fate.fault:
            self._world.happened("chaos", number, f"{message.event_type} {fate.fault}")
            sent.struck(self._world, message, fate.fault)
        for delay in fate.delays:
            self.held += 1
            self._world.clock.after(delay, partial(self._release, message, key))

    def _release(self, message: Message, key: str) -> None:
        self.held -= 1
        self._deliver(message, key)

    def _about(self, about: Mapping[str, Any]) -> tuple[str, str]:
        """Return the number of the phone and the name of the conference; "" for none."""
        leg = self._world.legs.get(str(about.get("call_control_id")))
        if leg is None and (id := about.get("call_leg_id")):
            leg = next((each for each in self._world.legs.values() if each.call_leg_id == id), None)
        room = self._world.conferences.get(str(about.get("conference_id")))
        return leg.number if leg else "", room.name if room else ""

    def request(self, method: str, operation: str, about: str) -> str:
        """Return the fault that hits a request, as in Draws.request; "" for none."""
        return self._draws.request(method, operation, about) if self._draws else ""

    def report(self, fault: str, number: str, operation: str, numbers: tuple[str, ...]) -> None:
        """Report to the spectator that `fault` hit a request. The others: as in Happened."""
        self._world.happened("chaos", number, OUTCOMES[fault], operation, numbers)
