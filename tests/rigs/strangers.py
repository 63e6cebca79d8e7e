"""Clients that a server on the internet gets: silent ones, dripping ones, ones that do not read."""

from __future__ import annotations

import resource
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress

HEAD = b"POST /webhook HTTP/1.1\r\nHost: line.example.com\r\n"
MUSIC = b"GET /hold-music.wav HTTP/1.1\r\nHost: line.example.com\r\n\r\n"

KINDS = {  # what a client of each kind sends at first; those that drip add a byte now and then
    "silent": b"",
    "half a head": HEAD,
    "a dripping head": HEAD + b"X-A: ",
    "a body that never comes": HEAD + b"Content-Length: 100000\r\n\r\n",
    "a dripping body": HEAD + b"Content-Length: 100000\r\n\r\n{",
    "a dripping chunk": HEAD + b"Transfer-Encoding: chunked\r\n\r\nffff\r\n{",
    "not reading": MUSIC * 20,
    "an end kept open": HEAD + b"Connection: close\r\nContent-Length: 0\r\n\r\n",
}
OTHER_FILES = 200  # descriptors that the test needs beside those of the clients


def most_strangers(wanted: int) -> int:
    """Let this process open so many clients. Return how many of them it may open."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft < wanted + OTHER_FILES:
        resource.setrlimit(resource.RLIMIT_NOFILE, (min(hard, wanted + OTHER_FILES), hard))
    return min(wanted, resource.getrlimit(resource.RLIMIT_NOFILE)[0] - OTHER_FILES)


@contextmanager
def strangers(port: int, kind: str, count: int) -> Iterator[None]:
    """Keep so many clients connected: one that the server closes connects again."""
    over = threading.Event()
    clients = [_connect(port, kind) for _ in range(count)]

    def keep_on() -> None:
        while not over.wait(0.5):
            for n, client in enumerate(clients):
                if _has_ended(client, kind):
                    client.close()
                    clients[n] = _connect(port, kind)

    thread = threading.Thread(target=keep_on)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()
        for client in clients:
            client.close()


def _connect(port: int, kind: str) -> socket.socket:
    client = socket.socket()
    client.settimeout(5)
    if kind == "not reading":
        client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    with suppress(OSError):  # an ailing server
        client.connect(("127.0.0.1", port))
        client.sendall(KINDS[kind])
    client.setblocking(False)
    return client


def _has_ended(client: socket.socket, kind: str) -> bool:
    """Let a client that drips send a byte. Return whether the server has closed the connection."""
    try:
        if "dripping" in kind:
            client.send(b"x")
        return kind != "not reading" and not client.recv(65536) and kind != "an end kept open"
    except (BlockingIOError, InterruptedError):
        return False
    except OSError:
        return True
