"""The parts of a row of the table of actions, and how an action calls a verb."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from conference.core.client_state import Role
from conference.core.draft import KeyRequest
from conference.core.events import ModeratorRequest
from conference.core.replacing import replace
from conference.core.requests.verbs import VERBS, requested
from conference.core.room import Room
from conference.core.words import Words

EVERYONE: tuple[Role, ...] = ("moderator", "participant", "listener")
MODERATORS: tuple[Role, ...] = ("moderator",)
PARTICIPANTS: tuple[Role, ...] = ("participant",)


@dataclass(frozen=True, slots=True)
class Press:
    """A complete sequence of a participant.

    `at`: Unix seconds. `id`: of the last key's event. `typed`: the keys that the action has read
    after its own sequence.
    """

    call: str
    at: float
    id: str
    typed: str = field(default="", repr=False)


Handler = Callable[[Room, Press], tuple[Room, Words]]
"""Returns the room afterwards, and the words that the participant hears; empty for none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reads:
    """Keys that an action reads after its own sequence.

    `prompt`: returns the words that ask for them, and whether to read any. `most`: so many keys
    complete the input; `#` completes it earlier, and `*` ends it without the action. `within`:
    seconds from key to key.
    """

    prompt: Callable[[Room, Press], tuple[Words, bool]]
    most: Callable[[Room], int]
    within: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Action:
    """A row.

    `roles`: who may do it. `help`: its effect in words; empty for a key that `help` does not name.
    """

    roles: tuple[Role, ...]
    help: str
    does: Handler
    reads: Reads | None = None


def request(room: Room, press: Press, verb: str, /, *calls: str, **values: Any) -> Room:
    """Apply a verb as a moderator's request would. Raise Refused if it cannot be done now.

    A verb with limits beyond the room is left to the engine: the words of the action are spoken
    when it is applied, and those of the refusal if it is refused.
    The id of the request is derived from that of the event, so that a repetition has the same.
    """
    event = as_request(press, verb, *calls, **values)
    if not VERBS[verb].by_engine:
        return apply(room, event, requested)
    asked = KeyRequest(press.call, "", event)
    return replace(room, draft=room.draft._replace(requests=(*room.draft.requests, asked)))


def as_request(press: Press, verb: str, /, *calls: str, **values: Any) -> ModeratorRequest:
    """Return the request that the key makes."""
    return ModeratorRequest(verb, press.at, _id(press, verb), calls, values)


def apply(
    room: Room, event: ModeratorRequest, handler: Callable[[Room, ModeratorRequest], Room]
) -> Room:
    """Apply a request of a key: it is the cause of the moves and commands that follow from it."""
    before = room.draft
    room = handler(replace(room, draft=before._replace(cause="request", request=event.id)), event)
    draft = room.draft._replace(cause=before.cause, request=before.request)
    return replace(room, draft=draft)


def _id(press: Press, verb: str) -> str:
    """Return an id of ASCII letters, digits and - within LONGEST_REQUEST."""
    event = press.id or f"{press.call} {press.at}"
    return f"key-{hashlib.sha256(f'{event}|{verb}'.encode()).hexdigest()[:32]}"
