"""The page's own server: an outage of the API does not concern it."""

from __future__ import annotations

import secrets

from ..api.server import Server
from ..network.world import World
from .app import PAGE, create_app
from .bench import Telephones
from .switches import Switches


class Page:
    """Serves the page of the telephones on a free port of 127.0.0.1, from `start` to `stop`.

    url: the link to it, with a new random key.
    """

    def __init__(self, world: World, telephones: Telephones, switches: Switches) -> None:
        key = secrets.token_urlsafe(24)
        self._server = Server(create_app(world, telephones, switches, key), for_pages=True)
        self.url = f"http://127.0.0.1:{self._server.port}{PAGE}?key={key}"

    def start(self) -> None:
        self._server.start()

    def stop(self) -> None:
        self._server.stop()
