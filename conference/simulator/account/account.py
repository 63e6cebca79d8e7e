"""The account: its records as Telnyx's API shows them. They decide where calls and webhooks go."""

from __future__ import annotations

import itertools
import uuid
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime

from ..ways import Ways
from ..webhooks.outgoing import Route
from . import records
from .deliveries import Deliveries
from .records import Record

CONNECTION_ID = "1494404757140276705"
TEXML_ID = "1494404757140276800"
NUMBER = "+13125550100"
TEXML_NUMBER = "+12025550100"
PROFILE_ID = "1293384261075731499"
_SIP = ".sip.telnyx.com"
_FIRST_ID = 1494404757140300001  # of what is created later


def _id() -> str:
    return str(uuid.uuid4())


@dataclass(eq=False)
class Account:
    """The account's records, by id. A test may change them.

    applications, texml_applications, numbers, profiles: plain records, with Telnyx's field names.
    connection_id: of the application that the account has from the beginning. public_key: base64;
    None if the API does not show it. key_revoked: whether each request is answered with 401.
    ahead: seconds by which Telnyx's clock is ahead of this machine's. balance: in USD.
    ways: how Telnyx behaves where it documents nothing. sent: what was delivered.
    """

    connection_id: str = CONNECTION_ID
    public_key: str | None = None
    key_revoked: bool = False
    ahead: float = 0.0
    balance: str = "42.00"
    ways: Ways = field(default_factory=Ways)
    user_id: str = field(default_factory=_id)
    organization_id: str = field(default_factory=_id)
    applications: dict[str, Record] = field(default_factory=dict)
    texml_applications: dict[str, Record] = field(default_factory=dict)
    numbers: dict[str, Record] = field(default_factory=dict)
    profiles: dict[str, Record] = field(default_factory=dict)
    sent: Deliveries = field(default_factory=Deliveries)
    _ids: itertools.count[int] = field(default_factory=lambda: itertools.count(_FIRST_ID))

    def furnish(self, webhook_url: str, number: str) -> None:
        """Add an application that works, its number, and a profile for its outgoing calls."""
        date = now()
        fields = {
            "application_name": "conference line",
            "webhook_event_url": webhook_url,
            "webhook_api_version": "2",
            "outbound": {"outbound_voice_profile_id": PROFILE_ID},
        }
        self.profiles[PROFILE_ID] = records.profile(PROFILE_ID, date, {"name": "conference line"})
        application = records.application(self.connection_id, date, fields)
        self.applications[self.connection_id] = application
        self.assign(self.buy(number), application)

    def furnish_texml(self, id: str, url: str, number_id: str, number: str) -> None:
        """Add a TeXML application that works, and its number."""
        date = now()
        fields = {
            "friendly_name": "conference line by TeXML",
            "voice_url": url,
            "outbound": {"outbound_voice_profile_id": PROFILE_ID},
        }
        self.texml_applications[id] = records.texml_application(id, date, fields)
        self.numbers[number_id] = records.number(number_id, date, number)
        self.assign(self.numbers[number_id], self.texml_applications[id])

    def empty(self, numbers: Sequence[str] = (NUMBER,)) -> None:
        """Make it the account of a newcomer: numbers that were bought, and nothing else.

        Call it before the start.
        """
        for each in (self.applications, self.texml_applications, self.numbers, self.profiles):
            each.clear()
        for number in numbers:
            self.buy(number)

    def buy(self, number: str) -> Record:
        """Add a number that is on no application."""
        id = self.new_id()
        self.numbers[id] = records.number(id, now(), number)
        return self.numbers[id]

    def own(self, number: str) -> None:
        """Put a number on the first application, unless the account has it."""
        if not self.numbered(number):
            self.assign(self.buy(number), self.application)

    def assign(self, number: Record, application: Record | None) -> None:
        """Put a number on an application; with None, on none."""
        row = application or {}
        number["connection_id"] = row.get("id")
        number["connection_name"] = row.get("application_name", row.get("friendly_name"))

    def new_id(self) -> str:
        return str(next(self._ids))

    @property
    def application(self) -> Record:
        """The Call Control application that the account has from the beginning."""
        return self.applications[self.connection_id]

    @property
    def number(self) -> Record:
        """The account's first number."""
        return next(iter(self.numbers.values()))

    @property
    def deliveries(self) -> list[Record]:
        """The deliveries of webhooks, as the API shows them, the newest first."""
        return self.sent.records(self.user_id)

    def numbered(self, phone_number: str) -> Record | None:
        """Return the number with these digits; None if it is not of this account."""
        rows = self.numbers.values()
        return next((row for row in rows if row["phone_number"] == phone_number), None)

    def connection(self, id: str | None) -> Record | None:
        """Return the application with an id, of either kind; None if there is none."""
        return self.applications.get(id or "") or self.texml_applications.get(id or "")

    def owns(self, address: str) -> bool:
        """Whether a number or SIP address is of this account."""
        return self.numbered(address) is not None or self._at_sip(address) is not None

    def answers(self, address: str) -> Record | None:
        """Return the active application of a number or SIP address; None if there is none."""
        row = self.numbered(address)
        found = self.connection(row["connection_id"]) if row else self._at_sip(address)
        return found if found and found["active"] else None

    def _at_sip(self, address: str) -> Record | None:
        """Return the application whose sip_subdomain an address has; None if there is none."""
        host = address.rpartition("@")[2] if address.startswith("sip:") else ""
        rows = (*self.applications.values(), *self.texml_applications.values())
        own = ((row, row["inbound"].get("sip_subdomain")) for row in rows)
        return next((row for row, name in own if name and host == f"{name}{_SIP}"), None)

    def profile_of(self, application: Record) -> Record | None:
        """Return the outbound voice profile of an application; None if there is none."""
        return self.profiles.get(application["outbound"].get("outbound_voice_profile_id") or "")

    def route(self, connection_id: str) -> Route:
        """Return where an application's webhooks go; nowhere, if there is no such application."""
        row = self.applications.get(connection_id, {})
        return Route(
            url=row.get("webhook_event_url") or "",
            failover_url=row.get("webhook_event_failover_url") or "",
            api_version=row.get("webhook_api_version", "2"),
            retries=self.ways.retries,
            patience=float(row.get("webhook_timeout_secs") or Route.patience),
        )


def now() -> str:
    """Return the time of a record that a test adds, as ISO 8601 in UTC."""
    return datetime.now(UTC).isoformat().replace("+00:00", "Z")
