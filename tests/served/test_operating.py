"""Operating a running line: events, story, health, and callers who wait too long."""

from __future__ import annotations

import json
import logging
import re
import sys
from collections.abc import Iterator
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any, ClassVar

import pytest
from rigs import servers
from rigs.health import examine_server
from rigs.lines import TestLine, test_line
from rigs.moderator import run
from rigs.recorded import TEST_KEY
from rigs.registry import keep
from rigs.rehearsals import APPLICATION, ROOM, Line, dial, hears, rehearsal, settled
from rigs.waiting import until

from conference.core.decide import decide
from conference.core.events import Webhook
from conference.core.keys.pressed import Pressed
from conference.core.outcomes.meanings import RETRIED
from conference.core.participant import Participant
from conference.core.parts import Reconciliation
from conference.core.room import Room
from conference.core.room_settings import RoomSettings
from conference.doctor import Finding
from conference.engine.watch import WATCH_EVERY
from conference.reporting import event_log
from conference.reporting.health import report, warnings
from conference.reporting.server_health import ServerHealth
from conference.reporting.unblocked_log import UnblockedHandler
from conference.simulator import SimulatedTelnyx

TOKEN = "a-token-of-the-tests"
NUMBER = "+13125550111"


@pytest.fixture(autouse=True)
def no_line_lost(monkeypatch: pytest.MonkeyPatch) -> None:
    """Other tests of this process may have lost lines."""
    monkeypatch.setattr(UnblockedHandler, "lines_lost", 0)


def ask(line: TestLine, path: str, authorization: str | None = f"Bearer {TOKEN}") -> Any:
    headers = {} if authorization is None else {"Authorization": authorization}
    return line.client.get(path, headers=headers)


# Access


@pytest.mark.parametrize("path", ["/api/events", "/api/health"])
@pytest.mark.parametrize(
    ("token", "given", "status", "kind"),
    [
        ("", f"Bearer {TOKEN}", 403, "control-is-off"),
        ("", "Bearer ", 403, "control-is-off"),
        (TOKEN, None, 401, "not-authorized"),
        (TOKEN, "", 401, "not-authorized"),
        (TOKEN, "Bearer wrong", 401, "not-authorized"),
        (TOKEN, TOKEN, 401, "not-authorized"),
        (TOKEN, f"Bearer {TOKEN}x", 401, "not-authorized"),
        (TOKEN, "Bearer \u00e9", 401, "not-authorized"),
    ],
)
def test_only_the_token_gives_access(
    path: str, token: str, given: str | None, status: int, kind: str
) -> None:
    with test_line(control_token=token) as line:
        response = ask(line, f"{path}?token={TOKEN}", given)
        assert (response.status_code, response.mimetype) == (status, "application/problem+json")
        assert response.json["type"] == f"/problems/{kind}"
        assert response.json["status"] == status
        assert TOKEN not in response.text


@pytest.mark.parametrize("scheme", ["Bearer ", "bearer ", "BEARER ", "Bearer  "])
def test_the_scheme_is_read_as_http_writes_it(scheme: str) -> None:
    """Its case does not matter, nor does a second space."""
    with test_line(control_token=TOKEN) as line:
        assert ask(line, "/api/events", f"{scheme}{TOKEN}").status_code == 200
        assert ask(line, "/api/events", f"{scheme}{TOKEN}x").status_code == 401


# Events


def test_events_are_in_order_and_continue_after_a_number() -> None:
    with test_line(control_token=TOKEN) as line:
        line.happens("call.initiated", "call.answered")
        first = ask(line, "/api/events").json
        texts = [(e["kind"], e["text"].split(":")[0]) for e in first["events"]]
        assert texts[:3] == [
            ("webhook", "call.initiated"),
            ("change", first["events"][0]["number"]),
            ("command", "we send answer"),
        ]
        assert "Telnyx's response to answer" in [text for _, text in texts]
        numbers = [e["n"] for e in first["events"]]
        assert numbers == list(range(numbers[0], numbers[0] + len(numbers)))
        assert (first["next"], first["gap"]) == (numbers[-1], False)
        nothing = ask(line, f"/api/events?after={first['next']}").json
        assert nothing == {"events": [], "next": first["next"], "gap": False}
        line.happens("call.hangup")
        more = ask(line, f"/api/events?after={first['next']}").json["events"]
        assert (more[0]["n"], more[0]["kind"]) == (first["next"] + 1, "webhook")
        assert "+1" not in json.dumps(first), "no whole number"


@pytest.mark.parametrize("after", ["-1", "x", "1.5", "9" * 40, "\u0661", ""])
def test_a_malformed_event_number_is_refused(after: str) -> None:
    with test_line(control_token=TOKEN) as line:
        response = ask(line, f"/api/events?after={after}")
        assert (response.status_code, response.json["type"]) == (400, "/problems/invalid-query")


def test_a_change_of_speaker_is_not_an_event() -> None:
    with test_line(control_token=TOKEN) as line:
        line.happens("call.initiated", "call.answered", "call.speak.ended")
        line.happens("conference.created", "conference.participant.joined")
        before = ask(line, "/api/events").json["next"]
        line.happens("conference.floor.changed")
        assert line.room.speaker
        assert ask(line, "/api/events").json["next"] == before


# The story of one call


def test_the_story_of_a_call_by_number_and_by_id(monkeypatch: pytest.MonkeyPatch) -> None:
    with rehearsal(control_token=TOKEN) as line:
        leg, other = dial(line, NUMBER), dial(line, "+13125550222")
        hears(leg, "conference")
        settled(line)
        line.telnyx.phone(NUMBER).hang_up()
        settled(line)
        status, output = run(line, "story", "0111")
        assert status == 0
        assert output.startswith(f"...0111 {leg.call_control_id}, room demo-conference\n")
        expected = ["new -[call.initiated]> ringing", "we send answer", "call.speak.ended"]
        expected += ["we send hold", "we send unhold", "-[call.hangup]> gone"]
        places = [output.find(what) for what in expected]
        assert -1 not in places
        assert places == sorted(places)
        assert other.call_control_id not in output
        assert NUMBER not in output
        for call in (NUMBER, "0111", leg.call_control_id, leg.call_control_id[:20]):
            assert run(line, "story", call) == (0, output), call
        monkeypatch.setattr(event_log, "MOST_IN_ANSWER", 7)
        assert run(line, "story", "0111") == (0, output), "with any number of events in an answer"
        status, as_json = run(line, "story", "--json", "0111")
        assert [json.loads(row)["calls"] for row in as_json.splitlines()]
        assert status == 0


def test_the_story_of_a_call_has_requests_about_everyone() -> None:
    with rehearsal(control_token=TOKEN) as line:
        dial(line, NUMBER), dial(line, "+13125550222")
        assert run(line, "lock") == (0, "done: lock\n")
        assert run(line, "mute-all") == (0, "done: mute-all\n")
        line.telnyx.phone("+13125550222").hang_up()
        settled(line)
        assert run(line, "unmute-all") == (0, "done: unmute-all\n")
        output = [run(line, "story", who)[1] for who in ("0111", "0222")]
        asked = [re.findall("a moderator requests (.*)", each) for each in output]
        assert asked == [["lock", "mute-all", "unmute-all"], ["lock", "mute-all"]]


def test_the_story_of_a_room_by_its_name() -> None:
    with rehearsal(control_token=TOKEN) as line:
        dial(line, NUMBER), dial(line, "+13125550222")
        settled(line)
        status, output = run(line, "story", "demo-conference")
        assert (status, output.splitlines()[0]) == (0, "room demo-conference")
        assert "webhook   ...0222: call.answered" in output
        assert "change    ...0111: new -[call.initiated]> ringing" in output
        assert "change    room demo-conference: no conference" in output
        assert "+1312" not in output


@pytest.mark.parametrize("call", ["0999", "v3:unknown-call", "v", "11", ""])
def test_an_unknown_call_has_no_story(call: str) -> None:
    with rehearsal(control_token=TOKEN) as line:
        dial(line, NUMBER)
        status, output = run(line, "story", call)
        assert (status, output) == (1, f"no event of a call or room {call} is kept\n")


def test_without_a_server_or_its_token_the_command_reports_the_reason() -> None:
    with rehearsal(control_token=TOKEN) as line, test_line(control_token="other") as another:
        runner = another.client.application.test_cli_runner()
        done = runner.invoke(args=["story", "0111", "--url", line.url])
        assert (done.exit_code, "the server has another CONTROL_TOKEN" in done.output) == (
            1,
            True,
        )
        done = runner.invoke(args=["story", "0111", "--url", "http://127.0.0.1:9"])
        assert (done.exit_code, "no server answers at" in done.output) == (1, True)
        for address in ("127.0.0.1:9", line.telnyx.base_url.removeprefix("http://")):
            done = runner.invoke(args=["story", "0111", "--url", f"http://ann:s3cret@{address}"])
            assert (done.exit_code, "s3cret" in done.output) == (1, False)
        done = runner.invoke(args=["story", "0111", "--url", line.telnyx.base_url])
        assert (done.exit_code, "refuses" in done.output) == (1, True)
        done = runner.invoke(args=["story", "0111", "--url", "file:///etc"])
        assert done.exit_code == 2
    with test_line() as without:
        done = without.client.application.test_cli_runner().invoke(args=["story", "0111"])
        assert (done.exit_code, "CONTROL_TOKEN is not set" in done.output) == (1, True)
        assert "Or run: flask setup" in done.output


class Busy(BaseHTTPRequestHandler):
    """A server that is not a line, or a line with new events at each request."""

    tokens: ClassVar[list[str | None]] = []

    def do_GET(self) -> None:
        self.tokens.append(self.headers.get("Authorization"))
        if self.path.startswith("/elsewhere/"):
            self.send_response(302)
            self.send_header("Location", f"http://127.0.0.1:{self.server.server_address[1]}/x")
            self.end_headers()
            return
        body = b'{"events": [], "next": 1}' if self.path.startswith("/api/") else b"[]"
        if self.path.startswith("/api/"):
            event = {"calls": ["v3:1"], "number": "...9999", "room": "r", "at": "x", "n": 1}
            body = json.dumps({"events": [event], "next": 1}).encode()
        self.send_response(200)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def busy() -> Iterator[str]:
    Busy.tokens.clear()
    server = ThreadingHTTPServer(("127.0.0.1", 0), Busy)
    thread = Thread(target=server.serve_forever, args=(0.02,))
    thread.start()
    yield f"http://127.0.0.1:{server.server_address[1]}"
    server.shutdown()
    thread.join()
    server.server_close()


def test_reading_a_busy_server_ends(busy: str) -> None:
    with test_line(control_token=TOKEN) as line:
        runner = line.client.application.test_cli_runner()
        done = runner.invoke(args=["story", "0111", "--url", busy])
        assert (done.exit_code, len(Busy.tokens)) == (1, 1)


def test_the_token_is_sent_only_to_the_named_server_and_through_no_proxy(
    busy: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:9")
    monkeypatch.delenv("NO_PROXY")
    with test_line(control_token=TOKEN) as line:
        runner = line.client.application.test_cli_runner()
        done = runner.invoke(args=["story", "0111", "--url", f"{busy}/elsewhere"])
        assert (done.exit_code, "refuses: status 302" in done.output) == (1, True)
        assert len(Busy.tokens) == 1, "no request to the other address"


@pytest.mark.parametrize("path", ["/other", "exa mple"])
def test_a_server_that_is_not_a_conference_line(busy: str, path: str) -> None:
    with test_line(control_token=TOKEN) as line:
        runner = line.client.application.test_cli_runner()
        for command in (["story", "0111"], ["doctor", "--live"]):
            done = runner.invoke(args=[*command, "--url", busy + path])
            assert (done.exit_code, "is not a conference line" in done.output) == (1, True)


# Health


def test_a_healthy_line() -> None:
    compared = {"telnyx_connection_id": APPLICATION, "time_factor": 20, "reconcile_seconds": 2}
    with rehearsal(control_token=TOKEN, **compared) as line:
        status, output = run(line, "doctor", "--live")
        assert status == 0
        assert "no genuine one has come" in output
        line.engine.start()
        dial(line, NUMBER)
        until(lambda: line.engine.registry.room(ROOM).reconciliation.compared_at, "it compared")
        settled(line)
        status, output = run(line, "doctor", "--live")
        assert (status, "warnings" in output) == (0, False)
        assert "the last genuine one came 0 s ago" in output
        assert "rooms: 1, calls in them: 1" in output


def test_a_caller_who_waits_too_long_is_reported() -> None:
    with rehearsal(control_token=TOKEN, time_factor=20) as line:
        line.telnyx.fail_next(503, 10_000)
        leg = line.telnyx.phone(NUMBER).dial()

        def known() -> bool:
            return "...0111 in room demo-conference is ringing" in run(line, "doctor", "--live")[1]

        until(known, "the caller is reported")
        status, output = run(line, "doctor", "--live")
        assert status == 1
        assert f"flask story {leg.call_control_id}" in " ".join(output.split())
        assert "Telnyx refuses answer (503)" in " ".join(output.split())
        as_json = json.loads(run(line, "doctor", "--live", "--json")[1])
        assert [f["check"] for f in as_json["findings"] if f["state"] == "failure"] == [
            "Telnyx",
            "waiting",
        ]


def test_what_the_server_has_not_read_is_not_called_ok() -> None:
    with rehearsal(control_token=TOKEN) as line:
        found = findings(line)
        assert {name for name, (state, _) in found.items() if state == "ok"} == {
            *("server", "waiting", "log"),
        }
        assert found["Telnyx"][1].startswith("not known: no command was sent since the start")
        assert found["unknown calls"] == ("unknown", "not checked")
        assert found["comparison"] == ("unknown", "not checked")


def test_a_dead_key_is_a_failure(tmp_path: Path) -> None:
    settings = {
        "TELNYX_API_KEY": "KEY_revoked",
        "TELNYX_CONNECTION_ID": APPLICATION,
        "CONTROL_TOKEN": TOKEN,
    }
    with (
        SimulatedTelnyx("", TEST_KEY) as telnyx,
        servers.run(
            servers.GUNICORN, tmp_path, TELNYX_BASE_URL=telnyx.base_url, **settings
        ) as line,
    ):
        line.up()
        until(lambda: "Telnyx refuses TELNYX_API_KEY (401)" in line.log)
        command = [sys.executable, "-m", "flask", "doctor", "--live", "--json", "--url", line.url]
        done = servers.ends(command, tmp_path, **settings)
    assert done.returncode == 1
    found = {each["check"]: each for each in json.loads(done.stdout)["findings"]}
    assert [name for name, each in found.items() if each["state"] == "failure"] == ["Telnyx"]
    assert found["Telnyx"]["what"].startswith("it accepted no command yet; the last error was ")
    assert "Telnyx refuses TELNYX_API_KEY (401)" in found["Telnyx"]["what"]
    assert (found["unknown calls"]["what"], found["comparison"]["what"]) == (
        "not checked",
        "not checked",
    )


def test_an_error_that_is_over_is_no_failure() -> None:
    server, now = ServerHealth(0.0), 100.0
    server.note_accepted(10.0)
    for at in (20.0, 21.0, 22.0):
        server.note_error(at, "busy", "Telnyx refuses answer (503)")
    assert _telnyx(report([], server, now)).state == "failure"
    server.note_accepted(30.0)
    assert _telnyx(report([], server, now)).state == "warning"
    assert _telnyx(report([], server, 5000.0)).state == "ok"
    server.note_error(4999.0, "refused", "Telnyx refuses dial (422)")
    assert _telnyx(report([], server, 5000.0)).state == "warning"
    server.note_error(4999.0, "key refused", "Telnyx refuses TELNYX_API_KEY (401)")
    assert _telnyx(report([], server, 50000.0)).state == "failure"


@pytest.mark.parametrize(
    ("kind", "errors", "state"),
    [
        *(("key refused", 1, "failure"), ("refused", 9, "warning"), ("not found", 9, "warning")),
        *((kind, 2, "warning") for kind in RETRIED),
        *((kind, 3, "failure") for kind in RETRIED),
    ],
)
def test_telnyx_fails_if_it_carries_nothing_out(kind: str, errors: int, state: str) -> None:
    """Whatever the reason is: a dead key, a dead network, its own fault, or too many requests."""
    server = ServerHealth(0.0)
    for _ in range(errors):
        server.note_error(99.0, kind, "an error")
    assert _telnyx(report([], server, 100.0)).state == state


def _telnyx(health: dict[str, Any]) -> Finding:
    return next(each for each in examine_server(health) if each.check == "Telnyx")


@pytest.mark.parametrize(("lost", "state"), [(0, "ok"), (7, "warning")])
def test_lost_log_lines_are_shown(lost: int, state: str) -> None:
    health = report([], ServerHealth(0.0), 100.0) | {"log_lines_lost": lost}
    found = next(each for each in examine_server(health) if each.check == "log")
    assert (found.state, "accepted them: 7" in found.what) == (state, lost == 7)


def test_keys_that_have_not_come_are_a_warning_where_a_room_has_keys() -> None:
    inside = Participant("A", NUMBER, "participant", "incoming", "joined", 0.0)
    room = Room("demo", RoomSettings(keys={"*6": "mute"}), participants={"A": inside})
    room = replace(room, joined=frozenset("A"))
    server = ServerHealth(0.0)
    assert _keys(report([Room("demo")], server, 100.0)) == []
    assert _keys(report([room], server, 100.0)) == ["warning"]
    reading = replace(inside, pressed=Pressed(gathers_until=60.0))
    for there in (replace(inside, status="greeting"), reading):
        server.observe(decide(replace(room, participants={"A": there}), KEY))
    server.observe(decide(replace(room, participants={}), KEY))
    server.observe(decide(room, replace(KEY, type="call.speak.ended")))
    assert _keys(report([room], server, 100.0)) == ["warning"], "none of a caller inside"
    server.observe(decide(room, KEY))
    health = report([room], server, 100.0)
    assert _keys(health) == ["ok"]
    assert health["key_age"] == 50.0


KEY = Webhook("call.dtmf.received", 50.0, call="A", details={"digit": "7"})


def _keys(health: dict[str, Any]) -> list[str]:
    return [each.state for each in examine_server(health) if each.check == "keys"]


def test_a_list_read_long_ago_is_not_called_ok() -> None:
    read = Reconciliation(compared_at=100.0)
    rooms = [Room("demo", watches_unknown_calls=True, reconciliation=read)]
    server = ServerHealth(0.0, accepted_at=100.0)
    assert {f.check: f.state for f in examine_server(report(rooms, server, 160.0))} == {
        **dict.fromkeys(("server", "Telnyx", "waiting", "log"), "ok"),
        **dict.fromkeys(("unknown calls", "comparison"), "ok"),
        "webhooks": "warning",
    }
    server.note_error(110.0, "key refused", "Telnyx refuses TELNYX_API_KEY (401)")
    found = {f.check: f for f in examine_server(report(rooms, server, 4000.0))}
    assert (found["Telnyx"].state, found["unknown calls"].state) == ("failure", "unknown")
    assert "was last read 65 min ago" in found["unknown calls"].what
    assert (found["comparison"].state, "for 65 min" in found["comparison"].what) == (
        "failure",
        True,
    )


def findings(line: Line) -> dict[str, tuple[str, str]]:
    """Return the state and the text of each of the running server's findings."""
    found = json.loads(run(line, "doctor", "--live", "--json")[1])["findings"]
    return {each["check"]: (each["state"], each["what"]) for each in found}


def test_unknown_calls_are_reported() -> None:
    settings = {"telnyx_connection_id": APPLICATION, "time_factor": 20, "reconcile_seconds": 2}
    with rehearsal(control_token=TOKEN, **settings) as line:
        line.telnyx.phone("+13125550999").when_called()
        other = line.telnyx.place_call("+13125550999")
        line.engine.start()
        until(
            lambda: line.engine.registry.room(ROOM).reconciliation.unknown_calls,
            "the call is noticed",
        )
        settled(line)
        status, output = run(line, "doctor", "--live")
        assert (status, other.call_control_id in output) == (0, True)
        assert line.engine.registry.room(ROOM).participants == {}


def test_calls_of_others_in_our_conference_are_reported() -> None:
    with rehearsal(control_token=TOKEN, telnyx_connection_id=APPLICATION) as line:
        rooms = [Room("red", reconciliation=Reconciliation(has_others=True)), Room("blue")]
        (warning,) = warnings(report(rooms, ServerHealth(0.0), 100.0))
        assert "the conference of room red" in warning
        keep(line.engine.registry, rooms[0])
        status, output = run(line, "doctor", "--live")
        assert (status, "the conference of room red" in output) == (0, True)


def test_the_doctor_fails_without_a_server() -> None:
    with test_line(control_token=TOKEN) as line:
        runner = line.client.application.test_cli_runner()
        done = runner.invoke(args=["doctor", "--live", "--json", "--url", "http://127.0.0.1:9"])
        (found,) = json.loads(done.output)["findings"]
        assert (done.exit_code, found["fact"]) == (1, "live.unreachable")
        assert "no server answers" in found["what"]


def test_the_doctor_fails_with_another_token() -> None:
    with rehearsal(control_token=TOKEN) as line, test_line(control_token="another") as other:
        runner = other.client.application.test_cli_runner()
        done = runner.invoke(args=["doctor", "--live", "--url", line.url])
        output = " ".join(done.output.split())
        assert (done.exit_code, "with the same CONTROL_TOKEN as here" in output) == (1, True)


def test_faults_are_logged_every_minute_while_they_last(
    caplog: pytest.LogCaptureFixture,
) -> None:
    def warnings_logged() -> int:
        return len(
            re.findall(r"\.\.\.0111 in room demo-conference has waited for \d+ s", caplog.text)
        )

    caplog.set_level(logging.WARNING)
    assert WATCH_EVERY == 60
    with rehearsal(speed=1, time_factor=100) as line:
        line.engine.start()
        line.telnyx.fail_next(503, 100_000)
        line.telnyx.phone(NUMBER).dial()
        until(lambda: warnings_logged() >= 2, "it is logged twice")
        line.telnyx.phone(NUMBER).hang_up()
        until(lambda: not line.engine.registry.room(ROOM).participants, "the call is over")
        health = report(line.engine.rooms(), ServerHealth(0.0), line.engine.clock())
        assert health["waiting"] == []
    assert NUMBER not in caplog.text
