"""Every move that a call can make through a room, and what can cause it. No other is possible."""

from __future__ import annotations

from typing import Literal, NamedTuple

Status = Literal[
    "ringing", "greeting", "waiting", "joined", "parked", "leaving", "refused", "ending"
]
"""ringing: not answered yet; greeting: hears the greeting; waiting: wants into the conference;
joined; parked: out of it by a moderator, its call up; leaving: out, its call about to end; refused:
hears why it cannot stay; ending: is being hung up. A hangup ends each of them."""

Cause = Literal["webhook", "outcome", "deadline", "request", "snapshot"]
"""The kind of event that moves a call. request: of a moderator; snapshot: of Telnyx's lists."""


class Move(NamedTuple):
    """`why` says in words what happens. `causes` are the kinds of events that can cause it."""

    why: str
    causes: tuple[Cause, ...]


MOVES: dict[tuple[Status, Status], Move] = {
    ("ringing", "greeting"): Move("answered", ("webhook", "deadline", "snapshot")),
    ("ringing", "waiting"): Move(
        "answered, nothing to say", ("webhook", "outcome", "deadline", "request", "snapshot")
    ),
    ("ringing", "refused"): Move(
        "answered, the room is locked", ("webhook", "outcome", "deadline", "request", "snapshot")
    ),
    ("ringing", "joined"): Move("seen inside", ("webhook", "outcome", "snapshot")),
    ("ringing", "ending"): Move(
        "cannot be answered, or kicked", ("outcome", "deadline", "request")
    ),
    ("greeting", "waiting"): Move("greeted", ("webhook", "outcome", "deadline")),
    ("greeting", "joined"): Move("seen inside", ("webhook", "outcome", "snapshot")),
    ("greeting", "ringing"): Move("not answered yet", ("outcome",)),
    ("greeting", "ending"): Move(
        "kicked, or did not press 1", ("webhook", "outcome", "deadline", "request")
    ),
    ("waiting", "joined"): Move("let in", ("webhook", "outcome", "snapshot")),
    ("waiting", "leaving"): Move("left, or its conference ended", ("webhook",)),
    ("waiting", "refused"): Move(
        "full, kicked, or no way in", ("webhook", "outcome", "deadline", "request", "snapshot")
    ),
    ("waiting", "ringing"): Move("not answered yet", ("outcome",)),
    ("joined", "waiting"): Move("its conference is gone", ("outcome", "snapshot")),
    ("joined", "leaving"): Move("left, or its conference ended", ("webhook", "snapshot")),
    ("joined", "refused"): Move("alone for too long, or kicked", ("deadline", "request")),
    ("joined", "parked"): Move("taken out by a moderator", ("request",)),
    ("parked", "waiting"): Move("asked in again", ("request",)),
    ("parked", "refused"): Move("kicked", ("request",)),
    ("parked", "ending"): Move("parked for too long", ("deadline",)),
    ("leaving", "waiting"): Move("a newer event has it in", ("webhook",)),
    ("leaving", "ending"): Move("did not hang up", ("deadline",)),
    ("refused", "ending"): Move("told so", ("webhook", "outcome", "deadline")),
}


def check_move(before: Status, after: Status, cause: Cause | Literal[""]) -> None:
    """Raise ValueError unless a call can move so, for this cause if it is known."""
    move = MOVES.get((before, after))
    if move is None:
        raise ValueError(f"no call goes from {before} to {after}")
    if cause and cause not in move.causes:
        raise ValueError(f"no call goes from {before} to {after} because of a {cause}")
