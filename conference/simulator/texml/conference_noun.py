"""The attributes of <Conference> as Telnyx documents them: types, ranges, choices, defaults."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

METHODS = ("GET", "POST")
RECORDING_EVENTS = ("in-progress", "completed", "absent")
EVENTS = ("start", "end", "join", "leave", "speaker")
BEEPS = ("true", "false", "onEnter", "onExit")

Kind = Callable[[str], Any]
"""Reads an attribute's text. Raises ValueError with what is allowed: "one of GET, POST"."""


@dataclass(frozen=True)
class Noun:
    """The attributes of one <Conference>, or the same fields of a participant who is dialled."""

    name: str
    muted: bool = False
    start_conference_on_enter: bool = True
    end_conference_on_exit: bool = False
    max_participants: int = 250
    beep: str = "true"
    record: str = "do-not-record"
    record_beep: bool = True
    recording_status_callback: str = ""
    recording_status_callback_event: tuple[str, ...] = ("completed",)
    recording_status_callback_method: str = "POST"
    recording_timeout: int = 0
    trim: str = "do-not-trim"
    status_callback: str = ""
    status_callback_method: str = "POST"
    status_callback_event: tuple[str, ...] = ()
    wait_url: str = ""
    wait_method: str = "POST"
    participant_label: str | None = None
    send_recording_url: bool = True


def flag(text: str) -> bool:
    """Read true or false."""
    return bool(choice("true", "false")(text) == "true")


def whole(low: int, high: int) -> Kind:
    """Make the reader of a whole number."""

    def read(text: str) -> int:
        if not re.fullmatch(r"[0-9]{1,6}", text) or not low <= int(text) <= high:
            raise ValueError(f"a whole number from {low} to {high}")
        return int(text)

    return read


def choice(*choices: str) -> Kind:
    """Make the reader of one choice."""

    def read(text: str) -> str:
        if text not in choices:
            raise ValueError(f"one of {', '.join(choices)}")
        return text

    return read


def several(*choices: str) -> Kind:
    """Make the reader of some choices, with spaces between them."""

    def read(text: str) -> tuple[str, ...]:
        words = text.split(" ")
        if not set(words) <= set(choices) or len(set(words)) < len(words):
            raise ValueError(f"some of {', '.join(choices)}, with spaces between them")
        return tuple(words)

    return read


def address(text: str) -> str:
    """Read an http or https address."""
    try:
        parts = urlsplit(text)
        good = parts.scheme in ("http", "https") and parts.hostname and parts.port != 0
    except ValueError:
        good = False
    if not good or not re.fullmatch(r"[!-~]+", text):
        raise ValueError("an http or https address")
    return text


def anything(text: str) -> str:
    """Read any text."""
    return text


def keys(text: str) -> str:
    """Read keys of a telephone."""
    if not re.fullmatch(r"[0-9*#]*", text):
        raise ValueError("keys of a telephone: 0-9, * and #")
    return text


def something(text: str) -> str:
    """Read a text that is not empty."""
    if not text:
        raise ValueError("a text")
    return text


ATTRIBUTES: Mapping[str, Kind] = {
    "muted": flag,
    "startConferenceOnEnter": flag,
    "endConferenceOnExit": flag,
    "maxParticipants": whole(2, 250),
    "beep": choice(*BEEPS),
    "record": choice("do-not-record", "record-from-start"),
    "recordBeep": flag,
    "recordingStatusCallback": address,
    "recordingStatusCallbackEvent": several(*RECORDING_EVENTS),
    "recordingStatusCallbackMethod": choice(*METHODS),
    "recordingTimeout": whole(0, 14400),
    "trim": choice("trim-silence", "do-not-trim"),
    "statusCallback": address,
    "statusCallbackMethod": choice(*METHODS),
    "statusCallbackEvent": several(*EVENTS),
    "waitUrl": address,
    "waitMethod": choice(*METHODS),
    "participantLabel": something,
    "sendRecordingUrl": flag,
}


def read(attributes: Mapping[str, str], table: Mapping[str, Kind]) -> dict[str, Any]:
    """Return the values by their names in snake case. Raise ValueError with what is wrong."""
    values = {}
    for name, text in attributes.items():
        if name not in table:
            raise ValueError(f"it has no attribute {name}")
        try:
            values[re.sub("[A-Z]", lambda big: f"_{big[0].lower()}", name)] = table[name](text)
        except ValueError as error:
            raise ValueError(f'{name}="{text}" must be {error}') from None
    return values
