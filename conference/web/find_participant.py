"""Finds the participant that a moderator means: by call id, phone number or label."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from functools import lru_cache
from unicodedata import normalize

from conference.core.events import Refused
from conference.core.participant import Participant
from conference.core.room import Room
from conference.reporting.public_view import SHOWN, mask_number

LEAST_DIGITS = 4
WAYS = ": give a number, its last four digits or more, a label or a call_control_id"
LONGEST = 512  # characters; no id has more
CACHED = 4096  # numbers and labels
SHORTEST_NUMBER = 7  # digits, with the country code


class Ambiguous(Refused):
    """Several participants fit. `candidates` are their call ids."""

    def __init__(self, text: str, candidates: Sequence[Participant]) -> None:
        told = ", ".join(f"{p.label or mask_number(p.number)} ({p.call})" for p in candidates)
        super().__init__("ambiguous-participant", f"{_shown(text)} may be {told}")
        self.candidates = [p.call for p in candidates]


def find_participant(room: Room, text: str) -> Participant:
    """Return the participant that the text names, in any notation of a number.

    Refused (unknown-participant) if there is none; Ambiguous if there are several.
    """
    here = [p for p in room.participants.values() if p.status in SHOWN]
    for fits in _tests(text) if len(text) <= LONGEST else ():
        found = [p for p in here if fits(p)]
        if len(found) > 1:
            raise Ambiguous(text, found)
        if found:
            return found[0]
    raise Refused(
        "unknown-participant", f"room {room.name} has no participant {_shown(text)}{WAYS}"
    )


def _tests(text: str) -> Iterator[Callable[[Participant], bool]]:
    """Yield tests for the participant that is meant, the most exact first.

    The text is parsed once for all participants: a request may name everyone in a large room.
    """
    yield lambda p: p.call == text
    yield lambda p: bool(text) and p.number == text  # a SIP address is not a number
    if number := _e164(text):
        yield lambda p: _number(p.number) == number
    label = _folded(text)
    yield lambda p: bool(p.label) and _folded(p.label) == label
    last = _digits(text) if number and not _whole(text) else ""
    if len(last) >= LEAST_DIGITS:
        yield lambda p: _number(p.number).endswith(last)


def _whole(text: str) -> bool:
    """Is this a whole number, and never the last digits of another?

    Last digits may begin with 00 themselves. A form may have turned the + into a space.
    """
    from_abroad = text.startswith("00") and len(_digits(text)) >= len("00") + SHORTEST_NUMBER
    return text.startswith(("+", " ")) or from_abroad


@lru_cache(CACHED)
def _number(number: str) -> str:
    """Return the digits of a number; empty for anything else, such as a SIP address."""
    return number.removeprefix("+") if re.fullmatch(r"\+?[0-9]+", number) else ""


@lru_cache(CACHED)
def _folded(label: str) -> str:
    """Return the label in one form, whatever its case and however its accents are composed."""
    return normalize("NFC", label.strip().casefold())


def _e164(text: str) -> str | None:
    """Return the digits of a number as it is dialled from abroad; None for anything else."""
    if not re.fullmatch(r"[+ ]?[0-9 ().\-/]+", text):
        return None
    digits = _digits(text)
    return (digits.removeprefix("00") if text.strip().startswith("00") else digits) or None


def _digits(text: str) -> str:
    return re.sub(r"[^0-9]", "", text)


def _shown(text: str) -> str:
    """Return a label as it is, but only the last digits of what may be a number."""
    clean = "".join(c if c.isprintable() else "?" for c in text[:80])
    return mask_number(clean) if len(_e164(text) or "") > LEAST_DIGITS else clean
