"""Notes the application's requests in the traffic, with the keys by which it knows them.

The keys of a request are its command_id, and its verb with the calls that it names; without calls,
with the number that it dials, or the id or name in its path: "hold v3:...", "dial +1312...".
"""

from __future__ import annotations

from collections.abc import Mapping

from ..network.traffic import LONGEST, Row
from ..network.world import World
from . import requests
from .description import Operation
from .ledger import Request
from .requests import ParsedRequest

_VERBS: Mapping[str, str] = {
    "DialCall": "dial",
    "DialTexmlConferenceParticipant": "dial",
    "DeleteTexmlConferenceParticipant": "kick",
    "UpdateTexmlConferenceParticipant Hold": "hold",
    "UpdateTexmlConferenceParticipant Hold=false": "unhold",
    "UpdateTexmlConferenceParticipant Muted": "mute",
    "UpdateTexmlConferenceParticipant Muted=false": "unmute",
    "UpdateTexmlConferenceParticipant AnnounceUrl": "play",
    "UpdateTexmlConferenceParticipant Coaching": "update",
    "UpdateTexmlConferenceParticipant Coaching=false": "update",
    "UpdateTexmlConference AnnounceUrl": "play",
    "UpdateTexmlConference Status": "end",
}
"""The verb by the change, as requests.change returns it; for others the last word of the path."""
_DIALS = ("DialCall", "DialTexmlConferenceParticipant")
_FAULTS = {
    "hung": "the answer was held back",
    "dropped": "the connection broke before the answer",
    "dripped": "the answer came byte by byte",
    "gone": "the application did not wait for the answer",
}
"""By the fate of a request."""


def arrived(world: World, at: float, method: str, path: str, raw: bytes) -> Row:
    """Note a request that has arrived. path: without /v2."""
    row = world.traffic.note(
        at, "look-up" if method == "GET" else "command", "", f"{method} {path}"
    )
    row.sent = lambda: raw[:LONGEST].decode(errors="replace")
    return row


def parsed(world: World, row: Row, operation: Operation, request: ParsedRequest) -> None:
    """Note what a request asks for, which phones and calls it concerns, and its keys."""
    row.name = requests.change(operation, request)
    row.numbers = requests.numbers(world, request)
    row.calls = requests.named(world, request)
    if row.kind == "command":
        verb = _VERBS.get(row.name) or operation.path.rsplit("/", 1)[-1]
        dialled = request.body.get("to") or request.body.get("To")
        about = row.calls or (dialled or request.target,)
        command_id = str(request.body.get("command_id") or "")
        world.traffic.identify(row, (command_id, " ".join((verb, *map(str, about)))))


def answered(world: World, row: Row, request: Request, text: str, *, by_chaos: bool) -> None:
    """Note the end of a request. text: the body of the answer."""
    row.status, row.answer, row.tries = request.status, text[:LONGEST], 1
    if request.operation in _DIALS:
        row.calls = request.calls
    row.fault = _fault(request, by_chaos=by_chaos)
    world.traffic.changed(row)


def _fault(request: Request, *, by_chaos: bool) -> str:
    if request.fate == "answered":
        repeats = request.status < 300 and request.method != "GET" and not request.executed
        return "its command_id is known: not executed again" if repeats else ""
    fault = _FAULTS.get(request.fate, "refused")
    return f"chaos: {fault}" if by_chaos else fault
