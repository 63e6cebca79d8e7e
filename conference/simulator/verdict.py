"""Whether what callers heard is what the line promises, from nothing but what they heard."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby, pairwise

from .parties import Heard, Leg

INSIDE = ("conference", "music")


@dataclass(frozen=True)
class Moment:
    """What one caller heard between two changes of anybody's sound, in simulated seconds."""

    since: float
    until: float
    number: str
    heard: Heard
    wrong: str  # what it should have been; empty where it is right


def broken_promises(legs: Sequence[Leg], now: float, patience: float) -> list[str]:
    """What was not as promised for longer than `patience`: nobody silent, music exactly while
    alone, everyone hears everyone else. All legs are callers of one room."""
    found = [f"{leg.number} was not greeted" for leg in legs if not _greeted(leg.timeline)]
    moments = list(_moments(legs, now))
    for leg in legs:
        mine = [m for m in moments if m.number == leg.number]
        for wrong, spell in groupby(mine, key=lambda m: m.wrong):
            parts = list(spell)
            lasted = parts[-1].until - parts[0].since
            if wrong and lasted > patience:
                heard = parts[0].heard
                found.append(f"{leg.number} heard {heard} for {lasted:.1f} s instead of {wrong}")
    return found


def _greeted(timeline: Sequence[Heard]) -> bool:
    sounds = [h.what for h in timeline if h.what not in ("ringing", "silence")]
    return not sounds or sounds[0] in ("speech", "hung up")


def _moments(legs: Sequence[Leg], now: float) -> Iterator[Moment]:
    times = sorted({h.at for leg in legs for h in leg.timeline} | {now})
    for since, until in pairwise(times):
        heard = {leg.number: h for leg in legs if (h := _heard_at(leg.timeline, since))}
        inside = {number for number, h in heard.items() if h.what in INSIDE}
        for number, h in heard.items():
            yield Moment(since, until, number, h, _wrong(h, inside - {number}))


def _heard_at(timeline: Sequence[Heard], at: float) -> Heard | None:
    return next((h for h in reversed(timeline) if h.at <= at), None)


def _wrong(heard: Heard, company: set[str]) -> str:
    if heard.what == "silence":
        return "anything"
    if heard.what not in INSIDE:
        return ""
    if not company:
        return "" if heard.what == "music" else "music, being alone"
    if heard.what == "conference" and set(heard.others) == company:
        return ""
    return f"a conference with {', '.join(sorted(company))}"
