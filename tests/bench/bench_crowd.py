"""Strangers at the line's door, in a process of their own.

    python tests/bench/bench_crowd.py PORT KIND=COUNT...     (prints a line when all are there)

A stranger who is cut off returns a second later, except from a burst.
"""

from __future__ import annotations

import asyncio
import resource
import socket
import sys
from collections.abc import Awaitable, Callable

PAUSE = 1.0  # seconds between bytes, and before a stranger returns
ARRIVAL = 0.5  # seconds in which all arrive, one after the other
SPARE = 64  # descriptors for the process itself
HEAD = b"POST /webhook HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n"
MUSIC = b"GET /hold-music.wav HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n"


async def silent(stranger: socket.socket) -> None:
    """Send nothing until the server closes."""
    await asyncio.get_running_loop().sock_recv(stranger, 1)


async def half_head(stranger: socket.socket) -> None:
    await asyncio.get_running_loop().sock_sendall(stranger, HEAD)
    await silent(stranger)


async def dripping_head(stranger: socket.socket) -> None:
    await asyncio.get_running_loop().sock_sendall(stranger, HEAD + b"X-Drip: ")
    await _drip(stranger)


async def endless_body(stranger: socket.socket) -> None:
    head = HEAD + b"Content-Length: 1000000\r\n\r\n"
    await asyncio.get_running_loop().sock_sendall(stranger, head)
    await _drip(stranger)


async def _drip(stranger: socket.socket) -> None:
    while True:
        await asyncio.sleep(PAUSE)
        await asyncio.get_running_loop().sock_sendall(stranger, b" ")


async def not_reading(stranger: socket.socket) -> None:
    """Ask for the music again and again, and read nothing of it."""
    while True:
        await asyncio.get_running_loop().sock_sendall(stranger, MUSIC)
        await asyncio.sleep(PAUSE)


async def burst(stranger: socket.socket) -> None:
    """One of those who connect at one instant, silent. Does not return."""
    await silent(stranger)
    await asyncio.Event().wait()


KINDS: dict[str, Callable[[socket.socket], Awaitable[None]]] = {
    "silent": silent,
    "half-head": half_head,
    "dripping-head": dripping_head,
    "endless-body": endless_body,
    "not-reading": not_reading,
    "burst": burst,
}


async def stay(port: int, kind: str, after: float, tried: asyncio.Event) -> None:
    """Be at the door for good."""
    await asyncio.sleep(after)
    while True:
        stranger = socket.socket()
        stranger.setblocking(False)
        stranger.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        try:
            await asyncio.get_running_loop().sock_connect(stranger, ("127.0.0.1", port))
            tried.set()
            await KINDS[kind](stranger)
        except OSError:
            pass
        finally:
            stranger.close()
        tried.set()
        await asyncio.sleep(PAUSE)


async def crowd(port: int, counts: dict[str, int]) -> None:
    soft = resource.getrlimit(resource.RLIMIT_NOFILE)[0]
    wanted = sum(counts.values())
    share = min(1.0, (soft - SPARE) / wanted)
    loop, arrived, staying = asyncio.get_running_loop(), [], []
    for kind, count in counts.items():
        for n in range(int(count * share)):
            arrived.append(asyncio.Event())
            after = 0.0 if kind == "burst" else ARRIVAL * n / count
            staying.append(loop.create_task(stay(port, kind, after, arrived[-1])))
    waits = [asyncio.ensure_future(each.wait()) for each in arrived]
    await asyncio.wait(waits, timeout=ARRIVAL + 1.0)
    print(len(arrived), flush=True)
    await asyncio.gather(*staying)


if __name__ == "__main__":
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    pairs = [argument.split("=") for argument in sys.argv[2:]]
    asyncio.run(crowd(int(sys.argv[1]), {kind: int(count) for kind, count in pairs}))
