"""The requests about the account: one table for the routes, the commands and their help."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote

from conference.account import parameters
from conference.core.schema.parameters import Parameter, check

READ = "/actions/read"
"""The end of the route that makes a GET a POST: with the parameters in its body, no log of a server
shows the numbers among them."""


@dataclass(frozen=True, slots=True)
class Shown:
    """How records of Telnyx are shown: the name of a list of them, and the columns of a table.

    Every record has the first column's field.
    """

    rows: str
    columns: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class AccountRequest:
    """One row of the table.

    `operation`: Telnyx's name for it. `at_telnyx`: method and path there, with {names} of what it
    is about. `words`: the command. `gives`: the records in the answer, None for an answer without.
    `parameters`: by Telnyx's names, the query of a GET, else the body. `verb`: the end of our route
    for a request that acts on one thing.
    """

    operation: str
    at_telnyx: str
    words: str
    help: str
    gives: Shown | None = None
    parameters: Mapping[str, Parameter] = field(default_factory=dict)
    verb: str = ""

    @property
    def method(self) -> str:
        return self.at_telnyx.split()[0]

    @property
    def path(self) -> str:
        return self.at_telnyx.split()[1]

    @property
    def acts(self) -> bool:
        return self.method != "GET"

    @property
    def lists(self) -> bool:
        return not self.acts and not self.path.endswith("}")

    @property
    def about(self) -> tuple[Parameter, ...]:
        """The things that the path names, in its order."""
        return tuple(parameters.ABOUT[name] for name in re.findall(r"{(\w+)}", self.path))

    @property
    def route(self) -> str:
        """Our own path below /api."""
        here = self.path if self.words.startswith("queues") else f"/telnyx{self.path}"
        return f"{here}/actions/{self.verb}" if self.verb else here

    def path_for(self, names: Mapping[str, str]) -> str:
        """Return Telnyx's path with these names. Invalid if one could lead to another path."""
        checked = check(self.about, names)
        return self.path.format_map({name: quote(id, safe="") for name, id in checked.items()})

    def carried(self, values: Mapping[str, Any]) -> dict[str, Any]:
        """Return the values by Telnyx's names of the parameters."""
        return {n: values[each.name] for n, each in self.parameters.items() if each.name in values}


GROUPS = {
    "queues": "Manage the account's queues. Without a command, list the queues.\n\n"
    "Example: flask queues",
    "telnyx": "Show Telnyx's own view of conferences and recordings.\n\n"
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
    AccountRequest(
        operation="ListQueues",
        at_telnyx="GET /queues",
        words="queues list",
        help="List the queues.",
        gives=QUEUE,
        parameters=parameters.PAGES,
    ),
    AccountRequest(
        operation="CreateQueue",
        at_telnyx="POST /queues",
        words="queues create",
        help="Make a queue.",
        gives=QUEUE,
        parameters=parameters.NEW_QUEUE,
    ),
    AccountRequest(
        operation="RetrieveCallQueue",
        at_telnyx="GET /queues/{queue}",
        words="queues show",
        help="Show a queue.",
        gives=QUEUE,
    ),
    AccountRequest(
        operation="UpdateQueue",
        at_telnyx="POST /queues/{queue}",
        words="queues update",
        help="Set how many calls can wait in a queue.",
        gives=QUEUE,
        parameters=parameters.SIZE,
        verb="update",
    ),
    AccountRequest(
        operation="DeleteQueue",
        at_telnyx="DELETE /queues/{queue}",
        words="queues delete",
        help="Delete an empty queue.",
        verb="delete",
    ),
    AccountRequest(
        operation="ListQueueCalls",
        at_telnyx="GET /queues/{queue}/calls",
        words="queues calls",
        help="List the calls in a queue.",
        gives=QUEUED,
        parameters=parameters.PAGES_AND_CURSORS,
    ),
    AccountRequest(
        operation="RetrieveCallFromQueue",
        at_telnyx="GET /queues/{queue}/calls/{call}",
        words="queues call",
        help="Show a call in a queue.",
        gives=QUEUED,
    ),
    AccountRequest(
        operation="UpdateCallInQueue",
        at_telnyx="PATCH /queues/{queue}/calls/{call}",
        words="queues update-call",
        help="Set whether a call that ends keeps the place in the queue.",
        parameters=parameters.KEEP,
        verb="update",
    ),
    AccountRequest(
        operation="RemoveQueueCall",
        at_telnyx="DELETE /queues/{queue}/calls/{call}",
        words="queues remove-call",
        help="Remove a call that has ended from a queue.",
        verb="remove",
    ),
    AccountRequest(
        operation="ListConferences",
        at_telnyx="GET /conferences",
        words="telnyx conferences",
        help="List conferences, the last to expire first.",
        gives=CONFERENCE,
        parameters=parameters.CONFERENCES,
    ),
    AccountRequest(
        operation="RetrieveConference",
        at_telnyx="GET /conferences/{conference}",
        words="telnyx conference",
        help="Show a conference.",
        gives=CONFERENCE,
        parameters=parameters.IN_REGION,
    ),
    AccountRequest(
        operation="ListConferenceParticipants",
        at_telnyx="GET /conferences/{conference}/participants",
        words="telnyx participants",
        help="List the participants of a conference, also former ones.",
        gives=PARTICIPANT,
        parameters=parameters.PARTICIPANTS,
    ),
    AccountRequest(
        operation="RetrieveConferenceParticipant",
        at_telnyx="GET /conferences/{conference}/participants/{participant}",
        words="telnyx participant",
        help="Show a participant of a conference.",
        gives=PARTICIPANT,
    ),
    AccountRequest(
        operation="ListRecordings",
        at_telnyx="GET /recordings",
        words="telnyx recordings",
        help="List the saved recordings.",
        gives=RECORDING,
        parameters=parameters.RECORDINGS,
    ),
    AccountRequest(
        operation="RetrieveRecording",
        at_telnyx="GET /recordings/{recording}",
        words="telnyx recording",
        help="Show a recording, with links that expire within minutes.",
        gives=RECORDING,
    ),
)
