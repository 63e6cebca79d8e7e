"""Servers of one line that share a Redis, each at a port of its own: a test chooses the process.

with shared_line(folder, redis.url) as line:
    first, second = line.start(), line.start()
    line.deliver_to(first)
    second.ask()
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.error import HTTPError
from urllib.request import Request, urlopen

from rigs.crowd import TOKEN, settings
from rigs.people import NUMBER
from rigs.recorded import TEST_KEY
from rigs.servers import API_KEY, GUNICORN, Server, run
from rigs.waiting import until

from conference.registry.redis.connection import connect
from conference.simulator import Leg, SimulatedTelnyx

ROOM = "demo-conference"


@dataclass(frozen=True)
class Process:
    """A server with one process. `id`: its name in Redis."""

    server: Server
    id: str

    def ask(
        self, path: str = "", body: dict[str, Any] | None = None, room: str = ROOM, **headers: str
    ) -> Any:
        """Return the JSON of an answer about a room, also of a problem. With a body it is a POST.

        headers: with _ for -.
        """
        raw = None if body is None else json.dumps(body).encode()
        given = {name.replace("_", "-"): value for name, value in headers.items()}
        given |= {"Authorization": f"Bearer {TOKEN}", "Content-Type": "application/json"}
        url = f"{self.server.url}/api/rooms/{room}{path}"
        try:
            with urlopen(Request(url, raw, given), timeout=10) as answer:
                return json.load(answer)
        except HTTPError as problem:
            return json.load(problem)

    def people(self, room: str = ROOM) -> dict[str, dict[str, Any]]:
        """Return the room's participants by number."""
        return {each["number"]: each for each in self.ask(room=room)["participants"]}


@dataclass
class SharedLine:
    telnyx: SimulatedTelnyx
    redis_url: str
    folder: Path
    servers: ExitStack
    given: dict[str, str]

    def start(self, port: int = 0) -> Process:
        """Start a process of the line, and wait until the others know it."""
        before = self.processes()
        server = self.servers.enter_context(run(GUNICORN, self.folder, port=port, **self.given))
        server.up()
        (id,) = until(lambda: self.processes() - before, "it has its name in Redis")
        return Process(server, id)

    def deliver_to(self, process: Process) -> None:
        """Let Telnyx send its webhooks there from now on."""
        self.telnyx.webhook_url = process.server.url + "/webhook"

    def processes(self) -> set[str]:
        """Return the names of the processes that are alive."""
        return {key.rpartition(":")[2] for key in self._keys("process:*")}

    def homes(self) -> dict[str, str]:
        """Return the name of the process at which each room is at home, by room."""
        with closing(connect(self.redis_url)) as client:
            found = {key: client.hget(key, ".home") for key in self._keys("{*}:room")}
        return {key.partition("{")[2].partition("}")[0]: str(id) for key, id in found.items()}

    def _keys(self, pattern: str) -> set[str]:
        with closing(connect(self.redis_url)) as client:
            return set(client.scan_iter(f"conference:*:{pattern}"))

    def dials(self, *numbers: str) -> list[Leg]:
        """Call the line by these phones, and wait until all are inside."""
        legs = [self.telnyx.phone(number).dial() for number in numbers]
        until(lambda: all(leg.conference for leg in legs), "all are inside")
        return legs

    def statuses(self) -> set[int | None]:
        """Return what the line answered to webhooks, None for no answer."""
        return {each.status for each in self.telnyx.webhooks}


@contextmanager
def shared_line(
    folder: Path, redis_url: str, speed: float = 2, looks_every: float = 30, **more: str
) -> Iterator[SharedLine]:
    """Run the Telnyx of a line, and the processes that `start` starts, until the block ends."""
    with ExitStack() as servers:
        telnyx = SimulatedTelnyx("http://127.0.0.1:9", TEST_KEY, API_KEY, speed=speed)
        servers.enter_context(telnyx)
        given = settings(telnyx, speed, looks_every) | {
            "TELNYX_NUMBER": NUMBER,
            "REDIS_URL": redis_url,
            **more,
        }
        yield SharedLine(telnyx, redis_url, folder, servers, given)
