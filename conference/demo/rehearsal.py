"""Runs the line beside a simulated Telnyx, over real HTTP with real signatures."""

from __future__ import annotations

import logging
import socket
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from threading import Thread
from typing import Protocol

from flask import Flask
from nacl.signing import SigningKey
from werkzeug.serving import WSGIRequestHandler, make_server

from conference.core.origin import TEXML, WEBHOOK
from conference.core.room_settings import RoomSettings
from conference.demo import decisions
from conference.engine import Engine
from conference.engine.outbox import Observer
from conference.settings import Settings
from conference.simulator import Chaos, Happened, SimulatedTelnyx
from conference.web.services import Services, services_of

API_KEY = "KEY_simulated"


class CreateApp(Protocol):
    """Makes the line, as `conference.create_app` does."""

    def __call__(self, settings: Settings, *, observers: Iterable[Observer]) -> Flask: ...


BACKLOG = 128  # connections that may wait
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

    create_app: makes the line. settings: the line's; its keys, Telnyx's address and, if it is
    missing, PUBLIC_URL are set here.
    speed: simulated seconds in one real second. latency: real seconds that each API answer takes.
    on_event: called for each event, as in SimulatedTelnyx. chaos: the faults between the two. The
    numbers of the rooms file are on the Call Control application; a call to `telnyx.texml.number`
    uses TeXML.
    """
    key = SigningKey.generate()
    telnyx = SimulatedTelnyx(
        "", key, API_KEY, speed=speed, latency=latency, on_event=on_event, chaos=chaos
    )
    with socket.create_server(("127.0.0.1", 0), backlog=BACKLOG) as listener:
        url = f"http://127.0.0.1:{listener.getsockname()[1]}"
        app = create_app(_at(url, telnyx, key, settings), observers=[decisions.observer(telnyx)])
        engine = services_of(app).engine
        engine.prepare()
        try:
            with _served(app, listener):
                telnyx.webhook_url = url + WEBHOOK
                telnyx.texml.url = url + TEXML
                for number in settings.numbers:
                    telnyx.account.own(number)
                with telnyx:
                    yield Line(telnyx, app, url)
        finally:
            services_of(app).stop()
            services_of(app).telnyx.close()


def _at(url: str, telnyx: SimulatedTelnyx, key: SigningKey, settings: Settings) -> Settings:
    def here(room: RoomSettings) -> RoomSettings:
        return replace(room, public_url=room.public_url or url)

    return replace(
        settings,
        telnyx_api_key=API_KEY,
        telnyx_public_key=key.verify_key,
        telnyx_base_url=telnyx.base_url,
        room=here(settings.room),
        rooms={name: here(room) for name, room in settings.rooms.items()},
        problems=(),
    )


@contextmanager
def _served(app: Flask, listener: socket.socket) -> Iterator[None]:
    """Serve the line at the listener."""
    logging.getLogger("werkzeug").setLevel(logging.WARNING)
    host, port = listener.getsockname()
    server = make_server(
        host, port, app, threaded=True, request_handler=_Quiet, fd=listener.fileno()
    )
    thread = Thread(target=server.serve_forever, args=(POLL,), name="line")
    thread.start()
    try:
        yield
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
