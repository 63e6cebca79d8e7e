"""Finds the address of a client behind proxies. The socket's is that of the last proxy."""

from __future__ import annotations

import ipaddress
from collections.abc import Callable, Mapping
from typing import Any


def client_address(environ: Mapping[str, Any], trusts: Callable[[str], bool]) -> str:
    """Return the last address on the client's way that is not that of a trusted proxy.

    Each proxy appends to X-Forwarded-For the address by which it was reached, so the header is read
    from its end. A client can write only what is before that.
    """
    address = str(environ.get("REMOTE_ADDR", ""))
    way = str(environ.get("HTTP_X_FORWARDED_FOR", "")).split(",")
    while way and (address == "" or trusts(address)):  # without an address it is a Unix socket
        before = way.pop().strip()
        if not _is_address(before):
            break
        address = before
    return address


def _is_address(text: str) -> bool:
    try:
        ipaddress.ip_address(text)
    except ValueError:
        return False
    return True
