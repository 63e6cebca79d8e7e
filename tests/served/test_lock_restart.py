"""A lock outlasts a kill of the server, also for callers who come before the lists are read."""

from __future__ import annotations

import json
from contextlib import ExitStack
from pathlib import Path
from typing import Any
from urllib.request import Request, urlopen

import pytest
from rigs.people import ANN, BOB, CLEO, NUMBER, TOKEN
from rigs.recorded import TEST_KEY
from rigs.servers import API_KEY, GUNICORN, Server, free_port, run
from rigs.waiting import until

from conference.core.entering import LOCKED
from conference.simulator import CONNECTION_ID, Leg, SimulatedTelnyx


def ask(server: Server, path: str = "", body: dict[str, Any] | None = None) -> Any:
    raw = None if body is None else json.dumps(body).encode()
    headers = {"Authorization": f"Bearer {TOKEN}", "Content-Type": "application/json"}
    url = f"{server.url}/api/rooms/demo-conference{path}"
    with urlopen(Request(url, raw, headers), timeout=10) as answer:
        return json.load(answer)


def turned_away(leg: Leg) -> bool:
    """Whether the caller heard that the room is locked."""
    return LOCKED in [heard.detail for heard in leg.timeline]


@pytest.mark.parametrize("calls", ["before the kill", "as soon as the server is up"])
def test_a_lock_outlasts_a_kill(tmp_path: Path, calls: str) -> None:
    with ExitStack() as servers:
        telnyx = SimulatedTelnyx("", TEST_KEY, API_KEY, speed=2)
        servers.enter_context(telnyx)
        given = {
            "TELNYX_BASE_URL": telnyx.base_url,
            "TELNYX_CONNECTION_ID": CONNECTION_ID,
            "TELNYX_NUMBER": NUMBER,
            "CONTROL_TOKEN": TOKEN,
        }
        port = free_port()

        def start() -> Server:
            server = servers.enter_context(run(GUNICORN, tmp_path, port=port, **given))
            telnyx.webhook_url = server.url + "/webhook"
            server.up()
            return server

        server = start()
        ann = telnyx.phone(ANN).dial()
        until(lambda: ann.conference is not None, "Ann is in", 20)
        ask(server, "/actions/lock?wait=1", {})
        others: list[Leg] = []
        if calls == "before the kill":
            others = [telnyx.phone(number).dial() for number in (BOB, CLEO)]
            until(lambda: all(leg.hears.what == "speech" for leg in others), "they hear it", 20)
        server.kill()
        server = start()
        others = others or [telnyx.phone(number).dial() for number in (BOB, CLEO)]
        until(lambda: all(leg.state == "ended" for leg in others), "they are hung up", 40)
        assert [turned_away(leg) for leg in others] == [True, True]
        assert ask(server)["locked"]
        telnyx.phone(ANN).hang_up()
        until(lambda: not ask(server)["locked"], "the lock has ended")
