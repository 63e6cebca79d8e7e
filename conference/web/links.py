"""Makes signed links, which open the console for one room until they expire."""

from __future__ import annotations

import time
from typing import Any
from urllib.parse import urlencode

from flask import Blueprint, request

from conference.clock import iso
from conference.core.schema.kinds import Integer
from conference.core.schema.parameters import Parameter, check
from conference.web import sessions
from conference.web.access import CONSOLE, CONTROL, by_https, require_everything, signing_key
from conference.web.bodies import read_object
from conference.web.problems import Problem
from conference.web.services import fold_room, services
from conference.web.sessions import Grant

MINUTES = Parameter("minutes", Integer(1, 1440), "how long the link opens the room")
DEFAULT_MINUTES = 60

links = Blueprint("links", __name__)
links.url_value_preprocessor(fold_room)
links.before_request(require_everything)


@links.post(f"{CONTROL}/rooms/<room>/links")
def make_link(room: str) -> tuple[dict[str, Any], int]:
    """Return the address of the room's console with a new link in it: `url, room, expires_at`."""
    names = [each.name for each in services().engine.rooms()]
    minutes = check((MINUTES,), read_object()).get("minutes", DEFAULT_MINUTES)
    if room not in names:
        raise Problem("unknown-room", "There is no room of this name.", rooms=names)
    until = int(time.time()) + minutes * 60
    url = console_link(_base(), Grant(room, until), key=signing_key())
    return {"url": url, "room": room, "expires_at": iso(until)}, 201


def console_link(base: str, grant: Grant, *, key: bytes) -> str:
    """Return the address, below `base`, that opens the console for the grant's room."""
    link = sessions.sign_link(grant, key=key)
    return f"{base}{CONSOLE}?{urlencode({'room': grant.room, 'link': link})}"


def _base() -> str:
    """Return PUBLIC_URL, or the address that the request itself used: its sender is authorised."""
    if public := services().settings.room.public_url:
        return public
    if not request.host:
        raise Problem("invalid-query", "The request names no host. Set PUBLIC_URL for the link.")
    return f"{'https' if by_https() else 'http'}://{request.host}{request.script_root}"
