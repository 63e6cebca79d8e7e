"""What is asked of the account and concerns no room: the one table of routes, CLI and help."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote

from conference.account import parameters as p
from conference.core.schema.parameters import Parameter, check

READ = "/actions/read"
"""What our route of a GET can end in: then it is a POST, with the parameters in a body, and no log
of a server shows the numbers among them."""


@dataclass(frozen=True, slots=True)
class Shown:
    """What Telnyx answers with: what a list of it is called, and the fields that a table shows.

    The first is always there.
    """

    rows: str
    columns: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class AccountRequest:
    """One row: what Telnyx calls it, its method and path there, the words for it on a command line.

    The path has {names} for what it is about. `parameters`, by Telnyx's name, are the query of a
    GET, else the body. `verb` is what our route ends in, where it acts on something that is there.
    """

    operation: str
    asks: str
    words: str
    help: str
    gives: Shown | None = None  # None where Telnyx gives nothing back
    parameters: Mapping[str, Parameter] = field(default_factory=dict)
    verb: str = ""

    @property
    def method(self) -> str:
        return self.asks.split()[0]

    @property
    def path(self) -> str:
        return self.asks.split()[1]

    @property
    def acts(self) -> bool:
        return self.method != "GET"

    @property
    def lists(self) -> bool:
        return not self.acts and not self.path.endswith("}")

    @property
    def about(self) -> tuple[Parameter, ...]:
        """What the path names, in its order."""
        return tuple(p.ABOUT[name] for name in re.findall(r"{(\w+)}", self.path))

    @property
    def route(self) -> str:
        """Our own path below /api."""
        here = self.path if self.words.startswith("queues") else f"/telnyx{self.path}"
        return f"{here}/actions/{self.verb}" if self.verb else here

    def at_telnyx(self, names: Mapping[str, str]) -> str:
        """Telnyx's path. Invalid where a name could lead to another one."""
        checked = check(self.about, names)
        return self.path.format_map({name: quote(id, safe="") for name, id in checked.items()})

    def carried(self, values: Mapping[str, Any]) -> dict[str, Any]:
        """The values of the parameters by Telnyx's names."""
        return {n: values[each.name] for n, each in self.parameters.items() if each.name in values}


GROUPS = {
    "queues": "The account's queues and the calls in them; without a word, list the queues.\n\n"
    "Example: flask queues",
    "telnyx": "What Telnyx itself has of conferences, their participants and recordings.\n\n"
    "Example: flask telnyx recordings",
}

QUEUE = Shown("queues", ("name", "current_size", "max_size", "average_wait_time_secs"))
QUEUED = Shown(
    "calls",
    ("call_control_id", "queue_position", "from", "to", "wait_time_secs", "is_alive"),
)
CONFERENCE = Shown("conferences", ("id", "name", "status", "region", "created_at", "end_reason"))
PARTICIPANT = Shown("participants", ("call_control_id", "status", "muted", "on_hold", "created_at"))
RECORDING = Shown(
    "recordings", ("id", "source", "channels", "duration_millis", "recording_started_at")
)

ROWS = (
    AccountRequest("ListQueues", "GET /queues", "queues list", "List the queues.", QUEUE, p.PAGES),
    AccountRequest(
        "CreateQueue", "POST /queues", "queues create", "Make a queue.", QUEUE, p.NEW_QUEUE
    ),
    AccountRequest(
        "RetrieveCallQueue", "GET /queues/{queue}", "queues show", "Show a queue.", QUEUE
    ),
    AccountRequest(
        *("UpdateQueue", "POST /queues/{queue}", "queues update"),
        *("Say how many calls can wait in a queue.", QUEUE, p.SIZE),
        verb="update",
    ),
    AccountRequest(
        *("DeleteQueue", "DELETE /queues/{queue}", "queues delete"),
        "Delete a queue in which nobody waits.",
        verb="delete",
    ),
    AccountRequest(
        *("ListQueueCalls", "GET /queues/{queue}/calls", "queues calls"),
        *("List the calls in a queue.", QUEUED, p.PAGES_AND_CURSORS),
    ),
    AccountRequest(
        *("RetrieveCallFromQueue", "GET /queues/{queue}/calls/{call}", "queues call"),
        *("Show a call in a queue.", QUEUED),
    ),
    AccountRequest(
        *("UpdateCallInQueue", "PATCH /queues/{queue}/calls/{call}", "queues update-call"),
        "Say whether a call keeps its place when it ends.",
        parameters=p.KEEP,
        verb="update",
    ),
    AccountRequest(
        *("RemoveQueueCall", "DELETE /queues/{queue}/calls/{call}", "queues remove-call"),
        "Remove a call that has ended from a queue.",
        verb="remove",
    ),
    AccountRequest(
        *("ListConferences", "GET /conferences", "telnyx conferences"),
        *("List conferences, the last to expire first.", CONFERENCE, p.CONFERENCES),
    ),
    AccountRequest(
        *("RetrieveConference", "GET /conferences/{conference}", "telnyx conference"),
        *("Show a conference.", CONFERENCE, p.IN_REGION),
    ),
    AccountRequest(
        *("ListConferenceParticipants", "GET /conferences/{conference}/participants"),
        *("telnyx participants", "List a conference's participants, also those who have left."),
        *(PARTICIPANT, p.PARTICIPANTS),
    ),
    AccountRequest(
        "RetrieveConferenceParticipant",
        *("GET /conferences/{conference}/participants/{participant}", "telnyx participant"),
        *("Show a participant of a conference.", PARTICIPANT),
    ),
    AccountRequest(
        *("ListRecordings", "GET /recordings", "telnyx recordings"),
        *("List the recordings that are saved.", RECORDING, p.RECORDINGS),
    ),
    AccountRequest(
        *("RetrieveRecording", "GET /recordings/{recording}", "telnyx recording"),
        *("Show a recording, with links to it that are good for some minutes.", RECORDING),
    ),
)
