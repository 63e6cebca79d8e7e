"""Heads of requests, ordinary ones and all kinds of others, for gunicorn's parser and ours."""

from __future__ import annotations

MANY = b"".join(b"X-%d: 1\r\n" % n for n in range(60))

PLAIN = {
    "a webhook": (
        b"POST /webhook HTTP/1.1\r\nHost: line.example\r\nUser-Agent: telnyx-webhooks\r\n"
        b"Content-Type: application/json\r\nContent-Length: 2\r\nTelnyx-Timestamp: 17\r\n\r\n"
    ),
    "by a proxy": (
        b"POST /webhook HTTP/1.1\r\nHost: a:5000\r\nX-Forwarded-For: 192.0.2.1\r\n"
        b"X-Forwarded-Proto: https\r\nContent-Length: 0\r\n\r\n"
    ),
    "a query": b"GET /api/events?after=12&x=%2B1 HTTP/1.1\r\nHost: a\r\n\r\n",
    "an empty query": b"GET /? HTTP/1.1\r\nHost: a\r\n\r\n",
    "spaces and tabs": b"GET / HTTP/1.1\r\nHost: \t a \t \r\nX-A:1\r\nX-B: \r\n\r\n",
    "to be closed": b"GET / HTTP/1.1\r\nHost: a\r\nConnection: Close\r\n\r\n",
    "another method": b"PATCH /a.b/c_d~e-f HTTP/1.1\r\nHost: a\r\n\r\n",
}
UNUSUAL = {
    "an older version": b"GET / HTTP/1.0\r\nHost: a\r\n\r\n",
    "no host": b"GET / HTTP/1.1\r\nX-A: 1\r\n\r\n",
    "two hosts": b"GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n",
    "two of a header": b"GET / HTTP/1.1\r\nHost: a\r\nX-A: 1\r\nX-A: 2\r\n\r\n",
    "two lengths": b"GET / HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\nContent-Length: 1\r\n\r\n",
    "a length with a sign": b"GET / HTTP/1.1\r\nHost: a\r\nContent-Length: +1\r\n\r\n",
    "chunks": b"GET / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n",
    "an expectation": b"GET / HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\n\r\n",
    "an upgrade": b"GET / HTTP/1.1\r\nHost: a\r\nUpgrade: websocket\r\n\r\n",
    "several wishes": b"GET / HTTP/1.1\r\nHost: a\r\nConnection: close, x\r\n\r\n",
    "two schemes": (
        b"GET / HTTP/1.1\r\nHost: a\r\nX-Forwarded-Ssl: on\r\nX-Forwarded-Proto: http\r\n\r\n"
    ),
    "an underscore": b"GET / HTTP/1.1\r\nHost: a\r\nX_A: 1\r\n\r\n",
    "a space before the colon": b"GET / HTTP/1.1\r\nHost: a\r\nX-A : 1\r\n\r\n",
    "a header over two lines": b"GET / HTTP/1.1\r\nHost: a\r\nX-A: 1\r\n 2\r\n\r\n",
    "a bare line feed": b"GET / HTTP/1.1\r\nHost: a\nX-A: 1\r\n\r\n",
    "a bare carriage return": b"GET / HTTP/1.1\r\nHost: a\rX-A: 1\r\n\r\n",
    "a null": b"GET / HTTP/1.1\r\nHost: a\x00b\r\n\r\n",
    "no ASCII": b"GET / HTTP/1.1\r\nHost: \xe4\r\n\r\n",
    "an escape": b"GET /%61pi/rooms HTTP/1.1\r\nHost: a\r\n\r\n",
    "two slashes": b"GET //api HTTP/1.1\r\nHost: a\r\n\r\n",
    "a whole address": b"GET http://evil/api HTTP/1.1\r\nHost: a\r\n\r\n",
    "a fragment": b"GET /a#b HTTP/1.1\r\nHost: a\r\n\r\n",
    "an unknown method": b"BREW / HTTP/1.1\r\nHost: a\r\n\r\n",
    "a method in small letters": b"get / HTTP/1.1\r\nHost: a\r\n\r\n",
    "two spaces": b"GET  / HTTP/1.1\r\nHost: a\r\n\r\n",
    "too many headers": b"GET / HTTP/1.1\r\nHost: a\r\n%b\r\n" % MANY,
    "a long header": b"GET / HTTP/1.1\r\nHost: a\r\nX-A: " + b"x" * 5000 + b"\r\n\r\n",
}
