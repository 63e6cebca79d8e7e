"""What follows from Telnyx's answers to our commands: a module for each kind of them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from conference.core.commands import Command
from conference.core.events import Outcome
from conference.core.room import Room

Reaction = Callable[[Room, Any, Outcome], Room]
Reactions = dict[tuple[type[Command], str], Reaction]
"""By the command's type and what the answer means. "else" stands for every other meaning; "retry"
for those after which a command is tried again, where it is not done in the usual way."""
