"""Signs and reads the console's sessions and links. Their key is made from CONTROL_TOKEN.

So a restart keeps them, and another token ends them all. Times are Unix seconds by the system's
clock: they outlast the process.
"""

from __future__ import annotations

import hmac
import secrets
from dataclasses import dataclass
from functools import lru_cache
from hashlib import scrypt, sha256
from threading import Lock
from typing import Any

from itsdangerous import BadData, URLSafeSerializer

LASTS = 12 * 3600  # seconds of a session that was signed in with the token
LONGEST = 1000  # characters of a signed text; the name of a room has 64 at most


class NotGenuine(Exception):
    """The text was not signed with this key, or for another purpose."""


class Expired(Exception):
    """The text was signed with this key, and its time is over."""


@dataclass(frozen=True, slots=True)
class Grant:
    """A session or link. room: the only room that it opens; None: everything. until: its end."""

    room: str | None
    until: float


def signing_key(token: str) -> bytes:
    """Return the key that belongs to the token. The first time takes 50 ms and 16 MB.

    A link is in others' hands: each guess at the token behind its signature costs as much.
    """
    with _deriving:  # else each thread would make it at the same time
        return _derived(token)


_deriving = Lock()


@lru_cache(maxsize=8)
def _derived(token: str) -> bytes:
    return scrypt(token.encode(), salt=b"conference console", n=2**14, r=8, p=1, dklen=32)


def sign_session(grant: Grant, *, key: bytes) -> str:
    """Return the cookie of a new session. Each differs from all others."""
    return _sign("session", [grant.room, grant.until, secrets.token_urlsafe(8)], key)


def sign_link(grant: Grant, *, key: bytes) -> str:
    """Return the secret part of a link."""
    return _sign("link", [grant.room, grant.until], key)


def read_session(cookie: str, *, key: bytes, now: float) -> Grant:
    """Return the session. NotGenuine or Expired if it opens nothing."""
    room, until, _ = _read("session", cookie, key)
    return _current(Grant(room, until), now)


def read_link(link: str, *, key: bytes, now: float) -> Grant:
    """Return the link's room and end. NotGenuine or Expired if it opens nothing."""
    room, until = _read("link", link, key)
    return _current(Grant(room, until), now)


def csrf_token(cookie: str, *, key: bytes) -> str:
    """Return the token that belongs to the session: another site cannot read it."""
    return hmac.new(key, b"csrf " + cookie.encode(), sha256).hexdigest()


def cookie_name(purpose: str, *, key: bytes) -> str:
    """Return the name of a cookie. Servers on one host share cookies, so the key is in the name."""
    mark = hmac.new(key, b"cookie", sha256).hexdigest()[:8]
    return f"conference-{purpose}-{mark}"


def _sign(purpose: str, fields: list[Any], key: bytes) -> str:
    return str(_serializer(purpose, key).dumps(fields))


def _read(purpose: str, text: str, key: bytes) -> Any:
    if len(text) > LONGEST:
        raise NotGenuine
    try:
        return _serializer(purpose, key).loads(text)
    except BadData as error:
        raise NotGenuine from error


def _current(grant: Grant, now: float) -> Grant:
    if now >= grant.until:
        raise Expired
    return grant


def _serializer(purpose: str, key: bytes) -> URLSafeSerializer:
    return URLSafeSerializer(key, salt=purpose, signer_kwargs={"digest_method": sha256})
