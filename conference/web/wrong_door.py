"""Recognises requests at the URL of the other kind of application, or nearly at a URL of ours.

Nothing here depends on a signature, and no text of a request is shown: a path may hold a secret.
"""

from __future__ import annotations

import re

from flask import g, request
from werkzeug.exceptions import HTTPException

from conference.core.origin import STATUS, TEXML, WEBHOOK
from conference.signature import SIGNATURE
from conference.web.bodies import Unreadable, read

FORM = "application/x-www-form-urlencoded"
LONGEST_FORM = 16 * 1024  # bytes of an unsigned form at a wrong path; Telnyx sends fewer
URLS = (
    f"a Call Control application's webhook URL must end in {WEBHOOK}, API v2; a TeXML "
    f"application's voice URL must end in {TEXML} or {TEXML}/<room>, method POST"
)
PORTAL = f"correct the URL in the Telnyx portal: {URLS}"
FORM_AT_WEBHOOK = f"it is a form of a TeXML application, at the URL for Call Control: {PORTAL}"
JSON_AT_TEXML = f"it is a webhook of Call Control, at a URL for TeXML applications: {PORTAL}"
FETCH_AT_STATUS = f"it wants a call's instructions, at the path for callbacks: {PORTAL}"
POST_ONLY = (
    "Telnyx's signature covers a body, and not an address. In the portal set the method to POST, "
    f"and compare the URL: {URLS}"
)


def hint() -> str:
    """Return what is wrong if the request belongs to another path of ours; else empty."""
    body = g.get("body", b"")
    if request.path == STATUS and b"CallSid=" in body and b"StatusCallbackEvent=" not in body:
        return FETCH_AT_STATUS
    wrong = {("form", WEBHOOK): FORM_AT_WEBHOOK, ("JSON", TEXML): JSON_AT_TEXML}
    return wrong.get((_kind_of_body(), door()), "")


def door() -> str:
    """Return WEBHOOK or TEXML, for a path that belongs to it; else empty.

    Flask ignores all but one of the slashes that a path begins with.
    """
    path = f"/{request.path.lstrip('/')}/"
    if path.startswith(f"{TEXML}/"):
        return TEXML
    return WEBHOOK if path == f"{WEBHOOK}/" else ""


def nearly_ours() -> bool:
    """Does the path differ from one of ours by slashes, blanks, upper case or an ending only?"""
    path = re.sub(r"[/\s]+", "/", f"/{request.path}").lower()
    return path.startswith((WEBHOOK, TEXML))


def from_telnyx() -> bool:
    """Does the request claim to be Telnyx's? By GET, TeXML's fields are in the address."""
    return SIGNATURE in request.headers or "CallSid" in request.args or _is_form_of_a_call()


def _is_form_of_a_call() -> bool:
    """Is it a form with a CallSid? Telnyx may not sign its requests for instructions."""
    if request.mimetype != FORM:
        return False
    try:
        return b"CallSid=" in read(LONGEST_FORM)
    except (Unreadable, HTTPException):
        return False


def _kind_of_body() -> str:
    """Return "JSON", "form", or an empty text. Relays may send a body with a wrong type."""
    body = g.get("body", b"")
    if body.lstrip()[:1] == b"{":
        return "JSON"
    if b"CallSid=" in body or request.mimetype == FORM:
        return "form"
    return "JSON" if request.is_json else ""
