"""The simulated network's state, and the changes of what each phone's owner hears."""

from __future__ import annotations

import threading
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from ..api.errors import refused
from ..texml.application import Texml
from ..webhooks.letters import Event, Letter, Message, Reply
from . import hearing
from .clock import Clock
from .parties import Conference, Leg, Queue, Recording
from .sounds import Sound


@dataclass(frozen=True)
class Happened:
    """One visible event, at `at` simulated seconds after the start.

    kind: "dials", "answered", "hears", "hangs up", "command", "refused", "webhook refused",
    "document refused" or "chaos".
    number: the number of the phone concerned, or "". detail: text that depends on the kind.
    operation: what the request asked for, if this is a "command", was "refused", or was hit by
    "chaos": the API operation; with the field that it changes, if it is a TeXML update
    ("UpdateTexmlConferenceParticipant Hold=false"); the method and path, if there is no such
    operation. numbers: all phones that the operation concerns; () if it names none.
    """

    at: float
    kind: str
    number: str
    detail: str
    operation: str = ""
    numbers: tuple[str, ...] = ()


@dataclass(frozen=True)
class Script:
    """What a phone does when it is called. answer_after: seconds; None: it rings on and on."""

    answer_after: float | None = None
    refuse: str | None = None  # a hangup cause


@dataclass(eq=False)
class Account:
    """What the portal shows, and a test may change.

    webhook_url: where webhooks go. public_key: base64, or None where it is not told.
    application, number: the fields that differ from those of a good record. ahead: seconds by which
    the clock is ahead of this machine's.
    """

    webhook_url: Callable[[], str] = str
    public_key: str | None = None
    ahead: float = 0.0
    application: dict[str, Any] = field(default_factory=dict)
    number: dict[str, Any] = field(default_factory=dict)


def _nothing(*_: object) -> None:
    """Until there is somebody to tell."""


@dataclass(eq=False)
class World:
    """All state. Whoever calls a function that changes it holds `lock`.

    post: takes a message and the key of the leg or conference that it is about.
    tell: takes what happened, if there is a spectator; it must not wait. ask: makes a request,
    signed or not, and gives the reply, if there is one, to the function. texml_tell: takes what
    would be a webhook, if its call were not the TeXML application's.
    """

    lock: threading.RLock
    clock: Clock
    post: Callable[[Message, str], None]
    tell: Callable[[Happened], None] | None
    number: str
    connection_id: str
    began: datetime = field(default_factory=lambda: datetime.now(UTC))
    legs: dict[str, Leg] = field(default_factory=dict)
    conferences: dict[str, Conference] = field(default_factory=dict)
    active: dict[tuple[str, str], Conference] = field(default_factory=dict)
    """By the application's connection_id and the name."""
    queues: dict[str, Queue] = field(default_factory=dict)  # by name
    recordings: dict[str, Recording] = field(default_factory=dict)
    scripts: dict[str, Script] = field(default_factory=dict)  # by the number of a known phone
    account: Account = field(default_factory=Account)
    texml: Texml = field(default_factory=Texml)
    ask: Callable[[Letter, bool, Callable[[Reply | None], None]], None] = _nothing
    texml_tell: Callable[[str, Mapping[str, Any]], None] = _nothing

    def date(self, at: float) -> str:
        """ISO 8601 in UTC, with microseconds."""
        moment = self.moment(at)
        return moment.isoformat(timespec="microseconds").replace("+00:00", "Z")

    def unix(self, at: float) -> float:
        """Seconds since 1970."""
        return self.moment(at).timestamp()

    def moment(self, at: float) -> datetime:
        return self.began + timedelta(seconds=at)

    def emit(self, event_type: str, payload: Mapping[str, Any]) -> str:
        """Send a webhook; returns its event's id. The TeXML application gets none."""
        if payload.get("connection_id") == self.texml.connection_id:
            self.texml_tell(event_type, payload)
            return ""
        data = {
            "record_type": "event",
            "event_type": event_type,
            "id": str(uuid.uuid4()),
            "occurred_at": self.date(self.clock.now()),
            "payload": dict(payload),
        }
        keys = ("call_control_id", "conference_id", "call_leg_id")
        self.post(Event(data), next((payload[key] for key in keys if payload.get(key)), ""))
        return str(data["id"])

    def happened(
        self,
        kind: str,
        number: str,
        detail: str,
        operation: str = "",
        numbers: tuple[str, ...] = (),
    ) -> None:
        """Report an event to the spectator, if there is one. Parameters as in Happened."""
        if self.tell:
            now = self.clock.now()
            self.tell(Happened(now, kind, number, detail, operation, numbers))

    def leg(self, call_control_id: str, pointer: str = "") -> Leg:
        """Refused ("unknown call") unless there is, or was, such a leg, and not of TeXML's."""
        if leg := self.legs.get(call_control_id):
            if leg.texml:
                raise refused("texml", pointer)
            return leg
        raise refused("unknown call", pointer)

    def conference(self, id: str) -> Conference:
        """By its id; refused if there never was one, or it is TeXML's."""
        if conference := self.conferences.get(id):
            if conference.noun:
                raise refused("texml")
            return conference
        raise refused("conference not found")

    def running(self, id: str, *, by_name: bool = True) -> Conference:
        """By its id or, where allowed, an active one's name; refused if it has ended."""
        named = self.active.get((self.connection_id, id)) if by_name else None
        conference = named if named and id not in self.conferences else self.conference(id)
        if conference.status == "completed":
            raise refused("conference ended")
        return conference

    def hear(self, leg: Leg) -> None:
        """Something about this leg has changed: note what its owner hears, if that is new."""
        stay = leg.participant
        audible = hearing.audible(stay.conference) if stay else hearing.NOBODY
        self._note(leg, hearing.sound(leg, audible), self.clock.now())

    def hear_all(self, conference: Conference) -> None:
        """Something in the conference has changed: likewise for everyone in it."""
        audible, now = hearing.audible(conference), self.clock.now()
        for leg in conference.members:
            self._note(leg, hearing.sound(leg, audible), now)

    def _note(self, leg: Leg, sound: Sound, now: float) -> None:
        if leg.sounds and sound.same(leg.sounds[-1][1], leg.call_control_id):
            return
        leg.sounds.append((now, sound))
        if self.tell:  # the text takes a while in a big conference
            self.happened("hears", leg.number, str(leg.hears))
