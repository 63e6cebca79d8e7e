"""SIGHUP reads the rooms file again: a bad one changes nothing, a good one drops no call."""

from __future__ import annotations

import json
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.request import Request, urlopen

import pytest
from rigs.recorded import TEST_KEY
from rigs.servers import GUNICORN, Server, run
from rigs.waiting import until

from conference.serving.instance_lock import ANOTHER_ENDS_WITHIN
from conference.simulator import Leg, SimulatedTelnyx

TOKEN = "a-token-of-the-tests"
NUMBER = "+13125550101"
FORGOTTEN_AFTER = 60.0  # seconds; Telnyx ignores a repeated command_id before
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
    found = asked(server, "/api/rooms/sales/participants")
    return [(each["call_control_id"], each["status"]) for each in found]


@contextmanager
def line(
    folder: Path, text: str = FILE, speed: float = 1
) -> Iterator[tuple[SimulatedTelnyx, Server]]:
    """Run the line with this rooms file."""
    (folder / "rooms.toml").write_text(text)
    with (
        SimulatedTelnyx("", TEST_KEY, speed=speed) as telnyx,
        run(
            GUNICORN,
            folder,
            CONTROL_TOKEN=TOKEN,
            ROOMS_FILE="rooms.toml",
            TELNYX_BASE_URL=telnyx.base_url,
            TELNYX_CONNECTION_ID="1494404757140276705",
        ) as server,
    ):
        server.up()
        telnyx.webhook_url = server.url + "/webhook"
        telnyx.account.own(NUMBER)
        yield telnyx, server


def test_sighup_reads_the_rooms_file_again(tmp_path: Path) -> None:
    file = tmp_path / "rooms.toml"
    with line(tmp_path) as (telnyx, server):
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


@pytest.mark.parametrize(
    "changed", ["[rooms.sales]\nname = 'Vertrieb'", "[rooms.board]"], ids=["renamed", "removed"]
)
def test_callers_stay_in_a_room_whose_name_changes(tmp_path: Path, changed: str) -> None:
    """Also in a conference so old that Telnyx would carry out its creation once more."""
    old = "[rooms.sales]\nname = 'Sales team'"
    with line(tmp_path, FILE.replace("[rooms.sales]", old), speed=20) as (telnyx, server):
        ann, bob = (telnyx.phone(f"+1312555014{n}").dial(to=NUMBER) for n in (1, 2))
        until(lambda: len(talk(ann, bob)) == 2)
        began = telnyx.now()
        until(lambda: telnyx.now() > began + FORGOTTEN_AFTER)
        (before,) = server.workers
        (tmp_path / "rooms.toml").write_text(FILE.replace("[rooms.sales]", changed))
        server.process.send_signal(signal.SIGHUP)
        until(lambda: server.workers and before not in server.workers, within=ANOTHER_ENDS_WITHIN)
        both = [(leg.call_control_id, "joined") for leg in (ann, bob)]
        until(lambda: sorted(sales(server)) == sorted(both))
        assert len(talk(ann, bob)) == 2
        if "Vertrieb" in changed:
            cleo = telnyx.phone("+13125550143").dial(to=NUMBER)
            until(lambda: len(talk(ann, bob, cleo)) == 3)


def talk(*legs: Leg) -> list[Leg]:
    """Return those who hear all the others."""
    numbers = {leg.number for leg in legs}
    return [leg for leg in legs if {*leg.hears.others} == numbers - {leg.number}]
