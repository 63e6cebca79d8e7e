"""Webhooks as whole requests, and a client that costs little."""

from __future__ import annotations

import json
import re
import socket
import threading
import time
from collections.abc import Sequence
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

    def post(self, request: bytes) -> float:
        """Seconds until the answer was complete. The answer must be 200."""
        began = time.perf_counter()
        self.socket.sendall(request)
        answer = self.socket.recv(65536)
        while (size := size_of(answer)) is None or len(answer) < size:
            more = self.socket.recv(65536)
            assert more, f"the connection was closed: {answer!r}"
            answer += more
        took = time.perf_counter() - began
        assert answer.startswith(b"HTTP/1.1 200"), answer
        return took


def share(port: int, requests: Sequence[bytes], clients: int = 4, rate: float = 0.0) -> list[float]:
    """Post them all over kept connections, as fast as can be or `rate` a second; the times."""
    began = time.perf_counter() + 0.05
    took: list[float] = []

    def work(first: int) -> None:
        client = Client(port)
        for n in range(first, len(requests), clients):
            if rate and (ahead := began + n / rate - time.perf_counter()) > 0:
                time.sleep(ahead)
            took.append(client.post(requests[n]))
        client.socket.close()

    threads = [threading.Thread(target=work, args=(n,)) for n in range(clients)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert len(took) == len(requests), "a client broke off"
    return took
