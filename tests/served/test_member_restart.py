"""Member numbers outlast a kill of the server, and none is given to somebody else after it."""

from __future__ import annotations

import json
from contextlib import ExitStack
from pathlib import Path
from typing import Any
from urllib.request import Request, urlopen

from rigs.people import ANN, BOB, CLEO, NUMBER, TOKEN
from rigs.recorded import TEST_KEY
from rigs.servers import API_KEY, GUNICORN, Server, free_port, run
from rigs.waiting import until

from conference.simulator import CONNECTION_ID, SimulatedTelnyx

DAN, EVE = "+13125550144", "anonymous"


def ask(server: Server, path: str = "", body: dict[str, Any] | None = None) -> Any:
    raw = None if body is None else json.dumps(body).encode()
    headers = {"Authorization": f"Bearer {TOKEN}", "Content-Type": "application/json"}
    url = f"{server.url}/api/rooms/demo-conference{path}"
    with urlopen(Request(url, raw, headers), timeout=10) as answer:
        return json.load(answer)


def members(server: Server) -> dict[str, int]:
    """Return the member numbers of those inside, by phone number, in the order shown."""
    shown = ask(server)["participants"]
    return {p["number"]: p["member"] for p in shown if p["status"] == "joined"}


def test_member_numbers_outlast_a_kill(tmp_path: Path) -> None:
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

        def come(number: str) -> None:
            telnyx.phone(number).dial()
            until(lambda: number in members(server), f"{number} is in", 20)

        server = start()
        for number in (ANN, BOB, CLEO, DAN):
            come(number)
        assert members(server) == {ANN: 1, BOB: 2, CLEO: 3, DAN: 4}
        for number in (BOB, DAN):
            telnyx.phone(number).hang_up()
        until(lambda: members(server) == {ANN: 1, CLEO: 3}, "two have left")

        server.kill()
        server = start()
        until(lambda: members(server) == {ANN: 1, CLEO: 3}, "they are found", 20)
        come(EVE)
        assert members(server) == {ANN: 1, CLEO: 3, EVE: 5}, "DAN was 4"
        assert list(members(server)) == [ANN, CLEO, EVE]

        assert ask(server, "/participants/5")["number"] == EVE
        ask(server, "/participants/%235/actions/mute?wait=1", {})
        muted = [p["member"] for p in ask(server)["participants"] if p["muted"]]
        assert muted == [5], "who has no number of a telephone"

        for number in (ANN, CLEO, EVE):
            telnyx.phone(number).hang_up()
        until(lambda: not ask(server)["participants"], "the meeting is over")
        come(BOB)
        assert members(server) == {BOB: 1}
