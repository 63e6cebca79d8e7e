"""The entry stage `name`: a caller without a label says a name, and Telnyx records it.

The recording stays at Telnyx. The line keeps its address, which is private, for as long as Telnyx
serves it.
"""

from __future__ import annotations

from typing import Literal

from conference.core.announcements.names import LONGEST
from conference.core.commands import PassThrough, Record, Speak
from conference.core.events import Webhook
from conference.core.participant import NO_NAME, Participant, SpokenName
from conference.core.room import Deadline, Room
from conference.core.transitions import change, send, set_deadline
from conference.core.words import Sentence, say

ASK = Sentence("After the tone, say your name, then press the hash key.")
END_KEY = "#"
SAVED_WITHIN = 4.0  # seconds from the end of a recording until the caller need not wait for it
AWAITED_FOR = 60.0  # seconds from the start of a recording in which one that is saved is the name
SERVED_FOR = 570.0  # seconds: Telnyx's link to a recording ends after ten minutes

Next = Literal["passed", "gone"]
"""The result of a webhook: the next stage follows; or nothing, since the name is being said."""


def begin(room: Room, participant: Participant, at: float) -> tuple[Room, Speak | None]:
    """Ask for the name. A caller with a name passes at once, as does everyone where the room no
    longer asks."""
    if participant.label or participant.spoken_name.address or not room.settings.ask_name:
        return room, None
    settings = room.settings
    words = say(room, ASK)
    return room, Speak(participant.call, "name", words, settings.voice, settings.language)


def ended(room: Room, event: Webhook) -> tuple[Room, Next]:
    """Record the name when the prompt is over: `record_start` follows. Pass when it is saved."""
    if event.type != "call.speak.ended":
        return room, "passed"
    if room.participants[event.call].spoken_name.awaited_until:
        return room, "gone"
    awaited = SpokenName(awaited_until=event.at + AWAITED_FOR)
    room = set_deadline(room, Deadline("call", event.call), None)
    room = change(room, event.call, spoken_name=awaited)
    return send(room, Record(event.call, int(LONGEST)), event.at), "gone"


def is_said(participant: Participant) -> bool:
    """Whether the caller is in the stage and the name is being recorded."""
    begun = participant.status == "greeting" and participant.stages[:1] == ("name",)
    return begun and bool(participant.spoken_name.awaited_until)


def press_key(room: Room, event: Webhook) -> Room:
    """End the recording by its key: `record_stop` follows once. The key again changes nothing."""
    participant = room.participants.get(event.call)
    if participant is None or event.details.get("digit") != END_KEY or not is_said(participant):
        return room
    deadline, saved_by = Deadline("call", event.call), event.at + SAVED_WITHIN
    due = room.deadlines.get(deadline)
    if due is not None and due <= saved_by:
        return room  # pressed before
    stop = PassThrough("call", event.call, "record_stop", {}, f"name {room.version}")
    return send(set_deadline(room, deadline, saved_by), stop, event.at)


def is_name(room: Room, event: Webhook) -> bool:
    """Whether the webhook reports the recording of a name.

    Not while the call has a recording that a moderator has requested: nobody hears that one.
    """
    participant, requested = room.participants.get(event.call), room.recordings
    if event.call in requested.going_on or event.call in requested.unsaved:
        return False
    return participant is not None and event.at < participant.spoken_name.awaited_until


def keep(room: Room, event: Webhook) -> Room:
    """Keep the name that is saved. After a failed recording there is none."""
    name = NO_NAME
    if event.recording:
        name = SpokenName(address=event.recording, until=event.at + SERVED_FOR)
    return change(room, event.call, spoken_name=name)
