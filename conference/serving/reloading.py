"""Reloads on SIGHUP: only with good settings, and once for several signals.

gunicorn starts a new worker before it ends the old one. A new worker that cannot start ends the
whole server.
"""

from __future__ import annotations

import signal
from collections.abc import Iterable, Iterator
from typing import Any

from conference.settings import load


def make_reload_careful(server: Any) -> None:
    """Change how gunicorn's master reloads."""
    reload, wait_for_signals = server.reload, server.wait_for_signals

    def reload_if_good() -> None:
        if problems := load().problems:
            what = "not reloaded, the server goes on with its old settings: %s"
            server.log.error(what, " ".join(map(str, problems)))
        else:
            reload()

    def signals(timeout: float = 1.0) -> list[int]:
        return list(_once(wait_for_signals(timeout)))

    server.reload, server.wait_for_signals = reload_if_good, signals


def _once(signals: Iterable[int]) -> Iterator[int]:
    """Yield the signals, and SIGHUP only once: one reload reads all that was changed before."""
    reloads = False
    for each in signals:
        if each != signal.SIGHUP or not reloads:
            yield each
        reloads = reloads or each == signal.SIGHUP
