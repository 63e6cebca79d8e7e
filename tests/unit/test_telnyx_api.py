"""Commands through the real SDK, over HTTP, to the simulated Telnyx."""

from __future__ import annotations

import socket
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Any, NamedTuple

import pytest
from nacl.signing import SigningKey
from rigs.scripted_server import ScriptedServer, answers, response
from rigs.waiting import until

from conference.clock import Clock
from conference.core import commands
from conference.core.client_state import ClientState
from conference.core.command_ids import command_id
from conference.core.outcomes.meanings import meaning
from conference.core.snapshot import Seen, Snapshot
from conference.core.telnyx_time import unix
from conference.simulator import Leg, SimulatedTelnyx
from conference.simulator.api.description import problems
from conference.telnyx_api import client
from conference.telnyx_api.call_control import REQUESTS
from conference.telnyx_api.client import TelnyxApi
from conference.telnyx_api.lists import Live, UnusableList, active_calls, find, snapshot
from conference.telnyx_api.responses import clean, retry_after

Connect = Callable[..., TelnyxApi]
CONNECTION = "1494404757140276705"
STATE = ClientState("blue", number="+13125550111")


@pytest.fixture
def telnyx() -> Iterator[SimulatedTelnyx]:
    key = SigningKey.generate()
    with SimulatedTelnyx("http://127.0.0.1:9/webhook", key, speed=50) as telnyx:
        yield telnyx


@pytest.fixture
def api(telnyx: SimulatedTelnyx, connect: Connect) -> TelnyxApi:
    return connect("KEY_simulated", telnyx.base_url, CONNECTION, "+13125550100")


def answered(telnyx: SimulatedTelnyx, api: TelnyxApi, number: str = "+13125550111") -> Leg:
    leg = telnyx.phone(number).dial()
    assert api.send(commands.Answer(leg.call_control_id, STATE)).status == 200
    until(lambda: leg.state == "answered", "the call is answered")
    return leg


def create(leg: Leg, n: int = 1, name: str = "blue", most: int = 2) -> commands.Create:
    return commands.Create(leg.call_control_id, name, n, "always", most)


WAY_IN = {
    "beep_enabled": "never",
    "hold_audio_url": "https://example.com/a.wav",
    "start_conference_on_create": False,  # with a create only
    "duration_minutes": 5,
    "start_conference_on_enter": True,  # with a join only
    "whisper_call_control_ids": ["v3:2"],
}
EVERY_COMMAND: list[Any] = [
    commands.Answer("v3:1", STATE),
    commands.Speak("v3:1", "greeting", "Hello", "female", "en-GB"),
    commands.Hangup("v3:1"),
    commands.Create("v3:1", "blue", 1, "on_exit", 800, "Middle East"),
    commands.Join("v3:1", "conf-1", 1, "US"),
    commands.Hold("conf-1", ("v3:1",), "Europe", "https://example.com/a.wav"),
    commands.Hold("conf-1", ("v3:1", "v3:2")),
    commands.Unhold("conf-1", ("v3:1",), "Australia"),
    commands.Mute("conf-1", ("v3:1",)),
    commands.Unmute("conf-1", ("v3:1",)),
    commands.Hold("conf-1", ("v3:1",), music="a-name-in-media-storage"),
    commands.Gather("v3:1", "Press 1.", "1", "female", "en-GB"),
    commands.Gather("v3:1", "Your PIN?", "0123456789", "female", "en-GB", most=6, tries=1, n=2),
    commands.Record("v3:1", 5),
    commands.Create("v3:1", "blue", 1, "on_exit", 800, "", WAY_IN),
    commands.Join("v3:1", "conf-1", 1, "US", WAY_IN),
    commands.Leave("v3:1", "conf-1", 1, "green", "US", "never"),
    commands.Remember("v3:1", STATE),
    commands.Dial("+13125550142", STATE, "request", 30, 3600),
    commands.PassThrough("conference", "conf-1", "end", {}, "request"),
    commands.PassThrough("conference", "conf-1", "send_dtmf", {"digits": "1"}, "request"),
    commands.PassThrough(
        "conference", "conf-1", "participants", {"call_control_id": "v3:1"}, "request"
    ),
    commands.PassThrough(
        "call", "v3:1", "record_start", {"format": "mp3", "channels": "dual"}, "request"
    ),
]


@pytest.mark.parametrize("command", EVERY_COMMAND, ids=repr)
def test_every_command_is_valid_by_the_description(
    telnyx: SimulatedTelnyx, api: TelnyxApi, command: commands.Command
) -> None:
    api.send(command)
    (request,) = telnyx.requests
    assert problems(request.method, request.path, request.body) == []
    assert "" not in request.body.values()
    takes_id = isinstance(command, commands.OfCall | commands.Dial)
    if isinstance(command, commands.PassThrough):
        takes_id = command.takes_id
    assert request.body.get("command_id") == (command_id(command) if takes_id else None)


def test_a_gather_takes_as_many_keys_as_are_wanted() -> None:
    request = REQUESTS[commands.Gather]
    one = request(commands.Gather("v3:1", "Press 1.", "1", "female", "en-GB")).body
    body = {"payload": "Press 1.", "voice": "female", "language": "en-GB", "valid_digits": "1"}
    counts = {"minimum_digits": 1, "maximum_digits": 1, "maximum_tries": 2}
    assert one == {**body, **counts, "timeout_millis": 8000}
    pin = commands.Gather("v3:1", "Press 1.", "1", "female", "en-GB", most=6, tries=1)
    assert request(pin).body == {**one, "maximum_digits": 6, "maximum_tries": 1}


def test_no_command_is_forgotten() -> None:
    assert {type(command) for command in EVERY_COMMAND} == set(REQUESTS)
    # Find and TakeSnapshot read lists, Kick is TeXML's alone.
    others = {commands.Find, commands.TakeSnapshot, commands.Kick}
    assert set(REQUESTS) | others == set(commands.Command.__args__)  # type: ignore[attr-defined]


def test_an_unknown_field_would_be_noticed() -> None:
    body = {"call_control_id": "v3:1", "name": "blue", "beep": "always"}
    assert [p.pointer for p in problems("POST", "/conferences", body)] == ["/beep"]
    body = {"call_control_id": "v3:1", "name": "blue", "beep_enabled": "loudly"}
    assert [p.pointer for p in problems("POST", "/conferences", body)] == ["/beep_enabled"]


@dataclass
class Situation:
    """A has created the conference, B has joined it; three more calls are outside."""

    telnyx: SimulatedTelnyx
    api: TelnyxApi
    a: Leg
    b: Leg
    other: Leg
    ringing: Leg
    conference: str

    def hang_up(self, leg: Leg) -> str:
        self.telnyx.phone(leg.number).hang_up()
        return leg.call_control_id

    def end(self) -> str:
        for leg in (self.a, self.b):
            self.hang_up(leg)
        return self.conference

    def outgoing(self) -> str:
        self.telnyx.phone("+13125550118").when_called(answer_after=None)
        return self.telnyx.place_call("+13125550118").call_control_id

    def next_fails(self, status: int) -> str:
        self.telnyx.fail_next(status)
        return self.other.call_control_id


@pytest.fixture
def situation(telnyx: SimulatedTelnyx, api: TelnyxApi) -> Situation:
    a, b, other = (answered(telnyx, api, f"+1312555011{n}") for n in range(3))
    conference = api.send(create(a)).data["id"]
    assert api.send(commands.Join(b.call_control_id, conference, 1)).status == 200
    ringing = telnyx.phone("+13125550119").dial()
    return Situation(telnyx, api, a, b, other, ringing, conference)


NOWHERE = "00000000-0000-0000-0000-000000000000"


class Refusal(NamedTuple):
    name: str
    command: Callable[[Situation], commands.Command]
    status: int
    code: str
    means: str


REFUSALS = [
    Refusal(
        name="call already ended",
        command=lambda s: commands.Hangup(s.hang_up(s.a)),
        status=422,
        code="90018",
        means="gone",
    ),
    Refusal(
        name="unknown call",
        command=lambda s: commands.Hangup("v3:unknown"),
        status=422,
        code="90015",
        means="gone",
    ),
    Refusal(
        name="not answered yet",
        command=lambda s: create(s.ringing, name="red"),
        status=422,
        code="90034",
        means="not answered",
    ),
    Refusal(
        name="conference ended",
        command=lambda s: commands.Join(s.other.call_control_id, s.end(), 1),
        status=422,
        code="90019",
        means="no conference",
    ),
    Refusal(
        name="conference not found",
        command=lambda s: commands.Join(s.other.call_control_id, NOWHERE, 1),
        status=404,
        code="90058",
        means="no conference",
    ),
    Refusal(
        name="name already active",
        command=lambda s: create(s.other),
        status=422,
        code="90033",
        means="name taken",
    ),
    Refusal(
        name="room full",
        command=lambda s: commands.Join(s.other.call_control_id, s.conference, 1),
        status=422,
        code="90032",
        means="full",
    ),
    Refusal(
        name="joined twice",
        command=lambda s: commands.Join(s.b.call_control_id, s.conference, 2),
        status=422,
        code="90044",
        means="in already",
    ),
    Refusal(
        name="answering an outgoing leg",
        command=lambda s: commands.Answer(s.outgoing(), STATE),
        status=422,
        code="90102",
        means="not ours",
    ),
    Refusal(
        name="bad client_state",
        command=lambda s: commands.Answer(s.next_fails(422), STATE),
        status=422,
        code="90017",
        means="refused",
    ),
    Refusal(
        name="rate limited",
        command=lambda s: commands.Hangup(s.next_fails(429)),
        status=429,
        code="10011",
        means="limited",
    ),
    Refusal(
        name="not allowed",
        command=lambda s: commands.Hangup(s.next_fails(403)),
        status=403,
        code="10010",
        means="key refused",
    ),
    Refusal(
        name="any other 422",
        command=lambda s: replace(create(s.other), beep="loudly"),
        status=422,
        code="10032",
        means="refused",
    ),
]


@pytest.mark.parametrize("refusal", REFUSALS, ids=[each.name for each in REFUSALS])
def test_every_refusal_is_understood(situation: Situation, refusal: Refusal) -> None:
    outcome = situation.api.send(refusal.command(situation))
    found = (outcome.status, outcome.code, meaning(outcome))
    assert found == (refusal.status, refusal.code, refusal.means)


def test_a_refusal_names_the_field(api: TelnyxApi) -> None:
    outcome = api.send(commands.Create("v3:1", "blue", 1, "loudly", 10))
    assert (outcome.status, meaning(outcome)) == (422, "refused")
    assert "/beep_enabled" in outcome.detail


def test_a_wrong_key(telnyx: SimulatedTelnyx, connect: Connect) -> None:
    outcome = connect("KEY_wrong", telnyx.base_url).send(commands.Hangup("v3:1"))
    assert (outcome.status, meaning(outcome)) == (401, "key refused")


def test_a_pause_is_counted_from_the_wall_clock(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(time, "time", lambda: WALL)
    assert retry_after({"x-ratelimit-reset": f"{WALL + 30:.0f}"}) == 30


@pytest.mark.parametrize("off", [-86400, -300, 300, 86400])
def test_a_pause_does_not_depend_on_the_systems_clock(
    off: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Telnyx's own clock is in the Date of its answer."""
    monkeypatch.setattr(time, "time", lambda: WALL + off)
    date = {"date": "Sun, 20 Jul 2025 08:26:40 GMT"}
    assert retry_after(date | {"retry-after": "Sun, 20 Jul 2025 08:26:50 GMT"}) == 10
    assert retry_after(date | {"x-ratelimit-reset": f"{WALL + 30:.0f}"}) == 30
    assert retry_after({"date": "x", "retry-after": f"{WALL + off + 7:.0f}"}) == 7


def test_a_reason_is_masked_as_it_is_shown() -> None:
    """On one line, and without control characters."""
    assert clean("to +1 312\n555\r\n0142, 1312\x00555\x7f0142") == "to +...0142, ...0142"


@pytest.mark.parametrize("status", ["408 No", "409 No", "422 No", "503 No"])
def test_a_list_is_read_again_after_a_transient_error(connect: Connect, status: str) -> None:
    later = response(b'{"errors": [{"code": "10036"}]}', status=status)
    empty = response(b'{"data": []}')
    with ScriptedServer(answers(later, empty, later, later, empty)) as server:
        outcome = connect("KEY", f"{server.url}/v2").send(commands.Find("blue"))
    assert (outcome.status, outcome.data) == (200, {"id": ""})


@pytest.mark.parametrize(("status", "means"), [(429, "limited"), (500, "busy"), (503, "busy")])
def test_the_sdk_retries_nothing(
    telnyx: SimulatedTelnyx, api: TelnyxApi, status: int, means: str
) -> None:
    telnyx.fail_next(status)
    outcome = api.send(commands.Hangup("v3:1"))
    assert (outcome.status, meaning(outcome)) == (status, means)
    assert len(telnyx.requests) == 1
    assert (outcome.retry_after is not None) == (status == 429)


def test_telnyx_cannot_be_reached(connect: Connect) -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        port = unused.getsockname()[1]
        outcome = connect("KEY", f"http://127.0.0.1:{port}/v2").send(commands.Hangup("v3:1"))
    assert (outcome.status, meaning(outcome)) == (0, "unknown")


def test_telnyx_does_not_answer(
    telnyx: SimulatedTelnyx, connect: Connect, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(client, "LEAST_TIMEOUT", 0.2)
    telnyx.latency = 1
    api = connect("KEY_simulated", telnyx.base_url, clock=Clock(100))
    outcome = api.send(commands.Hangup("v3:1"))
    assert (outcome.status, meaning(outcome)) == (0, "unknown")


def test_ids_are_opaque(telnyx: SimulatedTelnyx, api: TelnyxApi) -> None:
    api.send(commands.Hangup("v3:a/b?c=d e%2F"))
    (request,) = telnyx.requests
    assert request.path.endswith("/actions/hangup")
    assert request.code == "90015", "the call is unknown, not the path"


def test_find_and_take_snapshot(telnyx: SimulatedTelnyx, api: TelnyxApi) -> None:
    assert api.send(commands.Find("blue")).data == {"id": ""}
    a, b = answered(telnyx, api), answered(telnyx, api, "+13125550112")
    created = api.send(create(a)).data
    conference, opened_at = created["id"], unix(created["created_at"])
    assert opened_at is not None
    api.send(commands.Hold(conference, (a.call_control_id,)))
    assert api.send(commands.Find("blue")).data == {"id": conference, "opened_at": opened_at}
    assert api.send(commands.TakeSnapshot("blue")).data == Snapshot(
        conference,
        {a.call_control_id: Seen(held=True, muted=False)},
        {a.call_control_id: STATE, b.call_control_id: STATE},
        opened_at=opened_at,
        stays=1,
        title="blue",
    )
    elsewhere = {a.call_control_id: "blue", b.call_control_id: "blue"}
    stranger = telnyx.phone("+13125550113").dial()
    strangers = frozenset([stranger.call_control_id])
    seen = api.send(commands.TakeSnapshot("red")).data
    assert seen == Snapshot("", {}, {}, elsewhere=elsewhere, unknown_calls=strangers)


def test_without_a_connection_id_the_calls_are_unknown(
    telnyx: SimulatedTelnyx, connect: Connect
) -> None:
    assert (
        connect("KEY_simulated", telnyx.base_url).send(commands.TakeSnapshot("blue")).data.calls
        is None
    )


class Pages:
    """Telnyx's lists: conferences have page numbers, calls a cursor."""

    def __init__(self, rows: list[dict[str, Any]], per_page: int, stuck: bool = False) -> None:
        self.rows, self.per_page, self.stuck, self.asked = rows, per_page, stuck, 0

    def __call__(self, path: str, query: dict[str, str]) -> Any:
        self.asked += 1
        assert self.asked < 100, "the same page for ever"
        if "page[limit]" in query:
            at = 0 if self.stuck else int(query.get("page[after]", 0))
            after = str(at + self.per_page) if at + self.per_page < len(self.rows) else None
            meta: dict[str, Any] = {"cursors": {"after": after}, "next": after and "/v2/next"}
        else:
            at = 0 if self.stuck else (int(query.get("page[number]", 1)) - 1) * self.per_page
            meta = {"total_pages": -(-len(self.rows) // self.per_page)}
        return {"data": self.rows[at : at + self.per_page], "meta": meta}


def conferences(count: int) -> list[dict[str, Any]]:
    return [{"id": f"c{n}", "name": f"room{n}", "status": "in_progress"} for n in range(count)]


def calls(count: int) -> list[dict[str, Any]]:
    from conference.core.client_state import encode

    return [{"call_control_id": f"v3:{n}", "client_state": encode(STATE)} for n in range(count)]


def test_lists_are_read_to_their_ends() -> None:
    assert find(Pages(conferences(45), 20), "room44", "").id == "c44"
    assert find(Pages(conferences(45), 20), "room45", "") == Live()
    listed = active_calls(Pages(calls(45), 20), CONNECTION)
    assert snapshot(Pages([], 20), "blue", "blue", "", listed).calls == listed
    assert listed is not None
    assert len(listed) == 45


def test_a_call_that_came_back_is_inside_though_an_earlier_page_has_its_first_stay() -> None:
    stays = [
        {"id": "1", "call_control_id": "A", "status": "left"},
        {"id": "2", "call_control_id": "A", "status": "joined"},
    ]
    rows = {"/conferences": conferences(1), "/conferences/c0/participants": stays}

    def get(path: str, query: dict[str, str]) -> Any:
        return Pages(rows[path], 1)(path, query)

    seen = snapshot(get, "blue", "room0", "", None)
    assert (seen.joined, seen.stays) == ({"A": Seen(False, False)}, 2)


@pytest.mark.parametrize(
    ("title", "kept", "found"),
    [
        ("room2", "room1", ("c2", "room2")),
        ("New", "room1", ("c1", "room1")),
        ("New", "", ("c0", "room0")),
        ("New", "Older", ("", "")),
    ],
)
def test_a_conference_from_before_a_new_name_is_found_by_its_calls(
    title: str, kept: str, found: tuple[str, str]
) -> None:
    rows = conferences(3)

    def get(path: str, query: dict[str, str]) -> Any:
        return Pages(rows if path == "/conferences" else [], 20)(path, query)

    calls = {"A": replace(STATE, room="room0", title=kept), "B": replace(STATE, title="room2")}
    seen = snapshot(get, "room0", title, "", calls)
    assert (seen.conference, seen.title) == found


def test_a_time_that_is_none_leaves_the_conference_found() -> None:
    def paged(created_at: object) -> Any:
        rows = [{**row, "created_at": created_at} for row in conferences(1)]
        return lambda path, query: {"data": rows}

    assert find(paged("1970-01-01T00:02:00.5Z"), "room0", "") == Live("c0", 120.5)
    for none in (None, 7, "", "yesterday", "2019-01-23T18:10:02"):
        assert find(paged(none), "room0", "") == Live("c0", None)


def test_an_incomplete_list_is_not_used() -> None:
    """The same page again, or no cursor to the next."""
    with pytest.raises(UnusableList):
        find(Pages(conferences(45), 20, stuck=True), "room44", "")
    assert active_calls(Pages(calls(45), 20, stuck=True), CONNECTION) is None
    assert snapshot(Pages([], 20), "blue", "blue", "", None) == Snapshot("", {}, None)


def test_the_number_of_pages_may_be_text() -> None:
    def paged(pages: object) -> Any:
        return lambda path, query: {
            "data": [{**row, "id": query.get("page[number]", "1")} for row in conferences(1)],
            "meta": {"total_pages": pages},
        }

    assert find(paged("2"), "room0", "").id == "1"
    for pages in ("many", -1, [2], True):
        with pytest.raises(UnusableList):
            find(paged(pages), "room1", "")


def test_an_unknown_connection_id_is_logged_and_the_rest_is_read(
    telnyx: SimulatedTelnyx, connect: Connect, caplog: pytest.LogCaptureFixture
) -> None:
    wrong = connect("KEY_simulated", telnyx.base_url, "42")
    assert wrong.send(commands.TakeSnapshot("blue")).data == Snapshot("", {}, None)
    assert "TELNYX_CONNECTION_ID" in caplog.text


WALL = 1753000000.0  # Unix seconds: 08:26:40 of 20 July 2025


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        ("3", 3.0),
        ("0", 0.5),
        ("-1", None),
        ("3600", 60.0),
        ("86400", 60.0),
        ("86401", None),
        (f"{WALL + 30:.0f}", 30.0),
        (f"{(WALL + 30) * 1000:.0f}", 30.0),
        (f"{WALL - 30:.0f}", None),
        (f"{WALL + 90000:.0f}", None),
        ("Sun, 20 Jul 2025 08:26:50 GMT", 10.0),
        ("Sun, 20 Jul 2025 08:26:30 GMT", None),
        ("Sun, 99 Jul", None),
        ("nan", None),
        ("inf", None),
        ("x", None),
    ],
)
def test_the_pause_that_telnyx_requests_is_limited(header: str, seconds: float | None) -> None:
    assert retry_after({"retry-after": header}, WALL) == seconds
    assert retry_after({"x-ratelimit-reset": header}, WALL) == seconds
    both = {"retry-after": header, "x-ratelimit-reset": "7"}
    assert retry_after(both, WALL) == (7.0 if seconds is None else seconds)


ODD_ANSWERS: list[Any] = [
    {"data": [1, "x", None]},
    {"data": [{"id": 1}], "meta": {"total_pages": "many"}},
    {"data": [{"id": []}], "meta": {"next": "x", "cursors": "none"}},
    {"data": {}},
    [],
    None,
]


@pytest.mark.parametrize("answer", ODD_ANSWERS, ids=repr)
def test_a_malformed_list_is_empty_or_not_used(answer: Any) -> None:
    try:
        assert find(lambda path, query: answer, "blue", "") == Live()
    except UnusableList:
        pass


def test_telnyxs_text_is_cut_and_put_on_one_line(telnyx: SimulatedTelnyx, connect: Connect) -> None:
    api = connect("KEY_simulated", telnyx.base_url)
    outcome = api.send(commands.Create("v3:1", "blue", 1, "loud\nly" * 2000, 10))
    assert outcome.status == 422
    assert len(outcome.detail) <= 300
    assert outcome.detail.isprintable()


def test_a_password_in_the_address_is_not_reported(connect: Connect) -> None:
    outcome = connect("KEY", "http://ann:secret@127.0.0.1:9/v2").send(commands.Hangup("v3:1"))
    assert (outcome.status, "secret" in outcome.detail) == (0, False)
    assert "http://127.0.0.1:9/v2" in outcome.detail
