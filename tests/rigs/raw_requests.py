"""Requests as bytes: whole ones, and those whose end a server must not wait for."""

from __future__ import annotations

from conference.serving.incoming import LONGEST_HEAD, MOST_CHUNKS
from conference.web.inbound import LARGEST

START = b"POST /webhook HTTP/1.1\r\nHost: a\r\n"
GET = b"GET /healthz HTTP/1.1\r\nHost: a\r\n\r\n"
CHUNKED = START + b"Transfer-Encoding: chunked\r\n\r\n"

WHOLE = {
    "no body": GET,
    "an empty body": START + b"Content-Length: 0\r\n\r\n",
    "a body": START + b"Content-Length: 5\r\n\r\n12345",
    "the name in capitals, spaces": START + b"CONTENT-LENGTH:   5  \r\n\r\n12345",
    "a body like a head": START + b"Content-Length: 8\r\n\r\n\r\n\r\n\r\n\r\n",
    "chunks": CHUNKED + b"5\r\n12345\r\nA\r\n0123456789\r\n0\r\n\r\n",
    "a chunk like an end": CHUNKED + b"7\r\n\r\n0\r\n\r\n\r\n0\r\n\r\n",
    "extensions and trailers": CHUNKED + b"1;a=b\r\nx\r\n000;c\r\nX-A: 1\r\nX-B: 2\r\n\r\n",
}
REFUSED = {
    "too large": START + b"Content-Length: %d\r\n\r\n" % (LARGEST + 2),
    "a length that is none": START + b"Content-Length: +5\r\n\r\n",
    "a length of many digits": START + b"Content-Length: " + b"9" * 400 + b"\r\n\r\n",
    "length and chunks": START + b"Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n",
    "a head without an end": START + b"X" * LONGEST_HEAD,
    "a chunk size that is none": CHUNKED + b"g\r\n",
    "a negative chunk size": CHUNKED + b"-1\r\n",
    "a size without an end": CHUNKED + b"1" * 9000,
    "chunks without an end": CHUNKED
    + b"fffff\r\n"
    + b"x" * 0xFFFFF
    + b"\r\nfffff\r\n"
    + b"x" * 70000,
    "too many chunks": CHUNKED + b"1\r\nx\r\n" * (MOST_CHUNKS + 1),
    "trailers without an end": CHUNKED + b"0\r\n" + b"X-A: 1\r\n" * 1200,
}
