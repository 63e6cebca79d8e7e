"""Reads a map from sequences of keys to actions, and checks one."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from conference.core.client_state import Role
from conference.core.keys.actions import ACTIONS, first_allowed
from conference.core.keys.spoken import spoken
from conference.core.room import Room
from conference.core.words import NOTHING, Sentence, Words, say

SEQUENCE = re.compile(r"[0-9*#A-D]{1,8}", re.ASCII)
UNMUTES = Sentence("{key} unmutes you.")
SEQUENCE_IS = "1 to 8 of the keys 0-9 * # A-D"


def problems(keys: Mapping[str, str]) -> Iterator[str]:
    """Yield in words each fault of a map: of a sequence, an action, or two sequences."""
    for sequence, names in keys.items():
        if not SEQUENCE.fullmatch(sequence):
            yield f"{sequence!r} is not {SEQUENCE_IS}"
        unknown = [name for name in names.split() if name not in ACTIONS]
        if unknown or not names.split():
            has = " or ".join(unknown) or "nothing"
            yield f"{sequence!r} is {has}, not one of {', '.join(ACTIONS)}"
    for sequence in keys:
        for longer in keys:
            if sequence and sequence in longer[:-1]:
                yield f"{longer!r} can never be pressed: {sequence!r} in it is complete before"


def sequence_for(keys: Mapping[str, str], action: str, role: Role) -> str:
    """Return the sequence by which this role does the action; empty if there is none."""
    return next((each for each, names in keys.items() if first_allowed(names, role) == action), "")


def how_to_unmute(room: Room, role: Role) -> Words:
    """Return the sentence that names the key; empty if the room has none."""
    sequence = sequence_for(room.settings.keys, "mute", role)
    key = spoken(room, sequence).capitalize()
    return say(room, UNMUTES, key=key) if sequence else NOTHING
