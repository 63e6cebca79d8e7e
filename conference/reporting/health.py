"""Reports whether calls are served as they should be."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Iterator
from typing import Any

from conference.clock import Iso, iso
from conference.core.commands import of_call
from conference.core.participant import Participant
from conference.core.room import Room
from conference.masking import mask_number
from conference.reporting.server_health import ServerHealth

log = logging.getLogger(__name__)

LATE_AFTER = 10.0  # seconds that a caller may wait
ERROR_LASTS = 60.0  # seconds for which the last error of Telnyx is logged
TAKEN_LASTS = 600.0  # seconds for which a taken name is reported
UNREAD_LASTS = 60.0  # seconds without a reading of Telnyx's lists that are no fault, and so are
UNREAD_READINGS = 3  # as many readings that failed


def report(
    rooms: Iterable[Room], server: ServerHealth, now: float, iso: Iso = iso
) -> dict[str, Any]:
    """Return the health as JSON. `uptime`, `age`, `webhook_age` and `seconds` are in seconds.

    `iso` writes the times: that of the line's clock.
    telnyx_at, telnyx_age: when Telnyx last accepted a command.
    telnyx_error: the last one, as `at, age, what, kind, since_accepted`. The last two are the
    meaning, such as "key refused", and the number of errors since a command was accepted.
    compared_at, compared_age: the last comparison of a room with Telnyx's lists.
    calls_compared_at, calls_compared_age: that with the list of the application's calls.
    waiting: the callers who have waited too long.
    unknown_calls: calls that Telnyx has and no room knows.
    taken_names: rooms that cannot open, since their name is taken and no list shows by which
        conference.
    has_keys: whether a room has keys.
    key_at, key_age: the last key of a participant inside, outside a gather.
    shared_rooms: rooms whose conference has calls of other programs.
    healed: the number of repairs after comparisons with Telnyx's lists.
    unread_for: the seconds in which Telnyx answered nothing, if it should have; see `unread_for`.
    texml_account: the account that callbacks of TeXML name; empty without one.
    log_lines_lost: the number of lines that the log's output did not accept.
    With several processes, `server` is `merged` of them.
    """
    rooms = list(rooms)

    def times(name: str, at: float | None) -> dict[str, Any]:
        return {f"{name}_at": iso(at), f"{name}_age": None if at is None else now - at}

    return {
        "started_at": iso(server.started_at),
        "uptime": now - server.started_at,
        **times("webhook", server.webhook_at),
        **times("telnyx", server.accepted_at),
        "telnyx_error": _error(server, now, iso),
        **times("compared", _compared_at(rooms)),
        **times("calls_compared", _compared_at(r for r in rooms if r.watches_unknown_calls)),
        "has_keys": any(room.settings.keys for room in rooms),
        **times("key", server.key_at),
        "waiting": [late for room in rooms for late in _late_callers(room, now)],
        "unknown_calls": sorted(_unknown(rooms)),
        "taken_names": [
            {"room": room, "at": iso(at), "age": now - at}
            for room, at in sorted(server.taken_names.copy().items())
            if now - at < TAKEN_LASTS
        ],
        "shared_rooms": [room.name for room in rooms if room.reconciliation.has_others],
        "healed": sum(room.reconciliation.healed for room in rooms),
        "unread_for": unread_for(front_of(rooms), server, now),
        "texml_account": server.texml_account,
        "log_lines_lost": server.lines_lost,
        "rooms": len(rooms),
        "participants": sum(len(room.participants) for room in rooms),
    }


def warnings(report: dict[str, Any]) -> Iterator[str]:
    """Yield a line for each fault in the report; none while all is well."""
    for late in report["waiting"]:
        yield (
            f"{late['number']} in room {late['room']} has waited for {late['seconds']:.0f} s "
            f"({late['status']})"
        )
    error = report["telnyx_error"]
    if error and error["age"] < ERROR_LASTS:
        yield f"{error['age']:.0f} s ago: {error['what']}"
    for taken in report["taken_names"]:
        yield f"{taken['age']:.0f} s ago: {taken_name(taken['room'])}"
    for room in report["shared_rooms"]:
        yield (
            f"the conference of room {room} has calls that are not this application's: "
            "does another deployment use the same CONFERENCE_NAME?"
        )


def front_of(rooms: Iterable[Room]) -> Room | None:
    """Return the room that is compared with the application's calls, also while it is empty."""
    return next((room for room in rooms if room.watches_unknown_calls), None)


def unread_for(front: Room | None, server: ServerHealth, now: float) -> float | None:
    """Return for how long nothing has been read from Telnyx; None if that is no fault.

    It is one if three readings of the lists in a row and each command failed, for a minute at
    least: so a line that has just started has none. Without TELNYX_CONNECTION_ID there is no
    `front`, and nothing is read by design; neither with RECONCILE_SECONDS=0.
    """
    every = front.settings.reconcile_seconds if front and front.watches_unknown_calls else 0
    if not every:
        return None
    seconds = now - max(server.accepted_at or 0.0, server.started_at)
    return seconds if seconds > max(UNREAD_READINGS * every, UNREAD_LASTS) else None


def taken_name(room: str) -> str:
    """Return what keeps callers out of the room, and the likely reasons."""
    return (
        f"room {room} cannot open: Telnyx has a conference of this name, and lists none. Is it in "
        "another region (REGION), or another program's? Give this line its own CONFERENCE_NAME"
    )


def log_warnings(rooms: Iterable[Room], server: ServerHealth, now: float) -> None:
    """Log what is wrong now."""
    for warning in warnings(report(rooms, server, now)):
        log.warning("%s", warning)


def _error(server: ServerHealth, now: float, iso: Iso) -> dict[str, Any] | None:
    if server.error_at is None:
        return None
    return {
        "at": iso(server.error_at),
        "age": now - server.error_at,
        "what": server.error,
        "kind": server.error_kind,
        "since_accepted": server.errors_since,
    }


def _compared_at(rooms: Iterable[Room]) -> float | None:
    """Return when one of the rooms was last compared with Telnyx's lists."""
    return max((room.reconciliation.compared_at for room in rooms), default=0.0) or None


def _late_callers(room: Room, now: float) -> Iterator[dict[str, Any]]:
    for participant in room.participants.values():
        since = _waits_since(room, participant)
        if since is not None and now - since > LATE_AFTER:
            yield {
                "room": room.name,
                "call": participant.call,
                "number": mask_number(participant.number),
                "status": participant.status,
                "seconds": now - since,
            }


def _waits_since(room: Room, participant: Participant) -> float | None:
    """Return since when the caller waits for us, or for Telnyx's answer; None if not at all."""
    if participant.status == "waiting":
        return participant.waits_since
    if participant.status == "ringing" and participant.direction == "incoming":
        return participant.since
    head = room.head(of_call(participant.call))
    return head.at if head else None


def _unknown(rooms: Iterable[Room]) -> set[str]:
    """Return the calls that Telnyx has and no room knows: another program's, or too new."""
    unknown: set[str] = set()
    for room in rooms:
        doubted = {
            doubt.which for doubt in room.reconciliation.doubts if doubt.what == "unknown call"
        }
        unknown |= (room.reconciliation.unknown_calls | doubted) - room.participants.keys()
    return unknown
