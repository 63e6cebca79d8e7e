"""One handler for each verb of moderators: a function of the room and the request.

Handlers send nothing: the commands wait in `pending` of the room that they return.

Hold and mute only record what is asked for. The rule in `rules.py` compares it with what Telnyx was
told, and makes the command. A `remember` follows too: Telnyx keeps what is asked for in the
client_state of the call, for a restart of the line. So one mute costs two commands.
"""

from __future__ import annotations

from typing import Any

from conference.core.admission.known_callers import lost_host
from conference.core.admission.reception import is_reception
from conference.core.client_state import MutedBy
from conference.core.commands import CONFERENCE, PassThrough
from conference.core.entering import enter, remember
from conference.core.entry_stages import begin_entry
from conference.core.events import HandedOver, ModeratorRequest, Refused
from conference.core.fronts import front
from conference.core.keys.gathers import gather_begins
from conference.core.keys.pressed import Pressed
from conference.core.leaving import take_out
from conference.core.muting import as_entrant, as_newcomer, muted_in_role
from conference.core.recordings import add_recordings
from conference.core.replacing import replace
from conference.core.requests.passthrough import pass_on, to_each
from conference.core.requests.required_status import require_status
from conference.core.room import Room
from conference.core.transitions import (
    change,
    change_reconciliation,
    put,
    put_asked,
    set_asked,
    without,
)


def mute(room: Room, event: ModeratorRequest) -> Room:
    """Record that the participants are to be muted. `remember` follows, and `mute` by the rule."""
    return mute_by(room, event, "moderator")


def unmute(room: Room, event: ModeratorRequest) -> Room:
    """Take back a mute. `remember` follows, and `unmute` by the rule."""
    return mute_by(room, event, "")


def mute_by(room: Room, event: ModeratorRequest, by: MutedBy) -> Room:
    """Record why the participants are to be muted; empty if they are not."""
    return _set_asked(room, event, mute_by=by)


def hold(room: Room, event: ModeratorRequest) -> Room:
    """Record that the participants are to be on hold. Commands follow as with `mute`."""
    return _set_asked(room, event, hold=True, music=hold_music(event))


def unhold(room: Room, event: ModeratorRequest) -> Room:
    """Take back a hold. A participant who is alone stays on hold, by the rule."""
    return _set_asked(room, event, hold=False, music="")


def leave(room: Room, event: ModeratorRequest) -> Room:
    """Take participants out, with their calls still up: `leave` and `remember` follow."""
    return _take_all_out(room, event, to="")


def join(room: Room, event: ModeratorRequest) -> Room:
    """Bring participants back: `join` or `create` follows, after `leave_queue` if in a queue."""
    _check_join_options(room, event)
    for call in require_status(room, event.calls, "parked"):
        own = room.settings.role(room.participants[call].role).join_options
        options = {**own, **event.values}
        room = change(room, call, join_options=options, options_of=event.id)
        room = set_asked(room, call, **_asked_on_joining(event))
        if room.queue_of(call):
            room = _pass_on_once(room, call, "leave_queue", {}, event)
        room = remember(enter(room, call, event.at), call, event.at)
    return room


def _asked_on_joining(event: ModeratorRequest) -> dict[str, object]:
    """Return the fields of Asked that the options of a join set."""
    asked: dict[str, object] = {}
    if "hold" in event.values:
        asked["hold"] = event.values["hold"]
    if (music := hold_music(event, "hold_")) or "hold" in asked:
        asked["music"] = music
    if "mute" in event.values:
        asked["mute_by"] = "moderator" if event.values["mute"] else ""
    return asked


def _check_join_options(room: Room, event: ModeratorRequest) -> None:
    """Raise Refused for an option that could do nothing."""
    values = event.values
    if "start_conference_on_create" not in values:
        return
    if room.conference or CONFERENCE in room.pending:
        what = "start_conference_on_create applies only to the call that opens the conference"
        raise Refused("not-now", f"{what}: the conference is open already, or opening")
    if not values["start_conference_on_create"] and values.get("start_conference_on_enter"):
        what = "start_conference_on_create false and start_conference_on_enter true"
        raise Refused("not-now", f"{what} exclude each other")


def enqueue(room: Room, event: ModeratorRequest) -> Room:
    """Put participants into one of Telnyx's queues: `leave`, `remember` and `enqueue` follow.

    A call in another queue leaves it first: `leave_queue`.
    """
    for call in require_status(room, event.calls, "joined", "parked"):
        queue = room.queue_of(call)
        if queue == event.values["queue_name"]:
            _check_nothing_else_is_wanted(call, event)
            continue
        if room.participants[call].status == "joined":
            room = take_out(room, call, room.conference, event.at)
            room = remember(room, call, event.at)
        if queue:
            room = _pass_on_once(room, call, "leave_queue", {}, event)
        room = _pass_on_once(room, call, "enqueue", dict(event.values), event)
    return room


def _check_nothing_else_is_wanted(call: str, event: ModeratorRequest) -> None:
    """Raise Refused for options of a call that is in the queue already: nothing would be sent."""
    others = [name for name in event.values if name != "queue_name"]
    if others:
        what = f"{call} is in this queue already, so {' and '.join(others)} would have no effect"
        raise Refused("not-now", f"{what}: change its place with queues update-call")


def leave_queue(room: Room, event: ModeratorRequest) -> Room:
    """Take participants out of their queue: `leave_queue` follows."""
    for call in require_status(room, event.calls, "parked"):
        room = _pass_on_once(room, call, "leave_queue", {}, event)
    return room


def _pass_on_once(
    room: Room, call: str, action: str, body: dict[str, Any], event: ModeratorRequest
) -> Room:
    """Pass the action on, unless the same one waits already."""
    waiting = room.under_way(call)
    if any(isinstance(c, PassThrough) and (c.name, c.body) == (action, body) for c in waiting):
        return room
    return pass_on(room, PassThrough("call", call, action, body, event.id), event.at)


def move(room: Room, event: ModeratorRequest) -> Room:
    """Move participants to another room: `leave` follows, and `take_over_call` there."""
    to = event.values["room"]
    return room if to == room.name else _take_all_out(room, event, to)


def check_move_to(room: Room) -> None:
    """Raise Refused if calls cannot move to this room, before anybody leaves theirs."""
    if not front(room).takes_calls:
        raise Refused("not-now", f"room {room.name} has callers of TeXML")
    if is_reception(room):
        raise Refused("not-now", f"room {room.name} has no meeting: its callers enter a PIN")


def gather(room: Room, event: ModeratorRequest) -> Room:
    """Read keys of participants: `gather_using_audio` follows for each."""
    room = to_each("gather_using_audio")(room, event)
    for call in event.calls:
        room = gather_begins(room, call, event.values, event.at)
    return room


def rename(room: Room, event: ModeratorRequest) -> Room:
    """Change the label of participants: `remember` follows."""
    label = event.values["label"]
    for call in event.calls:
        if room.participants[call].label != label:
            room = remember(change(room, call, label=label), call, event.at)
    return room


def take_over_call(room: Room, event: HandedOver) -> Room:
    """Take in a call from another room, still held or muted: `join` or `create` follows.

    A call that was in an entry stage there begins with those of this room, as a new call does.
    """
    call = event.participant.call
    if call in room.participants:
        return room
    on_the_way_in = bool(event.participant.stages)
    newcomer = replace(  # `tries` goes on: the ids of its commands must not repeat
        event.participant,
        status="ringing",
        joined_at=None,
        spoke_at=None,
        patience=None,
        stages=(),
        wait="",
        announced=False,
        join_options=room.settings.role(event.participant.role).join_options,
        options_of=event.request,
        opens=False,
        moved_from=event.left,
        member=0,  # was for the other room
        pressed=Pressed(wrong_pins=event.participant.pressed.wrong_pins),
    )
    room, host = lost_host(room, newcomer.number)
    asked = as_entrant(room, newcomer.role, event.asked) if on_the_way_in else event.asked
    if host:
        newcomer = replace(newcomer, role=host.role, label=newcomer.label or host.label)
        asked = replace(asked, mute_by=muted_in_role(room, asked.mute_by, host.role))
    if on_the_way_in:
        newcomer = replace(newcomer, stages=room.settings.stages_for(newcomer.role, newcomer.label))
    ended = without(room.ended, call)  # it may have been here before
    room = put(replace(room, ended=ended), newcomer)
    room = change_reconciliation(room, moved_away=room.reconciliation.moved_away - {call})
    room = add_recordings(room, call, event.recorded, event.unsaved)
    asked = as_newcomer(room, newcomer.role, asked)
    room = remember(put_asked(room, call, asked), call, event.at)
    return (begin_entry if on_the_way_in else enter)(room, call, event.at)


def _set_asked(room: Room, event: ModeratorRequest, **fields: object) -> Room:
    """Record what is asked for; `remember` follows where it is new."""
    for call in event.calls:
        before = room.holding.asked.get(call)
        room = set_asked(room, call, **fields)
        if room.holding.asked.get(call) != before and call in room.participants:
            room = remember(room, call, event.at)
    return room


def _take_all_out(room: Room, event: ModeratorRequest, to: str) -> Room:
    for call in require_status(room, event.calls, "joined"):
        beep = event.values.get("beep_enabled", "")
        room = take_out(room, call, room.conference, event.at, to, beep)
        room = room if to else remember(room, call, event.at)  # after a move the other room does
    return room


def hold_music(event: ModeratorRequest, prefix: str = "") -> str:
    values = event.values
    return values.get(f"{prefix}audio_url") or values.get(f"{prefix}media_name") or ""
