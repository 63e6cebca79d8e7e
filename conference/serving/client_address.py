"""Finds the address of a client behind proxies. The socket's is that of the last proxy."""

from __future__ import annotations

import ipaddress
from collections.abc import Callable, Mapping
from typing import Any

Trust = Callable[[str], bool]


def client_address(environ: Mapping[str, Any], trusts: Trust, is_proxy: Trust) -> str:
    """Return the last address on the client's way that is not that of a trusted proxy.

    trusts: may this address, of a socket, be a proxy's? is_proxy: is this address, in the header,
    a proxy's? They differ where the server is reached only through a proxy of unknown address.

    Each proxy appends to X-Forwarded-For the address by which it was reached, so the header is read
    from its end. A client can write only what is before that.
    """
    address = str(environ.get("REMOTE_ADDR", ""))
    way = str(environ.get("HTTP_X_FORWARDED_FOR", "")).split(",")
    by_proxy = address == "" or trusts(address)  # without an address it is a Unix socket
    while way and by_proxy:
        before = way.pop().strip()
        if not _is_address(before):
            break
        address, by_proxy = before, is_proxy(before)
    return address


def _is_address(text: str) -> bool:
    try:
        ipaddress.ip_address(text)
    except ValueError:
        return False
    return True
