"""Refuses requests that another site may have caused: its page in a moderator's browser."""

from __future__ import annotations

import hmac
from collections.abc import Iterable
from urllib.parse import urlsplit

from flask import request

from conference.web.problems import Problem
from conference.web.services import services

HEADER = "X-CSRF-Token"
SAFE = ("GET", "HEAD", "OPTIONS")  # the methods that change nothing here
OWN = ("same-origin", "none")  # none: the user's own doing, such as a bookmark
REFUSED = "Another site may have caused this request. Use the console's own page: load it again."


def check(tokens: Iterable[str]) -> None:
    """Raise Problem unless an unsafe request, made by cookie, is by the console's own page.

    tokens: those of the sessions that the request's cookies prove.
    """
    if request.method in SAFE:
        return
    given = request.headers.get(HEADER, "").encode()
    own = [hmac.compare_digest(given, token.encode()) for token in tokens]
    if not any(own) or not _from_here(request.headers.get("Origin")):
        raise Problem("cross-site", REFUSED)


def check_form() -> None:
    """Raise Problem if another site sent the form. A form carries no token.

    By our Referrer-Policy the Origin of our own forms is null. Without Sec-Fetch-Site, as by plain
    HTTP, null is accepted: signing in takes the token, and signing out does no harm.
    """
    origin = request.headers.get("Origin")
    if not _from_here(None if origin == "null" else origin):
        raise Problem("cross-site", REFUSED)


def _from_here(origin: str | None) -> bool:
    """Does the browser name our own site? Sec-Fetch-Site counts first: proxies change no origin.

    Browsers send it over HTTPS and to this machine; and no page can set it.
    """
    site = request.headers.get("Sec-Fetch-Site")
    if site is not None:
        return site in OWN
    return origin is None or _host(origin) in _our_hosts()


def _our_hosts() -> set[str]:
    """Return the hosts by which this server may have been reached. No other site's page sets them.

    A proxy may replace Host, and name the original in X-Forwarded-Host.
    """
    forwarded = request.headers.get("X-Forwarded-Host", "").split(",")[0].strip()
    public = _host(services().settings.room.public_url)
    return {request.host.lower(), forwarded.lower(), public} - {""}


def _host(address: str) -> str:
    try:
        return urlsplit(address).netloc.lower()
    except ValueError:
        return ""
