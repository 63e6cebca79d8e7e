"""One request of a client and its answer: from bytes to bytes, by the app."""

from __future__ import annotations

import logging
import time
from datetime import timedelta
from typing import Any

from gunicorn.http import errors, get_parser, wsgi

from conference.serving.answer import Answer, Response
from conference.serving.client_address import client_address
from conference.serving.incoming import Received
from conference.web.access import CLIENT, may_wait

HEALTH = "/healthz"  # answers also while all threads wait
log = logging.getLogger(__name__)

PIECE = 8 * 1024  # bytes that the parser gets at once: it copies the rest for each chunk of a body


class Exchange:
    """A request. `worker` is gunicorn's: it has the settings, the log and the app.

    may_wait: it may wait, for Telnyx, for Redis or for its wrong token or seal, so that a thread
    must run it. All others are quick.
    """

    def __init__(self, worker: Any, received: Received, client: Any, server: Any) -> None:
        self._worker = worker
        self._client = client
        self._received = received
        self._output = _Output()
        self._request: Any = None  # gunicorn's, for an unusual one
        self._answer: Answer | None = None
        environ = None
        if received.size is not None:
            head, body = received.head_and_body
            environ = worker.plain_requests.environ(head, body, client, server)
        self._environ = environ or self._parsed(server)
        if self._answer is None and may_wait(self._environ):
            plain = worker.plain_requests
            self._environ[CLIENT] = client_address(self._environ, plain.trusts, plain.is_proxy)

    @property
    def may_wait(self) -> bool:
        if self._answer is not None:
            return False
        path = self._environ["PATH_INFO"]
        waits = self._worker.registry_waits and path != HEALTH
        return bool(waits) or may_wait(self._environ)

    def run(self) -> Answer:
        """Run the app. It raises nothing: an error becomes an answer."""
        if self._answer:
            return self._answer
        try:
            return self._answered()
        except Exception as error:
            return self._refused(error)
        finally:  # an error's traceback would keep the body until the next garbage collection
            self._environ.clear()
            self._received = Received(b"", 0, None, True)

    def _answered(self) -> Answer:
        began, response, environ = time.monotonic(), Response(), self._environ
        response.collect(self._worker.wsgi(environ, response.start))
        whole, rest = self._rest()
        goes_on = whole and self._goes_on()
        has_body = environ["REQUEST_METHOD"] != "HEAD"
        parts = response.encode(environ["SERVER_PROTOCOL"], has_body, goes_on)
        self._log_access(response, began)
        return Answer(parts, rest if goes_on else b"", goes_on, whole)

    def _log_access(self, response: Response, began: float) -> None:
        if not self._worker.log.access_log_enabled:
            return
        headers = {
            name[5:].replace("_", "-"): value
            for name, value in self._environ.items()
            if name.startswith("HTTP_")
        }
        took = timedelta(seconds=time.monotonic() - began)
        self._worker.log.access(response, headers, self._environ, took)

    def _parsed(self, server: Any) -> dict[str, Any]:
        """Return the environment by gunicorn's parser; {} if it refuses the request."""
        data, cfg = self._received.data, self._worker.cfg
        self._pieces = iter([data[at : at + PIECE] for at in range(0, len(data), PIECE)])
        self._parser = get_parser(cfg, self._pieces, self._client)
        try:
            self._request = next(self._parser)
            _, environ = wsgi.create(self._request, self._output, self._client, server, cfg)
        except (StopIteration, errors.NoMoreData):
            self._answer = self._refused(errors.LimitRequestHeaders("the head is too long"))
        except Exception as error:
            self._answer = self._refused(error)
        else:
            environ["wsgi.multithread"] = True
            found: dict[str, Any] = environ
            return found
        return {}

    def _goes_on(self) -> bool:
        """May another request follow on the connection?"""
        if not (self._worker.alive and self._worker.cfg.keepalive):
            return False
        if self._request is not None:
            return not bool(self._request.should_close())
        return str(self._environ.get("HTTP_CONNECTION", "")).lower() != "close"

    def _rest(self) -> tuple[bool, bytes]:
        """Return whether the request was read to its end, and the bytes after it."""
        if self._request is None:
            return True, self._received.data[self._received.size :]
        try:
            whole = self._received.complete and bool(self._parser.finish_body())
        except Exception:  # the body is malformed: where the next request begins is unknown
            whole = False
        return whole, self._parser.unreader.take_buffered() + b"".join(self._pieces)

    def _refused(self, error: Exception) -> Answer:
        try:
            self._worker.handle_error(self._request, self._output, self._client, error)
        except Exception:
            log.exception("the answer to a faulty request failed")
        return Answer(self._output.parts)


class _Output:
    """Collects gunicorn's own answers, in the place of a socket."""

    def __init__(self) -> None:
        self.parts: list[bytes] = []

    def sendall(self, data: bytes) -> None:
        self.parts.append(data)

    def send(self, data: bytes) -> None:
        """Drop "100 Continue": the request is whole."""

    def gettimeout(self) -> float:
        return 0.0
