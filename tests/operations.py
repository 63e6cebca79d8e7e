"""All that Telnyx lets a program do to a conference and its queues, and where each of it is here.

The first table is Telnyx's, from its list of voice conferencing commands; the others are ours.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

TABLE = """
EnqueueCall POST /calls/{call_control_id}/actions/enqueue
    queue_name ; client_state command_id keep_after_hangup max_size max_wait_time_secs
LeaveQueue POST /calls/{call_control_id}/actions/leave_queue
    ; client_state command_id
ListConferences GET /conferences
    ;
CreateConference POST /conferences
    call_control_id name ; beep_enabled client_state comfort_noise command_id duration_minutes
    hold_audio_url hold_media_name max_participants region start_conference_on_create
ListConferenceParticipants GET /conferences/{conference_id}/participants
    ;
RetrieveConference GET /conferences/{id}
    ;
EndConference POST /conferences/{id}/actions/end
    ; command_id
ConferenceGatherUsingAudio POST /conferences/{id}/actions/gather_using_audio
    call_control_id ; audio_url client_state gather_id initial_timeout_millis
    inter_digit_timeout_millis invalid_audio_url invalid_media_name maximum_digits maximum_tries
    media_name minimum_digits stop_playback_on_dtmf terminating_digit timeout_millis valid_digits
HoldConferenceParticipants POST /conferences/{id}/actions/hold
    ; audio_url call_control_ids media_name region
JoinConference POST /conferences/{id}/actions/join
    call_control_id ; beep_enabled client_state command_id end_conference_on_exit hold
    hold_audio_url hold_media_name mute region soft_end_conference_on_exit
    start_conference_on_enter supervisor_role whisper_call_control_ids
LeaveConference POST /conferences/{id}/actions/leave
    call_control_id ; beep_enabled command_id region
MuteConferenceParticipants POST /conferences/{id}/actions/mute
    ; call_control_ids region
PlayConferenceAudio POST /conferences/{id}/actions/play
    ; audio_url call_control_ids loop media_name region
PauseConferenceRecording POST /conferences/{id}/actions/record_pause
    ; command_id recording_id region
ResumeConferenceRecording POST /conferences/{id}/actions/record_resume
    ; command_id recording_id region
StartConferenceRecording POST /conferences/{id}/actions/record_start
    format ; channels command_id custom_file_name play_beep region trim
StopConferenceRecording POST /conferences/{id}/actions/record_stop
    ; client_state command_id recording_id region
ConferenceSendDTMF POST /conferences/{id}/actions/send_dtmf
    digits ; call_control_ids client_state duration_millis
SpeakTextToConference POST /conferences/{id}/actions/speak
    payload voice ; call_control_ids command_id language payload_type region voice_settings
StopConferenceAudio POST /conferences/{id}/actions/stop
    ; call_control_ids region
UnholdConferenceParticipants POST /conferences/{id}/actions/unhold
    call_control_ids ; region
UnmuteConferenceParticipants POST /conferences/{id}/actions/unmute
    ; call_control_ids region
UpdateConference POST /conferences/{id}/actions/update
    call_control_id supervisor_role ; command_id region whisper_call_control_ids
RetrieveConferenceParticipant GET /conferences/{id}/participants/{participant_id}
    ;
UpdateConferenceParticipant PATCH /conferences/{id}/participants/{participant_id}
    ; beep_enabled end_conference_on_exit soft_end_conference_on_exit
ListQueues GET /queues
    ;
CreateQueue POST /queues
    queue_name ; max_size
RetrieveCallQueue GET /queues/{queue_name}
    ;
UpdateQueue POST /queues/{queue_name}
    max_size ;
DeleteQueue DELETE /queues/{queue_name}
    ;
ListQueueCalls GET /queues/{queue_name}/calls
    ;
RetrieveCallFromQueue GET /queues/{queue_name}/calls/{call_control_id}
    ;
UpdateCallInQueue PATCH /queues/{queue_name}/calls/{call_control_id}
    ; keep_after_hangup
RemoveQueueCall DELETE /queues/{queue_name}/calls/{call_control_id}
    ;
"""
"""Name, method, path; required parameters ; optional ones."""

WEBHOOKS = (
    "call.enqueued",
    "call.dequeued",
    "conference.created",
    "conference.ended",
    "conference.floor.changed",
    "conference.participant.joined",
    "conference.participant.left",
    "conference.participant.playback.ended",
    "conference.participant.playback.started",
    "conference.participant.speak.ended",
    "conference.participant.speak.started",
    "conference.playback.ended",
    "conference.playback.started",
    "conference.recording.saved",
    "conference.speak.ended",
    "conference.speak.started",
)


@dataclass(frozen=True)
class Operation:
    """One of Telnyx's."""

    name: str
    method: str
    path: str
    required: tuple[str, ...]
    optional: tuple[str, ...]

    @property
    def parameters(self) -> tuple[str, ...]:
        return self.required + self.optional


def _operations() -> Iterator[Operation]:
    for entry in TABLE.strip().replace("\n    ", "\t").split("\n"):
        head, _, fields = entry.partition("\t")
        required, optional = (tuple(part.split()) for part in fields.split(";"))
        yield Operation(*head.split(), required, optional)


OPERATIONS = tuple(_operations())


@dataclass(frozen=True)
class Way:
    """How an operation is asked for here: by a verb, or by a route and a command of its own.

    `body` is what the route needs; `tells` are the webhooks by which Telnyx says that it was done.
    """

    operation: str
    verb: str = ""
    route: str = ""
    command: str = ""
    body: tuple[tuple[str, object], ...] = ()
    tells: tuple[str, ...] = ()


def _tells(*names: str) -> tuple[str, ...]:
    return tuple(f"conference.{name}" for name in names)


QUEUE = "/api/queues/<queue>"
QUEUED = f"{QUEUE}/calls/<call>"
CONFERENCE = "/api/telnyx/conferences/<conference>"
WAYS = (
    Way("ListConferences", "", "GET /api/telnyx/conferences", "telnyx conferences"),
    Way("RetrieveConference", "", f"GET {CONFERENCE}", "telnyx conference"),
    Way(
        *("ListConferenceParticipants", ""),
        *(f"GET {CONFERENCE}/participants", "telnyx participants"),
    ),
    Way(
        *("RetrieveConferenceParticipant", ""),
        *(f"GET {CONFERENCE}/participants/<participant>", "telnyx participant"),
    ),
    Way("MuteConferenceParticipants", "mute"),
    Way("UnmuteConferenceParticipants", "unmute"),
    Way(
        *("HoldConferenceParticipants", "hold"),
        tells=_tells("participant.playback.started"),
    ),
    Way("UnholdConferenceParticipants", "unhold", tells=_tells("participant.playback.ended")),
    Way("PlayConferenceAudio", "play", tells=_tells("participant.playback.started")),
    Way("StopConferenceAudio", "stop", tells=_tells("participant.playback.ended")),
    Way(
        *("SpeakTextToConference", "speak"),
        tells=_tells("speak.started", "speak.ended"),
    ),
    Way("ConferenceSendDTMF", "send-dtmf"),
    Way("ConferenceGatherUsingAudio", "gather", tells=("call.gather.ended",)),
    Way("UpdateConference", "supervise"),
    Way("StartConferenceRecording", "record-start"),
    Way("PauseConferenceRecording", "record-pause"),
    Way("ResumeConferenceRecording", "record-resume"),
    Way("StopConferenceRecording", "record-stop", tells=_tells("recording.saved")),
    Way("LeaveConference", "leave", tells=_tells("participant.left")),
    Way("ListQueues", "", "GET /api/queues", "queues list"),
    Way(
        *("CreateQueue", "", "POST /api/queues", "queues create"),
        body=(("queue_name", "q"), ("max_size", 7)),
    ),
    Way("RetrieveCallQueue", "", f"GET {QUEUE}", "queues show"),
    Way(
        *("UpdateQueue", "", f"POST {QUEUE}/actions/update", "queues update"),
        body=(("max_size", 9),),
    ),
    Way("EnqueueCall", "enqueue", tells=("call.enqueued",)),
    Way("ListQueueCalls", "", f"GET {QUEUE}/calls", "queues calls"),
    Way("RetrieveCallFromQueue", "", f"GET {QUEUED}", "queues call"),
    Way(
        *("UpdateCallInQueue", "", f"POST {QUEUED}/actions/update", "queues update-call"),
        body=(("keep_after_hangup", True),),
    ),
    Way("LeaveQueue", "leave-queue", tells=("call.dequeued",)),
    Way("RemoveQueueCall", "", f"POST {QUEUED}/actions/remove", "queues remove-call"),
    Way("DeleteQueue", "", f"POST {QUEUE}/actions/delete", "queues delete"),
    Way("JoinConference", "join", tells=_tells("participant.joined")),
    Way("CreateConference", "join", tells=_tells("created", "participant.joined")),
    Way("UpdateConferenceParticipant", "adjust"),
    Way("EndConference", "end", tells=_tells("ended", "participant.left")),
)
"""In an order in which they can be asked for one after the other."""

SETTINGS = {
    "beep_enabled": "BEEP",
    "comfort_noise": "COMFORT_NOISE",
    "duration_minutes": "DURATION_MINUTES",
    "max_participants": "MAX_PARTICIPANTS",
    "region": "REGION",
}
"""Parameters that a setting gives where a request cannot."""

OURS = {
    "call_control_id": "who is meant",
    "call_control_ids": "who is meant",
    "client_state": "never changed by these: a call is known again by what its answer or Dial set",
    "command_id": "new for each command, the same when it is tried again",
    "name": "the room's",
}
"""Parameters that nobody can give, and what they are."""

EVENTS = ("GET /api/events", "story")
SHOWN = {name: EVENTS for name in WEBHOOKS} | {
    "conference.floor.changed": ("GET /api/rooms/<room>/participants", "participants"),
}
"""Which route shows that it came, and which command."""
