"""The parameters of requests of the account, by the names that Telnyx gives them."""

from __future__ import annotations

import re

from conference.core.schema.kind import Kind
from conference.core.schema.kinds import Choice, Integer, Switch
from conference.core.schema.parameters import Parameter
from conference.core.schema.texts import E164, Pattern, Text
from conference.settings import REGIONS


class WithPlus(Pattern):
    """Text with a +, which an address or a form may have turned into a space."""

    def read(self, word: str) -> str:
        return word if re.fullmatch(self.pattern, word) else word.replace(" ", "+")


# Nothing that leads to another address, or that a server on the way might take for such; nor what
# stands for bytes that are no text.
IN_PATHS = r"(?!\.{1,2}\Z)[^/\\?#%\ufffd]"
BUT = "printable characters, none of / \\ ? # % and not . or .. alone"
NAME = Pattern(IN_PATHS + "{1,255}", f"1 to 255 {BUT}", "support")
ID = Pattern(IN_PATHS + "{1,512}", f"1 to 512 {BUT}", "3fa85f64-5717-4562-b3fc-2c963f66afa6")
CALL = Pattern(ID.pattern, ID.says, "v3:MdI91X4lWFEs7Ig")
VALUE = Pattern(".{1,512}", "1 to 512 printable characters", "demo-conference")
PARTY = WithPlus(
    pattern=E164 + r"|sips?:[^\s@]{1,64}@[^\s@]{1,190}",
    says="a number in E.164, such as +13125550142, or a SIP address",
    example="+13125550142",
)
TIME = WithPlus(
    pattern=r"(?a)\d{4}-\d\d-\d\d(T\d\d:\d\d(:\d\d(\.\d{1,6})?)?(Z|[+-]\d\d:\d\d)?)?",
    says="a date or time in ISO 8601, such as 2026-03-01T10:00:00Z",
    example="2026-03-01T10:00:00Z",
)
MANY = 1_000_000  # where Telnyx names no limit
REGION = Choice(REGIONS)

Parameters = dict[str, Parameter]
"""By Telnyx's name."""


def _named(given: dict[str, tuple[Kind, str]], *required: str) -> Parameters:
    return {
        name: Parameter(_ours(name), kind, help, name in required)
        for name, (kind, help) in given.items()
    }


def _ours(name: str) -> str:
    """filter[created_at][gte] is created_at_gte."""
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
    *("queue", "call", "conference", "participant", "recording"),
)
"""What a path can name."""

PAGES = _named(
    {
        "page[number]": (Integer(1, MANY), "which page"),
        "page[size]": (Integer(1, 250), "rows of a page, 20 unless given"),
    }
)
PAGES_AND_CURSORS = PAGES | _named(
    {
        "page[after]": (VALUE, "the page after this cursor"),
        "page[before]": (VALUE, "the page before this cursor"),
        "page[limit]": (Integer(1, 250), "rows of a page that goes by cursor"),
    }
)
IN_REGION = _named({"region": (REGION, "where the conference's data is")})

NEW_QUEUE = _named(
    {
        "queue_name": (NAME, "a name for the queue"),
        "max_size": (Integer(1, MANY), "how many calls can wait, 300 unless given"),
    },
    "queue_name",
)
SIZE = _named({"max_size": (Integer(1, MANY), "how many calls can wait")}, "max_size")
KEEP = _named(
    {"keep_after_hangup": (Switch(), "whether it stays in the queue when it has ended")},
    "keep_after_hangup",
)

CONFERENCES = (
    IN_REGION
    | _named(
        {
            "filter[name]": (VALUE, "of this name"),
            "filter[status]": (Choice(("init", "in_progress", "completed")), "of this status"),
            "filter[connection_id]": (VALUE, "of this application, by its id"),
            "filter[application_name][contains]": (Text(255, 3), "of such an application"),
            "filter[application_session_id]": (VALUE, "of this call session"),
            "filter[leg_id]": (VALUE, "of this call leg"),
            "filter[from]": (PARTY, "who called"),
            "filter[to]": (PARTY, "who was called"),
            "filter[outbound.outbound_voice_profile_id]": (VALUE, "of this outbound voice profile"),
            "filter[product]": (Choice(("call_control", "fax", "texml")), "of this product"),
            "filter[type]": (Choice(("command", "webhook")), "with events of this type"),
            "filter[failed]": (Switch(), "whether a delivery failed"),
            "filter[occurred_at][eq]": (TIME, "when an event occurred"),
            "filter[occurred_at][gt]": (TIME, "later than that"),
            "filter[occurred_at][gte]": (TIME, "then or later"),
            "filter[occurred_at][lt]": (TIME, "earlier than that"),
            "filter[occurred_at][lte]": (TIME, "then or earlier"),
        }
    )
    | PAGES_AND_CURSORS
)
PARTICIPANTS = (
    IN_REGION
    | _named(
        {
            "filter[muted]": (Switch(), "who is muted, or is not"),
            "filter[on_hold]": (Switch(), "who is on hold, or is not"),
            "filter[whispering]": (Switch(), "who whispers, or does not"),
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
            "filter[connection_id]": (VALUE, "of this application, by its id"),
            "filter[sip_call_id]": (VALUE, "of this SIP call"),
            "filter[from]": (PARTY, "who called"),
            "filter[to]": (PARTY, "who was called"),
            "filter[created_at][gte]": (TIME, "made then or later"),
            "filter[created_at][lte]": (TIME, "made then or earlier"),
            "filter[start_time][gte]": (TIME, "begun then or later"),
            "filter[start_time][lte]": (TIME, "begun then or earlier"),
            "filter[end_time][gte]": (TIME, "ended then or later"),
            "filter[end_time][lte]": (TIME, "ended then or earlier"),
        }
    )
    | PAGES
)
