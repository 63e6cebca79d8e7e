"""A line with the rooms of a file, and callers who dial, press keys and hear.

A story reads as sentences: `ann = line.dials("Ann")`, `ann.presses("4821#")`, `ann.hears("...")`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from rigs.callers import Caller, talk
from rigs.moderator import ask, send
from rigs.people import TOKEN
from rigs.rehearsals import APPLICATION, forget_everything, rehearsal_of, settled
from rigs.waiting import until

from conference.core.events import SnapshotWanted
from conference.demo.rehearsal import Line
from conference.settings import make, with_rooms
from conference.simulator import SimulatedTelnyx

__all__ = ["FILE", "Caller", "RoomsLine", "rooms_line", "talk"]

SPEED = 10.0

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
"""Rooms of several files of stories: sales waits for its host, support has a number of its own."""


@dataclass
class RoomsLine:
    """A running line with a rooms file. `before`: how many requests earlier stories have made."""

    line: Line
    before: int = 0

    @property
    def telnyx(self) -> SimulatedTelnyx:
        return self.line.telnyx

    @property
    def conferences(self) -> list[str]:
        """The names of the conferences that are running at Telnyx."""
        return [each.name for each in self.telnyx.conferences if each.end_reason is None]

    def caller(self, name: str) -> Caller:
        """Return one of PEOPLE."""
        return Caller(self.telnyx, name)

    def dials(self, name: str, to: str = "") -> Caller:
        """Let one of PEOPLE dial the shared number, or another one."""
        return self.caller(name).dials(to)

    def comes(self, name: str, to: str) -> Caller:
        """Let one of PEOPLE dial the number of a room, and wait until all is done that follows."""
        caller = self.dials(name, to)
        caller.is_inside()
        self.settles()
        return caller

    def enters(self, name: str, pin: str) -> Caller:
        """Let one of PEOPLE dial the shared number and press a PIN."""
        return self.caller(name).enters(pin)

    def acts(self, inside: str, verb: str, *callers: Caller, **values: Any) -> Any:
        """Do in a room what a moderator does by REST, to these callers or to the room."""
        if callers:
            values["participants"] = [caller.number for caller in callers]
        done = self.ask(f"/api/rooms/{inside}/actions/{verb}?wait=1", values)
        assert done.get("verb") == verb, done
        self.settles()
        return done

    def refuses(self, inside: str, verb: str, **values: Any) -> str:
        """Request what the line refuses, and return the type of the problem."""
        status, problem = send(self.line, f"/api/rooms/{inside}/actions/{verb}", values)
        assert status == 409, problem
        return str(problem["type"])

    def ask(self, path: str, body: dict[str, Any] | None = None) -> Any:
        """Return the JSON of an answer of the control API. With a body it is a POST."""
        return ask(self.line, path, body)

    def room(self, name: str) -> dict[str, Any]:
        """Return a room, as the control API shows it."""
        return dict(self.ask(f"/api/rooms/{name}"))

    def shown(self, room: str, caller: Caller) -> dict[str, Any]:
        """Return the caller's row, as the control API shows it; {} without one."""
        rows = self.room(room)["participants"]
        return next((dict(row) for row in rows if row["number"] == caller.number), {})

    def shows(self, room: str, **facts: Any) -> None:
        """Wait until the control API shows these facts of a room."""
        expected = f"room {room} shows {facts}"
        until(lambda: facts.items() <= self.room(room).items(), expected)

    def settles(self) -> None:
        """Wait until nothing is under way."""
        settled(self.line)

    def sent(self, command: str) -> list[Any]:
        """Return the bodies of this story's commands of this name, in order, without their ids.

        Those that Telnyx has refused or had already are left out.
        """
        self.settles()
        requests = [r for r in self.telnyx.requests[self.before :] if r.executed]
        bodies = [each.body for each in requests if each.path.endswith(f"/{command}")]
        return [{k: v for k, v in body.items() if k != "command_id"} for body in bodies]

    def forgets(self, room: str) -> None:
        """Clear the line's memory, as a kill does, and find the participants of a room again."""
        self.settles()
        engine = self.line.engine
        known = engine.registry.room(room).participants.keys()
        forget_everything(self.line)
        assert not engine.registry.room(room).participants
        engine.apply(room, SnapshotWanted(engine.clock()))
        until(lambda: engine.registry.room(room).participants.keys() == known, "all are found")
        self.settles()

    def clears(self) -> None:
        """End a story: let everybody hang up, and wait until the rooms are empty."""
        for leg in self.telnyx.legs:
            if leg.state != "ended":
                self.telnyx.phone(leg.number).hang_up()
        self.settles()
        rooms = self.line.engine.registry.rooms
        until(lambda: not any(room.participants for room in rooms()), "the rooms are empty")
        self.settles()
        self.before = len(self.telnyx.requests)


@contextmanager
def rooms_line(file: str, speed: float = SPEED, **settings: Any) -> Iterator[RoomsLine]:
    """Run a line with this text as its rooms file, over real HTTP.

    `speed` seconds of Telnyx's time pass in one, and as many of the line's unless `time_factor` is
    given.
    """
    with TemporaryDirectory() as folder:
        path = Path(folder, "rooms.toml")
        path.write_text(file, encoding="utf-8")
        given: Mapping[str, Any] = {
            "control_token": TOKEN,
            "telnyx_connection_id": APPLICATION,
            "time_factor": speed,
            **settings,
        }
        read = with_rooms(make(rooms_file=str(path), **given))
        assert read.problems == ()
        with rehearsal_of(read, speed) as line:
            yield RoomsLine(line)
