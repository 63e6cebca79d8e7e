"""For the simulator's TeXML tests: an application that serves documents and takes callbacks."""

from __future__ import annotations

import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import parse_qsl, quote
from xml.sax.saxutils import escape, quoteattr

import flask
from rigs.simulator import SIGNING_KEY, Answer, Api
from rigs.waiting import until
from werkzeug.serving import WSGIRequestHandler, make_server

from conference.signature import NotGenuine, verify
from conference.simulator import Leg, SimulatedTelnyx

NUMBER = "+12025550100"
EVENTS = "start end join leave speaker"


@dataclass(frozen=True)
class Received:
    """A request that the application received."""

    method: str
    path: str
    query: bytes
    body: bytes
    headers: Mapping[str, str]

    @property
    def form(self) -> dict[str, str]:
        """The fields of the body, or else of the query. No field may be empty or double."""
        text = (self.body or self.query).decode()
        return dict(parse_qsl(text, keep_blank_values=True, strict_parsing=True))


@dataclass
class TexmlApp:
    """Serves documents, and takes status callbacks.

    answers: (status, content type, body) by path. got: all requests, in order.
    """

    answers: dict[str, tuple[int, str, str]] = field(default_factory=dict)
    statuses: list[int] = field(default_factory=list)  # of the next callbacks; then 204
    got: list[Received] = field(default_factory=list)
    release: threading.Event = field(default_factory=threading.Event)  # ends the wait of /slow

    def __post_init__(self) -> None:
        app = flask.Flask(__name__, static_folder=None)
        app.add_url_rule("/<path:path>", view_func=self._serve, methods=["GET", "POST"])
        self._server = make_server("127.0.0.1", 0, app, threaded=True, request_handler=_Quiet)
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.01,))
        self.url = f"http://127.0.0.1:{self._server.server_port}"

    def _serve(self, path: str) -> flask.Response:
        request = flask.request
        body, headers = request.get_data(), dict(request.headers)
        self.got.append(Received(request.method, f"/{path}", request.query_string, body, headers))
        if path == "slow":
            self.release.wait(60)
        if f"/{path}" in self.answers:
            status, kind, body = self.answers[f"/{path}"]
            return flask.Response(body, status, content_type=kind)
        return flask.Response("", self.statuses.pop(0) if self.statuses else 204)

    def __enter__(self) -> TexmlApp:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.release.set()
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()

    def serve(self, path: str, body: str, kind: str = "text/xml", status: int = 200) -> str:
        """Serve a document from now on; return its address."""
        self.answers[path] = (status, kind, body)
        return self.url + path

    def of(self, path: str) -> list[Received]:
        return [received for received in tuple(self.got) if received.path == path]


class _Quiet(WSGIRequestHandler):
    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        pass


def dial(name: str = "room", before: str = "", after: str = "", **attributes: str) -> str:
    """Make a document that joins a conference."""
    written = "".join(f" {key}={quoteattr(value)}" for key, value in attributes.items())
    noun = f"<Conference{written}>{escape(name)}</Conference>"
    return f"<Response>{before}<Dial>{noun}</Dial>{after}</Response>"


@dataclass(frozen=True)
class TexmlScene:
    """A simulated Telnyx, the application of its TeXML number, and a client of its API."""

    telnyx: SimulatedTelnyx
    app: TexmlApp
    api: Api

    @property
    def status_url(self) -> str:
        return f"{self.app.url}/status"

    def calls(self, last: int, document: str) -> Leg:
        """Let +131255501.. call and get this document; wait until nothing happens any more."""
        self.app.serve("/texml", document)
        leg = self.telnyx.phone(f"+131255501{last:02}").dial(to=NUMBER)
        assert self.telnyx.idle(5)
        return leg

    def joins(self, last: int, name: str = "room", **attributes: str) -> Leg:
        """Let +131255501.. call and join a conference."""
        leg = self.calls(last, dial(name, **attributes))
        until(lambda: leg.conference)
        assert self.telnyx.idle(5)
        return leg

    def hangs_up(self, leg: Leg) -> None:
        self.telnyx.phone(leg.number).hang_up()
        assert self.telnyx.idle(5)

    def callbacks(self) -> list[dict[str, str]]:
        """Return the fields of all status callbacks, by sequence number."""
        assert self.telnyx.idle(5)
        forms = [received.form for received in self.app.of("/status")]
        return sorted(forms, key=lambda form: int(form["SequenceNumber"]))

    def events(self) -> list[str]:
        return [form["StatusCallbackEvent"] for form in self.callbacks()]

    def request(self, method: str, path: str, **fields: object) -> Answer:
        """Send a form to the TeXML API. path: below the account's."""
        account = self.telnyx.texml.account_sid
        return self.api.form(method, f"/texml/Accounts/{account}{path}", fields)

    def room(self, leg: Leg) -> str:
        return f"/Conferences/{leg.conference}"

    def participant(self, leg: Leg) -> str:
        return f"{self.room(leg)}/Participants/{quote(leg.call_control_id)}"


def all_heard(leg: Leg) -> list[str]:
    return [str(heard) for heard in leg.timeline]


def is_signed(received: Received) -> bool:
    try:
        verify(received.body, received.headers, key=SIGNING_KEY.verify_key, now=time.time())
    except NotGenuine:
        return False
    return True
