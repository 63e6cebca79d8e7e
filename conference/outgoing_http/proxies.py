"""Finds the proxy to a server in the environment."""

from __future__ import annotations

from urllib.request import getproxies, proxy_bypass

from conference.outgoing_http.address import Address, parse

HERE = ("127.0.0.1", "localhost", "::1")


def proxy_variable(url: str) -> str:
    """Return the variable with the proxy to an address, such as HTTPS_PROXY; empty without one.

    ALL_PROXY is for both schemes. NO_PROXY lists hosts without a proxy; this machine never has one.
    ValueError for a malformed address.
    """
    return _variable(parse(url))


def proxy_to(to: Address) -> Address | None:
    """Return the proxy to the server; None without one. OSError for another kind of proxy."""
    variable = _variable(to)
    if not variable:
        return None
    url = getproxies()[variable.removesuffix("_PROXY").lower()]
    kind = url.partition("://")[0].lower() if "://" in url else "http"
    if kind not in ("http", "https"):
        raise OSError(f"{variable} has a proxy of {kind[:10]}: only http and https are supported")
    return parse(url if "://" in url else f"http://{url}")


def _variable(to: Address) -> str:
    if to.host in HERE or proxy_bypass(to.host) or proxy_bypass(f"{to.host}:{to.port}"):
        return ""
    proxies = getproxies()
    return next((f"{name.upper()}_PROXY" for name in (to.scheme, "all") if proxies.get(name)), "")
