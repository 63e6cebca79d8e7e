"""Calls that no room knows, and others in our conference: what the default room makes of them."""

from __future__ import annotations

from dataclasses import replace

import pytest
from rigs import core as rig
from rigs.core import EMPTY, NOW

from conference.core.client_state import ClientState
from conference.core.commands import SNAPSHOT, Answer, Command, Speak, TakeSnapshot
from conference.core.events import Outcome
from conference.core.room import NEXT_SNAPSHOT, Room
from conference.core.snapshot import Seen, Snapshot

FRONT = replace(EMPTY, watches_unknown_calls=True)
STATE = ClientState("demo")
FREE = Seen(False, False)
UNHEARD = Snapshot(calls={}, unknown_calls=frozenset("A"))


def looks(room: Room, *snapshots: Snapshot) -> tuple[Room, tuple[Command, ...]]:
    """Looks that are three seconds apart."""
    commands: tuple[Command, ...] = ()
    for n, snapshot in enumerate(snapshots):
        command = TakeSnapshot("demo", at=NOW + 3 * n)
        room = replace(room, pending={**room.pending, **rig.queued(SNAPSHOT, command)})
        room, commands = rig.decide(room, Outcome(command, NOW + 3 * n, data=snapshot))
    return room, commands


def test_a_caller_of_whom_nothing_was_heard_is_answered_when_two_looks_agree() -> None:
    assert looks(FRONT, UNHEARD)[1] == ()
    room, commands = looks(FRONT, UNHEARD, UNHEARD)
    state = replace(STATE, member=1)
    assert commands == (Answer("A", state, at=NOW + 3),)
    assert (rig.status(room), room.reconciliation.healed) == ({"A": "ringing"}, 1)
    ours = {"client_state": state, "from_": "+1555"}
    room = rig.after(room, rig.hook("call.answered", at=NOW + 4, **ours))
    assert isinstance(rig.head(room, "A"), Speak)
    assert room.participants["A"].number == "+1555", "which no list has"
    later, _ = looks(room, Snapshot(calls={"A": STATE}))
    assert later.reconciliation.unknown_calls == frozenset()


def test_only_the_lookout_answers_strangers() -> None:
    assert looks(EMPTY, UNHEARD, UNHEARD) == (looks(EMPTY, UNHEARD, UNHEARD)[0], ())
    assert rig.status(looks(EMPTY, UNHEARD, UNHEARD)[0]) == {}


def test_a_caller_whose_webhook_comes_meanwhile_is_answered_once() -> None:
    room, _ = looks(FRONT, UNHEARD)
    room = rig.after(room, rig.hook("call.initiated", direction="incoming", from_="+1", at=NOW + 1))
    room, commands = looks(room, UNHEARD)
    assert commands == ()
    assert len(rig.pending(room, "A")) == 1


def test_the_number_may_come_with_a_late_call_initiated() -> None:
    room, _ = looks(FRONT, UNHEARD, UNHEARD)
    room = rig.after(
        room, rig.hook("call.initiated", direction="incoming", from_="+1555", at=NOW + 4)
    )
    assert room.participants["A"].number == "+1555"
    assert len(rig.pending(room, "A")) == 1


@pytest.mark.parametrize("said", [(422, "90102"), (422, "99999"), (422, "90018"), (403, "")])
def test_another_programs_call_is_tried_once_and_left_alone(said: tuple[int, str]) -> None:
    room, _ = looks(FRONT, UNHEARD, UNHEARD)
    room, commands = rig.decide(room, rig.answer(room, "A", *said, at=NOW + 4))
    assert (rig.status(room), commands) == ({}, ())
    room = replace(room, ended={})  # long after
    room, commands = looks(room, UNHEARD, UNHEARD)
    assert (rig.status(room), commands, room.reconciliation.unknown_calls) == (
        {},
        (),
        frozenset("A"),
    )
    room, _ = looks(room, Snapshot(calls={}))
    assert room.reconciliation.unknown_calls == frozenset(), (
        "it has ended, and need not be kept in mind"
    )


@pytest.mark.parametrize("event", ["call.answered", "conference.participant.joined"])
def test_another_programs_call_is_not_ours_because_we_asked(event: str) -> None:
    """Its callee may pick up while our answer is on its way; that says nothing of our answer."""
    room, _ = looks(FRONT, UNHEARD, UNHEARD)
    room, commands = rig.decide(room, rig.hook(event, at=NOW + 4))
    assert (commands, room.conference, room.joined) == ((), "", frozenset())
    assert "A" in room.reconciliation.unknown_calls


@pytest.mark.parametrize("said", [0, 429, 503])
def test_a_stranger_of_whom_telnyx_said_nothing_may_be_a_caller_after_all(said: int) -> None:
    room, _ = looks(FRONT, UNHEARD, UNHEARD)
    room = rig.after(room, rig.answer(room, "A", said, at=NOW + 4))
    room = rig.after(room, rig.answer(room, "A", said, at=NOW + 60))
    assert (rig.status(room), room.reconciliation.unknown_calls, room.ended) == (
        {},
        frozenset(),
        {},
    )
    heard = rig.after(room, rig.hook("call.answered", at=NOW + 61, client_state=STATE))
    assert rig.status(heard) == {"A": "greeting"}


def test_a_list_that_cannot_be_read_says_nothing_of_strangers() -> None:
    room = rig.given(FRONT, unknown_calls=frozenset("A"))
    assert looks(room, Snapshot(calls=None))[0].reconciliation.unknown_calls == frozenset("A")


def test_nobody_speaks_to_a_stranger_whose_answer_was_never_known() -> None:
    room, _ = looks(FRONT, UNHEARD, UNHEARD)
    room, commands = rig.decide(room, rig.answer(room, "A", 0, at=NOW + 60))
    assert (rig.status(room), commands) == ({}, ())


def test_the_lookout_looks_also_while_it_is_empty() -> None:
    regular = replace(FRONT, settings=replace(FRONT.settings, reconcile_seconds=30))
    room, _ = looks(regular, Snapshot(calls={}))
    assert room.deadlines == {NEXT_SNAPSHOT: NOW + 30}
    room = rig.after(
        room, rig.hook("call.initiated", direction="incoming"), rig.hook("call.hangup")
    )
    assert room.deadlines[NEXT_SNAPSHOT] == NOW + 30
    never, _ = looks(FRONT, Snapshot(calls={}))
    assert never.deadlines == {}


def test_others_in_our_conference_are_noticed_when_two_looks_agree() -> None:
    room = rig.inside()
    both = Snapshot("K", {"A": Seen(True, False), "X": FREE}, {"A": STATE})
    assert not looks(room, both)[0].reconciliation.has_others
    room, _ = looks(room, both, both)
    assert room.reconciliation.has_others
    calm, _ = looks(replace(room, deadlines={}), both)
    assert (calm.reconciliation.has_others, calm.deadlines) == (True, {}), (
        "to notice it once is enough"
    )
    ours = replace(both, joined={"A": Seen(True, False)})
    assert not looks(room, ours)[0].reconciliation.has_others


@pytest.mark.parametrize(
    "known", [{"calls": None}, {"elsewhere": {"X": "blue"}}, {"unknown_calls": frozenset("X")}]
)
def test_who_is_a_call_of_this_application_shares_nothing(known: dict[str, object]) -> None:
    seen = Snapshot("K", {"A": Seen(True, False), "X": FREE}, {"A": STATE})
    seen = replace(seen, **known)  # type: ignore[arg-type]
    assert seen.others == set()
    assert not looks(rig.inside(), seen, seen)[0].reconciliation.has_others
