"""Serves what anyone may see: what this server is, whether it is up, and the built-in sounds."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, abort, request

from conference import music
from conference.core.origin import CHIME, MUSIC, WEBHOOK
from conference.web import readiness
from conference.web.services import services
from conference.web.wrong_door import from_telnyx

public = Blueprint("public", __name__)


@public.route("/", methods=["GET", "POST"])
def index() -> Response:
    """Answer in one line what this is. An application that was set to this path gets 404."""
    if request.method == "POST" or from_telnyx():
        abort(404)
    text = f"A conference line on Telnyx. Send its webhooks, API v2, to POST {WEBHOOK}.\n"
    return Response(text, mimetype="text/plain")


@public.get("/healthz")
def healthz() -> tuple[dict[str, str], int]:
    if services().engine.draining:
        return {"status": "draining"}, 503
    return {"status": "ok"}, 200


@public.get("/readyz")
def readyz() -> tuple[dict[str, Any], int]:
    """Answer whether calls can be served now. `/healthz` reports only that the process lives."""
    if found := readiness.reasons(services()):
        return {"status": "not ready", "reasons": found}, 503
    return {"status": "ready"}, 200


@public.route(MUSIC, methods=["GET", "POST"])
def hold_music() -> Response:
    """Serve the built-in music to Telnyx. TeXML fetches it by POST for a call that waits."""
    return _sound(music.wav())


@public.get(CHIME)
def chime() -> Response:
    """Serve the sound of a newcomer to Telnyx."""
    return _sound(music.chime())


def _sound(wav: bytes) -> Response:
    response = Response(wav, mimetype="audio/wav")
    response.cache_control.max_age = 86400
    return response
