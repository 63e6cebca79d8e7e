"""Start, drain and stop: what happens when serving begins and ends, whatever serves.

Under gunicorn the package's hooks call `start` and `stop`; under `flask run`, `create_app` calls
`if_flask_run`.
"""

from __future__ import annotations

import ctypes
import logging
import os
import sys
from collections.abc import Callable
from contextlib import suppress
from typing import TYPE_CHECKING

import click
from werkzeug.serving import is_running_from_reloader

from conference import music
from conference.core.origin import WEBHOOK
from conference.reporting import redaction
from conference.reporting.json_log import JsonLines
from conference.serving.instance_lock import AnotherServer, only_one
from conference.settings import Settings
from conference.web.services import services_of

if TYPE_CHECKING:
    from flask import Flask

log = logging.getLogger("conference.serving")

DRAIN = 10.0  # seconds for what is pending when the server is told to end
LAST_WORDS = 5.0  # seconds after that for telling outside what has happened

M_ARENA_MAX = -8  # glibc's number for it
ARENAS = 2  # with one for each of a hundred threads a busy day took 7 MB more


def if_flask_run(app: Flask) -> None:
    """Start where `flask run` is about to serve, and not in its reloader's parent."""
    context = click.get_current_context(silent=True)
    if context is None or context.info_name != "run":
        return
    refuse_bad(services_of(app).settings)
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
        wrong = (*settings.problems, *settings.misspelt)
        print(begin, *(f"  {each}" for each in wrong), sep="\n", file=sys.stderr)
    return bool(settings.problems)


def _share_memory() -> None:
    """Let threads share what they allocate from: glibc gives each its own, and never back."""
    with suppress(OSError, AttributeError):  # another C library
        ctypes.CDLL(None).mallopt(M_ARENA_MAX, ARENAS)


def start(app: Flask, still_wanted: Callable[[], bool] = lambda: True) -> None:
    """Make ready to serve. AnotherServer when somebody else does already."""
    settings, engine = services_of(app).settings, services_of(app).engine
    _share_memory()
    log_to_stderr(settings.log_format)
    music.wav()
    only_one(settings.telnyx_base_url, settings.telnyx_connection_id, still_wanted)
    engine.start()
    for name in settings.misspelt:
        log.warning("%s", name)
    address = settings.room.public_url or "https://<your public address>"
    log.info("webhooks are awaited at POST %s", WEBHOOK)
    if not settings.telnyx_connection_id:
        log.info("TELNYX_CONNECTION_ID is not set: its calls are not found again after a restart")
    log.info(
        "in the Telnyx portal set the application's webhook URL to %s%s, API v2", address, WEBHOOK
    )
    secret = "/<TEXML_SECRET>" if settings.texml_secret else ""
    log.info("or a TeXML application's voice URL to %s/texml%s, method POST", address, secret)


def stop(app: Flask) -> None:
    """Send what is pending, then end."""
    engine = services_of(app).engine
    if not engine.idle(0):
        log.info("ending: what is pending is sent first, for %g s at most", DRAIN)
    if not engine.drain(DRAIN):
        log.warning("some commands were not answered within %g s", DRAIN)
    services_of(app).stop(LAST_WORDS)


def log_to_stderr(log_format: str = "text") -> None:
    """Let the conference's log be seen, also where nobody has set up logging."""
    redaction.install()
    logger = logging.getLogger("conference")
    if not logger.handlers and not logging.getLogger().handlers:
        handler = logging.StreamHandler()
        text = logging.Formatter("%(asctime)s %(levelname)s %(message)s")
        handler.setFormatter(JsonLines() if log_format == "json" else text)
        logger.addHandler(handler)
        logger.propagate = False
    if logger.level == logging.NOTSET:
        logger.setLevel(logging.INFO)
