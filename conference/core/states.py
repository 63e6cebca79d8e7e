"""Every move that a call can make through a room, and what makes it. No other is possible."""

from __future__ import annotations

from typing import Literal

Status = Literal["ringing", "greeting", "waiting", "joined", "leaving", "refused", "ending"]
"""ringing: not answered yet; greeting: hears the greeting; waiting: wants into the conference;
joined; leaving: out, its call about to end; refused: is told why it cannot stay; ending: is being
hung up. A hangup ends each of them."""

MOVES: dict[tuple[Status, Status], str] = {
    ("ringing", "greeting"): "answered",
    ("ringing", "waiting"): "answered, nothing to say",
    ("ringing", "joined"): "seen inside",
    ("ringing", "ending"): "cannot be answered",
    ("greeting", "waiting"): "greeted",
    ("greeting", "joined"): "seen inside",
    ("greeting", "ringing"): "not answered yet",
    ("waiting", "joined"): "let in",
    ("waiting", "leaving"): "left, or its conference ended",
    ("waiting", "refused"): "full, or no way in",
    ("waiting", "ringing"): "not answered yet",
    ("joined", "waiting"): "its conference is gone",
    ("joined", "leaving"): "left, or its conference ended",
    ("joined", "refused"): "alone for too long",
    ("leaving", "waiting"): "a newer event has it in",
    ("leaving", "ending"): "did not hang up",
    ("refused", "ending"): "told so",
}
