"""A real server and a crowd of callers, while the network, Telnyx or the server itself fails."""

from __future__ import annotations

import http.client
import json
import os
import random
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path
from threading import Event

import pytest
from nacl.signing import SigningKey
from rigs.crowd import Crowd, Stage, begin, plan, settings, stage
from rigs.recorded import TEST_KEY, make
from rigs.servers import API_KEY, GUNICORN, Server, run
from soak import soak

from conference.signature import sign
from conference.simulator import SimulatedTelnyx

LONG = pytest.mark.skipif(os.environ.get("CI") != "true", reason="long: CI=true runs it")


# Chaos


@pytest.mark.parametrize(
    ("calls", "rooms", "seed"),
    [(40, 4, 1), *(pytest.param(200, 10, seed, marks=LONG) for seed in (2, 3))],
)
def test_in_all_kinds_of_chaos_at_once_it_ends_as_it_should(
    tmp_path: Path, calls: int, rooms: int, seed: int
) -> None:
    assert soak(tmp_path, calls, rooms, seed, speed=4) == []


# Death


@pytest.mark.parametrize("deaths", [2, pytest.param(20, marks=LONG)])
def test_killed_again_and_again_it_finds_its_callers(tmp_path: Path, deaths: int) -> None:
    chance, moments = random.Random(deaths), Event()
    with ExitStack() as servers:
        telnyx = SimulatedTelnyx("http://127.0.0.1:9", TEST_KEY, API_KEY, speed=2)
        servers.enter_context(telnyx)

        def start() -> Server:
            server = servers.enter_context(run(GUNICORN, tmp_path, **settings(telnyx, 2, 30)))
            begin(server, telnyx)
            return server

        alive = [start()]
        dies = [telnyx.now() + chance.uniform(0.3, 2)]

        def kill() -> None:
            if len(alive) <= deaths and telnyx.now() > dies[-1]:
                alive[-1].kill()
                alive.append(start())
                dies.append(telnyx.now() + chance.uniform(0.3, 2))

        crowd = Crowd(telnyx, plan(50, 4, seed=deaths, within=3.0 * deaths, stay=8))
        crowd.play(kill)
        while len(alive) <= deaths:
            moments.wait(0.01)
            kill()
        on = Stage(telnyx, alive[-1])
        on.within(10, lambda: not crowd.wrong())
        assert crowd.wrong() == []
        here = len(crowd.live())
        assert here, "somebody is there"
        assert on.within(5, lambda: on.health()["participants"] == here), "and nobody else"
        crowd.leave()
        assert on.within(10, lambda: on.health()["participants"] == 0)


# Outage


@LONG
def test_while_telnyx_refuses_connections_nothing_is_refused_or_lost(tmp_path: Path) -> None:
    with stage(tmp_path, speed=6) as on:
        telnyx = on.telnyx
        crowd = Crowd(telnyx, plan(40, 4, seed=1, within=90))
        early = telnyx.phone("+13125550001").dial()
        assert on.within(20, lambda: early.hears.what == "speech")
        until = []

        def fail() -> None:
            if not until and telnyx.now() > 20:
                telnyx.refuse_connections()
                until.append(telnyx.now() + 60)
            elif len(until) == 1 and telnyx.now() > until[0]:
                telnyx.accept_connections()
                until.append(telnyx.now())

        crowd.play(fail)
        on.within(20, lambda: not crowd.wrong())
        assert len(until) == 2, "Telnyx was away, and is back"
        assert crowd.wrong() == []
        assert {delivery.status for delivery in telnyx.webhooks} == {200}
        assert {delivery.attempt for delivery in telnyx.webhooks} == {1}


def test_who_held_on_is_joined_within_five_seconds_of_telnyxs_return(tmp_path: Path) -> None:
    with stage(tmp_path, speed=10) as on:
        legs = [on.telnyx.phone(f"+1312555000{n}").dial() for n in range(5)]
        assert on.within(20, lambda: all(leg.hears.what == "speech" for leg in legs))
        with on.telnyx.outage():
            on.within(60, lambda: False)
            assert [leg.hears.what for leg in legs] == ["silence"] * 5
        assert on.within(5, lambda: all(leg.conference for leg in legs))
        assert len({leg.conference for leg in legs}) == 1


# Floods


@pytest.mark.parametrize("webhooks", [600, pytest.param(4000, marks=LONG)])
def test_a_flood_is_survived_and_callers_are_let_in_meanwhile(
    tmp_path: Path, webhooks: int
) -> None:
    with stage(tmp_path, speed=1) as on:
        before = on.megabytes()
        genuine = dial_in_during_a_flood(on, TEST_KEY, webhooks)
        forged = dial_in_during_a_flood(on, SigningKey.generate(), webhooks)
        assert genuine.keys() <= {200, 503}
        assert forged.keys() == {401}
        assert genuine.total() == forged.total() == webhooks
        assert on.within(30, lambda: on.health()["participants"] == 0)
        assert on.megabytes() - before < 60
        assert "Traceback" not in on.server.log
        assert len(on.server.log) < 10_000_000


def dial_in_during_a_flood(on: Stage, key: SigningKey, webhooks: int) -> Counter[int]:
    with ThreadPoolExecutor(1) as elsewhere:
        flood = elsewhere.submit(pour, on.server, key, webhooks)
        leg = on.telnyx.phone("+13125550010").dial()
        assert on.within(10, lambda: leg.conference is not None), "it is let in"
        answers = flood.result()
    on.telnyx.phone(leg.number).hang_up()
    return answers


def pour(server: Server, key: SigningKey, webhooks: int) -> Counter[int]:
    """Post so many as fast as eight connections can, and count the answers."""
    with ThreadPoolExecutor(8) as senders:
        return sum(senders.map(lambda n: _pour(server, key, n, webhooks // 8), range(8)), Counter())


def _pour(server: Server, key: SigningKey, sender: int, webhooks: int) -> Counter[int]:
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=30)
    answers: Counter[int] = Counter()
    for body in _bodies(sender, webhooks):
        headers = sign(body, key=key, now=time.time())
        connection.request("POST", "/webhook", body, headers)
        response = connection.getresponse()
        response.read()
        answers[response.status] += 1
    connection.close()
    return answers


def _bodies(sender: int, webhooks: int) -> Iterator[bytes]:
    """Of calls that nobody knows: each comes, is answered and hangs up."""
    types = ("call.initiated", "call.answered", "conference.floor.changed", "call.hangup")
    for n in range(webhooks):
        call = f"v3:flood-{sender}-{n // 4}"
        yield json.dumps(make(types[n % 4], call_control_id=call)).encode()
