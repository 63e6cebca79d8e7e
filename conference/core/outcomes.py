"""What follows from how a command ended: one table."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from conference.core import commands as c
from conference.core.events import Outcome
from conference.core.meanings import RETRIED, meaning
from conference.core.retries import FIRST_RETRY, again_later
from conference.core.room import (
    Deadline,
    Room,
    change,
    forget,
    hold_back,
    release,
    settle,
    wait,
)
from conference.core.snapshot import look_by, look_soon, looked
from conference.core.steps import (
    ANSWERED_WITHIN,
    FULL,
    NO_WAY_IN,
    RINGS_AT_MOST,
    arrived,
    conference_gone,
    dismiss,
    enter,
    find,
    gone,
    hang_up,
    open_again,
    opened,
    pick_up,
    speech_seconds,
)
from conference.core.told import HOLD_AND_MUTE

TRIED_FOR = 20.0  # seconds that a caller plausibly waits while Telnyx answers with errors
HANGUP_AGAIN = 30.0  # seconds after a hangup that Telnyx refused
LOOK_LATER = 30.0  # seconds after one that Telnyx refused, where rooms are not compared regularly
WITH_A_WAY_ON = ("ringing", "greeting", "waiting", "refused")  # when their time is up
SAME_ID_FOR = 50.0  # seconds; Telnyx forgets a command_id after 60


def outcome(room: Room, event: Outcome) -> Room:
    """React to how a command ended, unless an event has settled it before."""
    of = c.key(event.command)
    if room.head(of) != event.command:
        return room
    kind, means = type(event.command), meaning(event)
    if means in RETRIED:
        return REACTIONS.get((kind, "retry"), _try_again)(room, event.command, event)
    react = REACTIONS.get((kind, means), REACTIONS[kind, "else"])
    return react(settle(room, of), event.command, event)


def _answered(room: Room, command: c.Answer, event: Outcome) -> Room:
    """It is ours now, whoever it was."""
    room = replace(room, strangers=room.strangers - {command.call})
    return _webhook_awaited(room, command, event)


def _webhook_awaited(room: Room, command: c.OfCall, event: Outcome) -> Room:
    return wait(room, Deadline("call", command.call), event.at + ANSWERED_WITHIN)


def _call_gone(room: Room, command: c.OfCall, event: Outcome) -> Room:
    return gone(room, command.call, event.at)


def _not_ours(room: Room, command: c.Answer, event: Outcome) -> Room:
    return forget(room, command.call, event.at)


def _not_answered(room: Room, command: c.Answer, event: Outcome) -> Room:
    if command.call in room.strangers:
        return _not_known_whose(room, command, event)
    participant = room.participants[command.call]
    if participant.status != "ringing":
        return room
    if meaning(event) == "refused" and not participant.tries:
        return enter(room, command.call, event.at)  # answered before a restart? Telnyx knows
    return hang_up(room, command.call, event.at)


def _not_known_whose(room: Room, command: c.Answer, event: Outcome) -> Room:
    """Left alone; and asked once more only if Telnyx has not said anything about it."""
    if meaning(event) in RETRIED:
        room = replace(room, strangers=room.strangers - {command.call})
    return release(room, command.call)


def _too_early(room: Room, command: c.OfCall, event: Outcome) -> Room:
    """The call is not answered yet: back to waiting for that."""
    participant = room.participants.get(command.call)
    if participant and participant.status == "refused":
        return hang_up(room, command.call, event.at)
    if participant is None or participant.status not in ("greeting", "waiting"):
        return open_again(room, event.at)
    room = change(room, command.call, status="ringing", patience=None, waits_since=None)
    if participant.direction == "outgoing":
        room = wait(room, Deadline("call", command.call), participant.since + RINGS_AT_MOST)
    else:
        room = pick_up(room, command.call, event.at)  # our answer may not have got through
    return open_again(room, event.at)


def _speech_begun(room: Room, command: c.Speak, event: Outcome) -> Room:
    if room.participants[command.call].status not in ("greeting", "refused"):
        return room
    until = event.at + speech_seconds(command.text)
    return wait(room, Deadline("call", command.call), until)


def _not_spoken(room: Room, command: c.Speak, event: Outcome) -> Room:
    """A greeting is not worth a call: let the caller in. After a goodbye, hang up."""
    status = room.participants[command.call].status
    if status == "greeting":
        return enter(room, command.call, event.at)
    return hang_up(room, command.call, event.at) if status == "refused" else room


def _created(room: Room, command: c.Create, event: Outcome) -> Room:
    conference = _id(event.data)
    if not conference:
        return find(room, event.at)  # an answer that we cannot read: it may be open
    if conference in room.ended:
        return open_again(room, event.at)
    return opened(room, conference, event.at, creator=command.call)


def _name_taken(room: Room, command: c.Create, event: Outcome) -> Room:
    return look_soon(find(room, event.at), event.at)  # who else is in it?


def _creator_refused(room: Room, command: c.Create, event: Outcome) -> Room:
    participant = room.participants.get(command.call)
    if participant and participant.status == "waiting":
        room = dismiss(room, command.call, NO_WAY_IN, event.at)
    return open_again(room, event.at)


def _found(room: Room, command: c.Find, event: Outcome) -> Room:
    conference = _id(event.data)
    if conference and conference not in room.ended:
        return opened(room, conference, event.at)
    # The name was taken a moment ago, so its conference is just ending: open one when it has.
    room = open_again(room, event.at)
    create = room.head(c.CONFERENCE)
    return hold_back(room, c.CONFERENCE, create, event.at + FIRST_RETRY) if create else room


def _in_already(room: Room, command: c.Join, event: Outcome) -> Room:
    room = arrived(room, command.call, command.conference, event.at)
    return room if command.call in room.joined else enter(room, command.call, event.at)


def _full(room: Room, command: c.Join, event: Outcome) -> Room:
    return dismiss(room, command.call, FULL, event.at)


def _joined_nothing(room: Room, command: c.Join, event: Outcome) -> Room:
    """The conference had ended: forget it, and open a new one."""
    room = conference_gone(room, command.conference, event.at)
    participant = room.participants[command.call]
    if participant.status == "waiting" and participant.tries == command.n:
        room = enter(room, command.call, event.at)
    return room


def _join_refused(room: Room, command: c.Join, event: Outcome) -> Room:
    return dismiss(room, command.call, NO_WAY_IN, event.at)


def _hangup_refused(room: Room, command: c.Hangup, event: Outcome) -> Room:
    """The leg is up and paid for, so it is not forgotten: perhaps the key is mended meanwhile."""
    again = replace(command, attempt=command.attempt + 1)
    return hold_back(room, command.call, again, event.at + HANGUP_AGAIN)


def _until_it_is_done(room: Room, command: c.Hangup | c.Look, event: Outcome) -> Room:
    """To repeat it is harmless; and without it a call would be paid for, or a room astray."""
    return again_later(room, event)


def _look_later(room: Room, command: c.Look, event: Outcome) -> Room:
    return look_by(room, event.at + (room.settings.reconcile_seconds or LOOK_LATER))


def _try_again(room: Room, command: c.Command, event: Outcome) -> Room:
    """Hold the identical command back for a while. At last give it up, or else carry on."""
    if meaning(event) == "unknown":
        room = _more_patience(room)
    elif command.refused_since is None:
        event = replace(event, command=replace(command, refused_since=event.at))
    elif event.at - command.refused_since >= TRIED_FOR:
        return REACTIONS[type(command), "else"](settle(room, c.key(command)), command, event)
    if event.at - command.at < SAME_ID_FOR:
        return again_later(room, event)
    return _carry_on(look_soon(settle(room, c.key(command)), event.at), command, event)


def _carry_on(room: Room, command: c.Command, event: Outcome) -> Room:
    """As if its time were up: a later repetition would no longer be known as one."""
    if isinstance(command, c.Answer) and command.call in room.strangers:
        return _not_known_whose(room, command, event)
    participant = room.participants.get(command.call) if isinstance(command, c.OfCall) else None
    at_it = ("waiting",) if isinstance(command, c.Create) else WITH_A_WAY_ON
    if participant and participant.status in at_it:
        return wait(room, Deadline("call", participant.call), event.at)
    return open_again(room, event.at)


def _more_patience(room: Room) -> Room:
    """A caller's patience is counted only while Telnyx answers."""
    for participant in room.in_status("waiting"):
        room = change(room, participant.call, patience=None)
    return room


def _id(data: Any) -> str:
    value = data.get("id") if isinstance(data, dict) else None
    return value if isinstance(value, str) else ""


Reaction = Callable[[Room, Any, Outcome], Room]

REACTIONS: dict[tuple[type[c.Command], str], Reaction] = {
    (c.Answer, "done"): _answered,
    (c.Answer, "gone"): _call_gone,
    (c.Answer, "not ours"): _not_ours,
    (c.Answer, "else"): _not_answered,
    (c.Speak, "done"): _speech_begun,
    (c.Speak, "gone"): _call_gone,
    (c.Speak, "not answered"): _too_early,
    (c.Speak, "else"): _not_spoken,
    (c.Create, "done"): _created,
    (c.Create, "name taken"): _name_taken,
    (c.Create, "gone"): _call_gone,
    (c.Create, "not answered"): _too_early,
    (c.Create, "else"): _creator_refused,
    (c.Find, "done"): _found,
    (c.Find, "else"): _found,
    (c.Join, "done"): _webhook_awaited,
    (c.Join, "in already"): _in_already,
    (c.Join, "full"): _full,
    (c.Join, "no conference"): _joined_nothing,
    (c.Join, "gone"): _call_gone,
    (c.Join, "not answered"): _too_early,
    (c.Join, "else"): _join_refused,
    (c.Hangup, "done"): _webhook_awaited,
    (c.Hangup, "retry"): _until_it_is_done,
    (c.Hangup, "gone"): _call_gone,
    (c.Hangup, "else"): _hangup_refused,
    (c.Look, "done"): looked,
    (c.Look, "retry"): _until_it_is_done,
    (c.Look, "else"): _look_later,
    **HOLD_AND_MUTE,
}
