"""Fetches documents and audio from the application."""

from __future__ import annotations

import contextvars
import http.client
import logging
import threading
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from types import MappingProxyType
from urllib.parse import urlencode

from nacl.signing import SigningKey

from ..network.parties import Leg
from ..network.traffic import LONGEST
from ..network.world import World
from ..webhooks.outgoing import Outgoing, Reply, form, send
from .application import Fetch
from .document import MEDIA, Play, Step, instructions
from .element import BadDocument
from .parties import Source

_log = logging.getLogger(__name__)

AT_ONCE = 32
NO_FIELDS: Mapping[str, str] = MappingProxyType({})
_XML = ("application/xml", "text/xml")

Then = Callable[[Sequence[Step] | None], None]
"""Called with the instructions, or with None if there are no usable ones."""


class Fetcher:
    """Makes requests on threads of its own. pending: the number under way."""

    def __init__(
        self, changed: threading.Condition, lock: threading.RLock, key: SigningKey
    ) -> None:
        self._changed = changed
        self._lock = lock
        self._key = key
        self._pool = ThreadPoolExecutor(AT_ONCE, thread_name_prefix="simulator-texml")
        self._stopped = False
        self.pending = 0

    def fetch(self, outgoing: Outgoing, signed: bool, then: Callable[[Reply | None], None]) -> None:
        """Make a request. `then` gets the reply, or None, under the lock."""
        with self._lock:
            if not self._stopped:
                self.pending += 1
                run = contextvars.copy_context().run  # with the causes of the present step
                self._pool.submit(run, self._fetch, outgoing, signed, then)

    def stop(self) -> None:
        """Wait for the requests under way, PATIENCE at most, and drop all others."""
        with self._lock:
            self._stopped = True
        self._pool.shutdown(cancel_futures=True)

    def _fetch(
        self, outgoing: Outgoing, signed: bool, then: Callable[[Reply | None], None]
    ) -> None:
        reply = None
        try:
            reply = send(outgoing, self._key if signed else None, "telnyx-texml")
        except (OSError, http.client.HTTPException) as error:
            _log.debug("no answer from %s: %s", outgoing.url, error)
        with self._lock:
            self.pending -= 1
            try:
                then(reply)
            except Exception:  # one document must not stop the others
                _log.exception("carrying out the answer of %s failed", outgoing.url)
            self._changed.notify_all()


def document(
    world: World, leg: Leg, source: Source, then: Then, more: Mapping[str, str] = NO_FIELDS
) -> None:
    """Fetch the document of a call. An audio file is not one. more: fields of the request."""
    _fetch(world, leg, source, then, lambda reply: instructions(_xml(reply)), more)


def media(world: World, leg: Leg, source: Source, then: Then, *, times: float = 1) -> None:
    """Fetch an announcement or music: a document, or an audio file to play so many times."""

    def read(reply: Reply) -> Sequence[Step]:
        if reply.content_type.startswith("audio/"):
            return (Play(source.url, times),)
        return instructions(_xml(reply), only=MEDIA)

    _fetch(world, leg, source, then, read)


def _xml(reply: Reply) -> bytes:
    kind = reply.content_type.partition(";")[0].strip().lower()
    if kind not in _XML:
        raise BadDocument(f"its content type is {kind or 'missing'}, not {' or '.join(_XML)}")
    return reply.body


def _fetch(
    world: World,
    leg: Leg,
    source: Source,
    then: Then,
    read: Callable[[Reply], Sequence[Step]],
    more: Mapping[str, str] = NO_FIELDS,
) -> None:
    fields = {
        "AccountSid": world.texml.account_sid,
        "CallSid": leg.call_control_id,
        "CallerId": leg.from_,
        "From": leg.from_,
        "To": leg.to,
        "ConnectionId": leg.connection_id,
        **more,
    }

    row = world.traffic.note(world.clock.now(), "document", source.url)
    row.calls, row.numbers = (leg.call_control_id,), (leg.number,)
    row.sent = lambda: urlencode(fields)
    world.traffic.identify(row, (f"fetch {leg.call_control_id}",))

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
        row.status, row.fault, row.tries = status or 0, problem, 1
        row.answer = reply.shown(LONGEST) if reply else ""
        world.traffic.changed(row)
        with world.traffic.because(row):
            then(steps)

    world.fetch(form(source.url, source.method, fields), world.texml.signs_fetches, answered)


def _good(reply: Reply | None) -> Reply:
    if reply is None:
        raise BadDocument("there was no answer")
    if reply.status != 200:
        raise BadDocument(f"the answer was {reply.status}, not 200")
    return reply
