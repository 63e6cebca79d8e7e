"""Names that participants may hear: labels, and names that callers have said on entry.

A phone number is no name: none is spoken to anybody as a whole.
"""

from __future__ import annotations

from collections.abc import Sequence

from conference.core.announcements.announcing import Part, Sound
from conference.core.participant import Participant
from conference.core.schema.phone_numbers import compact

LONGEST = 5.0  # seconds of a name that is said
MOST_DIGITS = 4  # of a label that is spoken, such as Room 1234: none with a phone number in it is


def heard_name(participant: Participant, at: float) -> Part | None:
    """Return the label, or else the recording of the name; None without both.

    A label that may be a phone number does not count, nor does a recording that Telnyx serves no
    more.
    """
    label, said = participant.label, participant.spoken_name
    if label and not _may_be_number(label):
        return label
    return Sound(said.address, LONGEST) if said.address and at < said.until else None


def sentence(names: Sequence[Part], verb: str) -> list[Part]:
    """Return the words "Ann, Bob and Cleo have joined." of names and a verb.

    With a name that was said, the names are parts of their own, and the verb follows them.
    """
    words = [name for name in names if isinstance(name, str)]
    if len(words) < len(names):
        return [*alone(names), verb]
    *before, last = words
    return [f"{', '.join(before)} and {last} {verb}" if before else f"{last} {verb}"]


def alone(names: Sequence[Part]) -> list[Part]:
    """Return the names to be heard one by one."""
    return [f"{name}." if isinstance(name, str) else name for name in names]


def _may_be_number(label: str) -> bool:
    return sum(each.isdigit() for each in label) > MOST_DIGITS or bool(compact(label))
