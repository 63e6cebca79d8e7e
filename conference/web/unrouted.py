"""Answers requests that match no route: 404 for an unknown address, 405 for a wrong method."""

from __future__ import annotations

from flask import Flask, Response, request
from werkzeug.exceptions import MethodNotAllowed, NotFound

from conference.core.origin import TEXML, WEBHOOK
from conference.signature import SIGNATURE
from conference.web.auth import is_control, refusal
from conference.web.problems import Problem, answer
from conference.web.services import services

POST_ONLY = (
    ": Telnyx's signature covers a body, and not an address. In the portal set the method to POST"
)


def install(app: Flask) -> None:
    app.register_error_handler(NotFound, _unknown_address)
    app.register_error_handler(MethodNotAllowed, _wrong_method)


def _unknown_address(error: NotFound) -> Response:
    if is_control(request.path):  # without the token nobody learns which addresses exist
        return answer(refusal() or Problem("unknown-address", "There is nothing at this address."))
    if request.method == "POST" and SIGNATURE in request.headers:
        services().request_log.warn(
            "path",
            "Telnyx called a wrong path (404): in the portal an application's webhook URL must "
            f"end in {WEBHOOK}, a TeXML application's voice URL in /texml or /texml/<room>",
        )
    return Response("not found\n", 404, mimetype="text/plain")


def _wrong_method(error: MethodNotAllowed) -> Response | MethodNotAllowed:
    control, texml = is_control(request.path), request.path.startswith(TEXML)
    if not control and not texml:
        return error
    if control and (refused := refusal()):
        return answer(refused)
    allowed = sorted(error.valid_methods or ())
    usual = " or ".join(method for method in allowed if method not in ("HEAD", "OPTIONS"))
    what = f"Use {usual} here{POST_ONLY if texml else ''}."
    if texml:  # the owner, who set the method in the portal, does not see the answer
        line = f"a {request.method} under {TEXML} was refused (405): {what}"
        services().request_log.warn("method", line)
    response = answer(Problem("wrong-method", what))
    response.headers["Allow"] = ", ".join(allowed)
    return response
