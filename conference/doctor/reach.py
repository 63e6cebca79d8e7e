"""Checks of what Telnyx must reach: this server, and the music for a hold."""

from __future__ import annotations

import json
from typing import Any

from conference.settings import Settings

from . import web
from .finding import Finding, failure, ok, warning

AUDIO = ("audio/wav", "audio/x-wav", "audio/wave", "audio/vnd.wave", "audio/mpeg", "audio/mp3")
START = "Start `flask run`, or gunicorn in production"
NOT_READY = "See Ready or not in docs/operating.md."
TUNNEL = "Start ngrok, and set the webhook URL (with TeXML the voice URL) to what it shows."


def server(settings: Settings, origin: str) -> Finding:
    """Does this line answer at the address that Telnyx delivers to?"""
    where = web.shown(origin)
    if out_of_reach(settings, origin):
        todo = "Set the application's webhook or voice URL, and PUBLIC_URL, to a public address."
        return failure("server", f"Telnyx cannot reach {where}: it is not public", todo)
    page = web.read(f"{origin}/healthz")
    status = _field(page, "status")
    if (page.status, status) == (200, "ok"):
        return _readiness(web.read(f"{origin}/readyz"), where)
    if (page.status, status) == (503, "draining"):
        return warning("server", f"at {where} it is ending", f"{START}, when it has ended.")
    return failure("server", *_likely(page, where, origin))


def _readiness(page: web.Page, where: str) -> Finding:
    """Report why a server that answers serves no calls. An older one has no /readyz."""
    reasons = _field(page, "reasons")
    if page.status != 503 or not isinstance(reasons, list):
        return ok("server", f"it answers at {where}")
    why = "; ".join(map(str, reasons))
    return failure("server", f"it answers at {where}, and serves no calls: {why}", NOT_READY)


def _field(page: web.Page, name: str) -> Any:
    """Return a field of the answer's JSON object; None if there is none."""
    try:
        said = json.loads(page.begins)
    except (ValueError, RecursionError):
        return None
    return said.get(name) if isinstance(said, dict) else None


def _likely(page: web.Page, where: str, origin: str) -> tuple[str, str]:
    """Return what is likely wrong, and what to do."""
    if page.status == 0:
        why = web.cause(page.error, origin)
        return f"no answer from {where}: {why}", f"{START}; is its tunnel (ngrok) up?"
    ngrok = page.headers.get("ngrok-error-code", "")
    if page.status in (502, 504) or ngrok == "ERR_NGROK_8012":
        return f"a tunnel or proxy answers at {where}, but no server behind it", f"{START}."
    if ngrok:
        return f"the tunnel to {where} is not up ({ngrok})", TUNNEL
    what = f"something else answers at {where} ({page.status} for /healthz)"
    return what, f"Does the tunnel lead to this server's port? {TUNNEL}"


def music(settings: Settings, url: str) -> Finding:
    """Can Telnyx play the address: is it a WAV or MP3?"""
    where = web.shown(url)
    todo = "Set HOLD_AUDIO_URL to a WAV or MP3 that anyone can fetch, or remove it."
    if not settings.room.hold_audio_url:
        todo = "Something between Telnyx and this server changes it: see the line above."
    if out_of_reach(settings, url):
        return failure("music", f"Telnyx cannot reach {where}: it is not public", todo)
    page = web.read(url)
    if page.status == 0:
        why = web.cause(page.error, url)
        return failure("music", f"no answer from {where}: {why}", todo)
    if page.status != 200:
        return failure("music", f"{where} answers {page.status}", todo)
    if not playable(page):
        kind = page.headers.get("content-type", "").split(";")[0] or "of no known type"
        return failure("music", f"{where} is not a WAV or MP3: it is {kind}", todo)
    return ok("music", f"there is a WAV or MP3 at {where}")


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
