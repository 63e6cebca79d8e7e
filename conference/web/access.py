"""States who a request is by and what it may do: by bearer token, or by a session's cookie.

The control API, the requests about the account and the console all use it.
"""

from __future__ import annotations

import time
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import urlsplit

from flask import g, request

from conference import self_test
from conference.web import cross_site, sessions
from conference.web.problems import Problem
from conference.web.services import services
from conference.web.sessions import Grant

CONTROL = "/api"  # every path of the control API begins with it
CONSOLE = "/console"
METRICS = "/metrics"
CLIENT = "conference.client"
"""The name in WSGI's environment of the client's address, where the worker knows a better one."""
SEALED = f"HTTP_{self_test.HEADER.upper().replace('-', '_')}"
"""The name in WSGI's environment of the header of a self-test."""
MOST_COOKIES = 4  # of one name that are read: another site of the domain may have set some

SEND_TOKEN = "Send the header Authorization: Bearer <CONTROL_TOKEN>, or sign in at /console."  # noqa: S105
SEND_METRICS_TOKEN = "Send the header Authorization: Bearer <METRICS_TOKEN>."  # noqa: S105
ONE_ROOM = (
    "This sign-in is for one room. For another room, or for more, sign in with CONTROL_TOKEN."
)


@dataclass(frozen=True, slots=True)
class Access:
    """What a request may do. room: the only room that it may see and change; None: everything."""

    room: str | None = None

    def allows(self, room: str) -> bool:
        return self.room in (None, room)


@dataclass(frozen=True, slots=True)
class Session:
    """A session that the request's cookies prove. csrf: the token that its page sends."""

    grant: Grant
    csrf: str


def is_control(path: str) -> bool:
    """Is the path within the control API, whether it exists or not?"""
    return _within(path, CONTROL)


def may_wait(environ: Mapping[str, Any]) -> bool:
    """May a request wait, for Telnyx or for its wrong token or seal? `environ`: WSGI's."""
    path = environ["PATH_INFO"]
    return SEALED in environ or any(_within(path, part) for part in (CONTROL, CONSOLE, METRICS))


def _within(path: str, part: str) -> bool:
    """Flask ignores all but one of the slashes that a path begins with."""
    return f"/{path.lstrip('/')}/".startswith(f"{part}/")


def require_everything() -> None:
    """Raise Problem unless the request may do everything."""
    if access().room is not None:
        raise Problem("only-one-room", ONE_ROOM)


def require_room(*, of_no_room: Collection[str] = ()) -> None:
    """Raise Problem unless the request may use the route, with the room in its path.

    of_no_room: endpoints without a room in the path, which show only what the request may see.
    Unknown rooms are refused like those of others.
    """
    g.access = found = access()
    room = (request.view_args or {}).get("room")
    if room is None and request.endpoint in of_no_room:
        return
    if found.room is not None and room != found.room:
        raise Problem("only-one-room", ONE_ROOM)


def granted() -> Access:
    """Return what `require_room` found for this request."""
    found: Access = g.access
    return found


def refusal() -> Problem | None:
    """Return the problem of a request that may do nothing; None if it may do something."""
    try:
        access()
    except Problem as problem:
        return problem
    return None


def access() -> Access:
    """Return what the request may do.

    Problem: without CONTROL_TOKEN 403; without access 401; a wrong token too often 429; a request
    that another site may have caused 403.
    """
    check_is_on()
    given = _bearer()
    if given is not None:
        if not services().wrong_tokens.is_right(given, client()):
            raise Problem("not-authorized", SEND_TOKEN)
        return Access()
    found = list(current_sessions())
    if not found:
        raise Problem("not-authorized", SEND_TOKEN)
    cross_site.check(each.csrf for each in found)
    return Access(strongest(found).grant.room)


def require_metrics_reader() -> None:
    """Raise Problem unless the request has METRICS_TOKEN or CONTROL_TOKEN. No cookie counts."""
    settings, given = services().settings, _bearer()
    if not settings.may_read_metrics:
        what = "Set METRICS_TOKEN in the environment or in .env, and restart the server."
        raise Problem("metrics-are-off", what)
    tokens = services().wrong_tokens
    if given is None or not tokens.is_right(given, client(), settings.metrics_token):
        raise Problem("not-authorized", SEND_METRICS_TOKEN)


def _bearer() -> str | None:
    """Return the token of the header Authorization; None if it has none of this kind."""
    scheme, _, given = request.headers.get("Authorization", "").partition(" ")
    return given.strip() if scheme.lower() == "bearer" else None


def check_is_on() -> None:
    """Raise Problem without a CONTROL_TOKEN."""
    if not services().settings.control_token:
        what = "Set CONTROL_TOKEN in the environment or in .env, and restart the server."
        raise Problem("control-is-off", what)


def client() -> str:
    """Return the network address of the client, as the server sees it."""
    environ = request.environ
    return str(environ.get(CLIENT) or environ.get("REMOTE_ADDR") or "")


def strongest(found: list[Session]) -> Session:
    """Return a session that opens everything, else the first. There must be one."""
    return next((each for each in found if each.grant.room is None), found[0])


def current_sessions() -> Iterator[Session]:
    """Yield each session that the cookies prove. A wrong or expired cookie opens nothing."""
    key, now = signing_key(), time.time()
    for cookie in cookies():
        try:
            grant = sessions.read_session(cookie, key=key, now=now)
        except (sessions.NotGenuine, sessions.Expired):
            continue
        yield Session(of_room_meant(grant), sessions.csrf_token(cookie, key=key))


def of_room_meant(grant: Grant) -> Grant:
    """Return the grant for its room as the rooms file writes the name now."""
    return grant if grant.room is None else replace(grant, room=services().named(grant.room))


def cookies() -> list[str]:
    """Return the values of the cookies with our names, each of them if a name comes twice."""
    return [
        value for name in cookie_names() for value in request.cookies.getlist(name)[:MOST_COOKIES]
    ]


def cookie_names() -> tuple[str, str]:
    """Return the names of the cookies of a session for everything, and of one for a room."""
    key = signing_key()
    return sessions.cookie_name("all", key=key), sessions.cookie_name("room", key=key)


def signing_key() -> bytes:
    return sessions.signing_key(services().settings.control_token)


def by_https() -> bool:
    """Did the browser use HTTPS? A proxy may have ended it, and may name the scheme or the host.

    A sender who lies harms only itself: its cookie is for HTTPS only, or its link is wrong.
    """
    public = urlsplit(services().settings.room.public_url)
    forwarded = request.headers.get("X-Forwarded-Proto", "").split(",")[0].strip().lower()
    at_public = public.scheme == "https" and public.netloc.lower() == request.host.lower()
    return request.is_secure or forwarded == "https" or at_public
