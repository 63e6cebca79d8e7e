"""All sentences that the line speaks, in the order of the modules that speak them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from conference.core import entering, entry_stages, greeting, hands, host
from conference.core.admission import (
    admitting,
    bans,
    full_room,
    lobby,
    outside,
    reception,
    refusals,
    saying_names,
)
from conference.core.announcements import chimes, names, numbers, recording_notice, spoken_times
from conference.core.keys import (
    actions,
    dialling,
    keymap,
    keypad,
    moderator_pin,
    roll_call,
    spoken,
    staying_muted,
    telling,
)
from conference.core.keys.action import Action
from conference.core.limits import minutes_limit, time_limits
from conference.core.requests import hands as hands_of_requests
from conference.core.requests import kicking
from conference.core.texml import door
from conference.core.words import Sentence

SPEAKING = (
    *(reception, saying_names, entry_stages, lobby, outside, full_room, entering, refusals, bans),
    *(greeting, host, door, chimes, names, admitting, recording_notice, hands, hands_of_requests),
    *(telling, staying_muted, keymap, keypad, actions, moderator_pin, dialling, roll_call, spoken),
    *(time_limits, minutes_limit, kicking, spoken_times, numbers),
)
"""Each module that has sentences."""


def _sentences(value: Any) -> Iterator[Sentence]:
    """Yield the sentences in a constant of a module."""
    if isinstance(value, Sentence):
        yield value
    elif isinstance(value, Mapping | tuple):
        for each in value.values() if isinstance(value, Mapping) else value:
            yield from _sentences(each)
    elif isinstance(value, Action) and value.help:
        yield Sentence(value.help)


SENTENCES = tuple(
    dict.fromkeys(
        sentence
        for module in SPEAKING
        for name, value in vars(module).items()
        if name.isupper()
        for sentence in _sentences(value)
    )
)
"""Every key of a table of words."""
