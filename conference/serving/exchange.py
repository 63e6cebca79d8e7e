"""One request of a client and its answer: from bytes to bytes, by gunicorn's parser and the app."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from gunicorn.http import errors, get_parser, wsgi

from conference.web.auth import is_control

PIECE = 8 * 1024  # bytes that the parser gets at once: it copies the rest for each chunk of a body


@dataclass(frozen=True, slots=True)
class Answer:
    """What the client gets. `rest`: its bytes after the request, if the connection goes on.

    `whole`: the request was read to its end, so nothing of it is still under way.
    """

    parts: list[bytes]
    rest: bytes = b""
    goes_on: bool = False
    whole: bool = False


class Exchange:
    """A request. `worker` is gunicorn's: it has the settings, the log and the app.

    complete: `received` has the whole request; else it is only refused.
    may_wait: it may wait for Telnyx, so that a thread must run it. All others are quick.
    """

    def __init__(
        self, worker: Any, received: bytes, complete: bool, client: Any, server: Any
    ) -> None:
        self._worker = worker
        self._complete = complete
        self._client = client
        self._output = _Output()
        self._pieces = iter([received[at : at + PIECE] for at in range(0, len(received), PIECE)])
        self._parser = get_parser(worker.cfg, self._pieces, client)
        self._request: Any = None
        self._answer: Answer | None = None
        try:
            self._request = next(self._parser)
            self._response, self._environ = wsgi.create(
                self._request, self._output, client, server, worker.cfg
            )
        except (StopIteration, errors.NoMoreData):
            error = errors.LimitRequestHeaders("the head is too long")
            self._answer = self._refused(error)
        except Exception as error:
            self._answer = self._refused(error)

    @property
    def may_wait(self) -> bool:
        return self._answer is None and is_control(self._environ["PATH_INFO"])

    def run(self) -> Answer:
        """Run the app. It raises nothing: an error becomes an answer, or the end of one."""
        if self._answer:
            return self._answer
        began = datetime.now()
        if not (self._complete and self._worker.alive and self._worker.cfg.keepalive):
            self._response.force_close()
        self._environ["wsgi.multithread"] = True
        try:
            self._write(self._worker.wsgi(self._environ, self._response.start_response))
        except Exception as error:
            if self._response.headers_sent:
                self._worker.log.exception("Error handling request")
                return Answer(self._output.parts)
            return self._refused(error)
        finally:
            took = datetime.now() - began
            self._worker.log.access(self._response, self._request, self._environ, took)
        return self._ended()

    def _write(self, body: Iterable[bytes]) -> None:
        try:
            for part in body:
                self._response.write(part)
            self._response.close()
        finally:
            if hasattr(body, "close"):
                body.close()

    def _ended(self) -> Answer:
        try:
            whole = self._complete and bool(self._parser.finish_body())
        except Exception:  # the body is malformed: where the next request begins is unknown
            whole = False
        goes_on = whole and not self._response.should_close()
        rest = self._parser.unreader.take_buffered() + b"".join(self._pieces) if goes_on else b""
        return Answer(self._output.parts, rest, goes_on, whole)

    def _refused(self, error: Exception) -> Answer:
        self._worker.handle_error(self._request, self._output, self._client, error)
        return Answer(self._output.parts)


class _Output:
    """Collects an answer, where gunicorn expects a socket."""

    def __init__(self) -> None:
        self.parts: list[bytes] = []

    def sendall(self, data: bytes) -> None:
        self.parts.append(data)

    def send(self, data: bytes) -> None:
        """Drop "100 Continue": the request is whole."""

    def gettimeout(self) -> float:
        return 0.0
