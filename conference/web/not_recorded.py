"""Explains Telnyx's refusal to stop, pause or resume a recording where nothing is recorded."""

from __future__ import annotations

from typing import Any

from conference.core.room import Room
from conference.masking import mask_number
from conference.web.problems import Problem

OF_RECORDINGS = ("record_stop", "record_pause", "record_resume")
NONE_THERE = ("refused", "no conference")  # meanings of a refusal: Telnyx finds no recording


def raise_if_not_recorded(
    room: Room, calls: tuple[str, ...], answers: list[dict[str, Any]]
) -> None:
    """Raise Problem if Telnyx refuses a command about a recording, and none is known here.

    After a restart the line does not know all recordings, so that Telnyx decides.
    """
    refused = next((a for a in answers if a["means"] in NONE_THERE), None)
    going_on = room.recordings.going_on
    if refused is None or refused["command"] not in OF_RECORDINGS:
        return
    if any(each in going_on for each in calls or (room.conference,)):
        return
    whole = [] if room.conference not in going_on else ["the conference, which needs no --to"]
    others = whole + [
        f"the call of {_name(room, call)}" for call in going_on if _is_here(room, call)
    ]
    what = f"no recording of {'this call' if calls else 'the conference'} is under way"
    but = f". Recorded now: {', '.join(others)}" if others else ""
    raise Problem("not-now", what + but, code=refused["code"], answers=answers)


def _is_here(room: Room, call: str) -> bool:
    return call in room.participants


def _name(room: Room, call: str) -> str:
    participant = room.participants[call]
    return participant.label or mask_number(participant.number)
