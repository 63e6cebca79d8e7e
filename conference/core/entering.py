"""The steps of a call into the conference: greet, let in, joined; and opening the conference.

Each step returns the room afterwards; its commands wait there.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from conference.core import join_options
from conference.core.admission.seats import MOST_SEATS, is_full
from conference.core.commands import (
    CONFERENCE,
    HOLD_AND_MUTE,
    Answer,
    Create,
    Find,
    Gather,
    Join,
    Leave,
    PassThrough,
    Remember,
    memory,
    of_call,
)
from conference.core.fronts import front
from conference.core.leaving import caller_left, dismiss
from conference.core.parts import Told
from conference.core.replacing import replace
from conference.core.room import Deadline, Room, client_state, retry
from conference.core.texml.entering_and_leaving import conference_over
from conference.core.transitions import (
    change,
    change_holding,
    close,
    complete_head,
    forget,
    open_conference,
    remember_ended,
    send,
    set_deadline,
)
from conference.core.words import Sentence, say

PATIENCE = 20.0  # seconds until the line gives up bringing a caller in
RINGS_AT_MOST = 660.0  # seconds; Telnyx lets a call ring for 600 at most
ANSWERED_WITHIN = 4.0  # seconds from Telnyx accepting an answer, join or hangup to its webhook

NO_SEAT_FOR = 30.0  # seconds after Telnyx has refused a join as full, unless somebody leaves
SEAT_PAUSE = Deadline("seat", "")
PARKED_AT_MOST = 3600.0  # seconds; a parked call is silent, and paid for

# Spoken to a caller before the call is hung up.
LOCKED = Sentence("The conference is locked. Please try again later. Goodbye.")
HELD_ELSEWHERE = Sentence(
    "The conference is held on another number now. Please call that one. Goodbye."
)
MINUTES_USED_UP = Sentence(
    "The minutes of this conference are used up for today. Please call again tomorrow. Goodbye."
)
FULL = Sentence("The conference is full. Please try again later. Goodbye.")
UNREACHABLE = Sentence(
    "We are sorry, the conference cannot be reached now. Please call again. Goodbye."
)
OUTSIDE = Sentence("You are no longer in the conference. Goodbye.")
HOST_DID_NOT_COME = Sentence("The host has not arrived. Please call again later. Goodbye.")
NOBODY_CAME = Sentence("Nobody else has joined. Please call again later. Goodbye.")


def answer_call(room: Room, call: str, at: float) -> Room:
    """Answer an incoming call."""
    return send(room, Answer(call, client_state(room, room.participants[call])), at)


def remember(room: Room, call: str, at: float) -> Room:
    """Store the call's newest client_state at Telnyx, in place of an older one not sent yet."""
    if not front(room).keeps_client_state:
        return room
    state = client_state(room, room.participants[call])
    newest = Remember(call, state, at=at, request=room.draft.request)
    under_way = room.pending.get(memory(call), ())[:1]
    return replace(room, pending={**room.pending, memory(call): (*under_way, newest)})


def locked_out(room: Room, call: str) -> bool:
    """Whether the lock keeps the caller out."""
    return room.bars(room.participants[call])


def no_seat(room: Room, call: str, at: float) -> Room:
    """Dismiss a caller of a full room, or let the caller wait for a seat: the rule in `full_room`
    begins the wait."""
    participant = room.participants[call]
    if not room.settings.queue_when_full or participant.role == "moderator":
        return dismiss(room, call, say(room, FULL), at)
    if participant.status not in ("greeting", "waiting"):
        room = change(room, call, status="waiting")
    room = change(
        room, call, status="greeting", stages=("seat",), patience=None, waits_since=None, wait=""
    )
    return remember(set_deadline(room, Deadline("call", call), None), call, at)


def enter(room: Room, call: str, at: float) -> Room:
    """Bring a caller into the conference; open one if there is none."""
    participant = room.participants[call]
    if not front(room).takes_calls:
        return dismiss(room, call, say(room, HELD_ELSEWHERE), at)
    if participant.barred and room.locked:
        return dismiss(room, call, say(room, LOCKED), at)
    if is_full(room, call):
        return no_seat(room, call, at)
    since = participant.waits_since or at
    if participant.status == "joined":
        room = change(room, call, status="waiting", returns=True)
    if is_moving(room, call):  # join when the move is over, with fresh patience
        room = change(room, call, status="waiting", patience=None, waits_since=since)
        return set_deadline(room, Deadline("call", call), None)
    patience = participant.patience or at + PATIENCE
    if at >= patience:
        return dismiss(room, call, say(room, UNREACHABLE), at)
    n = participant.tries + 1
    room = change(room, call, status="waiting", tries=n, patience=patience, waits_since=since)
    room = set_deadline(room, Deadline("call", call), None)
    if room.conference:
        region, options = room.settings.region, join_options.for_join(room, call)
        by = participant.options_of
        return send(room, Join(call, room.conference, n, region, options, request=by), at)
    if CONFERENCE in room.pending:
        return room  # another caller is opening it: `conference_opened` lets this one in
    return send(join_options.expect_late(room, call), _create(room, call, n), at)


def is_moving(room: Room, call: str) -> bool:
    """Whether a command under way takes the call out of the conference, or in or out of a queue:
    events that show the call inside are then from before the move."""
    return any(isinstance(command, Leave | PassThrough) for command in room.under_way(call))


def finish_move(room: Room, call: str, at: float) -> Room:
    """A move is over: let the caller in if waiting, unless another move is under way."""
    waits = room.status_of(call) == "waiting"
    return enter(room, call, at) if waits and not is_moving(room, call) else room


def conference_opened(
    room: Room, conference: str, at: float, creator: str = "", *, fresh_patience: bool = True
) -> Room:
    """Keep the conference's id, and let in everyone who waits, at once."""
    opener = room.participants.get(creator)
    waits = opener is not None and opener.join_options.get("start_conference_on_create") is False
    room = open_conference(complete_head(room, CONFERENCE), conference, at, waits_for_start=waits)
    for other in room.in_status("waiting"):
        if other.call == creator:
            room = set_deadline(room, Deadline("call", creator), at + ANSWERED_WITHIN)
        elif not room.under_way(other.call):
            patience = None if fresh_patience else other.patience
            room = enter(change(room, other.call, patience=patience), other.call, at)
    return room


def let_next_open(room: Room, at: float) -> Room:
    """Let the next waiting caller open the conference, unless one is open or opening."""
    for waiting in room.in_status("waiting"):
        if room.conference or CONFERENCE in room.pending:
            break
        if not room.under_way(waiting.call):
            room = enter(room, waiting.call, at)
    return room


def caller_joined(room: Room, call: str, conference: str, at: float, occurred_at: str = "") -> Room:
    """Mark a caller as joined: Telnyx has reported it, or its lists or a response show it."""
    participant = room.participants[call]
    if participant.status not in ("ringing", "greeting", "waiting"):
        return room
    elsewhere = conference in room.ended or conference == participant.moved_from
    if elsewhere or is_moving(room, call):
        return room
    opener = room.head(CONFERENCE)
    by_another = isinstance(opener, Create) and opener.call != call
    if not room.conference and not by_another:
        room = conference_opened(room, conference, at, creator=call)
    if conference != room.conference:
        return room
    if call in getattr(room.head(HOLD_AND_MUTE), "calls", ()):
        room = change_holding(room, rejoined=room.holding.rejoined | {call})
    room = complete_head(room, of_call(call), lambda c: isinstance(c, Join | Gather))
    room = set_deadline(room, Deadline("call", call), None)
    if participant.stages:  # passed, since the caller is inside
        room = remember(change(room, call, stages=()), call, at)
    room = join_options.send_late(room, call, at)
    entered = {
        **{"status": "joined", "joined_at": at, "patience": None, "waits_since": None},
        **{"join_options": join_options.lasting(participant), "opens": False, "returns": False},
        **_moved(occurred_at),
    }
    return _apply_join_options(change(room, call, **entered), call, participant.join_options)


def _apply_join_options(room: Room, call: str, options: Mapping[str, Any]) -> Room:
    """Apply the options of the join: hold and mute become unknown where it asked for them."""
    if options.get("start_conference_on_enter"):
        room = replace(room, waits_for_start=False)
    if options.get("hold") or options.get("mute"):
        held, muted = (None if options.get(name) else False for name in ("hold", "mute"))
        room = change_holding(room, told={**room.holding.told, call: Told(held, muted)})
    return room


def note_joined_at(room: Room, call: str, occurred_at: str) -> Room:
    """Remember when Telnyx says the call joined, so that an older `participant.left` is ignored.

    Without a timestamp nothing changes: the `left` that answers our own `Leave` is still expected.
    """
    moved = _moved(occurred_at)
    return change(room, call, **moved) if moved else room


def _moved(occurred_at: str) -> Mapping[str, Any]:
    return {"moved_at": occurred_at, "taken_out": False} if occurred_at else {}


def call_ended(room: Room, call: str, at: float) -> Room:
    """Forget an ended call. If it was opening the conference, the next caller does."""
    return stop_opening(forget(room, call, at), call, at)


def stop_opening(room: Room, call: str, at: float) -> Room:
    """Let the next waiting caller open the conference instead of this one."""
    opener = room.head(CONFERENCE)
    if isinstance(opener, Create) and opener.call == call:
        if retry(CONFERENCE) not in room.deadlines:
            return room  # in flight: its outcome shows whether there is a conference
        room = complete_head(room, CONFERENCE)
    return let_next_open(room, at)


def conference_lost(room: Room, conference: str, at: float) -> Room:
    """Forget a conference that Telnyx no longer has. Its callers open a new one, unless the line
    has ended it."""
    if conference != room.conference:
        return room
    if not front(room).reopens:
        return conference_over(room, at)  # for good only when a callback reports its end
    if conference == room.ending:
        for call in sorted(room.joined):
            room = caller_left(room, call, at)
    room = close(remember_ended(room, conference, at))
    for call in sorted(room.joined):
        room = enter(room, call, at)
    return let_next_open(room, at)


def find_conference(room: Room, at: float, request: str = "", refused: str = "") -> Room:
    """Find the conference that has the room's name already, to join it. `refused`: as in Find."""
    find = Find(room.title, room.settings.region, refused, request=request)
    return send(room, find, at)


def _create(room: Room, call: str, n: int) -> Create:
    settings = room.settings
    options = {
        **({} if settings.comfort_noise else {"comfort_noise": False}),
        **({"duration_minutes": settings.duration_minutes} if settings.duration_minutes else {}),
        **join_options.for_create(room, call),
    }
    most = settings.seats(MOST_SEATS)
    by = room.participants[call].options_of
    beep = join_options.beep(room)
    return Create(call, room.title, n, beep, most, settings.region, options, request=by)
