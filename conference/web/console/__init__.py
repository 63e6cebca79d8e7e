"""Serves the console: signing in, by token or link, and its page."""

from __future__ import annotations

import time

from flask import Blueprint, Response, abort, make_response, redirect, render_template, request
from werkzeug.exceptions import HTTPException
from werkzeug.wrappers import Response as AnyResponse

from conference.core.schema.texts import ROOM
from conference.web import access, cross_site, problems, sessions
from conference.web.bodies import Unreadable, read
from conference.web.console.buttons import Rooms, verbs
from conference.web.problems import Problem
from conference.web.services import services
from conference.web.sessions import Grant

LARGEST_FORM = 8 * 1024  # bytes; a token has 1,000 characters at most
BACK = "../console"  # from sign-in and sign-out: relative, since a proxy may have added a prefix
WRONG_LINK = "This link is not a genuine one for this room."
EXPIRED = "Your sign-in has expired."
HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; "
        "img-src 'self' data:; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
}

console = Blueprint(
    "console",
    __name__,
    url_prefix=access.CONSOLE,
    static_folder="static",
    static_url_path="/static",
    template_folder="templates",
)


@console.get("")
def page() -> Response:
    """Serve the page to a session or a genuine link; else the sign-in page."""
    access.check_is_on()
    found = list(access.current_sessions())
    room, link = request.args.get("room"), request.args.get("link")
    room = room and services().named(room)
    if link is not None and not any(each.grant.room is None for each in found):
        return _by_link(room, link)
    if not found:
        if access.cookies():
            raise Problem("not-authorized", EXPIRED)
        return make_response(_sign_in_page(again=_again(room)))
    session = access.strongest(found)
    only = session.grant.room
    name = room or only or services().settings.usual_room
    if name != (only or name):
        raise Problem("only-one-room", access.ONE_ROOM)
    if not ROOM.allows(name):
        abort(404)
    return make_response(_console(name, session.grant, session.csrf))


@console.route("/sign-in", methods=["GET", "POST"])
def sign_in() -> AnyResponse:
    """Begin a session if the form has the token. By GET only go back to the page."""
    access.check_is_on()
    if request.method != "POST":
        return redirect(BACK, 303)
    cross_site.check_form()
    if not services().wrong_tokens.is_right(_token(), access.client()):
        raise Problem("not-authorized", "This is not the control token.")
    response = redirect(BACK, 303)
    _begin(response, Grant(None, int(time.time()) + sessions.LASTS))
    return response


@console.route("/sign-out", methods=["GET", "POST"])
def sign_out() -> AnyResponse:
    """End the sessions of this browser. By GET only go back to the page."""
    access.check_is_on()
    response = redirect(BACK, 303)
    if request.method == "POST":
        cross_site.check_form()
        for name in access.cookie_names():
            _set_cookie(response, name, "", 0)
    return response


def _by_link(room: str | None, link: str) -> Response:
    """Serve the page with a cookie at once: after a redirect the browser might not send it.

    Links are opened from mail and chat, and SameSite=Strict covers each step from there.
    """
    try:
        signed = sessions.read_link(link, key=access.signing_key(), now=time.time())
    except sessions.Expired:
        raise Problem("not-authorized", "This link has expired.") from None
    except sessions.NotGenuine:
        raise Problem("not-authorized", WRONG_LINK) from None
    grant = access.of_room_meant(signed)
    if grant.room is None or grant.room != room:
        raise Problem("not-authorized", WRONG_LINK)
    response = Response(mimetype="text/html")
    csrf = _begin(response, grant)
    response.set_data(_console(room, grant, csrf))
    return response


def _begin(response: AnyResponse, grant: Grant) -> str:
    """Set the cookie of a new session. Return its CSRF token."""
    cookie = sessions.sign_session(grant, key=access.signing_key())
    for_everything, for_a_room = access.cookie_names()
    name = for_everything if grant.room is None else for_a_room
    _set_cookie(response, name, cookie, int(grant.until - time.time()))
    return sessions.csrf_token(cookie, key=access.signing_key())


def _set_cookie(response: AnyResponse, name: str, value: str, seconds: int) -> None:
    """Set a cookie that no script reads and no other site's page sends. 0 seconds: delete it."""
    response.set_cookie(
        name,
        value,
        max_age=seconds,
        expires=0 if not seconds else None,
        path="/",  # a prefix that a proxy has added is not known here
        secure=access.by_https(),
        httponly=True,
        samesite="Strict",
    )


def _token() -> str:
    """Return the token that was typed or pasted. Problem if the form cannot be read."""
    try:
        read(LARGEST_FORM)
        return request.form.get("token", "").strip()
    except (Unreadable, HTTPException):
        raise Problem("invalid-body", "The form cannot be read.") from None


def _console(room: str, grant: Grant, csrf: str) -> str:
    rooms: Rooms = "all" if grant.room is None else "one"
    setup = {"room": room, "rooms": rooms, "csrf": csrf, "verbs": verbs(rooms)}
    number = services().settings.telnyx_number
    return render_template("console.html", setup=setup, number=number)


def _again(room: str | None) -> str:
    """Return the page's own address if another site led here: then the browser sent no cookie.

    The page loads it by itself, and brings the cookie of a session along. Empty otherwise.
    """
    if request.headers.get("Sec-Fetch-Site") not in ("cross-site", "same-site"):
        return ""
    return f"console?room={room}" if room and ROOM.allows(room) else "console"


def _sign_in_page(why: str = "", again: str = "") -> str:
    """Return the page with the form, and a sentence why it is there."""
    is_on = bool(services().settings.control_token)
    up = "../" if request.path.rstrip("/") != access.CONSOLE else ""
    return render_template("sign_in.html", why=why, is_on=is_on, up=up, again=again)


@console.errorhandler(Problem)
def _refused(problem: Problem) -> Response:
    """Answer a refusal with its status, and the sign-in page that says why."""
    response = problems.answer(problem)
    response.set_data(_sign_in_page(str(problem)))
    response.mimetype = "text/html"
    return response


@console.after_request
def _add_headers(response: Response) -> Response:
    response.headers.update(HEADERS)
    if request.endpoint != "console.static":  # which the browser asks about again, by its ETag
        response.headers["Cache-Control"] = "no-store"
    return response
