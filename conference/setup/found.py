"""What was read, of Telnyx and of the settings, before anything is changed."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from conference.core.schema.phone_numbers import e164
from conference.telnyx_records.applications import Record
from conference.telnyx_records.numbers import find

NAME = "conference-line"  # of what is made at Telnyx
_ID = re.compile(r"[!-~]{1,200}")


@dataclass(frozen=True, slots=True)
class Found:
    """What was read of Telnyx and of the settings, before anything is changed.

    file: the settings of `.env`. environ: what differs in the environment, which wins over the
    file. malformed: names of settings whose value cannot be used. rooms: those of the rooms file.
    exposed: whether others can read `.env`. api_key: one that Telnyx accepts. public_key: Telnyx's,
    in base64; empty if it is not shown. applications, texml_applications, numbers: Telnyx's
    records. profiles: None if the list of outbound voice profiles cannot be read. fresh_token,
    fresh_secret: random, for new secrets.
    """

    api_key: str = field(repr=False)
    public_key: str = ""
    applications: Sequence[Record] = field(default=(), repr=False)
    texml_applications: Sequence[Record] = field(default=(), repr=False)  # TEXML_SECRET is in them
    numbers: Sequence[Record] = field(default=(), repr=False)
    profiles: Sequence[Record] | None = ()
    file: Mapping[str, str] = field(default_factory=dict, repr=False)
    environ: Mapping[str, str] = field(default_factory=dict, repr=False)
    malformed: frozenset[str] = frozenset()
    rooms: frozenset[str] = frozenset()
    exposed: bool = False
    fresh_token: str = field(default="", repr=False)
    fresh_secret: str = field(default="", repr=False)

    def setting(self, name: str) -> str:
        """Return the value of a setting; empty if it is missing or malformed."""
        if name in self.malformed:
            return ""
        return self.environ.get(name, self.file.get(name, "")).strip()

    @property
    def own_number(self) -> Record | None:
        """The account's record of TELNYX_NUMBER."""
        return self.number(e164(self.setting("TELNYX_NUMBER")))

    def number(self, number: str) -> Record | None:
        """Return the account's record of a number in E.164."""
        return find(self.numbers, number)


def has_id(record: Record) -> bool:
    """Return whether the record has an id for paths and settings. Ids of Telnyx's are opaque."""
    id = record.get("id")
    return isinstance(id, str) and _ID.fullmatch(id) is not None
