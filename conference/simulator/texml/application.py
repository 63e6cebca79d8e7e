"""The account's TeXML application, and what it has answered."""

from __future__ import annotations

import uuid
from dataclasses import dataclass, field
from datetime import datetime
from email.utils import format_datetime
from typing import Any

CONNECTION_ID = "1494404757140276800"
DATES = ("plain", "rfc2822", "iso")


@dataclass(frozen=True)
class Fetch:
    """A request for instructions that has been answered, or not. at: simulated seconds.

    status: None for no answer. problem: why the answer was of no use, or "".
    """

    at: float
    method: str
    url: str
    call_sid: str
    status: int | None
    problem: str = ""


@dataclass(eq=False)
class Texml:
    """What the portal shows of it, and a test may change; there is none without a url.

    url, method: where instructions are fetched. status_callback: where the calls' progress is
    told; "" for nowhere. account_sid: in the paths of the REST operations. application: the fields
    that the application's record shows otherwise, whatever it does.

    What Telnyx does not tell of itself: signs_fetches: whether requests for instructions are signed
    (status callbacks always are). dates: how callbacks write the time: "plain" as in Telnyx's
    examples (2021-04-28 22:51:29.993535Z), "rfc2822" as its text says, "iso". recordings_absent:
    whether recordings come to nothing. names_conference: whether the callbacks of a conference's
    recording name the conference; those that Telnyx shows do not.

    fetches: all that have finished, in that order.
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
    fetches: list[Fetch] = field(default_factory=list)

    @property
    def problems(self) -> list[str]:
        """Why documents were refused, the oldest first."""
        return [fetch.problem for fetch in tuple(self.fetches) if fetch.problem]

    def takes(self, number: str) -> bool:
        """Whether a call to that number is a call to this application."""
        return bool(self.url) and number == self.number

    def timestamp(self, moment: datetime) -> str:
        """ValueError for dates that are none of DATES."""
        if self.dates not in DATES:
            raise ValueError(f"dates must be one of {', '.join(DATES)}")
        if self.dates == "rfc2822":
            return format_datetime(moment)
        separator = " " if self.dates == "plain" else "T"
        return moment.isoformat(separator, "microseconds").replace("+00:00", "Z")
