"""The simulated account as a whole: the object that a test works with."""

from __future__ import annotations

import base64
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any, Self

from nacl.signing import SigningKey

from .account.account import CONNECTION_ID, NUMBER, Account
from .api.app import create_app
from .api.ledger import Ledger, Request
from .api.server import Server
from .faults.chaos import Chaos
from .faults.strike import Faults
from .network import calls
from .network.clock import Clock
from .network.parties import Conference, Leg, Queue, Recording
from .network.phones import Phone
from .network.traffic import Traffic
from .network.world import Happened, Script, World
from .reasons import Reasons
from .spectator import Spectator
from .telephones.bench import Telephones
from .telephones.page import Page
from .telephones.switches import Switches
from .texml import calls as texml_calls
from .texml.fetch import Fetcher
from .webhooks import sent
from .webhooks.delivery import Attempt, Deliverer, Delivery
from .webhooks.outgoing import Message


class SimulatedTelnyx:
    """An account with a Call Control application and its number, a TeXML application and its
    number, and all phones of the world.

    webhook_url: where webhooks go. signing_key: signs them. speed: simulated seconds in one real
    second. latency: real seconds that each API answer takes. on_event: called with each visible
    event, in order, on a thread of its own. chaos: the faults; they can be changed or removed at
    any time. texml_url: the address of the first documents, as telnyx.texml.url.

    telephones: the telephones of the page at phones_url, where people can be the callers.
    reasons: where the application reports why it sends its requests.
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
        self.latency = latency
        self._lock = threading.RLock()
        self._changed = threading.Condition(self._lock)
        self._stopping = threading.Event()
        self._clock = Clock(self._changed, self._lock, speed)
        self._deliverer = Deliverer(
            self._changed,
            self._lock,
            route=lambda connection_id: self.account.route(connection_id),
            key=signing_key,
            now=self._clock.now,
            finished=self._delivered,
        )
        self._deliveries: list[Delivery] = []
        self._spectator = Spectator(on_event) if on_event else None
        spectate = self._spectator.show if self._spectator else None
        key = base64.b64encode(bytes(signing_key.verify_key)).decode()
        self.account = Account(connection_id, key)
        self.account.furnish(webhook_url, number)
        self._world = World(self._lock, self._clock, self._post, spectate, self.account)
        self._faults = Faults(self._world, self._deliverer.post, chaos)
        self.texml = self._world.texml
        self.texml.url = texml_url
        self._fetcher = Fetcher(self._changed, self._lock, signing_key)
        self._world.fetch = self._fetcher.fetch
        self._world.texml_event = partial(texml_calls.happened, self._world)
        self._ledger = Ledger(self._changed, self._lock)
        app = create_app(
            self._world, self._ledger, self._faults, api_key=api_key, pause=self._pause
        )
        self._server = Server(app, ahead=lambda: self.account.ahead)
        self.base_url = f"http://127.0.0.1:{self._server.port}/v2"
        self.telephones = Telephones(self._world)
        self.reasons = Reasons(self._world)
        self._page = Page(self._world, self.telephones, Switches(self))

    def start(self) -> None:
        """Serve, deliver, and let the simulated time run. Call it once."""
        self._world.began = datetime.now(UTC)
        self._clock.start()
        self._deliverer.start()
        if self._spectator:
            self._spectator.start()
        self._server.start()
        self._page.start()

    def stop(self) -> None:
        """End all threads, within 2 s: answers of the application are not waited for longer."""
        self._stopping.set()
        self._page.stop()
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
        """Return the simulated seconds since the start."""
        return self._clock.now()

    @property
    def webhook_url(self) -> str:
        """Where the webhooks of the first application go, as its record says."""
        return str(self.account.application["webhook_event_url"] or "")

    @webhook_url.setter
    def webhook_url(self, url: str) -> None:
        self.account.application["webhook_event_url"] = url

    @property
    def number(self) -> str:
        """The account's first number."""
        return self._world.number

    @property
    def speed(self) -> float:
        """Simulated seconds in one real second. It can be changed at any time."""
        return self._clock.speed

    @speed.setter
    def speed(self, speed: float) -> None:
        self._clock.speed = speed

    def skip(self, seconds: float) -> None:
        """Let everything be so many seconds older, as if it had begun so much earlier.

        The date stays, so it agrees with the clock of the application as before.
        """
        with self._lock:
            self._clock.skip(seconds)
            self._world.began -= timedelta(seconds=seconds)

    def phone(self, number: str) -> Phone:
        """Return the phone with that number. The network knows it from now on."""
        with self._lock:
            self._world.scripts.setdefault(number, Script())
            return Phone(self._world, number)

    def place_call(self, to: str, from_: str | None = None, client_state: str | None = None) -> Leg:
        """Let another program call `to` on the application."""
        with self._lock, self._world.acting("", "another program calls", to):
            return calls.call_out(self._world, from_ or self.number, to, client_state=client_state)

    def send(self, event_type: str, payload: Mapping[str, Any]) -> str:
        """Send any webhook, signed; return the id of its event.

        If the payload names no application of the account, it is one of the first application.
        """
        known = self.account.connection(payload.get("connection_id"))
        with self._lock:
            to = "" if known else self.account.connection_id
            return self._world.emit(event_type, payload, to)

    def fail_next(self, status: int, count: int = 1) -> None:
        """Refuse the next API requests with 403, 404, 408, 409, 422 (for client_state), 429, 500 or
        503.

        Raise ValueError for another status.
        """
        self._ledger.fail(status, count)

    @property
    def chaos(self) -> Chaos | None:
        """The faults; None for none. Setting it starts all draws again."""
        return self._faults.chaos

    @chaos.setter
    def chaos(self, chaos: Chaos | None) -> None:
        self._faults.chaos = chaos

    @contextmanager
    def outage(self) -> Iterator[None]:
        """Refuse connections to the API until the block ends."""
        self.refuse_connections()
        try:
            yield
        finally:
            self.accept_connections()

    def refuse_connections(self) -> None:
        """Refuse new connections to the API, and cut the open ones.

        Calls and webhooks continue. Requests that had arrived are executed.
        """
        self._server.refuse_connections()

    def accept_connections(self) -> None:
        """Accept connections to the API again, on the same port."""
        self._server.accept_connections()

    @property
    def refuses(self) -> bool:
        """Whether connections to the API are refused."""
        return not self._server.serving

    @property
    def phones_url(self) -> str:
        """The link to the page of the telephones. It has the page's key."""
        return self._page.url

    @property
    def legs(self) -> list[Leg]:
        """All calls, ended or not, the oldest first."""
        with self._lock:
            return list(self._world.legs.values())

    @property
    def conferences(self) -> list[Conference]:
        """All conferences, ended or not, the oldest first."""
        with self._lock:
            return list(self._world.conferences.values())

    @property
    def queues(self) -> list[Queue]:
        """The queues that exist, the oldest first."""
        with self._lock:
            return list(self._world.queues.values())

    @property
    def recordings(self) -> list[Recording]:
        """All recordings, finished or not, the oldest first; without deleted ones."""
        with self._lock:
            return list(self._world.recordings.values())

    @property
    def requests(self) -> list[Request]:
        """The finished requests, answered or not, in order of arrival."""
        return self._ledger.requests

    @property
    def webhooks(self) -> list[Delivery]:
        """The finished attempts to deliver, in the order of their ends."""
        with self._lock:
            return list(self._deliveries)

    @property
    def traffic(self) -> Traffic:
        """What passes between phones, Telnyx and the application: the newest rows."""
        return self._world.traffic

    def idle(self, timeout: float) -> bool:
        """Wait until nothing happens any more; return False after `timeout` real seconds.

        Nothing happens if no request is being served, no document is being fetched, no webhook is
        being delivered or held back by chaos, and nothing is due within 0.25 simulated seconds.
        Requests that chaos leaves hanging, and webhooks that wait for another attempt, do not
        count.
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
        sent.note(self._world, message)
        self._faults.post(message, key)

    def _delivered(self, attempt: Attempt) -> None:
        sent.delivered(self._world, attempt)
        name, id = attempt.message.event_type, attempt.message.id
        row = Delivery(self.now(), name, id, attempt.number, attempt.status)
        self._deliveries.append(row)
