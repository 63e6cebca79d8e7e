"""Every move that a call can make through a room, and what makes it. No other is possible."""

from __future__ import annotations

from typing import Literal

Status = Literal[
    "ringing", "greeting", "waiting", "joined", "parked", "leaving", "refused", "ending"
]
"""ringing: not answered yet; greeting: hears the greeting; waiting: wants into the conference;
joined; parked: out of it by a moderator, its call up; leaving: out, its call about to end; refused:
is told why it cannot stay; ending: is being hung up. A hangup ends each of them."""

MOVES: dict[tuple[Status, Status], str] = {
    ("ringing", "greeting"): "answered",
    ("ringing", "waiting"): "answered, nothing to say",
    ("ringing", "refused"): "answered, the room is locked",
    ("ringing", "joined"): "seen inside",
    ("ringing", "ending"): "cannot be answered, or kicked",
    ("greeting", "waiting"): "greeted",
    ("greeting", "joined"): "seen inside",
    ("greeting", "ringing"): "not answered yet",
    ("greeting", "ending"): "kicked, or did not press 1",
    ("waiting", "joined"): "let in",
    ("waiting", "leaving"): "left, or its conference ended",
    ("waiting", "refused"): "full, kicked, or no way in",
    ("waiting", "ringing"): "not answered yet",
    ("joined", "waiting"): "its conference is gone",
    ("joined", "leaving"): "left, or its conference ended",
    ("joined", "refused"): "alone for too long, or kicked",
    ("joined", "parked"): "taken out by a moderator",
    ("parked", "waiting"): "asked in again",
    ("parked", "refused"): "kicked",
    ("parked", "ending"): "parked for too long",
    ("leaving", "waiting"): "a newer event has it in",
    ("leaving", "ending"): "did not hang up",
    ("refused", "ending"): "told so",
}
