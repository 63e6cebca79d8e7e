"""Reloads on SIGHUP: only what can start, and once for several signals.

gunicorn starts a new worker before it ends the old one. A new worker that cannot start ends the
whole server.
"""

from __future__ import annotations

import os
import signal
import traceback
from collections.abc import Iterable, Iterator
from typing import Any

from conference.masking import masked
from conference.private_folder import Unusable, private_folder
from conference.serving.redis_check import with_redis_examined
from conference.settings import load

PATIENCE = 20  # seconds for the trial


def make_reload_careful(server: Any) -> None:
    """Change how gunicorn's master reloads."""
    reload, wait_for_signals = server.reload, server.wait_for_signals

    def reload_if_good() -> None:
        if reason := _tried(server):
            server.log.error("not reloaded, the server goes on with its old %s", reason)
        else:
            reload()

    def signals(timeout: float = 1.0) -> list[int]:
        return list(_once(wait_for_signals(timeout)))

    server.reload, server.wait_for_signals = reload_if_good, signals


def _tried(server: Any) -> str:
    """Try in a child process whether a new worker could start. Return the reason against it."""
    reads, writes = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            signal.signal(signal.SIGALRM, signal.SIG_DFL)
            signal.alarm(PATIENCE)
            reason = reason_against(server)
            os.write(writes, reason.encode(errors="replace"))
            os._exit(bool(reason))
        finally:
            os._exit(1)
    os.close(writes)
    with os.fdopen(reads, "rb") as pipe:
        reason = pipe.read().decode(errors="replace")
    ended = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    if ended and not reason:
        reason = f"code: the new one is not loaded within {PATIENCE} s, or ends the process"
    return reason


def reason_against(server: Any) -> str:
    """Return why a new worker could not start; "" if it could."""
    settings = with_redis_examined(load(), warn=lambda text: None)  # the server itself warns
    if settings.problems:
        return f"settings: {' '.join(map(str, settings.problems))}"
    try:
        if not settings.redis_url:
            private_folder()
        server.app.wsgi()
    except Unusable as error:
        return f"worker: {error}"
    except BaseException:  # app.py may also exit
        return f"code: the new one cannot be loaded\n{masked(traceback.format_exc())}"
    return ""


def _once(signals: Iterable[int]) -> Iterator[int]:
    """Yield the signals, and SIGHUP only once: one reload reads all that was changed before."""
    reloads = False
    for each in signals:
        if each != signal.SIGHUP or not reloads:
            yield each
        reloads = reloads or each == signal.SIGHUP
