"""Serves the instructions that Telnyx fetches for a TeXML call, and takes status callbacks."""

from __future__ import annotations

import hmac
import logging

from flask import Blueprint, Response, request

from conference.core.client_state import ROOM_NAME, ROOM_NAME_IS
from conference.core.entering import UNREACHABLE
from conference.core.events import Ignored
from conference.core.origin import STATUS, TEXML
from conference.core.room import Room
from conference.core.schema.parameters import Invalid
from conference.core.texml.facts import Fetch
from conference.core.texml.fields import Form, parse_form, party
from conference.core.texml.form import call_at_door, status_callback
from conference.core.texml.handlers import greeting, refusal
from conference.signature import SIGNATURE, NotGenuine
from conference.web import texml_documents, wrong_door
from conference.web.inbound import count_genuine, read_body, verify_signature
from conference.web.problems import Problem, answer, invalid
from conference.web.services import services
from conference.web.wrong_door import FORM

log = logging.getLogger(__name__)

UNSIGNED = (
    "it wants a call's instructions, but has no signature, and no TEXML_SECRET in its path: "
    "if it was Telnyx's, set TEXML_SECRET and put it into the voice URL (see docs/texml.md)"
)
OTHER_PATH = (
    "it wants a call's instructions at /texml/.../..., but with another secret than TEXML_SECRET: "
    "the voice URL ends in /texml, /texml/<room> or /texml/<secret>/<room>"
)
NO_ROOM = f"its path has no name of a room, which is {ROOM_NAME_IS}: {wrong_door.PORTAL}"
NEEDS_PIN = "This number needs a PIN, and it cannot be entered here. Goodbye."
HAS_LOBBY = "The host lets callers in one by one, and not by this number. Goodbye."

texml = Blueprint("texml", __name__)


@texml.post(STATUS)
def status() -> tuple[str, int]:
    """Answer 204 once the callback counts. It changes a room, so it must be signed."""
    body = read_body()
    verify_signature(body)
    received_at = count_genuine()
    event = status_callback(_form(body), received_at, _named_by_webhooks())
    ignored = event if isinstance(event, Ignored) else services().engine.handle(event)
    if ignored:
        _note_ignored(ignored)
    return "", 204


@texml.post("/texml")
@texml.post("/texml/<room>")
@texml.post("/texml/<secret>/<room>")
def instructions(room: str = "", secret: str = "") -> Response:
    """Answer with a document that connects the caller to the room, or says why that fails.

    Answer 204 to a report about a call.
    """
    if not secret and _is_secret(room):  # for the default room: no room has such a name
        room, secret = "", room
    body = read_body()
    _verify_fetch(body, secret)
    form = _form(body)
    found = _room(room or services().engine.doors.behind(party(form.get("To"))))
    call = call_at_door(form)
    if isinstance(call, Ignored):
        _note_ignored(call)
        return Response(status=204)
    if found.settings.stages:
        return _xml(texml_documents.away(found.settings, NEEDS_PIN))
    if found.settings.lobby:
        return _xml(texml_documents.away(found.settings, HAS_LOBBY))
    if why := refusal(found, call, services().clock()):
        return _xml(texml_documents.away(found.settings, why))
    wait = f"/texml/{secret}/wait/{found.name}" if secret else f"/texml/wait/{found.name}"
    found = services().engine.answer_fetch(found.name, Fetch(call, services().clock()))
    try:
        return _xml(texml_documents.into(found, greeting(found, call), _base(found), wait))
    except ValueError as error:
        log.error("no caller can join room %s by TeXML: %s", found.name, error)
        return _xml(texml_documents.away(found.settings, UNREACHABLE))


@texml.post("/texml/wait/<room>")
@texml.post("/texml/<secret>/wait/<room>")
def waiting(room: str, secret: str = "") -> Response:
    """Answer with a document of what a caller hears until the conference starts."""
    body = read_body()
    _verify_fetch(body, secret)
    _form(body)
    found = _room(room)
    return _xml(texml_documents.waiting(found, _base(found)))


@texml.errorhandler(Invalid)
def _malformed(error: Invalid) -> Response:
    reason = wrong_door.hint() or str(error)
    services().request_log.warn(reason, f"a form for TeXML was refused (400): {reason}")
    return answer(invalid("invalid-body", error))


def _verify_fetch(body: bytes, secret: str) -> None:
    """Raise NotGenuine unless Telnyx signed the body, or the path has TEXML_SECRET."""
    signed = SIGNATURE in request.headers
    if signed and not secret:
        verify_signature(body)
        count_genuine()
    elif not _is_secret(secret):
        raise NotGenuine(OTHER_PATH if signed else UNSIGNED)


def _is_secret(segment: str) -> bool:
    ours = services().settings.texml_secret
    return bool(ours) and hmac.compare_digest(segment.encode(), ours.encode())


def _form(body: bytes) -> Form:
    """Parse the form. Problem for a body of another type, Invalid for too many fields."""
    if request.mimetype != FORM:
        hint = wrong_door.hint()
        what = f"The body must be {FORM}{': ' if hint else ''}{hint}."
        services().request_log.warn(what, f"a request under {TEXML} was refused (415): {what}")
        raise Problem("unsupported-media-type", what)
    return parse_form(body)


def _note_ignored(ignored: Ignored) -> None:
    line = f"a form for TeXML is ignored: {ignored.reason}"
    services().request_log.info(ignored.reason, line)


def _room(name: str) -> Room:
    if not ROOM_NAME.fullmatch(name):
        line = f"a request under {TEXML} was refused (404): {NO_ROOM}"
        services().request_log.warn(NO_ROOM, line)
        raise Problem("unknown-room", f"The name of a room is {ROOM_NAME_IS}.")
    return services().engine.registry.room(services().named(name))


def _base(room: Room) -> str:
    """Return the address at which Telnyx reaches this server; empty if it is not known.

    Headers do not count: nobody signs them.
    """
    return room.base or _named_by_webhooks()


def _named_by_webhooks() -> str:
    """Return our address by the signed webhooks of the default room; empty if there were none."""
    return services().engine.registry.room(services().engine.doors.default).origin


def _xml(written: bytes) -> Response:
    return Response(written, mimetype="application/xml")
