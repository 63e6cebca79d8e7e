"""The small changes of a room. Handlers, outcomes and rules are made of them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any, TypeVar

from conference.core import members
from conference.core.client_state import ClientState
from conference.core.commands import Command, Queue, queue_of, queues_of
from conference.core.draft import Draft
from conference.core.events import HandedOver
from conference.core.participant import Participant
from conference.core.parts import FREE, NOTHING_ASKED, Asked
from conference.core.replacing import replace
from conference.core.room import ENDED_KEPT, USUAL_FRONT, Deadline, Room, refused, retry
from conference.core.states import check_move

K = TypeVar("K")
V = TypeVar("V")

MOST_ENDED_KEPT = 2000  # ended calls and conferences that are remembered


def put(room: Room, participant: Participant) -> Room:
    """Store the participant, and keep `joined` in step. Give a newcomer a member number.

    ValueError for a move not in MOVES.
    """
    call = participant.call
    before = room.participants.get(call)
    if before is None:
        room, participant = members.number(room, participant)
    elif before.status != participant.status:
        check_move(before.status, participant.status, room.draft.cause)
    draft = _touch(room.draft, call)
    participants = {**room.participants, call: participant}
    joined = room.joined
    if (participant.status == "joined") == (call in joined):
        return replace(room, participants=participants, draft=draft)
    came_in = participant.status == "joined"
    joined = joined | {call} if came_in else joined - {call}
    if not came_in and room.speaker == call:
        room = replace(room, speaker="")
    room = forget_refusals(room, call)
    if call in room.holding.told:
        room = change_holding(room, told=without(room.holding.told, call))
    return replace(room, participants=participants, joined=joined, draft=draft)


def add_call(room: Room, call: str, state: ClientState, at: float, **fields: Any) -> Room:
    """Add a call to the room from its client_state, as ringing unless `fields` differ.

    Its role brings the options of its create or join along. Of a call that we dial, requests for
    everyone may have changed the hold and mute since.
    """
    participant = Participant(
        *(call, state.number, state.role, state.direction, "ringing", at, state.label),
        stages=state.stages,
        dial=state.dial,
        member=state.member,
        join_options=room.settings.role(state.role).join_options,
    )
    room = put(room, replace(participant, **fields))
    asked = Asked(state.hold, state.mute_by)
    if Queue("dial", state.dial) in room.pending:
        asked = room.holding.asked.get(state.dial, NOTHING_ASKED)
        room = put_asked(room, state.dial, NOTHING_ASKED)
    return set_asked(room, call, hold=asked.hold, mute_by=asked.mute_by, music=asked.music)


def change(room: Room, call: str, **fields: object) -> Room:
    return put(room, replace(room.participants[call], **fields))


def forget(room: Room, call: str, at: float) -> Room:
    """Remove an ended call from the room, and remember that it ended."""
    return release(remember_ended(room, call, at), call)


def hand_over(
    room: Room, call: str, to: str, at: float, left: str = "", request: str = "", **fields: Any
) -> Room:
    """Let another room take the call over, with these fields of its participant.

    `left`: the conference that the call comes from. `request`: the moderator's, if any.
    Until its new client_state has arrived, Telnyx's lists may show the call here.
    """
    handed = HandedOver(
        at,
        participant=replace(room.participants[call], **fields),
        asked=room.holding.asked.get(call, NOTHING_ASKED),
        left=left,
        recorded=room.recordings.going_on.get(call, 0),
        unsaved=room.recordings.unsaved.get(call, 0),
        request=request or room.draft.request,
    )
    room = change_reconciliation(room, moved_away=room.reconciliation.moved_away | {call})
    draft = room.draft._replace(handed=(*room.draft.handed, (to, handed)))
    return forget(replace(room, draft=draft), call, at)


def release(room: Room, call: str) -> Room:
    """Remove everything of the call from the room."""
    queues = queues_of(call)
    room = forget_refusals(room, call)
    return replace(
        room,
        participants=without(room.participants, call),
        joined=room.joined - {call},
        holding=replace(
            room.holding,
            told=without(room.holding.told, call),
            asked=without(room.holding.asked, call),
            hold_asked_by=without(room.holding.hold_asked_by, call),
            mute_asked_by=without(room.holding.mute_asked_by, call),
            one_by_one=room.holding.one_by_one - {call},
        ),
        recordings=replace(
            room.recordings,
            going_on=without(room.recordings.going_on, call),
            unsaved=without(room.recordings.unsaved, call),
            heard=without(room.recordings.heard, call),
        ),
        queued=without(room.queued, call),
        pending={of: waiting for of, waiting in room.pending.items() if of not in queues},
        deadlines={
            each: at
            for each, at in room.deadlines.items()
            if each not in (Deadline("call", call), Deadline("lobby", call))
            and each not in {retry(of) for of in queues}
        },
        speaker="" if room.speaker == call else room.speaker,
        draft=_touch(room.draft, call),
    )


def remember_ended(room: Room, what: str, at: float) -> Room:
    """Remember that a call or conference has ended, for ENDED_KEPT seconds and within bounds."""
    kept = {**without(room.ended, what), what: at}  # in the order of their ends
    while kept[oldest := next(iter(kept))] <= at - ENDED_KEPT or len(kept) > MOST_ENDED_KEPT:
        del kept[oldest]
    return replace(room, ended=kept)


def open_conference(room: Room, conference: str, at: float, **fields: Any) -> Room:
    """Keep the id of the live conference, with these fields. One that is new has opened now."""
    opened_at = room.opened_at if conference == room.conference else at
    return replace(room, conference=conference, opened_at=opened_at, **fields)


def note_opened_at(room: Room, listed: float | None) -> Room:
    """Keep the time at which the conference opened, as Telnyx lists it, if it is the earlier one.

    After a restart an event of a running conference is much later.
    """
    if listed is None or room.opened_at is None or listed >= room.opened_at:
        return room
    return replace(room, opened_at=listed)


def close(room: Room) -> Room:
    """Remove the conference from the room, with the facts that belong to it.

    With one that the line has ended, the wait for a host is over, too.
    """
    if room.ending:
        kept = {each: at for each, at in room.deadlines.items() if each.kind != "host"}
        room = replace(room, deadlines=kept, host_left={})
    room = replace(room, conference="", titled="", ending="", speaker="", opened_at=None)
    return replace(room, waits_for_start=False, front=USUAL_FRONT)


def set_deadline(room: Room, deadline: Deadline, at: float | None) -> Room:
    """Set the deadline; None deletes it."""
    if at is None:
        kept = without(room.deadlines, deadline)
        return room if kept is room.deadlines else replace(room, deadlines=kept)
    return replace(room, deadlines={**room.deadlines, deadline: at})


def send(room: Room, command: Command, at: float) -> Room:
    """Put the command at the end of its queue."""
    queue = queue_of(command)
    request = command.request or room.draft.request
    waiting = (*room.pending.get(queue, ()), replace(command, at=at, request=request))
    return replace(room, pending={**room.pending, queue: waiting})


def complete_head(
    room: Room, queue: Queue, only: Callable[[Command], bool] = lambda _: True
) -> Room:
    """Remove the first command of the queue, if `only` accepts it."""
    head = room.head(queue)
    if head is None or not only(head):
        return room
    rest = room.pending[queue][1:]
    pending = {**room.pending, queue: rest} if rest else without(room.pending, queue)
    return set_deadline(replace(room, pending=pending), retry(queue), None)


def clear_queue(room: Room, queue: Queue) -> Room:
    """Remove all commands of the queue; the outcome of one in flight is not awaited."""
    return set_deadline(replace(room, pending=without(room.pending, queue)), retry(queue), None)


def delay_head(room: Room, queue: Queue, command: Command, until: float) -> Room:
    """Replace the head of the queue by the command, to be sent at `until`."""
    rest = room.pending.get(queue, ())[1:]
    room = replace(room, pending={**room.pending, queue: (command, *rest)})
    return set_deadline(room, retry(queue), until)


def send_again(room: Room, command: Command, until: float) -> Room:
    """Put a completed command back at the head of its queue, to be sent at `until`."""
    queue = queue_of(command)
    again = replace(command, attempt=command.attempt + 1)
    room = replace(room, pending={**room.pending, queue: (again, *room.pending.get(queue, ()))})
    return set_deadline(room, retry(queue), until)


def set_asked(room: Room, call: str, **fields: object) -> Room:
    """Store a moderator's hold and mute of the call, with the id of the request.

    A hold or mute that Telnyx has refused is sent again at once, also if it was requested before.
    """
    request = room.draft.request
    told = room.holding.told.get(call, FREE)
    if request:
        room = forget_refusals(room, call)
    holding = room.holding
    before = holding.asked.get(call, NOTHING_ASKED)
    asked = replace(before, **fields)
    hold_asked_by, mute_asked_by = holding.hold_asked_by, holding.mute_asked_by
    unknown = "hold" in fields and told.held is None
    if request and (unknown or (asked.hold, asked.music) != (before.hold, before.music)):
        hold_asked_by = {**hold_asked_by, call: request}
    unknown = "mute_by" in fields and told.muted is None
    if request and (unknown or asked.mute != before.mute):
        mute_asked_by = {**mute_asked_by, call: request}
    room = put_asked(room, call, asked)
    return change_holding(room, hold_asked_by=hold_asked_by, mute_asked_by=mute_asked_by)


def put_asked(room: Room, call: str, asked: Asked) -> Room:
    """Store a moderator's hold and mute of the call, or of a `Dial` by its id."""
    others = without(room.holding.asked, call)
    kept = others if asked == NOTHING_ASKED else {**others, call: asked}
    return change_holding(room, asked=kept)


def forget_asked(room: Room, call: str) -> Room:
    """Take back a moderator's hold and mute of the call, or of a `Dial` by its id."""
    return set_asked(room, call, hold=False, mute_by="", music="")


def set_told(room: Room, call: str, **fields: object) -> Room:
    """Store the hold and mute that Telnyx has for the call."""
    told = replace(room.holding.told.get(call, FREE), **fields)
    others = without(room.holding.told, call)
    return change_holding(room, told=others if told == FREE else {**others, call: told})


def forget_refusals(
    room: Room, call: str, commands: Iterable[str] = ("hold", "unhold", "mute", "unmute")
) -> Room:
    """Forget that Telnyx has refused these commands for the call, and the pauses after it."""
    if not room.holding.refusals:
        return room
    for pause in (refused(command, call) for command in commands):
        room = change_holding(room, refusals=without(room.holding.refusals, pause.of))
        room = set_deadline(room, pause, None)
    return room


def change_holding(room: Room, **fields: Any) -> Room:
    return replace(room, holding=replace(room.holding, **fields))


def change_reconciliation(room: Room, **fields: Any) -> Room:
    return replace(room, reconciliation=replace(room.reconciliation, **fields))


def change_texml(room: Room, **fields: Any) -> Room:
    return replace(room, texml=replace(room.texml, **fields))


def _touch(draft: Draft, call: str) -> Draft:
    return draft._replace(touched=(*draft.touched, call))


def without(mapping: Mapping[K, V], gone: K) -> Mapping[K, V]:
    """Return the mapping without the key; the same object if the key is not in it."""
    return {k: v for k, v in mapping.items() if k != gone} if gone in mapping else mapping
