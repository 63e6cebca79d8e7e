"""The limits of outgoing calls hold over a restart: for calls under way, and within an hour."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import pytest
from rigs.people import ANN, BOB, CLEO, NUMBER, TOKEN
from rigs.recorded import TEST_KEY
from rigs.servers import API_KEY, GUNICORN, Server, free_port, run
from rigs.waiting import until

from conference.core.client_state import ClientState, encode
from conference.simulator import CONNECTION_ID, SimulatedTelnyx

PEOPLE = (ANN, BOB, CLEO)
DAN = "+13125550114"


@dataclass
class Stage:
    """A Telnyx and a line at one address, whichever server is there."""

    telnyx: SimulatedTelnyx
    servers: ExitStack
    folder: Path
    limits: dict[str, str]
    port: int = field(default_factory=free_port)
    alive: list[Server] = field(default_factory=list)

    def start(self) -> None:
        given = {
            "TELNYX_BASE_URL": self.telnyx.base_url,
            "TELNYX_CONNECTION_ID": CONNECTION_ID,
            "TELNYX_NUMBER": NUMBER,
            "CONTROL_TOKEN": TOKEN,
            "DIAL_ALLOW": "+1312",
            **self.limits,
        }
        server = run(GUNICORN, self.folder, port=self.port, **given)
        self.alive.append(self.servers.enter_context(server))
        self.alive[-1].up()
        self.telnyx.webhook_url = self.alive[-1].url + "/webhook"

    def dial(self, number: str, **values: Any) -> tuple[int, Any]:
        """Have the line call the number, once it knows which calls there are."""
        answers: list[tuple[int, Any]] = []

        def counted() -> bool:
            answers.append(self.dial_now(number, **values))
            return answers[-1][1].get("type") != "/problems/not-ready"

        until(counted, "the calls from before are counted")
        return answers[-1]

    def dial_now(self, number: str, **values: Any) -> tuple[int, Any]:
        """Have the line call the number: the status and the body of its answer."""
        self.telnyx.phone(number).when_called()
        body = json.dumps({"to": number, **values}).encode()
        headers = {"Authorization": f"Bearer {TOKEN}", "Content-Type": "application/json"}
        url = f"{self.alive[-1].url}/api/rooms/demo-conference/participants"
        try:
            with urlopen(Request(url, body, headers), timeout=10) as answer:
                return answer.status, json.load(answer)
        except HTTPError as problem:
            return problem.code, json.load(problem)

    @property
    def made(self) -> int:
        """How many calls Telnyx was asked for."""
        return sum(each.operation == "DialCall" for each in self.telnyx.requests)


@pytest.fixture
def limits() -> dict[str, str]:
    return {}


@pytest.fixture
def stage(tmp_path: Path, limits: dict[str, str]) -> Iterator[Stage]:
    with ExitStack() as servers:
        telnyx = SimulatedTelnyx("", TEST_KEY, API_KEY, speed=4)
        servers.enter_context(telnyx)
        on = Stage(telnyx, servers, tmp_path, limits)
        on.start()
        yield on


@pytest.mark.parametrize("limits", [{"DIAL_AT_ONCE": "4", "RECONCILE_SECONDS": "0"}])
def test_calls_from_before_a_kill_count_in_every_room(stage: Stage) -> None:
    assert [stage.dial(number)[0] for number in PEOPLE] == [202] * 3
    until(lambda: stage.made == 3, "they are called")
    until(lambda: all(leg.conference for leg in stage.telnyx.legs), "they are in")
    elsewhere = encode(ClientState("blue", direction="outgoing", number=DAN))
    stage.telnyx.phone(DAN).when_called()
    stage.telnyx.place_call(DAN, client_state=elsewhere)
    stage.alive[-1].kill()
    stage.start()
    status, problem = stage.dial("+13125550115")
    assert (status, problem["type"]) == (429, "/problems/dial-limit")
    assert problem["detail"].startswith("DIAL_AT_ONCE is 4")
    stage.telnyx.phone(CLEO).hang_up()
    until(lambda: stage.dial("+13125550115")[0] == 202, "there is room for one more")
    assert stage.dial("+13125550116")[0] == 429


def test_who_was_called_before_a_kill_is_not_called_again(stage: Stage) -> None:
    assert stage.dial(BOB)[0] == 202
    until(lambda: stage.telnyx.legs and stage.telnyx.legs[0].conference, "Bob is in")
    stage.alive[-1].kill()
    stage.start()
    status, problem = stage.dial(BOB)
    assert (status, problem["type"]) == (409, "/problems/already-here")
    assert stage.made == 1


@pytest.mark.parametrize("limits", [{"DIAL_PER_HOUR": "2"}])
@pytest.mark.parametrize("end", ["kill", "end"])
def test_the_calls_of_the_last_hour_count_after_a_restart(stage: Stage, end: str) -> None:
    for number in (ANN, BOB):
        assert stage.dial(number)[0] == 202
    assert stage.dial(CLEO)[0] == 429
    until(lambda: stage.made == 2, "they are called")
    until(lambda: all(leg.conference for leg in stage.telnyx.legs), "they are in")
    for number in (ANN, BOB):
        stage.telnyx.phone(number).hang_up()
    getattr(stage.alive[-1], end)()
    stage.start()
    status, problem = stage.dial(CLEO)
    assert (status, problem["detail"].split(":")[0]) == (429, "DIAL_PER_HOUR is 2")
    assert stage.made == 2


@pytest.mark.parametrize("limits", [{"TELNYX_CONNECTION_ID": "another"}])
def test_without_a_list_for_the_application_nobody_is_called_and_the_log_says_why(
    stage: Stage,
) -> None:
    assert stage.dial_now(BOB)[0] == 503
    why = "is it your application's id?"
    until(lambda: why in stage.alive[-1].log, "the list is refused")
    assert stage.dial_now(BOB)[0] == 503
    assert stage.made == 0


def test_nobody_is_called_before_the_calls_of_before_are_counted(stage: Stage) -> None:
    stage.alive[-1].kill()
    stage.telnyx.refuse_connections()
    stage.start()
    status, problem = stage.dial_now(BOB)
    assert (status, problem["type"]) == (503, "/problems/not-ready")
    assert "the log gives the reason" in problem["detail"]
    assert "snapshot" in stage.alive[-1].log
    stage.telnyx.accept_connections()
    until(lambda: stage.dial_now(BOB)[0] == 202, "the list can be read")
    until(lambda: stage.made == 1, "Bob is called")
