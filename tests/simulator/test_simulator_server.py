"""The server itself: connections, latency, idleness, its end."""

from __future__ import annotations

import ast
import json
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest
from rigs.simulator import SIGNING_KEY, Api, Receiver, Scene
from rigs.waiting import until

import conference.simulator
from conference.simulator import SimulatedTelnyx


def test_a_connection_is_kept(scene: Scene) -> None:
    scene.api.get("/conferences")
    kept = scene.api.connection.sock
    assert kept is not None
    scene.api.request("POST", "/conferences", b"not json")
    with pytest.raises(AssertionError):
        _ = scene.api.request("GET", "/nowhere").data
    assert scene.api.connection.sock is kept


def test_an_unread_body_does_not_disturb_the_next_request(scene: Scene) -> None:
    connection = scene.api.connection
    for path in ("/conferences", "/v2/nowhere"):
        connection.request("POST", path, b'{"a": "GET / HTTP/1.1"}')
        response = connection.getresponse()
        assert json.loads(response.read())["errors"]
    assert scene.api.get("/conferences").status == 200
    chunks = [b'{"name": ', b'"room"}']
    headers = {"Authorization": "Bearer KEY_simulated"}
    connection.request("POST", "/v2/conferences", iter(chunks), headers, encode_chunked=True)
    error = json.loads(connection.getresponse().read())["errors"][0]
    assert error["source"] == {"pointer": "/call_control_id"}
    assert scene.api.get("/conferences").status == 200


def test_a_command_takes_effect_half_way(scene: Scene) -> None:
    leg = scene.ringing(11)
    scene.telnyx.latency = 0.4
    started = time.monotonic()
    thread = threading.Thread(target=scene.api.call, args=(leg, "hangup"))
    thread.start()
    until(lambda: leg.state == "ended")
    half = time.monotonic() - started
    assert not scene.telnyx.idle(0)
    thread.join()
    assert 0.2 <= half < time.monotonic() - started - 0.15
    assert scene.telnyx.idle(5)


def test_the_requests_are_kept_in_order(scene: Scene) -> None:
    leg = scene.ringing(11)
    scene.api.call(leg, "answer", client_state="aGk=")
    scene.api.get("/conferences?filter[name]=x")
    first, second = scene.telnyx.requests
    assert (first.method, first.status, first.code) == ("POST", 200, None)
    assert first.path == f"/calls/{leg.call_control_id}/actions/answer"
    assert first.body == {"client_state": "aGk="}
    assert (second.path, second.query) == ("/conferences", {"filter[name]": "x"})
    assert 0 <= first.at <= second.at <= scene.telnyx.now()


def test_idle_waits_for_what_is_under_way(scene: Scene) -> None:
    scene.receiver.answers = [None]
    assert scene.telnyx.idle(0)
    scene.ringing(11)
    assert not scene.telnyx.idle(0.05)
    scene.receiver.release.set()
    assert scene.telnyx.idle(5)


def test_stopping_leaves_no_thread(receiver: Receiver) -> None:
    before = set(threading.enumerate())
    telnyx = SimulatedTelnyx(receiver.url, SIGNING_KEY, on_event=lambda happened: None)
    with telnyx, Api(telnyx.base_url) as api:
        for last in range(5):
            telnyx.phone(f"+1312555010{last}").dial()
        assert api.get("/conferences").status == 200
        assert telnyx.idle(5)
    mine = [thread for thread in threading.enumerate() if thread.name.startswith("simulator")]
    assert mine == []
    until(lambda: set(threading.enumerate()) <= before)


def test_a_simulator_that_was_never_started_can_be_stopped(receiver: Receiver) -> None:
    SimulatedTelnyx(receiver.url, SIGNING_KEY).stop()


def test_many_callers_at_once(scene: Scene) -> None:
    id, _ = scene.room(0)
    scene.telnyx.speed = 10  # at a higher speed callers give up before the answer
    legs = [scene.ringing(last) for last in range(1, 31)]

    def arrive(part: int) -> None:
        with Api(scene.telnyx.base_url) as api:
            for leg in legs[part::5]:
                assert api.call(leg, "answer").status == 200
                until(lambda leg=leg: leg.state == "answered")  # type: ignore[misc]
                assert api.join(id, leg).status == 200

    threads = [threading.Thread(target=arrive, args=(part,)) for part in range(5)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert {len(leg.hears.others) for leg in legs} == {30}
    until(lambda: len(scene.receiver.of("conference.participant.joined")) == 31)
    assert scene.telnyx.idle(5)


def test_the_simulator_imports_nothing_of_the_product() -> None:
    folder = Path(conference.simulator.__file__).parent
    imported = set()
    for path in folder.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Import):
                imported |= {alias.name for alias in node.names}
            elif isinstance(node, ast.ImportFrom) and not node.level:
                imported.add(str(node.module))
    assert not [name for name in imported if name.startswith("conference")]
    packages = {name.partition(".")[0] for name in imported} - set(sys.stdlib_module_names)
    assert packages == {"flask", "nacl", "werkzeug"}


WITHOUT_THE_PRODUCT = """
import sys, types
empty = sys.modules["conference"] = types.ModuleType("conference")
empty.__path__ = sys.argv[1:]
import conference.simulator
assert "conference.simulator.api.operations.calls" in sys.modules
print(sorted({name.split(".")[1] for name in sys.modules if name.startswith("conference.")}))
"""


def test_the_simulator_runs_without_the_product() -> None:
    """Import it from a `conference` whose own __init__ imports nothing."""
    package = Path(conference.simulator.__file__).parents[1]
    command = [sys.executable, "-c", WITHOUT_THE_PRODUCT, str(package)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=30)
    assert (done.stdout, done.stderr) == ("['simulator']\n", "")
