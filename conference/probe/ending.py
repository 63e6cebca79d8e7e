"""The end of a probe: whatever ends it, all that it has made is removed first."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from conference.probe.account import Account

ENDING = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)  # SIGHUP: the terminal was closed


@contextmanager
def interrupted_by_signals() -> Iterator[None]:
    """Let signals that end the process end the block by KeyboardInterrupt. For the main thread."""
    with _handled(signal.default_int_handler):
        yield


@contextmanager
def removing(account: Account) -> Iterator[None]:
    """Remove at the end of the block what the probe has made. For the main thread.

    Meanwhile, for some seconds, signals that end the process are ignored.
    """
    try:
        yield
    finally:
        with _handled(signal.SIG_IGN):
            account.remove()


@contextmanager
def _handled(act: Any) -> Iterator[None]:
    before = {number: signal.signal(number, act) for number in ENDING}
    try:
        yield
    finally:
        for number, former in before.items():
            signal.signal(number, former)
