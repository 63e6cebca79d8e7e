"""Parses the head of an answer. http.client's parser takes several times as long."""

from __future__ import annotations

import re
from dataclasses import dataclass

from conference.outgoing_http.received import BadAnswer

STATUS_LINE = re.compile(rb"HTTP/1\.([01]) ([1-9]\d\d)(?: .*)?\r?")
FOLD = re.compile(rb"\r?\n[ \t]+")  # a header may go on in the next line


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
            raise BadAnswer("has a malformed length")
        return None if length is None else int(length)

    @property
    def chunked(self) -> bool:
        coding = self.headers.get("transfer-encoding", "").lower()
        if coding not in ("", "chunked"):
            raise BadAnswer("has an unknown transfer coding")
        return bool(coding)


def parse(block: bytes) -> Head:
    """Parse a status line and headers. BadAnswer if they are malformed."""
    first, *lines = FOLD.sub(b" ", block).split(b"\n")
    line = STATUS_LINE.fullmatch(first)
    if not line:
        raise BadAnswer("is not HTTP")
    headers: dict[str, str] = {}
    for each in lines:
        name, colon, value = each.decode("latin-1").partition(":")
        if not colon:
            raise BadAnswer("has a malformed header")
        name, value = name.strip().lower(), value.strip()
        headers[name] = f"{headers[name]}, {value}" if name in headers else value
    return Head(int(line[1]), int(line[2]), headers)
