"""The parameters of requests about the account, by Telnyx's names for them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from conference.core.human_text import is_readable
from conference.core.room_kinds import REGIONS
from conference.core.schema.kind import Kind
from conference.core.schema.kinds import Choice, Integer, Switch
from conference.core.schema.parameters import Parameter
from conference.core.schema.phone_numbers import PhoneNumber, e164
from conference.core.schema.texts import Pattern, Text


class WithPlus(Pattern):
    """Text with a +, which an address or a form may have turned into a space."""

    def read(self, word: str) -> str:
        return word if re.fullmatch(self.pattern, word) else word.replace(" ", "+")


@dataclass(frozen=True, slots=True)
class Party(PhoneNumber):
    """A number or a SIP address. An address may have turned the + into a space."""

    says: str = "a number in E.164, such as +13125550142, or a SIP address"

    def read(self, word: str) -> str:
        return e164(f"+{word}") or word if word.startswith(" ") else word

    def allows(self, value: Any) -> bool:
        if not isinstance(value, str):
            return False
        return bool(e164(value) or (SIP.fullmatch(value) and is_readable(value)))

    def used(self, value: str) -> str:
        return e164(value) or value


SIP = re.compile(r"sips?:[^\s@]{1,64}@[^\s@]{1,190}")

# No character that leads to another path, or that a server on the way may read so, and not the one
# that stands for undecodable bytes.
IN_PATHS = r"(?!\.{1,2}\Z)[^/\\?#%\ufffd]"
BUT = "printable characters, none of / \\ ? # % and not . or .. alone"
NAME = Pattern(IN_PATHS + "{1,255}", f"1 to 255 {BUT}", "support")
ID = Pattern(IN_PATHS + "{1,512}", f"1 to 512 {BUT}", "3fa85f64-5717-4562-b3fc-2c963f66afa6")
CALL = Pattern(ID.pattern, ID.says, "v3:MdI91X4lWFEs7Ig")
VALUE = Pattern(".{1,512}", "1 to 512 printable characters", "demo-conference")
PARTY = Party()
TIME = WithPlus(
    pattern=r"(?a)\d{4}-\d\d-\d\d(T\d\d:\d\d(:\d\d(\.\d{1,6})?)?(Z|[+-]\d\d:\d\d)?)?",
    says="a date or time in ISO 8601, such as 2026-03-01T10:00:00Z",
    example="2026-03-01T10:00:00Z",
)
MANY = 1_000_000  # where Telnyx names no limit
REGION = Choice(REGIONS)

Parameters = dict[str, Parameter]
"""By Telnyx's names."""


def _named(given: dict[str, tuple[Kind, str]], *, required: bool = False) -> Parameters:
    return {
        name: Parameter(_ours(name), kind, help, required) for name, (kind, help) in given.items()
    }


def _ours(name: str) -> str:
    """Return our name: created_at_gte for filter[created_at][gte]."""
    words = re.findall(r"\w+", name.removeprefix("filter"))
    return "_".join(word for word in words if word != "outbound")


ABOUT = _named(
    {
        "queue": (NAME, "the queue's name"),
        "call": (CALL, "the call's call_control_id"),
        "conference": (ID, "the conference's id"),
        "participant": (CALL, "the participant's call_control_id, id or label"),
        "recording": (ID, "the recording's id"),
    },
    required=True,
)
"""The things that a path can name."""

PAGES = _named(
    {
        "page[number]": (Integer(1, MANY), "the number of the page"),
        "page[size]": (Integer(1, 250), "rows on a page, 20 by default"),
    }
)
PAGES_AND_CURSORS = PAGES | _named(
    {
        "page[after]": (VALUE, "the page after this cursor"),
        "page[before]": (VALUE, "the page before this cursor"),
        "page[limit]": (Integer(1, 250), "rows on a page by cursor"),
    }
)
IN_REGION = _named({"region": (REGION, "the region of the conference's data, instead of REGION")})

NEW_QUEUE = _named({"queue_name": (NAME, "a name for the queue")}, required=True) | _named(
    {"max_size": (Integer(1, MANY), "how many calls can wait, 300 by default")}
)
SIZE = _named({"max_size": (Integer(1, MANY), "how many calls can wait")}, required=True)
KEEP = _named(
    {"keep_after_hangup": (Switch(), "keep the place in the queue when the call ends")},
    required=True,
)

CONFERENCES = (
    IN_REGION
    | _named(
        {
            "filter[name]": (VALUE, "with this name"),
            "filter[status]": (Choice(("init", "in_progress", "completed")), "with this status"),
            "filter[connection_id]": (VALUE, "of the application with this id"),
            "filter[application_name][contains]": (
                Text(255, 3),
                "of an application with this in its name",
            ),
            "filter[application_session_id]": (VALUE, "of this call session"),
            "filter[leg_id]": (VALUE, "of this call leg"),
            "filter[from]": (PARTY, "with this caller"),
            "filter[to]": (PARTY, "with this called party"),
            "filter[outbound.outbound_voice_profile_id]": (VALUE, "of this voice profile"),
            "filter[product]": (Choice(("call_control", "fax", "texml")), "of this product"),
            "filter[type]": (Choice(("command", "webhook")), "with events of this type"),
            "filter[failed]": (Switch(), "with, or without, a failed delivery"),
            "filter[occurred_at][eq]": (TIME, "with an event at this time"),
            "filter[occurred_at][gt]": (TIME, "with an event later than this"),
            "filter[occurred_at][gte]": (TIME, "with an event at this time or later"),
            "filter[occurred_at][lt]": (TIME, "with an event earlier than this"),
            "filter[occurred_at][lte]": (TIME, "with an event at this time or earlier"),
        }
    )
    | PAGES_AND_CURSORS
)
PARTICIPANTS = (
    IN_REGION
    | _named(
        {
            "filter[muted]": (Switch(), "only the muted, or only the others"),
            "filter[on_hold]": (Switch(), "only those on hold, or only the others"),
            "filter[whispering]": (Switch(), "only whispering ones, or only the others"),
        }
    )
    | PAGES_AND_CURSORS
)
RECORDINGS = (
    _named(
        {
            "filter[conference_id]": (VALUE, "of this conference"),
            "filter[conference_region]": (VALUE, "of conferences in this region"),
            "filter[call_control_id]": (VALUE, "of this call"),
            "filter[call_leg_id]": (VALUE, "of this call leg"),
            "filter[call_session_id]": (VALUE, "of this call session"),
            "filter[connection_id]": (VALUE, "of the application with this id"),
            "filter[sip_call_id]": (VALUE, "of this SIP call"),
            "filter[from]": (PARTY, "with this caller"),
            "filter[to]": (PARTY, "with this called party"),
            "filter[created_at][gte]": (TIME, "made at this time or later"),
            "filter[created_at][lte]": (TIME, "made at this time or earlier"),
            "filter[start_time][gte]": (TIME, "started at this time or later"),
            "filter[start_time][lte]": (TIME, "started at this time or earlier"),
            "filter[end_time][gte]": (TIME, "ended at this time or later"),
            "filter[end_time][lte]": (TIME, "ended at this time or earlier"),
        }
    )
    | PAGES
)
