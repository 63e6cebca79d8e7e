"""One HTTP request and its answer, limited as a whole in time and size.

Other clients limit each step: a server that sends a byte now and then keeps them for ever.
"""

from __future__ import annotations

import base64
import io
import time
from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass, field
from functools import cache
from http.client import HTTPConnection, HTTPException, HTTPResponse, UnknownProtocol
from socket import IPPROTO_TCP, SOCK_STREAM, TCP_NODELAY, getaddrinfo, socket
from ssl import SSLContext, create_default_context
from typing import Any
from urllib.parse import SplitResult, unquote, urlsplit
from urllib.request import getproxies, proxy_bypass

HERE = ("127.0.0.1", "localhost", "::1")
PORTS = {"http": 80, "https": 443}
LONGEST_HEAD = 64 * 1024  # bytes of an answer besides its body


@dataclass(frozen=True, slots=True)
class Response:
    """An answer. Names of headers are in lower case; `body` may be only the beginning."""

    status: int
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""


class NoAnswer(Exception):
    """No answer came, or only a part of one. The text is the name of the error, without an address.

    `error`: an OSError, HTTPException or ValueError. `status`: 0, unless the status did arrive.
    """

    def __init__(self, error: Exception, status: int) -> None:
        super().__init__(type(error).__name__)
        self.error = error
        self.status = status


def request(
    method: str, url: str, body: bytes, headers: Mapping[str, str], within: float, most: int = 0
) -> Response:
    """Send one request. Return the answer with up to `most` bytes of its body, or raise NoAnswer.

    It takes `within` seconds at most, without the lookup of a name. Redirects are not followed.
    User and password in the address are sent as Basic authorization. Proxies of the environment
    are used, but not to this machine.
    """
    until, status = time.monotonic() + within, 0
    try:
        way = urlsplit(url)
        if way.scheme not in PORTS or not way.hostname:
            raise ValueError("not a web address")
        proxy, target = _proxy(way), (way.path or "/") + (f"?{way.query}" if way.query else "")
        sent = {"Host": _host(way), **_basic("Authorization", way), **headers}
        sent["Connection"] = "close"
        if proxy and way.scheme == "http":
            target = f"http://{_host(way)}{target}"
            sent |= _basic("Proxy-Authorization", proxy)
        with closing(_connect(way, proxy, until)) as connection:
            answer = _exchange(connection, until, method, target, sent, body, most)
            status = answer.status
            names = {name.lower(): value for name, value in answer.headers.items()}
            return Response(status, names, answer.read(most) if most else b"")
    except (OSError, HTTPException, ValueError) as error:  # ValueError: a malformed address
        raise NoAnswer(error, status) from None


def _connect(way: SplitResult, proxy: SplitResult | None, until: float) -> socket:
    to = proxy or way
    connection = _open(to.hostname or "", to.port or PORTS.get(to.scheme, 80), until)
    try:
        if way.scheme == "http":
            return connection
        if proxy:
            _tunnel(connection, until, way, proxy)
        connection.settimeout(_left(until))
        return _trust().wrap_socket(connection, server_hostname=way.hostname)
    except BaseException:
        connection.close()
        raise


def _open(host: str, port: int, until: float) -> socket:
    """Connect to the first of the host's addresses that answers."""
    failed: OSError = OSError("the name has no address")
    for family, kind, protocol, _, address in getaddrinfo(host, port, type=SOCK_STREAM):
        connection = socket(family, kind, protocol)
        try:
            connection.settimeout(_left(until))
            connection.connect(address)
            connection.setsockopt(IPPROTO_TCP, TCP_NODELAY, 1)  # head and body go one by one
            return connection
        except OSError as error:
            connection.close()
            failed = error
    raise failed


def _tunnel(connection: socket, until: float, way: SplitResult, proxy: SplitResult) -> None:
    """Ask the proxy to connect us to the host, for TLS."""
    to = f"{_host(way)}{'' if way.port else ':443'}"
    headers = {"Host": to, **_basic("Proxy-Authorization", proxy)}
    answer = _exchange(connection, until, "CONNECT", to, headers)
    if answer.status != 200:
        raise OSError(f"the proxy refuses: {answer.status} {answer.reason}")


def _exchange(
    connection: socket,
    until: float,
    method: str,
    target: str,
    headers: Mapping[str, str],
    body: bytes = b"",
    most: int = 0,
) -> HTTPResponse:
    """Send a request over the connection, and read the head of the answer."""
    writer = HTTPConnection("")
    writer.sock = connection
    connection.settimeout(_left(until))
    writer.request(method, target, body or None, dict(headers))
    bounded: Any = _Bounded(connection, until, LONGEST_HEAD + most)
    answer = HTTPResponse(bounded)
    answer.begin()
    if answer.status < 200:
        raise UnknownProtocol("only an interim answer")
    return answer


class _Bounded(io.RawIOBase):
    """A connection to read from until a time, and up to a number of bytes."""

    def __init__(self, connection: socket, until: float, most: int) -> None:
        self._connection, self._until, self._most = connection, until, most

    def makefile(self, mode: str) -> io.BufferedReader:
        """Called by HTTPResponse, as of a socket."""
        return io.BufferedReader(self)

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        if self._most <= 0:
            return 0
        self._connection.settimeout(_left(self._until))
        received = self._connection.recv_into(buffer, min(len(buffer), self._most))
        self._most -= received
        return received


def _left(until: float) -> float:
    """Return the seconds that are left. TimeoutError if none are."""
    left = until - time.monotonic()
    if left <= 0:
        raise TimeoutError("timed out")
    return left


@cache
def _trust() -> SSLContext:
    """Read the certificates of the authorities once: it is slow."""
    return create_default_context()


def _proxy(way: SplitResult) -> SplitResult | None:
    address = getproxies().get(way.scheme)
    if not address or way.hostname in HERE or proxy_bypass(way.hostname or ""):
        return None
    return urlsplit(address if "://" in address else f"http://{address}")


def _host(way: SplitResult) -> str:
    """Return host and port, without user and password."""
    return way.netloc.rpartition("@")[2]


def _basic(header: str, way: SplitResult) -> dict[str, str]:
    if way.username is None:
        return {}
    pair = f"{unquote(way.username)}:{unquote(way.password or '')}"
    return {header: f"Basic {base64.b64encode(pair.encode()).decode()}"}
