"""A phone conference line on Telnyx: `create_app` wires its parts."""

from __future__ import annotations

import sys

if sys.version_info < (3, 11):  # noqa: UP036 (pip installs everything on an older one)
    raise SystemExit("The conference line needs Python 3.11 or newer.")

from collections.abc import Callable, Iterable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from flask import Flask

from conference import cli
from conference.callbacks.reports import send_report
from conference.callbacks.subscribers import Subscribers
from conference.cli import program
from conference.clock import Clock
from conference.core.doors import RECEPTION
from conference.core.requests.dialling import HOUR, Limits
from conference.core.room import Room
from conference.engine import Api, Engine
from conference.engine.outbox import Observer
from conference.engine.reservations import MemoryReservations, Reservations
from conference.registry import MemoryRegistry, Registry
from conference.reporting import redaction
from conference.reporting.event_log import EventLog
from conference.reporting.health import log_warnings
from conference.reporting.journal import MOST_KEPT, Entry, Journal, MemoryJournal, RoomLine
from conference.reporting.meeting_report import MeetingReports
from conference.reporting.metrics import Metrics, Uncounted, installed
from conference.reporting.rate_limited_log import RateLimitedLog
from conference.reporting.server_health import ServerHealth
from conference.reporting.shared_meetings import MeetingStore, SharedMeetings
from conference.reporting.telnyx_errors import TelnyxErrors
from conference.reporting.timeline import Timeline
from conference.settings import Settings, env_file, load
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
from conference.web.token_counts import (
    KNOWN,
    WINDOW,
    MemoryTokenCounts,
    SharedTokenCounts,
    TokenCounts,
)
from conference.web.webhooks import webhooks
from conference.web.wrong_tokens import WrongTokens, seats

if TYPE_CHECKING:
    from conference.recording.recorder import Recorder


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

    redaction.install()  # commands have a log, too, if the SDK's is switched on
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


def main() -> None:
    """Run the command `conference`."""
    program.make(create_app).main()


def _services(settings: Settings, api: Api | None, more: Iterable[Observer]) -> Services:
    clock = Clock(settings.time_factor)
    counts = Metrics(clock) if settings.may_read_metrics and installed() else Uncounted()
    telnyx = _telnyx_api(settings, clock)
    stores = _stores(settings, clock)
    registry = stores.registry
    subscribers = Subscribers(settings, clock, counts)
    event_log, timeline = EventLog(stores.journal), Timeline()
    reports = MeetingReports(
        timeline,
        settings.rooms.keys() - {RECEPTION},
        partial(send_report, subscribers, clock.iso),
        clock.iso,
    )
    meetings = SharedMeetings(timeline, reports, stores.meetings) if stores.meetings else None
    of_meetings = (meetings.observe,) if meetings else (timeline.observe, reports.observe)
    server_health = ServerHealth(clock())
    errors = TelnyxErrors(server_health, RateLimitedLog())
    request_log = RateLimitedLog()
    recorder = _recorder(settings)
    recorded = (recorder.observe,) if recorder else ()
    engine = Engine(
        registry,
        api or telnyx,
        settings.doors,
        clock,
        _limits(settings),
        observers=(
            *(subscribers.observe, event_log.observe, *of_meetings),
            *(errors.observe, server_health.observe, counts.observe),
            *(*recorded, *more),
        ),
        watchers=(
            lambda now: log_warnings(registry.rooms_at_home(), server_health, now),
            reports.watch,
            lambda now: counts.keep_rooms(registry.rooms_at_home),
        ),
        backlog=counts.backlog,
        reservations=stores.reservations,
        report=server_health.as_json,
        resumed=meetings.load if meetings else lambda room, at: None,
    )
    return Services(
        settings=settings,
        clock=clock,
        engine=engine,
        telnyx=telnyx,
        subscribers=subscribers,
        event_log=event_log,
        timeline=meetings or timeline,
        reports=reports,
        meetings=meetings,
        server_health=server_health,
        metrics=counts,
        request_log=request_log,
        waiting_seats=waiting_seats(settings.threads),
        wrong_tokens=WrongTokens(
            settings.control_token,
            request_log,
            seats(settings.threads),
            stores.token_counts,
            on_wrong=counts.wrong_token,
        ),
        recording=recorder,
    )


def _recorder(settings: Settings) -> Recorder | None:
    if not settings.record_webhooks:
        return None
    from conference.recording.recorder import Recorder

    return Recorder(Path(env_file.beside(settings.record_webhooks)), settings)


class _Stores(NamedTuple):
    """What counts for all processes of the line: in memory if there is one process."""

    registry: Registry
    token_counts: TokenCounts
    reservations: Reservations
    journal: Journal
    meetings: MeetingStore | None = None  # without one, timelines are kept where they are made


def _stores(settings: Settings, clock: Clock) -> _Stores:
    new_room = _new_room(settings)
    if settings.redis_url:
        return _in_redis(settings, clock, new_room)
    counts, reservations = MemoryTokenCounts(), MemoryReservations(clock)
    return _Stores(MemoryRegistry(new_room), counts, reservations, MemoryJournal())


def _in_redis(settings: Settings, clock: Clock, new_room: Callable[[str], Room]) -> _Stores:
    from conference.registry.redis.connection import connect  # needs a package of its own
    from conference.registry.redis.journal import RedisJournal
    from conference.registry.redis.keys import Keys
    from conference.registry.redis.meetings import RedisMeetings
    from conference.registry.redis.reservations import RedisReservations
    from conference.registry.redis.rooms import RedisRegistry
    from conference.registry.redis.token_counts import RedisTokenCounts
    from conference.serving.instance_lock import application_name  # reads the environment, too

    client = connect(settings.redis_url)
    keys = Keys(application_name(settings.telnyx_base_url, settings.telnyx_connection_id))
    counts = RedisTokenCounts(client, keys, WINDOW, KNOWN)
    return _Stores(
        registry=RedisRegistry(client, keys, new_room),
        token_counts=SharedTokenCounts(counts, MemoryTokenCounts()),
        reservations=RedisReservations(client, keys, clock.real(HOUR)),
        journal=RedisJournal(client, keys, RoomLine.text, Entry.read, MOST_KEPT),
        meetings=RedisMeetings(client, keys),
    )


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
