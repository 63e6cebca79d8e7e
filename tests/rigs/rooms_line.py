"""A line with the rooms of a file, and callers who dial, press keys and hear.

A story reads as sentences: `ann = line.dials("Ann")`, `ann.presses("4821#")`, `ann.hears("...")`.
Every sentence waits until it is true.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from rigs.moderator import ask, send
from rigs.people import ANN, BOB, CLEO, TOKEN
from rigs.rehearsals import APPLICATION, forget_everything, rehearsal_of, settled
from rigs.waiting import until

from conference.core import reception
from conference.core.events import SnapshotWanted
from conference.demo.rehearsal import Line
from conference.settings import make, with_rooms
from conference.simulator import Leg, SimulatedTelnyx

PEOPLE = {
    "Ann": ANN,
    "Bob": BOB,
    "Cleo": CLEO,
    "Dan": "+13125550114",
    "Eve": "+13125550115",
    "Mallory": "+13125550116",
    "Hana": "+13125550118",
}
"""The people of the stories, and their numbers."""

APART = 0.4  # simulated seconds from one key to the next
SPEED = 10.0


@dataclass
class Caller:
    """A person with a telephone. `leg`: the newest call."""

    telnyx: SimulatedTelnyx
    name: str
    leg: Leg = field(init=False)

    @property
    def number(self) -> str:
        return PEOPLE[self.name]

    def dials(self, to: str = "") -> Caller:
        """Dial the shared number, or another one."""
        self.leg = self.telnyx.phone(self.number).dial(to or None)
        return self

    def enters(self, pin: str) -> Caller:
        """Dial the shared number, hear the prompt and press the PIN."""
        self.dials()
        self.hears(reception.ENTER)
        self.presses(pin)
        return self

    def answers_when_called(self) -> Caller:
        """Answer calls from now on, a second after the telephone rings."""
        self.telnyx.phone(self.number).when_called()
        return self

    def is_called(self) -> None:
        """Wait until the line has called: that is the newest call then."""
        self.leg = until(lambda: self._calls_from_the_line, f"{self.name} is called")[-1]

    def presses(self, keys: str) -> None:
        """Press keys as people do, and wait until the line has all of them."""
        typed = self.leg.typed
        self.telnyx.phone(self.number).press(keys, APART)
        until(lambda: self.leg.typed == typed + keys, f"{self.name} has pressed the keys")
        assert self.telnyx.idle(10)

    def hangs_up(self) -> None:
        """Hang up, and wait until the call has ended."""
        self.telnyx.phone(self.number).hang_up()
        self.is_hung_up()

    def hears(self, words: str, times: int = 1) -> float:
        """Wait until the caller has heard these words in this call, in all so many times.

        Return when the last of these times began, in simulated seconds.
        """

        def began() -> list[float]:
            return [each.at for each in self.leg.timeline if each.detail == words][times - 1 :]

        return until(began, f"{self.name} hears {words!r}: {self.told}")[0]

    def hears_of(self, words: str) -> None:
        """Wait until the caller has heard these words as a part of others."""
        until(lambda: words in " ".join(self.told), f"{self.name} hears {words!r}: {self.told}")

    def hears_music(self, audio: str = "") -> None:
        """Wait until music plays, from this address if one is given."""

        def plays() -> bool:
            return self.leg.hears.what == "music" and audio in ("", self.leg.hears.detail)

        until(plays, f"{self.name} hears music {audio}")

    def hears_in_the_queue(self, audio: str) -> None:
        """Wait until this audio plays to the caller, who waits in a queue at Telnyx."""
        plays = ("playback", audio)
        expected = f"{self.name} hears {audio}"
        until(lambda: (self.leg.hears.what, self.leg.hears.detail) == plays, expected)

    def hears_only(self, *others: Caller) -> None:
        """Wait until the caller hears these others, and nobody else."""
        numbers = {other.number for other in others}
        expected = f"{self.name} hears {[other.name for other in others]}"
        until(lambda: self._voices == numbers, expected, within=30)

    def is_inside(self) -> None:
        until(lambda: self.leg.conference is not None, f"{self.name} is let in")

    def is_hung_up(self) -> None:
        until(lambda: self.leg.state == "ended", f"{self.name} is hung up")

    @property
    def told(self) -> list[str]:
        """All that was spoken to the caller so far in this call."""
        return [heard.detail for heard in self.leg.timeline if heard.what == "speech"]

    @property
    def beeps(self) -> int:
        """How many beeps the caller has heard so far in this call."""
        return len(self.leg.beeps)

    @property
    def _calls_from_the_line(self) -> list[Leg]:
        legs = self.telnyx.phone(self.number).legs
        return [leg for leg in legs if leg.direction == "outgoing" and leg.state != "ended"]

    @property
    def _voices(self) -> set[str] | None:
        return {*self.leg.hears.others} if self.leg.hears.what == "conference" else None


def talk(*callers: Caller) -> None:
    """Wait until each of these hears exactly the others."""
    for caller in callers:
        caller.hears_only(*(other for other in callers if other is not caller))


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
