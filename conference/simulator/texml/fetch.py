"""Telnyx asks the application for instructions, and for what those hear who wait."""

from __future__ import annotations

import http.client
import logging
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor

from nacl.signing import SigningKey

from ..network.parties import Leg
from ..network.world import World
from ..webhooks.letters import Letter, Reply, form, send
from .application import Fetch
from .document import MEDIA, BadDocument, Play, Step, instructions
from .parties import Source

_log = logging.getLogger(__name__)

AT_ONCE = 32
_XML = ("application/xml", "text/xml")

Then = Callable[[Sequence[Step] | None], None]
"""Given the instructions, or None if there is nothing that can be carried out."""


class Fetcher:
    """Makes requests on threads of its own; what follows is done under the lock."""

    def __init__(
        self, changed: threading.Condition, lock: threading.RLock, key: SigningKey
    ) -> None:
        self._changed = changed
        self._lock = lock
        self._key = key
        self._pool = ThreadPoolExecutor(AT_ONCE, thread_name_prefix="simulator-texml")
        self._stopped = False
        self.pending = 0

    def ask(self, letter: Letter, signed: bool, then: Callable[[Reply | None], None]) -> None:
        with self._lock:
            if not self._stopped:
                self.pending += 1
                self._pool.submit(self._ask, letter, signed, then)

    def stop(self) -> None:
        """Waits for the requests under way, PATIENCE at most."""
        with self._lock:
            self._stopped = True
        self._pool.shutdown(cancel_futures=True)

    def _ask(self, letter: Letter, signed: bool, then: Callable[[Reply | None], None]) -> None:
        reply = None
        try:
            reply = send(letter, self._key if signed else None, "telnyx-texml")
        except (OSError, http.client.HTTPException) as error:
            _log.debug("no answer from %s: %s", letter.url, error)
        with self._lock:
            self.pending -= 1
            try:
                then(reply)
            except Exception:  # what follows from one document must not break the rest
                _log.exception("what %s asked for failed", letter.url)
            self._changed.notify_all()


def document(world: World, leg: Leg, source: Source, then: Then) -> None:
    """The instructions for a call. An audio file is none."""
    _ask(world, leg, source, then, lambda reply: instructions(_xml(reply)))


def media(world: World, leg: Leg, source: Source, then: Then, *, times: float = 1) -> None:
    """An audio file, to be played so often, or what a document says and plays."""

    def read(reply: Reply) -> Sequence[Step]:
        if reply.content_type.startswith("audio/"):
            return (Play(source.url, times),)
        return instructions(_xml(reply), only=MEDIA)

    _ask(world, leg, source, then, read)


def _xml(reply: Reply) -> bytes:
    kind = reply.content_type.partition(";")[0].strip().lower()
    if kind not in _XML:
        raise BadDocument(f"its content type is {kind or 'missing'}, not {' or '.join(_XML)}")
    return reply.body


def _ask(
    world: World, leg: Leg, source: Source, then: Then, read: Callable[[Reply], Sequence[Step]]
) -> None:
    fields = {
        "AccountSid": world.texml.account_sid,
        "CallSid": leg.call_control_id,
        "CallerId": leg.from_,
        "From": leg.from_,
        "To": leg.to,
        "ConnectionId": leg.connection_id,
    }

    def answered(reply: Reply | None) -> None:
        steps, problem = None, ""
        try:
            steps = read(_good(reply))
        except BadDocument as error:
            problem = str(error)
            world.happened("document refused", leg.number, f"{source.url}: {problem}")
        status = reply.status if reply else None
        now = world.clock.now()
        fetch = Fetch(now, source.method, source.url, leg.call_control_id, status, problem)
        world.texml.fetches.append(fetch)
        then(steps)

    world.ask(form(source.url, source.method, fields), world.texml.signs_fetches, answered)


def _good(reply: Reply | None) -> Reply:
    if reply is None:
        raise BadDocument("there was no answer")
    if reply.status != 200:
        raise BadDocument(f"the answer was {reply.status}, not 200")
    return reply
