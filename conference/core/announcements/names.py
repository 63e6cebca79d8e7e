"""Names that participants may hear: labels, and names that callers have said on entry.

A phone number is no name: none is spoken to anybody as a whole.
"""

from __future__ import annotations

from collections.abc import Sequence

from conference.core.announcements.announcing import Part, Sound
from conference.core.participant import Participant
from conference.core.room import Room
from conference.core.schema.phone_numbers import compact
from conference.core.words import Sentence, Words, say

LONGEST = 5.0  # seconds of a name that is said
LIST = Sentence("{names} and {last}")
MOST_DIGITS = 4  # of a label that is spoken, such as Room 1234: none with a phone number in it is


def heard_name(participant: Participant, at: float) -> Part | None:
    """Return the label, or else the recording of the name; None without both.

    A label that may be a phone number does not count, nor does a recording that Telnyx serves no
    more.
    """
    label, said = participant.label, participant.spoken_name
    if label and not _may_be_number(label):
        return Words(label)
    return Sound(said.address, LONGEST) if said.address and at < said.until else None


def with_names(room: Room, sentence: Sentence, names: Sequence[Part]) -> list[Part]:
    """Return "Ann, Bob and Cleo have joined." of a sentence with {names}.

    With a name that was said, the names are parts of their own, between the words.
    """
    words = [name for name in names if isinstance(name, str)]
    if len(words) < len(names):
        before, _, after = say(room, sentence, names="\n").partition("\n")
        around = [Words(each.strip()) for each in (before, after)]
        first, last = ([each] if any(map(str.isalnum, each)) else [] for each in around)
        return [*first, *alone(names), *last]
    *before_last, name = words
    listed = say(room, LIST, names=", ".join(before_last), last=name) if before_last else name
    return [say(room, sentence, names=listed)]


def alone(names: Sequence[Part]) -> list[Part]:
    """Return the names to be heard one by one."""
    return [Words(f"{name}.") if isinstance(name, str) else name for name in names]


def _may_be_number(label: str) -> bool:
    return sum(each.isdigit() for each in label) > MOST_DIGITS or bool(compact(label))
