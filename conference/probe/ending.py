"""The end of a probe: whatever ends it, all that it has made is removed first."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from contextlib import contextmanager

from conference.probe.account import Account
from conference.tunnel.ending_signals import ENDING, handled, uninterrupted


@contextmanager
def interrupted_by_signals() -> Iterator[None]:
    """Let signals that end the process end the block by KeyboardInterrupt. For the main thread."""
    with handled(signal.default_int_handler, *ENDING):
        yield


@contextmanager
def removing(account: Account) -> Iterator[None]:
    """Remove at the end of the block what the probe has made. For the main thread.

    Meanwhile, for some seconds, signals that end the process are ignored.
    """
    try:
        yield
    finally:
        with uninterrupted():
            account.remove()
