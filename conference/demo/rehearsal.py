"""The line and a simulated Telnyx side by side, over real HTTP with real signatures."""

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
"""Make the line of settings, as `conference.create_app` does."""
POLL = 0.02  # seconds after which a server notices at the latest that it is to end


@dataclass(frozen=True)
class Line:
    """A line that runs, its address, and the Telnyx that it runs against."""

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
    """Both on free ports, with a key pair of their own.

    `speed` is simulated seconds for each real one; `latency` is what Telnyx takes to answer, in
    real seconds; `chaos` is what goes wrong between them. Calls to `telnyx.texml.number` go by
    TeXML.
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
    """Its address, on a free port."""
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
