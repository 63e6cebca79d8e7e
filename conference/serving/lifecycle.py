"""Starts, drains and stops a server.

Under gunicorn, the hooks of this package call `start` and `stop`. Under `flask run`, `create_app`
calls `if_flask_run`.
"""

from __future__ import annotations

import ctypes
import gc
import logging
import os
import sys
from collections.abc import Callable
from contextlib import suppress
from typing import TYPE_CHECKING

import click
from werkzeug.serving import is_running_from_reloader

from conference import music
from conference.private_folder import Unusable, private_folder
from conference.reporting import redaction
from conference.reporting.json_log import JsonFormatter
from conference.reporting.unblocked_log import UnblockedHandler
from conference.serving.dial_file import DialFile
from conference.serving.instance_lock import (
    AnotherServer,
    application_name,
    release_instance_lock,
    take_instance_lock,
)
from conference.serving.redis_check import with_redis_examined
from conference.serving.start_log import log_start
from conference.settings import Settings
from conference.settings.kinds import REQUIRED
from conference.web.services import services_of

if TYPE_CHECKING:
    from flask import Flask

log = logging.getLogger("conference.serving")

DRAIN = 10.0  # seconds for pending commands when the server ends
LAST_WORDS = 5.0  # seconds after that for callbacks that still wait

# gc's thresholds; by default the first is 700. 20,000 objects that wait to be collected are 8 MB.
COLLECTION = 5_000, 20, 20

M_ARENA_MAX = -8  # the number of this option in glibc
ARENAS = 2  # one for each of a hundred threads took 7 MB more in a busy day


def if_flask_run(app: Flask) -> None:
    """Start if `flask run` is about to serve, but not in the parent of its reloader."""
    context = click.get_current_context(silent=True)
    if context is None or context.info_name != "run":
        return
    refuse_bad(_examined(services_of(app).settings))
    _keep_console()
    reload = context.params.get("reload")
    debug = os.environ.get("FLASK_DEBUG", "0").lower() not in ("0", "false", "no", "")
    if is_running_from_reloader() or not (debug if reload is None else reload):
        try:
            start(app)
            log_start(services_of(app).settings)
        except (AnotherServer, Unusable) as error:
            log.error("%s", error)
            sys.exit(2)


def _examined(settings: Settings) -> Settings:
    log_to_stderr(settings.log_format)
    return with_redis_examined(settings, log.warning)


def _keep_console() -> None:
    """Leave /console to the app: with --debug, Werkzeug's debugger has a page at this address."""
    from werkzeug.debug import DebuggedApplication  # loads much that only a debugger needs

    def of_the_app(debugger: DebuggedApplication, request: object) -> object:
        return debugger.debug_application

    DebuggedApplication.display_console = of_the_app  # type: ignore[method-assign, assignment]


def refuse_bad(settings: Settings) -> None:
    """Exit with status 2 if a setting is missing or malformed."""
    if report_bad(settings):
        sys.exit(2)


def report_bad(settings: Settings) -> bool:
    """Print each missing or malformed setting with what to do. Return whether there is any."""
    if settings.problems:
        where = "in the environment or in .env"
        where = f"{where}, or correct them in the rooms file" if settings.rooms_file else where
        begin = f"The conference line cannot start. Set these {where}:"
        wrong = (*settings.problems, *settings.warnings)
        by_setup = any(each.name in REQUIRED for each in settings.problems)
        end = ["Or run: flask setup"] if by_setup else []
        text = "\n".join([begin, *(f"  {each}" for each in wrong), *end])
        _to_stderr(logging.Formatter()).handle(logging.makeLogRecord({"msg": text}))
    return bool(settings.problems)


def _share_memory() -> None:
    """Let threads share memory: glibc gives each thread an arena of its own, and keeps it."""
    with suppress(OSError, AttributeError):  # a C library other than glibc
        ctypes.CDLL(None).mallopt(M_ARENA_MAX, ARENAS)


def _spare_what_is_loaded() -> None:
    """Let garbage collection skip the loaded code, and run less often: a webhook leaves little."""
    gc.collect()
    gc.freeze()  # else each full collection walks through all of the SDK
    gc.set_threshold(*COLLECTION)


def start(app: Flask, still_wanted: Callable[[], bool] = lambda: True) -> None:
    """Prepare to serve. AnotherServer if another server for the application runs.

    Unusable if there is no private folder for the lock. Servers that share a Redis need none.
    """
    settings, engine = services_of(app).settings, services_of(app).engine
    _share_memory()
    log_to_stderr(settings.log_format)
    music.wav()
    past_dials = None if settings.redis_url else _alone(settings, still_wanted)
    services_of(app).event_log.start()
    if meetings := services_of(app).meetings:
        meetings.start()
    engine.start(prepared=_spare_what_is_loaded, past_dials=past_dials)


def _alone(settings: Settings, still_wanted: Callable[[], bool]) -> DialFile:
    """Make sure that no other server of this machine has the rooms. Return its file of dials."""
    folder = private_folder()
    application = application_name(settings.telnyx_base_url, settings.telnyx_connection_id)
    take_instance_lock(folder, application, still_wanted)
    return DialFile(folder, application)


def stop(app: Flask) -> None:
    """Send pending commands, then end."""
    engine = services_of(app).engine
    if not engine.idle(0):
        log.info("ending: pending commands are sent first, for %g s at most", DRAIN)
    if not engine.drain(DRAIN):
        log.warning("some commands were not answered within %g s", DRAIN)
    services_of(app).stop(LAST_WORDS)
    release_instance_lock()


def log_to_stderr(log_format: str = "text") -> None:
    """Show the log of this package, and warnings of others, unless logging is configured."""
    redaction.install()
    logger = logging.getLogger("conference")
    if not logger.handlers and not logging.getLogger().handlers:
        text = redaction.Formatter("%(asctime)s %(levelname)s %(message)s")
        formatter = JsonFormatter() if log_format == "json" else text
        logger.addHandler(_to_stderr(formatter))
        logger.propagate = False
        _show_others(_to_stderr(formatter))
    if logger.level == logging.NOTSET:
        logger.setLevel(logging.INFO)


def _to_stderr(formatter: logging.Formatter) -> logging.Handler:
    handler = UnblockedHandler()
    handler.setFormatter(formatter)
    return handler


def _show_others(handler: logging.Handler) -> None:
    """Show what Python itself would print to stderr, and block: warnings, and those of loggers."""
    handler.setLevel(logging.WARNING)
    logging.lastResort = handler
    logging.captureWarnings(True)
    logging.getLogger("py.warnings").addHandler(handler)
