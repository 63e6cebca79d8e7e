"""Names of the rooms of the rooms file, in any case, at every edge of the web."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from rigs.console import BEARER, browser, by_link, link, setup, signed_in
from rigs.lines import CALL, TestLine, test_line
from rigs.people import TOKEN
from rigs.texml_forms import FETCH, HERE, conference, read_xml, send

from conference.cli.moderation import path_of
from conference.core.admission.reception import ENTER
from conference.core.doors import RECEPTION, Doors
from conference.core.room_settings import RoomSettings
from conference.settings import make

OWN = "+13125550101"
ENTERS = ("call.initiated", "call.answered", "call.speak.ended", "conference.participant.joined")
ROOMS = {
    "sales": RoomSettings(title="Sales team", public_url=HERE),
    "Board": RoomSettings(),
    RECEPTION: RoomSettings(stages=("pin",), public_url=HERE),
}


@pytest.fixture
def line() -> Iterator[TestLine]:
    given: Any = {"rooms": ROOMS, "numbers": {OWN: "sales"}, "control_token": TOKEN}
    with test_line(**given) as line:
        yield line


@pytest.mark.parametrize(
    ("name", "room"),
    [
        ("sales", "sales"),
        ("SALES", "sales"),
        ("sales TEAM", "sales"),
        ("board", "Board"),
        ("Reception", "reception"),
        ("Blue", "Blue"),
    ],
)
def test_a_name_means_the_room_of_the_file(name: str, room: str) -> None:
    doors = Doors(RECEPTION, {}, {"Sales team": "sales"}, ("sales", "Board"))
    assert doors.named(name) == room
    assert Doors("demo").named(name) == name


@pytest.mark.parametrize("name", ["sales", "Sales", "SALES", "Sales%20Team"])
def test_the_control_api_takes_it_in_any_case(line: TestLine, name: str) -> None:
    answer = line.client.get(f"/api/rooms/{name}", headers=BEARER)
    assert (answer.status_code, answer.json and answer.json["name"]) == (200, "sales")
    line.happens(*ENTERS, to=OWN, client_state=None)
    asked = f"/api/rooms/{name}/actions/lock"
    assert line.client.post(asked, json={}, headers=BEARER).status_code == 202
    assert line.engine.registry.room("sales").locked
    events = line.client.get(f"/api/events?room={name}", headers=BEARER).json
    assert events is not None and {each["room"] for each in events["events"]} == {"sales"}
    assert [room.name for room in line.engine.rooms()] == ["Board", "sales"]


def test_a_link_for_a_room_fits_its_name_in_any_case(line: TestLine) -> None:
    address = link(line, "SALES")
    query = parse_qs(urlsplit(address).query)
    assert query["room"] == ["sales"]
    client, _ = by_link(line, "Sales")
    assert client.get("/api/rooms/Sales").status_code == 200
    assert client.get("/api/events?room=SALES").status_code == 200
    assert client.get("/api/rooms/board").status_code == 403
    other = browser(line).get("/console", query_string={"room": "SALES", "link": query["link"][0]})
    assert setup(other)["room"] == "sales"
    assert setup(client.get("/console?room=Sales"))["room"] == "sales"
    assert client.get("/console?room=Board").status_code == 403


def test_a_link_goes_on_when_the_file_writes_the_name_in_another_case(line: TestLine) -> None:
    renamed: Any = {"rooms": {"Sales": RoomSettings(), RECEPTION: ROOMS[RECEPTION]}}
    with test_line(control_token=TOKEN, **renamed) as later:
        old = urlsplit(link(line, "sales"))
        client = browser(later)
        assert setup(client.get(f"{old.path}?{old.query}"))["room"] == "Sales"
        assert client.get("/api/rooms/sales").status_code == 200


def test_the_console_begins_with_the_first_room_or_the_named_one(line: TestLine) -> None:
    client, _ = signed_in(line)
    assert setup(client.get("/console"))["room"] == "sales"
    rooms: Any = ROOMS
    assert make(rooms=rooms, conference_name="BOARD").usual_room == "Board"
    assert make().usual_room == "demo-conference"


def test_a_call_is_moved_to_the_room_of_the_name(line: TestLine) -> None:
    line.happens(*ENTERS, to=OWN, client_state=None)
    assert CALL in line.engine.registry.room("sales").joined
    to = {"participants": [CALL], "room": "BOARD"}
    path = "/api/rooms/sales/actions/move"
    assert line.client.post(path, json=to, headers=BEARER).status_code == 202
    line.happens("conference.participant.left")
    assert CALL in line.engine.registry.room("Board").participants


def test_by_texml_the_dialled_number_leads_to_its_room(line: TestLine) -> None:
    for path, to in (
        ("/texml", OWN),
        ("/texml/Sales", "+13125550199"),
        ("/texml/sales", ""),
        ("/texml/Sales%20team", ""),
    ):
        found = conference(send(line, path, {**FETCH, "To": to}))
        assert found.text == "Sales team"
        assert found.attrib["waitUrl"] == f"{HERE}/texml/wait/sales"


@pytest.mark.parametrize(
    ("path", "to"),
    [("/texml", "+13125550199"), ("/texml", ""), ("/texml/reception", OWN)],
)
def test_by_texml_a_number_that_needs_a_pin_asks_for_it(line: TestLine, path: str, to: str) -> None:
    document = read_xml(send(line, path, {**FETCH, "To": to}).data)
    assert [each.tag for each in document] == ["Gather", "Redirect"]
    assert document.findtext("Gather/Say") == ENTER
    assert line.engine.registry.rooms() == []


@pytest.mark.parametrize("name", [".", "%2e%2e"])
def test_a_name_that_clients_take_out_of_paths_is_none(line: TestLine, name: str) -> None:
    assert send(line, f"/texml/{name}", FETCH).status_code == 404
    assert line.client.get(f"/api/rooms/{name}", headers=BEARER).status_code == 404
    to = {"to": "+13125550142"}
    answer = line.client.post(f"/api/rooms/{name}/participants", json=to, headers=BEARER)
    assert answer.status_code == 404
    assert line.engine.registry.rooms() == []


@pytest.mark.parametrize(
    ("chosen", "room"), [("demo-conference", "sales"), ("BOARD", "Board"), ("elsewhere", "sales")]
)
def test_commands_without_a_room_mean_one_of_the_file(chosen: str, room: str) -> None:
    with test_line(rooms=ROOMS, conference_name=chosen) as line:
        with line.client.application.app_context():
            assert path_of(None) == f"/api/rooms/{room}"
            assert path_of("Blue") == "/api/rooms/Blue"
