"""Telnyx's door: signed webhooks come in here."""

from __future__ import annotations

import logging
import time
from dataclasses import dataclass, field
from threading import Lock

from flask import Blueprint, Flask, Response, current_app, request
from nacl.signing import VerifyKey
from werkzeug.exceptions import NotFound, RequestEntityTooLarge

from conference.core.events import Ignored, Malformed, parse
from conference.core.origin import WEBHOOK
from conference.engine import Engine, Overloaded
from conference.reporting.rate_limited_log import Refusals
from conference.signature import SIGNATURE, NotGenuine, verify
from conference.web.bodies import Unreadable, read
from conference.web.problems import RETRY_AFTER

log = logging.getLogger(__name__)

LARGEST = 1024 * 1024  # bytes of a body; Telnyx's have a few thousand

webhooks = Blueprint("webhooks", __name__)


@dataclass
class Door:
    """What a webhook is verified with and handed to."""

    key: VerifyKey | None
    engine: Engine
    refusals: Refusals = field(default_factory=Refusals)
    first: Lock = field(default_factory=Lock)  # taken for good by the first genuine webhook


def install(app: Flask, door: Door) -> None:
    app.extensions["webhooks"] = door
    app.config["MAX_CONTENT_LENGTH"] = LARGEST  # of whatever else would read a body
    app.register_blueprint(webhooks)
    app.register_error_handler(NotGenuine, _not_genuine)
    app.register_error_handler(Malformed, _malformed)
    app.register_error_handler(Overloaded, _overloaded)
    app.register_error_handler(RequestEntityTooLarge, _too_large)
    app.register_error_handler(NotFound, _wrong_path)


@webhooks.post(WEBHOOK)
def webhook() -> Response:
    """200 once the event counts; 400, 401, 413 or 503 as the errors below say."""
    body = read_body()
    event = parse(body, genuine(body))
    ignored = event if isinstance(event, Ignored) else door().engine.handle(event)
    if ignored:
        door().refusals.note(ignored.reason, f"a webhook does nothing here: {ignored.reason}")
    return Response(status=200)


def genuine(body: bytes) -> float:
    """When it came, in Unix seconds. NotGenuine unless Telnyx has signed it."""
    ours = door()
    if ours.key is None:
        raise NotGenuine("TELNYX_PUBLIC_KEY is not set, so that nothing can be verified")
    verify(body, request.headers, key=ours.key, now=time.time())
    if ours.first.acquire(blocking=False):
        log.info("first genuine webhook received: Telnyx reaches this server")
    now = ours.engine.vitals.webhook_at = ours.engine.clock()
    return now


def read_body() -> bytes:
    """The raw bytes, which a signature is over."""
    try:
        return read(LARGEST)
    except Unreadable as error:
        raise Malformed(str(error)) from error


def door() -> Door:
    installed: Door = current_app.extensions["webhooks"]
    return installed


def _not_genuine(error: NotGenuine) -> Response:
    kind = str(error).split(" s off")[0].rstrip("0123456789")
    door().refusals.say(kind, f"a request was refused (401): {error}")
    return Response("not genuine\n", 401, mimetype="text/plain")


def _malformed(error: Malformed) -> Response:
    door().refusals.say(str(error), f"a webhook was refused (400): {error}")
    return Response(f"malformed: {error}\n", 400, mimetype="text/plain")


def _too_large(error: RequestEntityTooLarge) -> Response:
    door().refusals.say("too large", f"a request was refused (413): over {LARGEST} bytes")
    return Response("too large\n", 413, mimetype="text/plain")


def _overloaded(error: Overloaded) -> Response:
    door().refusals.say("overloaded", "webhooks are refused (503): too many commands wait")
    return Response("overloaded\n", 503, {"Retry-After": str(RETRY_AFTER)}, "text/plain")


def _wrong_path(error: NotFound) -> Response:
    if request.method == "POST" and SIGNATURE in request.headers:
        door().refusals.say(
            "path",
            "Telnyx came to a wrong path (404): in the portal an application's webhook URL must "
            f"end in {WEBHOOK}, a TeXML application's voice URL in /texml or /texml/<room>",
        )
    return Response("not found\n", 404, mimetype="text/plain")
