"""One HTTP request to any kind of server: its answer, its limits in time and size, its way."""

from __future__ import annotations

import base64
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

import pytest
from rigs.odd_server import OddServer

from conference.outgoing_http import NoAnswer, request

OK = b"HTTP/1.1 200 OK\r\n\r\n"
Answer = Callable[[socket.socket], None]


@contextmanager
def server(answer: Answer | bytes) -> Iterator[tuple[str, list[bytes]]]:
    """Run a server for one connection. Yield its address and what it has read.

    `answer`: the bytes that it sends, or a function that serves the connection.
    """
    read: list[bytes] = []
    with socket.create_server(("127.0.0.1", 0)) as listens:

        def serve() -> None:
            with suppress(OSError):  # nobody came, or went away
                client, _ = listens.accept()
                with client:
                    client.settimeout(10)
                    read.append(_request(client))
                    if isinstance(answer, bytes):
                        client.sendall(answer)
                    else:
                        answer(client)

        thread = threading.Thread(target=serve)
        thread.start()
        try:
            yield f"127.0.0.1:{listens.getsockname()[1]}", read
        finally:
            with suppress(OSError):
                listens.shutdown(socket.SHUT_RDWR)
            thread.join()


def _request(client: socket.socket) -> bytes:
    """Read a request; a POST comes in two parts."""
    read = client.recv(65536)
    while read.startswith(b"POST") and not read.endswith(b"a=1"):
        read += client.recv(65536)
    return read


def ask(url: str, within: float = 5) -> int:
    return request("POST", url, b"a=1", {"X-Mine": "yes"}, within).status


@pytest.mark.parametrize(
    ("answer", "status"),
    [
        (OK, 200),
        (b"HTTP/1.0 204 No Content\r\n\r\n", 204),
        (b"HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:9/\r\n\r\n", 302),
        (b"HTTP/1.1 503\r\n\r\n", 503),
        (OK + b"x" * 100_000, 200),
    ],
    ids=["200", "204", "a redirect", "without a phrase", "a book"],
)
def test_the_status_is_what_counts(answer: bytes, status: int) -> None:
    with server(answer) as (address, read):
        assert ask(f"http://{address}/told?x=%20#part") == status
    head, body = read[0].split(b"\r\n\r\n")
    lines = head.decode().split("\r\n")
    assert lines[0] == "POST /told?x=%20 HTTP/1.1"
    assert {f"Host: {address}", "X-Mine: yes", "Content-Length: 3", "Connection: close"} <= {*lines}
    assert body == b"a=1"


def test_a_get_has_no_body() -> None:
    with server(OK) as (address, read):
        assert request("GET", f"http://{address}/told?a=1&b=%20#part", b"", {}, 5).status == 200
    head, body = read[0].split(b"\r\n\r\n")
    assert head.startswith(b"GET /told?a=1&b=%20 HTTP/1.1\r\n")
    assert b"Content-Length" not in head
    assert body == b""


@pytest.mark.parametrize(
    "answer",
    [
        *(b"", b"HTTP/1.1", b"SSH-2.0-OpenSSH\r\n", b"HTTP/1.1 2000 OK\r\n"),
        *(b"HTTP/1.1 \xff\r\n", b"x" * 100_000, b"HTTP/1.1 103 Early Hints\r\n\r\n"),
    ],
    ids=["nothing", "half a line", "SSH", "a long status", "no status", "no end", "none yet"],
)
def test_what_is_no_http_is_no_answer(answer: bytes) -> None:
    with server(answer) as (address, _), pytest.raises(NoAnswer):
        ask(f"http://{address}/")


@pytest.mark.parametrize("drips", [False, True], ids=["it hangs", "it sends a byte at a time"])
def test_a_silent_or_slow_server_is_given_up(drips: bool) -> None:
    over = threading.Event()

    def answer(client: socket.socket) -> None:
        while not over.wait(0.02):
            if drips:
                client.sendall(b"H")

    with server(answer) as (address, _):
        with pytest.raises(NoAnswer, match=r"^TimeoutError$"):
            ask(f"http://{address}/", within=0.2)
        over.set()


DRIPS = {
    "a header": (OK[:-2], b"X-Drip: 1\r\n", 0),
    "the head's end": (OK[:-2], b"x", 0),
    "the body": (OK, b"x", 200),
    "chunks": (OK[:-2] + b"Transfer-Encoding: chunked\r\n\r\n", b"1\r\nx\r\n", 200),
    "no last answer": (b"", b"HTTP/1.1 100 Continue\r\n\r\n", 0),
}


@pytest.mark.parametrize("what", DRIPS)
def test_an_answer_is_limited_in_time_as_a_whole(what: str) -> None:
    first, drop, status = DRIPS[what]
    over = threading.Event()

    def answer(client: socket.socket) -> None:
        client.sendall(first)
        while not over.wait(0.02):
            client.sendall(drop)

    with server(answer) as (address, _):
        with pytest.raises(NoAnswer, match=r"^TimeoutError$") as raised:
            request("GET", f"http://{address}/", b"", {}, 0.3, most=1000)
        over.set()
    assert raised.value.status == status, "as much as arrived"


@pytest.mark.parametrize(
    ("answer", "body"),
    [
        (OK + b"x" * 5_000_000, b"x" * 1000),
        (OK + b"short", b"short"),
        (OK[:-2] + b"Content-Length: 3\r\n\r\nabcdef", b"abc"),
        (OK[:-2] + b"Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n", b"abcde"),
    ],
    ids=["a book", "a word", "no more than is said", "chunks"],
)
def test_no_more_of_the_body_is_read_than_wanted(answer: bytes, body: bytes) -> None:
    for most, read in ((1000, body), (0, b"")):
        with server(answer) as (address, _):
            found = request("GET", f"http://{address}/", b"", {}, 5, most)
        assert (found.status, found.body) == (200, read)


def test_the_head_is_limited_in_size() -> None:
    sent = []

    def answer(client: socket.socket) -> None:
        client.sendall(b"HTTP/1.1 100 Continue\r\n\r\n")
        while len(sent) < 1000:
            client.sendall(b"HTTP/1.1 100 Continue\r\nX: " + b"x" * 10_000 + b"\r\n\r\n")
            sent.append(10_000)

    with server(answer) as (address, _), pytest.raises(NoAnswer) as raised:
        ask(f"http://{address}/")
    assert not isinstance(raised.value.error, TimeoutError)
    assert sum(sent) < 10_000_000


def test_names_of_headers_are_in_lower_case() -> None:
    with server(OK[:-2] + b"X-Mine: Yes\r\n\r\n") as (address, _):
        assert request("GET", f"http://{address}/", b"", {}, 5).headers == {"x-mine": "Yes"}


@pytest.mark.parametrize(
    "url",
    ["http://127.0.0.1:x/", "http://[::1/", "ftp://127.0.0.1/", "//127.0.0.1/", "http:///x", ""],
)
def test_a_malformed_address_is_no_answer(url: str) -> None:
    with pytest.raises(NoAnswer, match=r"^ValueError$"):
        ask(url)


@pytest.mark.parametrize(
    "url", ["http://127.0.0.1:9/secret", f"http://{'a' * 70}.test/", "http://a..test/secret"]
)
def test_where_nobody_is_there_is_no_answer_and_nothing_is_quoted(url: str) -> None:
    with pytest.raises(NoAnswer) as raised:
        ask(url)
    assert str(raised.value).isalpha(), "the error's name"
    assert raised.value.__cause__ is None


def test_a_certificate_must_be_good() -> None:
    with OddServer(tls=True) as unsafe:
        with pytest.raises(NoAnswer, match=r"^SSLCertVerificationError$"):
            ask(unsafe.url)


def test_user_and_password_go_as_basic_authorization() -> None:
    with server(OK) as (address, read):
        assert ask(f"http://m%C3%A9:p%40ss@{address}/") == 200
    given = base64.b64encode("mé:p@ss".encode()).decode()
    assert f"Authorization: Basic {given}\r\n".encode() in read[0]
    assert f"Host: {address}\r\n".encode() in read[0]


@pytest.mark.parametrize(
    ("url", "first"),
    [
        ("http://me:pass@told.test/x?y=1", b"POST http://told.test/x?y=1 HTTP/1.1\r\n"),
        ("https://me:pass@told.test/x", b"CONNECT told.test:443 HTTP/1."),
    ],
)
def test_it_goes_by_the_proxy(monkeypatch: pytest.MonkeyPatch, url: str, first: bytes) -> None:
    with server(b"HTTP/1.1 407 No\r\n\r\n") as (address, read):
        for name in ("http_proxy", "https_proxy"):
            monkeypatch.setenv(name, f"http://us:word@{address}")
        with suppress(NoAnswer):
            assert ask(url) == 407
    assert read[0].startswith(first)
    welcome = b"Proxy-Authorization: Basic " + base64.b64encode(b"us:word")
    assert welcome in read[0]
    mine = b"\r\nAuthorization: Basic " + base64.b64encode(b"me:pass")
    assert (mine in read[0]) == url.startswith("http://"), "a tunnel is told nothing of it"


def test_a_proxy_reads_nothing_of_tls(monkeypatch: pytest.MonkeyPatch) -> None:
    came: list[bytes] = []

    def proxy(client: socket.socket) -> None:
        client.sendall(b"HTTP/1.1 200 Connection established\r\n\r\n")
        came.append(client.recv(3))

    with server(proxy) as (address, read):
        monkeypatch.setenv("https_proxy", address)
        with pytest.raises(NoAnswer):
            ask("https://me:pass@told.test:8443/secret")
    head = read[0].split(b"\r\n")
    assert head[0] == b"CONNECT told.test:8443 HTTP/1.1"
    assert b"Host: told.test:8443" in head and b"secret" not in read[0]
    assert came == [b"\x16\x03\x01"], "the beginning of TLS"


def test_no_proxy_stands_between_us_and_this_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:9")
    monkeypatch.delenv("NO_PROXY")
    with server(OK) as (address, _):
        assert ask(f"http://{address}/") == 200
