"""A line of text for the log and for `/api/events`."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from conference.core.room import USUAL_FRONT, FrontName
from conference.core.webhook_fields import Details
from conference.reporting.request_ids import Ids

NO_DETAILS: Details = {}


@dataclass(frozen=True, slots=True)
class ActivityLine:
    """An event, an effect of one, or a command, in words.

    calls: the calls concerned. number, label: those of the first call, if known.
    text: shows only the last four digits of numbers, as `number` does, and no pressed keys.
    event_type, id, occurred_at, conference, leg, details: of a webhook, whole but for PINs; the log
    shows none of them. Other lines have none. occurred_at: text that sorts, as in the event.
    front: the kind of number by which the callers came.
    requests: ids of the moderators' requests that it came of.
    """

    kind: Literal["webhook", "request", "command", "outcome", "change"]
    calls: tuple[str, ...]
    text: str
    number: str = ""
    label: str = ""
    event_type: str = ""
    id: str = ""
    occurred_at: str = ""
    conference: str = ""
    leg: str = ""
    details: Details = field(default_factory=lambda: NO_DETAILS)
    front: FrontName = USUAL_FRONT
    requests: Ids = ()
