"""The parameters of the verbs. Names, ranges and choices of what is passed on are Telnyx's."""

from __future__ import annotations

from conference.core.schema.kinds import Choice, Fields, Integer, Loop, People, Switch
from conference.core.schema.parameters import Parameter
from conference.core.schema.texts import PHONE_NUMBER, ROOM, Address, Keys, Label, Text

KEYS = Keys().allowed
HOUR = 3_600_000  # milliseconds
MEDIA = Text(255)
ROLE = Choice(("barge", "monitor", "none", "whisper"))

MEDIA_NAME = Parameter(
    *("media_name", MEDIA, "likewise, a file in Telnyx's media storage"), instead_of="audio_url"
)

MUSIC = (
    Parameter("audio_url", Address(), "music for the hold, instead of the room's"),
    MEDIA_NAME,
)
GOODBYE = (Parameter("text", Text(), "what is said before the call is hung up"),)
BEEP = Choice(("always", "never", "on_enter", "on_exit"))
LEAVE = (Parameter("beep_enabled", BEEP, "when it beeps, instead of BEEP"),)
JOIN = (
    Parameter("beep_enabled", BEEP, "when it beeps for them, instead of BEEP"),
    Parameter("hold", Switch(), "on hold from the first moment on"),
    Parameter("mute", Switch(), "muted from the first moment on"),
    Parameter("hold_audio_url", Address(), "music for their hold"),
    Parameter(
        *("hold_media_name", MEDIA, "likewise, a file in Telnyx's media storage"),
        instead_of="hold_audio_url",
    ),
    Parameter("end_conference_on_exit", Switch(), "their leaving hangs up everyone"),
    Parameter("soft_end_conference_on_exit", Switch(), "their leaving ends it, calls stay up"),
    Parameter(
        *("start_conference_on_create", Switch()),
        "where they open it: false has everyone on hold until somebody starts it",
    ),
    Parameter("start_conference_on_enter", Switch(), "their coming starts it"),
    Parameter("supervisor_role", ROLE, "as in supervise"),
    Parameter("whisper_call_control_ids", People(), "who hears a whisper"),
)
ENQUEUE = (
    Parameter(
        "queue_name",
        Text(100, example="support"),
        "which queue; made where there is none",
        required=True,
    ),
    Parameter("max_size", Integer(1, 1000), "how many it holds, if it is made"),
    Parameter("max_wait_time_secs", Integer(1, 14400), "how long they wait in it at most"),
    Parameter("keep_after_hangup", Switch(), "whether their place stays when they hang up"),
)
TO = (
    Parameter("beep_enabled", BEEP, "when it beeps as they leave, instead of BEEP"),
    Parameter("room", ROOM, "the room to move to", required=True),
)
LABEL = (Parameter("label", Label(), "a name for the participant; empty for none", required=True),)
DIAL = (
    Parameter("to", PHONE_NUMBER, "whom to call", required=True),
    Parameter("label", Label(), "a name for the participant"),
    Parameter("role", Choice(("participant", "moderator", "listener")), "what they are"),
    Parameter("confirm", Switch(), "whether they must press 1 first, so that no machine comes in"),
    Parameter("timeout_secs", Integer(5, 600), "how long it rings"),
    Parameter("time_limit_secs", Integer(30, 14400), "how long the call lasts at most"),
)
PLAY = (
    Parameter("audio_url", Address(), "the sound", required=True),
    MEDIA_NAME,
    Parameter("loop", Loop(), "how many times"),
)
SPEAK = (
    Parameter("payload", Text(), "what is said", required=True),
    Parameter("payload_type", Choice(("text", "ssml")), "how it is written"),
    Parameter("voice", Text(100), "the voice, instead of VOICE"),
    Parameter("language", Text(32), "the language, instead of LANGUAGE"),
    Parameter("voice_settings", Fields(), "settings of the voice's maker"),
)
DTMF = (
    Parameter("digits", Keys(128, KEYS + "wW"), "the tones; w and W are pauses", required=True),
    Parameter("duration_millis", Integer(100, 500), "how long each is"),
)
GATHER = (
    Parameter("audio_url", Address(), "the prompt", required=True),
    MEDIA_NAME,
    Parameter("gather_id", Text(100), "a name of your own for it"),
    Parameter("minimum_digits", Integer(1, 128), "fewest keys"),
    Parameter("maximum_digits", Integer(1, 128), "most keys"),
    Parameter("valid_digits", Keys(16), "keys that count"),
    Parameter("terminating_digit", Keys(1), "the key that ends it"),
    Parameter("maximum_tries", Integer(1, 100), "how often the prompt is played"),
    Parameter("timeout_millis", Integer(1, HOUR), "wait for the keys"),
    Parameter("initial_timeout_millis", Integer(1, HOUR), "wait for the first key"),
    Parameter("inter_digit_timeout_millis", Integer(1, HOUR), "wait for each further key"),
    Parameter("invalid_audio_url", Address(), "played when the keys do not count"),
    Parameter(
        *("invalid_media_name", MEDIA, "likewise, a file in Telnyx's media storage"),
        instead_of="invalid_audio_url",
    ),
    Parameter("stop_playback_on_dtmf", Switch(), "whether a key stops the prompt"),
)
SUPERVISE = (
    Parameter(
        *("supervisor_role", ROLE),
        *("barge or none: as anyone; monitor: listens; whisper: is heard by some", True),
    ),
    Parameter("whisper_call_control_ids", People(), "who hears a whisper"),
)
ADJUST = (
    Parameter("end_conference_on_exit", Switch(), "their leaving hangs up everyone"),
    Parameter("soft_end_conference_on_exit", Switch(), "their leaving ends it, calls stay up"),
    Parameter("beep_enabled", BEEP, "when it beeps"),
)
RECORD = (
    Parameter("format", Choice(("wav", "mp3")), "of the file; mp3 unless given"),
    Parameter("channels", Choice(("single", "dual")), "for a call, dual unless given"),
    Parameter("play_beep", Switch(), "whether it beeps first"),
    Parameter("trim", Choice(("trim-silence",)), "leaves out silence"),
    Parameter("custom_file_name", Text(40), "a name for the file"),
)
RECORDING = (Parameter("recording_id", Text(64), "which one, where there are several"),)
