"""The effects of Telnyx's responses to answer, speak, gather, hangup and kick."""

from __future__ import annotations

from conference.core import commands as c
from conference.core.admission.saying_names import SAVED_WITHIN, is_said
from conference.core.commands import BETWEEN_KEYS, KEY_SECONDS
from conference.core.entering import (
    ANSWERED_WITHIN,
    LOCKED,
    RINGS_AT_MOST,
    answer_call,
    call_ended,
    let_next_open,
    locked_out,
)
from conference.core.entry_stages import fail_stage, go_on
from conference.core.events import Outcome
from conference.core.human_text import speech_seconds
from conference.core.leaving import dismiss, hang_up
from conference.core.outcomes.meanings import RETRIED, Reactions, meaning
from conference.core.outcomes.retries import TRIED_FOR, again_later, next_try
from conference.core.reconcile import mark_known, snapshot_soon
from conference.core.room import Deadline, Room
from conference.core.texml.entering_and_leaving import ringing_ended
from conference.core.transitions import change, forget, release, send_again, set_deadline
from conference.core.words import say

HANGUP_AGAIN = 30.0  # seconds after a hangup that Telnyx refused


def _answered(room: Room, command: c.Answer, event: Outcome) -> Room:
    """The call is ours now, even if no room knew it: wait for its webhook."""
    room = mark_known(room, command.call)
    return await_webhook(room, command, event)


def await_webhook(room: Room, command: c.OfCall, event: Outcome) -> Room:
    return set_deadline(room, Deadline("call", command.call), event.at + ANSWERED_WITHIN)


def call_gone(room: Room, command: c.OfCall, event: Outcome) -> Room:
    return call_ended(room, command.call, event.at)


def _not_ours(room: Room, command: c.Answer, event: Outcome) -> Room:
    return forget(room, command.call, event.at)


def _not_answered(room: Room, command: c.Answer, event: Outcome) -> Room:
    if command.call in room.reconciliation.unknown_calls:
        return release_unknown_call(room, command, event)
    participant = room.participants[command.call]
    if participant.status != "ringing":
        return room
    if meaning(event) == "refused" and locked_out(room, command.call):
        return dismiss(room, command.call, say(room, LOCKED), event.at)
    if meaning(event) == "refused" and not participant.tries:
        return go_on(room, command.call, event.at)  # perhaps it was answered before a restart
    return hang_up(room, command.call, event.at)


def release_unknown_call(room: Room, command: c.Answer, event: Outcome) -> Room:
    """Leave a call alone that no room knows and that we could not answer.

    It is answered once more only if Telnyx has given no final response.
    """
    if meaning(event) in RETRIED:
        room = mark_known(room, command.call)
    return release(room, command.call)


def not_answered_yet(room: Room, command: c.OfCall, event: Outcome) -> Room:
    """The command needs an answered call: let the call ring again. Another `answer` may follow."""
    participant = room.participants.get(command.call)
    if participant and participant.status == "refused":
        return let_next_open(hang_up(room, command.call, event.at), event.at)
    if participant is None or participant.status not in ("greeting", "waiting"):
        return let_next_open(room, event.at)
    room = change(
        room, command.call, status="ringing", patience=None, waits_since=None, opens=False
    )
    if participant.direction == "outgoing":
        room = set_deadline(room, Deadline("call", command.call), participant.since + RINGS_AT_MOST)
    else:
        room = answer_call(room, command.call, event.at)  # the first one may be lost
    return let_next_open(room, event.at)


def _speech_begun(room: Room, command: c.Speak, event: Outcome) -> Room:
    if room.participants[command.call].status not in ("greeting", "refused"):
        return room
    until = event.at + speech_seconds(command.text)
    return set_deadline(room, Deadline("call", command.call), until)


def _not_spoken(room: Room, command: c.Speak | c.Gather | c.Record, event: Outcome) -> Room:
    """Without a greeting, do what the entry stage says of failure. After a goodbye, hang up."""
    status = room.participants[command.call].status
    if status == "greeting":
        return fail_stage(room, command.call, event.at)
    return hang_up(room, command.call, event.at) if status == "refused" else room


def _prompt_begun(room: Room, command: c.Gather, event: Outcome) -> Room:
    """Wait for the keys through all tries of the prompt."""
    between = (command.most - 1) * BETWEEN_KEYS
    tries = command.tries * (speech_seconds(command.text) + KEY_SECONDS + between)
    return set_deadline(room, Deadline("call", command.call), event.at + tries)


def _recording_begun(room: Room, command: c.Record, event: Outcome) -> Room:
    """Wait until the name is said and saved, but no longer."""
    if not is_said(room.participants[command.call]):
        return room
    until = event.at + command.seconds + SAVED_WITHIN
    return set_deadline(room, Deadline("call", command.call), until)


def _retry_ending(room: Room, command: c.Hangup | c.Kick, event: Outcome) -> Room:
    """Try again much later: the leg is up and costs money. The API key may be repaired by then."""
    if command.call not in room.participants:
        return room
    return send_again(room, command, event.at + HANGUP_AGAIN)


def _kicked(room: Room, command: c.Kick, event: Outcome) -> Room:
    """Forget a call that still rings: only for others Telnyx reports that they have left."""
    rings = room.status_of(command.call) == "ringing"
    return ringing_ended(room, command.call, event.at) if rings else room


def _not_inside(room: Room, command: c.Kick, event: Outcome) -> Room:
    """The call is not in the conference: retry, then take a snapshot.

    A call that rings is not listed yet. Or it has left, and the callback is lost.
    """
    rings = room.status_of(command.call) == "ringing"
    if rings or event.at - command.at < TRIED_FOR:
        return send_again(room, command, next_try(event))
    return snapshot_soon(room, event.at)


def retry_until_done(room: Room, command: c.Command, event: Outcome) -> Room:
    """Retry without end: a repetition is harmless.

    Without a hangup or kick, a call costs money. Without a snapshot, a room stays wrong.
    """
    return again_later(room, event)


OF_CALLS: Reactions = {
    (c.Answer, "done"): _answered,
    (c.Answer, "gone"): call_gone,
    (c.Answer, "not ours"): _not_ours,
    (c.Answer, "else"): _not_answered,
    (c.Speak, "done"): _speech_begun,
    (c.Speak, "gone"): call_gone,
    (c.Speak, "not answered"): not_answered_yet,
    (c.Speak, "else"): _not_spoken,
    (c.Gather, "done"): _prompt_begun,
    (c.Gather, "gone"): call_gone,
    (c.Gather, "not answered"): not_answered_yet,
    (c.Gather, "else"): _not_spoken,
    (c.Record, "done"): _recording_begun,
    (c.Record, "gone"): call_gone,
    (c.Record, "not answered"): not_answered_yet,
    (c.Record, "else"): _not_spoken,
    (c.Hangup, "done"): await_webhook,
    (c.Hangup, "retry"): retry_until_done,
    (c.Hangup, "gone"): call_gone,
    (c.Hangup, "else"): _retry_ending,
    (c.Kick, "done"): _kicked,
    (c.Kick, "retry"): retry_until_done,
    (c.Kick, "gone"): _not_inside,
    (c.Kick, "no conference"): _not_inside,
    (c.Kick, "else"): _retry_ending,
}
