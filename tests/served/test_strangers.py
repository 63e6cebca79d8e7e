"""Hundreds of clients that send no whole request, or read no answer, do not stop the line."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest
from rigs.recorded import TEST_KEY
from rigs.servers import GUNICORN, Server, run
from rigs.strangers import KINDS, most_strangers, strangers
from rigs.waiting import until

from conference.serving import graceful_timeout
from conference.simulator import SimulatedTelnyx

APPLICATION = {"TELNYX_CONNECTION_ID": "1494404757140276705"}  # the simulated Telnyx's
LIMITED = ["sh", "-c", 'ulimit -n "$0" && exec "$@"']


class Line(NamedTuple):
    server: Server
    telnyx: SimulatedTelnyx
    worker: int


@pytest.fixture(scope="module", params=[256, 1024], ids=lambda limit: f"ulimit -n {limit}")
def line(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Line]:
    """The Procfile's server with so many descriptors, on a simulated Telnyx."""
    folder = tmp_path_factory.mktemp("strangers")
    command = [*LIMITED, str(request.param), *GUNICORN]
    with (
        SimulatedTelnyx("", TEST_KEY, speed=20) as telnyx,
        run(command, folder, TELNYX_BASE_URL=telnyx.base_url, **APPLICATION) as server,
    ):
        server.up()
        telnyx.webhook_url = server.url + "/webhook"
        (worker,) = server.workers
        yield Line(server, telnyx, worker)


@pytest.mark.parametrize("kind", KINDS)
def test_callers_are_let_in_among_strangers(line: Line, kind: str) -> None:
    server, telnyx, worker = line
    with strangers(server.port, kind, most_strangers(1100)):
        for _ in range(3):
            assert server.ask("GET", "/healthz", timeout=5) == 200
        phone = telnyx.phone("+13125550142")
        leg = phone.dial()
        until(lambda: leg.conference is not None, "the caller is in the conference")
        phone.hang_up()
    assert server.workers == [worker]
    assert server.log.count("Traceback") == 0


@pytest.mark.parametrize("kind", ["silent", "a dripping body", "not reading"])
def test_strangers_do_not_delay_the_end(tmp_path: Path, kind: str) -> None:
    with run(GUNICORN, tmp_path) as server:
        server.up()
        with strangers(server.port, kind, most_strangers(300)):
            assert server.ask("GET", "/healthz", timeout=5) == 200
            assert server.end(signal.SIGTERM, within=graceful_timeout / 2) == 0
