"""A server of raw bytes: a function of the test serves each connection, with or without TLS."""

from __future__ import annotations

import re
import select
import socket
import ssl
import threading
from collections.abc import Callable
from contextlib import closing, suppress

from rigs.certificates import server_context

LENGTH = re.compile(rb"\r\ncontent-length: *(\d+)", re.IGNORECASE)


class Connection:
    """A client's connection. `over` is set when the test ends, so that endless answers end too."""

    def __init__(self, client: socket.socket, over: threading.Event) -> None:
        self.socket, self.over = client, over
        self._read = b""

    def request(self) -> bytes:
        """Read one request, head and body; empty at the end of the connection."""
        while (end := self._read.find(b"\r\n\r\n")) < 0:
            if not self._receive():
                return b""
        length = LENGTH.search(self._read[:end])
        size = end + 4 + (int(length[1]) if length else 0)
        while len(self._read) < size:
            if not self._receive():
                return b""
        request, self._read = self._read[:size], self._read[size:]
        return request

    def send(self, answer: bytes) -> None:
        self.socket.sendall(answer)

    def splice(self, host: str, port: int, first: bytes = b"") -> None:
        """Connect to another server, send `first`, and forward all that comes, both ways."""
        with socket.create_connection((host, port), 10) as other:
            other.sendall(first)
            other_way = {self.socket: other, other: self.socket}
            while not self.over.is_set():
                ahead = isinstance(self.socket, ssl.SSLSocket) and self.socket.pending()
                ready = [self.socket] if ahead else select.select([*other_way], [], [], 0.1)[0]
                for each in ready:
                    if not (piece := each.recv(65536)):
                        return
                    other_way[each].sendall(piece)

    def _receive(self) -> bool:
        piece = self.socket.recv(65536)
        self._read += piece
        return bool(piece)


Serve = Callable[[Connection], None]


class ScriptedServer:
    """Serves each connection in a thread. Reports the number of connections, and the requests.

    pem: of `certificates.self_signed`, for TLS.
    """

    def __init__(self, serve: Serve, *, pem: str = "", host: str = "127.0.0.1") -> None:
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        self._listens = socket.create_server((host, 0), family=family, backlog=100)
        self._serve = serve
        self._context = server_context(pem) if pem else None
        self._threads: list[threading.Thread] = []
        self._clients: list[socket.socket] = []  # TLS takes a socket's descriptor into another
        self._over = threading.Event()
        self._accepted = 0
        self.port: int = self._listens.getsockname()[1]
        named = f"[{host}]" if ":" in host else host
        self.authority = f"{named}:{self.port}"
        self.url = f"{'https' if pem else 'http'}://{self.authority}"

    @property
    def connections(self) -> int:
        """Return how many connections were accepted."""
        return self._accepted

    def __enter__(self) -> ScriptedServer:
        self._start(self._accept)
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        for each in (self._listens, *self._clients):
            with suppress(OSError):
                each.shutdown(socket.SHUT_RDWR)
        for thread in self._threads:
            thread.join()
        self._listens.close()

    def _start(self, run: Callable[[], None]) -> None:
        thread = threading.Thread(target=run)
        self._threads.append(thread)
        thread.start()

    def _accept(self) -> None:
        with suppress(OSError):  # the test has ended
            while True:
                client, _ = self._listens.accept()
                self._accepted += 1
                self._clients.append(client)
                self._start(lambda client=client: self._run(client))  # type: ignore[misc]

    def _run(self, client: socket.socket) -> None:
        client.settimeout(30)
        with closing(client), suppress(OSError):
            if self._context is not None:
                client = self._context.wrap_socket(client, server_side=True)
                self._clients.append(client)
            with closing(client):
                self._serve(Connection(client, self._over))


def answers(*given: bytes) -> Serve:
    """Return a function that gives each request of a connection the next answer, then the last."""

    def serve(connection: Connection) -> None:
        number = 0
        while connection.request():
            connection.send(given[min(number, len(given) - 1)])
            number += 1

    return serve


def response(body: bytes, *headers: str, status: str = "200 OK") -> bytes:
    """Return an answer with the length of its body."""
    lines = [f"HTTP/1.1 {status}", f"Content-Length: {len(body)}", *headers]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + body
