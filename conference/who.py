"""Whom of a room a few words mean: an id, a number however it is written, or a label."""

from __future__ import annotations

import re
from collections.abc import Sequence
from unicodedata import normalize

from conference.core.events import Refused
from conference.core.room import Participant, Room
from conference.view import SHOWN, mask

LEAST_DIGITS = 4
LONGEST = 512  # characters: more would be taken apart once for each participant
WHOLE_FROM = 7  # digits that a number has at least, with its country's code


class Ambiguous(Refused):
    """Several are meant. `candidates` are their calls."""

    def __init__(self, text: str, candidates: Sequence[Participant]) -> None:
        told = ", ".join(f"{p.label or mask(p.number)} ({p.call})" for p in candidates)
        super().__init__("ambiguous-participant", f"{_shown(text)} may be {told}")
        self.candidates = [p.call for p in candidates]


def find(room: Room, text: str) -> Participant:
    """The one participant that is meant. Refused where there is none, Ambiguous for several."""
    everyone = room.participants.values() if len(text) <= LONGEST else ()
    here = [p for p in everyone if p.status in SHOWN]
    for meant in (_by_id, _by_number, _by_label, _by_last_digits):
        found = [p for p in here if meant(p, text)]
        if len(found) > 1:
            raise Ambiguous(text, found)
        if found:
            return found[0]
    raise Refused("unknown-participant", f"nobody in room {room.name} is meant by {_shown(text)}")


def _by_id(participant: Participant, text: str) -> bool:
    return participant.call == text


def _by_number(participant: Participant, text: str) -> bool:
    return bool(digits := _number(participant)) and digits == _e164(text)


def _by_label(participant: Participant, text: str) -> bool:
    return bool(participant.label) and _folded(participant.label) == _folded(text)


def _by_last_digits(participant: Participant, text: str) -> bool:
    digits = _digits(text) if _e164(text) and not _whole(text) else ""
    return len(digits) >= LEAST_DIGITS and _number(participant).endswith(digits)


def _whole(text: str) -> bool:
    """Whether it can only be a whole number: never the end of somebody else's. Last digits may
    begin with 00 themselves, and a form may have turned the + into a space."""
    from_abroad = text.startswith("00") and len(_digits(text)) >= len("00") + WHOLE_FROM
    return text.startswith(("+", " ")) or from_abroad


def _number(participant: Participant) -> str:
    """Its digits; none of what is no number, such as a SIP address."""
    number = participant.number
    return number.removeprefix("+") if re.fullmatch(r"\+?[0-9]+", number) else ""


def _folded(label: str) -> str:
    """The same however it is written, and whatever its accents are composed of."""
    return normalize("NFC", label.strip().casefold())


def _e164(text: str) -> str | None:
    """The digits of a number, as it is dialled from abroad; None for what is no number."""
    if not re.fullmatch(r"[+ ]?[0-9 ().\-/]+", text):
        return None
    digits = _digits(text)
    return (digits.removeprefix("00") if text.strip().startswith("00") else digits) or None


def _digits(text: str) -> str:
    return re.sub(r"[^0-9]", "", text)


def _shown(text: str) -> str:
    """A label as it is; of what may be a number the last digits only."""
    clean = "".join(c if c.isprintable() else "?" for c in text[:80])
    return mask(clean) if len(_e164(text) or "") > LEAST_DIGITS else clean
