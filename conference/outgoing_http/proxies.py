"""Finds the proxy to a server in the environment."""

from __future__ import annotations

from urllib.request import getproxies, proxy_bypass

from conference.outgoing_http.address import Address, parse

HERE = ("127.0.0.1", "localhost", "::1")


def proxy_variable(to: Address) -> str:
    """Return the name of the variable with the proxy, such as HTTPS_PROXY; empty without one.

    NO_PROXY lists hosts without a proxy. This machine never has one.
    """
    host = to.host
    if host in HERE or proxy_bypass(host) or proxy_bypass(f"{host}:{to.port}"):
        return ""
    proxies = getproxies()
    return next((f"{name.upper()}_PROXY" for name in (to.scheme, "all") if proxies.get(name)), "")


def proxy_to(to: Address) -> Address | None:
    """Return the proxy to the server; None without one. OSError for a proxy of another kind."""
    variable = proxy_variable(to)
    if not variable:
        return None
    url = getproxies()[variable.removesuffix("_PROXY").lower()]
    kind = url.partition("://")[0].lower() if "://" in url else "http"
    if kind not in ("http", "https"):
        raise OSError(
            f"{variable} is a {kind[:10]} proxy, which is not supported: only http, https"
        )
    return parse(url if "://" in url else f"http://{url}")
