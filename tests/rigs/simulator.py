"""For the simulator's tests: a receiver of webhooks, and a client of the API."""

from __future__ import annotations

import http.client
import json
import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import quote, urlencode, urlsplit

from nacl.signing import SigningKey
from rigs.waiting import until

from conference.simulator import Leg, SimulatedTelnyx

CONNECTION = "1494404757140276705"
KEY = "KEY_simulated"
SIGNING_KEY = SigningKey(bytes(range(32)))


@dataclass(frozen=True)
class Webhook:
    """A received webhook."""

    body: bytes
    headers: Mapping[str, str]

    @property
    def data(self) -> dict[str, Any]:
        return json.loads(self.body)["data"]

    @property
    def type(self) -> str:
        return self.data["event_type"]

    @property
    def payload(self) -> dict[str, Any]:
        return self.data["payload"]

    @property
    def meta(self) -> dict[str, Any]:
        return json.loads(self.body)["meta"]


class Receiver(ThreadingHTTPServer):
    """Receives webhooks. answers: the statuses of the next answers, then 200; None: no answer."""

    daemon_threads = True
    request_queue_size = 64  # beyond it, clients wait a second to connect again

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.got: list[Webhook] = []
        self.answers: list[int | None] = []
        self.release = threading.Event()  # ends the missing answers
        self.url = f"http://127.0.0.1:{self.server_port}/webhook"
        self._thread = threading.Thread(target=self.serve_forever, args=(0.01,))

    def __enter__(self) -> Receiver:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.release.set()
        self.shutdown()
        self._thread.join()
        self.server_close()

    @property
    def types(self) -> list[str]:
        return [webhook.type for webhook in self.got]

    def of(self, event_type: str) -> list[Webhook]:
        return [webhook for webhook in self.got if webhook.type == event_type]


class _Handler(BaseHTTPRequestHandler):
    server: Receiver

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.got.append(Webhook(body, dict(self.headers)))
        status = self.server.answers.pop(0) if self.server.answers else 200
        if status is None:
            self.server.release.wait(60)
            return
        self.send_response(status)
        self.send_header("Location", self.server.url + "/elsewhere")
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None:
        pass


@dataclass(frozen=True)
class Answer:
    """The API's answer."""

    status: int
    json: dict[str, Any]
    headers: Mapping[str, str] = field(default_factory=dict)

    @property
    def data(self) -> Any:
        assert self.status in (200, 201), self.json
        return self.json["data"]

    @property
    def error(self) -> dict[str, Any]:
        assert self.status >= 400, self.json
        return self.json["errors"][0]


class Api:
    """A client with one connection, which is kept open."""

    def __init__(self, base_url: str, key: str = KEY) -> None:
        self._parts = urlsplit(base_url)
        self._key = key
        self.connection = http.client.HTTPConnection(self._parts.netloc, timeout=10)

    def __enter__(self) -> Api:
        return self

    def __exit__(self, *_: object) -> None:
        self.connection.close()

    def request(
        self, method: str, path: str, body: object = None, more: Mapping[str, str] | None = None
    ) -> Answer:
        raw = body if isinstance(body, bytes) else None if body is None else json.dumps(body)
        headers = {"Authorization": f"Bearer {self._key}", **(more or {})}
        self.connection.request(method, self._parts.path + path, raw, headers)
        response = self.connection.getresponse()
        answered = response.read()
        return Answer(response.status, json.loads(answered or b"{}"), dict(response.headers))

    def get(self, path: str) -> Answer:
        return self.request("GET", path)

    def form(self, method: str, path: str, fields: Mapping[str, object]) -> Answer:
        """Send a form, with booleans as Telnyx writes them."""
        texts = {k: str(v).lower() if isinstance(v, bool) else v for k, v in fields.items()}
        kind = {"Content-Type": "application/x-www-form-urlencoded"}
        return self.request(method, path, urlencode(texts).encode() if texts else None, kind)

    def call(self, leg: Leg, action: str, **fields: object) -> Answer:
        return self.request("POST", f"/calls/{quote(leg.call_control_id)}/actions/{action}", fields)

    def create(self, leg: Leg, name: str = "room", **fields: object) -> Answer:
        body = {"call_control_id": leg.call_control_id, "name": name}
        return self.request("POST", "/conferences", body | fields)

    def room(self, room: str, action: str, **fields: object) -> Answer:
        return self.request("POST", f"/conferences/{quote(room, safe='')}/actions/{action}", fields)

    def join(self, room: str, leg: Leg, **fields: object) -> Answer:
        return self.room(room, "join", call_control_id=leg.call_control_id, **fields)

    def dial(self, to: str, **fields: object) -> Answer:
        body = {"connection_id": CONNECTION, "from": "+13125550100", "to": to}
        return self.request("POST", "/calls", body | fields)


@dataclass(frozen=True)
class Scene:
    """A simulated Telnyx, the receiver of its webhooks and a client."""

    telnyx: SimulatedTelnyx
    receiver: Receiver
    api: Api

    def ringing(self, last: int) -> Leg:
        return self.telnyx.phone(f"+131255501{last:02}").dial()

    def answered(self, last: int) -> Leg:
        """Let +131255501.. call, and answer the call; its webhooks are delivered."""
        leg = self.ringing(last)
        assert self.api.call(leg, "answer").status == 200
        until(lambda: leg.state == "answered")
        assert self.telnyx.idle(5)
        return leg

    def room(self, *last: int, name: str = "room", **fields: object) -> tuple[str, list[Leg]]:
        """Create a conference of these callers; return its id and their legs."""
        legs = [self.answered(each) for each in last]
        id = self.api.create(legs[0], name, **fields).data["id"]
        for leg in legs[1:]:
            assert self.api.join(id, leg).status == 200
        assert self.telnyx.idle(5)
        return id, legs
