"""One handler for each status callback of TeXML; they may come in any order.

A handler sends nothing. Its docstring names the commands that follow: they wait in `pending`.
"""

from __future__ import annotations

from collections.abc import Callable

from conference.core.commands import Kick, of_call
from conference.core.recordings import clear_recorded, set_recorded
from conference.core.replacing import replace
from conference.core.room import Room
from conference.core.texml.entering_and_leaving import (
    caller_came_in,
    conference_over,
    has_call_control_callers,
    kick_out,
    take_role,
)
from conference.core.texml.facts import MOST_CALLS, Facts, StatusCallback, keep_newer
from conference.core.texml.roles import role_in, shown_label
from conference.core.texml.snapshots import snapshot_of_others
from conference.core.transitions import (
    change,
    change_texml,
    clear_queue,
    forget,
    open_conference,
    remember_ended,
)

FIRST_JOIN_AT_MOST = 2  # highest SequenceNumber of a first join: numbers begin with 0 or 1


def conference_start(room: Room, facts: Facts, event: StatusCallback) -> Room:
    """The conference has started: it is open, and recorded if TEXML_RECORD says so.

    Callbacks of participants, if they came before, have opened or emptied it already. The callback
    of the recording is not enough: before the room is open it is ignored.
    """
    room = _started(room, facts)
    facts = replace(facts, started=True)
    if room.settings.texml.get("record") == "record-from-start":
        room = set_recorded(room, facts.conference)
    if facts.inside:
        return room
    return open_conference(room, facts.conference, event.at, front="texml")


def participant_join(room: Room, facts: Facts, event: StatusCallback) -> Room:
    """A caller is in, unless a newer callback has them out: `hold` or `unhold` may follow.

    `snapshot` follows if we missed the start: others may be inside.
    """
    inside = keep_newer(facts.inside, event.call, event.sequence, True)
    if inside is facts.inside:
        return change_texml(room, facts=facts)
    missed_others = room.texml.facts is None and not 0 <= event.sequence < FIRST_JOIN_AT_MOST
    speaks = facts.speaks
    if event.call in speaks:  # in an earlier stay, unless the callback is newer
        speaks = keep_newer(speaks, event.call, event.sequence, False)
    facts = replace(facts, inside=inside, speaks=speaks)
    room = caller_came_in(room, facts, event.call, event.at, from_=event.from_, to=event.to)
    return snapshot_of_others(room, facts, event.at) if missed_others else room


def participant_leave(room: Room, facts: Facts, event: StatusCallback) -> Room:
    """A caller is out, and their call ends: `hold` may follow for one who is left alone.

    `snapshot` follows if the caller was unknown: others may be inside.
    """
    inside = keep_newer(facts.inside, event.call, event.sequence, False)
    speaks = keep_newer(facts.speaks, event.call, event.sequence, False)
    room = change_texml(room, facts=replace(facts, inside=inside, speaks=speaks))
    if inside is facts.inside:
        return room
    if event.call in room.joined:
        return forget(room, event.call, event.at)
    return _look_for_others(room, facts, event) if event.call not in facts.inside else room


def participant_speech_start(room: Room, facts: Facts, event: StatusCallback) -> Room:
    """A caller speaks, and so the conference has started. `snapshot` follows for an unknown one."""
    speaks = keep_newer(facts.speaks, event.call, event.sequence, True)
    room = _started(room, replace(facts, speaks=speaks))
    return (
        room if facts.has_left(event.call, event.sequence) else _look_for_others(room, facts, event)
    )


def _started(room: Room, facts: Facts) -> Room:
    """Note that the conference has started: before the start nobody could be heard."""
    return replace(change_texml(room, facts=replace(facts, started=True)), waits_for_start=False)


def participant_speech_stop(room: Room, facts: Facts, event: StatusCallback) -> Room:
    """A caller has stopped speaking; no command follows."""
    speaks = keep_newer(facts.speaks, event.call, event.sequence, False)
    return change_texml(room, facts=replace(facts, speaks=speaks))


def _look_for_others(room: Room, facts: Facts, event: StatusCallback) -> Room:
    return room if event.call in room.joined else snapshot_of_others(room, facts, event.at)


HANDLERS: dict[str, Callable[[Room, Facts, StatusCallback], Room]] = {
    "conference-start": conference_start,
    "participant-join": participant_join,
    "participant-leave": participant_leave,
    "participant-speech-start": participant_speech_start,
    "participant-speech-stop": participant_speech_stop,
}
SHOWS_RUNNING = ("conference-start", "participant-join", "participant-speech-start")
END = "conference-end"
RECORDING = "recording-"
RECORDINGS = ("in-progress", "completed", "absent")
CALLBACK_TYPES = (*HANDLERS, END, *(RECORDING + status for status in RECORDINGS))


def apply_callback(room: Room, event: StatusCallback) -> Room:
    """Apply the callback of any type, also of a conference that is not the room's."""
    if event.origin not in ("", room.origin):
        room = replace(room, origin=event.origin)
    if event.type.startswith(RECORDING):
        return _recording(room, event)
    if event.conference in room.ended:
        return room
    if event.type == END:
        return _end(room, event)
    if event.call in room.texml.sent_away or has_call_control_callers(room):
        return _kick_late_joiner(room, event)
    facts = room.texml.facts or Facts(event.conference, event.account)
    if facts.conference != event.conference:
        if not _replaces(facts, event):
            certain = event.occurred_at and facts.newest
            return room if certain else _look_for_others(room, facts, event)
        room = conference_over(room, event.at)
        facts = Facts(event.conference, event.account)
    facts = replace(facts, newest=max(facts.newest, event.occurred_at))
    room, facts = _label(room, facts, event)
    room = HANDLERS[event.type](room, facts, event)
    known = room.texml.facts
    speaker = known.speaker(room.joined) if known else ""
    return room if room.speaker == speaker else replace(room, speaker=speaker)


def _label(room: Room, facts: Facts, event: StatusCallback) -> tuple[Room, Facts]:
    """Take the label that Telnyx reports, unless there is one or a moderator has given another.

    Keep that of an unknown call: a join or a snapshot may bring the call in. The label of a call
    that was found without one, as after a restart, may have its role.
    """
    known, label = room.participants.get(event.call), event.label
    if known is None and label:
        labels = {**facts.labels, event.call: label}
        if len(labels) > MOST_CALLS:
            del labels[next(iter(labels))]
        return room, replace(facts, labels=labels)
    if known is None or not label:
        return room, facts
    role = role_in(label, event.call)
    if known.recovered and role:
        room = take_role(room, event.call, role)
    shown = shown_label(room.settings, label, event.call)
    if known.label or known.renamed or not shown:
        return room, facts
    return change(room, event.call, label=shown), facts


def _replaces(facts: Facts, event: StatusCallback) -> bool:
    """Does the callback show that its conference has taken the place of the known one?

    Telnyx may have two conferences under one name. The room then follows the one with the newest
    callback, and the other one is not over for good.
    """
    if event.type not in SHOWS_RUNNING:
        return False
    if 0 <= event.sequence <= FIRST_JOIN_AT_MOST:  # perhaps in the second in which the other ended
        return event.occurred_at >= facts.newest or not event.occurred_at
    return event.occurred_at > facts.newest > ""


def _end(room: Room, event: StatusCallback) -> Room:
    """The conference is over, with its kicks. Later callbacks of it are ignored."""
    room = remember_ended(room, event.conference, event.at)
    for queue, (head, *_) in room.pending.items():
        if isinstance(head, Kick) and head.conference == event.conference:
            room = clear_queue(room, queue)
    if room.texml.facts is None or room.texml.facts.conference != event.conference:
        return room
    return conference_over(room, event.at)


def _kick_late_joiner(room: Room, event: StatusCallback) -> Room:
    """Kick a caller who joins by TeXML while callers of Call Control have the room, or after a
    moderator ended the meeting: `kick` follows.

    A caller who was inside before, as after a restart, may stay.
    """
    if event.type == "participant-join":
        return kick_out(room, Facts(event.conference, event.account), event.call, event.at)
    queue = of_call(event.call)
    left = event.type == "participant-leave"
    return clear_queue(room, queue) if left and isinstance(room.head(queue), Kick) else room


def _recording(room: Room, event: StatusCallback) -> Room:
    """Note whether the conference is recorded. The end of a recording is final."""
    known = event.call in room.participants or event.call in room.ended
    this = event.conference == room.conference if event.conference else known
    if event.recording in room.ended or room.front != "texml" or not this:
        return room
    if event.type == "recording-in-progress":
        return set_recorded(room, room.conference)
    room = remember_ended(room, event.recording or event.id, event.at)
    return clear_recorded(room, room.conference)
