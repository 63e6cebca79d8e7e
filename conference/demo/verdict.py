"""Judges what callers heard against what the line promises.

`broken_promises` judges one room strictly, moment by moment. `longest_silences` judges big runs.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate, groupby, islice, pairwise

from conference.simulator import Conference, Heard, Leg

INSIDE = ("conference", "music")
"""`what` of Heard for a caller in the room."""


@dataclass(frozen=True)
class Moment:
    """What one caller heard between two changes of anybody's sound, in simulated seconds."""

    since: float
    until: float
    number: str
    heard: Heard
    expected: str  # what the caller should have heard instead; "" if `heard` is right


def broken_promises(
    legs: Sequence[Leg], now: float, patience: float, *, greeted: bool = True
) -> list[str]:
    """Return a sentence for each promise that was broken for longer than `patience`.

    The promises: no silence; music exactly while alone; else everyone hears everyone else. All legs
    must be callers of one room. now, patience: simulated seconds. greeted: whether each caller must
    hear speech first.
    """
    ungreeted = [leg for leg in legs if greeted and not _greeted(leg.timeline)]
    found = [f"{leg.number} was not greeted" for leg in ungreeted]
    moments = list(_moments(legs, now))
    for leg in legs:
        own = [moment for moment in moments if moment.number == leg.number]
        for expected, spell in groupby(own, key=lambda moment: moment.expected):
            parts = list(spell)
            lasted = parts[-1].until - parts[0].since
            if expected and lasted > patience:
                heard = parts[0].heard
                found.append(f"{leg.number} heard {heard} for {lasted:.1f} s instead of {expected}")
    return found


def _greeted(timeline: Sequence[Heard]) -> bool:
    sounds = [heard.what for heard in timeline if heard.what not in ("ringing", "silence")]
    return not sounds or sounds[0] in ("speech", "hung up")


def _moments(legs: Sequence[Leg], now: float) -> Iterator[Moment]:
    times = sorted({heard.at for leg in legs for heard in leg.timeline} | {now})
    for since, until in pairwise(times):
        heard = {leg.number: each for leg in legs if (each := _heard_at(leg.timeline, since))}
        inside = {number for number, each in heard.items() if each.what in INSIDE}
        for number, each in heard.items():
            yield Moment(since, until, number, each, _expected(each, inside - {number}))


def _heard_at(timeline: Sequence[Heard], at: float) -> Heard | None:
    return next((heard for heard in reversed(timeline) if heard.at <= at), None)


def _expected(heard: Heard, others: set[str]) -> str:
    """Return what a caller should hear instead of `heard`, with these others in the room."""
    if heard.what == "silence":
        return "anything"
    if heard.what not in INSIDE:
        return ""
    if not others:
        return "" if heard.what == "music" else "music, being alone"
    if heard.what == "conference" and set(heard.others) == others:
        return ""
    return f"a conference with {', '.join(sorted(others))}"


Spell = tuple[float, float]
"""From and until, in simulated seconds."""


@dataclass(frozen=True)
class Silence:
    """The longest spell in which one caller heard nothing, in simulated seconds.

    lasted: 0 if there was none.
    """

    number: str
    since: float
    lasted: float


def longest_silences(legs: Sequence[Leg], now: float) -> list[Silence]:
    """Return the longest silence of each leg, up to `now` in simulated seconds.

    A caller is in silence while the call is answered and there is no speech, no music, and nobody
    else in the caller's conference. Others who are muted break the silence, too; others who hear
    music are on hold, and do not.
    """
    lonely: dict[str, list[Spell]] = {}
    for stay in (stay for leg in legs for stay in leg.stays):
        if stay.conference.id not in lonely:
            lonely[stay.conference.id] = _with_one_off_hold(stay.conference, now)
    return [_longest(leg.number, _silent(leg, lonely, now)) for leg in legs]


def _longest(number: str, spells: Iterable[Spell]) -> Silence:
    longest, last = (0.0, 0.0), (0.0, 0.0)
    for since, until in spells:
        last = (last[0] if since <= last[1] else since, until)
        longest = max(longest, last, key=lambda spell: spell[1] - spell[0])
    return Silence(number, longest[0], longest[1] - longest[0])


def _silent(leg: Leg, lonely: Mapping[str, list[Spell]], now: float) -> Iterator[Spell]:
    timeline = leg.timeline
    ends = [heard.at for heard in timeline[1:]] + [now]
    for heard, until in zip(timeline, ends, strict=True):
        if heard.what == "silence":
            yield heard.at, until
        elif heard.what == "conference" and not heard.others:
            place = bisect_right(leg.stays, heard.at, key=lambda stay: stay.created_at) - 1
            yield from _within(lonely[leg.stays[place].conference.id], heard.at, until)


def _within(spells: list[Spell], since: float, until: float) -> Iterator[Spell]:
    first = bisect_right(spells, since, key=lambda spell: spell[1])
    for begin, end in islice(spells, first, None):
        if begin >= until:
            return
        yield max(begin, since), min(end, until)


def _with_one_off_hold(conference: Conference, now: float) -> list[Spell]:
    moves: list[tuple[float, int]] = []
    for stay in conference.participants:
        left = now if stay.left_at is None else stay.left_at
        for since, until in _without_music(stay.leg, stay.created_at, left):
            moves += [(since, 1), (until, -1)]
    moves.sort()
    inside = accumulate(move for _, move in moves)
    ends = [at for at, _ in moves[1:]] + [now]
    spells = zip(moves, ends, inside, strict=True)
    return [(at, until) for (at, _), until, count in spells if count == 1 and at < until]


def _without_music(leg: Leg, since: float, until: float) -> Iterator[Spell]:
    timeline = leg.timeline
    ends = [heard.at for heard in timeline[1:]] + [until]
    for heard, end in zip(timeline, ends, strict=True):
        if heard.what != "music" and heard.at < until and end > since:
            yield max(heard.at, since), min(end, until)
