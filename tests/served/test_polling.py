"""A page that polls a room: `GET /api/rooms/<room>?since=<version>`."""

from __future__ import annotations

import json
import re
from datetime import datetime, timedelta
from typing import Any

import pytest
from rigs.lines import CALL, CONFERENCE, TestLine, test_line
from rigs.moderator import ROOM, ask
from rigs.people import ANN, BOB, TOKEN
from rigs.rehearsals import MAY, dial, forget_everything, rehearsal, room, settled
from rigs.scripted_server import Connection, ScriptedServer, response
from rigs.waiting import until

from conference.cli import listing
from conference.core.events import SnapshotWanted

OF_EVERY_ROOM = {
    *("version", "name", "conference_id", "front", "status", "reason", "summary", "locked"),
    *("newcomers_muted", "newcomers_on_hold", "recording", "opened_at", "ends_at", "speaker"),
    *("mode", "hands", "called", "lobby", "hours"),
    *("has_lobby", "waiting_for_seat", "kept_out", "chimes", "host_left", "minutes_used_up_until"),
    "participants",
}
PRECISE = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}\+00:00")
OTHER = "v3:other"
COMES = ("call.initiated", "call.answered", "call.speak.ended", "conference.participant.joined")


def poll(line: TestLine, query: str = "", room: str = "demo-conference") -> Any:
    headers = {"Authorization": f"Bearer {TOKEN}"}
    return line.client.get(f"/api/rooms/{room}{query}", headers=headers)


def listed(line: TestLine) -> Any:
    headers = {"Authorization": f"Bearer {TOKEN}"}
    return line.client.get("/api/rooms", headers=headers).json["rooms"]


def calls(answer: Any) -> list[str]:
    return [row["call_control_id"] for row in answer["participants"]]


@pytest.fixture
def line() -> Any:
    with test_line(control_token=TOKEN) as line:
        for call in (CALL, OTHER):
            line.happens(*COMES, call_control_id=call, client_state=None)
        assert line.room.joined == {CALL, OTHER}
        yield line


def test_without_a_version_the_room_is_whole(line: TestLine) -> None:
    whole = poll(line).json
    assert whole.keys() == OF_EVERY_ROOM | {"since", "left", "at", "next"}
    assert (whole["since"], whole["left"]) == (None, [])
    assert calls(whole) == [CALL, OTHER]
    assert whole["version"] == line.room.version
    assert PRECISE.fullmatch(whole["at"])
    assert listed(line) == [{name: whole[name] for name in OF_EVERY_ROOM}]


def test_with_the_newest_version_the_answer_is_short(line: TestLine) -> None:
    version = poll(line).json["version"]
    response = poll(line, f"?since={version}")
    answer = response.json
    assert answer == {
        "version": version,
        "since": version,
        "hours": None,
        "at": answer["at"],
        "next": answer["next"],
    }
    assert len(response.data) < 200


def test_with_an_older_version_only_changed_rows_are_sent(line: TestLine) -> None:
    version = poll(line).json["version"]
    line.happens("conference.floor.changed", call_control_id=OTHER)
    floor = poll(line, f"?since={version}").json
    assert (floor["since"], calls(floor), floor["left"]) == (version, [OTHER], [])
    assert (floor["speaker"], floor["participants"][0]["speaking"]) == (OTHER, True)
    line.happens("conference.floor.changed", call_control_id=CALL)
    line.happens("call.hangup", call_control_id=OTHER)
    later = poll(line, f"?since={floor['version']}").json
    assert (later["since"], calls(later), later["left"]) == (floor["version"], [CALL], [OTHER])
    assert later["summary"] == "alone, on hold"


def test_next_is_the_number_of_the_newest_event(line: TestLine) -> None:
    headers = {"Authorization": f"Bearer {TOKEN}"}
    after = poll(line).json["next"]
    assert line.client.get(f"/api/events?after={after}", headers=headers).json["events"] == []
    line.happens("call.hangup")
    newest = line.client.get(f"/api/events?after={after}", headers=headers).json["next"]
    assert poll(line).json["next"] == newest > after


@pytest.mark.parametrize("since", ["-1", "x", "1.5", "9" * 40, "\u0661", ""])
def test_a_malformed_version_is_refused(line: TestLine, since: str) -> None:
    response = poll(line, f"?since={since}")
    assert (response.status_code, response.json["type"]) == (400, "/problems/invalid-query")
    assert response.json["detail"] == "since must be a version of the room."


@pytest.mark.parametrize("since", ["0", "1", "99999999999999999"])
def test_an_unknown_version_gets_the_whole_room(line: TestLine, since: str) -> None:
    answer = poll(line, f"?since={since}").json
    assert (answer["since"], calls(answer)) == (None, [CALL, OTHER])


def test_an_unknown_room_and_the_default_one_before_anybody_came() -> None:
    with test_line(control_token=TOKEN) as line:
        assert poll(line, room="blue").status_code == 404
        empty = poll(line).json
        assert (empty["version"], empty["summary"], empty["opened_at"]) == (0, "empty", None)
        assert poll(line, "?since=0").json["since"] == 0


def test_a_poll_copies_no_list_of_rooms(line: TestLine, monkeypatch: pytest.MonkeyPatch) -> None:
    def rooms() -> Any:
        raise AssertionError("all rooms are listed")

    monkeypatch.setattr(line.engine.registry, "rooms", rooms)
    assert poll(line).json["conference_id"] == CONFERENCE


def test_a_restart_keeps_when_the_conference_opened_and_ends() -> None:
    with rehearsal(**MAY, duration_minutes=90) as line:
        dial(line, ANN)
        dial(line, BOB)
        settled(line)
        line.telnyx.conferences[0].created_at -= 600
        forget_everything(line)
        line.engine.apply(room(line).name, SnapshotWanted(line.engine.clock()))
        until(lambda: len(room(line).joined) == 2, "both are found")
        (listed,) = ask(line, "/api/telnyx/conferences")["conferences"]
        shown = ask(line, ROOM)
        opened_at, ends_at = (datetime.fromisoformat(shown[n]) for n in ("opened_at", "ends_at"))
        created_at = datetime.fromisoformat(listed["created_at"])
        assert opened_at == created_at.replace(microsecond=0), "ten minutes ago"
        assert ends_at - opened_at == timedelta(minutes=90)


def test_follow_prints_again_only_what_changed(
    line: TestLine, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The time of the answer, and changes that are not shown, print nothing."""
    monkeypatch.setattr(listing, "EVERY", 0)
    first = poll(line).json
    later = first | {"version": first["version"] + 1, "next": first["next"] + 1, "at": "later"}
    shown = [json.dumps(each).encode() for each in (first, later, first | {"locked": True})]
    gone = response(b"", status="404 Gone")
    given = [*(response(each) for each in shown), gone]

    def serve(connection: Connection) -> None:
        while connection.request():
            connection.send(given.pop(0))

    runner = line.client.application.test_cli_runner()
    with ScriptedServer(serve) as server:
        done = runner.invoke(args=["participants", "--follow", "--url", server.url])
    assert given == [], "it asked four times"
    assert done.output.count("Conference ID") == 2
