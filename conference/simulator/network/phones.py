"""Phones, and what their owners can do."""

from __future__ import annotations

from dataclasses import dataclass

from ..webhooks import events
from . import calls, endings, gathering
from .digits import KEYS
from .parties import Leg
from .world import Script, World

REFUSALS = ("user_busy", "call_rejected")


@dataclass(frozen=True)
class Phone:
    """A phone that the network knows. Before `when_called` it rings without an answer."""

    world: World
    number: str

    @property
    def legs(self) -> list[Leg]:
        """All calls of the phone, ended or not, the oldest first."""
        with self.world.lock:
            return [leg for leg in self.world.legs.values() if leg.number == self.number]

    def dial(self, to: str | None = None) -> Leg:
        """Call the application, or another number."""
        with self.world.lock:
            return calls.call_in(self.world, self.number, to or self.world.number)

    def when_called(self, answer_after: float | None = 1.0, *, refuse: str | None = None) -> None:
        """Set what the phone does with calls from now on.

        answer_after: simulated seconds until it answers; None: never. refuse: "user_busy" or
        "call_rejected", instead of an answer. Raise ValueError for another cause.
        """
        if refuse is not None and refuse not in REFUSALS:
            raise ValueError(f"refuse must be one of {', '.join(REFUSALS)}")
        with self.world.lock:
            self.world.scripts[self.number] = Script(answer_after, refuse)

    def hang_up(self) -> None:
        """End all calls of the phone, also ringing ones."""
        with self.world.lock:
            for leg in self.legs:
                endings.hang_up_by_phone(self.world, leg)

    def hold(self, on: bool = True) -> None:
        """Put the answered calls on hold by the phone's own button, or take them back.

        The application gets a webhook. Other participants of a conference notice nothing.
        """
        with self.world.lock:
            for leg in self.legs:
                if leg.state == "answered":
                    self.world.emit("call.hold" if on else "call.unhold", events.typed(leg))

    def press(self, keys: str) -> None:
        """Press keys, one after the other, in each answered call.

        Raise ValueError for a key that is not in KEYS.
        """
        if set(keys) - set(KEYS):
            raise ValueError(f"keys must be among {KEYS}")
        with self.world.lock:
            for leg in self.legs:
                for key in keys:
                    if leg.state == "answered":
                        gathering.press(self.world, leg, key)
