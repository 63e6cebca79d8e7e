"""Every move of a call from one status to another, with its causes. No other move is possible."""

from __future__ import annotations

from typing import Literal, NamedTuple

Status = Literal[  # a hangup ends each of them
    "ringing",  # not answered yet
    "greeting",  # in the entry stages, the greeting included
    "waiting",  # on the way into the conference
    "joined",
    "parked",  # taken out by a moderator; the call stays up
    "leaving",  # has left; the call is about to end
    "refused",  # hears why it cannot stay
    "ending",  # is being hung up
]

Cause = Literal["webhook", "outcome", "deadline", "request", "snapshot"]
"""The kind of event that moves a call. request: a moderator's; snapshot: of Telnyx's lists."""


class Move(NamedTuple):
    """`why`: the event in words. `causes`: the kinds of events that can cause the move."""

    why: str
    causes: tuple[Cause, ...]


MOVES: dict[tuple[Status, Status], Move] = {
    ("ringing", "greeting"): Move(
        "answered", ("webhook", "outcome", "deadline", "request", "snapshot")
    ),
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
    ("greeting", "waiting"): Move(
        "greeted", ("webhook", "outcome", "deadline", "request", "snapshot")
    ),
    ("greeting", "joined"): Move("seen inside", ("webhook", "outcome", "snapshot")),
    ("greeting", "refused"): Move(
        "greeted, the room was locked; or no known PIN",
        ("webhook", "outcome", "deadline", "request", "snapshot"),
    ),
    ("greeting", "ringing"): Move("not answered yet", ("outcome",)),
    ("greeting", "ending"): Move(
        "kicked, or did not press 1", ("webhook", "outcome", "deadline", "request")
    ),
    ("waiting", "greeting"): Move(
        "full, waits for a seat", ("webhook", "outcome", "deadline", "request", "snapshot")
    ),
    ("waiting", "joined"): Move("let in", ("webhook", "outcome", "snapshot")),
    ("waiting", "ending"): Move("the meeting was ended", ("outcome", "request", "deadline")),
    ("waiting", "leaving"): Move("left, or its conference ended", ("webhook",)),
    ("waiting", "refused"): Move(
        "full, kicked, or no way in", ("webhook", "outcome", "deadline", "request", "snapshot")
    ),
    ("waiting", "ringing"): Move("not answered yet", ("outcome",)),
    ("joined", "waiting"): Move(
        "its conference is gone, or about to end", ("webhook", "outcome", "deadline", "snapshot")
    ),
    ("joined", "leaving"): Move(
        "left, or its conference ended", ("webhook", "outcome", "snapshot")
    ),
    ("joined", "refused"): Move(
        "alone for too long, kicked, or the room was locked", ("deadline", "request", "snapshot")
    ),
    ("joined", "parked"): Move("taken out by a moderator", ("request",)),
    ("parked", "waiting"): Move("asked in again", ("request",)),
    ("parked", "refused"): Move("kicked, or parked for too long", ("request", "deadline")),
    ("parked", "ending"): Move("the meeting was ended", ("request", "deadline")),
    ("leaving", "waiting"): Move("a newer event has it in", ("webhook",)),
    ("leaving", "refused"): Move("its call stayed up", ("deadline",)),
    ("refused", "ending"): Move("told so", ("webhook", "outcome", "deadline")),
}


def check_move(before: Status, after: Status, cause: Cause | Literal[""]) -> None:
    """Raise ValueError unless MOVES has the move, with this cause if given."""
    move = MOVES.get((before, after))
    if move is None:
        raise ValueError(f"no call goes from {before} to {after}")
    if cause and cause not in move.causes:
        raise ValueError(f"no call goes from {before} to {after} because of a {cause}")
