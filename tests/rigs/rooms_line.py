"""A line with the rooms of a file, and callers who dial, press keys and hear."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from rigs.moderator import ask
from rigs.people import TOKEN
from rigs.rehearsals import APPLICATION, rehearsal_of
from rigs.waiting import until

from conference.settings import make, with_rooms
from conference.simulator import Leg, SimulatedTelnyx

PARTICIPANT, MODERATOR, LISTENER = "4821#", "907713", "55501#"
"""What callers of the room sales press."""
SUPPORT = "+13125550101"
"""The number that leads straight to the room support."""

FILE = f"""
[defaults]
greeting_first = "You are the first."
greeting_next = "Others are here."

[rooms.sales]
name = "Sales"
participant_pin = "{PARTICIPANT[:-1]}"
moderator_pin = "{MODERATOR}"
listener_pin = "{LISTENER[:-1]}"
start_conference_on_enter = {{ participant = false }}
end_conference_on_exit = {{ moderator = true }}
host_grace_seconds = 0
max_participants = 3

[rooms.support]
numbers = ["{SUPPORT}"]

[rooms.support.roster]
"+13125550112" = {{ name = "Bob", role = "moderator" }}

[rooms.support.keys]
"#1" = "mute"
"*6" = ""
"""
APART = 0.4  # simulated seconds from one key to the next
SPEED = 10.0

Ask = Callable[[str, dict[str, Any] | None], Any]


@dataclass
class Caller:
    """A person with a telephone. `leg`: the newest call."""

    telnyx: SimulatedTelnyx
    name: str
    number: str
    leg: Leg = field(init=False)

    def dials(self, to: str = "") -> Caller:
        """Dial the shared number, or another one."""
        self.leg = self.telnyx.phone(self.number).dial(to or None)
        return self

    def presses(self, keys: str) -> None:
        """Press keys as people do, and wait until the line has all of them."""
        typed = self.leg.typed
        self.telnyx.phone(self.number).press(keys, APART)
        until(lambda: self.leg.typed == typed + keys, f"{self.name} has pressed the keys")
        assert self.telnyx.idle(10)

    def hangs_up(self) -> None:
        self.telnyx.phone(self.number).hang_up()

    def hears(self, words: str, times: int = 1) -> None:
        """Wait until the caller has heard these words, in all so many times."""
        until(lambda: self.told.count(words) >= times, f"{self.name} hears {words!r}: {self.told}")

    def hears_music(self) -> None:
        until(lambda: self.leg.hears.what == "music", f"{self.name} hears music")

    def hears_only(self, *others: Caller) -> None:
        """Wait until the caller hears these others, and nobody else."""
        numbers = {other.number for other in others}
        expected = f"{self.name} hears {[other.name for other in others]}"
        until(lambda: self._voices == numbers, expected, within=30)

    def is_hung_up(self) -> None:
        until(lambda: self.leg.state == "ended", f"{self.name} is hung up")

    @property
    def told(self) -> list[str]:
        """All that was spoken to the caller so far."""
        return [heard.detail for heard in self.leg.timeline if heard.what == "speech"]

    @property
    def _voices(self) -> set[str] | None:
        return {*self.leg.hears.others} if self.leg.hears.what == "conference" else None


def talk(*callers: Caller) -> None:
    """Wait until each of these hears exactly the others."""
    for caller in callers:
        caller.hears_only(*(other for other in callers if other is not caller))


@dataclass
class RoomsLine:
    """A running line. `ask`: its control API."""

    telnyx: SimulatedTelnyx
    ask: Ask

    def caller(self, name: str, number: str) -> Caller:
        return Caller(self.telnyx, name, number)

    def shown(self, room: str, caller: Caller) -> dict[str, Any]:
        """Return the caller's row, as the control API shows it; {} without one."""
        rows = self.ask(f"/api/rooms/{room}", None)["participants"]
        return next((dict(row) for row in rows if row["number"] == caller.number), {})

    def acts(self, inside: str, verb: str, **values: Any) -> Any:
        """Do in a room what a moderator does by REST."""
        done = self.ask(f"/api/rooms/{inside}/actions/{verb}?wait=1", values)
        assert done.get("verb") == verb, done
        return done


@contextmanager
def rooms_line(folder: Path) -> Iterator[RoomsLine]:
    """Run a line with FILE as its rooms file, over real HTTP."""
    file = folder / "rooms.toml"
    file.write_text(FILE)
    settings = with_rooms(
        make(
            rooms_file=str(file),
            control_token=TOKEN,
            telnyx_connection_id=APPLICATION,
            time_factor=SPEED,
        )
    )
    assert settings.problems == ()
    with rehearsal_of(settings, SPEED) as line:
        yield RoomsLine(line.telnyx, lambda path, body: ask(line, path, body))
