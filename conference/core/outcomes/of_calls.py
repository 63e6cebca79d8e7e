"""How Telnyx's answers to answer, speak, gather, hangup and kick change a call's way."""

from __future__ import annotations

from dataclasses import replace

from conference.core import commands as c
from conference.core.commands import KEY_SECONDS, KEY_TRIES
from conference.core.entering import (
    ANSWERED_WITHIN,
    LOCKED,
    RINGS_AT_MOST,
    answer_call,
    call_ended,
    enter,
    fail_stage,
    let_next_open,
    locked_out,
)
from conference.core.events import Outcome
from conference.core.leaving import dismiss, hang_up
from conference.core.outcomes.meanings import RETRIED, meaning
from conference.core.outcomes.reactions import Reactions
from conference.core.outcomes.retries import TRIED_FOR, again_later, next_try
from conference.core.reconcile import mark_known, snapshot_soon
from conference.core.room import Deadline, Room
from conference.core.transitions import change, delay_head, forget, release, set_deadline

HANGUP_AGAIN = 30.0  # seconds after a hangup that Telnyx refused


def _answered(room: Room, command: c.Answer, event: Outcome) -> Room:
    """It is ours now, whoever it was."""
    room = mark_known(room, command.call)
    return webhook_awaited(room, command, event)


def webhook_awaited(room: Room, command: c.OfCall, event: Outcome) -> Room:
    return set_deadline(room, Deadline("call", command.call), event.at + ANSWERED_WITHIN)


def call_gone(room: Room, command: c.OfCall, event: Outcome) -> Room:
    return call_ended(room, command.call, event.at)


def _not_ours(room: Room, command: c.Answer, event: Outcome) -> Room:
    return forget(room, command.call, event.at)


def _not_answered(room: Room, command: c.Answer, event: Outcome) -> Room:
    if command.call in room.reconciliation.unknown_calls:
        return not_known_whose(room, command, event)
    participant = room.participants[command.call]
    if participant.status != "ringing":
        return room
    if meaning(event) == "refused" and locked_out(room, command.call):
        return dismiss(room, command.call, LOCKED, event.at)
    if meaning(event) == "refused" and not participant.tries:
        return enter(room, command.call, event.at)  # answered before a restart? Telnyx knows
    return hang_up(room, command.call, event.at)


def not_known_whose(room: Room, command: c.Answer, event: Outcome) -> Room:
    """Left alone; and asked once more only if Telnyx has not said anything about it."""
    if meaning(event) in RETRIED:
        room = mark_known(room, command.call)
    return release(room, command.call)


def too_early(room: Room, command: c.OfCall, event: Outcome) -> Room:
    """The call is not answered yet: back to waiting for that."""
    participant = room.participants.get(command.call)
    if participant and participant.status == "refused":
        return let_next_open(hang_up(room, command.call, event.at), event.at)
    if participant is None or participant.status not in ("greeting", "waiting"):
        return let_next_open(room, event.at)
    room = change(room, command.call, status="ringing", patience=None, waits_since=None)
    if participant.direction == "outgoing":
        room = set_deadline(room, Deadline("call", command.call), participant.since + RINGS_AT_MOST)
    else:
        room = answer_call(room, command.call, event.at)  # our answer may not have got through
    return let_next_open(room, event.at)


def speech_seconds(text: str) -> float:
    """Return how many seconds text-to-speech may take at the most: slow, and some time to begin.

    By bytes, since a character of a script that needs several takes longer to say.
    """
    return 2.0 + len(text.encode()) / 10


def _speech_begun(room: Room, command: c.Speak, event: Outcome) -> Room:
    if room.participants[command.call].status not in ("greeting", "refused"):
        return room
    until = event.at + speech_seconds(command.text)
    return set_deadline(room, Deadline("call", command.call), until)


def _not_spoken(room: Room, command: c.Speak | c.Gather, event: Outcome) -> Room:
    """A greeting is not worth a call: let the caller in. After a goodbye, hang up."""
    status = room.participants[command.call].status
    if status == "greeting":
        return fail_stage(room, command.call, event.at)
    return hang_up(room, command.call, event.at) if status == "refused" else room


def _prompted(room: Room, command: c.Gather, event: Outcome) -> Room:
    """The key is awaited for as long as Telnyx asks for it."""
    tries = KEY_TRIES * (speech_seconds(command.text) + KEY_SECONDS)
    return set_deadline(room, Deadline("call", command.call), event.at + tries)


def _up_still(room: Room, command: c.Hangup | c.Kick, event: Outcome) -> Room:
    """The leg is up and paid for, so it is not forgotten: perhaps the key is mended meanwhile."""
    if command.call not in room.participants:
        return room  # it is nobody's here
    again = replace(command, attempt=command.attempt + 1)
    return delay_head(room, c.of_call(command.call), again, event.at + HANGUP_AGAIN)


def _kicked(room: Room, command: c.Kick, event: Outcome) -> Room:
    """Telnyx will say that it has left; but of one that it still calls nothing more."""
    rings = room.status_of(command.call) == "ringing"
    return forget(room, command.call, event.at) if rings else room


def _kicked_nobody(room: Room, command: c.Kick, event: Outcome) -> Room:
    """It has left without a word that reached us, or is not known there yet, as one that still
    rings is not: at last the list tells."""
    rings = room.status_of(command.call) == "ringing"
    if rings or event.at - command.at < TRIED_FOR:
        again = replace(command, attempt=command.attempt + 1)
        return delay_head(room, c.of_call(command.call), again, next_try(event))
    return snapshot_soon(room, event.at)


def until_it_is_done(room: Room, command: c.Command, event: Outcome) -> Room:
    """To repeat it is harmless; and without it a call would be paid for, or a room astray."""
    return again_later(room, event)


OF_CALLS: Reactions = {
    (c.Answer, "done"): _answered,
    (c.Answer, "gone"): call_gone,
    (c.Answer, "not ours"): _not_ours,
    (c.Answer, "else"): _not_answered,
    (c.Speak, "done"): _speech_begun,
    (c.Speak, "gone"): call_gone,
    (c.Speak, "not answered"): too_early,
    (c.Speak, "else"): _not_spoken,
    (c.Gather, "done"): _prompted,
    (c.Gather, "gone"): call_gone,
    (c.Gather, "not answered"): too_early,
    (c.Gather, "else"): _not_spoken,
    (c.Hangup, "done"): webhook_awaited,
    (c.Hangup, "retry"): until_it_is_done,
    (c.Hangup, "gone"): call_gone,
    (c.Hangup, "else"): _up_still,
    (c.Kick, "done"): _kicked,
    (c.Kick, "retry"): until_it_is_done,
    (c.Kick, "gone"): _kicked_nobody,
    (c.Kick, "no conference"): _kicked_nobody,
    (c.Kick, "else"): _up_still,
}
