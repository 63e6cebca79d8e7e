"""What anyone may see: what this is, whether it is up, and the hold music."""

from __future__ import annotations

from flask import Blueprint, Response, abort, request

from conference import music
from conference.core.origin import MUSIC, WEBHOOK
from conference.web.services import services

public = Blueprint("public", __name__)


@public.route("/", methods=["GET", "POST"])
def index() -> Response:
    """One line for whoever looks; a webhook that was pointed here is told that it is wrong."""
    if request.method == "POST":
        abort(404)
    text = f"A conference line on Telnyx. Its webhooks go to POST {WEBHOOK}, API v2.\n"
    return Response(text, mimetype="text/plain")


@public.get("/healthz")
def healthz() -> tuple[dict[str, str], int]:
    if services().engine.draining:
        return {"status": "draining"}, 503
    return {"status": "ok"}, 200


@public.route(MUSIC, methods=["GET", "POST"])
def hold_music() -> Response:
    """The built-in music, which Telnyx fetches for whoever is on hold; by POST, as TeXML does, for
    whom TeXML calls and has wait."""
    response = Response(music.wav(), mimetype="audio/wav")
    response.cache_control.max_age = 86400
    return response
