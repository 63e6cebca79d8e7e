"""The parameters of the verbs. Those forwarded to Telnyx have its names, ranges and choices."""

from __future__ import annotations

from typing import get_args

from conference.core.client_state import Mode, Role
from conference.core.schema.kinds import (
    Choice,
    Fields,
    Headers,
    Integer,
    Loop,
    People,
    Switch,
)
from conference.core.schema.parameters import Parameter
from conference.core.schema.phone_numbers import PhoneNumber
from conference.core.schema.texts import (
    QUEUE_NAME,
    ROOM,
    Address,
    Keys,
    Label,
    MediaName,
    Pattern,
    Text,
)
from conference.core.texml.attributes import BEEPS

KEYS = Keys().allowed
LONGEST_CALL = 4 * 3_600_000  # milliseconds
MANY = 1_000_000  # where Telnyx names no limit
MEDIA = MediaName(255, least=1, example="waltz")
SUPERVISOR_ROLE = Choice(("barge", "monitor", "none", "whisper"))
DISPLAY_NAME = Pattern(
    pattern=r"[A-Za-z0-9 \-_~!.+]{1,128}",
    says="1 to 128 letters of A-Z, digits, spaces and characters of - _ ~ ! . +",
    example='"Ann Lee"',
)

MEDIA_NAME = Parameter(
    "media_name", MEDIA, "instead, a file in Telnyx's media storage", instead_of="audio_url"
)
END = Parameter(
    "end_conference_on_exit", Switch(), "when the participant leaves, everyone is hung up"
)
SOFT_END = Parameter(
    name="soft_end_conference_on_exit",
    kind=Switch(),
    help="when the participant leaves, the conference ends; the others hear a goodbye",
)
HEARERS = Parameter(
    name="whisper_call_control_ids",
    kind=People(),
    help="participants who hear the whisper",
    needs="supervisor_role",
    needs_value="whisper",
)

MUSIC = (
    Parameter("audio_url", Address(), "music for the hold, instead of the room's"),
    MEDIA_NAME,
)
MUTE_ALL = (Parameter("newcomers", Switch(), "also all who come in later in this meeting"),)
HOLD_ALL = (
    *MUSIC,
    Parameter("newcomers", Switch(), "also all who come in later, with the room's music"),
)
KICK = (
    Parameter("text", Text(), "the goodbye, instead of the usual one"),
    Parameter(
        "ban", Switch(), "later calls of the same numbers stay out until the meeting is over"
    ),
    Parameter(
        name="reason",
        kind=Pattern(
            pattern=r'[^"\\\U00010000-\U0010ffff]{1,255}',
            says='1 to 255 printable characters, none of " \\ and no emoji',
            example="answered",
        ),
        help="for an outgoing call that rings: why the ringing stops; phones show no missed call",
    ),
    Parameter("custom_headers", Headers(), "for an answered call: SIP headers of the end"),
)
LEAVE = (Parameter("beep_enabled", BEEPS, "when the conference beeps, instead of BEEP"),)
JOIN = (
    Parameter(
        "beep_enabled", BEEPS, "when the conference beeps for the participant, instead of BEEP"
    ),
    Parameter("hold", Switch(), "on hold from the first moment on"),
    Parameter("mute", Switch(), "muted from the first moment on"),
    Parameter("hold_audio_url", Address(), "music for the hold"),
    Parameter(
        name="hold_media_name",
        kind=MEDIA,
        help="instead, a file in Telnyx's media storage",
        instead_of="hold_audio_url",
    ),
    END,
    SOFT_END,
    Parameter(
        name="start_conference_on_create",
        kind=Switch(),
        help="for the first one inside: false holds everyone until somebody starts the conference",
    ),
    Parameter(
        "start_conference_on_enter", Switch(), "the conference starts when the participant enters"
    ),
    Parameter("supervisor_role", SUPERVISOR_ROLE, "as in supervise"),
    HEARERS,
)
ENQUEUE = (
    Parameter(
        name="queue_name",
        kind=QUEUE_NAME,
        help="the queue; a new name makes a queue",
        required=True,
    ),
    Parameter("max_size", Integer(1, MANY), "how many calls a new queue holds"),
    Parameter("max_wait_time_secs", Integer(1, MANY), "the longest wait in the queue"),
    Parameter("keep_after_hangup", Switch(), "keep the place of a call that hangs up"),
)
TO = (
    Parameter(
        "beep_enabled",
        BEEPS,
        "when the conference beeps as the participant leaves, instead of BEEP",
    ),
    Parameter("room", ROOM, "the room to move to", required=True),
)
ROLES = Choice(get_args(Role))
ROLE = (Parameter("role", ROLES, "what participants may do from now on", required=True),)
MODE = (Parameter("mode", Choice(get_args(Mode)), "who can speak from now on", required=True),)
LABEL = (Parameter("label", Label(), "a name for the participant, or nothing", required=True),)
OPTIONS_OF_DIAL = (
    Parameter("from", PhoneNumber(), "the number that is shown, instead of TELNYX_NUMBER"),
    Parameter("from_display_name", DISPLAY_NAME, "the name that is shown"),
    Parameter("privacy", Choice(("id", "none")), "id: neither number nor name is shown"),
    Parameter(
        name="diversion",
        kind=PhoneNumber(),
        help="a number of yours that `from` is calling now, which lets `from` be a caller's",
        needs="from",
    ),
    Parameter("route_to_mobile", Switch(), "straight to the phone of a Telnyx Mobile number"),
    Parameter("retry_on_timeout", Switch(), "false: no other route after timeout_secs"),
    Parameter("send_digits_on_answer", Keys(64, KEYS + "wW"), "keys for an extension"),
)
DIAL = (
    Parameter("to", PhoneNumber(), "the number to call", required=True),
    Parameter("label", Label(), "a name for the participant"),
    Parameter("role", ROLES, "the participant's role"),
    Parameter("confirm", Switch(), "require the key 1 first, so that no machine joins"),
    Parameter("force", Switch(), "call even if the number is in the room or is being called"),
    Parameter("timeout_secs", Integer(5, 600), "how long the telephone rings"),
    Parameter("time_limit_secs", Integer(30, 14400), "the longest duration of the call"),
    *OPTIONS_OF_DIAL,
)
PLAY = (
    Parameter("audio_url", Address(), "the sound", required=True),
    MEDIA_NAME,
    Parameter("loop", Loop(), "how many times"),
)
SPEAK = (
    Parameter("payload", Text(), "the words", required=True),
    Parameter("payload_type", Choice(("text", "ssml")), "how the text is written"),
    Parameter("voice", Label(100, least=1), "the voice, instead of VOICE"),
    Parameter("language", Label(32, least=1), "the language, instead of LANGUAGE"),
    Parameter("voice_settings", Fields(), "settings of the voice's provider"),
)
DTMF = (
    Parameter("digits", Keys(128, KEYS + "wW"), "the tones; w and W are pauses", required=True),
    Parameter("duration_millis", Integer(100, 500), "the length of each tone"),
)
GATHER = (
    Parameter("audio_url", Address(), "the prompt", required=True),
    MEDIA_NAME,
    Parameter("gather_id", Label(100, least=1), "your own name for the input"),
    Parameter("minimum_digits", Integer(1, 128), "fewest keys"),
    Parameter("maximum_digits", Integer(1, 128), "most keys"),
    Parameter("valid_digits", Keys(16), "keys that count"),
    Parameter("terminating_digit", Keys(1, least=0), "the key that ends the input, # by default"),
    Parameter("maximum_tries", Integer(1, 100), "how often the prompt is played"),
    Parameter("timeout_millis", Integer(1, LONGEST_CALL), "the longest wait for the keys"),
    Parameter(
        "initial_timeout_millis", Integer(1, LONGEST_CALL), "the longest wait for the first key"
    ),
    Parameter(
        "inter_digit_timeout_millis", Integer(1, LONGEST_CALL), "the longest wait for a further key"
    ),
    Parameter("invalid_audio_url", Address(), "played when the keys do not count"),
    Parameter(
        name="invalid_media_name",
        kind=MEDIA,
        help="instead, a file in Telnyx's media storage",
        instead_of="invalid_audio_url",
    ),
    Parameter("stop_playback_on_dtmf", Switch(), "a key stops the prompt"),
)
SUPERVISE = (
    Parameter(
        name="supervisor_role",
        kind=SUPERVISOR_ROLE,
        help="monitor: listens only; whisper: some hear the supervisor; barge or none: all do",
        required=True,
    ),
    HEARERS,
)
CHIMES = (Parameter("on", Switch(), "whether newcomers are announced", required=True),)
ADJUST = (END, SOFT_END, Parameter("beep_enabled", BEEPS, "when the conference beeps"))
RECORD = (
    Parameter("format", Choice(("wav", "mp3")), "the format of the file, mp3 by default"),
    Parameter(
        "channels", Choice(("single", "dual")), "the channels of a call's file, dual by default"
    ),
    Parameter("play_beep", Switch(), "beep first"),
    Parameter("trim", Choice(("trim-silence",)), "leave out silence"),
    Parameter("custom_file_name", Label(40, least=1), "a name for the file"),
)
RECORDING = (Parameter("recording_id", Label(64, least=1), "which one, if there are several"),)
