"""Status callbacks: forms that report what a document, or the application, wants to know."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field

from ..network.parties import Conference, Leg, Recording
from ..network.world import World
from ..webhooks import events
from ..webhooks.outgoing import Outgoing, Route, form
from .parties import PROGRESS, ProgressCallback

NAMES = {
    "start": "conference-start",
    "end": "conference-end",
    "join": "participant-join",
    "leave": "participant-leave",
    "speaker": "participant-speech-start",
}
"""StatusCallbackEvent by the name in the statusCallbackEvent attribute."""

OF_PARTICIPANTS = ("join", "leave", "speaker")

STATUSES = {"initiated": "initiated", "ringing": "ringing", "answered": "in-progress"}
ENDS = {
    "normal_clearing": "completed",
    "time_limit": "completed",
    "user_busy": "busy",
    "timeout": "no-answer",
    "no_answer": "no-answer",
    "originator_cancel": "canceled",
}
"""CallStatus by the hangup cause; all others are "failed"."""


@dataclass(frozen=True)
class Callback:
    """A callback to deliver; a Message. event_type: its StatusCallbackEvent, or a like name."""

    event_type: str
    about: Mapping[str, str]
    url: str
    method: str
    fields: Mapping[str, str]
    id: str = field(default_factory=lambda: str(uuid.uuid4()))

    @property
    def line_key(self) -> str:
        """Its event, conference and SequenceNumber: Telnyx sends no other id."""
        room, number = self.about.get("conference_id", ""), self.fields.get("SequenceNumber", "")
        return f"{self.event_type} {room} {number}"

    @property
    def connection_id(self) -> str:
        """ "": the record of an application decides nothing about a callback."""
        return ""

    def outgoing(self, route: Route, attempt: int) -> Outgoing:
        """Make the request; its address does not depend on the application's."""
        return form(self.url, self.method, self.fields)


def status(leg: Leg) -> str:
    """Return the CallStatus of a call."""
    if leg.state == "ended":
        return ENDS.get(leg.hangup_cause, "failed")
    return "ringing" if leg.state == "ringing" else "in-progress"


def _call(world: World, leg: Leg) -> dict[str, str]:
    return {
        "AccountSid": world.texml.account_sid,
        "CallSid": leg.call_control_id,
        "CallSidLegacy": leg.call_control_id,
    }


def conference(world: World, room: Conference, about: Leg, event: str) -> None:
    """Report an event of a conference, if its document wants to know. event: one of NAMES.

    The sequence number counts unwanted events, too.
    """
    noun, number = room.noun, room.callbacks
    room.callbacks += 1
    if noun is None or not noun.status_callback or event not in noun.status_callback_event:
        return
    fields = _call(world, about) | {
        "CallingPartyType": "pstn",
        "ConferenceSid": room.id,
        "ConnectionId": about.connection_id,
        "FriendlyName": room.name,
        "From": about.from_,
        "FromSipUri": f"{about.from_}@127.0.0.1:5060",
        "SequenceNumber": str(number),
        "StatusCallbackEvent": NAMES[event],
        "Timestamp": world.texml.timestamp(world.moment(world.clock.now())),
        "To": about.to,
        "ToSipUri": f"{about.to}@127.0.0.1:5060",
    }
    stay = room.participant(about.call_control_id)
    if event in OF_PARTICIPANTS and stay and stay.label:
        fields["ParticipantLabel"] = stay.label
    ids = {"call_control_id": about.call_control_id, "conference_id": room.id}
    url, method = noun.status_callback, noun.status_callback_method
    world.post(Callback(NAMES[event], ids, url, method, fields), room.id)


def recording(world: World, each: Recording, status: str) -> None:
    """Report the status of a recording, if the conference's document wants to know.

    status: one of recordingStatusCallbackEvent.
    """
    room, leg = each.conference, each.leg
    noun = room.noun if room else None
    if room is None or noun is None or not noun.recording_status_callback:
        return
    if status not in noun.recording_status_callback_event:
        return
    fields = _call(world, leg) | {
        "ConnectionId": leg.connection_id,
        "RecordingChannels": "2" if each.channels == "dual" else "1",
        "RecordingSid": each.id,
        "RecordingSource": "Conference",
        "RecordingStatus": status,
    }
    if status == "completed":
        fields["RecordingDuration"] = str(int(each.lasted))
        if noun.send_recording_url:
            (fields["RecordingUrl"],) = events.download(world, each).values()
    if world.texml.names_conference:
        fields["ConferenceSid"] = room.id
    ids = {"call_control_id": leg.call_control_id, "conference_id": room.id}
    url, method = noun.recording_status_callback, noun.recording_status_callback_method
    world.post(Callback(f"recording-{status}", ids, url, method, fields), room.id)


def progress(world: World, leg: Leg, event: str) -> None:
    """Report the progress of a call, if somebody wants to know. event: one of PROGRESS."""
    wanted = leg.texml.progress if leg.texml else None
    wanted = wanted or ProgressCallback(world.texml.of(leg)["status_callback"] or "")
    if not wanted.url or event not in wanted.events:
        return
    now = world.clock.now()
    fields = _call(world, leg) | {
        "CallInitiatedAt": world.texml.timestamp(world.moment(leg.started_at)),
        "CallStatus": STATUSES.get(event) or ENDS.get(leg.hangup_cause, "failed"),
        "CallbackSource": "call-progress-events",
        "ConnectionId": leg.connection_id,
        "From": leg.from_,
        "SequenceNumber": str(PROGRESS.index(event)),
        "Timestamp": world.texml.timestamp(world.moment(now)),
        "To": leg.to,
    }
    if event == "completed":
        lasted = now - leg.answered_at if leg.answered_at is not None else 0
        fields |= {"CallDuration": str(int(lasted)), "HangupCause": leg.hangup_cause}
        fields["HangupSource"] = leg.hangup_source
    ids = {"call_control_id": leg.call_control_id}
    callback = Callback(f"call-{event}", ids, wanted.url, wanted.method, fields)
    world.post(callback, leg.call_control_id)
