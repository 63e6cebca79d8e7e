"""Open consoles that poll a room as the page does, in a process of their own.

    python tests/bench/bench_pollers.py PORT COUNT COOKIE     (prints a line when all are there)

A console asks once a second, on a connection that it keeps, for the changes since its last answer.
When stdin ends, the process prints as JSON how many answers and bytes arrived since all were there.
"""

from __future__ import annotations

import asyncio
import json
import re
import sys

PERIOD = 1.0  # seconds
PATH = "/api/rooms/demo-conference"
LENGTH = re.compile(rb"content-length: *(\d+)", re.IGNORECASE)
VERSION = re.compile(rb'"version": ?(\d+)')


class Console:
    """One open page. answers, received: of changes, up to now."""

    def __init__(self, port: int, cookie: str) -> None:
        self.port = port
        self.about = f" HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nCookie: {cookie}\r\n\r\n"
        self.version = ""
        self.answers = self.received = 0

    async def open(self) -> None:
        """Connect, and read the whole room."""
        self.reader, self.writer = await asyncio.open_connection("127.0.0.1", self.port)
        await self.ask(PATH)
        self.answers = self.received = 0

    async def poll(self, after: float) -> None:
        """Ask once a second for good, the first time after so many seconds."""
        loop = asyncio.get_running_loop()
        due = loop.time() + after
        while True:
            await asyncio.sleep(due - loop.time())
            await self.ask(f"{PATH}?since={self.version}")
            due = max(due + PERIOD, loop.time())

    async def ask(self, path: str) -> None:
        self.writer.write(f"GET {path}{self.about}".encode())
        head = await self.reader.readuntil(b"\r\n\r\n")
        length = LENGTH.search(head)
        assert head.startswith(b"HTTP/1.1 200") and length, head
        body = await self.reader.readexactly(int(length[1]))
        found = VERSION.search(body)
        assert found, body
        self.version = found[1].decode()
        self.answers += 1
        self.received += len(body)


async def pollers(port: int, count: int, cookie: str) -> None:
    """Spread over the second, as people open pages at any moment."""
    consoles = [Console(port, cookie) for _ in range(count)]
    for console in consoles:
        await console.open()
    async with asyncio.TaskGroup() as polling:
        tasks = [
            polling.create_task(console.poll(PERIOD * n / count))
            for n, console in enumerate(consoles)
        ]
        print("all are there", flush=True)
        await asyncio.to_thread(sys.stdin.read)
        for task in tasks:
            task.cancel()
    answers, received = (
        sum(getattr(c, each) for c in consoles) for each in ("answers", "received")
    )
    print(json.dumps({"answers": answers, "received": received}), flush=True)


if __name__ == "__main__":
    asyncio.run(pollers(int(sys.argv[1]), int(sys.argv[2]), sys.argv[3]))
