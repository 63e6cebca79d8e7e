"""What follows from how a command ended: one table."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from conference.core import commands as c
from conference.core.events import Outcome
from conference.core.meanings import RETRIED, meaning
from conference.core.room import (
    Deadline,
    Room,
    change,
    forget,
    hold_back,
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
    speech_seconds,
)
from conference.core.told import tell

FIRST_RETRY, LAST_RETRY = 0.5, 5.0  # seconds before the second try, and at most before any
TRIED_FOR = 20.0  # seconds that a caller plausibly waits while Telnyx answers with errors
HANGUP_AGAIN = 30.0  # seconds after a hangup that Telnyx refused
LOOK_AGAIN = 30.0  # seconds after a look that failed, where rooms are not compared regularly
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


def _webhook_awaited(room: Room, command: c.OfCall, event: Outcome) -> Room:
    return wait(room, Deadline("call", command.call), event.at + ANSWERED_WITHIN)


def _call_gone(room: Room, command: c.OfCall, event: Outcome) -> Room:
    return gone(room, command.call, event.at)


def _not_ours(room: Room, command: c.Answer, event: Outcome) -> Room:
    return forget(room, command.call, event.at)


def _not_answered(room: Room, command: c.Answer, event: Outcome) -> Room:
    return hang_up(room, command.call, event.at)


def _too_early(room: Room, command: c.OfCall, event: Outcome) -> Room:
    """The call is not answered yet: back to waiting for that."""
    if command.call not in room.participants:
        return open_again(room, event.at)
    room = change(room, command.call, status="ringing", patience=None)
    outgoing = room.participants[command.call].direction == "outgoing"
    within = RINGS_AT_MOST if outgoing else ANSWERED_WITHIN
    room = wait(room, Deadline("call", command.call), event.at + within)
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
    return find(room, event.at)


def _creator_refused(room: Room, command: c.Create, event: Outcome) -> Room:
    if command.call in room.participants:
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


def _told(room: Room, command: c.HoldOrMute, event: Outcome) -> Room:
    """Telnyx knows now. A refusal counts as well: to repeat it would not help."""
    return tell(room, command, unknown=False)


def _maybe_told(room: Room, command: c.HoldOrMute, event: Outcome) -> Room:
    """When the time has come, it is not sent again but computed anew."""
    return _hold_back(tell(room, command, unknown=True), event)


def _music_refused(room: Room, command: c.Hold, event: Outcome) -> Room:
    """Rather our own music than silence; rather silence than the same refusal for ever."""
    theirs = command.music == room.settings.hold_audio_url != room.bad_music
    if theirs and meaning(event) == "refused":
        return replace(room, bad_music=command.music)
    return _told(room, command, event)


def _held_gone(room: Room, command: c.HoldOrMute, event: Outcome) -> Room:
    """One of them has ended. Of several it is not said which: Telnyx's lists tell."""
    if len(command.calls) > 1:
        return look_soon(_maybe_told(room, command, event), event.at)
    call = command.calls[0]
    return gone(room, call, event.at) if call in room.participants else room


def _held_nowhere(room: Room, command: c.HoldOrMute, event: Outcome) -> Room:
    return conference_gone(room, command.conference, event.at)


def _hangup_refused(room: Room, command: c.Hangup, event: Outcome) -> Room:
    """The leg is up and paid for, so it is not forgotten: perhaps the key is mended meanwhile."""
    again = replace(command, attempt=command.attempt + 1)
    return hold_back(room, command.call, again, event.at + HANGUP_AGAIN)


def _hang_up_still(room: Room, command: c.Hangup, event: Outcome) -> Room:
    """To repeat it is harmless, and nobody else would end a call that is paid for."""
    return _hold_back(room, event)


def _look_later(room: Room, command: c.Look, event: Outcome) -> Room:
    return look_by(settle(room, c.LOOK), event.at + (room.settings.reconcile_seconds or LOOK_AGAIN))


def _try_again(room: Room, command: c.Command, event: Outcome) -> Room:
    """Hold the identical command back for a while. At last give it up, or else carry on."""
    tried_for = event.at - command.at
    if meaning(event) != "unknown":
        if tried_for < TRIED_FOR:
            return _hold_back(room, event)
        return REACTIONS[type(command), "else"](settle(room, c.key(command)), command, event)
    room = _more_patience(room)
    if tried_for < SAME_ID_FOR:
        return _hold_back(room, event)
    room = look_soon(settle(room, c.key(command)), event.at)
    if isinstance(command, c.OfCall) and command.call in room.participants:
        return wait(room, Deadline("call", command.call), event.at)
    return open_again(room, event.at)


def _more_patience(room: Room) -> Room:
    """A caller's patience is counted only while Telnyx answers."""
    for participant in room.in_status("waiting"):
        room = change(room, participant.call, patience=None)
    return room


def _hold_back(room: Room, event: Outcome) -> Room:
    command = replace(event.command, attempt=event.command.attempt + 1)
    pause = event.retry_after
    if pause is None:
        longest: float = min(FIRST_RETRY * 2.0 ** min(event.command.attempt - 1, 9), LAST_RETRY)
        # Spread, so that a hundred callers do not come back at once; the same in each run.
        spread = hashlib.sha256(f"{c.key(command)} {command.attempt}".encode()).digest()[0]
        pause = longest * (0.75 + spread / 1024)
    return hold_back(room, c.key(command), command, event.at + pause)


def _id(data: Any) -> str:
    value = data.get("id") if isinstance(data, dict) else None
    return value if isinstance(value, str) else ""


Reaction = Callable[[Room, Any, Outcome], Room]

HOLD_AND_MUTE: dict[str, Reaction] = {
    "done": _told,
    "gone": _held_gone,
    "no conference": _held_nowhere,
    "retry": _maybe_told,
    "else": _told,
}

REACTIONS: dict[tuple[type[c.Command], str], Reaction] = {
    (c.Answer, "done"): _webhook_awaited,
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
    (c.Hangup, "retry"): _hang_up_still,
    (c.Hangup, "gone"): _call_gone,
    (c.Hangup, "else"): _hangup_refused,
    (c.Look, "done"): looked,
    (c.Look, "retry"): _look_later,
    (c.Look, "else"): _look_later,
    **{(c.Hold, means): reaction for means, reaction in HOLD_AND_MUTE.items()},
    (c.Hold, "else"): _music_refused,
    **{(c.Unhold, means): reaction for means, reaction in HOLD_AND_MUTE.items()},
    **{(c.Mute, means): reaction for means, reaction in HOLD_AND_MUTE.items()},
    **{(c.Unmute, means): reaction for means, reaction in HOLD_AND_MUTE.items()},
}
