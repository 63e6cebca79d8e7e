"""An outage: the API's port refuses connections for a while."""

from __future__ import annotations

import http.client
import threading
import time

import pytest
from rigs.simulator import SIGNING_KEY, Api, Receiver, Scene
from rigs.waiting import until

from conference.simulator import SimulatedTelnyx


def test_connections_are_refused_and_webhooks_continue(scene: Scene) -> None:
    assert scene.api.get("/conferences").status == 200
    for last in (11, 12):
        with scene.telnyx.outage():
            with Api(scene.telnyx.base_url) as another, pytest.raises(ConnectionRefusedError):
                another.get("/conferences")
            scene.ringing(last)
            assert scene.telnyx.idle(5)
            assert len(scene.receiver.got) == last - 10
        with Api(scene.telnyx.base_url) as another:
            assert another.get("/conferences").status == 200


def test_open_connections_are_cut(scene: Scene) -> None:
    assert scene.api.get("/conferences").status == 200
    with scene.telnyx.outage():
        with pytest.raises((http.client.RemoteDisconnected, ConnectionError)):
            scene.api.get("/conferences")
        assert scene.telnyx._server._open == set()
    assert scene.api.get("/conferences").status == 200  # on a new connection


def test_requests_that_had_arrived_are_executed(scene: Scene) -> None:
    leg = scene.ringing(11)
    scene.telnyx.latency = 0.4
    seen: list[Exception] = []

    def hang_up() -> None:
        try:
            scene.api.call(leg, "hangup")
        except (OSError, http.client.HTTPException) as error:
            seen.append(error)

    thread = threading.Thread(target=hang_up)
    thread.start()
    until(lambda: scene.telnyx._ledger.serving)
    with scene.telnyx.outage():
        thread.join()
        until(lambda: scene.telnyx.requests)
    assert len(seen) == 1
    assert leg.state == "ended"
    (request,) = scene.telnyx.requests
    assert (request.executed, request.fate) == (True, "gone")


def test_the_simulator_can_stop_during_an_outage(receiver: Receiver) -> None:
    before = set(threading.enumerate())
    telnyx = SimulatedTelnyx(receiver.url, SIGNING_KEY)
    telnyx.start()
    telnyx.refuse_connections()
    started = time.monotonic()
    telnyx.stop()
    assert time.monotonic() - started < 2
    until(lambda: set(threading.enumerate()) <= before)
    with Api(telnyx.base_url) as api, pytest.raises(ConnectionRefusedError):
        api.get("/conferences")


def test_an_outage_ends_with_an_error_in_it(scene: Scene) -> None:
    with pytest.raises(ZeroDivisionError), scene.telnyx.outage():
        raise ZeroDivisionError
    assert scene.api.get("/conferences").status == 200
