"""Whom of a room a few words mean: an id, a number however it is written, or a label."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from functools import lru_cache
from unicodedata import normalize

from conference.core.events import Refused
from conference.core.participant import Participant
from conference.core.room import Room
from conference.reporting.public_view import SHOWN, mask

LEAST_DIGITS = 4
WAYS = ": give a number, its last four digits or more, a label or a call_control_id"
LONGEST = 512  # characters; no id has more
KEPT = 4096  # numbers and labels that were taken apart
WHOLE_FROM = 7  # digits that a number has at least, with its country's code


class Ambiguous(Refused):
    """Several are meant. `candidates` are their calls."""

    def __init__(self, text: str, candidates: Sequence[Participant]) -> None:
        told = ", ".join(f"{p.label or mask(p.number)} ({p.call})" for p in candidates)
        super().__init__("ambiguous-participant", f"{_shown(text)} may be {told}")
        self.candidates = [p.call for p in candidates]


def find(room: Room, text: str) -> Participant:
    """The one participant that is meant. Refused where there is none, Ambiguous for several."""
    here = [p for p in room.participants.values() if p.status in SHOWN]
    for is_meant in _ways(text) if len(text) <= LONGEST else ():
        found = [p for p in here if is_meant(p)]
        if len(found) > 1:
            raise Ambiguous(text, found)
        if found:
            return found[0]
    raise Refused(
        "unknown-participant", f"nobody in room {room.name} is meant by {_shown(text)}{WAYS}"
    )


def _ways(text: str) -> Iterator[Callable[[Participant], bool]]:
    """How somebody may be meant, what fits best first. The text is taken apart once: a request may
    name everyone in a large room."""
    yield lambda p: p.call == text
    yield lambda p: bool(text) and p.number == text  # a SIP address is no number
    if number := _e164(text):
        yield lambda p: _number(p.number) == number
    label = _folded(text)
    yield lambda p: bool(p.label) and _folded(p.label) == label
    last = _digits(text) if number and not _whole(text) else ""
    if len(last) >= LEAST_DIGITS:
        yield lambda p: _number(p.number).endswith(last)


def _whole(text: str) -> bool:
    """Whether it can only be a whole number: never the end of somebody else's. Last digits may
    begin with 00 themselves, and a form may have turned the + into a space."""
    from_abroad = text.startswith("00") and len(_digits(text)) >= len("00") + WHOLE_FROM
    return text.startswith(("+", " ")) or from_abroad


@lru_cache(KEPT)
def _number(number: str) -> str:
    """Its digits; none of what is no number, such as a SIP address."""
    return number.removeprefix("+") if re.fullmatch(r"\+?[0-9]+", number) else ""


@lru_cache(KEPT)
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
