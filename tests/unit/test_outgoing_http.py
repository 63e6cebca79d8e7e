"""The client of all requests that go out: kept connections, TLS, proxies, names, addresses."""

from __future__ import annotations

import base64
import os
import socket
import ssl
import threading
import tracemalloc
import zlib
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from typing import Any

import pytest
from rigs.certificates import self_signed
from rigs.scripted_server import Connection, ScriptedServer, answers, response
from rigs.waiting import until

from conference.core import commands
from conference.outgoing_http import BadAnswer, Client, NoAnswer, Response, tls
from conference.outgoing_http import client as client_module
from conference.telnyx_api import TelnyxApi

Connect = Callable[..., TelnyxApi]
HANGUP = commands.Hangup("v3:1")
DONE = response(b'{"data": {"result": "ok"}}')
NOTHING = response(b'{"data": [], "meta": {"total_pages": 1}}')
WELCOME = b"Proxy-Authorization: Basic " + base64.b64encode(b"us:w@rd") + b"\r\n"


def has_ipv6() -> bool:
    with suppress(OSError), socket.create_server(("::1", 0), family=socket.AF_INET6):
        return True
    return False


LOOPBACKS = ["127.0.0.1", *(["::1"] if has_ipv6() else [])]


def post(client: Client, target: str = "/x", within: float = 10) -> Response:
    return client.request("POST", target, b"{}", {"X-Mine": "yes"}, within, 1000)


@pytest.fixture
def environment(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    """An environment without proxies or certificates, whatever the machine's is."""
    for name in os.environ:
        if name.lower().endswith("_proxy") or name.startswith("SSL_CERT_"):
            monkeypatch.delenv(name)
    return monkeypatch


# Kept connections


def test_a_connection_is_kept_for_the_next_request() -> None:
    read: list[bytes] = []

    def serve(connection: Connection) -> None:
        while request := connection.request():
            read.append(request)
            connection.send(response(str(len(read)).encode()))

    with ScriptedServer(serve) as server, closing(Client(server.url)) as client:
        found = [post(client, "/v2/a?b=%20").body for _ in range(3)]
    assert (found, server.connections) == ([b"1", b"2", b"3"], 1)
    head, body = read[2].split(b"\r\n\r\n")
    assert body == b"{}"
    assert head.decode().split("\r\n") == [
        "POST /v2/a?b=%20 HTTP/1.1",
        f"Host: {server.authority}",
        "Accept-Encoding: identity",
        "Content-Length: 2",
        "X-Mine: yes",
    ]


def test_threads_share_connections_and_no_more_are_kept_than_allowed(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(client_module, "MOST_IDLE", 2)
    all_here, ended = threading.Barrier(5), []

    def serve(connection: Connection) -> None:
        while connection.request():
            with suppress(threading.BrokenBarrierError):
                all_here.wait(10)
            connection.send(DONE)
        ended.append(connection)

    with ScriptedServer(serve) as server, closing(Client(server.url)) as client:
        with ThreadPoolExecutor(5) as threads:
            assert {each.status for each in threads.map(lambda _: post(client), range(5))} == {200}
        all_here.abort()
        until(lambda: len(ended) == 3, "two are kept")
        with ThreadPoolExecutor(1) as thread:
            list(thread.map(lambda _: post(client), range(5)))
        assert (server.connections, len(ended)) == (5, 3), "another thread uses a kept one"


def test_a_connection_that_was_idle_for_long_is_not_used(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(client_module, "LONGEST_IDLE", 0)
    with ScriptedServer(answers(DONE)) as server, closing(Client(server.url)) as client:
        assert [post(client).status for _ in range(3)] == [200] * 3
        assert server.connections == 3


def test_after_close_no_connection_is_kept() -> None:
    ended = threading.Event()

    def serve(connection: Connection) -> None:
        while connection.request():
            connection.send(DONE)
        ended.set()

    with ScriptedServer(serve) as server:
        client = Client(server.url)
        post(client)
        client.close()
        assert ended.wait(10)
        ended.clear()
        assert post(client).status == 200
        assert ended.wait(10)


LAST = {
    "is ahead": DONE + b"HTTP/1.1 500 Old\r\n\r\n",
    "says close": response(b"{}", "Connection: close"),
    "has HTTP/1.0": b"HTTP/1.0 204 No\r\n\r\n",
    "has no body, but a length": b"HTTP/1.1 204 No\r\nContent-Length: 2\r\n\r\n",
    "has no body, but chunks": b"HTTP/1.1 204 No\r\nTransfer-Encoding: chunked\r\n\r\n",
    "has two lengths": response(b"2\r\n{}\r\n0\r\n\r\n", "Transfer-Encoding: chunked"),
}
"""Answers after which a connection must not be used, though the server keeps it open."""


@pytest.mark.parametrize("kind", LAST)
def test_a_connection_that_is_out_of_step_is_not_used(kind: str) -> None:
    seconds: list[bytes] = []

    def serve(connection: Connection) -> None:
        connection.request()
        connection.send(LAST[kind])
        seconds.append(connection.request())

    with ScriptedServer(serve) as server, closing(Client(server.url)) as client:
        assert {post(client).status for _ in range(3)} <= {200, 204}
        assert server.connections == 3
        until(lambda: seconds == [b""] * 3, "the client has closed them")


@pytest.mark.parametrize("pem", ["", self_signed("127.0.0.1")], ids=["plain", "tls"])
@pytest.mark.parametrize("more", [b"", b"HTTP/1.1 500 Old\r\n\r\n"], ids=["closed", "ahead"])
def test_a_connection_that_ended_meanwhile_is_replaced_without_an_error(
    environment: pytest.MonkeyPatch, tmp_path: Path, pem: str, more: bytes
) -> None:
    go_on, ended = threading.Event(), threading.Event()

    def serve(connection: Connection) -> None:
        first = server.connections == 1
        while connection.request():
            connection.send(DONE)
            if first:
                go_on.wait(10)
                connection.send(more)
                break
        if not more or not first:
            connection.socket.close()
        ended.set()
        connection.over.wait(10)

    trust(environment, tmp_path, pem)
    with ScriptedServer(serve, pem=pem) as server, closing(Client(server.url)) as client:
        assert post(client).status == 200
        go_on.set()
        assert ended.wait(10)
        assert [post(client).status for _ in range(3)] == [200] * 3
        assert server.connections == 2


def test_nothing_is_sent_twice_when_a_kept_connection_breaks() -> None:
    """The server may have acted: the core decides whether to retry."""
    read: list[bytes] = []

    def serve(connection: Connection) -> None:
        read.append(connection.request())
        connection.send(DONE)
        read.append(connection.request())

    with ScriptedServer(serve) as server, closing(Client(server.url)) as client:
        assert post(client).status == 200
        with pytest.raises(NoAnswer) as raised:
            post(client, "/second")
    assert (raised.value.status, server.connections) == (0, 1)
    assert [request.split(b" ")[1] for request in read] == [b"/x", b"/second"]


@pytest.mark.parametrize(
    ("answer", "body"),
    [
        (response(b"{}", "X-Long: a\r\n b", "X-Two: 1", "X-Two: 2"), b"{}"),
        (b"HTTP/1.1 200 OK\nContent-Length: 2\n\n{}", b"{}"),
        (b"HTTP/1.1 103 Early\r\n\r\nHTTP/1.1 100 Go\r\nX: y\r\n\r\n" + DONE, DONE[-26:]),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: Chunked\r\n\r\n"
         b"2;x=y\r\n{}\r\n0\r\nX-Trailer: 1\r\n\r\n", b"{}"),
        (b"HTTP/1.1 304 Not\r\n\r\n", b""),
    ],
    ids=["folded", "bare newlines", "interim", "trailer", "304"],
)  # fmt: skip
def test_an_unusual_answer_is_read_and_its_connection_kept(answer: bytes, body: bytes) -> None:
    with ScriptedServer(answers(answer)) as server, closing(Client(server.url)) as client:
        first, second = post(client), post(client)
    assert (first, server.connections) == (second, 1)
    assert first.body == body
    if "x-long" in first.headers:
        assert (first.headers["x-long"], first.headers["x-two"]) == ("a b", "1, 2")


@pytest.mark.parametrize("size", [1000, 1001])
def test_the_longest_body(size: int) -> None:
    kinds = {
        "length": response(b"x" * size),
        "chunks": b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nx\r\n"
        + f"{size - 1:x}\r\n".encode() + b"x" * (size - 1) + b"\r\n0\r\n\r\n",
        "the end": b"HTTP/1.1 200 OK\r\n\r\n" + b"x" * size,
    }  # fmt: skip
    for answer in kinds.values():

        def serve(connection: Connection, answer: bytes = answer) -> None:
            connection.request()
            connection.send(answer)

        with ScriptedServer(serve) as server, closing(Client(server.url)) as client:
            if size == 1000:
                assert post(client).body == b"x" * 1000
                continue
            with pytest.raises(NoAnswer) as raised:
                post(client)
        assert raised.value.reason == "the answer is longer than 1000 bytes"
        assert raised.value.status == 200


@pytest.mark.parametrize("encoding", ["gzip", "x-gzip", "deflate", "identity"])
def test_a_server_may_compress_all_the_same(encoding: str) -> None:
    packs = zlib.compressobj(wbits=15 if encoding == "deflate" else 31)
    packed = packs.compress(b"x" * 1000) + packs.flush()
    body = b"x" * 1000 if encoding == "identity" else packed
    answer = response(body, f"Content-Encoding: {encoding}")
    with ScriptedServer(answers(answer)) as server, closing(Client(server.url)) as client:
        assert post(client).body == b"x" * 1000


def test_a_bomb_is_never_unpacked_whole() -> None:
    packs = zlib.compressobj(wbits=31)
    bomb = response(packs.compress(b" " * 50_000_000) + packs.flush(), "Content-Encoding: gzip")
    with ScriptedServer(answers(bomb)) as server, closing(Client(server.url)) as client:
        tracemalloc.start()
        try:
            with pytest.raises(NoAnswer) as raised:
                client.request("GET", "/", b"", {}, 10, 100_000)
            most = tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()
    assert raised.value.reason == "the answer is longer than 100000 bytes"
    assert most < 5_000_000


def test_an_endless_head_is_too_long() -> None:
    with (
        ScriptedServer(answers(b"HTTP/1.1 200 OK\r\n" + b"X: y\r\n" * 20_000)) as server,
        closing(Client(server.url)) as client,
        pytest.raises(NoAnswer) as raised,
    ):
        post(client)
    assert raised.value.reason == "the answer is too long"


@pytest.mark.parametrize("given", [{"X": "a\r\nY: b"}, {"X": "a\n"}, {"X\r\nY": "b"}])
def test_no_header_can_become_two(given: dict[str, str]) -> None:
    with ScriptedServer(answers(DONE)) as server, closing(Client(server.url)) as client:
        with pytest.raises(NoAnswer, match="ValueError"):
            client.request("POST", "/x", b"", given, 10, 1000)
        for target in ("/x HTTP/1.1\r\nY: b", "/x y", "/ü"):
            with pytest.raises(NoAnswer, match="ValueError"):
                post(client, target)


def test_redirects_are_not_followed() -> None:
    moved = response(b"", "Location: http://127.0.0.1:9/", status="307 Moved")
    with ScriptedServer(answers(moved)) as server, closing(Client(server.url)) as client:
        assert post(client).status == 307


# TLS


def trust(environment: pytest.MonkeyPatch, folder: Path, pem: str) -> None:
    file = folder / "trusted.pem"
    file.write_text(pem)
    environment.setenv("SSL_CERT_FILE", str(file))


def telnyx(connection: Connection) -> None:
    while request := connection.request():
        connection.send(NOTHING if request.startswith(b"GET") else DONE)


@pytest.mark.parametrize("host", LOOPBACKS)
def test_commands_and_lists_go_by_tls(
    environment: pytest.MonkeyPatch, tmp_path: Path, connect: Connect, host: str
) -> None:
    pem = self_signed(host)
    trust(environment, tmp_path, pem)
    with ScriptedServer(telnyx, pem=pem, host=host) as server:
        api = connect("KEY", f"{server.url}/v2")
        assert api.send(HANGUP).data == {"result": "ok"}
        assert api.send(commands.Find("blue")).data == {"id": ""}
        assert api.read("/queues").data == []
        assert server.connections == 1


@pytest.mark.parametrize(
    ("name", "trusted", "reason"),
    [("127.0.0.1", False, "self-signed"), ("other.test", True, "IP address mismatch")],
    ids=["not trusted", "another host's"],
)
def test_a_bad_certificate_is_refused(
    environment: pytest.MonkeyPatch,
    tmp_path: Path,
    connect: Connect,
    name: str,
    trusted: bool,
    reason: str,
) -> None:
    pem, read = self_signed(name), []

    def serve(connection: Connection) -> None:
        read.append(connection.request())

    if trusted:
        trust(environment, tmp_path, pem)
    with ScriptedServer(serve, pem=pem) as server:
        api = connect("KEY", f"{server.url}/v2")
        outcomes = [api.send(HANGUP), api.send(commands.Find("blue"))]
        answer = api.read("/queues")
    for detail in (*(outcome.detail for outcome in outcomes), str(answer.error)):
        assert reason in detail
    assert [*(outcome.status for outcome in outcomes), answer.status] == [0, 0, 0]
    assert read == []


def test_a_machine_without_authorities_of_its_own_has_certifis(
    environment: pytest.MonkeyPatch,
) -> None:
    none = ssl.DefaultVerifyPaths(None, None, "", "", "", "")
    environment.setattr("conference.outgoing_http.tls.get_default_verify_paths", lambda: none)
    tls._trust.cache_clear()
    assert tls.trust().cert_store_stats()["x509_ca"] > 50
    environment.setenv("SSL_CERT_FILE", "/nowhere.pem")
    environment.setenv("SSL_CERT_DIR", "/nowhere")
    assert tls.trust().cert_store_stats()["x509_ca"] == 0
    tls._trust.cache_clear()


def test_a_machine_with_authorities_trusts_no_others(
    environment: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "authority.pem").touch()
    own = ssl.DefaultVerifyPaths(None, str(tmp_path), "", "", "", "")
    environment.setattr("conference.outgoing_http.tls.get_default_verify_paths", lambda: own)
    tls._trust.cache_clear()
    assert len(tls.trust().get_ca_certs()) == len(ssl.create_default_context().get_ca_certs())
    tls._trust.cache_clear()


# Proxies


@contextmanager
def proxy(to: ScriptedServer, pem: str = "") -> Iterator[tuple[ScriptedServer, list[bytes]]]:
    """Run a proxy that connects clients to one server, whatever they request."""
    read: list[bytes] = []

    def serve(connection: Connection) -> None:
        read.append(request := connection.request())
        if request.startswith(b"CONNECT"):
            connection.send(b"HTTP/1.1 200 Connected\r\n\r\n")
            connection.splice("127.0.0.1", to.port)
        else:
            connection.splice("127.0.0.1", to.port, request)

    with ScriptedServer(serve, pem=pem) as server:
        yield server, read


@pytest.mark.parametrize("variable", ["HTTPS_PROXY", "https_proxy", "ALL_PROXY"])
def test_tls_goes_through_a_proxy(
    environment: pytest.MonkeyPatch, tmp_path: Path, connect: Connect, variable: str
) -> None:
    pem = self_signed("telnyx.test")
    trust(environment, tmp_path, pem)
    with ScriptedServer(telnyx, pem=pem) as server, proxy(server) as (between, read):
        environment.setenv(variable, f"http://us:w%40rd@{between.authority}")
        api = connect("KEY", "https://telnyx.test/v2")
        assert api.send(HANGUP).data == {"result": "ok"}
        assert api.send(commands.Find("blue")).data == {"id": ""}
    assert read == [
        b"CONNECT telnyx.test:443 HTTP/1.1\r\nHost: telnyx.test:443\r\n" + WELCOME + b"\r\n"
    ]


def test_tls_goes_through_a_proxy_that_is_spoken_to_by_tls(
    environment: pytest.MonkeyPatch, tmp_path: Path, connect: Connect
) -> None:
    pem = self_signed("telnyx.test", "127.0.0.1")
    trust(environment, tmp_path, pem)
    with ScriptedServer(telnyx, pem=pem) as server, proxy(server, pem) as (between, read):
        environment.setenv("HTTPS_PROXY", between.url)
        api = connect("KEY", "https://telnyx.test/v2")
        assert [api.send(HANGUP).status for _ in range(3)] == [200] * 3
        assert api.send(commands.Find("blue")).data == {"id": ""}
        assert server.connections == between.connections == len(read) == 1
        wrong = connect("KEY", "https://other.test/v2").send(HANGUP)
    assert (wrong.status, "Hostname mismatch" in wrong.detail) == (0, True)


@pytest.mark.parametrize("pem", ["", self_signed("127.0.0.1")], ids=["http", "https"])
def test_plain_http_goes_through_a_proxy(
    environment: pytest.MonkeyPatch, tmp_path: Path, connect: Connect, pem: str
) -> None:
    read: list[bytes] = []

    def serve(connection: Connection) -> None:
        while request := connection.request():
            read.append(request)
            connection.send(NOTHING if request.startswith(b"GET") else DONE)

    trust(environment, tmp_path, pem)
    with ScriptedServer(serve, pem=pem) as between:
        environment.setenv("HTTP_PROXY", between.url.replace("://", "://us:w%40rd@"))
        api = connect("KEY", "http://telnyx.test:8080/v2")
        assert api.send(HANGUP).data == {"result": "ok"}
        assert api.send(commands.Find("blue")).data == {"id": ""}
        assert between.connections == 1
    assert read[0].startswith(b"POST http://telnyx.test:8080/v2/calls/v3%3A1/actions/hangup HTTP")
    assert read[1].startswith(b"GET http://telnyx.test:8080/v2/conferences?")
    for request in read:
        assert WELCOME in request
        assert b"\r\nHost: telnyx.test:8080\r\n" in request
        assert b"\r\nAuthorization: Bearer KEY\r\n" in request


@pytest.mark.parametrize(
    "listed", ["localhost.test,telnyx.test", "TELNYX.test", ".test", "telnyx.test:81", "*"]
)
def test_no_proxy(environment: pytest.MonkeyPatch, connect: Connect, listed: str) -> None:
    with ScriptedServer(answers(DONE)) as between:
        environment.setenv("HTTP_PROXY", between.url)
        environment.setenv("NO_PROXY", listed)
        assert connect("KEY", "http://telnyx.test:81/v2").send(HANGUP).status == 0
        assert between.connections == 0
        environment.setenv("NO_PROXY", "telnyx.test:82,other.test")
        assert connect("KEY", "http://telnyx.test:81/v2").send(HANGUP).status == 200


@pytest.mark.parametrize("host", LOOPBACKS)
def test_this_machine_is_reached_without_a_proxy(
    environment: pytest.MonkeyPatch, connect: Connect, host: str
) -> None:
    for name in ("HTTP_PROXY", "ALL_PROXY"):
        environment.setenv(name, "http://127.0.0.1:9")
    with ScriptedServer(telnyx, host=host) as server:
        api = connect("KEY", f"{server.url}/v2")
        assert (api.send(HANGUP).status, api.read("/queues").status) == (200, 200)


PROXIES: dict[str, tuple[str, str]] = {
    "socks": ("socks5://127.0.0.1:9", "HTTPS_PROXY has a proxy of socks5"),
    "nobody there": ("http://127.0.0.1:9", "Connection refused"),
    "malformed": ("http://", "not a web address"),
}


@pytest.mark.parametrize("kind", PROXIES)
def test_a_proxy_that_cannot_be_used(
    environment: pytest.MonkeyPatch, connect: Connect, kind: str
) -> None:
    url, reason = PROXIES[kind]
    environment.setenv("HTTPS_PROXY", url)
    outcome = connect("KEY", "https://telnyx.test/v2").send(HANGUP)
    assert (outcome.status, reason in outcome.detail) == (0, True), outcome.detail


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        (response(b"secret", status="407 Secret"), "the proxy refuses to connect: 407"),
        (b"HTTP/1.1 200 OK\r\n\r\nsecret", "the proxy sends more than its answer"),
        (b"secret\r\n", "the answer is not HTTP"),
    ],
)
def test_a_proxy_that_does_not_connect(
    environment: pytest.MonkeyPatch, connect: Connect, answer: bytes, reason: str
) -> None:
    with ScriptedServer(answers(answer)) as between:
        environment.setenv("HTTPS_PROXY", between.url)
        outcome = connect("KEY", "https://telnyx.test/v2").send(HANGUP)
    assert (outcome.status, reason in outcome.detail) == (0, True), outcome.detail
    assert "ecret" not in outcome.detail


# Addresses


def test_a_dead_address_does_not_take_all_the_time(monkeypatch: pytest.MonkeyPatch) -> None:
    """The name has two addresses. Nobody accepts the connections of the first."""
    with (
        socket.create_server(("127.0.0.1", 0), backlog=0) as dead,
        ScriptedServer(answers(DONE)) as alive,
        socket.create_connection(dead.getsockname()),
    ):
        real = socket.getaddrinfo

        def found(host: str, port: int, **given: Any) -> list[Any]:
            if host != "two.test":
                return real(host, port, **given)
            if given.get("flags"):
                raise socket.gaierror("it is no number")
            return [
                (socket.AF_INET, socket.SOCK_STREAM, 6, "", dead.getsockname()),
                (socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.1", alive.port)),
            ]

        monkeypatch.setattr(socket, "getaddrinfo", found)
        with closing(Client("http://two.test")) as client:
            assert post(client, within=2).status == 200


def test_a_name_whose_lookup_hangs_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    """However many hang, no more threads are left with them than allowed."""
    over, hanging = threading.Event(), []

    real = socket.getaddrinfo

    def hang(host: str, port: int, **given: Any) -> list[Any]:
        if host == "localhost":
            return real(host, port, **given)
        if not given.get("flags"):
            hanging.append(host)
            over.wait(30)
        raise socket.gaierror("unknown")

    monkeypatch.setattr(socket, "getaddrinfo", hang)
    with closing(Client("http://slow.test")) as client:
        for _ in range(10):
            with pytest.raises(NoAnswer, match="TimeoutError"):
                post(client, within=0.05)
        assert len(hanging) == 8
        with (
            ScriptedServer(answers(DONE)) as server,
            closing(Client(f"http://localhost:{server.port}")) as other,
        ):
            assert post(other).status == 200, "another name is found meanwhile"
        over.set()
        until(lambda: not [t for t in threading.enumerate() if t.name == "lookup"])
        with pytest.raises(NoAnswer, match="gaierror"):
            post(client)


def test_an_answer_is_bad_in_words() -> None:
    with ScriptedServer(answers(b"SSH-2.0\r\n")) as server, closing(Client(server.url)) as client:
        with pytest.raises(NoAnswer) as raised:
            post(client)
    assert isinstance(raised.value.error, BadAnswer)
    assert raised.value.reason == "the answer is not HTTP"


@pytest.mark.parametrize("url", ["http://127.0.0.1:x", "http://[::1", "ftp://127.0.0.1", ""])
def test_a_malformed_address_is_an_outcome(connect: Connect, url: str) -> None:
    api = connect("KEY", url)
    for command in (HANGUP, commands.Find("blue")):
        assert api.send(command).status == 0
    assert api.read("/queues").status == 0


def test_user_and_password_of_the_address_go_in_the_place_of_the_key(connect: Connect) -> None:
    read: list[bytes] = []

    def serve(connection: Connection) -> None:
        while request := connection.request():
            read.append(request)
            connection.send(NOTHING)

    with ScriptedServer(serve) as server:
        api = connect("KEY", server.url.replace("://", "://ann:s%40cret@") + "/v2/")
        api.send(HANGUP)
        api.read("/queues", {"filter[name]": "a b"})
    basic = b"\r\nAuthorization: Basic " + base64.b64encode(b"ann:s@cret") + b"\r\n"
    assert [request.count(b"uthorization:") for request in read] == [1, 1]
    assert [basic in request for request in read] == [True, True]
    assert read[0].startswith(b"POST /v2/calls/v3%3A1/actions/hangup HTTP/1.1\r\n")
    assert read[1].startswith(b"GET /v2/queues?filter%5Bname%5D=a+b HTTP/1.1\r\n")
