"""Reads, verifies and counts Telnyx's requests, for webhooks and TeXML, and refuses others."""

from __future__ import annotations

import logging
import time

from flask import Flask, Response, g, request
from werkzeug.exceptions import RequestEntityTooLarge

from conference.core.events import Ignored, Malformed, Webhook
from conference.core.texml.facts import StatusCallback
from conference.engine import Overloaded
from conference.signature import SIGNATURE, NotGenuine, verify
from conference.web import wrong_door
from conference.web.bodies import Unreadable, read
from conference.web.counting import UNNOTED, note
from conference.web.problems import RETRY_AFTER
from conference.web.services import services

log = logging.getLogger(__name__)

LARGEST = 1024 * 1024  # bytes of a body; Telnyx sends a few thousand


def read_body() -> bytes:
    """Return the raw bytes, which the signature covers. `wrong_door` finds them in `g.body`.

    Malformed if they cannot be read; RequestEntityTooLarge if there are more than LARGEST.
    """
    try:
        g.body = read(LARGEST)
    except Unreadable as error:
        raise Malformed(str(error)) from error
    body: bytes = g.body
    return body


def verify_signature(body: bytes) -> None:
    """Raise NotGenuine unless Telnyx signed the body within the last minutes."""
    key = services().settings.telnyx_public_key
    if key is None:
        raise NotGenuine("TELNYX_PUBLIC_KEY is not set, so no signature can be verified")
    try:
        verify(body, request.headers, key=key, now=time.time())
    except NotGenuine:
        if SIGNATURE in request.headers:
            services().metrics.forged()
        raise


def count_genuine(body: bytes) -> float:
    """Note for `/api/health` that Telnyx reaches this server. Return the line's time."""
    now, server_health = services().clock(), services().server_health
    if server_health.webhook_at is None:
        log.info("first genuine webhook received: Telnyx reaches this server")
    server_health.webhook_at = now
    record(body, now)
    return now


def record(body: bytes, at: float) -> None:
    """Record a verified request with RECORD_WEBHOOKS. It waits for no disk."""
    if recording := services().recording:
        recording.webhook(request.path, body, at)


def apply(event: Webhook | StatusCallback | Ignored) -> Ignored | None:
    """Apply an event from Telnyx. Return Ignored, with the reason, if it is not ours.

    The event's type, and that it is repeated, are noted for the figures.
    """
    if isinstance(event, Ignored):
        return event
    note(event.type)
    found = services().engine.handle(event)
    if found is None:
        note(event.type, "repeated")
    return found if isinstance(found, Ignored) else None


def note_ignored(ignored: Ignored, what: str) -> None:
    """Log that a message of this kind is ignored, and count it as such, by its type if known."""
    event_type, _ = g.get("noted", UNNOTED)
    note(event_type, "ignored")
    services().request_log.info(ignored.reason, f"{what} is ignored: {ignored.reason}")


def install(app: Flask) -> None:
    app.config["MAX_CONTENT_LENGTH"] = LARGEST  # for any other code that reads a body
    app.register_error_handler(NotGenuine, _not_genuine)
    app.register_error_handler(Malformed, _malformed)
    app.register_error_handler(Overloaded, _overloaded)
    app.register_error_handler(RequestEntityTooLarge, _too_large)


def _not_genuine(error: NotGenuine) -> Response:
    reason = str(error)
    if SIGNATURE not in request.headers and (hint := wrong_door.hint()):
        reason = f"it has no signature. If Telnyx sent it, {hint}"
    kind = reason.split(" s off")[0].rstrip("0123456789")
    services().request_log.warn(kind, f"a request was refused (401): {reason}")
    return Response("not genuine\n", 401, mimetype="text/plain")


def _malformed(error: Malformed) -> Response:
    reason = wrong_door.hint() or str(error)
    services().request_log.warn(reason, f"a webhook was refused (400): {reason}")
    return Response(f"malformed: {reason}\n", 400, mimetype="text/plain")


def _too_large(error: RequestEntityTooLarge) -> Response:
    services().request_log.warn("too large", f"a request was refused (413): over {LARGEST} bytes")
    return Response("too large\n", 413, mimetype="text/plain")


def _overloaded(error: Overloaded) -> Response:
    services().request_log.warn("overloaded", "webhooks are refused (503): too many commands wait")
    return Response("overloaded\n", 503, {"Retry-After": str(RETRY_AFTER)}, "text/plain")
