"""One handler for each event type of Telnyx. Its docstring names the commands that follow.

A handler sends nothing. The commands wait in `pending` of the room that it returns, until
`decide` collects them.
"""

from __future__ import annotations

from collections.abc import Callable

from conference.core.admission import saying_names
from conference.core.admission.known_callers import known_caller
from conference.core.client_state import OF_MEETING, ClientState, Direction, encode
from conference.core.commands import CONFERENCE, Answer, Create, Speak, of_call
from conference.core.entering import (
    RINGS_AT_MOST,
    answer_call,
    call_ended,
    caller_joined,
    conference_lost,
    conference_opened,
    note_joined_at,
    remember,
)
from conference.core.entry_stages import begin_entry, end_stage
from conference.core.events import Webhook
from conference.core.handlers.recordings_and_queues import RECORDINGS_AND_QUEUES
from conference.core.keys.gathers import gather_is_over
from conference.core.keys.keypad import press_key
from conference.core.leaving import caller_left, hang_up, take_out
from conference.core.limits.fresh_conference import (
    TIME_EXCEEDED,
    go_on_after,
    left_to_end,
    open_now,
)
from conference.core.limits.time_limits import outlasts
from conference.core.meeting import goes_on
from conference.core.muting import first_state
from conference.core.origin import origin
from conference.core.reconcile import mark_known, snapshot_soon
from conference.core.replacing import replace
from conference.core.room import Deadline, Room, client_state
from conference.core.transitions import (
    add_call,
    change,
    complete_head,
    release,
    remember_ended,
    set_deadline,
)


def call_initiated(room: Room, event: Webhook) -> Room:
    """A call begins: `answer` follows for an incoming one. An outgoing one of ours rings."""
    if event.call in room.participants or event.call in room.ended:
        return _known(room, event)
    if event.direction == "incoming":
        room, known = known_caller(room, event.from_)
        stages = room.settings.stages_for(known.role, known.label)
        state = first_state(room, known.role, label=known.label, stages=stages)
        room = _add_call(room, state, event)
        return answer_call(room, event.call, event.at)
    if event.client_state is None:
        return room
    room = _known(room, event)
    return set_deadline(room, Deadline("call", event.call), event.at + RINGS_AT_MOST)


def call_answered(room: Room, event: Webhook) -> Room:
    """A call is answered: `speak` (the greeting) or `gather` ("press 1") follows."""
    if event.call in room.ended:
        return room
    if event.call in room.reconciliation.unknown_calls:
        if event.client_state is None:
            return release(room, event.call)  # another program has answered it
        room = mark_known(room, event.call)
    room = complete_head(_known(room, event), of_call(event.call), lambda c: isinstance(c, Answer))
    participant = room.participants.get(event.call)
    if participant is None:
        return room
    if event.client_state and encode(event.client_state) != encode(client_state(room, participant)):
        room = remember(room, event.call, event.at)  # a moderator's request came in between
    return begin_entry(room, event.call, event.at) if participant.status == "ringing" else room


def call_speak_ended(room: Room, event: Webhook) -> Room:
    """The greeting has ended: `create` or `join` follows. After a goodbye, `hangup` follows."""
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
    """The caller has pressed 1 or not: `speak` (the greeting) or `hangup` follows."""
    return end_stage(gather_is_over(room, event), event)


def call_dtmf_received(room: Room, event: Webhook) -> Room:
    """A participant has pressed a key: the action of a complete sequence follows, and `speak` in
    private. In a room without keys nothing follows. A caller ends the own name by a key:
    `record_stop` follows."""
    return press_key(saying_names.press_key(room, event), event)


def call_hangup(room: Room, event: Webhook) -> Room:
    """A call has ended and is forgotten: `create` follows for the next caller if it was to open.

    Later events of the call are ignored.
    """
    return call_ended(room, event.call, event.at)


def conference_created(room: Room, event: Webhook) -> Room:
    """Our conference is open: `join` follows for every other caller who waits."""
    opener = room.head(CONFERENCE)
    asked_for = isinstance(opener, Create) and opener.call == event.call
    if room.conference or not asked_for or event.conference in room.ended:
        return room
    participant = room.participants.get(event.call)
    if participant and participant.moved_from == event.conference:
        return room
    return conference_opened(room, event.conference, event.at, creator=event.call)


def conference_participant_joined(room: Room, event: Webhook) -> Room:
    """A caller is in: `hold` follows for a first one, `unhold` when there are two.

    Ignored if a newer event has the caller outside. `snapshot` follows for an unknown call, and
    where the times do not show which event is the newer one.
    """
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
    if participant.status == "leaving":
        if "" in (participant.moved_at, event.occurred_at):
            room = snapshot_soon(room, event.at)
        room = change(room, event.call, status="waiting")
    return caller_joined(room, event.call, event.conference, event.at, event.occurred_at)


def conference_participant_left(room: Room, event: Webhook) -> Room:
    """A caller is out: a goodbye follows if the call stays up, and `hold` for one left alone.

    Ignored if a newer event has the caller inside. `snapshot` follows instead where nothing shows
    which one is newer: the caller may have been taken out and brought back, also before a restart.
    """
    participant = room.participants.get(event.call)
    if participant is None or "" < event.occurred_at < participant.moved_at:
        return room
    if participant.taken_out:
        newest = event.occurred_at or participant.moved_at
        return change(room, event.call, taken_out=False, moved_at=newest)
    another = room.conference and event.conference != room.conference
    if another or event.conference in room.ended:
        return room
    if participant.status not in ("waiting", "joined"):
        return room
    came_back = participant.tries > 1
    if participant.recovered or (came_back and not event.occurred_at):
        return snapshot_soon(room, event.at)
    return caller_left(room, event.call, event.at, event.occurred_at)


def conference_ended(room: Room, event: Webhook) -> Room:
    """The conference is over and its callers are out: a goodbye follows for calls that stay up.

    The next caller opens a new conference. Where the meeting outlasts the conference, `create`
    follows instead.
    """
    if left_to_end(room, event.conference, event.at):
        return open_now(remember_ended(room, event.conference, event.at))
    room = remember_ended(room, event.conference, event.at)
    if event.cause == TIME_EXCEEDED and outlasts(room):
        return go_on_after(room, event.conference, event.at)
    if event.conference != room.conference:
        return room
    let_in = [p.call for p in room.in_status("waiting") if not room.under_way(p.call)]
    for call in (*room.joined, *let_in):
        room = caller_left(room, call, event.at, event.occurred_at)
    return conference_lost(room, event.conference, event.at)


def conference_floor_changed(room: Room, event: Webhook) -> Room:
    """Another participant speaks; no command follows.

    Two of three webhooks are of this type, so it changes one field only.
    """
    elsewhere = room.conference and event.conference != room.conference
    if elsewhere or event.call not in room.participants or event.call == room.speaker:
        return room
    return replace(room, speaker=event.call)


def _known(room: Room, event: Webhook) -> Room:
    """Take the event's call into the room by its client_state, and complete its numbers.

    A call that a snapshot has found has no numbers yet.
    """
    if before := room.participants.get(event.call):
        theirs, ours = _numbers(before.direction, event)
        if (before.number or not theirs) and (before.our_number or not ours):
            return room
        number, ours = before.number or theirs, before.our_number or ours
        return change(room, event.call, number=number, our_number=ours)
    if event.client_state is None or event.call in room.ended:
        return room
    return _add_call(room, event.client_state, event)


def _add_call(room: Room, state: ClientState, event: Webhook) -> Room:
    theirs, ours = _numbers(state.direction, event)
    state = replace(state, number=state.number or theirs)
    if state.of_meeting and not goes_on(room, event.at):
        room = replace(
            room, **{name: getattr(state, name) for name in OF_MEETING}
        )  # after a restart
    return add_call(room, event.call, state, event.at, our_number=ours)


def _numbers(direction: Direction, event: Webhook) -> tuple[str, str]:
    """Return the caller's number and ours."""
    return (event.to, event.from_) if direction == "outgoing" else (event.from_, event.to)


HANDLERS: dict[str, Callable[[Room, Webhook], Room]] = {
    "call.initiated": call_initiated,
    "call.answered": call_answered,
    "call.speak.ended": call_speak_ended,
    "call.gather.ended": call_gather_ended,
    "call.dtmf.received": call_dtmf_received,
    "call.hangup": call_hangup,
    "conference.created": conference_created,
    "conference.participant.joined": conference_participant_joined,
    "conference.participant.left": conference_participant_left,
    "conference.ended": conference_ended,
    "conference.floor.changed": conference_floor_changed,
    **RECORDINGS_AND_QUEUES,
}


def handle(room: Room, event: Webhook) -> Room:
    """Apply the event: its handler, and first the address that it was delivered to, if ours."""
    handler = HANDLERS.get(event.type)
    if handler is None:
        return room
    if event.type == "call.initiated" or not room.origin:
        here = origin(event.delivered_to)
        room = replace(room, origin=here) if here not in ("", room.origin) else room
    return handler(room, event)
