"""The benchmark's Telnyx: a process of its own that costs next to nothing.

    python -m tests.bench.bench_api     (prints its port)

It takes every command. From a command about a call of its own the webhooks follow.
`GET /bench/answers/200/0.3` delays each answer by 0.3 s from then on. With `500` instead of `200`
each command fails, and has no effect. `POST /bench/calls` and
`/bench/burst` with a scenario's arguments as JSON play it and answer when it has ended.
"""

from __future__ import annotations

import asyncio
import gc
import json
import sys
from pathlib import Path
from typing import Any, ClassVar
from urllib.parse import parse_qsl, unquote

ROOT = Path(__file__).parents[2]
sys.path[:0] = [str(ROOT), str(ROOT / "tests"), str(ROOT / "tests" / "bench")]

from bench_client import size_of  # noqa: E402
from bench_scenarios import SCENARIOS  # noqa: E402
from bench_telnyx import FAILED, Answer, listed, take  # noqa: E402


class Connection(asyncio.Protocol):
    """One kept connection. Requests on it are answered one after the other."""

    latency = 0.0
    status = 200  # of each answer to a command
    commands = 0  # up to now
    scenarios: ClassVar[set[asyncio.Task[None]]] = set()

    def __init__(self) -> None:
        self.received = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport

    def data_received(self, data: bytes) -> None:
        self.received += data
        while (size := size_of(self.received)) and len(self.received) >= size:
            head, _, body = self.received[:size].partition(b"\r\n\r\n")
            self.received = self.received[size:]
            method, target = head.decode("latin-1").split(" ", 2)[:2]
            path, _, query = target.partition("?")
            self.dispatch(method, unquote(path), query, body)

    def dispatch(self, method: str, path: str, query: str, body: bytes) -> None:
        if path.startswith("/bench/answers/"):
            status, latency = path.split("/")[3:]
            Connection.status, Connection.latency = int(status), float(latency)
            self.respond(Answer(200, {}))
        elif path in SCENARIOS:
            task = asyncio.create_task(self.play(path, json.loads(body)))
            self.scenarios.add(task)
            task.add_done_callback(self.scenarios.discard)
        else:
            loop = asyncio.get_running_loop()
            loop.call_later(self.latency, self.answer, method, path, query, body)

    def answer(self, method: str, path: str, query: str, body: bytes) -> None:
        if method == "GET":
            self.respond(listed(path, dict(parse_qsl(query))))
        else:
            Connection.commands += 1
            self.respond(FAILED if self.status != 200 else take(path, json.loads(body or b"{}")))

    async def play(self, path: str, arguments: dict[str, Any]) -> None:
        before = Connection.commands
        found = await SCENARIOS[path](**arguments)
        self.respond(Answer(200, {**found, "commands": Connection.commands - before}))

    def respond(self, answer: Answer) -> None:
        body = json.dumps(answer.body).encode()
        head = "Content-Type: application/json\r\nContent-Length: "
        start = f"HTTP/1.1 {answer.status} Answer\r\n{head}{len(body)}\r\n\r\n"
        self.transport.write(start.encode() + body)


async def serve() -> None:
    loop = asyncio.get_running_loop()
    server = await loop.create_server(Connection, "127.0.0.1", 0, backlog=512)
    gc.freeze()
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(serve())
