"""Recognises requests at the URL of the other kind of application, or nearly at a URL of ours.

Nothing here depends on a signature, and no text of a request is shown: a path may hold a secret.
"""

from __future__ import annotations

import re

from flask import g, request

from conference.core.origin import TEXML, WEBHOOK
from conference.signature import SIGNATURE

FORM = "application/x-www-form-urlencoded"
URLS = (
    f"a Call Control application's webhook URL must end in {WEBHOOK}, API v2; a TeXML "
    f"application's voice URL must end in {TEXML} or {TEXML}/<room>, method POST"
)
PORTAL = f"correct the URL in the Telnyx portal: {URLS}"
FORM_AT_WEBHOOK = f"it is a form of a TeXML application, at the URL for Call Control: {PORTAL}"
JSON_AT_TEXML = f"it is a webhook of Call Control, at a URL for TeXML applications: {PORTAL}"
POST_ONLY = (
    "Telnyx's signature covers a body, and not an address. In the portal set the method to POST, "
    f"and compare the URL: {URLS}"
)


def hint() -> str:
    """Return what is wrong if the other kind of application has sent this request; else empty."""
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
    return SIGNATURE in request.headers or "CallSid" in request.args


def _kind_of_body() -> str:
    """Return "JSON", "form", or an empty text. Relays may send a body with a wrong type."""
    body = g.get("body", b"")
    if body.lstrip()[:1] == b"{":
        return "JSON"
    if b"CallSid=" in body or request.mimetype == FORM:
        return "form"
    return "JSON" if request.is_json else ""
