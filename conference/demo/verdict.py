"""Whether what callers heard, and what the line asked for, is what it promises.

`broken_promises` judges one room strictly, moment by moment; the other two judge big runs.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate, groupby, islice, pairwise
from math import inf

from conference.simulator import Conference, Heard, Leg, Participant, Request

INSIDE = ("conference", "music")


@dataclass(frozen=True)
class Moment:
    """What one caller heard between two changes of anybody's sound, in simulated seconds."""

    since: float
    until: float
    number: str
    heard: Heard
    wrong: str  # what it should have been; empty where it is right


def broken_promises(
    legs: Sequence[Leg], now: float, patience: float, *, greeted: bool = True
) -> list[str]:
    """What was not as promised for longer than `patience`: nobody silent, music exactly while
    alone, everyone hears everyone else. All legs are callers of one room.

    greeted: whether they are to be greeted, too."""
    ungreeted = [leg for leg in legs if greeted and not _greeted(leg.timeline)]
    found = [f"{leg.number} was not greeted" for leg in ungreeted]
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


# Silence

Spell = tuple[float, float]  # simulated seconds: since, until


@dataclass(frozen=True)
class Silence:
    """The longest spell in which one leg's owner heard nothing; `lasted` is 0 if there is none."""

    number: str
    since: float
    lasted: float


def longest_silences(legs: Sequence[Leg], now: float) -> list[Silence]:
    """For each leg: while answered, not spoken to, without music, and with nobody else in its
    conference, if it is in one. Company that is muted or on hold is company."""
    lonely: dict[str, list[Spell]] = {}
    for stay in (stay for leg in legs for stay in leg.stays):
        if stay.conference.id not in lonely:
            lonely[stay.conference.id] = _lonely(stay.conference, now)
    return [_longest(leg.number, _silent(leg, lonely, now)) for leg in legs]


def _longest(number: str, spells: Iterable[Spell]) -> Silence:
    longest, last = (0.0, 0.0), (0.0, 0.0)
    for since, until in spells:
        last = (last[0] if since <= last[1] else since, until)
        longest = max(longest, last, key=lambda spell: spell[1] - spell[0])
    return Silence(number, longest[0], longest[1] - longest[0])


def _silent(leg: Leg, lonely: dict[str, list[Spell]], now: float) -> Iterator[Spell]:
    timeline = leg.timeline
    ends = [heard.at for heard in timeline[1:]] + [now]
    for heard, until in zip(timeline, ends, strict=True):
        if heard.what == "silence":
            yield heard.at, until
        elif heard.what == "conference" and not heard.others:
            yield from _within(lonely[_stay(leg, heard.at).conference.id], heard.at, until)


def _within(spells: list[Spell], since: float, until: float) -> Iterator[Spell]:
    first = bisect_right(spells, since, key=lambda spell: spell[1])
    for begin, end in islice(spells, first, None):
        if begin >= until:
            return
        yield max(begin, since), min(end, until)


def _lonely(conference: Conference, now: float) -> list[Spell]:
    """When there was only one in it."""
    stays = tuple(conference.participants)
    moves = [(stay.created_at, 1) for stay in stays]
    moves += [(stay.left_at, -1) for stay in stays if stay.left_at is not None]
    moves.sort()
    inside = accumulate(move for _, move in moves)
    ends = [at for at, _ in moves[1:]] + [now]
    spells = zip(moves, ends, inside, strict=True)
    return [(at, until) for (at, _), until, count in spells if count == 1 and at < until]


# Commands that were executed more than once

_SWITCHED = {
    "HoldConferenceParticipants": "hold",
    "UnholdConferenceParticipants": "hold",
    "MuteConferenceParticipants": "mute",
    "UnmuteConferenceParticipants": "mute",
}
_ENTERS = ("CreateConference", "JoinConference")


def executed_again(
    requests: Iterable[Request], legs: Iterable[Leg], patience: float = inf
) -> list[str]:
    """Each command that did for a call what had been done for it before, without need.

    There is no need to answer twice, to say the same twice, to dial whom we are calling, or to
    take in who has not left; nor to hold or mute (or the opposite) twice in a row, unless the
    client did not see how it went the first time, or may not have: `patience` is how long it waits
    for an answer, in simulated seconds. A server error, too, may come of what took effect; and
    what did not take effect may have, for whoever had no answer.
    """
    by_id = {leg.call_control_id: leg for leg in legs}
    before: dict[tuple[str, ...], tuple[Request, Leg]] = {}
    doubtful: set[tuple[str, ...]] = set()
    found = []
    for request in requests:
        for leg in (by_id[call] for call in request.calls if call in by_id):
            if deed := _deed(request, leg):
                first, before[deed] = before.get(deed), (request, leg)
                needed = not first or deed[:2] in doubtful or _needed(*first, request, patience)
                doubtful.discard(deed[:2])
                if first and not needed:
                    found.append(_told(leg, first[0], request))
        if request.status >= 500 or not (request.seen or request.executed):
            doubtful.update(_switches(request))
    return found


def _switches(request: Request) -> Iterator[tuple[str, str]]:
    """What a hold, mute or the opposite was to switch, whether it did or not."""
    action = request.path.rsplit("/", 1)[-1].removeprefix("un")
    if action in _SWITCHED.values():
        for call in (request.body or {}).get("call_control_ids", ()):
            yield action, call


def _deed(request: Request, leg: Leg) -> tuple[str, ...]:
    """What counts as the same, if it is done again; () for what may be."""
    operation, call = request.operation, leg.call_control_id
    if operation == "AnswerCall":
        return ("answer", call)
    if operation == "SpeakCall":
        return ("speak", call, request.body["payload"])
    if operation == "DialCall":
        return ("dial", leg.from_, leg.to, request.body.get("client_state", ""))
    if operation in _ENTERS:
        return ("enter", call)
    if operation in _SWITCHED:
        return (_SWITCHED[operation], call, _stay(leg, request.executed_at or 0).id)
    return ()


def _needed(first: Request, leg: Leg, again: Request, patience: float) -> bool:
    """leg: the one that was concerned the first time."""
    if again.operation in _SWITCHED:
        seen = first.seen and first.answered_at - first.at < patience
        return not seen or _asked(first) != _asked(again)
    since, until = sorted((first.executed_at or 0, again.executed_at or 0))
    if again.operation in _ENTERS:
        return any(since < (stay.left_at or inf) <= until for stay in leg.stays)
    return again.operation == "DialCall" and (leg.ended_at or inf) <= until


def _asked(request: Request) -> tuple[str, ...]:
    body = request.body or {}
    return (request.operation, body.get("audio_url", ""), body.get("media_name", ""))


def _told(leg: Leg, first: Request, again: Request) -> str:
    times = f"at {first.executed_at:.1f} s and again at {again.executed_at:.1f} s"
    return f"{leg.number}: {again.operation} was executed {times}"


def _stay(leg: Leg, at: float) -> Participant:
    """The one that it was in then."""
    return leg.stays[bisect_right(leg.stays, at, key=lambda stay: stay.created_at) - 1]
