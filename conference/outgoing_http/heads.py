"""Reads the head of an answer, in a third of the time that http.client's parser takes."""

from __future__ import annotations

import re
from dataclasses import dataclass

from conference.outgoing_http.received import BadAnswer, Received

STATUS_LINE = re.compile(rb"HTTP/1\.([01]) ([1-9]\d\d)(?: .*)?")


@dataclass(frozen=True, slots=True)
class Head:
    """Status and headers of an answer. Names of headers are in lower case."""

    minor_version: int
    status: int
    headers: dict[str, str]

    @property
    def keeps(self) -> bool:
        """Does the server keep the connection?"""
        options = self.headers.get("connection", "").lower()
        return self.minor_version == 1 and "close" not in options

    @property
    def has_no_body(self) -> bool:
        return self.status in (204, 304)

    @property
    def length(self) -> int | None:
        """Return the length of the body in bytes; None if only its end gives it."""
        length = self.headers.get("content-length")
        if length is not None and not re.fullmatch("[0-9]{1,18}", length):
            raise BadAnswer("is not HTTP: a length is malformed")
        return None if length is None else int(length)

    @property
    def chunked(self) -> bool:
        coding = self.headers.get("transfer-encoding", "").lower()
        if coding not in ("", "chunked"):
            raise BadAnswer("has an unknown transfer coding")
        return bool(coding)


def read_head(received: Received) -> Head:
    """Read a status line and headers. BadAnswer if they are malformed."""
    line = STATUS_LINE.fullmatch(received.line())
    if not line:
        raise BadAnswer("is not HTTP")
    headers: dict[str, str] = {}
    name = ""
    while raw := received.line():
        if raw[0] in b" \t" and name:  # the header goes on
            headers[name] += f" {raw.decode('latin-1').strip()}"
            continue
        name, colon, value = raw.decode("latin-1").partition(":")
        if not colon:
            raise BadAnswer("is not HTTP: a header is malformed")
        name, value = name.strip().lower(), value.strip()
        headers[name] = f"{headers[name]}, {value}" if name in headers else value
    return Head(int(line[1]), int(line[2]), headers)
