"""Requests as bytes, to the real server: what is answered, and whether the connection goes on."""

from __future__ import annotations

import re
import socket
import ssl
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

import pytest
from rigs.certificates import self_signed
from rigs.people import TOKEN
from rigs.raw_requests import CHUNKED, GET, START
from rigs.servers import GUNICORN, Server, run
from rigs.waiting import until

from conference.web.inbound import LARGEST

TOO_LARGE = START + b"Content-Length: %d\r\n\r\n"
A_BYTE_TOO_LARGE = TOO_LARGE % (LARGEST + 1) + b"x" * LARGEST + b"x"
NO_LENGTH = START + b"Content-Length: -5\r\n\r\n"
TWO_LENGTHS = START + b"Content-Length: 5\r\nContent-Length: 50\r\n\r\n"
BOTH = START + b"Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n"
LARGE_CHUNKS = b"100001\r\n%b\r\nfffff\r\n%b" % (b"x" * 0x100001, b"x" * 70_000)


def get(path: bytes, *headers: bytes, version: bytes = b"1.1") -> bytes:
    return b"\r\n".join([b"GET %b HTTP/%b" % (path, version), b"Host: a", *headers, b"", b""])


class Case(NamedTuple):
    """What a client sends, the statuses of the answers, and whether the connection goes on."""

    sent: bytes
    statuses: list[int]
    goes_on: bool


CONTROL = get(b"/api/rooms", b"Authorization: Bearer " + TOKEN.encode())
UNREAD = b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nabc"

CASES = {
    "one": Case(GET, [200], goes_on=True),
    "three together": Case(GET * 3, [200, 200, 200], goes_on=True),
    "one for a thread, and one behind it": Case(CONTROL + GET, [200, 200], goes_on=True),
    "a body that the app does not read": Case(UNREAD + GET, [404, 200], goes_on=True),
    "chunks": Case(CHUNKED + b"5\r\n12345\r\n0\r\n\r\n" + GET, [401, 200], goes_on=True),
    "the last": Case(get(b"/healthz", b"Connection: close") + GET, [200], goes_on=False),
    "HTTP/1.0": Case(get(b"/healthz", version=b"1.0"), [200], goes_on=False),
    "HTTP/1.0, kept": Case(
        get(b"/healthz", b"Connection: keep-alive", version=b"1.0"), [200], goes_on=True
    ),
    "a byte too large": Case(A_BYTE_TOO_LARGE, [413], goes_on=True),
    "too large": Case(TOO_LARGE % (LARGEST * 2) + GET, [413], goes_on=False),
    "too large in chunks": Case(CHUNKED + LARGE_CHUNKS, [413], goes_on=False),
    "malformed chunks": Case(CHUNKED + b"zz\r\n" + GET, [400], goes_on=False),
    "length and chunks": Case(BOTH + b"0\r\n\r\n" + GET, [400], goes_on=False),
    "two lengths": Case(TWO_LENGTHS + b"12345" + GET, [400], goes_on=False),
    "a length that is none": Case(NO_LENGTH + GET, [400], goes_on=False),
    "a head without an end": Case(START + b"X: " + b"x" * 70_000, [431], goes_on=False),
    "a long header": Case(get(b"/healthz", b"X: " + b"x" * 9000), [431], goes_on=False),
    "not HTTP": Case(b"\x16\x03\x01 hello\r\n\r\n", [400], goes_on=False),
}


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with run(GUNICORN, tmp_path_factory.mktemp("requests"), CONTROL_TOKEN=TOKEN) as server:
        server.up()
        yield server


def statuses(received: bytes) -> list[int]:
    return [int(status) for status in re.findall(rb"HTTP/1.[01] ([0-9]{3}) ", received)]


@pytest.mark.parametrize("name", CASES)
def test_a_request_is_answered_and_the_connection_goes_on_or_ends(
    server: Server, name: str
) -> None:
    case, received = CASES[name], b""
    with socket.create_connection(("127.0.0.1", server.port), timeout=10) as client:
        client.sendall(case.sent)
        while len(statuses(received)) < len(case.statuses):
            more = client.recv(65536)
            assert more, f"closed after {received!r}"
            received += more
        assert (b"\r\nConnection: close\r\n" in received) is not case.goes_on
        if case.goes_on:
            client.sendall(get(b"/", b"Connection: close"))
        else:
            client.shutdown(socket.SHUT_WR)
        received += rest(client)
    assert statuses(received) == [*case.statuses, *([200] if case.goes_on else [])]
    assert server.ask("GET", "/healthz") == 200
    assert server.log.count("Traceback") == 0


def rest(client: socket.socket) -> bytes:
    """Return what comes until the server closes the connection."""
    received = b""
    while more := client.recv(65536):
        received += more
    return received


def test_a_client_may_wait_for_leave_to_send_its_body(server: Server) -> None:
    with socket.create_connection(("127.0.0.1", server.port), timeout=10) as client:
        client.sendall(START + b"Content-Length: 5\r\nExpect: 100-continue\r\n\r\n")
        assert client.recv(65536) == b"HTTP/1.1 100 Continue\r\n\r\n"
        client.sendall(b"12345")
        assert statuses(client.recv(65536)) == [401]


def test_a_client_that_has_sent_all_may_close_its_side(server: Server) -> None:
    with socket.create_connection(("127.0.0.1", server.port), timeout=10) as client:
        client.sendall(GET)
        client.shutdown(socket.SHUT_WR)
        assert statuses(rest(client)) == [200]


def test_a_long_answer_arrives_whole(server: Server) -> None:
    with socket.create_connection(("127.0.0.1", server.port), timeout=10) as client:
        client.sendall(get(b"/hold-music.wav", b"Connection: close"))
        head, _, body = rest(client).partition(b"\r\n\r\n")
    assert b"Content-Length: %d" % len(body) in head
    assert len(body) > 300_000


def test_the_server_may_speak_tls_itself(tmp_path: Path) -> None:
    both = tmp_path / "both.pem"
    both.write_text(self_signed("127.0.0.1"))
    with run([*GUNICORN, f"--certfile={both}", f"--keyfile={both}"], tmp_path) as server:
        trust = ssl.create_default_context(cafile=both)

        def ask() -> bytes:
            with (
                suppress(OSError),
                socket.create_connection(("127.0.0.1", server.port), timeout=10) as plain,
                trust.wrap_socket(plain, server_hostname="127.0.0.1") as client,
            ):
                client.sendall(GET + get(b"/hold-music.wav", b"Connection: close"))
                return rest(client)
            return b""

        received = until(ask)
        assert statuses(received) == [200, 200]
        assert len(received) > 300_000
        assert server.log.count("Traceback") == 0


def test_a_client_that_speaks_no_tls_stops_nobody(tmp_path: Path) -> None:
    both = tmp_path / "both.pem"
    both.write_text(self_signed("127.0.0.1"))
    with run([*GUNICORN, f"--certfile={both}", f"--keyfile={both}"], tmp_path) as server:
        until(lambda: server.ask("GET", "/healthz") is None and "Telnyx must send" in server.log)
        for _ in range(3):
            with socket.create_connection(("127.0.0.1", server.port), timeout=10) as client:
                client.sendall(GET)
                with suppress(ConnectionResetError):
                    assert statuses(rest(client)) == []
        assert server.end() == 0
        assert server.log.count("Traceback") == 0
