"""Checks of what Telnyx must reach: this server, and the music for a hold."""

from __future__ import annotations

import json
from typing import Any

from conference.settings import Settings

from . import web
from .finding import Fact

ANSWERS = ("server.ok", "server.not-ready", "server.readiness-not-shown")
"""The facts of a server that answers at its address."""
AUDIO = ("audio/wav", "audio/x-wav", "audio/wave", "audio/vnd.wave", "audio/mpeg", "audio/mp3")


def server(settings: Settings, origin: str) -> Fact:
    """Does this line answer at the address that Telnyx delivers to?"""
    where = web.shown(origin)
    if out_of_reach(settings, origin):
        return Fact("server.not-public", url=where)
    page = web.read(f"{origin}/healthz")
    status = _field(page, "status")
    if (page.status, status) == (200, "ok"):
        return _readiness(web.read(f"{origin}/readyz"), where)
    if (page.status, status) == (503, "draining"):
        return Fact("server.ending", url=where)
    return _likely(page, where, origin)


def _readiness(page: web.Page, where: str) -> Fact:
    """Report why a server that answers serves no calls. An older one has no /readyz."""
    reasons = _field(page, "reasons")
    if page.status == 503 and isinstance(reasons, list):
        return Fact("server.not-ready", url=where, reasons="; ".join(map(str, reasons)))
    if (page.status, _field(page, "status")) == (200, "ready"):
        return Fact("server.ok", url=where)
    return Fact("server.readiness-not-shown", url=where)


def _field(page: web.Page, name: str) -> Any:
    """Return a field of the answer's JSON object; None if there is none."""
    try:
        said = json.loads(page.begins)
    except (ValueError, RecursionError):
        return None
    return said.get(name) if isinstance(said, dict) else None


def _likely(page: web.Page, where: str, origin: str) -> Fact:
    """Return what is likely wrong."""
    if page.status == 0:
        return Fact("server.no-answer", url=where, cause=web.cause(page.error, origin))
    ngrok = page.headers.get("ngrok-error-code", "")
    if page.status in (502, 504) or ngrok == "ERR_NGROK_8012":
        return Fact("server.only-a-proxy", url=where)
    if ngrok:
        return Fact("server.no-tunnel", url=where, error=ngrok)
    return Fact("server.something-else", url=where, status=page.status)


def music(settings: Settings, url: str) -> Fact:
    """Can Telnyx play the address: is it a WAV or MP3?"""
    where, is_own = web.shown(url), not settings.room.hold_audio_url
    if out_of_reach(settings, url):
        return Fact("own-music.not-public" if is_own else "music.not-public", url=where)
    page = web.read(url)
    if page.status == 0:
        name = "own-music.no-answer" if is_own else "music.no-answer"
        return Fact(name, url=where, cause=web.cause(page.error, url))
    if page.status != 200:
        name = "own-music.refused" if is_own else "music.refused"
        return Fact(name, url=where, status=page.status)
    if not playable(page):
        kind = page.headers.get("content-type", "").split(";")[0] or "of no known type"
        name = "own-music.not-audio" if is_own else "music.not-audio"
        return Fact(name, url=where, kind=kind)
    if page.at != url and not is_own:
        return Fact("music.redirected", url=where, to=web.shown(page.at))
    return Fact("music.ok", url=where)


def playable(page: web.Page) -> bool:
    """Is it a WAV or MP3, by its first bytes or, unless they contradict, its Content-Type?"""
    begins = page.begins
    wav = begins[:4] == b"RIFF" and begins[8:12] == b"WAVE"
    frame = begins[:1] == b"\xff" and begins[1:2] >= b"\xe0"
    if wav or frame or begins[:3] == b"ID3":
        return True
    kind = page.headers.get("content-type", "").split(";")[0].strip().lower()
    return kind in AUDIO and begins[:1] not in (b"", b"<")


def out_of_reach(settings: Settings, url: str) -> bool:
    """Is it an address that only this machine or its network can reach, but not Telnyx?"""
    return web.inside(url) and not web.inside(settings.telnyx_base_url)
