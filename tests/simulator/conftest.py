from __future__ import annotations

from collections.abc import Iterator

import pytest
from rigs.simulator import SIGNING_KEY, Api, Receiver, Scene
from rigs.simulator_texml import TexmlApp, TexmlScene

from conference.simulator import SimulatedTelnyx


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with Receiver() as receiver:
        yield receiver


@pytest.fixture
def telnyx(receiver: Receiver) -> Iterator[SimulatedTelnyx]:
    with SimulatedTelnyx(receiver.url, SIGNING_KEY, speed=50) as telnyx:
        yield telnyx
        receiver.release.set()


@pytest.fixture
def scene(telnyx: SimulatedTelnyx, receiver: Receiver) -> Iterator[Scene]:
    with Api(telnyx.base_url) as api:
        yield Scene(telnyx, receiver, api)


@pytest.fixture
def texml(telnyx: SimulatedTelnyx) -> Iterator[TexmlScene]:
    with TexmlApp() as app, Api(telnyx.base_url) as api:
        telnyx.texml.url = f"{app.url}/texml"
        yield TexmlScene(telnyx, app, api)
        app.release.set()
