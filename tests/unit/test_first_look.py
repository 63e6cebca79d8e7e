"""No number is called before the calls from before the start are counted."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

import pytest
from rigs.waiting import until

from conference.clock import Clock
from conference.core.change import Change
from conference.core.client_state import ClientState
from conference.core.commands import Command, Dial, TakeSnapshot
from conference.core.doors import Doors
from conference.core.draft import KeyRequest
from conference.core.events import ModeratorRequest, Outcome, Refused, RequestAnswered
from conference.core.requests.dialling import Limits
from conference.core.room import Room
from conference.core.room_settings import RoomSettings
from conference.core.snapshot import Snapshot
from conference.engine import Engine, first_look
from conference.registry import Commit, MemoryRegistry

LIMITS = Limits(("+1",), at_once=2, number="+13125550100", connection_id="1")
ELSEWHERE = ClientState("blue", direction="outgoing", number="+13125550111")
HERE = ClientState("demo", direction="outgoing", number="+13125550112")
Answers = Callable[[TakeSnapshot], Snapshot | int]
"""Return a room's snapshot, or the status of a refusal."""


def lists(command: TakeSnapshot) -> Snapshot:
    """Return Telnyx's lists: one call of room demo, and one of room blue."""
    if command.room == "demo":
        return Snapshot(calls={"H": HERE}, elsewhere={"E": "blue"})
    return Snapshot(calls={"E": ELSEWHERE}, elsewhere={"H": "demo"})


@dataclass
class Lists:
    """An API that answers snapshots as the test says, and accepts other commands."""

    answers: Answers = lists
    may_answer: threading.Event = field(default_factory=threading.Event)
    sent: list[Command] = field(default_factory=list)
    answered: list[RequestAnswered] = field(default_factory=list)

    def observe(self, change: Change) -> None:
        if isinstance(change.event, RequestAnswered):
            self.answered.append(change.event)

    def prepare(self) -> None:
        pass

    def send(self, command: Command) -> Outcome:
        self.sent.append(command)
        if not isinstance(command, TakeSnapshot):
            return Outcome(command, command.at, data={"call_control_id": f"D{len(self.sent)}"})
        assert self.may_answer.wait(10)
        answer = self.answers(command)
        if isinstance(answer, int):
            return Outcome(command, command.at, answer)
        return Outcome(command, command.at, data=answer)

    @property
    def snapshots(self) -> list[TakeSnapshot]:
        return [command for command in self.sent if isinstance(command, TakeSnapshot)]

    @property
    def dials(self) -> int:
        return sum(isinstance(command, Dial) for command in self.sent)


@pytest.fixture
def api() -> Lists:
    return Lists()


@pytest.fixture
def engine(api: Lists, monkeypatch: pytest.MonkeyPatch) -> Iterator[Engine]:
    monkeypatch.setattr(first_look, "PATIENCE", 0)
    settings = RoomSettings(reconcile_seconds=0)
    registry = MemoryRegistry(lambda name: Room(name, settings))
    engine = Engine(registry, api, Doors("demo"), Clock(), LIMITS, [api.observe])
    yield engine
    api.may_answer.set()
    engine.stop()


def dial(engine: Engine, to: str = "+13125550142") -> str:
    """Return "" if the number is called, or the kind of the refusal."""
    try:
        engine.moderate("demo", ModeratorRequest("dial", engine.clock(), to, (), {"to": to}))
    except Refused as refused:
        return refused.kind
    return ""


def test_a_dial_before_the_first_look_is_refused_and_counted_afterwards(
    engine: Engine, api: Lists
) -> None:
    engine.start()
    assert dial(engine) == "not-ready"
    api.may_answer.set()
    until(lambda: dial(engine) == "dial-limit", "both calls are counted")
    assert api.dials == 0


def test_the_calls_of_other_rooms_are_waited_for(engine: Engine, api: Lists) -> None:
    blue = threading.Event()

    def answer(command: TakeSnapshot) -> Snapshot:
        assert command.room == "demo" or blue.wait(10)
        return lists(command)

    api.answers = answer
    api.may_answer.set()
    engine.start()
    until(lambda: "blue" in {command.room for command in api.snapshots}, "one room is compared")
    assert dial(engine) == "not-ready"
    blue.set()
    until(lambda: dial(engine) == "dial-limit", "both calls are counted")


@pytest.mark.parametrize("bad", [Snapshot(), 404, 422])
def test_a_list_that_cannot_be_read_proves_nothing_and_a_dial_reads_it_again(
    engine: Engine, api: Lists, bad: Snapshot | int
) -> None:
    api.answers = lambda command: bad
    api.may_answer.set()
    engine.start()
    until(lambda: len(api.sent) > 0 and engine.idle(0), "it is answered")
    assert dial(engine) == "not-ready"
    api.answers = lists
    until(lambda: dial(engine) == "dial-limit", "it is read again")


def test_a_texml_conference_has_no_list_of_calls_to_wait_for(engine: Engine, api: Lists) -> None:
    api.answers = lambda command: Snapshot(of_texml=True)
    api.may_answer.set()
    engine.start()
    until(lambda: dial(engine) == "", "the conference is listed")


def test_a_key_does_not_wait_for_the_lists(
    engine: Engine, api: Lists, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A key comes by a webhook, which must be answered at once."""
    monkeypatch.setattr(first_look, "PATIENCE", 3600)
    engine.start()
    to = {"to": "+13125550142"}
    request = ModeratorRequest("dial", engine.clock(), "key", values=to)
    room = engine.registry.room("demo")
    asked = KeyRequest("A", "Calling.", request)
    engine.follow("demo", [Commit(Change(room, room, request, requests=(asked,)))])
    assert [(each.call, each.refused) for each in api.answered] == [("A", "not-ready")]


def test_a_number_that_may_never_be_called_is_refused_at_once(engine: Engine) -> None:
    engine.start()
    assert dial(engine, "+351312555014") == "dial-refused"


def test_a_request_waits_for_the_lists(
    engine: Engine, api: Lists, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(first_look, "PATIENCE", 10)
    api.answers = lambda command: Snapshot(calls={})
    engine.start()
    answers: list[str] = []
    waiting = threading.Thread(target=lambda: answers.append(dial(engine)))
    waiting.start()
    api.may_answer.set()
    waiting.join(10)
    assert answers == [""]


def test_only_a_few_requests_wait(
    engine: Engine, api: Lists, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(first_look, "PATIENCE", 10)
    api.answers = lambda command: Snapshot(calls={})
    engine.start()
    answers: list[str] = []
    several = [
        threading.Thread(target=lambda n=n: answers.append(dial(engine, f"+1312555{n:04}")))
        for n in range(first_look.MOST_WAITING + 3)
    ]
    for each in several:
        each.start()
    until(lambda: answers == ["not-ready"] * 3, "the others are refused")
    api.may_answer.set()
    for each in several:
        each.join(10)
    assert sorted(answers) == [""] * 2 + ["dial-limit"] * 6 + ["not-ready"] * 3


def test_without_an_application_there_is_nothing_to_wait_for(api: Lists) -> None:
    registry = MemoryRegistry(lambda name: Room(name))
    engine = Engine(registry, api, Doors("demo"), Clock(), Limits(("+1",), number="+13125550100"))
    engine.start()
    assert dial(engine) == "dial-is-off"
    api.may_answer.set()
    engine.stop()
