"""Bytes from a connection, limited in time and number."""

from __future__ import annotations

from conference.outgoing_http.connection import Connection, left

PIECE = 16 * 1024  # bytes that are received at a time


class BadAnswer(Exception):
    """An answer is malformed, too long or not whole. The text is a predicate: "is not HTTP"."""


class Received:
    """Receives bytes until a time, and up to `most` of them; `allow` adds more.

    OSError if the connection breaks or the time is over. BadAnswer if it ends early, or if more
    bytes would be needed.
    """

    def __init__(self, connection: Connection, until: float, most: int) -> None:
        self._connection, self._until, self._most = connection, until, most
        self._buffer = bytearray()
        self._begun = False

    def __len__(self) -> int:
        """Return how many bytes have come and are not taken."""
        return len(self._buffer)

    def allow(self, more: int) -> None:
        self._most += more

    def line(self) -> bytes:
        """Take a line, and return it without its end."""
        searched = 0
        while (end := self._buffer.find(b"\n", searched)) < 0:
            searched = len(self._buffer)
            self._need("is not HTTP: it ends amid a line")
        return self.take(end + 1).rstrip(b"\r\n")

    def take(self, size: int) -> bytes:
        """Take so many bytes."""
        while len(self._buffer) < size:
            self._need("breaks off")
        taken = bytes(self._buffer[:size])
        del self._buffer[:size]
        return taken

    def to_the_end(self, most: int) -> bytes:
        """Take all that comes until the connection ends, or more than `most` bytes have come."""
        while len(self._buffer) <= most and self._receive():
            pass
        return self.take(len(self._buffer))

    def _need(self, otherwise: str) -> None:
        if self._receive():
            return
        if not self._begun:
            raise ConnectionError("the connection was closed without an answer")
        raise BadAnswer(otherwise)

    def _receive(self) -> bool:
        """Receive some bytes. Return False at the end of the connection."""
        if not self._most:
            raise BadAnswer("is too long")
        self._connection.settimeout(left(self._until))
        piece = self._connection.recv(min(self._most, PIECE))
        self._most -= len(piece)
        self._buffer += piece
        self._begun = self._begun or bool(piece)
        return bool(piece)
