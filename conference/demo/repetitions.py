"""Finds the commands that the line had executed twice without need."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator
from math import inf

from conference.simulator import Leg, Participant, Request

_SWITCHES = {
    "HoldConferenceParticipants": "hold",
    "UnholdConferenceParticipants": "hold",
    "MuteConferenceParticipants": "mute",
    "UnmuteConferenceParticipants": "mute",
}
"""The operations that switch something on or off, and what they switch."""
_ANOTHER_TRY = ("10008", "10036")  # timed out; is being processed
_ENTERS = ("CreateConference", "JoinConference")


def executed_again(
    requests: Iterable[Request], legs: Iterable[Leg], patience: float = inf
) -> list[str]:
    """Return a sentence for each command that repeated an earlier one for the same call.

    No call needs to be answered twice, to hear the same text twice, to be dialled while it is
    being called, or to join again before it has left. The same hold or mute is needed twice in a
    row only if the line may not know the state of the call:
    - it got no answer to the first one within `patience`, in simulated seconds; or
    - a command in between, for the same switch, ended with a server error or a refusal that asks
      for another try, or was not executed and got no answer.
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
                    found.append(_sentence(leg, first[0], request))
        unclear = request.status >= 500 or request.code in _ANOTHER_TRY
        if unclear or not (request.seen or request.executed):
            doubtful.update(_switched(request))
    return found


def _switched(request: Request) -> Iterator[tuple[str, str]]:
    """Yield what a hold, mute or the opposite should switch, and for which call."""
    action = request.path.rsplit("/", 1)[-1].removeprefix("un")
    if action in _SWITCHES.values():
        for call in (request.body or {}).get("call_control_ids", ()):
            yield action, call


def _deed(request: Request, leg: Leg) -> tuple[str, ...]:
    """Return a key that is equal for commands that do the same; () for one that may be repeated."""
    operation, call = request.operation, leg.call_control_id
    if operation == "AnswerCall":
        return ("answer", call)
    if operation == "SpeakCall":
        return ("speak", call, request.body["payload"])
    if operation == "DialCall":
        return ("dial", leg.from_, leg.to, request.body.get("client_state", ""))
    if operation in _ENTERS:
        return ("enter", call)
    if operation in _SWITCHES:
        return (_SWITCHES[operation], call, _stay(leg, request.executed_at or 0).id)
    return ()


def _needed(first: Request, leg: Leg, again: Request, patience: float) -> bool:
    """Whether `again` was needed after `first`, which concerned `leg`."""
    if again.operation in _SWITCHES:
        seen = first.seen and first.answered_at - first.at < patience
        return not seen or _wish(first) != _wish(again)
    since, until = sorted((first.executed_at or 0, again.executed_at or 0))
    if again.operation in _ENTERS:
        return any(since < (stay.left_at or inf) <= until for stay in leg.stays)
    return again.operation == "DialCall" and (leg.ended_at or inf) <= until


def _wish(request: Request) -> tuple[str, ...]:
    body = request.body or {}
    return (request.operation, body.get("audio_url", ""), body.get("media_name", ""))


def _sentence(leg: Leg, first: Request, again: Request) -> str:
    times = f"at {first.executed_at:.1f} s and again at {again.executed_at:.1f} s"
    return f"{leg.number}: {again.operation} was executed {times}"


def _stay(leg: Leg, at: float) -> Participant:
    """Return the leg's stay in a conference at that time."""
    return leg.stays[bisect_right(leg.stays, at, key=lambda stay: stay.created_at) - 1]
