"""What happens when serving starts and ends; also gunicorn's settings and hooks.

Under gunicorn this module is its configuration: `gunicorn --config python:conference.serving`.
Under `flask run`, `create_app` calls `if_flask_run`.
"""

from __future__ import annotations

import hashlib
import logging
import os
import signal
import socket
import struct
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

import click
from werkzeug.serving import is_running_from_reloader

from conference import music
from conference.core.origin import WEBHOOK
from conference.engine import Engine
from conference.settings import Settings, environment, read

if TYPE_CHECKING:
    from flask import Flask

log = logging.getLogger(__name__)

DRAIN = 10.0  # seconds for what is pending when the server is told to end
ANOTHER_ENDS_WITHIN = 15.0  # seconds that we wait for a server that is being replaced
BODY_WITHIN = 10  # seconds between two packets of a request
BOOT_FAILED = 3  # the status after which gunicorn ends instead of starting the worker again

_held: list[IO[str]] = []  # the lock's file: open, and so locked, while this process lives


# gunicorn's settings

_settings = read(environment())
bind = f"0.0.0.0:{_settings.port}"
workers = 1  # the memory registry is one process's, whatever WEB_CONCURRENCY says
worker_class = "gthread"
threads = _settings.threads
graceful_timeout = 25
control_socket_disable = True


def on_starting(server: Any) -> None:
    refuse_bad(_settings)


def when_ready(server: Any) -> None:
    """A client that never finishes its body must not hold a thread for good.

    Accepted sockets inherit this on Linux. Without it ten such clients stop a small server.
    """
    for listener in server.LISTENERS:
        wait = struct.pack("ll", BODY_WITHIN, 0)
        listener.sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVTIMEO, wait)
    logging.getLogger("gunicorn.error").addFilter(_without_traceback)


def _without_traceback(record: logging.LogRecord) -> bool:
    """A client that is cut off so is no error of ours, and fills no log."""
    if record.exc_info and isinstance(record.exc_info[1], BlockingIOError):
        record.msg, record.exc_info = "A client did not finish its request in time.", None
    return True


def post_worker_init(worker: Any) -> None:
    app: Flask = worker.wsgi
    if report_bad(app.extensions["settings"]):
        sys.exit(BOOT_FAILED)  # they were good when the master started: a reload
    try:
        start(app, still_wanted=lambda: bool(worker.alive))
    except AnotherServer as error:
        if worker.age > 1 or not worker.alive:
            sys.exit(0)  # to be started again, as a reload's predecessor takes its time; or to end
        log.error("%s", error)
        sys.exit(BOOT_FAILED)
    before = signal.getsignal(signal.SIGTERM)

    def end(number: int, frame: Any) -> None:
        app.extensions["engine"].draining = True
        if callable(before):
            before(number, frame)

    signal.signal(signal.SIGTERM, end)


def worker_exit(server: Any, worker: Any) -> None:
    if getattr(worker, "wsgi", None) is not None:
        stop(worker.wsgi)


# Start and stop


class AnotherServer(Exception):
    """A server for the same account and application runs on this machine."""


def if_flask_run(app: Flask) -> None:
    """Start where `flask run` is about to serve, and not in its reloader's parent."""
    context = click.get_current_context(silent=True)
    if context is None or context.info_name != "run":
        return
    refuse_bad(app.extensions["settings"])
    reload = context.params.get("reload")
    debug = os.environ.get("FLASK_DEBUG", "0").lower() not in ("0", "false", "no", "")
    if is_running_from_reloader() or not (debug if reload is None else reload):
        try:
            start(app)
        except AnotherServer as error:
            log.error("%s", error)
            sys.exit(2)


def refuse_bad(settings: Settings) -> None:
    """End with status 2 unless the settings allow to serve."""
    if report_bad(settings):
        sys.exit(2)


def report_bad(settings: Settings) -> bool:
    """Whether any setting is missing or malformed; each is named with what to do."""
    if settings.problems:
        begin = "The conference line cannot start. Set these in the environment or in .env:"
        print(begin, *(f"  {problem}" for problem in settings.problems), sep="\n", file=sys.stderr)
    return bool(settings.problems)


def start(app: Flask, still_wanted: Callable[[], bool] = lambda: True) -> None:
    """Make ready to serve. AnotherServer when somebody else does already."""
    settings: Settings = app.extensions["settings"]
    engine: Engine = app.extensions["engine"]
    log_to_stderr()
    engine.prepare()
    music.wav()
    only_one(settings.telnyx_base_url, settings.telnyx_connection_id, still_wanted)
    engine.start()
    address = settings.room.public_url or "https://<your public address>"
    log.info("webhooks are awaited at POST %s", WEBHOOK)
    log.info(
        "in the Telnyx portal set the application's webhook URL to %s%s, API v2", address, WEBHOOK
    )


def stop(app: Flask) -> None:
    """Send what is pending, then end."""
    engine = app.extensions["engine"]
    if not engine.drain(DRAIN):
        log.warning("some commands were not answered within %g s", DRAIN)
    engine.stop()


def only_one(base_url: str, connection_id: str, still_wanted: Callable[[], bool]) -> None:
    """Take the lock that a server of the same account and application holds while it lives."""
    if _held:
        return
    import fcntl  # not on Windows, where nothing can be served but everything else works

    name = hashlib.sha256(f"{base_url} {connection_id}".encode()).hexdigest()[:16]
    path = Path(tempfile.gettempdir()) / f"conference-line-{os.getuid()}-{name}.lock"
    file = path.open("a")
    give_up = time.monotonic() + ANOTHER_ENDS_WITHIN
    waits = False
    while still_wanted() and time.monotonic() < give_up:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            if not waits:
                log.info("another server runs: waiting %g s for it to end", ANOTHER_ENDS_WITHIN)
            waits = True
            time.sleep(0.1)
        else:
            _held.append(file)
            return
    file.close()
    raise AnotherServer(
        "another server for this TELNYX_BASE_URL and TELNYX_CONNECTION_ID runs on this machine, "
        "and two would both act on every call: stop it, then start this one"
    )


def log_to_stderr() -> None:
    """Let the conference's log be seen, also where nobody has set up logging."""
    logger = logging.getLogger("conference")
    if not logger.handlers and not logging.getLogger().handlers:
        handler = logging.StreamHandler()
        handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(message)s"))
        logger.addHandler(handler)
        logger.propagate = False
    if logger.level == logging.NOTSET:
        logger.setLevel(logging.INFO)
