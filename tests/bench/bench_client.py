"""Webhooks as whole requests, and a client that costs little."""

from __future__ import annotations

import json
import re
import selectors
import socket
import time
from collections import deque
from collections.abc import Sequence
from contextlib import ExitStack
from typing import Any

from rigs.recorded import TEST_KEY, make

from conference.signature import sign

LENGTH = re.compile(rb"content-length: *(\d+)", re.IGNORECASE)


def signed(event_type: str, **payload: Any) -> bytes:
    """A whole request, signed now: the line accepts it for five minutes."""
    body = json.dumps(make(event_type, **payload), separators=(",", ":")).encode()
    headers = {
        "Host": "127.0.0.1",
        "User-Agent": "telnyx-webhooks",
        "Accept": "*/*",
        "Content-Type": "application/json",
        "Content-Length": str(len(body)),
        **sign(body, key=TEST_KEY, now=time.time()),
    }
    head = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
    return f"POST /webhook HTTP/1.1\r\n{head}\r\n".encode() + body


def size_of(message: bytes) -> int | None:
    """Bytes of the first HTTP message. None while its head is incomplete."""
    end = message.find(b"\r\n\r\n")
    if end < 0:
        return None
    length = LENGTH.search(message, 0, end)
    return end + 4 + (int(length[1]) if length else 0)


class Client:
    """One kept connection."""

    def __init__(self, port: int) -> None:
        self.socket = socket.create_connection(("127.0.0.1", port), timeout=10)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.began = 0.0

    def send(self, request: bytes) -> None:
        self.began = time.perf_counter()
        self.socket.sendall(request)

    def receive(self) -> float:
        """Seconds until the answer was complete. The answer must be 200."""
        answer = self.socket.recv(65536)
        while (size := size_of(answer)) is None or len(answer) < size:
            more = self.socket.recv(65536)
            assert more, f"the connection was closed: {answer!r}"
            answer += more
        took = time.perf_counter() - self.began
        assert answer.startswith(b"HTTP/1.1 200"), answer
        return took

    def post(self, request: bytes) -> float:
        self.send(request)
        return self.receive()


def share(port: int, requests: Sequence[bytes], clients: int = 4, rate: float = 0.0) -> list[float]:
    """Post them all over kept connections, as fast as can be or `rate` a second; the times.

    A connection that is answered takes the next request. One thread serves all, which costs less
    CPU than a thread for each.
    """
    took: list[float] = []
    with ExitStack() as stack:
        answers = stack.enter_context(selectors.DefaultSelector())
        idle = [Client(port) for _ in range(clients)]
        for client in idle:
            stack.callback(client.socket.close)
            answers.register(client.socket, selectors.EVENT_READ, client)
        began, waiting = time.perf_counter(), deque(requests)
        while len(took) < len(requests):
            ahead = 0.0
            while waiting and idle and ahead <= 0:
                due = began + (len(requests) - len(waiting)) / rate if rate else began
                ahead = due - time.perf_counter()
                if ahead <= 0:
                    idle.pop(0).send(waiting.popleft())
            ready = answers.select(ahead if ahead > 0 else 10)
            assert ready or ahead > 0, "an answer took over 10 s"
            for key, _ in ready:
                took.append(key.data.receive())
                idle.append(key.data)
    return took
