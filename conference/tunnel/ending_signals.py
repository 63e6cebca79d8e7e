"""Handles the signals that end a process otherwise, as long as a block runs."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

ENDING = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)  # SIGHUP: the terminal was closed


@contextmanager
def handled(act: Any, *numbers: signal.Signals) -> Iterator[None]:
    """Let `act` handle these signals until the block ends. For the main thread."""
    before = {number: signal.signal(number, act) for number in numbers}
    try:
        yield
    finally:
        for number, former in before.items():
            signal.signal(number, former)


@contextmanager
def uninterrupted() -> Iterator[None]:
    """Ignore the signals, for the few seconds that the block takes. For the main thread."""
    with handled(signal.SIG_IGN, *ENDING):
        yield
