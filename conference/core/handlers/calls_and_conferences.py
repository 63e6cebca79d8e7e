"""One handler for each event type of Telnyx: what it changes, and what follows from it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from conference.core.client_state import ClientState, Direction
from conference.core.commands import CONFERENCE, Answer, Create, Speak, of_call
from conference.core.entering import (
    RINGS_AT_MOST,
    answer_call,
    begin_entry,
    call_ended,
    caller_joined,
    conference_lost,
    conference_opened,
    end_stage,
    note_joined_at,
    remember,
)
from conference.core.events import Webhook
from conference.core.handlers.recordings_and_queues import REFLECTED
from conference.core.leaving import caller_left, hang_up, take_out
from conference.core.origin import origin
from conference.core.reconcile import mark_known, snapshot_soon
from conference.core.room import Deadline, Room, client_state
from conference.core.transitions import (
    change,
    complete_head,
    recognise,
    release,
    remember_ended,
    set_deadline,
)


def call_initiated(room: Room, event: Webhook) -> Room:
    """An incoming call is answered; an outgoing one of ours rings, and is never answered by us."""
    if event.call in room.participants or event.call in room.ended:
        return _known(room, event)
    if event.direction == "incoming":
        room = _recognise(room, ClientState(room.name), event)
        return answer_call(room, event.call, event.at)
    if event.client_state is None:
        return room
    room = _known(room, event)
    return set_deadline(room, Deadline("call", event.call), event.at + RINGS_AT_MOST)


def call_answered(room: Room, event: Webhook) -> Room:
    """Whoever was answered is greeted."""
    if event.call in room.ended:
        return room
    if event.call in room.reconciliation.unknown_calls:
        if event.client_state is None:
            return release(room, event.call)  # our answer has not made it ours: another program's
        room = mark_known(room, event.call)
    room = complete_head(_known(room, event), of_call(event.call), lambda c: isinstance(c, Answer))
    participant = room.participants.get(event.call)
    if participant is None:
        return room
    if event.client_state not in (None, client_state(room, participant)):
        room = remember(room, event.call, event.at)  # something was asked for meanwhile
    return begin_entry(room, event.call, event.at) if participant.status == "ringing" else room


def call_speak_ended(room: Room, event: Webhook) -> Room:
    """The greeting has ended: create or join follows. After a goodbye, hangup follows."""
    participant = room.participants.get(event.call)
    if participant is None:
        return room if event.call in room.ended else snapshot_soon(room, event.at)
    if participant.status != "refused":
        return end_stage(room, event)
    if event.cause == "call_hangup":
        return room  # cut short: the hangup is on its way
    room = complete_head(room, of_call(event.call), lambda c: isinstance(c, Speak))
    return hang_up(room, event.call, event.at)


def call_gather_ended(room: Room, event: Webhook) -> Room:
    """A caller has pressed keys in an entry stage: the next stage follows, or hangup."""
    return end_stage(room, event)


def call_hangup(room: Room, event: Webhook) -> Room:
    """A hangup is final: the call is forgotten, whatever comes later."""
    return call_ended(room, event.call, event.at)


def conference_created(room: Room, event: Webhook) -> Room:
    """The conference that we asked for is open, which may be known before Telnyx's answer is."""
    opener = room.head(CONFERENCE)
    asked_for = isinstance(opener, Create) and opener.call == event.call
    if room.conference or not asked_for or event.conference in room.ended:
        return room
    participant = room.participants.get(event.call)
    if participant and participant.moved_from == event.conference:
        return room
    return conference_opened(room, event.conference, event.at, creator=event.call)


def conference_participant_joined(room: Room, event: Webhook) -> Room:
    """A participant is in, unless a newer event has it out; a stranger is worth a look."""
    if event.call in room.ended or event.conference in room.ended:
        return room
    participant = room.participants.get(event.call)
    if participant is None or event.call in room.reconciliation.unknown_calls:
        return snapshot_soon(room, event.at)
    if "" < event.occurred_at <= participant.moved_at:
        return room
    if participant.status == "parked" and not room.under_way(event.call):
        return take_out(room, event.call, event.conference, event.at)
    if participant.status == "joined" and event.conference == room.conference:
        return note_joined_at(room, event.call, event.occurred_at)
    if participant.status == "leaving" and "" < participant.moved_at < event.occurred_at:
        room = change(room, event.call, status="waiting")
    return caller_joined(room, event.call, event.conference, event.at, event.occurred_at)


def conference_participant_left(room: Room, event: Webhook) -> Room:
    """A participant is out, unless a newer event has it in; the leg must end as well."""
    participant = room.participants.get(event.call)
    if participant is None or event.occurred_at < participant.moved_at:
        return room
    if participant.taken_out:
        return change(room, event.call, taken_out=False, moved_at=event.occurred_at)
    another = room.conference and event.conference != room.conference
    if another or event.conference in room.ended:
        return room
    if participant.status not in ("waiting", "joined"):
        return room
    return caller_left(room, event.call, event.at, event.occurred_at)


def conference_ended(room: Room, event: Webhook) -> Room:
    """The conference is over: its participants are out, and the next caller opens a new one."""
    room = remember_ended(room, event.conference, event.at)
    if event.conference != room.conference:
        return room
    let_in = [p.call for p in room.in_status("waiting") if not room.under_way(p.call)]
    for call in (*room.joined, *let_in):
        room = caller_left(room, call, event.at, event.occurred_at)
    return conference_lost(room, event.conference, event.at)


def conference_floor_changed(room: Room, event: Webhook) -> Room:
    """Somebody else speaks. Two of three webhooks are this one, so it touches one field."""
    elsewhere = room.conference and event.conference != room.conference
    if elsewhere or event.call not in room.participants or event.call == room.speaker:
        return room
    return replace(room, speaker=event.call)


def _known(room: Room, event: Webhook) -> Room:
    """The room with the event's call in it, known from our client_state if not before.

    A call that a look has found comes without its numbers.
    """
    if before := room.participants.get(event.call):
        theirs, ours = _numbers(before.direction, event)
        if (before.number or not theirs) and (before.ours or not ours):
            return room
        number, ours = before.number or theirs, before.ours or ours
        return change(room, event.call, number=number, ours=ours)
    if event.client_state is None or event.call in room.ended:
        return room
    return _recognise(room, event.client_state, event)


def _recognise(room: Room, state: ClientState, event: Webhook) -> Room:
    theirs, ours = _numbers(state.direction, event)
    state = replace(state, number=state.number or theirs)
    return recognise(room, event.call, state, event.at, ours=ours)


def _numbers(direction: Direction, event: Webhook) -> tuple[str, str]:
    """The caller's, and ours."""
    return (event.to, event.from_) if direction == "outgoing" else (event.from_, event.to)


HANDLERS: dict[str, Callable[[Room, Webhook], Room]] = {
    "call.initiated": call_initiated,
    "call.answered": call_answered,
    "call.speak.ended": call_speak_ended,
    "call.gather.ended": call_gather_ended,
    "call.hangup": call_hangup,
    "conference.created": conference_created,
    "conference.participant.joined": conference_participant_joined,
    "conference.participant.left": conference_participant_left,
    "conference.ended": conference_ended,
    "conference.floor.changed": conference_floor_changed,
    **REFLECTED,
}


def handle(room: Room, event: Webhook) -> Room:
    """What the event changes, of whatever type it is."""
    handler = HANDLERS.get(event.type)
    if handler is None:
        return room
    if event.type == "call.initiated" or not room.origin:
        here = origin(event.delivered_to)
        room = replace(room, origin=here) if here not in ("", room.origin) else room
    return handler(room, event)
