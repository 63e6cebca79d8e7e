"""Opens the way to a server: its addresses, a proxy, TLS. All of it ends at one time."""

from __future__ import annotations

import socket
from collections.abc import Mapping
from concurrent.futures import Future
from dataclasses import dataclass, field
from itertools import chain, zip_longest
from threading import BoundedSemaphore, Thread
from typing import Any

from conference.outgoing_http.address import Address
from conference.outgoing_http.answers import AnswerReader
from conference.outgoing_http.connection import Connection, left, send_all
from conference.outgoing_http.proxies import proxy_to
from conference.outgoing_http.tls import secure

Found = tuple[Any, ...]
"""An address as getaddrinfo returns it: family, kind, protocol, name, address."""

MOST_ADDRESSES = 4  # of a name that are tried, so that each gets a fair part of the time
MOST_LOOKUPS = 8  # of one name at once: one that hangs must not delay others

_lookups: dict[str, BoundedSemaphore] = {}  # by host; they are few: all stand in settings


@dataclass(frozen=True, slots=True)
class Way:
    """A connection for requests to a server.

    before_target, headers: for a proxy that forwards plain HTTP; empty otherwise.
    """

    connection: Connection
    before_target: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)

    def close(self) -> None:
        self.connection.close()


def open_way(to: Address, until: float) -> Way:
    """Connect to the server, by the proxy that the environment names. OSError if that fails."""
    proxy = proxy_to(to)
    first = proxy or to
    connection: Any = _connect(first.host, first.port, until)
    try:
        if first.scheme == "https":
            connection = secure(connection, first.host, left(until))
        if proxy and to.scheme == "https":
            _tunnel(connection, to, proxy, until)
            connection = secure(connection, to.host, left(until))
    except BaseException:
        connection.close()
        raise
    if proxy and to.scheme == "http":
        return Way(connection, f"http://{to.authority}", _welcome(proxy))
    return Way(connection)


def _connect(host: str, port: int, until: float) -> socket.socket:
    """Connect to the first address that answers. Each gets a fair part of the time left."""
    failed: OSError = OSError("the name has no address")
    addresses = _in_turns(_look_up(host, port, until))[:MOST_ADDRESSES]
    for number, found in enumerate(addresses):
        try:
            return _connect_to(found, left(until) / (len(addresses) - number))
        except OSError as error:
            failed = error
    raise failed


def _connect_to(found: Found, seconds: float) -> socket.socket:
    family, kind, protocol, _, address = found
    connection = socket.socket(family, kind, protocol)
    try:
        connection.settimeout(seconds)
        connection.connect(address)
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    except BaseException:
        connection.close()
        raise
    return connection


def _look_up(host: str, port: int, until: float) -> list[Found]:
    """Return the host's addresses. A name is looked up in a thread, and left there if it hangs."""
    try:
        literal = socket.AI_NUMERICHOST
        return socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=literal)
    except socket.gaierror:
        pass  # it is a name
    lookups = _lookups.setdefault(host, BoundedSemaphore(MOST_LOOKUPS))
    if not lookups.acquire(timeout=left(until)):
        raise TimeoutError("the name is being looked up, and is not found")
    found: Future[list[Found]] = Future()
    arguments = (host, port, found, lookups)
    try:
        Thread(target=_resolve, args=arguments, name="lookup", daemon=True).start()
    except RuntimeError as error:
        lookups.release()
        raise OSError("no thread is left to look up a name") from error
    try:
        return found.result(left(until))
    except TimeoutError:
        raise TimeoutError("the name was not found in time") from None


def _resolve(host: str, port: int, found: Future[list[Found]], lookups: BoundedSemaphore) -> None:
    try:
        found.set_result(socket.getaddrinfo(host, port, type=socket.SOCK_STREAM))
    except Exception as error:
        found.set_exception(error)
    finally:
        lookups.release()


def _in_turns(addresses: list[Found]) -> list[Found]:
    """Return the addresses, IPv6 and IPv4 in turns, in an order that prefers the first's family."""
    first = [each for each in addresses if each[0] == addresses[0][0]]
    other = [each for each in addresses if each[0] != addresses[0][0]]
    return [each for each in chain(*zip_longest(first, other)) if each]


def _tunnel(connection: Connection, to: Address, proxy: Address, until: float) -> None:
    """Request the proxy to connect us to the server, for TLS."""
    named = to.authority if to.authority.endswith(f":{to.port}") else f"{to.authority}:{to.port}"
    lines = [f"CONNECT {named} HTTP/1.1", f"Host: {named}"]
    lines += [f"{name}: {value}" for name, value in _welcome(proxy).items()]
    send_all(connection, ("\r\n".join(lines) + "\r\n\r\n").encode(), until)
    reader = AnswerReader(connection, until)
    if (status := reader.head().status) != 200:
        raise OSError(f"the proxy refuses to connect: {status}")
    if reader.is_ahead:
        raise OSError("the proxy sends more than its answer")


def _welcome(proxy: Address) -> dict[str, str]:
    return {"Proxy-Authorization": proxy.basic} if proxy.basic else {}
