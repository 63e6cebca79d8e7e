"""A request of which only the status counts, and that takes a bounded time, whoever is asked."""

from __future__ import annotations

import base64
import re
import time
from collections.abc import Mapping
from contextlib import closing
from functools import cache
from http.client import BadStatusLine, HTTPConnection, HTTPException, HTTPSConnection
from socket import socket
from ssl import SSLContext, create_default_context
from urllib.parse import SplitResult, unquote, urlsplit
from urllib.request import getproxies, proxy_bypass

HERE = ("127.0.0.1", "localhost", "::1")
LONGEST = 4096  # bytes in which the status must have come
_STATUS = re.compile(rb"HTTP/1\.[01] ([2-5][0-9]{2})[ \r\n]")


class NoAnswer(Exception):
    """Why, in a word that tells nothing of the address."""


def request(method: str, url: str, body: bytes, headers: Mapping[str, str], within: float) -> int:
    """The status that is answered. NoAnswer where none is; each step has so many seconds.

    A redirect is an answer like any other. What the address has of user and password goes as
    Basic authorization. The environment's proxies are used, but not on the way to this machine.
    """
    split = urlsplit(url)
    until = time.monotonic() + within
    try:
        connection, target, more = _way(split, within)
        with closing(connection):
            sent = {**headers, **_basic("Authorization", split), **more, "Connection": "close"}
            connection.request(method, target, body or None, sent)
            return _status(connection.sock, until)
    except (OSError, HTTPException, ValueError) as error:  # ValueError: a name that is none
        raise NoAnswer(type(error).__name__) from None


def _way(url: SplitResult, within: float) -> tuple[HTTPConnection, str, dict[str, str]]:
    """What to speak to, what to ask it for, and what its proxy wants."""
    host, secure = url.hostname or "", url.scheme == "https"
    target = (url.path or "/") + (f"?{url.query}" if url.query else "")
    if (proxy := _proxy(url)) is None:
        return _connection(host, url.port, within, secure), target, {}
    connection = _connection(proxy.hostname or "", proxy.port or 80, within, secure)
    welcome = _basic("Proxy-Authorization", proxy)
    if secure:
        connection.set_tunnel(host, url.port, welcome)
        return connection, target, {}
    return connection, f"http://{url.netloc.rpartition('@')[2]}{target}", welcome


def _connection(host: str, port: int | None, within: float, secure: bool) -> HTTPConnection:
    if secure:
        return HTTPSConnection(host, port, timeout=within, context=_trust())
    return HTTPConnection(host, port, timeout=within)


@cache
def _trust() -> SSLContext:
    """To read all the authorities' certificates takes long."""
    return create_default_context()


def _proxy(url: SplitResult) -> SplitResult | None:
    address = getproxies().get(url.scheme)
    if not address or url.hostname in HERE or proxy_bypass(url.hostname or ""):
        return None
    return urlsplit(address if "://" in address else f"http://{address}")


def _basic(header: str, url: SplitResult) -> dict[str, str]:
    if url.username is None:
        return {}
    pair = f"{unquote(url.username)}:{unquote(url.password or '')}"
    return {header: f"Basic {base64.b64encode(pair.encode()).decode()}"}


def _status(connection: socket, until: float) -> int:
    """Nothing more is read: whoever sends a byte now and then, or a book, does not hold us up."""
    head = b""
    while b"\n" not in head and len(head) < LONGEST:
        left = until - time.monotonic()
        if left <= 0:
            raise TimeoutError
        connection.settimeout(left)
        more = connection.recv(LONGEST)
        if not more:
            break
        head += more
    found = _STATUS.match(head)
    if found is None:
        raise BadStatusLine("")
    return int(found[1])
