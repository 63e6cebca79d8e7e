"""The people of a recording do again what they did, at a running line with a simulated Telnyx.

So the line, not the network of that day, is put to the test: nothing is lost, late or refused.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import Any

from conference.core.events import Event, ModeratorRequest, Refused, Webhook
from conference.core.texml.facts import Fetch, PinPosted, StatusCallback
from conference.demo.narrator import Sentence
from conference.demo.performance import Performance
from conference.demo.rehearsal import Line
from conference.engine import Overloaded
from conference.recording.reading import Recording
from conference.recording.stand_ins import NO_KEYS
from conference.settings import Settings
from conference.simulator import Leg

BY_KEYS = "key-"  # how the ids of requests begin that the keys of telephones made
NO_PIN = str.maketrans(dict.fromkeys(NO_KEYS, "0"))
"""What is pressed for digits that are not recorded: no stand-in of a PIN has the same key twice."""
AFTERWARDS = 5.0  # story seconds in which the line reacts to the last of them


@dataclass(frozen=True, slots=True)
class Act:
    """An event of the recording. `at`: its time by the line's clock."""

    at: float
    room: str
    event: Event


class Reenactment(Performance):
    """The callers and moderators of a recording. `narrate`: as in Performance."""

    def __init__(self, recording: Recording, narrate: Callable[[Sentence], None]) -> None:
        self._recording = recording
        numbers = dict.fromkeys(self._dialling())
        super().__init__({n: f"...{n[-4:]}" for n in numbers if n}, narrate)
        self._calls: dict[str, Leg] = {}  # those of today, by the recorded id

    def settings(self, **given: Any) -> Settings:
        """Return the line's settings, as they were."""
        line = self._recording.line
        name = {} if line.rooms else {"conference_name": line.doors.default}
        rooms = {each: replace(room, public_url="") for each, room in line.rooms.items()}
        return replace(
            super().settings(**given, **name),
            room=replace(line.room, public_url=""),
            rooms=rooms,
            numbers=dict(line.doors.by_number),
        )

    def play(self, line: Line) -> list[str]:
        """Let everyone act at the times of the recording; return what Telnyx has refused."""
        acts = list(self._acts())
        began = acts[0].at if acts else 0.0
        for act in acts:
            self._wait(line, act.at - began)
            self._do(line, act)
        self._wait(line, line.telnyx.now() + AFTERWARDS)
        line.telnyx.idle(5)
        line.engine.idle(5)
        return self.refused(line)

    def _wait(self, line: Line, until: float) -> None:
        """Wait until so many story seconds have passed: keys follow each other soon."""
        while (left := until - line.telnyx.now()) > 0:
            time.sleep(left / line.telnyx.speed)

    def _dialling(self) -> Iterator[str]:
        """Yield the numbers of the callers."""
        for each in self._recording.decisions:
            match each.event:
                case Webhook(type="call.initiated", direction="incoming", from_=number):
                    yield number
                case Fetch(number=number) | PinPosted(number=number):
                    yield number

    def _acts(self) -> Iterator[Act]:
        for each in self._recording.decisions:
            yield Act(each.event.at, each.room, each.event)

    def _do(self, line: Line, act: Act) -> None:
        match act.event:
            case Webhook(type="call.initiated", direction="incoming") as event:
                rooms_own = event.to in self._recording.line.doors.by_number
                to = event.to if rooms_own else line.telnyx.number
                self._dial(line, event.call, event.from_, to)
            case Fetch() as event:
                self._dial(line, event.call, event.number, line.telnyx.texml.number)
            case PinPosted() as event:
                self._dial(line, event.call, event.number, line.telnyx.texml.number)
                self._press(line, event.call, f"{event.digits}#")
            case Webhook(type="call.dtmf.received") as event:
                self._press(line, event.call, str(event.details.get("digit", "")))
            case Webhook(type="call.gather.ended") as event:
                self._press(line, event.call, str(event.details.get("digits", "")))
            case Webhook(type="call.hangup") as event:
                self._hang_up(line, event.call)
            case StatusCallback(type="participant-leave") as event:
                self._hang_up(line, event.call)
            case ModeratorRequest() as event:
                self._moderate(line, act.room, event)

    def _dial(self, line: Line, call: str, number: str, to: str) -> None:
        if call not in self._calls and number:
            self._calls[call] = line.telnyx.phone(number).dial(to)
            self.legs.append(self._calls[call])

    def _press(self, line: Line, call: str, keys: str) -> None:
        if (leg := self._calls.get(call)) and keys:
            line.telnyx.phone(leg.number).press(keys.translate(NO_PIN))

    def _hang_up(self, line: Line, call: str) -> None:
        if leg := self._calls.get(call):
            line.telnyx.phone(leg.number).hang_up()

    def _moderate(self, line: Line, room: str, event: ModeratorRequest) -> None:
        if event.id.startswith(BY_KEYS):
            return  # the key is pressed again
        calls = [self._calls[call].call_control_id for call in event.calls if call in self._calls]
        if event.calls and not calls:
            return
        request = replace(event, calls=tuple(calls), at=line.engine.clock())
        with suppress(Refused, Overloaded):
            line.engine.moderate(room, request)
