"""Reads the answer to a request, limited in time and size."""

from __future__ import annotations

import re
import zlib
from collections.abc import Mapping
from dataclasses import dataclass, field

from conference.outgoing_http.connection import Connection
from conference.outgoing_http.heads import Head, read_head
from conference.outgoing_http.received import BadAnswer, Received

LONGEST_HEAD = 64 * 1024  # bytes of all heads together: interim answers have heads too
WINDOW = {"gzip": 31, "x-gzip": 31, "deflate": 15}  # zlib's wbits, by Content-Encoding


@dataclass(frozen=True, slots=True)
class Response:
    """An answer. Names of headers are in lower case; `body` may be only the beginning."""

    status: int
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""


class AnswerReader:
    """Reads one answer from a connection. OSError or BadAnswer if it does not come whole in time.

    status: of the answer; 0 before its head is read. keeps: may another request follow? False
    before all is read.
    """

    def __init__(self, connection: Connection, until: float) -> None:
        self.status = 0
        self.keeps = False
        self._received = Received(connection, until, LONGEST_HEAD)

    @property
    def is_ahead(self) -> bool:
        """Has more come than was read?"""
        return bool(self._received)

    def head(self) -> Head:
        """Read the head. Interim answers are skipped."""
        while (head := read_head(self._received)).status < 200:
            if head.status == 101:
                raise BadAnswer("changes the protocol")
        self.status = head.status
        return head

    def whole(self, most: int) -> Response:
        """Read the whole answer. BadAnswer if its body has more than `most` bytes."""
        head = self.head()
        raw = self._body(head, most)
        body = raw if len(raw) > most else _decompressed(raw, head, most)
        if len(body) > most:
            raise BadAnswer(f"is longer than {most} bytes")
        if head.has_no_body:
            clear_end = not head.chunked and not head.length
        else:
            clear_end = head.chunked != ("content-length" in head.headers)
        self.keeps = head.keeps and clear_end and not self.is_ahead
        return Response(head.status, head.headers, body)

    def beginning(self, most: int) -> Response:
        """Read the answer with up to `most` bytes of its body."""
        head = self.head()
        raw = self._body(head, most)[:most] if most else b""
        return Response(head.status, head.headers, _decompressed(raw, head, most, whole=False))

    def _body(self, head: Head, most: int) -> bytes:
        """Return the body; of a longer one than `most` bytes, only one byte more."""
        if head.has_no_body:
            return b""
        self._received.allow(most)
        if head.chunked:
            return self._chunks(most)
        if (length := head.length) is None:
            return self._received.to_the_end(most)[: most + 1]
        return self._received.take(min(length, most + 1))

    def _chunks(self, most: int) -> bytes:
        body = bytearray()
        while size := _chunk_size(self._received.line()):
            body += self._received.take(min(size, most + 1 - len(body)))
            if len(body) > most:
                return bytes(body)
            if self._received.line():
                raise BadAnswer("is not HTTP: a chunk is malformed")
        while self._received.line():
            pass  # a trailer
        return bytes(body)


def _chunk_size(line: bytes) -> int:
    size = line.partition(b";")[0].strip()
    if not re.fullmatch(b"[0-9a-fA-F]{1,15}", size):
        raise BadAnswer("is not HTTP: a chunk is malformed")
    return int(size, 16)


def _decompressed(raw: bytes, head: Head, most: int, whole: bool = True) -> bytes:
    """Return the plain body; of a longer one than `most` bytes, perhaps one byte more."""
    encoding = head.headers.get("content-encoding", "").lower()
    if not raw or encoding in ("", "identity"):
        return raw
    if encoding not in WINDOW:
        raise BadAnswer("is encoded in an unknown way")
    unpacks = zlib.decompressobj(WINDOW[encoding])
    try:
        body = unpacks.decompress(raw, most + whole)
    except zlib.error:
        raise BadAnswer("is not compressed as its header says") from None
    if whole and len(body) <= most and not (unpacks.eof and not unpacks.unused_data):
        raise BadAnswer("is not compressed as its header says")
    return body
