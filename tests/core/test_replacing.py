"""The core's own `replace` does what that of dataclasses does."""

from __future__ import annotations

import dataclasses

import pytest
from rigs import core as rig

from conference.core.commands import Hold, Speak
from conference.core.replacing import replace
from conference.core.room import Room

ROOM = rig.inside(rig.inside(), "B")


@pytest.mark.parametrize(
    ("value", "changes"),
    [
        (ROOM, {"locked": True, "speaker": "B"}),
        (ROOM, {}),
        (ROOM.participants["A"], {"status": "parked", "waits_since": 5.0}),
        (ROOM.holding, {"refused_music": frozenset({"https://a.example"})}),
        (Speak("A", "greeting", "Hello.", "female", "en-GB"), {"at": 7.0, "request": "x"}),
    ],
    ids=["a room", "nothing", "a participant", "a part", "a command"],
)
def test_it_is_what_dataclasses_replace_gives(value: Room, changes: dict[str, object]) -> None:
    one, other = replace(value, **changes), dataclasses.replace(value, **changes)  # type: ignore[arg-type]
    for each in dataclasses.fields(value):
        assert getattr(one, each.name) == getattr(other, each.name)
    assert (type(one), one is value) == (type(value), False)


def test_an_unknown_field_is_refused() -> None:
    with pytest.raises(KeyError):
        replace(ROOM, colour="blue")


def test_what_a_value_checks_is_checked() -> None:
    with pytest.raises(ValueError, match="without calls"):
        replace(Hold("K", ("A",)), calls=())
