"""The attributes of TeXML's <Conference>: one table of their names, settings and values.

Source: https://developers.telnyx.com/docs/voice/programmable-voice/texml-verbs/conference
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from conference.core.room_settings import RoomSettings
from conference.core.schema.kind import Kind
from conference.core.schema.kinds import Choice, Integer, Several, Switch
from conference.core.schema.texts import Address, Label

BEEP = {"always": "true", "never": "false", "on_enter": "onEnter", "on_exit": "onExit"}
"""Values of the setting BEEP: Call Control's word -> TeXML's."""

EVENT_TYPES = {
    "start": "conference-start",
    "end": "conference-end",
    "join": "participant-join",
    "leave": "participant-leave",
    "speaker": "participant-speech-start",
}
"""Names in the attribute statusCallbackEvent -> names in the field StatusCallbackEvent."""

EVENTS = tuple(EVENT_TYPES)
RECORDING_EVENTS = ("in-progress", "completed", "absent")


@dataclass(frozen=True, slots=True)
class Attribute:
    """One attribute.

    `default`: Telnyx's, None if there is none. `shared`: Call Control has the setting too.
    `ours`: we do what it says; Telnyx gets our own value. `note`: added to an error.
    """

    name: str
    setting: str
    kind: Kind
    default: str | None = None
    shared: bool = False
    ours: bool = False
    note: str = ""

    def parse(self, word: str) -> str:
        """Return the attribute's value for a setting. ValueError says what the setting must be."""
        return as_attribute(self.kind.parse(word, self.note))


def as_attribute(value: Any) -> str:
    """Return the value of a setting as TeXML writes it."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return BEEP.get(value, str(value))


SWITCH = Switch(says="yes or no")
BEEPS = Choice(tuple(BEEP), yes="always", no="never")
ADDRESS = Address(encoded=True)
RECORD = Choice(("do-not-record", "record-from-start"), yes="record-from-start", no="do-not-record")
TRIM = Choice(("trim-silence", "do-not-trim"), yes="trim-silence", no="do-not-trim")
METHOD = Choice(("GET", "POST"))
CHARGED = "Other than 0, Telnyx transcribes to detect silence, and charges for it."
MOST_SEATS = 250  # Telnyx's limit for a conference of TeXML
FEWER = "Lower it: more can be only where all callers come by Call Control."

ATTRIBUTES = (
    Attribute("muted", "TEXML_MUTED", SWITCH, "false"),
    Attribute("startConferenceOnEnter", "TEXML_START_CONFERENCE_ON_ENTER", SWITCH, "true"),
    Attribute("endConferenceOnExit", "TEXML_END_CONFERENCE_ON_EXIT", SWITCH, "false"),
    Attribute(
        name="maxParticipants",
        setting="MAX_PARTICIPANTS",
        kind=Integer(2, MOST_SEATS),
        default=str(MOST_SEATS),
        shared=True,
        note=FEWER,
    ),
    Attribute("beep", "BEEP", BEEPS, "true", shared=True),
    Attribute(
        name="record",
        setting="TEXML_RECORD",
        kind=RECORD,
        default="do-not-record",
    ),
    Attribute("recordBeep", "TEXML_RECORD_BEEP", SWITCH, "true"),
    Attribute("recordingStatusCallback", "TEXML_RECORDING_STATUS_CALLBACK", ADDRESS, ours=True),
    Attribute(
        name="recordingStatusCallbackEvent",
        setting="TEXML_RECORDING_STATUS_CALLBACK_EVENT",
        kind=Several(RECORDING_EVENTS),
        default="completed",
        ours=True,
    ),
    Attribute(
        name="recordingStatusCallbackMethod",
        setting="TEXML_RECORDING_STATUS_CALLBACK_METHOD",
        kind=METHOD,
        default="POST",
        ours=True,
    ),
    Attribute("recordingTimeout", "TEXML_RECORDING_TIMEOUT", Integer(0, 14400), "0", note=CHARGED),
    Attribute("trim", "TEXML_TRIM", TRIM, "do-not-trim"),
    Attribute("statusCallback", "STATUS_CALLBACK", ADDRESS, shared=True, ours=True),
    Attribute(
        "statusCallbackMethod", "STATUS_CALLBACK_METHOD", METHOD, "POST", shared=True, ours=True
    ),
    Attribute(
        "statusCallbackEvent", "STATUS_CALLBACK_EVENT", Several(EVENTS), shared=True, ours=True
    ),
    Attribute("waitUrl", "TEXML_WAIT_URL", ADDRESS),
    Attribute("waitMethod", "TEXML_WAIT_METHOD", METHOD, "POST"),
    Attribute("participantLabel", "TEXML_PARTICIPANT_LABEL", Label()),
    Attribute("sendRecordingUrl", "TEXML_SEND_RECORDING_URL", SWITCH, "true"),
)
BY_NAME = {attribute.name: attribute for attribute in ATTRIBUTES}
SETTINGS = {a.setting: a for a in ATTRIBUTES if not a.shared}
"""The settings of TeXML alone."""


def from_settings(values: Mapping[str, Any]) -> dict[str, str]:
    """Return the attributes that settings set, from the settings' names in lower case."""
    given = {a.name: values.get(a.setting.lower()) for a in SETTINGS.values()}
    return {name: as_attribute(value) for name, value in given.items() if value is not None}


def too_many(participants: int) -> str:
    """Return what is wrong with so many participants in TeXML; empty if nothing is.

    Rooms of Call Control may be larger.
    """
    try:
        BY_NAME["maxParticipants"].parse(str(participants))
    except ValueError as error:
        return str(error)
    return ""


def attributes(settings: RoomSettings, given: Mapping[str, str]) -> dict[str, str]:
    """Return the attributes for Telnyx: those given, and those of the room for all callers.

    ValueError names a setting whose value only a room of Call Control can have.
    """
    values = {name: value for name, value in given.items() if not BY_NAME[name].ours}
    shared = {"maxParticipants": str(settings.max_participants), "beep": settings.beep}
    for name, value in shared.items():
        try:
            values[name] = BY_NAME[name].parse(value)
        except ValueError as error:
            raise ValueError(f"{BY_NAME[name].setting} {error}") from None
    return values | {"maxParticipants": str(settings.seats(MOST_SEATS))}
