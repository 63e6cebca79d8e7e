"""The end of a probe: whatever ends it, all that it has made is removed first."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from conference.probe.account import Account

ENDING = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)  # SIGHUP: the terminal was closed


@contextmanager
def removing(account: Account) -> Iterator[None]:
    """Remove at the end of the block what the probe has made. Use it on the main thread.

    A signal that ends the process ends the block by KeyboardInterrupt. During the removal, which
    takes seconds, these signals are ignored.
    """
    with _handled(signal.default_int_handler):
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
