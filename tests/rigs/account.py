"""A line whose Telnyx has queues, calls that wait in them, a conference and recordings."""

from __future__ import annotations

import itertools
import json
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from http.client import HTTPConnection
from typing import Any
from urllib.parse import quote

from rigs.people import ANN, TOKEN
from rigs.rehearsals import dial, rehearsal, settled
from rigs.waiting import until

from conference.account.requests import ROWS, AccountRequest
from conference.demo.rehearsal import API_KEY, Line
from conference.simulator import Leg
from conference.simulator.api.description import BY_NAME, operation_of, problems
from conference.simulator.api.ledger import Request
from conference.telnyx_api import TelnyxApi

BY_OPERATION = {row.operation: row for row in ROWS}

_numbers = itertools.count(1000)


@dataclass
class Scene:
    line: Line
    telnyx: TelnyxApi  # asked behind the line's back
    ann: Leg
    names: dict[str, str] = field(default_factory=dict)  # of what is there, for any path

    def ask(
        self,
        method: str,
        path: str,
        body: Any = None,
        authorization: str | None = f"Bearer {TOKEN}",
    ) -> tuple[int, Any]:
        """Send a request to the line. Return the status and the JSON, or the text.

        The path is sent as it is.
        """
        connection = HTTPConnection(self.line.url.removeprefix("http://"), timeout=20)
        headers = {} if authorization is None else {"Authorization": authorization}
        raw = body if body is None or isinstance(body, bytes) else json.dumps(body).encode()
        try:
            connection.request(method, path, raw, headers)
            with connection.getresponse() as response:
                text = response.read()
                kind = response.headers.get_content_type()
                assert response.status != 200 or response.headers["Cache-Control"] == "no-store"
                return response.status, json.loads(text) if "json" in kind else text.decode()
        finally:
            connection.close()

    def asks(self, row: AccountRequest, body: Any = None, /, **names: str) -> tuple[int, Any]:
        """Make the request of a row."""
        path = "/api" + row.route.format_map(
            {name: quote(id, safe="") for name, id in {**self.names, **names}.items()}
        )
        return self.ask("POST" if row.acts else "GET", path, body)

    def flask(self, *arguments: str) -> tuple[int, str]:
        """Run a command. Return its status and its output."""
        done = self.line.app.test_cli_runner().invoke(args=[*arguments, "--url", self.line.url])
        return done.exit_code, done.output

    @contextmanager
    def asked(self) -> Iterator[list[Request]]:
        """Collect the requests to Telnyx within the block. Each must be valid."""
        found: list[Request] = []
        before = len(self.line.telnyx.requests)
        yield found
        found += self.line.telnyx.requests[before:]
        for request in found:
            assert problems(request.method, request.path, request.body, request.query) == []
            operation = operation_of(request.method, request.path)
            assert operation and request.query.keys() <= operation.query.keys()

    def queue(self, **fields: Any) -> str:
        """Make a queue. Return its name."""
        name = f"queue-{next(_numbers)}"
        assert self.telnyx.request("POST", "/queues", body={"queue_name": name, **fields}).data
        return name

    def waits(self, queue: str, **fields: Any) -> Leg:
        """Put a call of another program into a queue."""
        phone = self.line.telnyx.phone(f"+1312555{next(_numbers)}")
        phone.when_called(0)
        leg = self.line.telnyx.place_call(phone.number)
        until(lambda: leg.state == "answered", "it is answered")
        path = f"/calls/{quote(leg.call_control_id)}/actions/enqueue"
        assert self.telnyx.request("POST", path, body={"queue_name": queue, **fields}).data
        return leg

    def recording(self, leg: Leg) -> str:
        """Record a call. Return the id of the recording."""
        path = f"/calls/{quote(leg.call_control_id)}/actions/record_"
        body = {"format": "mp3", "channels": "dual"}
        before = len(self.line.telnyx.recordings)
        assert self.telnyx.request("POST", f"{path}start", body=body).data
        assert self.telnyx.request("POST", f"{path}stop", body={}).data
        made = self.line.telnyx.recordings[before]
        until(lambda: made.saved_at is not None, "it is saved")
        return made.id


@contextmanager
def scene() -> Iterator[Scene]:
    with (
        rehearsal(control_token=TOKEN, reconcile_seconds=0) as line,
        closing(TelnyxApi(API_KEY, line.telnyx.base_url)) as telnyx,
    ):
        ann = dial(line, ANN)
        settled(line)
        made = Scene(line, telnyx, ann)
        queue = made.queue(max_size=5)
        waits = made.waits(queue)
        made.names |= {"queue": queue, "call": waits.call_control_id}
        made.names |= {"conference": str(ann.conference), "participant": ann.call_control_id}
        made.names["recording"] = made.recording(ann)
        yield made


def described(row: AccountRequest) -> dict[str, Any]:
    """Return the parameters of the row's operation from Telnyx's description."""
    operation = BY_NAME[row.operation]
    return dict(operation.body if row.acts else operation.query)
