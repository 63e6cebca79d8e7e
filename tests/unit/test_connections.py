"""Which connections are closed: those that take too long, and where there are too many."""

from __future__ import annotations

import selectors
import socket
from collections.abc import Iterator

import pytest

from conference.serving import connections as module
from conference.serving.answer import Answer
from conference.serving.connection import (
    LAST_SECONDS,
    LINGER,
    NEW,
    REQUEST_WITHIN,
    Connection,
)
from conference.serving.connections import LEAST_CONNECTIONS, Connections

KEEPALIVE = 100.0
GET = b"GET / HTTP/1.1\r\nHost: a\r\n\r\n"
OK = b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"


class Loop:
    """Connections with a clock of the test. `answer` is given to each request but `slow` ones."""

    def __init__(self) -> None:
        self.now = 1000.0
        self.poller = selectors.DefaultSelector()
        self.connections = Connections(
            self.poller, self.serve, LEAST_CONNECTIONS, KEEPALIVE, lambda: self.now
        )
        self.answer = Answer([OK], goes_on=True, whole=True)
        self.serving: list[Connection] = []
        self.served: list[bytes] = []
        self.clients: list[socket.socket] = []

    def serve(self, connection: Connection) -> None:
        received = connection.incoming.take().data
        self.served.append(received)
        if received.startswith(b"GET /slow"):
            self.connections.wait_for_app(connection)
            self.serving.append(connection)
        else:
            self.connections.answer(connection, self.answer)

    def client(self, sends: bytes = b"") -> socket.socket:
        """Connect a client that has sent this."""
        ours, theirs = socket.socketpair()
        theirs.setblocking(False)
        theirs.sendall(sends)
        self.clients.append(theirs)
        self.connections.add(ours, ("127.0.0.1", 1), ("127.0.0.1", 2))
        return theirs

    def turn(self, later: float = 0) -> None:
        """Let so many seconds pass, and do what is to be done."""
        self.now += later
        for key, _ in self.poller.select(0):
            if key.data.watched:
                self.connections.on_event(key.data)
        self.connections.go_on()
        self.connections.close_late()


@pytest.fixture
def loop() -> Iterator[Loop]:
    loop = Loop()
    yield loop
    loop.connections.close_all()
    loop.poller.close()
    for client in loop.clients:
        client.close()


def got(client: socket.socket) -> bytes | None:
    """Return what the client can read now; b"" once it is closed, None if there is nothing."""
    try:
        return client.recv(1 << 20)
    except BlockingIOError:
        return None
    except ConnectionResetError:
        return b""


def test_a_request_is_answered_and_the_connection_kept(loop: Loop) -> None:
    client = loop.client(GET)
    assert got(client) == OK
    for _ in range(3):
        loop.turn(later=KEEPALIVE - 1)
        client.sendall(GET)
        loop.turn()
        assert got(client) == OK
    loop.turn(later=KEEPALIVE + 1)
    assert got(client) == b""


@pytest.mark.parametrize(("sends", "seconds"), [(b"", KEEPALIVE), (GET[:9], REQUEST_WITHIN)])
def test_a_client_that_does_not_go_on_is_closed_in_time(
    loop: Loop, sends: bytes, seconds: float
) -> None:
    client = loop.client(sends)
    loop.turn(later=seconds - 1)
    assert got(client) is None
    loop.turn(later=2)
    assert got(client) == b""


def test_a_byte_now_and_then_wins_no_time(loop: Loop) -> None:
    client = loop.client(GET[:9])
    for _ in range(int(REQUEST_WITHIN) + 1):
        loop.turn(later=1)
        if got(client) is None:
            client.sendall(b"x")
    assert got(client) == b""


def test_a_client_that_does_not_read_is_closed_and_stops_nobody(loop: Loop) -> None:
    loop.answer = Answer([b"x" * (1 << 22)], goes_on=True, whole=True)
    client = loop.client(GET)
    loop.answer = Answer([OK], goes_on=True, whole=True)
    assert got(loop.client(GET)) == OK
    loop.turn(later=REQUEST_WITHIN + 1)
    received = 0
    while piece := got(client):
        received += len(piece)
    assert 0 < received < 1 << 22


def test_a_large_answer_arrives_whole(loop: Loop) -> None:
    loop.answer = Answer([b"head ", b"x" * (1 << 22)], goes_on=True, whole=True)
    client = loop.client(GET)
    received = b""
    while len(received) < (1 << 22) + 5:
        received += got(client) or b""
        loop.turn()
    assert received == b"head " + b"x" * (1 << 22)


def test_requests_that_come_together_are_answered_one_after_the_other(loop: Loop) -> None:
    loop.answer = Answer([OK], rest=GET, goes_on=True, whole=True)
    client = loop.client(GET + GET)
    loop.answer = Answer([OK], goes_on=True, whole=True)
    assert got(client) == OK
    assert loop.connections.has_ready
    loop.turn()
    assert got(client) == OK
    assert loop.served == [GET + GET, GET]


def test_a_client_that_sends_on_and_on_has_one_request_served_in_a_turn(loop: Loop) -> None:
    loop.answer = Answer([OK], rest=GET, goes_on=True, whole=True)
    client = loop.client()
    client.sendall(GET)
    loop.turn()
    before = len(loop.served)
    for turns in range(1, 5):
        client.sendall(GET)
        loop.turn()
        assert len(loop.served) == before + turns
        assert all(len(received) <= 2 * len(GET) for received in loop.served)


def test_a_refused_client_can_read_why_before_it_is_closed(loop: Loop) -> None:
    loop.answer = Answer([b"HTTP/1.1 413 ...\r\n\r\n"])
    client = loop.client(GET)
    client.sendall(b"x" * 1000)
    loop.turn()
    assert got(client) == b"HTTP/1.1 413 ...\r\n\r\n"
    loop.turn(later=LINGER + 0.1)
    assert (got(client), len(loop.connections)) == (b"", 0)


def full_of(loop: Loop, sends: bytes) -> list[socket.socket]:
    """Fill the loop with clients, a tenth of a second between two."""
    clients = []
    for _ in range(LEAST_CONNECTIONS):
        clients.append(loop.client(sends))
        loop.turn(later=0.1)
    return clients


@pytest.mark.parametrize("sends", [b"", GET[:9]], ids=["silent", "half a head"])
def test_the_oldest_silent_client_makes_room(loop: Loop, sends: bytes) -> None:
    first, second, *_ = full_of(loop, sends)
    newcomer = loop.client()
    assert (got(first), got(second)) == (b"", None)
    newcomer.sendall(GET)
    loop.turn()
    assert got(newcomer) == OK
    assert len(loop.connections) == LEAST_CONNECTIONS


def test_a_newcomer_that_is_about_to_send_is_not_closed_for_the_next_one(loop: Loop) -> None:
    full_of(loop, GET[:9])
    newcomer = loop.client()
    for _ in range(LEAST_CONNECTIONS - 2):
        loop.client(GET[:9])
    newcomer.sendall(GET)
    loop.turn()
    assert got(newcomer) == OK


def test_kept_connections_are_given_up_before_begun_requests(loop: Loop) -> None:
    begun = full_of(loop, GET[:9])
    begun[-1].sendall(GET[9:])
    loop.turn()
    kept = begun.pop()
    assert got(kept) == OK
    loop.turn(later=NEW + 0.1)
    loop.client(GET[:9])
    assert got(kept) == b""
    assert [got(each) for each in begun] == [None] * len(begun)


def test_requests_that_are_served_are_never_given_up(loop: Loop) -> None:
    slow = full_of(loop, b"GET /slow HTTP/1.1\r\n\r\n")
    assert not loop.connections.may_accept
    assert not loop.connections.give_up_one()
    loop.turn(later=KEEPALIVE * 2)
    loop.connections.answer(loop.serving[0], loop.answer)
    assert [got(each) for each in slow] == [OK] + [None] * (len(slow) - 1)
    assert loop.connections.may_accept


def test_unfinished_requests_are_bounded_all_together(
    loop: Loop, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "MOST_HELD", 100_000)
    head = b"POST / HTTP/1.1\r\nContent-Length: 1000000\r\n\r\n"
    clients = [loop.client(head + b"x" * size) for size in (20_000, 40_000, 30_000, 20_000)]
    assert [got(each) for each in clients] == [None, b"", None, None]


def test_once_the_server_ends_each_client_has_a_last_moment(loop: Loop) -> None:
    silent, half, slow = loop.client(), loop.client(GET[:9]), loop.client(b"GET /slow H\r\n\r\n")
    loop.turn(later=5)
    loop.connections.end()
    loop.turn(later=LAST_SECONDS - 0.1)
    assert (got(silent), got(half)) == (None, None)
    half.sendall(GET[9:])
    loop.turn()
    assert got(half) == OK
    loop.turn(later=LAST_SECONDS + 0.1)
    assert (got(silent), got(half), got(slow)) == (b"", b"", None)
