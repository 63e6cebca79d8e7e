"""Phones, and what their owners can do."""

from __future__ import annotations

from contextlib import AbstractContextManager
from dataclasses import dataclass
from functools import partial

from ..webhooks import events
from . import calls, causes, conferences, endings, gathering
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
        to = to or self.world.number
        with self.world.lock, self.world.acting(self.number, "dials", to) as row:
            leg = calls.call_in(self.world, self.number, to)
            row.calls = (leg.call_control_id,)
            return leg

    def answer(self) -> None:
        """Answer the calls that ring at the phone."""
        with self.world.lock:
            for leg in self.legs:
                if leg.direction == "outgoing" and leg.state == "ringing":
                    with causes.also(leg.causes), self._acting(leg, "answers"):
                        calls.connect(self.world, leg)

    def speak(self, on: bool = True) -> None:
        """Speak in the answered calls, or stop.

        A conference that hears the speaker notes who has the floor; nothing else is heard.
        """
        with self.world.lock:
            for leg in self.legs:
                if leg.state == "answered" and leg.speaking != on:
                    with self._acting(leg, "speaks" if on else "stops speaking"):
                        conferences.speaks(self.world, leg, on)

    def _acting(self, leg: Leg, what: str, detail: str = "") -> AbstractContextManager[object]:
        return self.world.acting(self.number, what, detail, (leg.call_control_id,))

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
                if leg.state != "ended":
                    refuses = leg.state == "ringing" and leg.direction == "outgoing"
                    with self._acting(leg, "refuses" if refuses else "hangs up"):
                        endings.hang_up_by_phone(self.world, leg)

    def hold(self, on: bool = True) -> None:
        """Put the answered calls on hold by the phone's own button, or take them back.

        The application gets a webhook. Other participants of a conference notice nothing.
        """
        with self.world.lock:
            for leg in self.legs:
                if leg.state == "answered":
                    with self._acting(leg, "holds the call" if on else "takes the call back"):
                        self.world.emit("call.hold" if on else "call.unhold", events.typed(leg))

    def press(self, keys: str, apart: float = 0.0) -> None:
        """Press keys, one after the other, in each answered call.

        apart: simulated seconds from each key to the next one. Raise ValueError for a key that is
        not in KEYS.
        """
        if set(keys) - set(KEYS):
            raise ValueError(f"keys must be among {KEYS}")
        with self.world.lock:
            for leg in self.legs:
                if leg.state == "answered":
                    self.world.happened("presses", self.number, keys)
                for n, key in enumerate(keys):
                    if n and apart:
                        self.world.clock.after(n * apart, partial(self._press, leg, key))
                    else:
                        self._press(leg, key)

    def _press(self, leg: Leg, key: str) -> None:
        if leg.state == "answered":
            with self._acting(leg, "presses", key):
                gathering.press(self.world, leg, key)
