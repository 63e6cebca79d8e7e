"""Reads the beginning of a web page, and says in words why that failed."""

from __future__ import annotations

import errno
import ipaddress
import socket
import ssl
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urljoin, urlsplit

from conference.core.origin import parts
from conference.masking import hide_texml_path
from conference.outgoing_http import BadAnswer, NoAnswer, Response, proxy_variable, request

PATIENCE = 5.0  # seconds for an answer, redirects included
BEGINNING = 4096  # bytes that are read of a page
REDIRECTS = 5


@dataclass(frozen=True, slots=True)
class Page:
    """An answer. Without one, `status` is 0 and `error` is the reason.

    at: the address that it is from, after redirects.
    """

    status: int
    headers: Mapping[str, str] = field(default_factory=dict)  # names in lower case
    begins: bytes = b""
    error: Exception | None = None
    at: str = ""


def read(url: str) -> Page:
    """Return the beginning of a page. Never raises for an error of the network."""
    try:
        answer, at = _follow(url, time.monotonic() + PATIENCE)
    except NoAnswer as none:
        return Page(none.status) if none.status >= 400 else Page(0, error=none.error)
    except (OSError, ValueError) as error:
        return Page(0, error=error)
    return Page(answer.status, answer.headers, answer.body, at=at)


def post(url: str, body: bytes, headers: Mapping[str, str]) -> Page:
    """POST to the address, and follow no redirect, as Telnyx. Never raises for an error of the
    network.
    """
    sent = {"User-Agent": "flask-doctor", "Content-Type": "application/json", **headers}
    try:
        answer = request("POST", _without_user(url), body, sent, PATIENCE, BEGINNING)
    except NoAnswer as none:
        return Page(none.status) if none.status >= 400 else Page(0, error=none.error)
    except ValueError as error:
        return Page(0, error=error)
    return Page(answer.status, answer.headers, answer.body)


def _follow(url: str, until: float) -> tuple[Response, str]:
    """Request the address and those that it redirects to. Return the last answer, and its address.

    NoAnswer; ValueError for a malformed address, OSError for a redirect to another kind.
    """
    headers = {"User-Agent": "flask-doctor"}
    for _ in range(REDIRECTS + 1):
        left = until - time.monotonic()
        answer = request("GET", _without_user(url), b"", headers, left, BEGINNING)
        if answer.status not in (301, 302, 303, 307, 308) or "location" not in answer.headers:
            break
        url = urljoin(url, answer.headers["location"])
        if (scheme := urlsplit(url).scheme) not in ("http", "https"):
            raise OSError(f"it redirects to an address of {scheme}")
    return answer, url


def _without_user(url: str) -> str:
    split = urlsplit(url)
    return split._replace(netloc=split.netloc.rpartition("@")[2]).geturl()


# Addresses


def shown(url: str) -> str:
    """Return the address without user, password, query and TEXML_SECRET."""
    split = parts(url)
    if not split.netloc:
        return "a malformed address"
    path = hide_texml_path(split.path)
    return f"{split.scheme}://{split.netloc.rpartition('@')[2]}{path}"


def same(one: str, other: str) -> bool:
    """Are two addresses the same, in whatever spelling?"""

    def plain(url: str) -> tuple[Any, ...]:
        split = parts(url)
        port = split.port or {"http": 80, "https": 443}.get(split.scheme)
        return split.scheme, split.hostname, port, split.path.rstrip("/")

    return plain(one) == plain(other)


def inside(url: str) -> bool:
    """Does the address name this machine or its own network, which others cannot reach?"""
    host = parts(url).hostname or ""
    try:
        return not ipaddress.ip_address(host).is_global
    except ValueError:
        return host == "localhost" or host.endswith((".localhost", ".local"))


def by_proxy(url: str) -> str:
    """Return the variable of the proxy to an address, such as HTTPS_PROXY; empty without one."""
    try:
        return proxy_variable(url)
    except ValueError:
        return ""


# Errors

_NO_WAY = (errno.ENETUNREACH, errno.EHOSTUNREACH, errno.ENETDOWN)


def cause(error: Exception | None, url: str) -> str:
    """Return in words why there was no answer, with the proxy if there is one."""
    proxy = by_proxy(url)
    way = f", by way of the proxy in {proxy}" if proxy else ""
    return f"{_words(list(_chain(error)))}{way}"


def _chain(error: BaseException | None) -> Iterator[BaseException]:
    """Yield the error and its causes; the last one is the most exact."""
    while error is not None:
        yield error
        reason = getattr(error, "reason", None)  # as urllib keeps it
        above = error.__cause__ or error.__context__
        error = reason if isinstance(reason, BaseException) else above


def _words(chain: list[BaseException]) -> str:
    first = chain[0] if chain else None
    malformed = isinstance(first, ValueError) and not isinstance(first, OSError)
    if malformed or type(first).__name__ == "InvalidURL":
        return "it cannot be parsed"  # the error itself would quote it
    for error in reversed(chain):
        if isinstance(error, socket.gaierror):
            return "its name cannot be resolved (DNS)"
        if isinstance(error, ConnectionRefusedError):
            return "the connection was refused: nothing listens there"
        if isinstance(error, ssl.SSLCertVerificationError):
            return f"its certificate is not valid: {error.verify_message}"
        if isinstance(error, TimeoutError):
            return "it did not answer in time"
        if isinstance(error, OSError) and error.errno in _NO_WAY:
            return "this machine's network has no way to it"
        if isinstance(error, ConnectionError):
            return "the connection was cut"
        if isinstance(error, BadAnswer):
            return f"its answer {error}"
    last = chain[-1] if chain else None
    name = "" if isinstance(last, OSError) and last.errno is None else type(last).__name__
    return f"{name} {last}".strip()
