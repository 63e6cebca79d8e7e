"""Finds where a request ends among the bytes of a connection. It reads no socket.

gunicorn's parser decides what the bytes mean, and it reads a socket until it has enough. So the
bytes are kept here until that parser will find all it needs, or something to refuse.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from conference.web.inbound import LARGEST

HEAD_END = b"\r\n\r\n"
LONGEST_HEAD = 64 * 1024  # bytes; gunicorn's own limits for a line and a header are smaller
LONGEST_BODY = LARGEST + 1  # bytes; by the last one the app sees that it is too large
LONGEST_CHUNKED = LARGEST + 64 * 1024  # bytes of a chunked body, with the sizes of its chunks
LONGEST_SIZE_LINE = 8 * 1024  # bytes of the line before a chunk
MOST_CHUNKS = 2000  # each costs time, however short it is; proxies send some thousand bytes in one

_LENGTH = re.compile(rb"\r\ncontent-length[ \t]*+:([^\r]*+)\r\n", re.IGNORECASE)
_CODING = re.compile(rb"\r\ntransfer-encoding[ \t]*+:", re.IGNORECASE)
_EXPECTS = re.compile(rb"\r\nexpect[ \t]*+:[ \t]*+100-continue[ \t]*+\r\n", re.IGNORECASE)
_DIGITS = re.compile(rb"[0-9]{1,9}")
_HEX = re.compile(rb"[0-9A-Fa-f]{1,8}")


class Received(NamedTuple):
    """The bytes of a request, and what the client sent after it.

    head: bytes of the head. size: of the whole request; None if only its parser can know, or if it
    will be refused. complete: it came to its end.
    """

    data: bytes
    head: int
    size: int | None
    complete: bool

    @property
    def head_and_body(self) -> tuple[bytes, bytes]:
        return self.data[: self.head], self.data[self.head : self.size]


class Incoming:
    """The received bytes that no request has taken yet."""

    __slots__ = (
        "_at",
        "_chunked",
        "_chunks",
        "_head",
        "_searched",
        "_size",
        "data",
        "expects",
        "refused",
    )

    def __init__(self) -> None:
        self.data = bytearray()
        self._begin()

    def _begin(self) -> None:
        self._searched = 0  # no end of the head before this position
        self._head = 0  # the head's size, once it is whole
        self._size: int | None = None  # of the request, once it is known
        self._chunked = False
        self._chunks = 0
        self._at = 0  # where the next chunk begins
        self.expects = False  # the client waits for "100 Continue" before it sends the body
        self.refused = False  # the request will be refused, so its end is not waited for

    def feed(self, data: bytes) -> None:
        self.data += data

    @property
    def whole(self) -> bool:
        """Is there a whole request, or enough of one to refuse it?"""
        if not self.data:
            return False
        if not self._head and not self._find_head():
            self.refused = len(self.data) > LONGEST_HEAD
        elif self._chunked and self._size is None and not self.refused:
            self._find_last_chunk()
        return self.refused or (self._size is not None and len(self.data) >= self._size)

    def take(self) -> Received:
        """Remove and return all bytes. Those of a later request come back by `feed`."""
        size = None if self._chunked or self.refused else self._size
        received = Received(bytes(self.data), self._head, size, not self.refused)
        self.data.clear()
        self._begin()
        return received

    def _find_head(self) -> bool:
        end = self.data.find(HEAD_END, self._searched)
        if end < 0:
            self._searched = max(0, len(self.data) - len(HEAD_END) + 1)
            return False
        self._head = self._at = end + len(HEAD_END)
        self._read_head(bytes(self.data[: end + 2]))
        return True

    def _read_head(self, head: bytes) -> None:
        lengths = [length.strip() for length in _LENGTH.findall(head)]
        is_new = head.partition(b"\r\n")[0].endswith(b" HTTP/1.1")
        self.expects = is_new and bool(_EXPECTS.search(head))
        if _CODING.search(head):
            self._chunked = True
            self.refused = bool(lengths)  # with both, its end is ambiguous
        elif not lengths:
            self._size = self._head
        elif _DIGITS.fullmatch(lengths[0]) and int(lengths[0]) <= LONGEST_BODY:
            self._size = self._head + int(lengths[0])
        else:
            self.refused = True

    def _find_last_chunk(self) -> None:
        """Go on from the last chunk that was found."""
        data = self.data
        while (end := data.find(b"\r\n", self._at)) >= 0:
            size = data[self._at : end].partition(b";")[0].strip()
            if not _HEX.fullmatch(size):
                self.refused = True
                return
            if not int(size, 16):
                trailers = data.find(HEAD_END, end)
                self._size = trailers + len(HEAD_END) if trailers >= 0 else None
                break
            self._at = end + 2 + int(size, 16) + 2
            self._chunks += 1
        so_far = len(data)
        too_much = so_far - self._head > LONGEST_CHUNKED or self._chunks > MOST_CHUNKS
        self.refused = too_much or (self._size is None and so_far - self._at > LONGEST_SIZE_LINE)
