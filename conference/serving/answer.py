"""Makes the bytes of an answer from the app's status, headers and body (WSGI)."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from gunicorn.util import http_date, is_hoppish

WITHOUT_BODY = ("1", "204", "304")  # how their statuses begin

_HEAD = re.compile(r"[0-9]{3} [ -~]*(?:\r\n[!#$%&'*+.^_`|~0-9A-Za-z-]+: [\t -~\x80-\xff]*)*")


@dataclass(frozen=True, slots=True)
class Answer:
    """The bytes for the client.

    rest: the client's bytes after the request, if the connection goes on. whole: the request was
    read to its end, so no byte of it is still under way.
    """

    parts: list[bytes]
    rest: bytes = b""
    goes_on: bool = False
    whole: bool = False


class Response:
    """The app's answer. gunicorn's access log reads `status`, `headers` and `sent`."""

    def __init__(self) -> None:
        self.status = ""
        self.headers: list[tuple[str, str]] = []
        self.sent = 0  # bytes of the body
        self._parts: list[bytes] = []

    def start(
        self, status: str, headers: list[tuple[str, str]], exc_info: Any = None
    ) -> Callable[[bytes], None]:
        """WSGI's start_response. Nothing is sent yet, so an error may still replace the answer."""
        if self.status and exc_info is None:
            raise AssertionError("start_response was called twice")
        self.status, self.headers = status, headers
        return self._parts.append

    def collect(self, body: Iterable[bytes]) -> None:
        """Take the whole body from the app."""
        try:
            self._parts.extend(body)
        finally:
            if hasattr(body, "close"):
                body.close()

    def encode(self, version: str, has_body: bool, goes_on: bool) -> list[bytes]:
        """Return the bytes, in parts. ValueError if a header would not be read as one.

        version: HTTP/1.1 or HTTP/1.0. has_body: the method is not HEAD.
        """
        body = self._parts if has_body and not self.status.startswith(WITHOUT_BODY) else []
        self.sent = sum(map(len, body))
        own = [(name, value) for name, value in self.headers if not is_hoppish(name)]
        if not self.status.startswith(WITHOUT_BODY) and not any(
            name.lower() == "content-length" for name, _ in own
        ):
            own.append(("Content-Length", str(sum(map(len, self._parts)))))
        said = "\r\n".join([self.status, *[f"{name}: {value}" for name, value in own]])
        if said.count("\r\n") != len(own) or not _HEAD.fullmatch(said):
            raise ValueError("the app's status or headers are malformed")
        connection = "keep-alive" if goes_on else "close"
        date = _date(int(time.time()))
        usual = f"Server: gunicorn\r\nDate: {date}\r\nConnection: {connection}"
        head = f"{version} {said}\r\n{usual}\r\n\r\n".encode("latin-1")
        if self.sent <= 64 * 1024:
            return [b"".join([head, *body])]
        return [head, *body]


@lru_cache(maxsize=1)
def _date(second: int) -> str:
    date: str = http_date(second)
    return date
