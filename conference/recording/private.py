"""Replaces what is private in the JSON of a recording: a rule for each field.

A field without a rule is any text: addresses, numbers and secrets in it are replaced. Of the bodies
that Telnyx sends only known fields are kept.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from conference.core.client_state import decode, encode
from conference.core.replacing import replace
from conference.core.webhook_fields import DETAILS, FOR_PROGRAMS, OF_EVERY_EVENT
from conference.recording.stand_ins import StandIns

LEFT_OUT = "(not recorded)"

Rule = Callable[[StandIns, str], str]


def _kept(stand_ins: StandIns, text: str) -> str:
    return text


def press(digit: str) -> str:
    """Return a single key: nothing of a digit."""
    return digit if digit in ("*", "#") else ""


def _press(stand_ins: StandIns, digit: str) -> str:
    return press(digit)


def _state(stand_ins: StandIns, text: str) -> str:
    """Return a client_state of the line as Telnyx keeps it; nothing of another program's."""
    known = decode(text)
    if known is None:
        return ""
    number, label = stand_ins.party(known.number), stand_ins.name(known.label)
    return encode(replace(known, number=number, label=label))


RULES: Mapping[str, Rule] = {
    # Names of rooms, and ids of calls and conferences: they lead to nobody.
    **dict.fromkeys(("is", "room", "conference", "call", "calls", "id", "leg", "about"), _kept),
    **dict.fromkeys(("at", "occurred_at", "role", "status", "direction", "front"), _kept),
    **dict.fromkeys(("valid", "valid_digits", "terminating_digit"), _kept),
    **dict.fromkeys(("digits", "pin", "Digits"), StandIns.digits),
    "digit": _press,
    **dict.fromkeys(("label", "caller_id_name", "CallerName", "ParticipantLabel"), StandIns.name),
    **dict.fromkeys(("participantLabel", "from_display_name", "labels"), StandIns.name),
    **dict.fromkeys(("number", "our_number", "from_", "from", "From", "Caller"), StandIns.party),
    **dict.fromkeys(("To", "Called", "CallerId"), StandIns.party),
    **dict.fromkeys(("text", "payload", "words", "detail", "reason"), StandIns.sentence),
    "status_detail": StandIns.sentence,
    "to": StandIns.text,  # a number, or the name of a room
    **dict.fromkeys(("greeting_first", "greeting_next"), StandIns.sentence),
    "client_state": _state,
}

BY_CALL = ("labels", "words")
"""Fields that are mappings, of calls or sentences: their own rule is that of each value."""

OF_BODIES = frozenset(
    [
        *("data", "meta", "payload", "record_type", "event_type", "id", "occurred_at", "attempt"),
        *("delivered_to", "call_control_id", "call_leg_id", "conference_id", "client_state"),
        *("direction", "from", "to", "state", "hangup_cause", "reason", "status", "caller_id_name"),
        *("cost_parts", "currency", "call_quality_stats", "inbound", "mos", "jitter_max_variance"),
        *("recording_urls", "public_recording_urls", "mp3", "wav"),
        *(path.split(".")[-1] for paths in DETAILS.values() for path in paths),
        *(path.split(".")[-1] for paths in FOR_PROGRAMS.values() for path in paths),
        *OF_EVERY_EVENT,
    ]
)
"""The fields of a webhook's body that are kept: those that the line reads."""

OF_FORMS = frozenset(
    [
        *("AccountSid", "CallSid", "ConferenceSid", "RecordingSid", "FriendlyName", "ConnectionId"),
        *("StatusCallbackEvent", "SequenceNumber", "Timestamp", "RecordingStatus", "CallStatus"),
        *("CallbackSource", "From", "To", "Caller", "CallerId", "Called", "CallerName", "Digits"),
        *("ParticipantLabel", "RecordingUrl", "RecordingDuration", "RecordingChannels"),
        *("RecordingStartTime", "RecordingSource", "RecordingFormat", "ErrorCode", "Direction"),
    ]
)
"""The fields of a TeXML form that are kept."""


def without_private(stand_ins: StandIns, tree: Any, field: str = "") -> Any:
    """Return a copy of JSON with stand-ins. `field`: the name of the field that has it."""
    if isinstance(tree, dict):
        shown = only_known(tree, OF_FORMS) if field == "fields" else tree
        return {
            key if key in RULES else stand_ins.text(key): without_private(
                stand_ins, value, field if field in BY_CALL else key
            )
            for key, value in shown.items()
        }
    if isinstance(tree, list):
        return [without_private(stand_ins, each, field) for each in tree]
    rule = RULES.get(field, StandIns.text)
    if isinstance(tree, str):
        return rule(stand_ins, tree)
    if field in RULES and rule is not _kept and isinstance(tree, int | float):
        return rule(stand_ins, str(tree))  # as text it would be private
    return tree


def only_known(tree: Any, known: frozenset[str]) -> Any:
    """Return a copy of a body without the values of unknown fields."""
    if isinstance(tree, dict):
        return {
            name: only_known(value, known) if name in known else LEFT_OUT
            for name, value in tree.items()
            if name in known or isinstance(value, str)
        }
    if isinstance(tree, list):
        return [only_known(each, known) for each in tree]
    return tree
