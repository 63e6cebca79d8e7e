"""A line for tests: the app with test keys, and a Telnyx that answers at once."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from flask.testing import FlaskClient
from nacl.signing import VerifyKey
from rigs.recorded import TEST_KEY, make, post

from conference import create_app
from conference.core.commands import Command, Create
from conference.core.events import Outcome
from conference.core.room import Room
from conference.engine import Engine
from conference.settings import make as make_settings
from conference.web.services import Services, services_of

CALL = "v3:MdI91X4lWFEs7IgbBEOT9M4AigoY08M0WWZFISt1Yw2axZ_IiE4pqg"  # in the recorded webhooks
CONFERENCE = "d4be636f-dfb1-453b-8bca-18c88bd7a6b8"  # in the recorded webhooks


@dataclass
class WillingApi:
    """A Telnyx that accepts every command, and records the commands."""

    sent: list[Command] = field(default_factory=list)

    def prepare(self) -> None:
        pass

    def send(self, command: Command) -> Outcome:
        self.sent.append(command)
        data = {"id": CONFERENCE} if isinstance(command, Create) else None
        return Outcome(command, time.time(), data=data)


@dataclass
class TestLine:
    __test__ = False

    client: FlaskClient
    services: Services
    api: WillingApi

    @property
    def engine(self) -> Engine:
        return self.services.engine

    @property
    def room(self) -> Room:
        """The default room, once every command is answered."""
        assert self.engine.idle(5)
        return self.engine.registry.room("demo-conference")

    def happens(self, *event_types: str, **payload: Any) -> None:
        """Post recorded webhooks in turn, each with a new id, and wait for the commands."""
        for event_type in event_types:
            assert post(self.client, make(event_type, **payload)).status_code == 200
            assert self.engine.idle(5)


@contextmanager
def test_line(
    key: VerifyKey | None = TEST_KEY.verify_key, api: WillingApi | None = None, **settings: Any
) -> Iterator[TestLine]:
    api = api or WillingApi()
    settings = {"telnyx_api_key": "KEY", "telnyx_public_key": key, **settings}
    app = create_app(make_settings(**settings), api=api)
    services = services_of(app)
    try:
        yield TestLine(app.test_client(), services, api)
    finally:
        services.stop()


test_line.__test__ = False  # type: ignore[attr-defined]
