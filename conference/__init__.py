"""A phone conference line on Telnyx: `create_app` wires its parts."""

from __future__ import annotations

import sys

if sys.version_info < (3, 11):  # noqa: UP036 (pip installs everything on an older one)
    raise SystemExit("The conference line needs Python 3.11 or newer.")

from collections.abc import Callable, Iterable
from functools import partial

from flask import Flask

from conference import cli
from conference.callbacks.reports import send_report
from conference.callbacks.subscribers import Subscribers
from conference.clock import Clock
from conference.core.doors import RECEPTION
from conference.core.requests.dialling import Limits
from conference.core.room import Room
from conference.engine import Api, Engine
from conference.engine.outbox import Observer
from conference.registry import MemoryRegistry, Registry
from conference.reporting.event_log import EventLog
from conference.reporting.health import log_warnings
from conference.reporting.meeting_report import MeetingReports
from conference.reporting.metrics import Metrics, Uncounted, installed
from conference.reporting.rate_limited_log import RateLimitedLog
from conference.reporting.server_health import ServerHealth
from conference.reporting.telnyx_errors import TelnyxErrors
from conference.reporting.timeline import Timeline
from conference.settings import Settings, load
from conference.telnyx_api import TelnyxApi
from conference.web import counting, inbound, problems, unavailable, unrouted
from conference.web.account import account
from conference.web.console import console
from conference.web.control import control, waiting_seats
from conference.web.links import links
from conference.web.metrics import metrics
from conference.web.public import public
from conference.web.services import Services
from conference.web.texml import texml
from conference.web.webhooks import webhooks
from conference.web.wrong_tokens import WrongTokens, seats


def create_app(
    settings: Settings | None = None,
    *,
    api: Api | None = None,
    observers: Iterable[Observer] = (),
) -> Flask:
    """Wire everything. Nothing runs before something is served.

    Without `settings` they are read from the environment and `.env`. Commands for a room go
    through `api`: to Telnyx unless another is given. `observers`: get each change of a room, beside
    the line's own.
    """
    from conference.serving import lifecycle  # the package reads the environment, for gunicorn

    settings = settings or load()
    app = Flask(__name__)
    app.url_map.merge_slashes = False  # the redirect would go to whatever Host the request named
    services = _services(settings, api, observers)
    services.install(app)
    for blueprint in (public, webhooks, texml, control, links, account, console, metrics):
        app.register_blueprint(blueprint)
    for errors in (inbound, problems, unavailable, unrouted):
        errors.install(app)
    if isinstance(services.metrics, Metrics):
        counting.install(app, services.metrics)
    cli.install(app, create_app)
    lifecycle.if_flask_run(app)
    return app


def _services(settings: Settings, api: Api | None, more: Iterable[Observer]) -> Services:
    clock = Clock(settings.time_factor)
    counts = Metrics(clock) if settings.may_read_metrics and installed() else Uncounted()
    telnyx = _telnyx_api(settings, clock)
    registry = _registry(settings)
    subscribers = Subscribers(settings, clock, counts)
    event_log, timeline = EventLog(), Timeline()
    reports = MeetingReports(
        timeline,
        settings.rooms.keys() - {RECEPTION},
        partial(send_report, subscribers, clock.iso),
        clock.iso,
    )
    server_health = ServerHealth(clock())
    errors = TelnyxErrors(server_health, RateLimitedLog())
    request_log = RateLimitedLog()
    engine = Engine(
        registry,
        api or telnyx,
        settings.doors,
        clock,
        _limits(settings),
        observers=(
            *(subscribers.observe, event_log.observe, timeline.observe, reports.observe),
            *(errors.observe, server_health.observe, counts.observe, *more),
        ),
        watchers=(
            lambda now: log_warnings(registry.rooms_at_home(), server_health, now),
            reports.watch,
            lambda now: counts.keep_rooms(registry.rooms_at_home),
        ),
        backlog=counts.backlog,
    )
    return Services(
        settings=settings,
        clock=clock,
        engine=engine,
        telnyx=telnyx,
        subscribers=subscribers,
        event_log=event_log,
        timeline=timeline,
        reports=reports,
        server_health=server_health,
        metrics=counts,
        request_log=request_log,
        waiting_seats=waiting_seats(settings.threads),
        wrong_tokens=WrongTokens(
            settings.control_token,
            request_log,
            seats(settings.threads),
            on_wrong=counts.wrong_token,
        ),
    )


def _registry(settings: Settings) -> Registry:
    """Return the rooms: in memory, or in Redis for all processes that share it."""
    new_room = _new_room(settings)
    if not settings.redis_url:
        return MemoryRegistry(new_room)
    from conference.registry.redis.connection import connect  # needs a package of its own
    from conference.registry.redis.keys import Keys
    from conference.registry.redis.rooms import RedisRegistry
    from conference.serving.instance_lock import application_name  # reads the environment, too

    application = application_name(settings.telnyx_base_url, settings.telnyx_connection_id)
    return RedisRegistry(connect(settings.redis_url), Keys(application), new_room)


def _telnyx_api(settings: Settings, clock: Clock) -> TelnyxApi:
    return TelnyxApi(
        settings.telnyx_api_key,
        settings.telnyx_base_url,
        settings.telnyx_connection_id,
        settings.telnyx_number,
        clock,
    )


def _limits(settings: Settings) -> Limits:
    return Limits(
        allow=settings.dial_allow,
        per_hour=settings.dial_per_hour,
        at_once=settings.dial_at_once,
        number=settings.telnyx_number,
        connection_id=settings.telnyx_connection_id,
    )


def _new_room(settings: Settings) -> Callable[[str], Room]:
    front = settings.doors.default if settings.telnyx_connection_id else ""

    def new_room(name: str) -> Room:
        own = settings.rooms.get(name, settings.room)
        return Room(name, own, watches_unknown_calls=name == front)

    return new_room
