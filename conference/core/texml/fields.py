"""Reads the fields of a form that Telnyx posts for TeXML.

Names and SIP headers may hold bytes that are not UTF-8, so each field is read alone. A field that
decides something is read strictly; one that cannot be read counts as absent where it decides
nothing. All other fields are read as far as possible.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from urllib.parse import unquote, unquote_to_bytes

from conference.core.schema.parameters import Invalid, Wrong

LONGEST_VALUE = 512  # characters of a deciding field, and of a party
MOST_FIELDS = 2000  # also counts empty ones
IDS = ("AccountSid", "CallSid", "ConferenceSid", "RecordingSid")
DECIDING = (
    *IDS,
    "FriendlyName",
    "StatusCallbackEvent",
    "SequenceNumber",
    "RecordingStatus",
    "CallStatus",
    "CallbackSource",
)

_ENCODED = re.compile(r"%[0-9A-Fa-f]{2}")
_HALF_ENCODED = re.compile(rb"%(?![0-9A-Fa-f]{2})")
_IN_BRACKETS = re.compile(r"<([^<>]*)>?")
_SCHEME = re.compile(r"\s*(sips?|tel):", re.IGNORECASE)
_AFTER_USER = re.compile(r"[@;?]")
_E164 = re.compile(r"\+[1-9][0-9]{6,14}")


@dataclass(frozen=True, slots=True)
class Form:
    """A form. `wrong`: for each deciding field that cannot be read, the reason."""

    fields: Mapping[str, str] = field(repr=False)  # perhaps a PIN
    wrong: Mapping[str, str]

    def __contains__(self, name: str) -> bool:
        return name in self.fields or name in self.wrong

    def get(self, name: str) -> str:
        """Return the field's value; empty if the field is missing or cannot be read."""
        return self.fields.get(name, "")

    def check(self, deciding: Sequence[str], required: Collection[str]) -> None:
        """Raise Invalid if a deciding field cannot be read, or a required one is missing."""
        found = [Wrong(name, self.wrong[name]) for name in deciding if name in self.wrong]
        found += [
            Wrong(name, "is missing")
            for name in required
            if name not in self.wrong and not self.get(name)
        ]
        if found:
            raise Invalid(found)


def parse_form(body: bytes) -> Form:
    """Return the form. Invalid if it has more than MOST_FIELDS fields."""
    if body.count(b"&") >= MOST_FIELDS:
        raise Invalid([Wrong("body", f"must be a form of at most {MOST_FIELDS} fields")])
    given: dict[str, list[bytes]] = {}
    for pair in filter(None, body.split(b"&")):
        raw, _, value = pair.partition(b"=")
        given.setdefault(_lenient(raw), []).append(value)
    fields: dict[str, str] = {}
    wrong: dict[str, str] = {}
    for name, values in given.items():
        if name not in DECIDING:
            fields[name] = _lenient(values[0])
            continue
        try:
            fields[name] = _strict(name, values)
        except ValueError as error:
            wrong[name] = str(error)
    return Form(fields, wrong)


def _decoded(raw: bytes) -> bytes:
    return unquote_to_bytes(raw.replace(b"+", b" "))


def _lenient(raw: bytes) -> str:
    return _decoded(raw).decode("utf-8", errors="replace")


def _strict(name: str, values: Sequence[bytes]) -> str:
    """Return the only reading of a field. ValueError says why there is none, or a bad one.

    Telnyx encodes once: an id that is encoded twice is refused, since it would name another call.
    """
    if len({_decoded(value) for value in values}) > 1:
        raise ValueError("is given twice, with different values")
    try:
        value = _decoded(values[0]).decode("utf-8")
    except UnicodeDecodeError:
        raise ValueError("is not UTF-8") from None
    if any(_HALF_ENCODED.search(raw) for raw in values):
        raise ValueError("has a % that encodes nothing")
    if len(value) > LONGEST_VALUE or not value.isprintable():
        raise ValueError(f"must have {LONGEST_VALUE} printable characters at most")
    if name in IDS and _ENCODED.search(value):
        raise ValueError("is percent-encoded twice")
    if name in IDS and value and not value.strip("."):
        raise ValueError("must be an id, and not dots alone")
    if name == "SequenceNumber" and not re.fullmatch(r"[0-9]{1,18}", value or "0"):
        raise ValueError("must be a whole number of 1 to 18 digits")
    return value


def party(text: str) -> str:
    """Return the phone number in a From or To; without one the address without a display name.

    Known forms: `+13125550142`, `sip:ann@example.com`, `"Ann" <sip:+13125550142@host;user=phone>`,
    `tel:+1-312-555-0142`. Decides nothing, so nothing is refused.
    """
    shown = "".join(filter(str.isprintable, text))[:LONGEST_VALUE]
    in_brackets = _IN_BRACKETS.findall(shown)
    address = in_brackets[-1] if in_brackets else shown
    user = unquote(_AFTER_USER.split(_SCHEME.sub("", address, count=1))[0])
    user = re.sub(r"^ (?=[0-9])", "+", user)  # a + that was not encoded
    number = re.sub(r"[-. ()]", "", user)
    return number if _E164.fullmatch(number) else address.partition(";")[0].strip()
