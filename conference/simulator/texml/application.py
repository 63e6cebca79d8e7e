"""The TeXML application: its settings, and the requests for its documents."""

from __future__ import annotations

import uuid
from dataclasses import dataclass, field
from datetime import datetime
from email.utils import format_datetime
from typing import Any

CONNECTION_ID = "1494404757140276800"
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


@dataclass(eq=False)
class Texml:
    """The TeXML application's settings. A test may change them. Without url there is none.

    url, method: for fetching the documents of calls. status_callback: the address for the progress
    of calls, or "". account_sid: in the paths of the REST operations. application: the fields in
    which the application's record differs from a correct one.

    Some settings decide what Telnyx does not document. signs_fetches: whether requests for
    documents are signed; status callbacks always are. dates: the form of times in callbacks:
    "plain" as in Telnyx's examples (2021-04-28 22:51:29.993535Z), "rfc2822" as in its text, "iso",
    or "seconds" as in its newer pages (2024-01-15T10:30:00Z). recordings_absent: whether recordings
    fail. names_conference: whether the callbacks of a conference's recording name the conference;
    they do not in Telnyx's examples. posts_no_digits: whether the end of a <Gather> without any key
    is posted to its action, too; otherwise the next instruction follows.

    fetches: all finished requests for documents, in the order of their ends.
    """

    url: str = ""
    method: str = "POST"
    number: str = "+12025550100"
    status_callback: str = ""
    connection_id: str = CONNECTION_ID
    account_sid: str = field(default_factory=lambda: str(uuid.uuid4()))
    application: dict[str, Any] = field(default_factory=dict)
    signs_fetches: bool = True
    dates: str = "plain"
    recordings_absent: bool = False
    names_conference: bool = False
    posts_no_digits: bool = False
    fetches: list[Fetch] = field(default_factory=list)

    @property
    def problems(self) -> list[str]:
        """The problems of the documents, the oldest first."""
        return [fetch.problem for fetch in tuple(self.fetches) if fetch.problem]

    def takes(self, number: str) -> bool:
        """Whether calls to that number belong to this application."""
        return bool(self.url) and number == self.number

    def timestamp(self, moment: datetime) -> str:
        """Return a time as callbacks write it. Raise ValueError if `dates` is not in DATES."""
        if self.dates not in DATES:
            raise ValueError(f"dates must be one of {', '.join(DATES)}")
        if self.dates == "rfc2822":
            return format_datetime(moment)
        separator = " " if self.dates == "plain" else "T"
        unit = "seconds" if self.dates == "seconds" else "microseconds"
        return moment.isoformat(separator, unit).replace("+00:00", "Z")
