"""Serves the instructions that Telnyx fetches for a TeXML call, and takes status callbacks."""

from __future__ import annotations

import hmac
import logging

from flask import Blueprint, Response, request

from conference.core.admission import reception
from conference.core.client_state import ROOM_NAME, ROOM_NAME_IS, Role
from conference.core.entering import UNREACHABLE
from conference.core.events import Ignored
from conference.core.origin import STATUS, TEXML
from conference.core.room import Room
from conference.core.schema.parameters import Invalid
from conference.core.texml.door import HAS_LOBBY, refusal
from conference.core.texml.facts import Fetch, PinPosted
from conference.core.texml.fields import Form, parse_form, party
from conference.core.texml.form import call_at_door, status_callback
from conference.core.texml.pin_entry import tries_left
from conference.core.words import Words, say
from conference.signature import SIGNATURE, NotGenuine
from conference.web import self_test, texml_documents, wrong_door
from conference.web.inbound import (
    apply,
    count_genuine,
    note_ignored,
    read_body,
    record,
    verify_signature,
)
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

TRIES = tuple(str(n + 1) for n in range(reception.MOST_TRIES))
A_FORM = "a form for TeXML"
MOST_DIGITS = 64  # of an input; the longest PIN has 12

texml = Blueprint("texml", __name__)
texml.before_request(self_test.answer)


@texml.post(STATUS)
def status() -> tuple[str, int]:
    """Answer 204 once the callback counts. It changes a room, so it must be signed."""
    body = read_body()
    verify_signature(body)
    received_at = count_genuine(body)
    event = status_callback(_form(body), received_at, _named_by_webhooks())
    if ignored := apply(event):
        note_ignored(ignored, A_FORM)
    return "", 204


@texml.post("/texml")
@texml.post("/texml/<room>")
@texml.post("/texml/<secret>/<room>")
def instructions(room: str = "", secret: str = "") -> Response:
    """Answer with a document that connects the caller to the room, asks for a PIN, or says why that
    fails.

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
        note_ignored(call, A_FORM)
        return Response(status=204)
    if reception.is_reception(found):
        return _ask(found, say(found, reception.ENTER), 1, secret)
    return _let_in(found, call, party(form.get("From")), None, secret)


@texml.post("/texml/pin/<nth>")
@texml.post("/texml/<secret>/pin/<nth>")
def pin(nth: str, secret: str = "") -> Response:
    """Take what a caller of the reception has entered. Answer with the document that follows.

    `nth`: the try, one of TRIES: after a restart nothing else has it. The digits are in the body
    alone.
    """
    body = read_body()
    _verify_fetch(body, secret)
    form = _form(body)
    found = _room(services().engine.doors.default)
    if nth not in TRIES or not reception.is_reception(found):
        raise Problem("unknown-room", "No room asks for a PIN.")
    call = call_at_door(form)
    if isinstance(call, Ignored):
        note_ignored(call, A_FORM)
        return Response(status=204)
    number, digits = party(form.get("From")), form.get("Digits")[:MOST_DIGITS]
    at = services().clock()
    event = PinPosted(call, at, number, int(nth), reception.without_end(digits))
    found = services().engine.answer_fetch(found.name, event)
    return _after_pin(found, call, number, secret)


def _after_pin(found: Room, call: str, number: str, secret: str) -> Response:
    entry = found.texml.entries[call]
    if entry.room:
        return _let_in(_room(entry.room), call, number, entry.role, secret)
    if entry.put_off:
        return _xml(texml_documents.away(found, say(found, reception.LATER)))
    failed = len(entry.tries)
    if entry.pin:
        seconds, then = entry.turn - services().clock(), _pin_url(found, failed + 1, secret)
        return _xml(texml_documents.pause(found, say(found, reception.WAIT), seconds, then))
    if tries_left(entry):
        words = say(found, reception.PROMPTS[entry.tries[-1]])
        return _ask(found, words, failed + 1, secret)
    return _xml(texml_documents.away(found, say(found, reception.GOODBYES[entry.tries[-1]])))


def _ask(found: Room, words: Words, nth: int, secret: str) -> Response:
    """Ask for a PIN: the try `nth`."""
    if not _base(found):
        return _unreachable(found, texml_documents.NO_ADDRESS)
    return _xml(texml_documents.enter_pin(found, words, _pin_url(found, nth, secret)))


def _pin_url(found: Room, nth: int, secret: str) -> str:
    return f"{_base(found)}{_path(secret, f'pin/{nth}')}"


def _let_in(found: Room, call: str, number: str, role: Role | None, secret: str) -> Response:
    """Connect the caller to the room. `role`: that of the PIN; None if the number decides."""
    fetch = Fetch(call, services().clock(), number, role)
    if why := say(found, HAS_LOBBY) if found.settings.lobby else refusal(found, fetch):
        return _xml(texml_documents.away(found, why))
    found = services().engine.answer_fetch(found.name, fetch)
    try:
        wait = _path(secret, f"wait/{found.name}")
        return _xml(texml_documents.into(found, call, _base(found), wait))
    except ValueError as error:
        return _unreachable(found, str(error))


def _unreachable(found: Room, why: str) -> Response:
    log.error("no caller can join room %s by TeXML: %s", found.name, why)
    return _xml(texml_documents.away(found, say(found, UNREACHABLE)))


def _path(secret: str, rest: str) -> str:
    return f"{TEXML}/{secret}/{rest}" if secret else f"{TEXML}/{rest}"


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
        count_genuine(body)
    elif _is_secret(secret):
        record(body, services().clock())
    else:
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


def _room(name: str) -> Room:
    found = services().named(name)
    if not ROOM_NAME.fullmatch(found):
        line = f"a request under {TEXML} was refused (404): {NO_ROOM}"
        services().request_log.warn(NO_ROOM, line)
        raise Problem("unknown-room", f"The name of a room is {ROOM_NAME_IS}.")
    return services().engine.registry.room(found)


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
