"""Answers requests that match no route: 404 for an unknown address, 405 for a wrong method."""

from __future__ import annotations

from flask import Flask, Response, request
from werkzeug.exceptions import MethodNotAllowed, NotFound

from conference.web.access import is_control, refusal
from conference.web.problems import Problem, answer
from conference.web.services import services
from conference.web.wrong_door import PORTAL, POST_ONLY, door, from_telnyx, nearly_ours


def install(app: Flask) -> None:
    app.register_error_handler(NotFound, _unknown_address)
    app.register_error_handler(MethodNotAllowed, _wrong_method)


def _unknown_address(error: NotFound) -> Response:
    if is_control(request.path):  # without the token nobody learns which addresses exist
        return answer(refusal() or Problem("unknown-address", "There is nothing at this address."))
    near, telnyx = nearly_ours(), from_telnyx()
    if telnyx or (near and request.method == "POST"):
        what = "a path that is nearly right (is a / too much?)" if near else "a wrong path"
        who = "Telnyx called" if telnyx else "a POST was sent to"
        services().request_log.warn(f"path {near}", f"{who} {what} (404): {PORTAL}")
    text = f"not found: {PORTAL}\n" if telnyx or near else "not found\n"
    return Response(text, 404, mimetype="text/plain")


def _wrong_method(error: MethodNotAllowed) -> Response | MethodNotAllowed:
    control, telnyx = is_control(request.path), door()
    if not control and not telnyx:
        return error
    if control and (refused := refusal()):
        return answer(refused)
    allowed = sorted(error.valid_methods or ())
    usual = " or ".join(method for method in allowed if method not in ("HEAD", "OPTIONS"))
    what = f"Use {usual} here{f': {POST_ONLY}' if telnyx else ''}."
    if telnyx:  # the owner, who set the method in the portal, does not see the answer
        method = "GET" if request.method == "GET" else "request"
        line = f"a {method} under {telnyx} was refused (405): {what}"
        services().request_log.warn(f"method {telnyx}", line)
    response = answer(Problem("wrong-method", what))
    response.headers["Allow"] = ", ".join(allowed)
    return response
