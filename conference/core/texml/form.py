"""What Telnyx posts for TeXML: forms, read strictly, and a status callback made of one."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from urllib.parse import parse_qsl

from conference.core.events import Ignored
from conference.core.schema.parameters import Invalid, Wrong
from conference.core.texml.facts import StatusCallback

LONGEST = 512  # characters of a value
FIELDS = 200
IDS = ("AccountSid", "CallSid", "ConferenceSid", "RecordingSid")
READ = (
    *(*IDS, "FriendlyName", "StatusCallbackEvent", "SequenceNumber", "RecordingStatus"),
    *("Timestamp", "From", "To"),
)
OF_A_FETCH = ("CallSid",)
OF_A_CONFERENCE = (
    *("StatusCallbackEvent", "AccountSid", "ConferenceSid", "FriendlyName", "SequenceNumber"),
)
OF_A_PARTICIPANT = (*OF_A_CONFERENCE, "CallSid")
OF_A_RECORDING = ("RecordingSid",)
NO_RECORDING = ("absent", "failed")  # synonyms; it may have no id

_ENCODED = re.compile(r"%[0-9A-Fa-f]{2}")
_TIME = r"\d\d:\d\d:\d\d"
_ISO = re.compile(rf"(\d{{4}}-\d\d-\d\d)[T ]({_TIME})(?:\.(\d{{1,9}}))? ?(?:Z|\+00:00)", re.ASCII)
_RFC2822 = re.compile(
    rf"(?:[A-Z][a-z]{{2}}, )?(\d{{1,2}}) ([A-Z][a-z]{{2}}) (\d{{4}}) ({_TIME}) "
    r"(?:[+-]0000|GMT|UTC?|Z)",
    re.ASCII,
)
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def form(body: bytes, needed: tuple[str, ...]) -> dict[str, str]:
    """The form's fields. Invalid names each that is wrong, and each of those needed that it lacks.

    Telnyx encodes once; what was encoded twice would name a call that does not exist.
    """
    try:
        pairs = parse_qsl(
            body.decode("utf-8"), keep_blank_values=True, errors="strict", max_num_fields=FIELDS
        )
    except ValueError:
        what = f"must be a form in UTF-8 of at most {FIELDS} fields"
        raise Invalid([Wrong("body", what)]) from None
    fields = dict(pairs)
    names = [name for name, _ in pairs]
    wrong = [Wrong(name, "is there twice") for name in READ if names.count(name) > 1]
    wrong += [Wrong(name, "is missing") for name in needed if not fields.get(name)]
    wrong += _wrong(fields)
    if wrong:
        raise Invalid(wrong)
    return fields


def _wrong(fields: Mapping[str, str]) -> Iterator[Wrong]:
    for name in READ:
        value = fields.get(name, "")
        if len(value) > LONGEST or not value.isprintable():
            yield Wrong(name, f"must have {LONGEST} printable characters at most")
        elif name in (*IDS, "Timestamp") and _ENCODED.search(value):
            yield Wrong(name, "is percent-encoded twice")
        elif name in IDS and value and not value.strip("."):
            yield Wrong(name, "must be an id, which in an address stands for itself")
        elif name in ("From", "To") and ("<" in value or ">" in value):
            yield Wrong(name, "must be a number or a SIP address")
    if not re.fullmatch(r"[0-9]{1,18}", fields.get("SequenceNumber") or "0"):
        yield Wrong("SequenceNumber", "must be a whole number of 1 to 18 digits")


def parse(body: bytes, at: float, origin: str = "") -> StatusCallback | Ignored:
    """The status callback that the form is. Invalid as above."""
    given = form(body, ())
    kind = given.get("StatusCallbackEvent", "")
    of_a_conference = kind.startswith(("conference-", "participant-"))
    if "RecordingStatus" in given and not of_a_conference:
        none = given["RecordingStatus"] in NO_RECORDING and given.get("ConferenceSid")
        return _recording(form(body, () if none else OF_A_RECORDING), at)
    if "CallStatus" in given and not of_a_conference:
        return Ignored("the progress of a call, which its conference tells as well")
    form(body, OF_A_CONFERENCE if kind.startswith("conference-") else OF_A_PARTICIPANT)
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
    if status not in ("in-progress", "completed", *NO_RECORDING):
        return Ignored("a recording's status that changes nothing here")
    return StatusCallback(
        type=f"recording-{'absent' if status in NO_RECORDING else status}",
        at=at,
        conference=given.get("ConferenceSid", ""),
        call=given.get("CallSid", ""),
        recording=given.get("RecordingSid", ""),
        fields=given,
    )


def sortable(timestamp: str) -> str:
    """Either form of a Timestamp as `2021-04-28T22:51:29.993535`; empty for any other."""
    if match := _ISO.fullmatch(timestamp):
        return f"{match[1]}T{match[2]}.{(match[3] or ''):0<6}"[:26]
    match = _RFC2822.fullmatch(timestamp)
    if match is None or match[2] not in _MONTHS:
        return ""
    month = _MONTHS.index(match[2]) + 1
    return f"{match[3]}-{month:02}-{int(match[1]):02}T{match[4]}.000000"
