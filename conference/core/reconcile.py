"""Correct a room by a snapshot of Telnyx's lists.

The lists are read while calls begin and end. A call or conference in them counts at once. A missing
or different one is a doubt: it counts only when two snapshots, seconds apart, agree, and never
while a command for it is pending.
"""

from __future__ import annotations

from conference.core.client_state import ClientState, decode, encode
from conference.core.commands import CONFERENCE, HOLD_AND_MUTE, SNAPSHOT, TakeSnapshot, memory
from conference.core.entering import (
    LOCKED,
    PARKED_AT_MOST,
    answer_call,
    call_ended,
    caller_joined,
    conference_lost,
    conference_opened,
    enter,
    locked_out,
    remember,
)
from conference.core.entry_stages import begin_entry, go_on
from conference.core.events import Outcome
from conference.core.fronts import front
from conference.core.leaving import caller_left, dismiss, take_out
from conference.core.listed_holds import (
    as_listed,
    may_be_left_out,
    note_shown_holds,
    set_told_as_listed,
)
from conference.core.muting import first_state
from conference.core.participant import Participant
from conference.core.parts import FREE, Doubt
from conference.core.replacing import replace
from conference.core.restoring import (
    may_be_new,
    missed_newest,
    restore_meeting,
    restore_numbers,
    treat_as_newcomer,
)
from conference.core.room import NEXT_SNAPSHOT, Deadline, Room, client_state
from conference.core.snapshot import Seen, Snapshot
from conference.core.texml.snapshots import snapshot_command, still_concerns, take_in_listed
from conference.core.transitions import (
    add_call,
    change,
    change_reconciliation,
    note_opened_at,
    send,
    set_deadline,
    without,
)
from conference.core.words import say

SNAPSHOT_SOON = 1.0  # seconds until a snapshot for which an event gave a reason
CONFIRM_AFTER = 2.0  # seconds until the snapshot that confirms a doubt
MIN_SECONDS_APART = 2.0  # between two snapshots that can confirm a doubt
GREET_UNCONFIRMED_AFTER = 2.0  # seconds that an outgoing call rings before the line greets it


def take_snapshot(room: Room, at: float) -> Room:
    """Read Telnyx's lists now, to compare the room with them."""
    if SNAPSHOT in room.pending:
        return room
    return send(room, snapshot_command(room), at)


def snapshot_soon(room: Room, at: float) -> Room:
    """Take a snapshot soon: an event gave a reason."""
    return snapshot_by(room, at + SNAPSHOT_SOON)


def compare(room: Room, command: TakeSnapshot, event: Outcome) -> Room:
    """Compare the room with the snapshot in the event."""
    snapshot = event.data
    if not isinstance(snapshot, Snapshot):
        return room
    if not still_concerns(room, command):
        return room
    before = {*room.draft.touched}
    room = _apply_present(note_shown_holds(room, snapshot), snapshot, event.at)
    healed = len({*room.draft.touched} - before)
    doubts = frozenset(_find_doubts(room, snapshot, command.at))
    if event.at - room.reconciliation.compared_at >= MIN_SECONDS_APART:
        confirmed = doubts & room.reconciliation.doubts
        room = change_reconciliation(room, doubts=doubts - confirmed, compared_at=event.at)
        for doubt in sorted(confirmed):
            room = _apply_confirmed(room, doubt, snapshot, event.at)
        healed += len(confirmed)
    room = change_reconciliation(room, healed=room.reconciliation.healed + healed)
    room = _greet_unconfirmed(room, snapshot, event.at)
    return snapshot_by(room, event.at + CONFIRM_AFTER) if doubts else room


def _apply_present(room: Room, snapshot: Snapshot, at: float) -> Room:
    """Apply what the lists contain: it counts at once."""
    if snapshot.of_texml:
        return take_in_listed(room, snapshot, at)
    conference = snapshot.conference
    known = room.reconciliation
    tried, moved = known.unknown_calls, known.moved_away
    if snapshot.calls is not None:
        tried, moved = tried & snapshot.unknown_calls, moved.intersection(snapshot.calls)
    shared = known.has_others and bool(snapshot.others)
    room = change_reconciliation(room, unknown_calls=tried, moved_away=moved, has_others=shared)
    if conference and not room.conference and CONFERENCE not in room.pending:
        if conference not in room.ended:
            titled = "" if snapshot.title == room.title else snapshot.title
            room = conference_opened(replace(room, titled=titled), conference, at)
    known_calls = room.participants.keys() | room.ended.keys() | moved
    calls = {c: state for c, state in (snapshot.calls or {}).items() if c not in known_calls}
    new = {call for call, state in calls.items() if may_be_new(call, state, snapshot)}
    room = restore_meeting(room, [state for call, state in calls.items() if call not in new], at)
    room = restore_numbers(room, snapshot, calls.values())
    for call, state in calls.items():
        room = _recover(room, call, state, at, new=call in new)
    if conference and conference == room.conference:
        room = note_opened_at(room, snapshot.opened_at)
        for call in sorted(snapshot.joined.keys() & room.participants.keys()):
            room = _apply_inside(room, call, conference, snapshot.joined[call], at)
    return room


def _recover(room: Room, call: str, state: ClientState, at: float, *, new: bool) -> Room:
    status = "parked" if state.parked else "ringing"
    room = add_call(room, call, state, at, status=status, recovered=True)
    if missed_newest(room, state):
        room = treat_as_newcomer(room, room.participants[call], at)
    if state.parked:
        return set_deadline(room, Deadline("call", call), at + PARKED_AT_MOST)
    if new and locked_out(room, call):
        return dismiss(room, call, say(room, LOCKED), at)
    # The lists do not show whether it was answered: let it in, and let Telnyx object. A call that
    # is inside is marked so next, before any command is sent.
    return go_on(room, call, at)


def _apply_inside(room: Room, call: str, conference: str, seen: Seen, at: float) -> Room:
    if call in room.joined:
        return room
    participant = room.participants[call]
    if participant.status == "parked" and not room.under_way(call):
        return take_out(room, call, conference, at)
    room = caller_joined(room, call, conference, at)
    if call not in room.joined:
        return room
    return set_told_as_listed(_inside_since(room, call, seen, at), call, seen)


def _inside_since(room: Room, call: str, seen: Seen, at: float) -> Room:
    """Show the time that Telnyx lists for a call from before a restart."""
    since = min(at, seen.joined_at or at)
    recovered = room.participants[call].recovered and since < at
    return change(room, call, since=since, joined_at=since) if recovered else room


def _find_doubts(room: Room, snapshot: Snapshot, begun: float) -> list[Doubt]:
    """Return the differences, except where a command is under way or was when reading began."""
    doubts: list[Doubt] = []
    alive = None if snapshot.calls is None else snapshot.calls.keys() | snapshot.joined
    if alive is not None:
        alive |= snapshot.elsewhere.keys() | snapshot.unknown_calls
    if room.conference and room.conference != snapshot.conference:
        if CONFERENCE not in room.pending:
            doubts.append(Doubt("conference", room.conference))
    if not room.reconciliation.has_others:
        doubts.extend(Doubt("others", call) for call in snapshot.others)
    if room.watches_unknown_calls:
        unheard_of = (
            snapshot.unknown_calls - room.reconciliation.unknown_calls - room.participants.keys()
        )
        doubts.extend(Doubt("unknown call", call) for call in unheard_of - room.ended.keys())
    for call, participant in room.participants.items():
        if room.under_way(call):
            continue
        if alive is not None and call not in alive:
            doubts.append(Doubt("ended", call))
            continue
        if memory(call) not in room.pending and not _is_remembered(room, participant, snapshot):
            doubts.append(Doubt("remembered", call))
        stays = participant.status == "joined" and call not in snapshot.coming
        if stays and room.conference == snapshot.conference:
            doubts.extend(_find_doubts_inside(room, call, snapshot.joined.get(call), begun))
    return doubts


def _is_remembered(room: Room, participant: Participant, snapshot: Snapshot) -> bool:
    """Does Telnyx hold our current client_state for this call? True where its lists do not say."""
    if participant.call in snapshot.elsewhere:
        return False
    kept = (snapshot.calls or {}).get(participant.call)
    return kept is None or kept == decode(encode(client_state(room, participant)))


def _find_doubts_inside(room: Room, call: str, seen: Seen | None, begun: float) -> list[Doubt]:
    if seen is None:
        return [] if may_be_left_out(room, call) else [Doubt("left", call)]
    told = room.holding.told.get(call, FREE)
    if HOLD_AND_MUTE in room.pending or room.holding.told_at >= begun or room.waits_for_start:
        return []
    if as_listed(room, call, seen) == Seen(bool(told.held), bool(told.muted)):
        return []
    return [Doubt("told", call, str(seen))]


def _apply_confirmed(room: Room, doubt: Doubt, snapshot: Snapshot, at: float) -> Room:
    what, which = doubt.what, doubt.which
    if what == "conference":
        return _try_conference(room, which, at)
    if what == "others":
        return change_reconciliation(room, has_others=True)
    if what == "unknown call":
        return _answer_unknown_call(room, which, at)
    if which not in room.participants:
        return room
    if what == "ended":
        was_ending = room.status_of(which) == "ending"
        room = call_ended(room, which, at)
        if was_ending:
            return room  # we hung it up: later events of it are old
        # Not remembered as ended: a list is no hangup, and may show the call again.
        return replace(room, ended=without(room.ended, which))
    if what == "remembered":
        return remember(room, which, at)
    if what == "left":
        return caller_left(room, which, at) if which in room.joined else room
    return set_told_as_listed(room, which, snapshot.joined[which])


def _try_conference(room: Room, conference: str, at: float) -> Room:
    """Let everyone inside join the conference again: Telnyx's response shows if it is over.

    Its lists may lag, or leave out the conferences of another region. By TeXML nobody can join. A
    conference that the line ends is over.
    """
    stays = conference == room.conference != room.ending and room.joined and front(room).reopens
    if not stays:
        return conference_lost(room, conference, at)
    for call in sorted(room.joined):
        room = enter(room, call, at)
    return room


def _greet_unconfirmed(room: Room, snapshot: Snapshot, at: float) -> Room:
    """Greet outgoing calls: no list shows whether they were answered, and Telnyx may object."""
    for call in sorted((snapshot.calls or {}).keys() & room.participants.keys()):
        participant = room.participants[call]
        rings_long = participant.is_called and at - participant.since > GREET_UNCONFIRMED_AFTER
        if rings_long and not room.under_way(call):
            room = begin_entry(room, call, at)
    return room


def _answer_unknown_call(room: Room, call: str, at: float) -> Room:
    """Answer a call that may be a caller whose webhooks are lost. Telnyx refuses for a call of
    another program."""
    room = change_reconciliation(room, unknown_calls=room.reconciliation.unknown_calls | {call})
    state = first_state(room, stages=room.settings.stages_for("participant"))
    return answer_call(add_call(room, call, state, at), call, at)


def mark_known(room: Room, call: str) -> Room:
    """Remove the call from the unknown ones."""
    return change_reconciliation(room, unknown_calls=room.reconciliation.unknown_calls - {call})


def snapshot_by(room: Room, at: float) -> Room:
    """Take the next snapshot at this time, or earlier if one is due."""
    return set_deadline(room, NEXT_SNAPSHOT, min(at, room.deadlines.get(NEXT_SNAPSHOT, at)))
