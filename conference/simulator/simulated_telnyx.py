"""The simulated account as a whole, and what a test can do with it."""

from __future__ import annotations

import base64
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import partial
from typing import Any, Self

from nacl.signing import SigningKey

from .api import requests
from .api.app import create_app
from .api.ledger import Ledger, Request
from .api.server import Server
from .faults.chaos import Chaos
from .faults.strike import Faults
from .network import calls
from .network.clock import Clock
from .network.parties import Conference, Leg, Queue, Recording
from .network.phones import Phone
from .network.world import Account, Happened, Script, World
from .spectator import Spectator
from .texml import calls as texml_calls
from .texml.application import Texml
from .texml.fetch import Fetcher
from .webhooks.delivery import Deliverer, Delivery
from .webhooks.letters import Message

CONNECTION_ID = "1494404757140276705"
NUMBER = "+13125550100"


class SimulatedTelnyx:
    """The simulated account: one application with one number, a TeXML application with another,
    and the telephones of the world.

    speed: simulated seconds for a real one. latency: real seconds that each API answer takes.
    on_event: called for everything visible, in order, on a thread of its own. chaos: what goes
    wrong; it may be changed, or taken away, at any time. texml_url: as telnyx.texml.url.
    """

    def __init__(
        self,
        webhook_url: str,
        signing_key: SigningKey,
        api_key: str = "KEY_simulated",
        connection_id: str = CONNECTION_ID,
        number: str = NUMBER,
        speed: float = 1.0,
        latency: float = 0.0,
        on_event: Callable[[Happened], None] | None = None,
        chaos: Chaos | None = None,
        texml_url: str = "",
    ) -> None:
        self.webhook_url = webhook_url
        self.latency = latency
        self.number = number
        self._lock = threading.RLock()
        self._changed = threading.Condition(self._lock)
        self._stopping = threading.Event()
        self._clock = Clock(self._changed, self._lock, speed)
        self._deliverer = Deliverer(
            self._changed,
            self._lock,
            url=lambda: self.webhook_url,
            key=signing_key,
            finished=self._delivered,
        )
        self._deliveries: list[Delivery] = []
        self._spectator = Spectator(on_event) if on_event else None
        tell = self._spectator.tell if self._spectator else None
        self._world = World(self._lock, self._clock, self._post, tell, number, connection_id)
        self._faults = Faults(self._world, self._deliverer.post, chaos)
        key = base64.b64encode(bytes(signing_key.verify_key)).decode()
        self.account = self._world.account = Account(lambda: self.webhook_url, key)
        self.texml = self._world.texml = Texml(texml_url)
        self._fetcher = Fetcher(self._changed, self._lock, signing_key)
        self._world.ask = self._fetcher.ask
        self._world.texml_tell = partial(texml_calls.happened, self._world)
        self._ledger = Ledger(self._changed, self._lock)
        app = create_app(
            self._world, self._ledger, self._faults, api_key=api_key, pause=self._pause
        )
        self._server = Server(app, ahead=lambda: self.account.ahead)
        self.base_url = f"http://127.0.0.1:{self._server.port}/v2"

    def start(self) -> None:
        """Serve and deliver; the simulated time runs from now on. Once only."""
        self._world.began = datetime.now(UTC)
        self._clock.start()
        self._deliverer.start()
        if self._spectator:
            self._spectator.start()
        self._server.start()

    def stop(self) -> None:
        """End all threads; within 2 s, however long the application takes to answer."""
        self._stopping.set()
        self._server.stop()
        self._clock.stop()
        self._fetcher.stop()
        self._deliverer.stop()
        if self._spectator:
            self._spectator.stop()

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def now(self) -> float:
        """Simulated seconds since the start."""
        return self._clock.now()

    @property
    def speed(self) -> float:
        return self._clock.speed

    @speed.setter
    def speed(self, speed: float) -> None:
        self._clock.speed = speed

    def phone(self, number: str) -> Phone:
        """The telephone with that number; the network knows it from now on."""
        with self._lock:
            self._world.scripts.setdefault(number, Script())
            return Phone(self._world, number)

    def place_call(self, to: str, from_: str | None = None, client_state: str | None = None) -> Leg:
        """An outgoing call of the application's that some other program has asked for."""
        with self._lock:
            return calls.call_out(self._world, from_ or self.number, to, client_state=client_state)

    def send(self, event_type: str, payload: Mapping[str, Any]) -> str:
        """Deliver an event of one's own making, signed; returns its id."""
        with self._lock:
            return self._world.emit(event_type, payload)

    def fail_next(self, status: int, count: int = 1) -> None:
        """Refuse the next API requests with 403, 422 (for client_state), 429, 500 or 503."""
        self._ledger.fail(status, count)

    @property
    def chaos(self) -> Chaos | None:
        return self._faults.chaos

    @chaos.setter
    def chaos(self, chaos: Chaos | None) -> None:
        self._faults.chaos = chaos

    @contextmanager
    def outage(self) -> Iterator[None]:
        """Within it the API's port refuses connections."""
        self.refuse_connections()
        try:
            yield
        finally:
            self.accept_connections()

    def refuse_connections(self) -> None:
        """Cut those that are open, too. Calls go on, webhooks are delivered; what had arrived
        takes effect."""
        self._server.refuse_connections()

    def accept_connections(self) -> None:
        self._server.accept_connections()

    @property
    def legs(self) -> list[Leg]:
        """All calls ever, the oldest first."""
        with self._lock:
            return list(self._world.legs.values())

    @property
    def conferences(self) -> list[Conference]:
        """All conferences ever, the oldest first."""
        with self._lock:
            return list(self._world.conferences.values())

    @property
    def queues(self) -> list[Queue]:
        """Those that there are, the oldest first."""
        with self._lock:
            return list(self._world.queues.values())

    @property
    def recordings(self) -> list[Recording]:
        """Also those under way, the oldest first; not those that have been deleted."""
        with self._lock:
            return list(self._world.recordings.values())

    @property
    def requests(self) -> list[Request]:
        """Those that were dealt with, answered or not, in order of arrival."""
        return self._ledger.requests

    @property
    def webhooks(self) -> list[Delivery]:
        """The attempts to deliver that have finished, in that order."""
        with self._lock:
            return list(self._deliveries)

    def idle(self, timeout: float) -> bool:
        """Wait (real seconds) until nothing goes on: False if something still does.

        That is: no request is being served (one that is left hanging is not) or made for a
        document, no webhook is being delivered, due now or held back by chaos (one that waits for
        its next attempt is not), nothing falls due within 0.25 simulated seconds.
        """
        with self._changed:
            return self._changed.wait_for(self._is_idle, timeout)

    def _is_idle(self) -> bool:
        requests = self._ledger.serving or self._fetcher.pending
        under_way = requests or self._deliverer.pending or self._faults.held
        return not under_way and self._clock.quiet()

    def _pause(self) -> None:
        self._stopping.wait(self.latency / 2)

    def _post(self, message: Message, key: str) -> None:
        self._faults.post(message, key)

    def _delivered(self, message: Message, attempt: int, status: int | None) -> None:
        name = message.event_type
        self._deliveries.append(Delivery(self.now(), name, message.id, attempt, status))
        if status is None or status >= 300:
            told = "no answer" if status is None else str(status)
            number = requests.number(self._world, "", message.about)
            self._world.happened("webhook refused", number, f"{name}: {told}")
