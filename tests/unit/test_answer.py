"""The bytes of an answer, from what the app gives."""

from __future__ import annotations

import re

import pytest

from conference.serving.answer import Response

KINDS = [("Content-Type", "text/plain")]


def encoded(response: Response, *, has_body: bool = True, goes_on: bool = True) -> bytes:
    raw = b"".join(response.encode("HTTP/1.1", has_body, goes_on))
    return re.sub(rb"Date: [A-Za-z]{3}, [^\r]* GMT\r\n", b"Date: now\r\n", raw)


def answered(status: str, headers: list[tuple[str, str]], *parts: bytes) -> Response:
    response = Response()
    response.start(status, headers)
    response.collect(parts)
    return response


def test_an_answer() -> None:
    response = answered("200 OK", [*KINDS, ("Content-Length", "5")], b"ab", b"cde")
    assert encoded(response) == (
        b"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 5\r\n"
        b"Server: gunicorn\r\nDate: now\r\nConnection: keep-alive\r\n\r\nabcde"
    )
    assert response.sent == 5
    assert b"\r\nConnection: close\r\n" in encoded(response, goes_on=False)


def test_the_length_is_added() -> None:
    assert b"Content-Length: 3\r\n" in encoded(answered("200 OK", KINDS, b"a", b"bc"))


@pytest.mark.parametrize(
    ("status", "has_body", "length"),
    [("200 OK", False, True), ("204 NO CONTENT", True, False), ("304 NOT MODIFIED", True, False)],
)
def test_some_answers_have_no_body(status: str, has_body: bool, length: bool) -> None:
    raw = encoded(answered(status, KINDS, b"abc"), has_body=has_body)
    assert raw.endswith(b"\r\n\r\n")
    assert (b"Content-Length: 3\r\n" in raw) is length


def test_headers_of_the_connection_are_the_servers_own() -> None:
    raw = encoded(answered("200 OK", [("Connection", "upgrade"), ("Keep-Alive", "timeout=5")]))
    assert raw.count(b"Connection: ") == 1
    assert b"Keep-Alive" not in raw


MALFORMED = [("X-A", "1\r\nX-B: 2"), ("X-A\r\nX-B", "1"), ("X-A", "1\n2"), ("", "1"), ("X A", "1")]


@pytest.mark.parametrize("header", MALFORMED)
def test_a_header_that_would_be_two_is_refused(header: tuple[str, str]) -> None:
    with pytest.raises(ValueError, match="malformed"):
        encoded(answered("200 OK", [header]))


def test_an_error_replaces_what_was_begun() -> None:
    response = answered("200 OK", KINDS)
    response.start("500 ERROR", [], exc_info=("type", "value", "traceback"))
    assert encoded(response).startswith(b"HTTP/1.1 500 ERROR\r\n")
    with pytest.raises(AssertionError):
        response.start("200 OK", [])


def test_the_apps_body_is_closed_even_if_it_breaks_off() -> None:
    class Body(list[bytes]):
        closed = False

        def __iter__(self):  # type: ignore[no-untyped-def]
            yield b"a"
            raise OSError

        def close(self) -> None:
            self.closed = True

    body = Body()
    with pytest.raises(OSError):
        Response().collect(body)
    assert body.closed
