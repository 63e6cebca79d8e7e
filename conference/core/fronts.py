"""The doors by which callers come into a room: what differs between them, a row for each.

Everything else is the same code for both. A third door is a third row.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from conference.core.room import FrontName, Room
from conference.core.texml.steps import left_by_all


@dataclass(frozen=True, slots=True, kw_only=True)
class Front:
    """What a door can do, and what its callers need. The comments give the other case."""

    takes_calls: bool  # no: callers of Call Control hear that they must call elsewhere
    keeps_client_state: bool  # no: Telnyx remembers nothing of a call for us
    speaks: bool  # no: nobody in the conference can be spoken to before the call ends
    legs_stay_up: bool  # no: the call ends with its stay in the conference
    reports_no_answer: bool  # no: a call that we make ends without a word, if nobody answers
    reopens: bool  # no: a conference that is gone takes its callers with it
    several_at_once: bool  # no: hold and mute take one participant at a time
    watched_while_empty: bool  # yes: looked at regularly though nobody is known to be in it
    needs_application: bool  # yes: calling out needs TELNYX_CONNECTION_ID
    has_accounts: bool  # yes: each command names the account of the conference
    is_over: Callable[[Room], bool]  # with nobody inside or on the way, is the conference over?


FRONTS: Mapping[FrontName, Front] = {
    "call-control": Front(
        takes_calls=True,
        keeps_client_state=True,
        speaks=True,
        legs_stay_up=True,
        reports_no_answer=True,
        reopens=True,
        several_at_once=True,
        watched_while_empty=False,
        needs_application=True,
        has_accounts=False,
        is_over=lambda room: True,
    ),
    "texml": Front(
        takes_calls=False,
        keeps_client_state=False,
        speaks=False,
        legs_stay_up=False,
        reports_no_answer=False,
        reopens=False,
        several_at_once=False,
        watched_while_empty=True,
        needs_application=False,
        has_accounts=True,
        is_over=left_by_all,
    ),
}


def front(room: Room) -> Front:
    """Return the door by which the room's callers came."""
    return FRONTS[room.front]


def account(room: Room) -> str:
    """Return the account that the room's commands name; empty where they name none."""
    facts = room.texml.facts
    return facts.account if facts and front(room).has_accounts else ""
