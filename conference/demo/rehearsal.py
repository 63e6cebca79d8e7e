"""Runs the line beside a simulated Telnyx, over real HTTP with real signatures."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from threading import Thread

from flask import Flask
from nacl.signing import SigningKey
from werkzeug.serving import WSGIRequestHandler, make_server

from conference.core.origin import TEXML, WEBHOOK
from conference.engine import Engine
from conference.settings import Settings
from conference.simulator import Chaos, Happened, SimulatedTelnyx
from conference.web.services import Services, services_of

API_KEY = "KEY_simulated"
CreateApp = Callable[[Settings], Flask]
"""Makes the line from its settings, as `conference.create_app` does."""
POLL = 0.02  # seconds: how soon a server notices that it must end


@dataclass(frozen=True)
class Line:
    """A running line, its address, and its simulated Telnyx."""

    telnyx: SimulatedTelnyx
    app: Flask
    url: str

    @property
    def services(self) -> Services:
        return services_of(self.app)

    @property
    def engine(self) -> Engine:
        return self.services.engine


class _Quiet(WSGIRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        pass


@contextmanager
def rehearse(
    create_app: CreateApp,
    settings: Settings,
    *,
    speed: float = 1.0,
    latency: float = 0.0,
    on_event: Callable[[Happened], None] | None = None,
    chaos: Chaos | None = None,
) -> Iterator[Line]:
    """Run the line and its Telnyx on free ports, with a new key pair, until the block ends.

    create_app: makes the line. settings: the line's; its keys and Telnyx's address are set here.
    speed: simulated seconds in one real second. latency: real seconds that each API answer takes.
    on_event: called for each event, as in SimulatedTelnyx. chaos: the faults between the two. A
    call to `telnyx.texml.number` uses TeXML.
    """
    key = SigningKey.generate()
    telnyx = SimulatedTelnyx(
        "", key, API_KEY, speed=speed, latency=latency, on_event=on_event, chaos=chaos
    )
    app = create_app(
        replace(
            settings,
            telnyx_api_key=API_KEY,
            telnyx_public_key=key.verify_key,
            telnyx_base_url=telnyx.base_url,
            problems=(),
        )
    )
    engine = services_of(app).engine
    engine.prepare()
    try:
        with _served(app) as url:
            telnyx.webhook_url = url + WEBHOOK
            telnyx.texml.url = url + TEXML
            with telnyx:
                yield Line(telnyx, app, url)
    finally:
        services_of(app).stop()
        services_of(app).telnyx.close()


@contextmanager
def _served(app: Flask) -> Iterator[str]:
    """Serve the line on a free port; yield its address."""
    logging.getLogger("werkzeug").setLevel(logging.WARNING)
    server = make_server("127.0.0.1", 0, app, threaded=True, request_handler=_Quiet)
    thread = Thread(target=server.serve_forever, args=(POLL,), name="line")
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
