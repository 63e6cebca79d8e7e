"""Reads the address of a server, or of a proxy."""

from __future__ import annotations

import base64
import re
from typing import NamedTuple
from urllib.parse import SplitResult, unquote, urlsplit

PORTS = {"http": 80, "https": 443}
UNSENDABLE = re.compile(r"[^\x21-\x7e]")


class Address(NamedTuple):
    """A web address in the parts that a request needs.

    authority: host and port, as in a Host header. target: path and query. basic: the header value
    for user and password; empty without them.
    """

    scheme: str
    host: str
    port: int
    authority: str
    target: str
    basic: str


def parse(url: str) -> Address:
    """Return the parts of a web address. ValueError if it is malformed or of another kind."""
    split = urlsplit(url)
    host = split.hostname
    if split.scheme not in PORTS or not host:
        raise ValueError("not a web address")
    if not host.isascii():
        host = host.encode("idna").decode()
    target = (split.path or "/") + (f"?{split.query}" if split.query else "")
    named = f"[{host}]" if ":" in host else host
    authority = named if split.port is None else f"{named}:{split.port}"
    if UNSENDABLE.search(authority + target):
        raise ValueError("not a web address")
    port = split.port or PORTS[split.scheme]
    return Address(split.scheme, host, port, authority, target, _basic(split))


def _basic(split: SplitResult) -> str:
    if split.username is None:
        return ""
    pair = f"{unquote(split.username)}:{unquote(split.password or '')}"
    return f"Basic {base64.b64encode(pair.encode()).decode()}"
