"""A probe under strangers, and under odd events and records of Telnyx."""

from __future__ import annotations

import base64
import http.client
import json
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, closing
from typing import Any

import pytest
from nacl.signing import SigningKey
from rigs.waiting import until

from conference.clock import Clock
from conference.probe.account import Account
from conference.probe.inbox import HERE, LARGEST, MOST_CLIENTS, Inbox
from conference.probe.notebook import Notebook
from conference.signature import SIGNATURE, TIMESTAMP
from conference.telnyx_api import ApiResponse

KEY = SigningKey.generate()


@pytest.fixture
def inbox() -> Iterator[Inbox]:
    with Inbox(0, KEY.verify_key, Notebook(Clock())) as inbox:
        yield inbox


def answered(
    inbox: Inbox, method: str, ending: str, body: bytes = b"", **headers: str
) -> tuple[int, bytes]:
    """Return status and body of the answer."""
    client = http.client.HTTPConnection("127.0.0.1", inbox.server_port, timeout=10)
    with closing(client):
        client.request(method, f"{inbox.path}/{ending}", body, headers)
        answer = client.getresponse()
        return answer.status, answer.read()


def signed(inbox: Inbox, event: Any) -> int:
    """Deliver an event that Telnyx has signed. Return the status of the answer."""
    body, now = json.dumps(event).encode(), str(int(time.time()))
    signature = base64.b64encode(KEY.sign(f"{now}|".encode() + body).signature).decode()
    return answered(inbox, "POST", "webhook", body, **{SIGNATURE: signature, TIMESTAMP: now})[0]


def connected(inbox: Inbox) -> socket.socket:
    return socket.create_connection(("127.0.0.1", inbox.server_port), timeout=10)


def test_clients_without_a_whole_request_take_no_thread_that_another_needs(
    inbox: Inbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("conference.probe.inbox._Handler.timeout", 600.0)
    before = threading.active_count()
    with ExitStack() as clients:
        slow = [clients.enter_context(connected(inbox)) for _ in range(3 * MOST_CLIENTS)]
        for each in slow[-MOST_CLIENTS:]:
            each.sendall(b"POST / HTTP/1.1\r\nContent-Length: 1000\r\n\r\nbegun")
        assert answered(inbox, "GET", "here") == (200, HERE)
        until(lambda: threading.active_count() - before <= MOST_CLIENTS, "the others have ended")
        assert slow[0].recv(1) == b"", "the oldest is closed first"


def test_a_body_that_is_too_large_is_not_read(inbox: Inbox) -> None:
    with connected(inbox) as client:
        head = f"POST {inbox.path}/webhook HTTP/1.1\r\nContent-Length: {LARGEST + 1}\r\n\r\n"
        client.sendall(head.encode())
        assert client.recv(100).startswith(b"HTTP/1.0 413 ")


def test_an_unsigned_webhook_is_counted_and_not_noted(inbox: Inbox) -> None:
    event = b'{"data": {"event_type": "call.initiated", "payload": {"call_control_id": "x"}}}'
    assert answered(inbox, "POST", "webhook", event)[0] == 401
    assert (inbox.notes.unverified, inbox.notes.traffic.entries) == (1, ())


@pytest.mark.parametrize(
    "event",
    [
        [],
        {"data": 7},
        {"data": {"payload": {}}},
        {"data": {"event_type": "call.initiated", "occurred_at": "now", "payload": ["x"]}},
        {"data": {"event_type": "call.initiated", "payload": "x"}},
        {"data": {"event_type": "x", "payload": {}}, "meta": {"attempt": "often"}},
    ],
)
def test_an_odd_event_is_refused_and_not_noted(inbox: Inbox, event: Any) -> None:
    assert signed(inbox, event) == 400
    assert inbox.notes.traffic.entries == ()


class Odd:
    """An API that lists applications of these names, and notes what is deleted."""

    def __init__(self, *names: str) -> None:
        self.names = names
        self.sent: list[tuple[str, str]] = []

    def request(
        self, method: str, path: str, query: object = None, body: object = None
    ) -> ApiResponse:
        self.sent.append((method, path))
        return ApiResponse(200, {})

    def read_all(self, path: str) -> ApiResponse:
        rows = [{"id": f"a/{n}", "application_name": name} for n, name in enumerate(self.names)]
        return ApiResponse(200, [*rows, {"application_name": self.names[0]}, 7])


def test_only_what_a_probe_has_named_is_removed() -> None:
    old = "conference probe 1500000000"
    api = Odd(
        old,
        "conference probe for room 7",
        "conference probe 7",
        f"my {old}",
        f"{old} copy 3",
        f"conference probe {chr(0x661) * 10}",
        f"conference probe {'9' * 5000}",
        "conference probe \x1b[2J1500000000",
    )
    account = Account(api, Notebook(Clock()), "+13125550100", "")
    account.remove_old()
    assert api.sent == [("DELETE", "/call_control_applications/a%2F0")]
    account.remove()
    assert len(api.sent) == 1


def test_a_call_with_an_odd_id_does_not_prevent_the_removal(inbox: Inbox) -> None:
    for call in ("\ud800", "a/../b", "last"):
        event = {"event_type": "call.initiated", "id": call, "payload": {"call_control_id": call}}
        assert signed(inbox, {"data": event}) == 200
    api = Odd("another")
    Account(api, inbox.notes, "+13125550100", "").remove()
    ended = ("%3F", "a%2F..%2Fb", "last")
    assert api.sent == [("POST", f"/calls/{call}/actions/hangup") for call in ended]
