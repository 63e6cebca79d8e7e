"""Read the fields that matter from a webhook's payload, checked and within bounds."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import reduce
from typing import Any

from conference.core.human_text import is_readable
from conference.core.schema.texts import is_address

Details = Mapping[str, str | int | bool]

_LONGEST = 512  # characters of an id, number, cause or detail; longer ones count as absent
_LONGEST_ADDRESS = 2048  # of played media: links to private files are long
_LONGEST_LINK = 4096  # of a recording: Telnyx signs it
_MOST = 10**9  # the bound of a number; larger ones count as absent
_PRESSED = re.compile(r"[0-9A-D*#]{0,128}", re.ASCII)

FIRST = "0"

_MEDIA = ("media_url", "media_name")
_PLAYED = (*_MEDIA, "status", "status_detail")
_RECORDED = ("recording_id", "channels", "format")

DETAILS: Mapping[str, tuple[str, ...]] = {
    "call.initiated": (),
    "call.answered": (),
    "call.hangup": ("hangup_cause", "hangup_source"),
    "call.bridged": (),
    "call.hold": (),
    "call.unhold": (),
    "call.dtmf.received": ("digit",),
    "call.gather.ended": ("status", "digits", "gather_id"),
    "call.speak.started": (),
    "call.speak.ended": ("status",),
    "call.playback.started": _MEDIA,
    "call.playback.ended": _PLAYED,
    # Some webhooks name no recording: Telnyx's list of recordings can be filtered by this id.
    "call.recording.saved": (*_RECORDED, "call_leg_id"),
    "call.recording.error": ("reason",),
    "call.machine.detection.ended": ("result",),
    "call.machine.greeting.ended": ("result",),
    "call.machine.premium.detection.ended": ("result",),
    "call.machine.premium.greeting.ended": ("result",),
    "call.enqueued": ("queue", "current_position", "queue_avg_wait_time_secs"),
    "call.dequeued": ("queue", "queue_position", "reason", "wait_time_secs"),
    "call.cost": ("status", "total_cost", "cost_parts.0.currency", "billed_duration_secs"),
    "conference.created": (),
    "conference.ended": ("reason",),
    "conference.floor.changed": (),
    "conference.participant.joined": (),
    "conference.participant.left": (),
    "conference.participant.speak.started": (),
    "conference.participant.speak.ended": (),
    "conference.participant.playback.started": _MEDIA,
    "conference.participant.playback.ended": _PLAYED,
    "conference.speak.started": (),
    "conference.speak.ended": (),
    "conference.playback.started": _MEDIA,
    "conference.playback.ended": _PLAYED,
    "conference.recording.saved": _RECORDED,
}
"""Every event of a call or conference that is shown, with the payload's fields for its text.
`list.0.field` is that field of the first object in a list."""

OF_EVERY_EVENT = ("connection_id", "call_session_id", "creator_call_session_id")

_TIMES = ("recording_started_at", "recording_ended_at")
_QUALITY = ("call_quality_stats.inbound.mos", "call_quality_stats.inbound.jitter_max_variance")

FOR_PROGRAMS: Mapping[str, tuple[str, ...]] = {
    "call.initiated": (
        *("state", "start_time", "calling_party_type", "call_screening_result"),
        *("shaken_stir_attestation", "shaken_stir_validated"),
        *("connection_codecs", "offered_codecs"),
    ),
    "call.answered": ("state", "start_time"),
    "call.hangup": ("state", "start_time", "end_time", "sip_hangup_cause", *_QUALITY),
    "call.playback.started": ("overlay",),
    "call.playback.ended": ("overlay",),
    "call.recording.saved": _TIMES,
    "call.cost": ("billing_group_id",),
    "conference.recording.saved": _TIMES,
}
"""Further fields, which are in the details but in no text and no log. Numbers, SIP addresses,
headers and links to recordings are in neither."""

_NUMBERS = {
    *("current_position", "queue_position", "queue_avg_wait_time_secs", "wait_time_secs"),
    "billed_duration_secs",
}
_KEYS = {"digit", "digits"}
_FLAGS = {"overlay", "shaken_stir_validated"}
_PATHS = {
    event_type: tuple(
        (*path.split("."),) for path in (*shown, *FOR_PROGRAMS.get(event_type, ()), *OF_EVERY_EVENT)
    )
    for event_type, shown in DETAILS.items()
}


def details(event_type: str, payload: Mapping[str, Any]) -> Details:
    """Return the fields that matter for this event, by Telnyx's names. Missing ones and those of
    another type are left out."""
    found = {}
    for *outer, name in _PATHS.get(event_type, ()):
        fields = reduce(_inner, outer, payload)
        value = _detail(fields, name) if isinstance(fields, dict) else None
        if value is not None:
            found[name] = value
    return found


def recording_address(event_type: str, payload: Mapping[str, Any]) -> str:
    """Return the address of a call's recording, which Telnyx serves for ten minutes; else empty."""
    addresses = payload.get("recording_urls")
    if event_type != "call.recording.saved" or not isinstance(addresses, dict):
        return ""
    found = text(addresses, "mp3", _LONGEST_LINK)
    return found if is_address(found) else ""


def without_keys(details: Details) -> Details:
    """Return the details without the keys that a caller has pressed."""
    return {name: value for name, value in details.items() if name not in _KEYS}


def text(fields: Mapping[str, Any], name: str, longest: int = _LONGEST) -> str:
    """Return the field if it is readable text; "" for anything else."""
    value = fields.get(name)
    if isinstance(value, str) and len(value) <= longest and is_readable(value):
        return value if value.strip(".") else ""  # "." and ".." would change a path
    return ""


def _detail(fields: Mapping[str, Any], name: str) -> str | int | bool | None:
    value = fields.get(name)
    if name in _NUMBERS:
        return value if type(value) is int and 0 <= value < _MOST else None
    if name in _FLAGS:
        return value if isinstance(value, bool) else None
    if name in _KEYS:
        return value if isinstance(value, str) and _PRESSED.fullmatch(value) else None
    return text(fields, name, _LONGEST_ADDRESS if name == "media_url" else _LONGEST) or None


def _inner(value: Any, name: str) -> Any:
    """Return this field of an object, the first item of a list if the name is FIRST, or None."""
    if name == FIRST:
        return value[0] if isinstance(value, list) and value else None
    return value.get(name) if isinstance(value, dict) else None
