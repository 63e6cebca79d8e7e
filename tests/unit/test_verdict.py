"""The judge of the story: which promises callers' timelines break."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from conference.demo.verdict import broken_promises
from conference.simulator import Heard


@dataclass(frozen=True)
class Timeline:
    """The part of a leg that the judge reads."""

    number: str
    timeline: tuple[Heard, ...]


def leg(number: str, *heard: tuple[float, str] | tuple[float, str, tuple[str, ...]]) -> Timeline:
    sounds = (Heard(h[0], h[1], others=h[2] if len(h) > 2 else ()) for h in heard)
    return Timeline(number, tuple(sounds))


def judged(*legs: Timeline, now: float = 100) -> list[str]:
    return broken_promises(legs, now, patience=2)  # type: ignore[arg-type]


GOOD_A = leg("A", (0, "ringing"), (1, "silence"), (2, "speech"), (9, "conference"), (10, "music"),
             (30, "conference", ("B",)), (60, "hung up"))  # fmt: skip
GOOD_B = leg("B", (20, "ringing"), (21, "speech"), (29, "conference"), (30, "conference", ("A",)),
             (60, "conference"), (61, "music"), (90, "hung up"))  # fmt: skip


def test_a_good_story_is_good() -> None:
    assert judged(GOOD_A, GOOD_B) == []


@pytest.mark.parametrize(
    ("legs", "found"),
    [
        ([leg("A", (0, "ringing"), (1, "conference"), (2, "music"))], "A was not greeted"),
        ([leg("A", (0, "speech"), (9, "conference"))], "instead of music, being alone"),
        ([leg("A", (0, "speech"), (9, "silence"))], "instead of anything"),
        ([leg("A", (0, "speech"), (9, "music")), leg("B", (0, "speech"), (9, "music"))],
         "A heard music for 91.0 s instead of a conference with B"),
        ([leg("A", (0, "speech"), (9, "conference", ("B",))),
          leg("B", (0, "speech"), (9, "conference"))],
         "B heard conference for 91.0 s instead of a conference with A"),
        ([GOOD_A, leg("B", (20, "speech"), (29, "conference", ("A",)), (60, "conference"),
                      (65, "music"))], "B heard conference for 5.0 s"),
    ],
)  # fmt: skip
def test_a_broken_promise_is_found(legs: list[Timeline], found: str) -> None:
    assert found in " | ".join(judged(*legs))


def test_callers_by_texml_need_not_be_greeted() -> None:
    ungreeted = leg("A", (0, "ringing"), (1, "silence"), (2, "music"), (100, "hung up"))
    assert judged(ungreeted) == ["A was not greeted"]
    assert broken_promises([ungreeted], 100, patience=2, greeted=False) == []  # type: ignore[list-item]
