"""What can happen to a room, and how a webhook's body becomes an event."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from conference.core.client_state import ClientState, decode
from conference.core.commands import Command
from conference.core.participant import Participant
from conference.core.parts import Asked
from conference.core.texml.facts import Fetch, StatusCallback
from conference.core.webhook_fields import Details, details, sortable, text

FLOOR = "conference.floor.changed"  # another speaker: most of the traffic
CAUSE_FIELDS = ("hangup_cause", "reason", "status")  # where an event's payload says why or how


class Malformed(Exception):
    """The body is no webhook of Telnyx's API v2. Its text says what is wrong."""


@dataclass(frozen=True, slots=True)
class Webhook:
    """One event of Telnyx. Fields that the body lacks, or has in a wrong type, are empty.

    `at` is when it arrived, in Unix seconds. `occurred_at` is Telnyx's own time as text that
    sorts: `2026-08-21T15:04:05.271992`. `leg` is the call's other id: a few events have but that.
    `details` are what else matters of an event of its type, by Telnyx's names.
    """

    type: str
    at: float
    id: str = ""
    occurred_at: str = ""
    call: str = ""
    leg: str = ""
    conference: str = ""
    direction: str = ""
    from_: str = ""
    to: str = ""
    cause: str = ""
    client_state: ClientState | None = None
    delivered_to: str = ""
    details: Details = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Outcome:
    """How one of our commands ended. It only translates: what it means is for the core.

    `status` is the HTTP status, 0 when no answer came. `code` and `detail` are Telnyx's.
    `retry_after` is in seconds.
    """

    command: Command
    at: float
    status: int = 200
    code: str = ""
    detail: str = ""
    retry_after: float | None = None
    data: Any = None


@dataclass(frozen=True, slots=True)
class DeadlinePassed:
    """A time that the room waits for has come; which one, the room knows."""

    at: float


@dataclass(frozen=True, slots=True)
class InternalFault:
    """What follows from a command could not be worked out: a fault of ours, which must not make
    everything else wait for ever."""

    at: float
    command: Command


@dataclass(frozen=True, slots=True)
class SnapshotWanted:
    """What Telnyx has of the room must be looked up: serving has begun, or calls of the room that
    it does not know were seen."""

    at: float


@dataclass(frozen=True, slots=True)
class ModeratorRequest:
    """What a moderator, or a program of ours, asks for.

    `calls` are the participants that are meant; none where the room is. `values` are the verb's
    parameters, checked. `id` names the request, and what it asks of Telnyx.
    """

    verb: str
    at: float
    id: str
    calls: tuple[str, ...] = ()
    values: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class HandedOver:
    """Another room hands a call over to this one, out of the conference `left`.

    `recorded` and `unsaved` count its recordings.
    """

    at: float
    participant: Participant
    asked: Asked
    left: str = ""
    recorded: int = 0
    unsaved: int = 0


class Refused(Exception):
    """What is asked for cannot be done as things stand. `kind` is what programs go by."""

    def __init__(self, kind: str, detail: str) -> None:
        super().__init__(detail)
        self.kind = kind


FromTelnyx = Webhook | StatusCallback | Fetch
Event = (
    FromTelnyx
    | Outcome
    | DeadlinePassed
    | SnapshotWanted
    | ModeratorRequest
    | HandedOver
    | InternalFault
)


@dataclass(frozen=True, slots=True)
class Ignored:
    """A message that is well-formed and no business of ours."""

    reason: str


def parse(body: bytes, at: float) -> Webhook | Ignored:
    """Read a webhook's body. Malformed unless it is UTF-8, JSON and has a `data` object."""
    data, meta = _envelope(body)
    if data.get("record_type") != "event":
        return Ignored("its record_type is not event")
    event_type = text(data, "event_type")
    if not event_type:
        return Ignored("it names no event_type")
    if "." not in event_type:
        raise Malformed("its event type is not one of API v2: set the application to API v2")
    payload = data.get("payload")
    if not isinstance(payload, dict):
        return Ignored(f"{event_type} has no payload")
    return Webhook(
        type=event_type,
        at=at,
        id=text(data, "id"),
        occurred_at=sortable(data.get("occurred_at")) or sortable(payload.get("occurred_at")),
        call=text(payload, "call_control_id"),
        leg=text(payload, "call_leg_id"),
        conference=text(payload, "conference_id"),
        direction=text(payload, "direction"),
        from_=text(payload, "from"),
        to=text(payload, "to"),
        cause=next((c for c in (text(payload, name) for name in CAUSE_FIELDS) if c), ""),
        client_state=decode(payload.get("client_state")),
        delivered_to=text(meta, "delivered_to"),
        details=details(event_type, payload),
    )


def _envelope(body: bytes) -> tuple[dict[str, Any], dict[str, Any]]:
    try:
        whole = json.loads(body.decode("utf-8"))  # as text: bytes would let UTF-16 through
    except (ValueError, RecursionError) as error:
        raise Malformed("it is not JSON in UTF-8, or nested too deeply") from error
    if not isinstance(whole, dict):
        raise Malformed("it is not a JSON object")
    # Telnyx's description shows conference.floor.changed without the wrapper.
    data = whole.get("data", whole if "event_type" in whole else None)
    if not isinstance(data, dict):
        raise Malformed("it has no data object: is the application set to webhook API v2?")
    meta = whole.get("meta")
    return data, meta if isinstance(meta, dict) else {}
