"""Who waits for Telnyx's answer to a request gets it, and nobody else's."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import replace

import pytest
from rigs.core import (
    EMPTY,
    NOW,
    T0,
    after,
    answer,
    asks,
    change,
    greeting,
    hangup,
    head,
    inside,
    joined,
    let_in,
    parked,
    requests,
    retry,
)
from rigs.lines import WillingApi
from rigs.registry import keep
from rigs.waiting import until

from conference.core import commands as c
from conference.core.change import Change
from conference.core.commands import HOLD_AND_MUTE, Command, Hangup, memory
from conference.core.doors import Doors
from conference.core.events import DeadlinePassed, Event, ModeratorRequest, Outcome
from conference.core.outcomes.meanings import DROPPED, meaning
from conference.core.outcomes.retries import TRIED_FOR
from conference.core.room import Room, in_flight
from conference.engine import Engine
from conference.engine.outbox import Observer
from conference.engine.request_tracking import Receipt, Receipts
from conference.registry import MemoryRegistry
from conference.reporting.event_log import EventLog
from conference.reporting.rate_limited_log import RateLimitedLog
from conference.reporting.server_health import ServerHealth
from conference.reporting.telnyx_errors import TelnyxErrors

TWO = inside(inside(), "B")
ALONE = after(let_in(), joined("A"))  # the rule's hold is in flight
PLAY = asks("play", audio_url="https://example.com/a.mp3")
ADJUST = asks("adjust", "A", end_conference_on_exit=True)
STOP = asks("stop")
NOT_KEPT = {c.Remember: 422}


def observed(receipt: Receipt, room: Room, *events: Event) -> Room:
    """The room after the events; the receipt has observed their changes."""
    for event in events:
        changed = change(room, event)
        receipt.observe(changed)
        room = changed.after
    return room


def told(
    before: Room, event: ModeratorRequest, says: Mapping[type[Command], int] | None = None
) -> list[tuple[str, str]]:
    """What is answered to the request once all is over: of each command its name and what
    Telnyx's answer to it means, which is 200 unless `says` has another status."""
    receipt = Receipt("demo", event.id)
    room = observed(receipt, before, event)
    while flying := in_flight(room):
        for command in flying.values():
            status = (says or {}).get(type(command), 200)
            room = observed(receipt, room, Outcome(command, NOW, status))
    assert receipt.over
    return [(o.command.name, meaning(o)) for o in receipt.answers]


def test_of_two_requests_alike_each_has_a_receipt_of_its_own() -> None:
    receipts, answer = Receipts(), Outcome(Hangup("v3:1", request="request"), at=0.0)
    with receipts.open("demo", "request") as first:
        with receipts.open("demo", "request") as second:
            pass
        receipts.observe(Change(EMPTY, EMPTY, answer))
        assert (first.outcomes, second.outcomes) == ([answer], [])


def test_what_was_under_way_before_is_no_answer_to_a_request() -> None:
    muting = after(TWO, replace(asks("mute", "A"), id="older"))
    says = {c.Mute: 422, **NOT_KEPT}
    assert told(muting, asks("unmute", "A"), says) == [("unmute", "done")]
    holding = after(TWO, replace(asks("hold", "A"), id="older"))
    other = asks("hold", "A", media_name="waltz")
    assert told(holding, other, NOT_KEPT) == [("hold", "done")]


def test_a_rules_hold_is_no_answer_to_a_mute() -> None:
    assert isinstance(head(ALONE, HOLD_AND_MUTE), c.Hold)
    says = {c.Hold: 422, **NOT_KEPT}
    assert told(ALONE, asks("mute", "A"), says) == [("mute", "done")]
    music = asks("hold", "A", media_name="waltz")
    assert ("hold", "done") in told(ALONE, music), "but it is to a hold"


@pytest.mark.parametrize(("verb", "kind"), [("hold", c.Hold), ("mute", c.Mute)])
def test_a_refusal_is_answered_once_and_again_to_a_request_anew(
    verb: str, kind: type[Command]
) -> None:
    """The rule goes on trying, but that answers nobody."""
    says = {kind: 422, **NOT_KEPT}
    three = inside(TWO, "C")  # so that nobody is alone beside A on hold
    assert told(three, asks(verb, "A"), says) == [(verb, "refused")]
    room = after(three, asks(verb, "A"))
    room = after(room, answer(room, HOLD_AND_MUTE, 422))
    assert not room.holding.hold_asked_by and not room.holding.mute_asked_by
    (pause,) = [at for deadline, at in room.deadlines.items() if deadline.kind == "refused"]
    again = after(room, DeadlinePassed(pause))
    assert head(again, HOLD_AND_MUTE).asked_by == frozenset()
    anew = replace(asks(verb, "A"), id="anew")
    assert told(room, anew, says) == [(verb, "refused")], "at once, not after the pause"
    assert told(room, anew, NOT_KEPT) == [(verb, "done")]


def test_a_call_that_ended_before_its_hangup_is_no_failure_of_an_end() -> None:
    receipt = Receipt("demo", "request")
    room = observed(receipt, greeting(TWO, "C"), asks("end"))
    gone = answer(room, "C", 422, "90018")
    room = observed(receipt, room, gone, answer(room, requests("K")))
    assert [meaning(each) for each in receipt.answers] == ["done"]


def test_what_the_rules_make_of_it_decides_nothing() -> None:
    """A caller who is left alone should hear music."""
    says = {c.Hold: 422}
    ours = [("leave", "done"), ("remember", "done")]
    assert told(TWO, asks("leave", "A"), says) == ours
    assert told(TWO, asks("leave", "A")) == [*ours, ("hold", "done")]


def test_what_telnyx_could_not_keep_decides_nothing() -> None:
    assert told(TWO, asks("mute", "A"), NOT_KEPT) == [("mute", "done")]
    assert told(TWO, asks("rename", "A", label="Ann"), NOT_KEPT) == []
    assert told(TWO, asks("rename", "A", label="Ann")) == [("remember", "done")]


@pytest.mark.parametrize("event", [PLAY, STOP], ids=lambda event: event.verb)
@pytest.mark.parametrize(("status", "means"), [(0, "unknown"), (503, "busy"), (422, "refused")])
def test_what_was_given_up_is_said(event: ModeratorRequest, status: int, means: str) -> None:
    assert [said for _, said in told(TWO, event, {c.PassThrough: status})] == [means]
    assert [said for _, said in told(TWO, ADJUST, {c.PassThrough: 422})] == ["refused"]


def test_what_is_to_be_tried_again_is_no_answer_yet() -> None:
    receipt = Receipt("demo", "request")
    room = observed(receipt, TWO, asks("speak", payload="Hello"))
    room = observed(receipt, room, answer(room, requests("K"), 503))
    assert (receipt.answers, retry(requests("K")) in room.deadlines) == ([], True)
    receipt = Receipt("demo", "request")
    room = observed(receipt, TWO, ADJUST)
    room = observed(receipt, room, answer(room, requests("K"), 503))
    assert (receipt.answers, receipt.over) == ([], False), "a repetition is harmless"
    receipt = Receipt("demo", "request")
    muting = observed(receipt, TWO, asks("mute", "A"))
    observed(receipt, muting, answer(muting, memory("A")), answer(muting, HOLD_AND_MUTE, 503))
    assert [o.command.name for o in receipt.answers] == ["remember"]


class ReluctantApi(WillingApi):
    """A Telnyx that asks for half a minute's patience before it lets anybody leave."""

    def send(self, command: Command) -> Outcome:
        outcome = super().send(command)
        if isinstance(command, c.Leave):
            return replace(outcome, status=429, retry_after=30.0)
        return outcome


@contextmanager
def serving(api: WillingApi, *observers: Observer) -> Iterator[Engine]:
    """With A and B in the conference."""
    registry = MemoryRegistry(lambda name: replace(EMPTY, name=name))
    engine = Engine(registry, api, Doors("demo"), observers=observers)
    keep(engine.registry, TWO)
    try:
        yield engine
    finally:
        engine.stop()


def test_a_join_that_opens_the_conference_is_over_when_telnyx_has_its_options() -> None:
    receipt = Receipt("demo", "request")
    room = parked(inside())
    room = observed(receipt, room, asks("join", "A", end_conference_on_exit=True))
    room = observed(receipt, room, answer(room, c.CONFERENCE, data={"id": "L"}))
    room = observed(receipt, room, answer(room, memory("A")))
    assert (receipt.over, receipt.under_way) == (False, frozenset()), "it has not joined"
    room = observed(receipt, room, joined(conference="L", occurred_at="2026-7"))
    assert not receipt.over
    observed(receipt, room, answer(room, requests("L"), 422))
    assert receipt.over
    told = [(o.command.name, meaning(o)) for o in receipt.answers]
    assert told == [("create", "done"), ("remember", "done"), ("participants", "refused")]


def test_a_join_that_telnyx_has_had_before_is_no_failure() -> None:
    says = {c.Join: 422, **NOT_KEPT}
    room = parked()
    assert told(room, asks("join", "A"), says) == [("join", "refused")]
    receipt = Receipt("demo", "request")
    room = observed(receipt, room, asks("join", "A"))
    observed(receipt, room, answer(room, memory("A")), answer(room, "A", 422, "90044"))
    assert [o.command.name for o in receipt.answers] == ["remember"]


@pytest.mark.parametrize(("status", "means"), [(200, "done"), (422, "refused")])
def test_a_join_that_loses_the_race_for_the_name_is_what_the_join_is(
    status: int, means: str
) -> None:
    receipt = Receipt("demo", "request")
    room = observed(receipt, parked(inside()), asks("join", "A", mute=False))
    room = observed(receipt, room, answer(room, memory("A")))
    room = observed(receipt, room, answer(room, c.CONFERENCE, 422, "90033"))
    assert (receipt.over, receipt.answers[1:]) == (False, []), "it is looked for"
    room = observed(receipt, room, answer(room, c.CONFERENCE, data={"id": "L"}))
    assert not receipt.over
    observed(receipt, room, answer(room, "A", status))
    assert receipt.over
    told = [(o.command.name, meaning(o)) for o in receipt.answers]
    assert told == [("remember", "done"), ("find", "done"), ("join", means)]


def test_waiting_ends_with_the_call_though_nothing_is_in_flight() -> None:
    with serving(ReluctantApi()) as engine, ThreadPoolExecutor(1) as pool:
        asked = pool.submit(engine.moderate, "demo", asks("leave", "A", at=T0), 60)
        held_back = retry("A")
        until(lambda: held_back in engine.registry.room("demo").deadlines, "it is held back")
        assert not asked.done()
        engine.handle(replace(hangup(), id="1"))
        answers = {o.command.name: meaning(o) for o in asked.result(10).answers}
        assert answers["leave"] == "limited"


@pytest.mark.parametrize(("age", "dropped"), [(TRIED_FOR - 5, False), (TRIED_FOR + 5, True)])
def test_what_comes_too_late_to_its_turn_is_dropped_and_said(age: float, dropped: bool) -> None:
    api, event_log, server_health = WillingApi(), EventLog(), ServerHealth(T0)
    errors = TelnyxErrors(server_health, RateLimitedLog())
    with serving(api, event_log.observe, errors.observe) as engine:
        speak = replace(asks("speak", payload="Hello"), at=engine.clock() - age)
        told = engine.moderate("demo", speak, 10).answers
        assert [(meaning(o), o.code) for o in told] == [
            ("refused", DROPPED) if dropped else ("done", "")
        ]
        assert len(api.sent) == (0 if dropped else 1)
        lines = [entry.line.text for entry in event_log.after(0, 100)[0]]
        late = f"speak is dropped: its turn came {age:.0f} s after it was asked for"
        assert lines.count(late) == dropped
        assert server_health.error == "", "which is no fault of Telnyx's"
        assert requests("K") not in engine.registry.room("demo").pending, "the next one's turn"


def test_what_the_rules_need_is_done_however_late() -> None:
    api = WillingApi()
    with serving(api) as engine:
        engine.moderate("demo", asks("mute", "A", at=T0), 10)
        assert {type(command) for command in api.sent} == {c.Remember, c.Mute}


def test_a_command_carries_the_request_that_it_was_made_for() -> None:
    room = after(TWO, replace(asks("mute", "A"), id="first"), replace(asks("mute", "B"), id="next"))
    (remembers_a,), (remembers_b,) = room.pending[memory("A")], room.pending[memory("B")]
    assert (remembers_a.request, remembers_b.request) == ("first", "next")
    mutes_a = head(room, HOLD_AND_MUTE)
    assert (mutes_a.calls, mutes_a.request, mutes_a.asked_by) == (("A",), "first", {"first"})
    mutes_b = head(after(room, answer(room, HOLD_AND_MUTE)), HOLD_AND_MUTE)
    assert (mutes_b.calls, mutes_b.request, mutes_b.asked_by) == (("B",), "", {"next"})


def test_once_telnyx_was_told_no_request_is_kept() -> None:
    room = after(TWO, asks("mute", "A"), asks("hold", "B"))
    assert (room.holding.mute_asked_by, room.holding.hold_asked_by) == (
        {"A": "request"},
        {"B": "request"},
    )
    while flying := in_flight(room):
        room = after(room, *(Outcome(command, NOW) for command in flying.values()))
    assert (room.holding.mute_asked_by, room.holding.hold_asked_by) == ({}, {})
