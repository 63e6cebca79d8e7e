"""The events of a room, and how a webhook's body becomes one."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from conference.core.client_state import ClientState, decode
from conference.core.commands import Command
from conference.core.participant import Participant
from conference.core.parts import Asked
from conference.core.telnyx_time import sortable
from conference.core.texml.facts import Fetch, PinPosted, StatusCallback
from conference.core.webhook_fields import Details, details, recording_address, text

FLOOR = "conference.floor.changed"  # another speaker: most of the traffic
CAUSE_FIELDS = ("hangup_cause", "reason", "status")  # of a payload; the first one set counts


class Malformed(Exception):
    """The body is no webhook of Telnyx's API v2. The text gives the reason."""


@dataclass(frozen=True, slots=True)
class Webhook:
    """One event of Telnyx. Fields that the body lacks, or has in a wrong type, are empty.

    `at`: arrival, Unix seconds. `occurred_at`: Telnyx's own time as text that sorts:
    `2026-08-21T15:04:05.271992`. `leg`: the call's other id; a few events carry only this one.
    `details`: the other fields that matter for the type, by Telnyx's names.
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
    details: Details = field(default_factory=dict, repr=False)  # perhaps a PIN
    recording: str = field(default="", repr=False)  # the address of a call's recording: private


@dataclass(frozen=True, slots=True)
class Outcome:
    """Telnyx's response to a command, not interpreted yet.

    `status`: of HTTP; 0 without a response. `code`, `detail`: Telnyx's. `retry_after`: seconds.
    `data`: from the body; a `Snapshot` for `TakeSnapshot`.
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
    """One or more deadlines of the room have passed. `at`: Unix seconds."""

    at: float


@dataclass(frozen=True, slots=True)
class InternalFault:
    """A bug of ours kept a command's outcome from being applied. Its queue must not stop for it."""

    at: float
    command: Command


@dataclass(frozen=True, slots=True)
class SnapshotWanted:
    """The room must be compared with Telnyx's lists.

    Serving has begun, or another room's snapshot shows calls of this one that it does not know.
    """

    at: float


@dataclass(frozen=True, slots=True)
class ModeratorRequest:
    """A request of a moderator or of a program.

    `calls`: the participants concerned; empty for the room. `values`: the verb's parameters,
    checked. `id`: names the request, and the commands that follow from it.
    """

    verb: str
    at: float
    id: str
    calls: tuple[str, ...] = ()
    values: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class HandedOver:
    """Another room hands a call over to this one.

    `left`: the conference that the call comes from. `recorded`, `unsaved`: counts of its
    recordings, as in `Recordings`. `request`: the id of the moderator's request to move the call.
    """

    at: float
    participant: Participant
    asked: Asked
    left: str = ""
    recorded: int = 0
    unsaved: int = 0
    request: str = ""


@dataclass(frozen=True, slots=True)
class RequestAnswered:
    """A request of a participant's key is applied, or refused.

    `words`: to be spoken if it is applied. `refused`: the kind of the refusal; empty if there is
    none.
    """

    at: float
    call: str
    words: str = ""
    refused: str = ""


class Refused(Exception):
    """The request cannot be done in the room's present state. `kind` is for programs."""

    def __init__(self, kind: str, detail: str) -> None:
        super().__init__(detail)
        self.kind = kind


FromTelnyx = Webhook | StatusCallback | Fetch | PinPosted
Event = (
    FromTelnyx
    | Outcome
    | DeadlinePassed
    | SnapshotWanted
    | ModeratorRequest
    | HandedOver
    | RequestAnswered
    | InternalFault
)


@dataclass(frozen=True, slots=True)
class Ignored:
    """A well-formed message that does not concern the line."""

    reason: str


def parse(body: bytes, at: float) -> Webhook | Ignored:
    """Read a webhook's body. Raise Malformed unless it is JSON in UTF-8 with a `data` object."""
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
        recording=recording_address(event_type, payload),
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
