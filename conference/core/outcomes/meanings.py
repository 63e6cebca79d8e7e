"""The meaning of Telnyx's response to a command, by code and status."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Literal

from conference.core import commands as c
from conference.core.events import Outcome
from conference.core.room import Room

Meaning = Literal[
    "done", "gone", "not answered", "no conference", "name taken", "full", "in already",
    "not ours", "not inside", "limited", "busy", "unknown", "key refused", "refused",
]  # fmt: skip
Reaction = Callable[[Room, Any, Outcome], Room]
Reactions = dict[tuple[type[c.Command], Meaning | Literal["retry", "else"]], Reaction]
"""Rows of the table of outcomes, by the type of the command and the meaning of the response.

"retry": instead of the usual retry, for the meanings in RETRIED. "else": for all other meanings.
"""

BY_CODE: dict[str, Meaning] = {
    "90018": "gone",  # the call has ended
    "90015": "gone",  # no such call
    "90034": "not answered",
    "90019": "no conference",  # it has ended
    "90058": "no conference",  # there is none
    "10005": "no conference",  # not found
    "90033": "name taken",
    "90032": "full",
    "90044": "in already",
    "90102": "not ours",  # an outgoing leg cannot be answered
}
BY_STATUS: dict[int, Meaning] = {
    0: "unknown",
    401: "key refused",
    403: "key refused",
    429: "limited",  # its code, 10011, means something else with 422
}
RETRIED = ("limited", "busy", "unknown")


def meaning(event: Outcome) -> Meaning:
    if 200 <= event.status < 300:
        return "done"
    if event.status >= 500:
        return "busy"
    if event.status in BY_STATUS:
        return BY_STATUS[event.status]
    if isinstance(event.command, c.Hold) and event.code == "10005":
        return "refused"  # the music was not found
    not_found = event.code == "90015" or (event.command.account and event.status == 404)
    if isinstance(event.command, c.HoldOrMute) and not_found:
        return "not inside"  # a participant has left the conference; the call may be up
    if event.command.account and not_found:
        return "gone"  # the call has left, or the conference is over
    if event.status == 404 and event.code not in BY_CODE:
        at_a_call = isinstance(event.command, c.Answer | c.Speak | c.Create | c.Hangup | c.Remember)
        return "gone" if at_a_call else "no conference"
    return BY_CODE.get(event.code, "refused")
