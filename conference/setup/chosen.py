"""What is decided before any step is made."""

from __future__ import annotations

from dataclasses import dataclass

from conference.setup import doors
from conference.setup.doors import Door
from conference.setup.found import Found
from conference.setup.wishes import Wishes
from conference.telnyx_records.applications import Record


@dataclass(frozen=True, slots=True)
class Chosen:
    """application: None if a new one is made. number: None if the account has none.

    url: the public address; empty if it is not known yet.
    """

    found: Found
    wishes: Wishes
    application: Record | None = None
    number: Record | None = None
    url: str = ""

    @property
    def door(self) -> Door:
        return doors.for_(self.found, self.wishes)
