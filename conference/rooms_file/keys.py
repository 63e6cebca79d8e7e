"""The keys of a room: the name of a preset, or sequences and actions over those of all rooms."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from conference.core.keys import keymap
from conference.core.keys.presets import PRESETS
from conference.core.schema.kinds import Choice
from conference.core.schema.parameters import Wrong
from conference.rooms_file.values import checked

PRESET = Choice(tuple(PRESETS))
MOST = 100  # sequences of a room
LONGEST = 100  # characters of a sequence, and of its actions
FORM = f'{PRESET.says}, or a table such as "*6" = "mute"'


def read(given: Any, usual: Mapping[str, str], place: str, wrong: list[Wrong]) -> Mapping[str, str]:
    """Return the map of keys. A table is put over the usual keys; "" removes one of them."""
    if not isinstance(given, dict):
        try:
            return PRESETS[checked(PRESET, given)]
        except ValueError:
            wrong.append(Wrong(place, f"must be {FORM}"))
            return usual
    texts = [each for pair in given.items() for each in pair]
    if not all(isinstance(each, str) and len(each) <= LONGEST for each in texts):
        wrong.append(Wrong(place, f"must have texts of up to {LONGEST} characters as actions"))
        return usual
    found = {keys: actions for keys, actions in {**usual, **given}.items() if actions}
    if len(found) > MOST:
        wrong.append(Wrong(place, f"must have {MOST} sequences at most"))
        return usual
    for problem in keymap.problems(found):
        wrong.append(Wrong(place, re.sub("[0-9]{3,}", "...", problem)))
    return found
