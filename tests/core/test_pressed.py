"""Keys become sequences: by their times, each key once, and for three seconds."""

from __future__ import annotations

from typing import NamedTuple

import pytest
from rigs.core import each_case

from conference.core.keys.pressed import NOTHING_PRESSED, Key, Pressed, add, complete, sequence

ROWS = ("*6", "*#", "##", "1*6")


class Keys(NamedTuple):
    """Keys as they arrive, with the time of each, and the text that is left."""

    name: str
    keys: list[Key]
    text: str
    done: str = ""


def key(digit: str, at: float, occurred: float | None = None) -> Key:
    """Return a key. `occurred`: seconds of a minute, in Telnyx's time."""
    return Key(digit, at, "" if occurred is None else f"2026-08-21T15:04:{occurred:09.6f}")


TABLE = [
    Keys("a sequence", [key("*", 1), key("6", 2)], "*6", "*6"),
    Keys("just in time", [key("*", 1), key("6", 4)], "*6", "*6"),
    Keys("too late", [key("*", 1), key("6", 4.01)], "6"),
    Keys("one of three in time", [key("*", 1), key("1", 4.5), key("6", 6)], "16"),
    Keys("a stray digit", [key("5", 1)], "5"),
    Keys("unknown", [key("*", 1), key("5", 2)], "*5"),
    Keys("a stray digit before", [key("5", 1), key("*", 2), key("6", 3)], "5*6", "*6"),
    Keys("begun twice", [key("*", 1), key("*", 2), key("6", 3)], "**6", "*6"),
    Keys("the longest", [key("1", 1), key("*", 2), key("6", 3)], "1*6", "1*6"),
    Keys("the same within 250 ms", [key("#", 1), key("#", 1.24)], "#"),
    Keys("the same after 250 ms", [key("#", 1), key("#", 1.25)], "##", "##"),
    Keys("another within 250 ms", [key("*", 1), key("#", 1)], "*#", "*#"),
    Keys("repeated around another", [key("*", 1), key("6", 1.1), key("*", 1.2)], "*6", "*6"),
    Keys("late, but pressed in time", [key("*", 1, 1), key("6", 9, 2)], "*6", "*6"),
    Keys("at once, but pressed too late", [key("*", 1, 1), key("6", 1, 9)], "6"),
    Keys("in the other order", [key("6", 1, 2), key("*", 2, 1)], "*6", "*6"),
    Keys("twice, much later", [key("#", 1, 1), key("#", 5, 1.1)], "#"),
    Keys("twice, in the other order", [key("#", 1, 1.1), key("#", 5, 1)], "#"),
    Keys("one without Telnyx's time", [key("*", 1, 1), key("6", 2)], "*6", "*6"),
    Keys("a time that is none", [Key("*", 1, "2026-5"), Key("6", 2, "2026-6")], "*6", "*6"),
]


def pressed(keys: list[Key], before: Pressed = NOTHING_PRESSED) -> Pressed:
    for each in keys:
        before = add(before, each)
    return before


@each_case(TABLE)
def test_keys_in_order(case: Keys) -> None:
    found = pressed(case.keys)
    assert found.text == case.text
    assert sequence(found, ROWS) == case.done


@pytest.mark.parametrize(
    ("later", "text"),
    [
        (key("6", 2.1), ""),  # again
        (key("6", 2.3), "6"),
        (key("*", 1.9), ""),  # older
        (key("*", 2.1), "*"),
    ],
)
def test_a_key_that_has_counted_does_not_count_again(later: Key, text: str) -> None:
    done = complete(pressed([key("*", 1), key("6", 2)]))
    assert done.text == "" and done.past == key("6", 2)
    assert add(done, later).text == text
    assert (add(done, later) is done) == (text == "")


def test_few_keys_are_kept() -> None:
    found = pressed([key("123456789"[n % 9], n) for n in range(100)])
    assert found.text.endswith("9") or len(found.text) == 32
    assert len(found.keys) == 32


def test_no_key_is_shown() -> None:
    found = complete(pressed([key("7", 1), key("3", 2)]))
    shown = repr(add(found, key("5", 3)))
    assert "'7'" not in shown and "'3'" not in shown and "'5'" not in shown
