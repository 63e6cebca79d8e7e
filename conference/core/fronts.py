"""The fronts by which callers reach a room: a row for each, with all that differs between them.

A third front is a third row.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from conference.core.room import FrontName, Room
from conference.core.texml.entering_and_leaving import everyone_left


@dataclass(frozen=True, slots=True, kw_only=True)
class Front:
    """A row. The comments give the case that needs explaining."""

    takes_calls: bool  # no: callers by Call Control hear that they must call another number
    keeps_client_state: bool  # no: Telnyx stores nothing of a call for us
    speaks: bool  # no: a participant cannot be spoken to before the hangup
    legs_stay_up: bool  # no: a call ends when it leaves the conference
    reports_speech_stop: bool  # no: only the newest speaker is known
    reports_no_answer: bool  # no: no event reports that a call of ours was not answered
    records_itself: bool  # yes: Telnyx records by the attributes of <Conference>
    reopens: bool  # no: the calls end with the conference
    several_at_once: bool  # no: a hold or mute takes one participant
    watched_while_empty: bool  # yes: snapshots are taken with no known participant, too
    needs_application: bool  # yes: dialling out needs TELNYX_CONNECTION_ID
    has_duration: bool  # yes: DURATION_MINUTES ends the conference
    has_accounts: bool  # yes: each command names the account of the conference
    is_over: Callable[[Room], bool]  # with nobody inside or on the way, is the conference over?


FRONTS: Mapping[FrontName, Front] = {
    "call-control": Front(
        takes_calls=True,
        keeps_client_state=True,
        speaks=True,
        legs_stay_up=True,
        reports_speech_stop=False,
        reports_no_answer=True,
        records_itself=False,
        reopens=True,
        several_at_once=True,
        watched_while_empty=False,
        needs_application=True,
        has_duration=True,
        has_accounts=False,
        is_over=lambda room: True,
    ),
    "texml": Front(
        takes_calls=False,
        keeps_client_state=False,
        speaks=False,
        legs_stay_up=False,
        reports_speech_stop=True,
        reports_no_answer=False,
        records_itself=True,
        reopens=False,
        several_at_once=False,
        watched_while_empty=True,
        needs_application=False,
        has_duration=False,
        has_accounts=True,
        is_over=everyone_left,
    ),
}


def front(room: Room) -> Front:
    """Return the row of the room's front."""
    return FRONTS[room.front]


def account(room: Room) -> str:
    """Return the account for the room's commands; empty where they need none."""
    facts = room.texml.facts
    return facts.account if facts and front(room).has_accounts else ""
