"""The TeXML application, its settings, and the requests for its documents."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from email.utils import format_datetime
from typing import Protocol

from ..account.account import TEXML_ID, TEXML_NUMBER, Account
from ..account.records import Record, texml_application

_NUMBER_ID = "1293384261075731462"
DATES = ("plain", "rfc2822", "iso", "seconds")


@dataclass(frozen=True)
class Fetch:
    """A finished request for a document. at: simulated seconds.

    status: None if there was no answer. problem: why the answer could not be used, or "".
    """

    at: float
    method: str
    url: str
    call_sid: str
    status: int | None
    problem: str = ""


class Leg(Protocol):
    """What counts of a call here."""

    connection_id: str


@dataclass(eq=False)
class Texml:
    """The TeXML application that a test may add, and the settings of TeXML as a whole.

    connection_id: the application's. account_sid: in the paths of the REST operations and in
    callbacks.

    The other settings decide what Telnyx does not document. signs_fetches: whether requests for
    documents are signed; status callbacks always are. dates: the form of times in callbacks:
    "plain" as in Telnyx's examples (2021-04-28 22:51:29.993535Z), "rfc2822" as in its text, "iso",
    or "seconds" as in its newer pages (2024-01-15T10:30:00Z). recordings_absent: whether recordings
    fail. names_conference: whether the callbacks of a conference's recording name the conference;
    they do not in Telnyx's examples. posts_no_digits: whether the end of a <Gather> without any key
    is posted to its action, too; otherwise the next instruction follows.

    fetches: all finished requests for documents, in the order of their ends.
    """

    account: Account
    connection_id: str = TEXML_ID
    account_sid: str = ""
    signs_fetches: bool = True
    dates: str = "plain"
    recordings_absent: bool = False
    names_conference: bool = False
    posts_no_digits: bool = False
    fetches: list[Fetch] = field(default_factory=list)
    _number: str = TEXML_NUMBER

    def __post_init__(self) -> None:
        self.account_sid = self.account_sid or self.account.organization_id

    @property
    def application(self) -> Record:
        """The application's record. Raise KeyError if there is none."""
        return self.account.texml_applications[self.connection_id]

    def of(self, leg: Leg) -> Record:
        """Return the record of a call's application, or of one with defaults if it was deleted."""
        row = self.account.texml_applications.get(leg.connection_id)
        return row or texml_application(leg.connection_id, "", {})

    @property
    def url(self) -> str:
        """The address of the first documents; "" without an application."""
        row = self.account.texml_applications.get(self.connection_id, {})
        return row.get("voice_url") or ""

    @url.setter
    def url(self, url: str) -> None:
        """Add the application and its number, or change it; with "", remove both."""
        if not url:
            self.account.texml_applications.pop(self.connection_id, None)
            self.account.numbers.pop(_NUMBER_ID, None)
        elif self.connection_id in self.account.texml_applications:
            self.application["voice_url"] = url
        else:
            self.account.furnish_texml(self.connection_id, url, _NUMBER_ID, self._number)

    @property
    def number(self) -> str:
        """The number of the application."""
        return self._number

    @number.setter
    def number(self, number: str) -> None:
        """Give the application another number, which leaves the application that it was on."""
        self._number = number
        numbers = self.account.numbers
        if row := numbers.get(_NUMBER_ID):
            if before := self.account.numbered(number):
                del numbers[before["id"]]
            numbers[_NUMBER_ID] = row | {"phone_number": number}

    @property
    def problems(self) -> list[str]:
        """The problems of the documents, the oldest first."""
        return [fetch.problem for fetch in tuple(self.fetches) if fetch.problem]

    def takes(self, number: str) -> bool:
        """Whether calls to that number belong to a TeXML application."""
        row = self.account.numbered(number)
        return row is not None and row["connection_id"] in self.account.texml_applications

    def timestamp(self, moment: datetime) -> str:
        """Return a time as callbacks write it. Raise ValueError if `dates` is not in DATES."""
        if self.dates not in DATES:
            raise ValueError(f"dates must be one of {', '.join(DATES)}")
        if self.dates == "rfc2822":
            return format_datetime(moment)
        separator = " " if self.dates == "plain" else "T"
        unit = "seconds" if self.dates == "seconds" else "microseconds"
        return moment.isoformat(separator, unit).replace("+00:00", "Z")
