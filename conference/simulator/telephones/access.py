"""Who may use the page: the owner of its link, from this machine, and no other site's page."""

from __future__ import annotations

import secrets

import flask

HEADER = "X-Phones"  # no other site's page may set it
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; "
    "img-src 'self' data:; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
HEADERS = {
    "Content-Security-Policy": POLICY,
    "Cache-Control": "no-store",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}
REFUSED = "Open the link that flask simulate has printed: it has the key of this page.\n"


def install(app: flask.Flask, key: str, page: str) -> None:
    """Let only requests with the key pass: in the link to `page` once, then in a cookie.

    A request that changes something must come from the page itself.
    """

    @app.before_request
    def check() -> flask.Response | None:
        request = flask.request
        by_link = request.path == page and _same(request.args.get("key", ""), key)
        if not by_link and not _same(request.cookies.get(_cookie(request), ""), key):
            return flask.Response(REFUSED, 401, mimetype="text/plain")
        if request.method not in ("GET", "HEAD") and not _from_the_page(request):
            return flask.Response("Only the page itself may do that.\n", 403, mimetype="text/plain")
        flask.g.new_session = by_link
        return None

    @app.after_request
    def protect(response: flask.Response) -> flask.Response:
        response.headers.update(HEADERS)
        if flask.g.get("new_session"):
            response.set_cookie(
                _cookie(flask.request), key, path=page, httponly=True, samesite="Strict"
            )
        return response


def _cookie(request: flask.Request) -> str:
    """Return the name of the cookie: servers on other ports get it, too, and have their own."""
    return f"phones_{request.host.rpartition(':')[2]}"


def _same(given: str, key: str) -> bool:
    return secrets.compare_digest(given.encode(), key.encode())


def _from_the_page(request: flask.Request) -> bool:
    own = request.headers.get("Origin") == f"http://{request.host}"
    site = request.headers.get("Sec-Fetch-Site", "same-origin")
    return own and site == "same-origin" and request.headers.get(HEADER) == "1"
