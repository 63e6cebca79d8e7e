"""The verbs of a room as a whole: for everyone in its meeting, those on the way in included."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from conference.core.client_state import Role
from conference.core.commands import Dial, PassThrough, Queue, queue_of
from conference.core.entering import stop_opening
from conference.core.events import ModeratorRequest, Refused
from conference.core.fronts import account
from conference.core.leaving import hang_up
from conference.core.meeting import dials, expected, goes_on, present, remember_all
from conference.core.muting import without_any_mute, without_mute_all
from conference.core.parts import NOTHING_ASKED, Asked
from conference.core.replacing import replace
from conference.core.requests.moderation import hold_music
from conference.core.requests.passthrough import check_waiting, running_conference
from conference.core.room import Room, retry
from conference.core.texml.entering_and_leaving import by_texml, send_away
from conference.core.transitions import clear_queue, forget_asked, remember_ended, send, set_asked

Fields = Mapping[str, object]
"""Fields of Asked that a verb sets for a participant."""


def mute_all(room: Room, event: ModeratorRequest) -> Room:
    """Mute everyone in the room or on the way in, except moderators; on request newcomers, too.

    Those who are muted by name, or as listeners, stay so. A turn to speak ends.
    """

    def fields(asked: Asked, role: Role) -> Fields:
        return {} if role == "moderator" else {"mute_by": asked.mute_by or "mute-all"}

    asked = _ask_everyone(room, event, fields, **_newcomers(room, event, "newcomers_muted"))
    return replace(asked, called="")


def unmute_all(room: Room, event: ModeratorRequest) -> Room:
    """Unmute everyone in the room or on the way in, and mute no newcomers.

    Listeners stay muted, and those who have muted themselves. Raise Refused in a mode that mutes.
    """
    if room.mode != "conversation":
        why = f"the mode {room.mode} mutes everyone but moderators: request the mode conversation"
        raise Refused("not-now", f"room {room.name}: {why}")

    def fields(asked: Asked, role: Role) -> Fields:
        return {"mute_by": without_any_mute(asked.mute_by, role)}

    return _ask_everyone(room, event, fields, newcomers_muted=False)


def undo_mute_all(room: Room, event: ModeratorRequest) -> Room:
    """Take back what mute_all did. Those who are muted otherwise stay muted."""

    def fields(asked: Asked, role: Role) -> Fields:
        return {"mute_by": without_mute_all(asked.mute_by, role)}

    return _ask_everyone(room, event, fields, newcomers_muted=False)


def hold_all(room: Room, event: ModeratorRequest) -> Room:
    """Put everyone in the room or on the way in on hold; on request newcomers, too."""

    def fields(asked: Asked, role: Role) -> Fields:
        return {"hold": True, "music": hold_music(event)}

    return _ask_everyone(room, event, fields, **_newcomers(room, event, "newcomers_held"))


def unhold_all(room: Room, event: ModeratorRequest) -> Room:
    """Bring everyone in the room or on the way in back from hold; and hold no newcomers."""

    def fields(asked: Asked, role: Role) -> Fields:
        return {"hold": False, "music": ""}

    return _ask_everyone(room, event, fields, newcomers_held=False)


def _ask_everyone(
    room: Room, event: ModeratorRequest, fields: Callable[[Asked, Role], Fields], **of_meeting: bool
) -> Room:
    """Change what is requested for everyone, and what lasts as long as the meeting.

    Raise Refused if nobody is there.
    """
    before, everyone = room, _everyone(room, event.at)
    room = replace(room, **of_meeting)
    for call, role in everyone:
        if changed := fields(room.holding.asked.get(call, NOTHING_ASKED), role):
            room = set_asked(room, call, **changed)
    return remember_all(before, room, event.at)


def _newcomers(room: Room, event: ModeratorRequest, name: str) -> dict[str, bool]:
    """Return the field to set, if the request is for newcomers, too."""
    if not event.values.get("newcomers"):
        return {}
    check_goes_on(room, event.at, f"{event.verb} for newcomers")
    return {name: True}


def check_goes_on(room: Room, at: float, what: str) -> None:
    """Raise Refused for what lasts as long as the meeting, if none goes on."""
    if not goes_on(room, at):
        why = f"{what} lasts as long as the meeting, so request it when somebody is there"
        raise Refused("nobody-here", f"nobody is in room {room.name}: {why}")


def lock(room: Room, event: ModeratorRequest) -> Room:
    """Let no new callers in until the meeting is over: they hear why and are hung up.

    `remember` follows for each call. Raise Refused if nobody is there.
    """
    check_goes_on(room, event.at, "a lock")
    return _set_lock(room, event, locked=True)


def unlock(room: Room, event: ModeratorRequest) -> Room:
    """Let callers in again: `remember` follows for each call."""
    return _set_lock(room, event, locked=False)


def _set_lock(room: Room, event: ModeratorRequest, *, locked: bool) -> Room:
    if room.locked == locked:
        return room
    return remember_all(room, replace(room, locked=locked), event.at)


def chimes(room: Room, event: ModeratorRequest) -> Room:
    """Announce newcomers, or none of them, until the meeting is over: `remember` follows.

    Raise Refused in a room without chimes: there Telnyx may beep, and cannot change that.
    """
    if not room.settings.chimes:
        why = "set chimes = true in the rooms file. It beeps as its setting beep says"
        raise Refused("not-now", f"room {room.name} has no chimes: {why}")
    check_goes_on(room, event.at, "a request about chimes")
    off = not event.values["on"]
    return remember_all(room, replace(room, chimes_off=off), event.at)


def end(room: Room, event: ModeratorRequest) -> Room:
    """End the conference: `end` follows, and `hangup` for those outside it.

    Callers by TeXML on the way in are kicked when they join. Raise Refused if nobody is there.
    """
    if not (any(present(room)) or expected(room, event.at) or dials(room)):
        running_conference(room)
    check_waiting(room, _commands_of(room), event.id)
    return end_conference(room, event.at, event.id)


def end_conference(room: Room, at: float, id: str) -> Room:
    """End the conference, and the calls on the way in. `id`: of the command, one for each end."""
    outside = [p.call for p in present(room) if p.status != "joined"]
    coming, calling = expected(room, at), dials(room)
    if room.conference and not _end_is_under_way(room):
        about, ours = room.conference, account(room)
        room = replace(room, ending=about)
        room = send(room, PassThrough("conference", about, "end", {}, id, account=ours), at)
    for call in (*outside, *coming):
        if call in coming or by_texml(room, call):
            room = send_away(room, call, at)
        else:
            room = hang_up(room, call, at)
    for dial in calling:
        room = _cancel_dial(room, dial, at)
    for call in outside:
        room = stop_opening(room, call, at)
    return room


def _end_is_under_way(room: Room) -> bool:
    return any(each.name == "end" for each in room.pending.get(_commands_of(room), ()))


def _commands_of(room: Room) -> Queue:
    return Queue("requests", room.conference)


def _cancel_dial(room: Room, dial: Dial, at: float) -> Room:
    """Drop a dial that waits for its next try. Of one in flight, `dialled` hangs up the call."""
    room = forget_asked(room, dial.id)
    if retry(queue_of(dial)) in room.deadlines:
        return clear_queue(room, queue_of(dial))
    return remember_ended(room, dial.id, at)


def _everyone(room: Room, at: float) -> list[tuple[str, Role]]:
    """Return the calls in the room or on the way in, with their roles.

    A call that Telnyx has not begun yet has the id of its `Dial`. Calls that no room knows yet are
    included, in case they come in. Raise Refused if there is nobody else.
    """
    people, coming, calling = list(present(room)), expected(room, at), dials(room)
    if not people and not coming and not calling:
        running_conference(room)
    unknown = room.reconciliation.unknown_calls
    people += [room.participants[call] for call in sorted(unknown) if call in room.participants]
    everyone: list[tuple[str, Role]] = [(p.call, p.role) for p in people]
    everyone += [(dial.id, dial.client_state.role) for dial in calling]
    return everyone + [(call, room.texml.role(call)) for call in coming]
