"""A line by the Procfile that is killed and started again at one address, beside its Telnyx."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.request import Request, urlopen

from rigs.people import NUMBER, TOKEN
from rigs.recorded import TEST_KEY
from rigs.servers import API_KEY, GUNICORN, Server, free_port, run

from conference.simulator import CONNECTION_ID, SimulatedTelnyx


@dataclass
class Stage:
    """A simulated Telnyx, and the servers of the line: one at a time, always at the same port.

    settings: of the line, beside those that it needs.
    """

    telnyx: SimulatedTelnyx
    folder: Path
    servers: ExitStack
    settings: dict[str, str] = field(default_factory=dict)
    server: Server = field(init=False)
    port: int = field(default_factory=free_port)

    def start(self) -> None:
        given = {
            "TELNYX_BASE_URL": self.telnyx.base_url,
            "TELNYX_CONNECTION_ID": CONNECTION_ID,
            "TELNYX_NUMBER": NUMBER,
            "CONTROL_TOKEN": TOKEN,
            **self.settings,
        }
        started = run(GUNICORN, self.folder, port=self.port, **given)
        self.server = self.servers.enter_context(started)
        self.telnyx.webhook_url = self.server.url + "/webhook"
        self.server.up()

    def ask(
        self, path: str = "", body: dict[str, Any] | None = None, room: str = "demo-conference"
    ) -> Any:
        """Return the JSON of an answer about a room. With a body it is a POST."""
        raw = None if body is None else json.dumps(body).encode()
        headers = {"Authorization": f"Bearer {TOKEN}", "Content-Type": "application/json"}
        url = f"{self.server.url}/api/rooms/{room}{path}"
        with urlopen(Request(url, raw, headers), timeout=10) as answer:
            return json.load(answer)

    def joined(self, room: str) -> list[str]:
        """Return the numbers of those inside; empty while nobody answers."""
        try:
            people = self.ask(room=room)["participants"]
        except OSError:  # between two workers
            return []
        return [each["number"] for each in people if each["status"] == "joined"]


@contextmanager
def stage(folder: Path, speed: float = 2, **settings: str) -> Iterator[Stage]:
    """Run the line, with these settings, and its Telnyx until the block ends."""
    with ExitStack() as servers:
        telnyx = servers.enter_context(SimulatedTelnyx("", TEST_KEY, API_KEY, speed=speed))
        stage = Stage(telnyx, folder, servers, settings)
        stage.start()
        yield stage
