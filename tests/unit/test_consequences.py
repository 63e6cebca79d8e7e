"""What follows from a change is done once, also where it is begun twice or breaks off."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace

import pytest
from rigs.lines import WillingApi
from rigs.registry import EVENT, keep
from rigs.registry_contract import caller
from rigs.waiting import until

from conference.clock import Clock
from conference.core.change import Change
from conference.core.client_state import ClientState
from conference.core.commands import Answer, Command, Hold, queue_of
from conference.core.doors import Doors
from conference.core.draft import KeyRequest
from conference.core.events import Event, HandedOver, ModeratorRequest, Outcome, RequestAnswered
from conference.core.parts import NOTHING_ASKED
from conference.core.room import Room
from conference.core.transitions import put
from conference.engine import Engine
from conference.engine.dispatch import Dispatcher
from conference.registry import Commit, MemoryRegistry, Registry, Unavailable
from conference.registry.contract import Note


@dataclass
class Torn:
    """A registry in memory that loses its connection to one room."""

    kept: Registry = field(default_factory=lambda: MemoryRegistry(Room))
    lost: str = ""
    put_off: list[Commit] = field(default_factory=list)
    finished: list[Commit] = field(default_factory=list)

    def __getattr__(self, name: str) -> object:
        return getattr(self.kept, name)

    def commit(
        self,
        name: str,
        event_id: str,
        decide: Callable[[Room], Change],
        note: Note,
        digest: str = "",
    ) -> Commit | None:
        if name == self.lost:
            raise Unavailable("Redis does not answer in time")
        return self.kept.commit(name, event_id, decide, note, digest)

    def later(self, name: str, commit: Commit) -> None:
        self.put_off.append(commit)

    def done(self, name: str, commit: Commit) -> None:
        self.finished.append(commit)


@pytest.fixture
def registry() -> Torn:
    registry = Torn()
    room = put(Room("demo", conference="conf-1"), replace(caller("A"), status="joined"))
    keep(registry.kept, replace(room, joined=frozenset({"A"})))
    return registry


@pytest.fixture
def observed() -> list[Event]:
    return []


@pytest.fixture
def engine(registry: Torn, observed: list[Event]) -> Iterator[Engine]:
    def observe(change: Change) -> None:
        observed.append(change.event)

    engine = Engine(registry, WillingApi(), Doors("demo"), observers=[observe])  # type: ignore[arg-type]
    yield engine
    engine.stop()


def commit(
    handovers: tuple[tuple[str, HandedOver], ...] = (), requests: tuple[KeyRequest, ...] = ()
) -> Commit:
    room = Room("demo")
    return Commit(Change(room, room, EVENT, handovers=handovers, requests=requests), True, "7-a")


MOVED = commit(handovers=(("red", HandedOver(1.0, caller("A"), NOTHING_ASKED)),))


def test_a_call_is_handed_over_later_if_the_other_room_is_out_of_reach(
    engine: Engine, registry: Torn
) -> None:
    registry.lost = "red"
    engine.follow("demo", [MOVED])
    assert registry.put_off == [MOVED]
    assert MOVED not in registry.finished
    registry.lost = ""
    engine.follow("demo", registry.put_off)
    assert list(registry.kept.room("red").participants) == ["A"]
    assert MOVED in registry.finished


def test_a_call_is_handed_over_once(engine: Engine, registry: Torn, observed: list[Event]) -> None:
    engine.follow("demo", [MOVED])
    engine.follow("demo", [MOVED])
    assert sum(isinstance(event, HandedOver) for event in observed) == 1


def test_a_key_is_answered_once_though_its_request_is_begun_twice(
    engine: Engine, registry: Torn, observed: list[Event]
) -> None:
    key = KeyRequest("A", "Locked.", ModeratorRequest("lock", 1.0, "request-1"))
    begun = commit(requests=(key,))
    engine.follow("demo", [begun])
    engine.follow("demo", [begun])
    assert registry.kept.room("demo").locked
    for kind in (ModeratorRequest, RequestAnswered):
        assert sum(isinstance(event, kind) for event in observed) == 1


def test_a_key_whose_answer_was_lost_is_not_refused(
    engine: Engine, registry: Torn, observed: list[Event], monkeypatch: pytest.MonkeyPatch
) -> None:
    key = KeyRequest("A", "Locked.", ModeratorRequest("lock", 1.0, "request-1"))
    save = registry.commit

    def lose_answers(
        name: str, event_id: str, decide: Callable[[Room], Change], note: Note, digest: str = ""
    ) -> Commit | None:
        made = save(name, event_id, decide, note, digest)
        registry.lost = name
        return made

    monkeypatch.setattr(registry, "commit", lose_answers)
    engine.follow("demo", [commit(requests=(key,))])
    monkeypatch.undo()
    registry.lost = ""
    engine.follow("demo", registry.put_off)
    assert [each.refused for each in observed if isinstance(each, RequestAnswered)] == [""]


def test_a_command_that_is_being_sent_is_not_sent_a_second_time() -> None:
    """A new home sends all that is in flight, and what the changes of the former one need."""
    hold = Hold(("A",), "conf-1")
    may_answer, sent, applied = threading.Event(), [], []

    class Api:
        def prepare(self) -> None:
            pass

        def send(self, command: Command) -> Outcome:
            sent.append(command)
            may_answer.wait(10)
            return Outcome(command, 2.0)

    room = Room("blue", pending={queue_of(hold): (hold,)})
    counts: list[int] = []
    dispatcher = Dispatcher(
        Api(), Clock(), lambda name: room, lambda *event: applied.append(event), counts.append
    )
    dispatcher.resume(room)
    until(lambda: len(sent) == 1)
    dispatcher.resume(room)
    until(lambda: counts == [1, 2, 1], "the second is given up")
    may_answer.set()
    assert dispatcher.idle(5)
    assert (sent, len(applied)) == ([hold], 1)
    dispatcher.stop()


def test_an_equal_command_is_sent_once_the_first_is_answered() -> None:
    answer = Answer("A", ClientState("blue"))
    api = WillingApi()
    room = Room("blue", pending={queue_of(answer): (answer,)})
    dispatcher = Dispatcher(api, Clock(), lambda name: room, lambda *event: None)
    for _ in range(2):
        dispatcher.resume(room)
        assert dispatcher.idle(5)
    assert api.sent == [answer, answer]
    dispatcher.stop()
