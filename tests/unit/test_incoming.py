"""Where a request ends among the bytes of a connection."""

from __future__ import annotations

import pytest
from rigs.raw_requests import GET, REFUSED, START, WHOLE

from conference.serving.incoming import Incoming


def fed(*pieces: bytes) -> Incoming:
    incoming = Incoming()
    for piece in pieces:
        incoming.feed(piece)
    return incoming


@pytest.mark.parametrize("name", WHOLE)
def test_a_request_is_whole_with_its_last_byte_and_not_before(name: str) -> None:
    request = WHOLE[name]
    incoming = Incoming()
    for byte in range(len(request) - 1):
        incoming.feed(request[byte : byte + 1])
        assert not incoming.whole, f"after {byte + 1} of {len(request)} bytes"
    incoming.feed(request[-1:])
    assert incoming.whole
    assert not incoming.refused
    assert incoming.take().data == request
    assert not incoming.whole


@pytest.mark.parametrize("name", REFUSED)
def test_the_end_of_a_request_that_will_be_refused_is_not_waited_for(name: str) -> None:
    incoming = fed(REFUSED[name])
    assert (incoming.whole, incoming.refused) == (True, True)


def test_a_request_may_follow_at_once() -> None:
    incoming = fed(GET + GET)
    assert incoming.whole
    assert incoming.take().data == GET + GET
    incoming.feed(GET)
    assert incoming.whole


def test_what_a_client_expects_before_it_sends_the_body() -> None:
    incoming = fed(START + b"Content-Length: 5\r\nExpect: 100-Continue\r\n\r\n")
    assert not incoming.whole
    assert incoming.expects
    incoming.feed(b"12345")
    assert incoming.whole
    incoming.take()
    assert not incoming.expects


def test_an_older_client_is_not_sent_what_it_cannot_read() -> None:
    old = START.replace(b"HTTP/1.1", b"HTTP/1.0")
    incoming = fed(old + b"Content-Length: 5\r\nExpect: 100-continue\r\n\r\n")
    assert not incoming.whole
    assert not incoming.expects


@pytest.mark.parametrize("name", [b"Content-Length", b"Transfer-Encoding", b"Expect"])
def test_no_head_takes_long_to_read(name: bytes) -> None:
    """With a pattern that tries all ways to share the blanks out, this would not end."""
    blanks = b" \t" * 1_000_000
    chunked = name == b"Transfer-Encoding"
    assert fed(START + name + b":" + blanks + b"\rX\r\n\r\n").whole is not chunked
    assert fed(START + name + blanks + b"\rX\r\n\r\n").whole
