"""Plain words for what passes between Telnyx and the application, and what each is for."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple


class Explained(NamedTuple):
    """words: what has happened, with {who} for the phones. purpose: what it is for."""

    words: str
    purpose: str


WEBHOOKS: Mapping[str, Explained] = {
    "call.initiated": Explained(
        "The call of {who} has begun",
        "An incoming call waits until the app answers it; an outgoing one rings.",
    ),
    "call.answered": Explained(
        "The call of {who} is connected",
        "From now on the app can speak to the caller, and join the call to a conference.",
    ),
    "call.hangup": Explained(
        "The call of {who} has ended", "The app forgets the call. The cause is in the body."
    ),
    "call.cost": Explained("The call of {who} has a price", "Some accounts get the cost."),
    "call.speak.started": Explained("{who} hears a text", "The spoken text has begun."),
    "call.speak.ended": Explained(
        "The text for {who} is over",
        "The app may go on: a caller who joins earlier loses the rest.",
    ),
    "call.playback.started": Explained("{who} hears a sound", "The sound has begun."),
    "call.playback.ended": Explained("The sound for {who} is over", "The app may go on."),
    "call.dtmf.received": Explained("{who} has pressed a key", "One webhook for each key."),
    "call.gather.ended": Explained(
        "The keys of {who} are complete", "The result of a gather: all keys together."
    ),
    "call.hold": Explained("{who} has put the call on hold", "By a button of the telephone."),
    "call.unhold": Explained("{who} is back from hold", "By a button of the telephone."),
    "call.enqueued": Explained("{who} waits in a queue", "The place in the queue is in the body."),
    "call.dequeued": Explained("{who} has left the queue", "The reason is in the body."),
    "call.recording.saved": Explained(
        "The recording of {who} is ready", "Its address is valid for 10 minutes."
    ),
    "conference.created": Explained(
        "The conference is open", "The app learns its id, and lets waiting callers join."
    ),
    "conference.ended": Explained(
        "The conference is over", "The next caller opens a new one. The reason is in the body."
    ),
    "conference.participant.joined": Explained(
        "{who} is in the conference",
        "The app counts who is inside: one alone gets music, two hear each other.",
    ),
    "conference.participant.left": Explained(
        "{who} has left the conference", "The app counts again. The call itself may go on."
    ),
    "conference.floor.changed": Explained(
        "{who} has the floor",
        "Another speaker. Newcomers say hello in the simulation, and so have it for a moment.",
    ),
    "conference.speak.started": Explained("All hear a text", "Spoken to the conference."),
    "conference.speak.ended": Explained("The text for all is over", "The conference goes on."),
    "conference.playback.started": Explained("All hear a sound", "Played to the conference."),
    "conference.playback.ended": Explained("The sound for all is over", "The conference goes on."),
    "conference.participant.speak.started": Explained(
        "{who} hears a text in the conference", "Spoken to one participant."
    ),
    "conference.participant.speak.ended": Explained(
        "The text for {who} in the conference is over", "Spoken to one participant."
    ),
    "conference.participant.playback.started": Explained(
        "{who} hears a sound in the conference", "Played to one participant."
    ),
    "conference.participant.playback.ended": Explained(
        "The sound for {who} in the conference is over", "Played to one participant."
    ),
    "conference.recording.saved": Explained(
        "The conference's recording is ready", "Its address is valid for 10 minutes."
    ),
}
"""By event type."""

CALLBACKS: Mapping[str, Explained] = {
    "conference-start": Explained("The conference has started", "The first active caller is in."),
    "conference-end": Explained("The conference is over", "The next caller opens a new one."),
    "participant-join": Explained(
        "{who} is in the conference", "The app counts who is inside, and asks for music or silence."
    ),
    "participant-leave": Explained("{who} has left the conference", "The app counts again."),
    "participant-speech-start": Explained("{who} has the floor", "Another speaker."),
    "recording-in-progress": Explained("The recording has begun", "Of the whole conference."),
    "recording-completed": Explained("The recording is ready", "Its address is in the body."),
    "recording-absent": Explained("The recording has failed", "There is none."),
    "call-initiated": Explained("The call of {who} has begun", "The progress of a call."),
    "call-ringing": Explained("The telephone of {who} rings", "The progress of a call."),
    "call-answered": Explained("The call of {who} is connected", "The progress of a call."),
    "call-completed": Explained("The call of {who} has ended", "The progress of a call."),
}
"""By status callback of TeXML."""

_HOLD = "A held participant hears only the music, and nobody hears the participant."
_MUTE = "A muted participant hears the others, but is not heard."
_GATHER = "Asks for keys. The result comes as call.gather.ended."
_RECORD = "Controls a recording. When it has ended, a webhook brings its address."
_QUEUE = "Queues keep calls waiting, with a place for each."
_APPLICATION = "An application says where the webhooks or documents of its numbers' calls are."
_PROFILE = "An application dials only with an outbound voice profile."

COMMANDS: Mapping[str, str] = {
    "DialCall": "Calls a telephone. It rings, and webhooks report what happens.",
    "AnswerCall": "Takes an incoming call. Until then the caller hears it ring.",
    "HangupCall": "Ends a call, answered or not.",
    "SpeakCall": "Speaks a text to one caller. A webhook reports its end.",
    "UpdateClientState": "Stores the app's notes on a call. Telnyx sends them with each webhook.",
    "EnqueueCall": _QUEUE,
    "LeaveQueue": _QUEUE,
    "StartCallPlayback": "Plays an audio file to one caller.",
    "StopCallPlayback": "Ends what is played to one caller.",
    "StartCallRecord": _RECORD,
    "StopCallRecording": _RECORD,
    "PauseCallRecording": _RECORD,
    "ResumeCallRecording": _RECORD,
    "GatherCall": _GATHER,
    "GatherUsingAudio": _GATHER,
    "GatherUsingSpeak": _GATHER,
    "StopCallGather": "Ends the wait for keys.",
    "SendDTMF": "Sends the tones of keys.",
    "CreateConference": "Opens a conference with this call in it. Its name can be used only once.",
    "JoinConference": "Brings a call into an open conference.",
    "LeaveConference": "Takes a call out of the conference. The call stays up.",
    "HoldConferenceParticipants": _HOLD,
    "UnholdConferenceParticipants": "Ends the hold: the participant hears, and is heard, again.",
    "MuteConferenceParticipants": _MUTE,
    "UnmuteConferenceParticipants": "Ends the mute: the participant is heard again.",
    "SpeakTextToConference": "Speaks a text to the whole conference.",
    "UpdateConference": "Changes a supervisor's role: who hears a participant.",
    "PlayConferenceAudio": "Plays an audio file in the conference.",
    "StopConferenceAudio": "Ends what is played in the conference.",
    "ConferenceGatherUsingAudio": _GATHER,
    "ConferenceSendDTMF": "Sends the tones of keys to participants.",
    "StartConferenceRecording": _RECORD,
    "StopConferenceRecording": _RECORD,
    "PauseConferenceRecording": _RECORD,
    "ResumeConferenceRecording": _RECORD,
    "UpdateConferenceParticipant": "Changes what happens when a participant leaves.",
    "EndConference": "Ends the conference, and with it all its calls.",
    "CreateQueue": _QUEUE,
    "UpdateQueue": _QUEUE,
    "DeleteQueue": _QUEUE,
    "UpdateCallInQueue": _QUEUE,
    "RemoveQueueCall": _QUEUE,
    "DeleteRecording": "Deletes a recording.",
    "DeleteTeXMLCallRecording": "Deletes a recording.",
    "DialTexmlConferenceParticipant": "Calls a telephone, and joins it to the conference.",
    "DeleteTexmlConferenceParticipant": "Takes a participant out, which ends the call.",
    "UpdateTexmlConferenceParticipant": "Changes a participant: hold, mute, announcement.",
    "UpdateTexmlConference": "Changes the conference: an announcement, or its end.",
    "UpdateTexmlCall": "Changes a call: another document, or its end.",
    "CreateCallControlApplication": _APPLICATION,
    "UpdateCallControlApplication": _APPLICATION,
    "DeleteCallControlApplication": _APPLICATION,
    "CreateTexmlApplication": _APPLICATION,
    "UpdateTexmlApplication": _APPLICATION,
    "DeleteTexmlApplication": _APPLICATION,
    "UpdatePhoneNumber": "Changes a number, such as the application that its calls go to.",
    "CreateNumbersFeature": "Asks what numbers can do. Nothing changes.",
    "CreateVoiceProfile": _PROFILE,
    "UpdateOutboundVoiceProfile": _PROFILE,
    "DeleteOutboundVoiceProfile": _PROFILE,
}
"""What each operation of the API is for; those that only read are in KINDS."""

KINDS: Mapping[str, str] = {
    "phone": "The owner of a telephone did this. The app does not see it, only its webhooks.",
    "document": "Telnyx fetches a TeXML document or a sound, and carries it out.",
    "look-up": "The app compares what it knows with Telnyx's lists. Nothing changes.",
    "line": "The app decided this without a message from Telnyx. Its commands follow.",
    "command": "A request to Telnyx.",
    "webhook": "An event from Telnyx.",
    "callback": "A status callback from Telnyx.",
}
"""What a row is for, by its kind, if there is nothing better."""


class Step(NamedTuple):
    """A step of a first call. names: of the rows that show it. text: for the newcomer."""

    names: tuple[str, ...]
    text: str


_MUSIC = (
    "If you are alone, the app puts you on hold, with music. When a second caller comes in, the "
    "music stops. A third one changes nothing."
)

CALL_CONTROL = (
    Step(("dials",), "You dial. The network brings the call to Telnyx."),
    Step(("call.initiated",), "Telnyx tells the app by a webhook: a call is here."),
    Step(("AnswerCall",), "The app asks Telnyx to answer. You stop hearing it ring."),
    Step(("call.answered",), "Webhook: the call is connected."),
    Step(("SpeakCall",), "The app asks Telnyx to speak the greeting."),
    Step(("call.speak.ended",), "Webhook: the greeting is over."),
    Step(
        ("CreateConference", "JoinConference"),
        "The app opens the conference with you in it, or joins you to the open one.",
    ),
    Step(("conference.participant.joined",), "Webhook: you are in the conference."),
    Step(
        ("HoldConferenceParticipants", "UnholdConferenceParticipants"),
        _MUSIC,
    ),
)
"""The steps by Call Control, in order."""

TEXML = (
    Step(("dials",), "You dial. The network brings the call to Telnyx."),
    Step(("document",), "Telnyx fetches a TeXML document from the app, and does what it says."),
    Step(("conference-start", "participant-join"), "A status callback: you are in the conference."),
    Step(
        ("UpdateTexmlConferenceParticipant",),
        _MUSIC,
    ),
)
"""The steps by TeXML, in order."""
