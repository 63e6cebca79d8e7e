"""Telephones: what their owners can do."""

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
    """A telephone that the network knows; until `when_called`, nobody picks it up."""

    world: World
    number: str

    @property
    def legs(self) -> list[Leg]:
        """Its calls, also those that have ended, the oldest first."""
        with self.world.lock:
            return [leg for leg in self.world.legs.values() if leg.number == self.number]

    def dial(self, to: str | None = None) -> Leg:
        """Call the application's number, or another one of its."""
        with self.world.lock:
            return calls.call_in(self.world, self.number, to or self.world.number)

    def when_called(self, answer_after: float | None = 1.0, *, refuse: str | None = None) -> None:
        """What it does from now on. answer_after: simulated seconds, None: never.

        refuse: "user_busy" or "call_rejected" instead. ValueError for anything else.
        """
        if refuse is not None and refuse not in REFUSALS:
            raise ValueError(f"refuse must be one of {', '.join(REFUSALS)}")
        with self.world.lock:
            self.world.scripts[self.number] = Script(answer_after, refuse)

    def hang_up(self) -> None:
        """End its calls, in progress and ringing."""
        with self.world.lock:
            for leg in self.legs:
                endings.hang_up_by_phone(self.world, leg)

    def hold(self, on: bool = True) -> None:
        """Put its calls that are up on hold, or take them back: by the phone's own button, of which
        the application is told and the others in a conference notice nothing here."""
        with self.world.lock:
            for leg in self.legs:
                if leg.state == "answered":
                    self.world.emit("call.hold" if on else "call.unhold", events.typed(leg))

    def press(self, keys: str) -> None:
        """Type on each call that is up, one key after the other. ValueError for other keys."""
        if set(keys) - set(KEYS):
            raise ValueError(f"keys must be among {KEYS}")
        with self.world.lock:
            for leg in self.legs:
                for key in keys:
                    if leg.state == "answered":
                        gathering.press(self.world, leg, key)
