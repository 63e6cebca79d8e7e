"""Reading the beginning of any address, and saying in words why that failed."""

from __future__ import annotations

import errno
import ipaddress
import socket
import ssl
import urllib.request
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from http.client import HTTPException
from typing import Any
from urllib.error import HTTPError
from urllib.parse import SplitResult, urlsplit

PATIENCE = 5.0  # seconds for each step of a request
BEGINNING = 4096  # bytes; no more is read of anything
REDIRECTS = 5


@dataclass(frozen=True, slots=True)
class Page:
    """How an address answered. Status 0 and the error: it did not."""

    status: int
    headers: Mapping[str, str] = field(default_factory=dict)  # names in lower case
    begins: bytes = b""
    error: Exception | None = None


class _FewRedirects(urllib.request.HTTPRedirectHandler):
    max_redirections = REDIRECTS


def _opener() -> urllib.request.OpenerDirector:
    """urllib's own would also follow a redirect to ftp. This one knows http and https alone."""
    opener = urllib.request.OpenerDirector()
    for handler in (
        urllib.request.ProxyHandler(),
        urllib.request.UnknownHandler(),
        urllib.request.HTTPHandler(),
        urllib.request.HTTPSHandler(),
        urllib.request.HTTPDefaultErrorHandler(),
        urllib.request.HTTPErrorProcessor(),
        _FewRedirects(),
    ):
        opener.add_handler(handler)
    opener.addheaders = [("User-Agent", "flask-doctor")]
    return opener


def read(url: str) -> Page:
    """The beginning of what stands at `url`. Never raises for what the network does."""
    try:
        with _opener().open(_without_user(url), timeout=PATIENCE) as response:
            return _page(response)
    except HTTPError as error:
        with error:
            try:
                return _page(error)
            except (OSError, HTTPException):
                return Page(error.code)
    except (OSError, HTTPException, ValueError) as error:  # ValueError: an address that is none
        return Page(0, error=error)


def _page(response: Any) -> Page:
    headers = {name.lower(): value for name, value in response.headers.items()}
    return Page(response.status, headers, response.read(BEGINNING))


def _without_user(url: str) -> str:
    """urllib takes user:password@ for a part of the host's name."""
    split = urlsplit(url)
    return split._replace(netloc=split.netloc.rpartition("@")[2]).geturl()


# Addresses


def parts(url: str) -> SplitResult:
    """Those of an empty address where it is none."""
    try:
        split = urlsplit(url)
        _ = split.port
    except ValueError:
        return urlsplit("")
    return split


def shown(url: str) -> str:
    """The address without what may be secret in it: user, password, query."""
    split = parts(url)
    if not split.netloc:
        return "an address that is none"
    return f"{split.scheme}://{split.netloc.rpartition('@')[2]}{split.path}"


def same(one: str, other: str) -> bool:
    """Whether two addresses are the same, however they are spelled."""

    def plain(url: str) -> tuple[Any, ...]:
        split = parts(url)
        port = split.port or {"http": 80, "https": 443}.get(split.scheme)
        return split.scheme, split.hostname, port, split.path.rstrip("/")

    return plain(one) == plain(other)


def inside(url: str) -> bool:
    """Whether it names this machine or its own network, which nobody else can reach."""
    host = parts(url).hostname or ""
    try:
        return not ipaddress.ip_address(host).is_global
    except ValueError:
        return host == "localhost" or host.endswith((".localhost", ".local"))


def by_proxy(url: str) -> str:
    """The variable that names the proxy on the way there, such as HTTPS_PROXY; or ""."""
    split, proxies = parts(url), urllib.request.getproxies()
    if urllib.request.proxy_bypass(split.hostname or ""):
        return ""
    named = [name for name in (split.scheme, "all") if name in proxies]
    return f"{named[0].upper()}_PROXY" if named else ""


# Errors

_NO_WAY = (errno.ENETUNREACH, errno.EHOSTUNREACH, errno.ENETDOWN)


def cause(error: Exception | None, url: str) -> str:
    """Why there was no answer, in words, with the proxy on the way, if there is one."""
    proxy = by_proxy(url)
    way = f", by way of the proxy in {proxy}" if proxy else ""
    return f"{_words(list(_chain(error)))}{way}"


def _chain(error: BaseException | None) -> Iterator[BaseException]:
    """The error and what it came of, the last of which knows best."""
    while error is not None:
        yield error
        reason = getattr(error, "reason", None)  # that is where urllib has it
        above = error.__cause__ or error.__context__
        error = reason if isinstance(reason, BaseException) else above


def _words(chain: list[BaseException]) -> str:
    if chain and (isinstance(chain[0], ValueError) or type(chain[0]).__name__ == "InvalidURL"):
        return "it cannot be parsed"  # the error would quote it
    for error in reversed(chain):
        if isinstance(error, socket.gaierror):
            return "its name cannot be resolved (DNS)"
        if isinstance(error, ConnectionRefusedError):
            return "the connection was refused, as nothing listens there"
        if isinstance(error, ssl.SSLCertVerificationError):
            return f"its certificate is not valid: {error.verify_message}"
        if isinstance(error, TimeoutError):
            return "it did not answer in time"
        if isinstance(error, OSError) and error.errno in _NO_WAY:
            return "there is no way to it from this machine's network"
        if isinstance(error, ConnectionError):
            return "the connection was cut"
        if isinstance(error, HTTPException):
            return "what it answers is no HTTP"
    last = chain[-1] if chain else None
    return f"{type(last).__name__} {last}".strip()
