"""TeXML's door: what Telnyx fetches for a call, and the status callbacks that it sends."""

from __future__ import annotations

import hmac
import logging
import re

from flask import Blueprint, Flask, Response, current_app, request

from conference.core.client_state import ROOM_NAME, ROOM_NAME_IS
from conference.core.entering import NO_WAY_IN
from conference.core.events import Ignored
from conference.core.origin import STATUS
from conference.core.room import Room
from conference.core.schema.parameters import Invalid
from conference.core.texml import attributes as noun
from conference.core.texml import form
from conference.core.texml.facts import Fetch
from conference.core.texml.handlers import greeting, turned_away
from conference.settings import Settings
from conference.signature import SIGNATURE, NotGenuine
from conference.web import texml_documents as document
from conference.web.problems import Problem, answer, invalid
from conference.web.webhooks import door, genuine, read_body

log = logging.getLogger(__name__)

FORM = "application/x-www-form-urlencoded"
UNSIGNED = (
    "a call's instructions were asked for without a signature, and without TEXML_SECRET in the "
    "path: if it was Telnyx, set that, and put it into the voice URL (see the README)"
)
ASTRAY = (
    "a call's instructions were asked for at /texml/.../..., and what stands there is not "
    "TEXML_SECRET: the voice URL ends in /texml, /texml/<room> or /texml/<secret>/<room>"
)
HOST = re.compile(r"[A-Za-z0-9.:\[\]-]{1,255}")

texml = Blueprint("texml", __name__)


def install(app: Flask) -> None:
    app.register_blueprint(texml)


@texml.post(STATUS)
def status() -> tuple[str, int]:
    """204 once the callback counts. It changes things, so that only a signature is good enough."""
    body = read_body()
    at = genuine(body)
    event = form.parse(_form(body), at, _here())
    ignored = event if isinstance(event, Ignored) else door().engine.handle(event)
    if ignored:
        door().refusals.note(ignored.reason, f"a status callback does nothing: {ignored.reason}")
    return "", 204


@texml.post("/texml")
@texml.post("/texml/<room>")
@texml.post("/texml/<secret>/<room>")
def instructions(room: str = "", secret: str = "") -> Response:
    """The document that brings a caller into the room, or tells why it cannot come in."""
    if not secret and _is_secret(room):  # for the default room: a room has no such name
        room, secret = "", room
    call = _fetched(secret)
    found = _room(room or _settings().conference_name)
    why = turned_away(found)
    if not why:
        wait = f"/texml/{secret}/wait/{found.name}" if secret else f"/texml/wait/{found.name}"
        engine = door().engine
        found = engine.fetched(found.name, Fetch(call, engine.clock()))
        try:
            return _xml(document.into(found, greeting(found, call), _base(found), wait))
        except ValueError as error:
            log.error("no caller can come into room %s by TeXML: %s", found.name, error)
            why = NO_WAY_IN
    return _xml(document.away(found.settings, why))


@texml.post("/texml/wait/<room>")
@texml.post("/texml/<secret>/wait/<room>")
def waiting(room: str, secret: str = "") -> Response:
    """What is heard until the conference starts."""
    _fetched(secret, needed=())
    found = _room(room)
    return _xml(document.waiting(found, _base(found)))


@texml.errorhandler(Invalid)
def _malformed(error: Invalid) -> Response:
    door().refusals.say(str(error), f"a form for TeXML was refused (400): {error}")
    return answer(invalid("invalid-body", error))


def _fetched(secret: str, needed: tuple[str, ...] = form.OF_A_FETCH) -> str:
    """Telnyx asks what to do with a call, and this is its id. NotGenuine, unless Telnyx signs or
    knows the secret."""
    body = read_body()
    signed = SIGNATURE in request.headers
    if signed and not secret:
        genuine(body)
    elif not _is_secret(secret):
        raise NotGenuine(ASTRAY if signed else UNSIGNED)
    return form.form(_form(body), needed).get("CallSid", "")


def _is_secret(segment: str) -> bool:
    ours = _settings().texml_secret
    return bool(ours) and hmac.compare_digest(segment.encode(), ours.encode())


def _form(body: bytes) -> bytes:
    if request.mimetype != FORM:
        raise Problem("unsupported-media-type", f"The body must be {FORM}.")
    return body


def _room(name: str) -> Room:
    if not ROOM_NAME.fullmatch(name):
        raise Problem("unknown-room", f"A room's name is {ROOM_NAME_IS}.")
    return door().engine.registry.room(name)


def _base(room: Room) -> str:
    """Where Telnyx reaches us; empty if nothing says so."""
    return room.settings.public_url or _here() or room.origin


def _here() -> str:
    """Where this request came to, as far as can be told."""
    scheme = request.headers.get("X-Forwarded-Proto", request.scheme).split(",")[0].strip()
    address = f"{scheme}://{request.host}"
    try:
        return noun.ADDRESS.read(address) if HOST.fullmatch(request.host) else ""
    except ValueError:
        return ""


def _xml(written: bytes) -> Response:
    return Response(written, mimetype="application/xml")


def _settings() -> Settings:
    settings: Settings = current_app.extensions["settings"]
    return settings
