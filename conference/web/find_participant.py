"""Finds the participant that a moderator means: by call id, label, member or phone number.

Labels are given by moderators. Callers choose the rest of their names: a caller's number that is
not in E.164, such as Ann or 0142, counts only where nobody else's label or number is near it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from functools import lru_cache

from conference.core.events import Refused
from conference.core.human_text import folded, readable
from conference.core.participant import Participant
from conference.core.room import Room
from conference.core.schema.phone_numbers import E164, compact
from conference.masking import mask_number
from conference.reporting.public_view import SHOWN

LEAST_DIGITS = 4
WAYS = (
    "give a member number, a phone number, its last four digits or more, a label or a "
    "call_control_id"
)
MOST_DIGITS, MOST_DIGITS_BARE = 6, 3  # of a member number, with # and without
LONGEST = 512  # characters; no id has more
CACHED = 4096  # numbers, and labels
SHORTEST_NUMBER = 7  # digits, with the country code
MOST_PROPOSED = 5  # participants that an error proposes
MOST_LISTED = 20  # participants that an error lists with their numbers
EVERYONE = ("all", "everyone", "everybody", "*")


class Ambiguous(Refused):
    """Several participants fit. `candidates` are their call ids."""

    def __init__(self, text: str, candidates: Sequence[Participant]) -> None:
        listed = [_full_name(p) for p in candidates[:MOST_LISTED]]
        if more := len(candidates) - len(listed):
            listed.append(f"or {more} others")
        give = "give a call_control_id"  # for "#3", which is a label, too
        if not folded(text).startswith("#"):
            give = f'give a member number such as "#{candidates[0].member}", or a call_control_id'
        what = f"{readable(text)} may be {', '.join(listed)}: {give}"
        super().__init__("ambiguous-participant", what)
        self.candidates = [p.call for p in candidates]


def find_participant(room: Room, text: str) -> Participant:
    """Return the participant that the text names: a phone number in any notation, 3 or #3.

    Refused (unknown-participant) if there is none; Ambiguous if there are several.
    """
    here = [p for p in room.participants.values() if p.status in SHOWN]
    for fits in _tests(text) if len(text) <= LONGEST else ():
        found = [p for p in here if fits(p)]
        if len(found) > 1:
            raise Ambiguous(text, found)
        if found:
            return found[0]
    near = _near(here, text)
    if chosen := [p for p in here if text and p.number == text]:
        others = [p for p in near if p not in chosen]
        if len(chosen) > 1 or others:
            raise Ambiguous(text, [*others, *chosen])
        return chosen[0]
    what = f"room {room.name} has no participant {_masked(text)}"
    raise Refused("unknown-participant", f"{what}: {_proposal(near, text)}{WAYS}")


def _tests(text: str) -> Iterator[Callable[[Participant], bool]]:
    """Yield tests for the participant that is meant, the most certain first.

    The text is parsed once for all participants: a request may name everyone in a large room.
    """
    yield lambda p: p.call == text
    if name := folded(text):
        member = _member(name)
        yield lambda p: p.member == member or (bool(p.label) and _folded(p.label) == name)
    written = compact(text)
    if number := re.sub(r"\A(\+|00)", "", written):
        yield lambda p: _digits(p.number) == number
    if len(written) >= LEAST_DIGITS and not _is_whole(text, written):
        yield lambda p: _digits(p.number).endswith(written)


def _member(name: str) -> int:
    """Return the member number that the name is, such as 3 or #3; -1 if it is none."""
    bare = name.removeprefix("#")
    digits = compact(bare) if bare.isdecimal() else ""
    most = MOST_DIGITS_BARE if bare == name else MOST_DIGITS
    return int(digits) if 0 < len(digits) <= most and not digits.startswith("0") else -1


def _is_whole(text: str, written: str) -> bool:
    """Is this a whole number, and never the last digits of another?

    Last digits may begin with 00 themselves. A form may have turned the + into a space.
    """
    from_abroad = written.startswith("00") and len(written) >= len("00") + SHORTEST_NUMBER
    return written.startswith("+") or text.startswith(" ") or from_abroad


@lru_cache(CACHED)
def _digits(number: str) -> str:
    """Return the digits of a number in E.164; empty for what a caller chose instead of one."""
    return number[1:] if re.fullmatch(E164, number) else ""


@lru_cache(CACHED)
def _folded(label: str) -> str:
    return folded(label)


def _near(here: Sequence[Participant], text: str) -> list[Participant]:
    """Return the participants whose label or number has the text as a part."""
    part, digits = folded(text[:LONGEST]), compact(text).removeprefix("+")
    if len(part) < 2:
        return []
    return [
        p
        for p in here
        if part in _folded(p.label) or (len(digits) > 1 and digits in _digits(p.number))
    ]


def _proposal(near: Sequence[Participant], text: str) -> str:
    """Return what to type instead: a verb for everyone, or a name that is near."""
    if folded(text) in EVERYONE:
        return "for everyone there are mute-all, unmute-all, hold-all and unhold-all. Else "
    if not 0 < len(near) <= MOST_PROPOSED:
        return ""
    return f"do you mean {' or '.join(map(_short_name, near))}? Else "


def _short_name(p: Participant) -> str:
    """Return the label, in quotes as on a command line, or the last digits; and the member."""
    name = f'"{p.label}"' if p.label else _digits(p.number)[-LEAST_DIGITS:]
    return f"{name} (#{p.member})"


def _full_name(p: Participant) -> str:
    return " ".join(filter(None, [f"#{p.member}", p.label, p.number, f"({p.call})"]))


def _masked(text: str) -> str:
    """Return a label as it is, but only the last digits of what may be a number."""
    clean = readable(text[:80])
    return mask_number(clean) if len(compact(text)) > LEAST_DIGITS else clean
