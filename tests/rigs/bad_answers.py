"""Answers to a request that are endless, huge, malformed or broken off."""

from __future__ import annotations

import gzip
import zlib
from collections.abc import Callable, Iterator
from functools import partial

from rigs.scripted_server import Connection, response

HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"
AS_JSON = "Content-Type: application/json"
DEPTH = 20_000  # the answer is shorter than any limit
SHORT = gzip.compress(b'{"data": []}')
BOMB = 50_000_000  # bytes that come out of 50,000


def _endless(first: bytes, piece: bytes, pause: float, connection: Connection) -> None:
    """Send `first`, then the same piece until the client has gone."""
    connection.send(first)
    while not connection.over.wait(pause):
        connection.send(piece)


def _packed(encoding: str) -> bytes:
    window = {"gzip": 31, "deflate": 15}[encoding]
    packs = zlib.compressobj(9, wbits=window)
    body = packs.compress(b'{"data": "' + b" " * BOMB + b'"}') + packs.flush()
    return response(body, AS_JSON, f"Content-Encoding: {encoding}")


def _whole(answer: bytes, connection: Connection) -> None:
    connection.send(answer)


def _cut(answer: bytes, connection: Connection) -> None:
    connection.send(answer)
    connection.socket.close()


Give = Callable[[Connection], None]

NOT_WHOLE: dict[str, Give] = {
    "a byte every 0.1 s": partial(_endless, HEAD + b"Content-Length: 99999\r\n\r\n", b" ", 0.1),
    "a head a byte every 0.1 s": partial(_endless, b"HTTP/1.1 200 OK\r\nX: ", b"x", 0.1),
    "a chunk every 0.1 s": partial(
        _endless, HEAD + b"Transfer-Encoding: chunked\r\n\r\n", b"1\r\n \r\n", 0.1
    ),
    "endless": partial(_endless, HEAD + b"\r\n", b" " * 65536, 0),
    "an endless head": partial(_endless, HEAD, b"X-Header: x\r\n" * 1000, 0),
    "endless interim answers": partial(_endless, b"", b"HTTP/1.1 100 Continue\r\n\r\n" * 1000, 0),
    "endless chunks": partial(
        _endless,
        HEAD + b"Transfer-Encoding: chunked\r\n\r\n",
        b"10000\r\n" + b" " * 65536 + b"\r\n",
        0,
    ),
    "endless tiny chunks": partial(
        _endless, HEAD + b"Transfer-Encoding: chunked\r\n\r\n", b"1;name=value\r\n \r\n" * 1000, 0
    ),
    "a huge length": partial(_endless, HEAD + b"Content-Length: 999999999999\r\n\r\n", b" ", 0.1),
    "a malformed length": partial(_cut, HEAD + b"Content-Length: -1\r\n\r\n{}"),
    "a gzip bomb": partial(_whole, _packed("gzip")),
    "a deflate bomb": partial(_whole, _packed("deflate")),
    "an unknown encoding": partial(_whole, response(b"{}", AS_JSON, "Content-Encoding: br")),
    "gzip that is none": partial(_whole, response(b"{}", AS_JSON, "Content-Encoding: gzip")),
    "gzip broken off": partial(_whole, response(SHORT[:-9], AS_JSON, "Content-Encoding: gzip")),
    "gzip and more": partial(_whole, response(SHORT + b"{}", AS_JSON, "Content-Encoding: gzip")),
    "broken off": partial(_cut, HEAD + b'Content-Length: 99\r\n\r\n{"data": '),
    "chunks broken off": partial(_cut, HEAD + b"Transfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n"),
    "no HTTP": partial(_cut, b"SSH-2.0-OpenSSH\r\n"),
    "nothing": partial(_cut, b""),
    "another protocol": partial(_whole, b"HTTP/1.1 101 Switching Protocols\r\n\r\n"),
}
"""By name; the function gives the answer to a request that was read. Some never end."""

UNREADABLE: dict[str, bytes] = {
    "nested deep": b'{"data": ' + b"[" * DEPTH + b"]" * DEPTH + b"}",
    "not JSON": b"<html>secret</html>",
    "half of it": b'{"data": {"id": "sec',
    "NaN": b'{"data": NaN}',
    "not UTF-8": b'{"data": "\xff\xfe secret"}',
    "a number of 10,000 digits": b'{"data": ' + b"9" * 10_000 + b"}",
    "a list": b'["secret"]',
}
"""Bodies of whole answers."""


def mixed() -> Iterator[Give]:
    """Yield every kind of bad answer, again and again."""
    whole = [partial(_whole, response(body, AS_JSON)) for body in UNREADABLE.values()]
    while True:
        yield from (*NOT_WHOLE.values(), *whole)
