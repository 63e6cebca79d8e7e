"""The state of the simulated network; webhooks, events and sounds leave through it."""

from __future__ import annotations

import threading
import uuid
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from ..account.account import Account
from ..api.errors import refused
from ..texml.application import Texml
from ..ways import LAST
from ..webhooks.outgoing import Event, Message, Outgoing, Reply
from . import hearing
from .clock import Clock
from .parties import Conference, Leg, Queue, Recording
from .sounds import Sound
from .traffic import Row, Traffic


@dataclass(frozen=True)
class Happened:
    """One visible event, at `at` simulated seconds after the start.

    kind: "dials", "answered", "presses", "hears", "hangs up", "command", "refused",
    "webhook refused", "document refused" or "chaos".
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
    """What a phone does with a call. answer_after: seconds, or None to let it ring.

    refuse: the hangup cause with which the phone refuses instead.
    """

    answer_after: float | None = None
    refuse: str | None = None


def _nothing(*_: object) -> None:
    """Stand in for a function that is set later."""


@dataclass(eq=False)
class World:
    """All state. A caller of a function that changes the state must hold `lock`.

    post: sends a message; its second argument is the id of the call or conference concerned.
    spectate: called with each event, if there is a spectator; it must not wait. fetch: makes a
    request, signed or not, and calls the function with the reply, or with None if there is none.
    texml_event: called, for calls of the TeXML application, with what would else be a webhook.
    """

    lock: threading.RLock
    clock: Clock
    post: Callable[[Message, str], None]
    spectate: Callable[[Happened], None] | None
    account: Account = field(default_factory=Account)
    began: datetime = field(default_factory=lambda: datetime.now(UTC))
    legs: dict[str, Leg] = field(default_factory=dict)
    conferences: dict[str, Conference] = field(default_factory=dict)
    active: dict[tuple[str, str], Conference] = field(default_factory=dict)
    """The running conferences, by the application's connection_id and the name."""
    queues: dict[str, Queue] = field(default_factory=dict)  # by name
    recordings: dict[str, Recording] = field(default_factory=dict)
    scripts: dict[str, Script] = field(default_factory=dict)  # by the number of a known phone
    texml: Texml = field(init=False)
    fetch: Callable[[Outgoing, bool, Callable[[Reply | None], None]], None] = _nothing
    texml_event: Callable[[str, Mapping[str, Any]], None] = _nothing
    traffic: Traffic = field(default_factory=Traffic)
    _waiting: list[tuple[str, Mapping[str, Any], str]] | None = None

    def __post_init__(self) -> None:
        self.texml = Texml(self.account)

    @property
    def number(self) -> str:
        """The account's first number."""
        return str(self.account.number["phone_number"])

    def date(self, at: float) -> str:
        """Return a simulated time as ISO 8601 in UTC, with microseconds."""
        moment = self.moment(at)
        return moment.isoformat(timespec="microseconds").replace("+00:00", "Z")

    def unix(self, at: float) -> float:
        """Return a simulated time as seconds since 1970."""
        return self.moment(at).timestamp()

    def moment(self, at: float) -> datetime:
        """Return a simulated time as a datetime in UTC."""
        return self.began + timedelta(seconds=at)

    def emit(self, event_type: str, payload: Mapping[str, Any], to: str = "") -> str:
        """Send a webhook and return its event's id.

        It goes to the application `to`, else to that of the payload. Return "" for a call of TeXML,
        and for one whose application does not exist (any more): they have no webhooks.
        """
        if self._waiting is not None and event_type in LAST:
            self._waiting.append((event_type, payload, to))
            return ""
        to = to or payload.get("connection_id") or ""
        if to in self.account.texml_applications:
            self.texml_event(event_type, payload)
            return ""
        if to not in self.account.applications:
            return ""
        data = {
            "record_type": "event",
            "event_type": event_type,
            "id": str(uuid.uuid4()),
            "occurred_at": self.date(self.clock.now()),
            "payload": self._shaped(event_type, payload),
        }
        keys = ("call_control_id", "conference_id", "call_leg_id")
        wrapped = event_type != "conference.floor.changed" or self.account.ways.wraps_floor
        about = next((payload[key] for key in keys if payload.get(key)), "")
        self.post(Event(data, to, wrapped), about)
        return str(data["id"])

    @contextmanager
    def last_events(self) -> Iterator[None]:
        """Send the last events of a call in the order of the account's ways, after the block."""
        order = self.account.ways.last_events
        if order == LAST or self._waiting is not None:
            yield
            return
        self._waiting = []
        try:
            yield
        finally:
            waiting, self._waiting = self._waiting, None
            for event in sorted(waiting, key=lambda event: order.index(event[0])):
                self.emit(*event)

    def _shaped(self, event_type: str, payload: Mapping[str, Any]) -> dict[str, Any]:
        """Return a payload as the ways of the account have it."""
        ways, shaped = self.account.ways, dict(payload)
        if state := shaped.get("client_state"):
            shaped["client_state"] = state[: ways.longest_state]
        if event_type == "call.hangup" and not ways.hangup_has_state:
            del shaped["client_state"]
        return shaped

    @contextmanager
    def acting(
        self, number: str, what: str, detail: str = "", calls: tuple[str, ...] = ()
    ) -> Iterator[Row]:
        """Note what a phone's owner does, as the cause of all that the block does and begins.

        Hold the lock for the whole block. number: the phone's; "" for another program.
        """
        row = self.traffic.note(self.clock.now(), "phone", what, detail)
        row.numbers, row.calls = (number,) if number else (), calls
        with self.traffic.because(row):
            yield row

    def happened(
        self,
        kind: str,
        number: str,
        detail: str,
        operation: str = "",
        numbers: tuple[str, ...] = (),
    ) -> None:
        """Report an event to the spectator, if there is one. Parameters as in Happened."""
        if self.spectate:
            now = self.clock.now()
            self.spectate(Happened(now, kind, number, detail, operation, numbers))

    def leg(self, call_control_id: str, pointer: str = "") -> Leg:
        """Return a leg, ended or not. Raise Refused for an unknown one and one of TeXML."""
        if leg := self.legs.get(call_control_id):
            if leg.texml:
                raise refused("texml", pointer)
            return leg
        raise refused("unknown call", pointer)

    def conference(self, id: str) -> Conference:
        """Return a conference, ended or not. Raise Refused for an unknown one and one of TeXML."""
        if conference := self.conferences.get(id):
            if conference.noun:
                raise refused("texml")
            return conference
        raise refused("conference not found")

    def named(self, name: str, applications: Iterable[str]) -> Conference | None:
        """Return the running conference with that name, of one of these applications."""
        rooms = (self.active.get((id, name)) for id in applications)
        return next((room for room in rooms if room), None)

    def running(self, id: str, *, by_name: bool = True) -> Conference:
        """Return a running conference by its id, or by its name as well.

        Raise Refused for one that has ended, an unknown one, and one of TeXML.
        """
        named = self.named(id, self.account.applications) if by_name else None
        conference = named if named and id not in self.conferences else self.conference(id)
        if conference.status == "completed":
            raise refused("conference ended")
        return conference

    def hear(self, leg: Leg) -> None:
        """Note what the leg's caller hears, if it is new. Call it after a change of the leg."""
        stay = leg.participant
        audible = hearing.audible(stay.conference) if stay else hearing.NOBODY
        self._note(leg, hearing.sound(leg, audible), self.clock.now())

    def hear_all(self, conference: Conference) -> None:
        """Do the same for everyone in a conference, after a change of the conference."""
        audible, now = hearing.audible(conference), self.clock.now()
        for leg in conference.members:
            self._note(leg, hearing.sound(leg, audible), now)

    def _note(self, leg: Leg, sound: Sound, now: float) -> None:
        if leg.sounds and sound.same(leg.sounds[-1][1], leg.call_control_id):
            return
        leg.sounds.append((now, sound))
        if self.spectate:  # the text takes a while in a big conference
            self.happened("hears", leg.number, str(leg.hears))
