"""Parses the forms that Telnyx posts for TeXML, and makes status callbacks of them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from urllib.parse import parse_qsl

from conference.core.events import Ignored
from conference.core.schema.parameters import Invalid, Wrong
from conference.core.texml.facts import StatusCallback

LONGEST_VALUE = 512  # characters of a value
MOST_FIELDS = 200
IDS = ("AccountSid", "CallSid", "ConferenceSid", "RecordingSid")
FIELDS_READ = (
    *IDS,
    "FriendlyName",
    "StatusCallbackEvent",
    "SequenceNumber",
    "RecordingStatus",
    "Timestamp",
    "From",
    "To",
)
FETCH_FIELDS = ("CallSid",)
CONFERENCE_FIELDS = (
    "StatusCallbackEvent",
    "AccountSid",
    "ConferenceSid",
    "FriendlyName",
    "SequenceNumber",
)
PARTICIPANT_FIELDS = (*CONFERENCE_FIELDS, "CallSid")
RECORDING_FIELDS = ("RecordingSid",)
NO_RECORDING = ("absent", "failed")  # synonyms; RecordingSid may be missing

_ENCODED = re.compile(r"%[0-9A-Fa-f]{2}")
_TIME = r"\d\d:\d\d:\d\d"
_ISO = re.compile(rf"(\d{{4}}-\d\d-\d\d)[T ]({_TIME})(?:\.(\d{{1,9}}))? ?(?:Z|\+00:00)", re.ASCII)
_RFC2822 = re.compile(
    rf"(?:[A-Z][a-z]{{2}}, )?(\d{{1,2}}) ([A-Z][a-z]{{2}}) (\d{{4}}) ({_TIME}) "
    r"(?:[+-]0000|GMT|UTC?|Z)",
    re.ASCII,
)
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def parse_form(body: bytes, required: Sequence[str] = ()) -> dict[str, str]:
    """Return the form's fields by name. Invalid names each wrong or missing field.

    Telnyx encodes once: an id that is encoded twice is refused, since it would name another call.
    """
    try:
        pairs = parse_qsl(
            body.decode("utf-8"),
            keep_blank_values=True,
            errors="strict",
            max_num_fields=MOST_FIELDS,
        )
    except ValueError:
        what = f"must be a form in UTF-8 of at most {MOST_FIELDS} fields"
        raise Invalid([Wrong("body", what)]) from None
    fields = dict(pairs)
    names = [name for name, _ in pairs]
    twice = [Wrong(name, "is given twice") for name in FIELDS_READ if names.count(name) > 1]
    if wrong := [*twice, *_missing(fields, required), *_wrong(fields)]:
        raise Invalid(wrong)
    return fields


def _missing(fields: Mapping[str, str], required: Sequence[str]) -> list[Wrong]:
    return [Wrong(name, "is missing") for name in required if not fields.get(name)]


def _wrong(fields: Mapping[str, str]) -> Iterator[Wrong]:
    for name in FIELDS_READ:
        value = fields.get(name, "")
        if len(value) > LONGEST_VALUE or not value.isprintable():
            yield Wrong(name, f"must have {LONGEST_VALUE} printable characters at most")
        elif name in (*IDS, "Timestamp") and _ENCODED.search(value):
            yield Wrong(name, "is percent-encoded twice")
        elif name in IDS and value and not value.strip("."):
            yield Wrong(name, "must be an id, and not dots alone")
        elif name in ("From", "To") and ("<" in value or ">" in value):
            yield Wrong(name, "must be a number or a SIP address")
    if not re.fullmatch(r"[0-9]{1,18}", fields.get("SequenceNumber") or "0"):
        yield Wrong("SequenceNumber", "must be a whole number of 1 to 18 digits")


def status_callback(
    given: Mapping[str, str], at: float, origin: str = ""
) -> StatusCallback | Ignored:
    """Make the event of a parsed form. Invalid names each field that its kind of event lacks.

    `at` is when the form arrived, in Unix seconds; `origin` is our address that it came to.
    """
    kind = given.get("StatusCallbackEvent", "")
    of_a_conference = kind.startswith(("conference-", "participant-"))
    if "RecordingStatus" in given and not of_a_conference:
        return _recording(given, at)
    if "CallStatus" in given and not of_a_conference:
        return Ignored("the progress of a call, which the conference's callbacks report too")
    _require(given, CONFERENCE_FIELDS if kind.startswith("conference-") else PARTICIPANT_FIELDS)
    return StatusCallback(
        type=kind,
        at=at,
        conference=given["ConferenceSid"],
        room=given["FriendlyName"],
        call=given.get("CallSid", ""),
        account=given["AccountSid"],
        sequence=int(given["SequenceNumber"]),
        occurred_at=sortable(given.get("Timestamp", "")),
        from_=given.get("From", ""),
        to=given.get("To", ""),
        origin=origin,
    )


def _recording(given: Mapping[str, str], at: float) -> StatusCallback | Ignored:
    status = given["RecordingStatus"]
    if not (status in NO_RECORDING and given.get("ConferenceSid")):
        _require(given, RECORDING_FIELDS)
    if status not in ("in-progress", "completed", *NO_RECORDING):
        return Ignored("a status of a recording that changes nothing")
    return StatusCallback(
        type=f"recording-{'absent' if status in NO_RECORDING else status}",
        at=at,
        conference=given.get("ConferenceSid", ""),
        call=given.get("CallSid", ""),
        recording=given.get("RecordingSid", ""),
        fields=given,
    )


def _require(given: Mapping[str, str], names: Sequence[str]) -> None:
    if missing := _missing(given, names):
        raise Invalid(missing)


def sortable(timestamp: str) -> str:
    """Return either form of a Timestamp as `2021-04-28T22:51:29.993535`; empty for any other."""
    if match := _ISO.fullmatch(timestamp):
        return f"{match[1]}T{match[2]}.{(match[3] or ''):0<6}"[:26]
    match = _RFC2822.fullmatch(timestamp)
    if match is None or match[2] not in _MONTHS:
        return ""
    month = _MONTHS.index(match[2]) + 1
    return f"{match[3]}-{month:02}-{int(match[1]):02}T{match[4]}.000000"
