"""What the tests of TeXML stand on: an application that answers documents, and takes callbacks."""

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
class Asked:
    """A request that the application got."""

    method: str
    path: str
    query: bytes
    body: bytes
    headers: Mapping[str, str]

    @property
    def form(self) -> dict[str, str]:
        """Of the body, or of the query where there is no body; no field may be empty or double."""
        text = (self.body or self.query).decode()
        return dict(parse_qsl(text, keep_blank_values=True, strict_parsing=True))


@dataclass
class TexmlApp:
    """Answers by path: (status, content type, body). `got`: all that came, in order."""

    answers: dict[str, tuple[int, str, str]] = field(default_factory=dict)
    statuses: list[int] = field(default_factory=list)  # for the next callbacks
    got: list[Asked] = field(default_factory=list)
    release: threading.Event = field(default_factory=threading.Event)  # of those left waiting

    def __post_init__(self) -> None:
        app = flask.Flask(__name__, static_folder=None)
        app.add_url_rule("/<path:path>", view_func=self._serve, methods=["GET", "POST"])
        self._server = make_server("127.0.0.1", 0, app, threaded=True, request_handler=_Quiet)
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.01,))
        self.url = f"http://127.0.0.1:{self._server.server_port}"

    def _serve(self, path: str) -> flask.Response:
        asked = flask.request
        self.got.append(
            Asked(
                asked.method, f"/{path}", asked.query_string, asked.get_data(), dict(asked.headers)
            )
        )
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
        """From now on; returns the address."""
        self.answers[path] = (status, kind, body)
        return self.url + path

    def of(self, path: str) -> list[Asked]:
        return [asked for asked in tuple(self.got) if asked.path == path]


class _Quiet(WSGIRequestHandler):
    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        pass


def dial(name: str = "room", before: str = "", after: str = "", **attributes: str) -> str:
    """A document that brings a caller into a conference."""
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
        """A caller +131255501.., whom this document awaits: as far as it goes by itself."""
        self.app.serve("/texml", document)
        leg = self.telnyx.phone(f"+131255501{last:02}").dial(to=NUMBER)
        assert self.telnyx.idle(5)
        return leg

    def joins(self, last: int, name: str = "room", **attributes: str) -> Leg:
        """A caller who is in the conference."""
        leg = self.calls(last, dial(name, **attributes))
        until(lambda: leg.conference)
        assert self.telnyx.idle(5)
        return leg

    def hangs_up(self, leg: Leg) -> None:
        self.telnyx.phone(leg.number).hang_up()
        assert self.telnyx.idle(5)

    def told(self) -> list[dict[str, str]]:
        """The status callbacks, by their numbers."""
        assert self.telnyx.idle(5)
        forms = [asked.form for asked in self.app.of("/status")]
        return sorted(forms, key=lambda form: int(form["SequenceNumber"]))

    def events(self) -> list[str]:
        return [form["StatusCallbackEvent"] for form in self.told()]

    def ask(self, method: str, path: str, **fields: object) -> Answer:
        """Of the TeXML API, with a form; path: from below the account."""
        account = self.telnyx.texml.account_sid
        return self.api.form(method, f"/texml/Accounts/{account}{path}", fields)

    def room(self, leg: Leg) -> str:
        return f"/Conferences/{leg.conference}"

    def participant(self, leg: Leg) -> str:
        return f"{self.room(leg)}/Participants/{quote(leg.call_control_id)}"


def told(leg: Leg) -> list[str]:
    return [str(heard) for heard in leg.timeline]


def is_signed(asked: Asked) -> bool:
    try:
        verify(asked.body, asked.headers, key=SIGNING_KEY.verify_key, now=time.time())
    except NotGenuine:
        return False
    return True
