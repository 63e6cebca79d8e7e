"""The voice URL of a TeXML application: the address of a line, TEXML_SECRET, and a room."""

from __future__ import annotations

from collections.abc import Collection

from conference.core.origin import TEXML, line_address

SECRET_FROM = 20  # characters: the only part after /texml is an old secret, unless it is a room


def voice_url(origin: str, *, old: str, secret: str, rooms: Collection[str]) -> str:
    """Return the URL at this public address, for the room that the old URL names.

    secret: TEXML_SECRET; empty without one. rooms: those of the rooms file.
    """
    parts = (TEXML.lstrip("/"), secret, _room(old, secret, rooms))
    return "/".join((origin, *filter(None, parts)))


def _room(url: str, secret: str, rooms: Collection[str]) -> str:
    """Return the room that the URL names behind /texml; empty for the default room."""
    line = line_address(url)
    *secrets, last = (line.after if line else "").strip("/").split("/")
    is_old_secret = not secrets and len(last) >= SECRET_FROM and last not in rooms
    return "" if is_old_secret or last == secret else last
