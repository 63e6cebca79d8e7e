"""A tunnel from its start to its end: the program, then the application's URL, then both back."""

from __future__ import annotations

import signal
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from types import FrameType
from typing import NoReturn

from conference.core.origin import WEBHOOK
from conference.settings import Settings
from conference.telnyx_api import TelnyxApi
from conference.tunnel.application import Application, find, shown
from conference.tunnel.ending_signals import handled, uninterrupted
from conference.tunnel.left_over import Change, Note, opened_note, put_back
from conference.tunnel.programs import by_hand, installed
from conference.tunnel.running import started
from conference.tunnel.trouble import Trouble


class Tunnel:
    """A tunnel that is up. `address`: public, without a path. `ended`: the program has ended."""

    def __init__(
        self, address: str, application: Application, note: Note, say: Callable[[str], None]
    ) -> None:
        self.address = address
        self.ended = False
        self._application, self._note, self._say = application, note, say

    @contextmanager
    def leading_here(self, settings: Settings) -> Iterator[None]:
        """Let the application lead to this tunnel until the block ends."""
        application, left = self._application, self._note.read()
        killed = left is not None and left.ours == application.url
        before = left.before if left and killed else application.url
        ours = application.led(self.address, settings)
        if killed:
            self._say(f"A run that was killed has left {shown(application.url)}.")
        self._say(f"The {application.in_words} changes until this server ends:")
        self._say(f"  from {shown(before)}\n  to   {shown(ours)}")
        self._note.write(Change(before, ours))
        try:
            if application.url != ours:
                application.set(ours)
            yield
        finally:
            with uninterrupted():
                put_back(application, self._note, self._say)


@contextmanager
def opened(settings: Settings, local: str, say: Callable[[str], None]) -> Iterator[Tunnel]:
    """Open a tunnel to the local address, such as 127.0.0.1:5000, until the block ends.

    Nothing is changed at Telnyx yet. If the program ends, the process gets SIGTERM. Trouble if
    there is no tunnel. say: gets each line for the user.
    """
    program = installed()
    if program is None:
        raise Trouble(by_hand(local, WEBHOOK))
    api = TelnyxApi(settings.telnyx_api_key, settings.telnyx_base_url)
    with _signals_as_exits(), closing(api), opened_note(settings) as note:
        application = find(settings, api)
        with started(program, local) as running:
            tunnel = Tunnel(running.address(), application, note, say)
            say(f"{program.name} leads {tunnel.address} to {local}.")

            def ended() -> None:
                tunnel.ended = True
                say(f"{program.name} has ended: no call gets here any more. The server ends, too.")
                main = threading.main_thread().ident
                signal.pthread_kill(main or 0, signal.SIGTERM)

            running.when_it_ends(ended)
            try:
                yield tunnel
            except SystemExit as end:
                sys.exit(1 if tunnel.ended else end.code)


@contextmanager
def _signals_as_exits() -> Iterator[None]:
    """Let signals that end the process unwind it, so that everything is put back."""

    def end(number: int, frame: FrameType | None) -> NoReturn:
        sys.exit(128 + number)

    with handled(end, signal.SIGTERM, signal.SIGHUP):
        yield
