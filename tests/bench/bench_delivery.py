"""Webhooks out of the benchmark's Telnyx: over kept connections, and how fast each is answered."""

from __future__ import annotations

import asyncio
from typing import NamedTuple
from urllib.parse import urlsplit

from bench_client import size_of

ANSWER_WITHIN = 10.0  # seconds for a webhook


class Ack(NamedTuple):
    """The answer to a webhook. None for both: there was no answer."""

    seconds: float | None
    status: int | None


class Kept(asyncio.Protocol):
    """A connection to the server under test. One request at a time."""

    def __init__(self) -> None:
        self.received = b""
        self.answer: asyncio.Future[int] | None = None
        self.open = True

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport

    def data_received(self, data: bytes) -> None:
        self.received += data
        size = size_of(self.received)
        if self.answer and not self.answer.done() and size and len(self.received) >= size:
            self.answer.set_result(int(self.received[9:12]))
            if b"connection: close" in self.received[:size].lower():
                self.open = False
                self.transport.close()
            self.received = b""

    def connection_lost(self, error: Exception | None) -> None:
        self.open = False
        if self.answer and not self.answer.done():
            self.answer.set_exception(ConnectionResetError("the server closed the connection"))

    async def post(self, request: bytes) -> int:
        """The status."""
        self.answer = asyncio.get_running_loop().create_future()
        self.transport.write(request)
        return await self.answer


class Delivery:
    """Delivers to one server."""

    def __init__(self, url: str) -> None:
        self.address = urlsplit(url)
        self.idle: list[Kept] = []

    async def connect(self) -> Kept:
        loop = asyncio.get_running_loop()
        host, port = self.address.hostname, self.address.port
        return (await loop.create_connection(Kept, host, port))[1]

    async def ready(self, count: int) -> None:
        """Have so many connections open, for a volley."""
        self.idle = [kept for kept in self.idle if kept.open]
        missing = count - len(self.idle)
        self.idle += await asyncio.gather(*(self.connect() for _ in range(missing)))

    async def post(self, request: bytes) -> Ack:
        loop = asyncio.get_running_loop()
        began = loop.time()
        try:
            async with asyncio.timeout(ANSWER_WITHIN):
                status = await self._exchange(request)
        except OSError:  # TimeoutError is one
            return Ack(None, None)
        return Ack(loop.time() - began, status)

    async def _exchange(self, request: bytes) -> int:
        """Try a new connection after each kept one that the server closed meanwhile."""
        while self.idle:
            kept = self.idle.pop()
            if kept.open:
                try:
                    return await self._on(kept, request)
                except ConnectionResetError:
                    pass
        return await self._on(await self.connect(), request)

    async def _on(self, kept: Kept, request: bytes) -> int:
        try:
            status = await kept.post(request)
        except asyncio.CancelledError:
            kept.transport.abort()
            raise
        if kept.open:
            self.idle.append(kept)
        return status
