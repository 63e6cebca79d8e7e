"""A phone conference line on Telnyx's Call Control."""

from __future__ import annotations

import sys

if sys.version_info < (3, 11):  # noqa: UP036 (pip installs everything on an older one)
    raise SystemExit("The conference line needs Python 3.11 or newer.")

from collections.abc import Callable

from flask import Flask

from conference.callbacks.delivery import Callbacks
from conference.callbacks.signing_key import callback_key
from conference.callbacks.subscriptions import feeds
from conference.clock import Clock
from conference.core.requests.dialling import Limits
from conference.core.room import Room
from conference.engine import Api, Engine
from conference.registry import MemoryRegistry
from conference.settings import Settings, environment, read
from conference.telnyx_api import TelnyxApi
from conference.web import account, control, problems, texml
from conference.web.public import public
from conference.web.webhooks import Door, install


def create_app(settings: Settings | None = None, *, api: Api | None = None) -> Flask:
    """Wire everything; nothing runs before something is served.

    Without `settings` they come from the environment and `.env`. `api` is what a room's commands
    go through, Telnyx unless given.
    """
    from conference import cli
    from conference.serving import lifecycle

    settings = settings or read(environment())
    app = Flask(__name__)
    app.url_map.merge_slashes = False  # by a redirect, to whatever Host the request named
    clock = Clock(settings.time_factor)
    telnyx = TelnyxApi(
        settings.telnyx_api_key,
        settings.telnyx_base_url,
        settings.telnyx_connection_id,
        settings.telnyx_number,
        clock,
    )
    engine = Engine(
        MemoryRegistry(_new_room(settings)),
        api or telnyx,
        settings.conference_name,
        clock,
        _limits(settings),
        _callbacks(settings, clock),
    )
    app.extensions["settings"] = settings
    app.extensions["engine"] = engine
    app.register_blueprint(public)
    install(app, Door(settings.telnyx_public_key, engine))
    texml.install(app)
    problems.install(app)
    account.install(app, telnyx)
    control.install(app, settings.control_token, settings.threads)
    cli.install(app, create_app)
    lifecycle.if_flask_run(app)
    return app


def _limits(settings: Settings) -> Limits:
    return Limits(
        allow=settings.dial_allow,
        per_hour=settings.dial_per_hour,
        at_once=settings.dial_at_once,
        number=settings.telnyx_number,
        connection_id=settings.telnyx_connection_id,
    )


def _callbacks(settings: Settings, clock: Clock) -> tuple[Callbacks, ...]:
    if not settings.telnyx_api_key:
        return ()
    key = callback_key(settings.telnyx_api_key)
    return tuple(Callbacks(feed, key, settings.telnyx_number, clock) for feed in feeds(settings))


def _new_room(settings: Settings) -> Callable[[str], Room]:
    front = settings.conference_name if settings.telnyx_connection_id else ""
    return lambda name: Room(name, settings.room, lookout=name == front)
