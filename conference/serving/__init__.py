"""gunicorn's settings and hooks: `gunicorn --config python:conference.serving`."""

from __future__ import annotations

import logging
import os
import signal
import sys
from typing import TYPE_CHECKING, Any

from conference.private_folder import Unusable
from conference.reporting.rate_limited_log import RateLimitedLog
from conference.serving import metrics_folder
from conference.serving.instance_lock import AnotherServer
from conference.serving.killed_worker import announce_end
from conference.serving.lifecycle import refuse_bad, report_bad, start, stop
from conference.serving.redis_check import with_redis_examined
from conference.serving.reloading import make_reload_careful
from conference.serving.start_log import log_start
from conference.settings import load
from conference.web.services import services_of

if TYPE_CHECKING:
    from flask import Flask

log = logging.getLogger(__name__)

BOOT_FAILED = 3  # with this exit status gunicorn ends, instead of starting another worker

_request_log = RateLimitedLog()
_settings = load()

bind = f"0.0.0.0:{_settings.port}"
workers = _settings.workers
worker_class = "conference.serving.worker.Worker"
threads = _settings.threads
keepalive = 620  # seconds; longer than balancers keep idle connections: most 60 to 90, some 600
graceful_timeout = 25
control_socket_disable = True
logger_class = "conference.serving.gunicorn_log.UnblockedLogger"


def on_starting(server: Any) -> None:
    refuse_bad(with_redis_examined(_settings, server.log.warning))
    metrics_folder.make_folder(_settings)
    make_reload_careful(server)


def when_ready(server: Any) -> None:
    logging.getLogger("gunicorn.error").addFilter(_bounded)


def _bounded(record: logging.LogRecord) -> bool:
    """Log malformed requests at a limited rate, without quoting them."""
    if not str(record.msg).startswith("Invalid request"):
        return True
    _request_log.warn("HTTP", "a request was refused: it is not HTTP, or it did not end")
    return False


def post_worker_init(worker: Any) -> None:
    signal.signal(signal.SIGHUP, signal.SIG_IGN)  # the master's: it ends a worker by SIGTERM
    app: Flask = worker.wsgi
    worker.registry_waits = bool(services_of(app).settings.redis_url)
    if report_bad(services_of(app).settings):
        sys.exit(BOOT_FAILED)  # a reload: they were good when the master started
    try:
        start(app, still_wanted=lambda: bool(worker.alive))
    except AnotherServer as error:
        if worker.age > 1 or not worker.alive:
            sys.exit(0)  # gunicorn starts another: the worker before a reload is still ending
        log.error("%s", error)
        sys.exit(BOOT_FAILED)
    except Unusable as error:
        log.error("%s", error)
        sys.exit(BOOT_FAILED)
    if worker.age % workers == 1 % workers:  # one of those that start together
        log_start(services_of(app).settings)
    before = signal.getsignal(signal.SIGTERM)

    def end(number: int, frame: Any) -> None:
        services_of(app).engine.retire()
        if callable(before):
            before(number, frame)

    signal.signal(signal.SIGTERM, end)


def worker_exit(server: Any, worker: Any) -> None:
    if worker.booted:
        stop(worker.wsgi)
        logging.shutdown()
        os._exit(0)  # a client that never ends its request would keep its thread, and the process


def child_exit(server: Any, worker: Any) -> None:
    metrics_folder.forget_worker(worker.pid)
    announce_end(_settings, worker.pid)


def on_exit(server: Any) -> None:
    metrics_folder.remove_folder()
