"""SIGHUP reads the rooms file again: a bad one changes nothing, a good one drops no call."""

from __future__ import annotations

import json
import signal
from pathlib import Path
from typing import Any
from urllib.request import Request, urlopen

from rigs.recorded import TEST_KEY
from rigs.servers import GUNICORN, Server, run
from rigs.waiting import until

from conference.serving.instance_lock import ANOTHER_ENDS_WITHIN
from conference.simulator import SimulatedTelnyx

TOKEN = "a-token-of-the-tests"
NUMBER = "+13125550101"
FILE = f"""
[rooms.sales]
numbers = ["{NUMBER}"]
participant_pin = "482193"
greeting_first = ""
"""


def asked(server: Server, path: str) -> list[dict[str, Any]]:
    """Return the list that the control API answers with; empty while nobody answers."""
    request = Request(f"{server.url}{path}", headers={"Authorization": f"Bearer {TOKEN}"})
    try:
        with urlopen(request, timeout=5) as answer:
            (found,) = json.loads(answer.read()).values()
    except OSError:  # between two workers
        return []
    return list(found)


def rooms(server: Server) -> set[str]:
    return {room["name"] for room in asked(server, "/api/rooms")}


def sales(server: Server) -> list[tuple[str, str]]:
    found = asked(server, "/api/rooms/SALES/participants")
    return [(each["call_control_id"], each["status"]) for each in found]


def test_sighup_reads_the_rooms_file_again(tmp_path: Path) -> None:
    file = tmp_path / "rooms.toml"
    file.write_text(FILE)
    with (
        SimulatedTelnyx("", TEST_KEY) as telnyx,
        run(
            GUNICORN,
            tmp_path,
            CONTROL_TOKEN=TOKEN,
            ROOMS_FILE="rooms.toml",
            TELNYX_BASE_URL=telnyx.base_url,
            TELNYX_CONNECTION_ID="1494404757140276705",
        ) as server,
    ):
        server.up()
        telnyx.webhook_url = server.url + "/webhook"
        call = telnyx.phone("+13125550142").dial(to=NUMBER).call_control_id
        until(lambda: sales(server) == [(call, "joined")])
        (before,) = server.workers

        file.write_text(FILE + '[rooms.board]\nmoderator_pin = "4821"\n')
        server.process.send_signal(signal.SIGHUP)
        told = "rooms.sales.participant_pin: begins with that of rooms.board.moderator_pin"
        until(lambda: told in server.log)
        assert "the server goes on with its old settings" in server.log
        assert "4821" not in server.log
        assert server.workers == [before]
        assert "board" not in rooms(server)
        assert sales(server) == [(call, "joined")]

        file.write_text(FILE + '[rooms.board]\nmoderator_pin = "7359"\n')
        server.process.send_signal(signal.SIGHUP)
        until(lambda: server.workers and before not in server.workers, within=ANOTHER_ENDS_WITHIN)
        until(lambda: {"sales", "board"} <= rooms(server))
        until(lambda: sales(server) == [(call, "joined")])
        assert "7359" not in server.log
        assert server.end() == 0
