"""Telnyx's operations on conferences and queues, and the place of each in this line.

`TABLE` and `WEBHOOKS` are Telnyx's, from its list of voice conferencing commands; the others are
ours.
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


VERBS_OF = {
    "EnqueueCall": "enqueue",
    "LeaveQueue": "leave-queue",
    "CreateConference": "join",
    "EndConference": "end",
    "ConferenceGatherUsingAudio": "gather",
    "HoldConferenceParticipants": "hold",
    "JoinConference": "join",
    "LeaveConference": "leave",
    "MuteConferenceParticipants": "mute",
    "PlayConferenceAudio": "play",
    "PauseConferenceRecording": "record-pause",
    "ResumeConferenceRecording": "record-resume",
    "StartConferenceRecording": "record-start",
    "StopConferenceRecording": "record-stop",
    "ConferenceSendDTMF": "send-dtmf",
    "SpeakTextToConference": "speak",
    "StopConferenceAudio": "stop",
    "UnholdConferenceParticipants": "unhold",
    "UnmuteConferenceParticipants": "unmute",
    "UpdateConference": "supervise",
    "UpdateConferenceParticipant": "adjust",
}
"""Operation -> verb. Operations without a verb are the account's, in `conference.account`."""


def _tells(*names: str) -> tuple[str, ...]:
    return tuple(f"conference.{name}" for name in names)


TELLS = {
    "EnqueueCall": ("call.enqueued",),
    "LeaveQueue": ("call.dequeued",),
    "CreateConference": _tells("created", "participant.joined"),
    "EndConference": _tells("ended", "participant.left"),
    "ConferenceGatherUsingAudio": ("call.gather.ended",),
    "HoldConferenceParticipants": _tells("participant.playback.started"),
    "JoinConference": _tells("participant.joined"),
    "LeaveConference": _tells("participant.left"),
    "PlayConferenceAudio": _tells("participant.playback.started"),
    "StopConferenceRecording": _tells("recording.saved"),
    "SpeakTextToConference": (
        *_tells("speak.started", "speak.ended"),
        *_tells("participant.speak.started", "participant.speak.ended"),
    ),
    "StopConferenceAudio": _tells("participant.playback.ended"),
    "UnholdConferenceParticipants": _tells("participant.playback.ended"),
}
"""Operation -> the webhooks by which Telnyx reports that it was done."""

SETTINGS = {
    "beep_enabled": "BEEP",
    "comfort_noise": "COMFORT_NOISE",
    "duration_minutes": "DURATION_MINUTES",
    "max_participants": "MAX_PARTICIPANTS",
    "region": "REGION",
}
"""Parameter -> the setting that gives its value."""

OF_THE_ROOM = {"CreateConference": ("beep_enabled",)}
"""Operation -> parameters of its verb that are not sent with it: they would be set for everyone.

A PATCH of the participant follows instead.
"""

OURS = ("call_control_id", "call_control_ids", "client_state", "command_id", "name")
"""Parameters that neither a request nor a setting gives."""

EVENTS = ("GET /api/events", "story")
SHOWN = {name: EVENTS for name in WEBHOOKS} | {
    "conference.floor.changed": ("GET /api/rooms/<room>/participants", "participants"),
}
"""Webhook -> the route and the command that show it."""
