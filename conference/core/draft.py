"""Notes for the change in progress, written by `decide` and `transitions`."""

from __future__ import annotations

from typing import Literal, NamedTuple

from conference.core.events import HandedOver, ModeratorRequest
from conference.core.states import Cause


class KeyRequest(NamedTuple):
    """A request of a participant's key that the room cannot check alone: the engine applies it.

    `call`: of the participant. `words`: that are spoken to them when it is applied.
    """

    call: str
    words: str
    request: ModeratorRequest


class Draft(NamedTuple):
    """Empty in every stored room.

    `cause`: the kind of the event. `request`: the id of the moderator's request that the event is,
    or hands a call over for. `touched`: the calls whose participants were put or released, in
    order. `handed`: the calls for other rooms, each with the room's name. `requests`: of keys, for
    the engine. `announced`: the ids of the announcements.
    """

    cause: Cause | Literal[""] = ""
    request: str = ""
    touched: tuple[str, ...] = ()
    handed: tuple[tuple[str, HandedOver], ...] = ()
    requests: tuple[KeyRequest, ...] = ()
    announced: tuple[str, ...] = ()


EMPTY_DRAFT = Draft()
