"""The benchmark's Telnyx: a process of its own that takes every command, and costs next to nothing.

    python -m tests.bench.bench_api     (prints its port)

`GET /latency/0.3` lets it take 0.3 s for each answer from then on. Where a call's webhooks must
follow from the commands, the benchmark uses conference.simulator instead.
"""

from __future__ import annotations

import asyncio
import json
import re

OK = {"data": {"id": "bench-conference", "result": "ok"}}
NOTHING = {"data": [], "meta": {"page_number": 1, "page_size": 250, "total_pages": 1}}
LENGTH = re.compile(rb"content-length: *(\d+)", re.IGNORECASE)


class Telnyx(asyncio.Protocol):
    """One kept connection. Requests on it are answered one after the other."""

    latency = 0.0

    def __init__(self) -> None:
        self.received = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport

    def data_received(self, data: bytes) -> None:
        self.received += data
        while (end := self.received.find(b"\r\n\r\n")) >= 0:
            head = self.received[:end]
            length = LENGTH.search(head)
            size = end + 4 + (int(length[1]) if length else 0)
            if len(self.received) < size:
                return
            self.received = self.received[size:]
            self.answer(head)

    def answer(self, head: bytes) -> None:
        method, path = head.split(b" ", 2)[:2]
        if path.startswith(b"/latency/"):
            Telnyx.latency = float(path.rsplit(b"/", 1)[1])
            self.transport.write(_response(OK))
        else:
            response = _response(NOTHING if method == b"GET" else OK)
            asyncio.get_running_loop().call_later(self.latency, self.transport.write, response)


def _response(answer: object) -> bytes:
    body = json.dumps(answer).encode()
    head = "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: "
    return f"{head}{len(body)}\r\n\r\n".encode() + body


async def serve() -> None:
    server = await asyncio.get_running_loop().create_server(Telnyx, "127.0.0.1", 0)
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(serve())
