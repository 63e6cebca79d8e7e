"""The bench of telephones: who has one, and what each one does when it is called."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from ..network.parties import Leg
from ..network.phones import Phone
from ..network.world import Script, World
from . import hearing

MOST = 40  # telephones
LONGEST_NAME = 40  # characters
NUMBER = re.compile(r"\+[1-9][0-9]{6,14}", re.ASCII)
NAMES = ("Uma", "Vito", "Wanda", "Xaver", "Yara")
FIRST_NUMBER = 13125550161  # of the telephones that are added without a number

WHEN_CALLED: Mapping[str, Script] = {
    "rings": Script(),
    "answers": Script(answer_after=1.0),
    "busy": Script(refuse="user_busy"),
    "refuses": Script(refuse="call_rejected"),
}
"""What a telephone can do with a call."""


class Telephones:
    """The telephones of the page, in the order in which they were added.

    dials: the number that they dial; "" for the Call Control application's. The methods raise
    ValueError with a sentence for what cannot be done, LookupError for an unknown telephone.
    """

    def __init__(self, world: World) -> None:
        self._world = world
        self._names: dict[str, str] = {}
        self.dials = ""

    def add(self, name: str = "", number: str = "") -> str:
        """Add a telephone and return its number. Without a name or number it gets one."""
        with self._world.lock:
            number = number.strip() or self._free_number()
            name = name.strip() or self._free_name()
            self._check(name, number)
            self._names[number] = name
            self._world.scripts.setdefault(number, Script())
            return number

    def remove(self, number: str) -> None:
        """Hang up a telephone's calls, and remove it. Its number exists no longer."""
        with self._world.lock:
            self.phone(number).hang_up()
            del self._names[number]
            self._world.scripts.pop(number, None)

    def phone(self, number: str) -> Phone:
        """Return the phone with this number."""
        if number not in self._names:
            raise LookupError(f"There is no telephone with the number {number}.")
        return Phone(self._world, number)

    def dial(self, number: str) -> Leg:
        """Let a telephone call the line. ValueError while it is in another call."""
        phone = self.phone(number)
        with self._world.lock:
            if any(leg.state != "ended" for leg in phone.legs):
                raise ValueError(f"{self.name(number)} is in a call.")
            return phone.dial(self.number)

    def when_called(self, number: str, how: str) -> None:
        """Set what a telephone does with calls from now on. how: one of WHEN_CALLED."""
        self.phone(number)
        if how not in WHEN_CALLED:
            raise ValueError(f"A telephone can do with a call: {', '.join(WHEN_CALLED)}.")
        with self._world.lock:
            self._world.scripts[number] = WHEN_CALLED[how]

    @property
    def number(self) -> str:
        """The number that the telephones dial."""
        return self.dials or self._world.number

    @property
    def names(self) -> dict[str, str]:
        """The names of the telephones, by number."""
        with self._world.lock:
            return dict(self._names)

    def name(self, number: str) -> str:
        """Return the name for a number; the number itself if it has none."""
        if number in (self._world.number, self._world.texml.number):
            return "the line"
        return self._names.get(number, number)

    def view(self) -> list[dict[str, Any]]:
        """Return each telephone as the page shows it."""
        with self._world.lock:
            newest = {leg.number: leg for leg in self._world.legs.values()}
            return [self._row(number, newest.get(number)) for number in self._names]

    def _row(self, number: str, leg: Leg | None) -> dict[str, Any]:
        script = self._world.scripts.get(number, Script())
        how = next((how for how, each in WHEN_CALLED.items() if each == script), "rings")
        row = {"number": number, "name": self._names[number], "when_called": how}
        if leg is None:
            return row | {"state": "idle", "sound": "", "hears": "No call.", "notes": []}
        sound = "" if leg.state == "ended" else leg.hears.what
        if sound == "conference":
            sound = "voices" if hearing.talking(leg) else "silence"
        return row | {
            "state": _STATES.get((leg.state, leg.direction), "idle"),
            "sound": sound,
            "hears": hearing.sentence(leg, self.name),
            "notes": hearing.notes(leg),
            "speaking": leg.speaking,
            "call": token(leg.call_control_id),
        }

    def _check(self, name: str, number: str) -> None:
        if not NUMBER.fullmatch(number):
            raise ValueError("A number has a plus sign and 7 to 15 digits: +13125550199.")
        if number in self._names or number in (self._world.number, self._world.texml.number):
            raise ValueError(f"{number} belongs to {self.name(number)}.")
        if len(name) > LONGEST_NAME or not name.isprintable():
            raise ValueError(f"A name has at most {LONGEST_NAME} printable characters.")
        if len(self._names) >= MOST:
            raise ValueError(f"There is room for {MOST} telephones.")

    def _free_name(self) -> str:
        taken = self._names.values()
        more = (f"Caller {n}" for n in range(1, MOST + 2))
        return next(name for name in (*NAMES, *more) if name not in taken)

    def _free_number(self) -> str:
        numbers = (f"+{FIRST_NUMBER + n}" for n in range(MOST + 1))
        return next(number for number in numbers if number not in self._names)


_STATES = {
    ("ringing", "incoming"): "calling",
    ("ringing", "outgoing"): "rings",
    ("answered", "incoming"): "up",
    ("answered", "outgoing"): "up",
}
"""By the leg's state and direction; all others are idle."""


def token(call_control_id: str) -> str:
    """Return a short name for a call, for the page."""
    return call_control_id[-8:]
