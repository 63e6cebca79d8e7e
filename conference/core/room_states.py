"""The states of a room: one table, for the rules, the control API and the docs.

A lock, and what newcomers are, are no states: they hold in any of these.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from itertools import islice
from typing import Literal

from conference.core.commands import CONFERENCE
from conference.core.parts import NOTHING_ASKED
from conference.core.room import Room

HoldReason = Literal["not-started", "alone", "moderator"]


def is_held(room: Room, call: str) -> bool:
    """Whether a moderator holds the participant."""
    return room.holding.asked.get(call, NOTHING_ASKED).hold


def two_free(room: Room) -> list[str]:
    """Return up to two joined participants without a moderator's hold."""
    return list(islice((call for call in room.joined if not is_held(room, call)), 2))


def alone(room: Room) -> str:
    """Return the call of the only joined participant without a moderator's hold; empty if there are
    none or more."""
    free = two_free(room)
    return free[0] if len(free) == 1 else ""


def waits_for_host(room: Room) -> bool:
    """Whether the conference begins only when a participant comes whose role starts it."""
    return not room.begun and room.settings.waits_for_host


def _nobody(room: Room) -> frozenset[str]:
    return frozenset()


def _everyone(room: Room) -> frozenset[str]:
    return room.joined


def _the_one_alone(room: Room) -> frozenset[str]:
    return frozenset([alone(room)]) - {""}


@dataclass(frozen=True, slots=True, kw_only=True)
class RoomState:
    """One row.

    `meaning`: `when` in words. `status`: as the control API shows it. `holds`: the participants
    that the rule holds, those of moderators aside; `hold_reason`: why. `music`: why music is on;
    {alone} is the number of the one that is held. `summary`: words for the room's summary. `talk`:
    whether two participants can hear each other.
    """

    name: str
    when: Callable[[Room], bool]
    meaning: str
    status: Literal["empty", "opening", "open"] = "open"
    holds: Callable[[Room], frozenset[str]] = _nobody
    hold_reason: HoldReason | None = None
    music: str | None = None
    summary: str = ""
    talk: bool = False


STATES: tuple[RoomState, ...] = (
    RoomState(
        name="empty",
        when=lambda room: not room.conference and CONFERENCE not in room.pending,
        meaning="there is no conference",
        status="empty",
    ),
    RoomState(
        name="opening",
        when=lambda room: not room.conference,
        meaning="Telnyx opens the conference for the first caller",
        status="opening",
    ),
    RoomState(
        name="waiting for the start",
        when=lambda room: room.waits_for_start,
        meaning="Telnyx holds everyone until a participant starts the conference",
        holds=_everyone,
        hold_reason="not-started",
        music="music is on, because the conference waits for somebody to start it",
        summary="waiting for the start",
    ),
    RoomState(
        name="nobody inside",
        when=lambda room: not room.joined,
        meaning="the first caller is on the way into the conference",
    ),
    RoomState(
        name="waiting for the host",
        when=waits_for_host,
        meaning="no participant whose role starts the conference has come in this meeting",
        holds=_everyone,
        hold_reason="not-started",
        music="music is on, because the room waits for its host",
        summary="waiting for the host",
    ),
    RoomState(
        name="alone",
        when=lambda room: len(room.joined) == 1,
        meaning="one participant is inside",
        holds=_everyone,
        hold_reason="alone",
        music="music is on, because only {alone} is here",
    ),
    RoomState(
        name="alone beside others",
        when=lambda room: bool(alone(room)),
        meaning="moderators hold everyone but one",
        holds=_the_one_alone,
        hold_reason="alone",
        music="music is on, because everyone but {alone} is on hold",
    ),
    RoomState(
        name="everyone on hold",
        when=lambda room: not two_free(room),
        meaning="moderators hold everyone",
        music="music is on, because everyone is on hold",
    ),
    RoomState(
        name="in conference",
        when=lambda room: True,
        meaning="two participants or more can hear each other",
        talk=True,
    ),
)
"""The first row whose `when` is true is the room's state."""


def state_of(room: Room) -> RoomState:
    """Return the room's state."""
    return next(state for state in STATES if state.when(room))


def hold_reason(room: Room, call: str) -> HoldReason | None:
    """Return why the participant should be on hold; None for one who should not, or is outside."""
    if call not in room.joined:
        return None
    if is_held(room, call) and not room.waits_for_start:
        return "moderator"
    state = state_of(room)
    return state.hold_reason if call in state.holds(room) else None


def without_company(room: Room) -> frozenset[str]:
    """Return the joined participants if none of them can hear another; empty otherwise."""
    return frozenset() if state_of(room).talk else room.joined
