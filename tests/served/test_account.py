"""Each request about the account, over HTTP to a line and from there to the simulator."""

from __future__ import annotations

import json
import logging
import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote, urlencode

import pytest
from nacl.signing import SigningKey
from rigs.account import BY_OPERATION, Scene, described, scene
from rigs.lines import test_line
from rigs.odd_server import Odd, OddServer
from rigs.people import ANN, TOKEN
from rigs.waiting import until

from conference.account.requests import READ, ROWS, AccountRequest
from conference.core.schema.parameters import Parameter
from conference.reporting import redaction
from conference.simulator import Chaos, SimulatedTelnyx
from conference.simulator.api.description import BY_NAME, OPERATIONS, operation_of
from conference.telnyx_api import client
from conference.web import account

ROUTES = {
    "ListQueues": "GET /api/queues",
    "CreateQueue": "POST /api/queues",
    "RetrieveCallQueue": "GET /api/queues/<queue>",
    "UpdateQueue": "POST /api/queues/<queue>/actions/update",
    "DeleteQueue": "POST /api/queues/<queue>/actions/delete",
    "ListQueueCalls": "GET /api/queues/<queue>/calls",
    "RetrieveCallFromQueue": "GET /api/queues/<queue>/calls/<call>",
    "UpdateCallInQueue": "POST /api/queues/<queue>/calls/<call>/actions/update",
    "RemoveQueueCall": "POST /api/queues/<queue>/calls/<call>/actions/remove",
    "ListConferences": "GET /api/telnyx/conferences",
    "RetrieveConference": "GET /api/telnyx/conferences/<conference>",
    "ListConferenceParticipants": "GET /api/telnyx/conferences/<conference>/participants",
    "RetrieveConferenceParticipant":
        "GET /api/telnyx/conferences/<conference>/participants/<participant>",
    "ListRecordings": "GET /api/telnyx/recordings",
    "RetrieveRecording": "GET /api/telnyx/recordings/<recording>",
}  # fmt: skip
AUTHORIZED = {"Authorization": f"Bearer {TOKEN}"}


@pytest.fixture(scope="module")
def here() -> Iterator[Scene]:
    with scene() as made:
        yield made


each_row = pytest.mark.parametrize("row", ROWS, ids=lambda row: row.operation)
PARAMETERS = [
    pytest.param(row, name, parameter, id=f"{row.operation} {name}")
    for row in ROWS
    for name, parameter in row.parameters.items()
]
each_parameter = pytest.mark.parametrize(("row", "name", "parameter"), PARAMETERS)


# The table


def test_no_operation_on_queues_conferences_and_recordings_is_missing() -> None:
    reads = ("/conferences", "/recordings")
    wanted = {
        operation.name
        for operation in OPERATIONS
        if operation.path.startswith("/queues")
        or (operation.method == "GET" and operation.path.startswith(reads))
    }
    assert set(BY_OPERATION) == wanted == set(ROUTES)
    assert len(ROWS) == len(wanted)


@each_row
def test_its_route_is_there(row: AccountRequest, here: Scene) -> None:
    routes = {f"{m} {rule.rule}" for rule in account.ROUTES.iter_rules() for m in rule.methods}
    route = ROUTES[row.operation]
    assert route in routes
    way = here.line.app.url_map.bind("")
    assert way.match(route.split()[1])[0] == account.ENDPOINT
    assert route.startswith("GET") == (BY_NAME[row.operation].method == "GET")
    if row.operation == "ListConferences":
        assert f"POST /api/telnyx/conferences{READ}" in routes


@each_row
def test_its_parameters_are_all_those_that_telnyx_has(row: AccountRequest) -> None:
    fields = described(row)
    assert row.parameters.keys() == fields.keys()
    for name, field in fields.items():
        kind, required = row.parameters[name].kind, bool(field.get("required"))
        assert row.parameters[name].required or not required
        if "choices" in field:
            assert set(kind.choices) == set(field["choices"])
        if field["type"] == "integer":
            assert (kind.least, kind.most) == (field["min"], field.get("max", kind.most))
        if field["type"] == "boolean":
            assert (kind.read("true"), kind.read("false")) == (True, False)
    names = [parameter.name for parameter in row.parameters.values()]
    assert len(set(names)) == len(names)


# Each of them, to its end


def lasting(shown: Any) -> str:
    """Drop the fields that change by themselves: times of waiting, and a link's expiry."""
    changing = r'"[a-z_]*wait_time_secs": \d+|X-Amz-Date=[^&]*'
    return re.sub(changing, "", json.dumps(shown, sort_keys=True))


READS = [row for row in ROWS if not row.acts]


@pytest.mark.parametrize("row", READS, ids=lambda row: row.operation)
def test_what_telnyx_has_is_given_as_it_is(row: AccountRequest, here: Scene) -> None:
    with here.asked() as requests:
        status, shown = here.asks(row)
    (request,) = requests
    operation = operation_of(request.method, request.path)
    assert operation and (operation.name, request.body) == (row.operation, None)
    assert (status, request.query) == (200, {})
    names = {each.name: here.names[each.name] for each in row.about}
    theirs = here.telnyx.read(row.path_for(names)).data
    assert theirs
    if row.lists:
        assert row.gives and row.gives.rows in ROUTES[row.operation]
        assert lasting(shown) == lasting({row.gives.rows: theirs, "next": None})
        shown = shown[row.gives.rows][0]
    else:
        assert lasting(shown) == lasting(theirs)
    assert row.gives and set(row.gives.columns) <= shown.keys()


def found(here: Scene, name: str) -> Any:
    return next((queue for queue in here.line.telnyx.queues if queue.name == name), None)


def test_a_queue_is_made_changed_and_deleted(here: Scene) -> None:
    make, change, delete = (BY_OPERATION[f"{what}Queue"] for what in ("Create", "Update", "Delete"))
    with here.asked() as requests:
        status, made = here.asks(make, {"queue_name": "tier 1", "max_size": 50})
        assert (status, made["name"], made["max_size"]) == (200, "tier 1", 50)
        assert found(here, "tier 1").max_size == 50
        status, changed = here.asks(change, {"max_size": 7}, queue="tier 1")
        assert (status, changed["id"], changed["max_size"]) == (200, made["id"], 7)
        assert here.asks(delete, queue="tier 1") == (200, {"result": "ok"})
        assert found(here, "tier 1") is None
    assert [(r.method, r.path, r.query, r.body) for r in requests] == [
        ("POST", "/queues", {}, {"queue_name": "tier 1", "max_size": 50}),
        ("POST", "/queues/tier 1", {}, {"max_size": 7}),
        ("DELETE", "/queues/tier 1", {}, None),
    ]


def test_a_call_keeps_its_place_when_it_ends_and_is_removed(here: Scene) -> None:
    queue = here.queue()
    leg = here.waits(queue)
    names = {"queue": queue, "call": leg.call_control_id}
    with here.asked() as requests:
        keep = here.asks(BY_OPERATION["UpdateCallInQueue"], {"keep_after_hangup": True}, **names)
        assert keep == (200, {"result": "ok"})
        here.line.telnyx.phone(leg.number).hang_up()
        _, shown = here.asks(BY_OPERATION["RetrieveCallFromQueue"], **names)
        assert (shown["is_alive"], shown["to"]) == (False, leg.number)
        removed = here.asks(BY_OPERATION["RemoveQueueCall"], **names)
        assert removed == (200, {"result": "ok"})
    assert found(here, queue).calls == []
    path = f"/queues/{queue}/calls/{leg.call_control_id}"
    assert [(r.method, r.path, r.query, r.body) for r in requests] == [
        ("PATCH", path, {}, {"keep_after_hangup": True}),
        ("GET", path, {}, None),
        ("DELETE", path, {}, None),
    ]


def test_a_recordings_links_are_fresh_each_time(here: Scene) -> None:
    links = set()
    for _ in range(2):
        _, shown = here.asks(BY_OPERATION["RetrieveRecording"])
        links.add(shown["download_urls"]["mp3"])
        now = here.line.telnyx.now()
        assert shown["from"] == ANN, "whole, for whoever has the token"
        until(lambda since=now: here.line.telnyx.now() > since + 1, "a second has passed")
    assert len(links) == 2
    assert all("X-Amz-Expires=600" in link for link in links)


# Parameters


def given(parameter: Parameter) -> tuple[Any, str]:
    """Return a good value, and the word for it in an address."""
    value = parameter.kind.read(parameter.kind.example)
    return value, str(value).lower() if isinstance(value, bool) else str(value)


@each_parameter
def test_each_parameter_reaches_telnyx_by_its_name(
    row: AccountRequest, name: str, parameter: Parameter, here: Scene
) -> None:
    names = {"queue": here.queue(), "call": ""} if row.acts else {}
    if row.operation == "UpdateCallInQueue":
        names["call"] = here.waits(names["queue"]).call_control_id
    value, text = given(parameter)
    body = {parameter.name: value}
    if row.operation == "CreateQueue":
        body["queue_name"] = f"{names['queue']}-{name}"
    path = "/api" + row.route.format_map(
        {each: quote(id, safe="") for each, id in {**here.names, **names}.items()}
    )
    with here.asked() as requests:
        if row.acts:
            assert here.ask("POST", path, body)[0] == 200
        else:
            query = urlencode({parameter.name: text})
            asked = here.ask("GET", f"{path}?{query}")
            assert asked[0] == 200
            assert lasting(here.ask("POST", path + READ, body)) == lasting(asked)
    assert len(requests) == (1 if row.acts else 2)
    for request in requests:
        assert (request.body or {}) == (body if row.acts else {})
        assert request.query == ({} if row.acts else {name: text})


@pytest.mark.parametrize("row", [r for r in READS if r.parameters], ids=lambda row: row.operation)
def test_all_parameters_together(row: AccountRequest, here: Scene) -> None:
    words = {each.name: given(each)[1] for each in row.parameters.values()}
    with here.asked() as requests:
        path = "/api" + row.route.format_map(here.names)
        assert here.ask("GET", f"{path}?{urlencode(words)}")[0] == 200
    assert requests[0].query == {name: words[p.name] for name, p in row.parameters.items()}


@pytest.mark.parametrize(
    ("query", "sent"),
    [
        ("from=%2B13125550111", {"filter[from]": ANN}),
        ("from=+13125550111", {"filter[from]": ANN}),
        ("to=sip:ann@example.com", {"filter[to]": "sip:ann@example.com"}),
        ("created_at_gte=2026-03-01", {"filter[created_at][gte]": "2026-03-01"}),
        (
            "created_at_lte=2026-03-01T10:00:00.123+01:00",
            {"filter[created_at][lte]": "2026-03-01T10:00:00.123+01:00"},
        ),
        ("page_size=250&page_number=2", {"page[size]": "250", "page[number]": "2"}),
    ],
)
def test_an_address_may_be_written_as_by_a_form(
    query: str, sent: dict[str, str], here: Scene
) -> None:
    with here.asked() as requests:
        assert here.ask("GET", f"/api/telnyx/recordings?{query}")[0] == 200
    assert [request.query for request in requests] == [sent]


def test_filters_filter(here: Scene) -> None:
    conference = {"conference": here.names["conference"]}
    for path, rows, none, some in [
        ("/conferences", "conferences", "status=completed", "status=in_progress"),
        ("/conferences", "conferences", "name=other", "name=demo-conference"),
        ("/conferences/{conference}/participants", "participants", "muted=true", "muted=false"),
        ("/recordings", "recordings", "from=%2B13125550199", "from=%2B13125550111"),
    ]:
        address = f"/api/telnyx{path.format_map(conference)}"
        assert here.ask("GET", f"{address}?{none}") == (200, {rows: [], "next": None})
        _, shown = here.ask("GET", f"{address}?{some}")
        assert len(shown[rows]) == 1


def test_pages_are_followed_to_the_end(here: Scene) -> None:
    names = {here.queue() for _ in range(3)} | {queue.name for queue in here.line.telnyx.queues}
    shown, after = [], {"page_size": 2}
    while after:
        _, page = here.ask("GET", f"/api/queues?{urlencode(after)}")
        assert len(page["queues"]) <= 2
        shown += [queue["name"] for queue in page["queues"]]
        after = page["next"] and {"page_size": 2, **page["next"]}
        assert page["next"] in (None, {"page_number": -(-len(shown) // 2) + 1})
    assert sorted(shown) == sorted(names)


# What is refused


NO_SUCH = "Telnyx has no such "
WORDS = "queue_name, max_size"
REFUSED: list[tuple[str, str, Any, int, str, dict[str, Any]]] = [
    ("GET", "/queues/none", None, 404, "unknown-queue", {"detail": NO_SUCH + "queue."}),
    ("POST", "/queues/none/actions/update", {"max_size": 1}, 404, "unknown-queue", {}),
    ("POST", "/queues/none/actions/delete", None, 404, "unknown-queue", {"code": "10005"}),
    ("GET", "/queues/none/calls", None, 404, "unknown-queue", {}),
    (
        *("GET", "/queues/none/calls/x", None, 404, "unknown-call"),
        {"detail": NO_SUCH + "call, or no such queue."},
    ),
    ("GET", "/queues/{queue}/calls/x", None, 404, "unknown-call", {}),
    (
        *("POST", "/queues/{queue}/calls/x/actions/update", {"keep_after_hangup": True}, 404),
        *("unknown-call", {}),
    ),
    ("POST", "/queues/{queue}/calls/x/actions/remove", None, 404, "unknown-call", {}),
    ("GET", "/telnyx/conferences/none", None, 404, "unknown-conference", {"code": "90058"}),
    ("GET", "/telnyx/conferences/none/participants", None, 404, "unknown-conference", {}),
    (
        *("GET", "/telnyx/conferences/{conference}/participants/none", None, 404),
        *("unknown-participant", {"detail": NO_SUCH + "participant, or no such conference."}),
    ),
    ("GET", "/telnyx/recordings/none", None, 404, "unknown-recording", {"code": "10005"}),
    (
        *("POST", "/queues", {"queue_name": "{queue}"}, 502, "refused-by-telnyx"),
        {"code": "10012", "telnyx_status": 422, "detail":
         "10012 Duplicate resource There is a queue of this name. /queue_name"},
    ),
    (
        *("POST", "/queues/{queue}/actions/delete", None, 502, "refused-by-telnyx"),
        {"code": "90050", "telnyx_status": 400, "detail":
         "90050 Unable to delete queue Only empty queues can be deleted."},
    ),
    (
        *("POST", "/queues/{queue}/calls/{call}/actions/remove", None, 502, "refused-by-telnyx"),
        {"code": "10015"},
    ),
]  # fmt: skip


@pytest.mark.parametrize(("method", "path", "body", "status", "kind", "more"), REFUSED)
def test_what_telnyx_refuses(
    method: str, path: str, body: Any, status: int, kind: str, more: dict[str, Any], here: Scene
) -> None:
    names = {name: quote(id, safe="") for name, id in here.names.items()}
    if body and "queue_name" in body:
        body = {"queue_name": here.names["queue"]}
    with here.asked() as requests:
        said, problem = here.ask(method, "/api" + path.format_map(names), body)
    assert (said, problem["type"], problem["status"]) == (status, f"/problems/{kind}", status)
    assert {name: problem[name] for name in more} == more
    assert problem["title"]
    assert len(requests) == 1, "once, whatever comes of it"


FALSE: list[tuple[str, str, Any, str, dict[str, str]]] = [
    ("POST", "/queues", {}, "invalid-body", {
        "queue_name": "is required: 1 to 255 printable characters, none of / \\ ? # % and not"
        " . or .. alone"}),
    ("POST", "/queues", {"queue_name": "a/b", "max_size": 0, "x": 1}, "invalid-body", {
        "x": f"is not known here; there is {WORDS}",
        "queue_name": "must be 1 to 255 printable characters, none of / \\ ? # % and not"
        " . or .. alone",
        "max_size": "must be a whole number from 1 to 1000000"}),
    ("POST", "/queues/{queue}/actions/update", {}, "invalid-body", {
        "max_size": "is required: a whole number from 1 to 1000000"}),
    ("POST", "/queues/{queue}/actions/update", {"max_size": "5"}, "invalid-body", {
        "max_size": "must be a whole number from 1 to 1000000"}),
    ("POST", "/queues/{queue}/actions/delete", {"max_size": 5}, "invalid-body", {
        "max_size": "is not known here"}),
    ("POST", "/queues/{queue}/calls/{call}/actions/update", {"keep_after_hangup": "true"},
     "invalid-body", {"keep_after_hangup": "must be true or false"}),
    ("POST", "/telnyx/conferences/actions/read", {"failed": "true", "page_size": "5"},
     "invalid-body", {"failed": "must be true or false",
                      "page_size": "must be a whole number from 1 to 250"}),
    ("GET", "/queues?page_size=0&page_number=x", None, "invalid-query", {
        "page_size": "must be a whole number from 1 to 250",
        "page_number": "must be a whole number from 1 to 1000000"}),
    ("GET", "/queues?page_size=5&page_size=6", None, "invalid-query", {
        "page_size": "is given more than once"}),
    ("GET", "/queues?name=x", None, "invalid-query", {
        "name": "is not known here; there is page_number, page_size"}),
    ("GET", "/queues/{queue}?region=US", None, "invalid-query", {"region": "is not known here"}),
    ("GET", "/telnyx/conferences?status=over&region=Mars&failed=2&from=13125550111&name=", None,
     "invalid-query", {
        "region": "must be one of Australia, Europe, Middle East, US",
        "name": "must be 1 to 512 printable characters",
        "status": "must be one of init, in_progress, completed",
        "from": "must be a number in E.164, such as +13125550142, or a SIP address: did you mean "
                "+13125550111? Write it with + and the country code",
        "failed": "must be true or false"}),
    ("GET", "/telnyx/conferences?occurred_at_gt=yesterday", None, "invalid-query", {
        "occurred_at_gt": "must be a date or time in ISO 8601, such as 2026-03-01T10:00:00Z"}),
    ("POST", "/queues", b"{", "invalid-body", {}),
    ("POST", "/queues", b"[]", "invalid-body", {}),
    ("POST", "/queues", b" " * 70_000, "too-large", {}),
]  # fmt: skip


@pytest.mark.parametrize(
    ("method", "path", "body", "kind", "wrong"), FALSE, ids=[str(i) for i in range(len(FALSE))]
)
def test_what_is_wrong_is_named_and_never_sent(
    method: str, path: str, body: Any, kind: str, wrong: dict[str, str], here: Scene
) -> None:
    names = {name: quote(id, safe="") for name, id in here.names.items()}
    with here.asked() as requests:
        status, problem = here.ask(method, "/api" + path.format_map(names), body)
    assert (status, problem["type"]) == (413 if kind == "too-large" else 400, f"/problems/{kind}")
    assert {each["field"]: each["problem"] for each in problem.get("errors", [])} == wrong
    assert requests == []


TRICKS = [
    *("..", ".", "%2e%2e", "%2E%2E", "%2e", ".%2e", "%252e%252e", "%25", "..%2f..", "%2f", "a%2fb"),
    *("..%2fconferences", "..%5cconferences", "a%5cb", "a%3fb", "a%3Fx=1", "a%23b", "%00", "a%00b"),
    *("a%0d%0aX:1", "%0a", "a%1b", "%7f", "%c2%85", "%e2%80%ae", "a%ff", "%ed%a0%80", "x" * 513),
    *("x" * 5000, "..;/conferences", "%c0%ae%c0%ae", "a%e2%80%a8", "%ef%bf%bf"),
]
PLACES = [
    ("GET", "/queues/{}"),
    ("GET", "/queues/{}/calls"),
    ("GET", "/queues/{queue}/calls/{}"),
    ("POST", "/queues/{}/actions/delete"),
    ("POST", "/queues/{queue}/calls/{}/actions/remove"),
    ("GET", "/telnyx/conferences/{}"),
    ("GET", "/telnyx/conferences/{}/participants"),
    ("GET", "/telnyx/conferences/{conference}/participants/{}"),
    ("GET", "/telnyx/recordings/{}"),
]


@pytest.mark.parametrize("trick", TRICKS, ids=lambda trick: trick[:20])
def test_no_name_leads_elsewhere(trick: str, here: Scene) -> None:
    queues = {queue.name for queue in here.line.telnyx.queues}
    for method, place in PLACES:
        path = "/api" + place.replace("{}", trick).format_map(here.names)
        with here.asked() as requests:
            status, problem = here.ask(method, path)
        assert status in (308, 400, 404, 405), f"{method} {path}: {status} {problem}"
        if status == 400:
            assert problem["type"] == "/problems/invalid-path"
        assert requests == [], path
    assert {queue.name for queue in here.line.telnyx.queues} == queues


@pytest.mark.parametrize("name", ["a b", "...", "..a", "é", "a;b=c", "a&b", "a+b", "日本", "a@b:c"])
def test_an_odd_name_is_quoted(name: str, here: Scene) -> None:
    with here.asked() as requests:
        assert here.ask("POST", "/api/queues", {"queue_name": name})[0] == 200
        status, shown = here.ask("GET", f"/api/queues/{quote(name, safe='')}")
        assert (status, shown["name"]) == (200, name)
        assert here.ask("POST", f"/api/queues/{quote(name, safe='')}/actions/delete")[0] == 200
    assert [request.path for request in requests[1:]] == [f"/queues/{name}"] * 2
    path = BY_OPERATION["RetrieveCallQueue"].path_for({"queue": name})
    assert path == f"/queues/{quote(name, safe='')}"


# Who may ask


@pytest.mark.parametrize(
    ("token", "given", "status"),
    [
        ("", f"Bearer {TOKEN}", 403),
        ("", "Bearer ", 403),
        (TOKEN, None, 401),
        (TOKEN, "Bearer wrong", 401),
        (TOKEN, TOKEN, 401),
    ],
)
def test_only_who_has_the_token(token: str, given: str | None, status: int) -> None:
    headers = {} if given is None else {"Authorization": given}
    with SimulatedTelnyx("", SigningKey.generate(), "KEY") as telnyx:
        with test_line(control_token=token, telnyx_base_url=telnyx.base_url) as line:
            routes = [*ROUTES.values(), f"POST /api/telnyx/recordings{READ}"]
            for n, route in enumerate(routes):
                method, rule = route.split()
                client = {"REMOTE_ADDR": f"192.0.2.{n}"}  # so that no wrong token is one too many
                for path in (rule, f"{rule}?token={TOKEN}"):
                    answer = line.client.open(
                        path, method=method, json={}, headers=headers, environ_base=client
                    )
                    assert answer.status_code == status, route
                    assert TOKEN not in answer.text
        assert telnyx.requests == []


@each_row
def test_nothing_that_acts_is_a_get(row: AccountRequest, here: Scene) -> None:
    path = "/api" + row.route.format_map({n: quote(i, safe="") for n, i in here.names.items()})
    wrong = ["PUT", "PATCH", "DELETE", *(["GET"] if row.verb else [])]
    for method in wrong:
        with here.asked() as requests:
            status, problem = here.ask(method, path)
        assert (status, problem["type"], requests) == (405, "/problems/wrong-method", [])


ANY = {"GET", "HEAD", "OPTIONS", "POST"}
ALLOWED = [
    ("/queues", ANY),
    ("/queues/x", ANY - {"POST"}),
    ("/queues/x/actions/delete", {"OPTIONS", "POST"}),
    ("/telnyx/recordings/actions/read", {"OPTIONS", "POST"}),
]


@pytest.mark.parametrize(("path", "allowed"), ALLOWED)
def test_another_method_is_refused_with_those_that_there_are(path: str, allowed: set[str]) -> None:
    with test_line(control_token=TOKEN) as line:
        for method in ("PUT", "DELETE", "BREW"):
            answer = line.client.open(f"/api{path}", method=method, headers=AUTHORIZED)
            assert (answer.status_code, answer.json["type"]) == (405, "/problems/wrong-method")
            assert set(answer.headers["Allow"].split(", ")) == allowed
        answer = line.client.options(f"/api{path}", headers=AUTHORIZED)
        assert answer.status_code == 200
        assert set(answer.headers["Allow"].split(", ")) == allowed


@pytest.mark.parametrize(
    "path",
    [
        *("/queues/", "/queues/x/", "/queues//calls", "/queues/x/y", "/queues/x/calls/y/z"),
        *("/queues/x/actions/drop", "/queuesx", "/telnyx", "/telnyx/", "/telnyx/queues"),
        *("/telnyx/conferences/x/y", "/telnyx/conferences/x/participants/y/z"),
    ],
)
def test_what_is_not_in_the_table_is_not_there(path: str) -> None:
    with test_line(control_token=TOKEN) as line:
        for method in ("GET", "POST", "DELETE", "BREW"):
            answer = line.client.open(f"/api{path}", method=method, headers=AUTHORIZED)
            assert (answer.status_code, answer.json["type"]) == (404, "/problems/unknown-address")


# When Telnyx does not answer, or oddly


def test_without_an_answer(here: Scene) -> None:
    with here.line.telnyx.outage():
        for row in ROWS:
            body = {"queue_name": "x", "max_size": 1}
            if row.operation == "UpdateCallInQueue":
                body = {"keep_after_hangup": True}
            body = {name: body[name] for name in row.parameters if name in body}
            status, problem = here.asks(row, body if row.acts else None)
            assert (status, problem["type"]) == (504, "/problems/no-answer-from-telnyx")
            said = "It may have done it all the same" if row.acts else "Try again"
            assert said in problem["detail"]
    assert here.asks(BY_OPERATION["ListQueues"])[0] == 200


def test_what_hangs_is_asked_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(client, "TIMEOUT", 0.5)
    with SimulatedTelnyx("", SigningKey.generate(), "KEY", chaos=Chaos(hang=1)) as telnyx:
        with test_line(control_token=TOKEN, telnyx_base_url=telnyx.base_url) as line:
            for method, path in [("POST", "/api/queues"), ("GET", "/api/queues")]:
                body = {"queue_name": "support"} if method == "POST" else None
                answer = line.client.open(path, method=method, json=body, headers=AUTHORIZED)
                assert (answer.status_code, answer.json["type"]) == (
                    *(504, "/problems/no-answer-from-telnyx"),
                )
        assert [request.method for request in telnyx.requests] == ["POST", "GET"]


READ_TRIES = 3


@pytest.mark.parametrize(
    ("row", "status"),
    [(BY_OPERATION["ListQueues"], 429), *((row, status) for row in READS for status in (500, 503))],
)
def test_a_read_is_repeated_where_telnyx_may_answer_soon(
    row: AccountRequest, status: int, here: Scene
) -> None:
    for failures in (1, READ_TRIES - 1):
        here.line.telnyx.fail_next(status, failures)
        before = len(here.line.telnyx.requests)
        assert here.asks(row)[0] == 200
        assert len(here.line.telnyx.requests) == before + failures + 1
    here.line.telnyx.fail_next(status, READ_TRIES)
    said, problem = here.asks(row)
    assert (said, problem["telnyx_status"]) == (502, status)


OF_LIMITS = b'{"errors": [{"code": "10011", "title": "Too many requests"}]}'


@pytest.mark.parametrize(
    ("odd", "passed_on", "tries"),
    [
        (Odd(429, OF_LIMITS, {"Retry-After": "7"}), "7", 1),
        (Odd(429, OF_LIMITS, {"Retry-After": "3600"}), "3600", 1),
        (Odd(429, OF_LIMITS, {"x-ratelimit-reset": "30"}), "30", 1),
        (Odd(503, b"", {"Retry-After": "12.2"}), "13", 1),
        (Odd(503, b"", {"Retry-After": "1"}), "1", READ_TRIES),
        (Odd(429, OF_LIMITS), None, READ_TRIES),
        (Odd(500), None, READ_TRIES),
        (Odd(422, OF_LIMITS, {"Retry-After": "soon"}), None, 1),
    ],
)
def test_a_pause_that_is_too_long_for_us_is_passed_on(
    odd: Odd, passed_on: str | None, tries: int
) -> None:
    with OddServer() as telnyx, test_line(control_token=TOKEN, telnyx_base_url=telnyx.url) as line:
        telnyx.answers = {LIST: odd}
        answer = line.client.get("/api/queues", headers=AUTHORIZED)
        assert (answer.status_code, answer.headers.get("Retry-After")) == (502, passed_on)
        assert len(telnyx.asked) == tries
        acted = line.client.post("/api/queues", json={"queue_name": "a"}, headers=AUTHORIZED)
        assert (acted.status_code, acted.headers.get("Retry-After")) == (502, passed_on)
        assert len(telnyx.asked) == tries + 1, "what acts is not repeated"


@pytest.mark.parametrize("row", [r for r in READS if "region" in r.parameters])
def test_a_read_is_of_the_region_of_the_line_unless_it_names_one(row: AccountRequest) -> None:
    with (
        OddServer() as telnyx,
        test_line(control_token=TOKEN, telnyx_base_url=telnyx.url, region="Middle East") as line,
    ):
        path = row.route.format(conference="K")
        for query, region in (("", "Middle+East"), ("?region=US", "US")):
            line.client.get(f"/api{path}{query}", headers=AUTHORIZED)
            assert telnyx.asked[-1].endswith(f"{row.path.format(conference='K')}?region={region}")


@pytest.mark.parametrize("status", [403, 422, 429, 500, 503])
def test_other_refusals_of_telnyx_are_told_and_not_repeated(status: int, here: Scene) -> None:
    rows = (BY_OPERATION["ListQueues"], BY_OPERATION["CreateQueue"])
    for row in rows[status in (429, 500, 503) :]:
        here.line.telnyx.fail_next(status)
        before = len(here.line.telnyx.requests)
        said, problem = here.asks(row, {"queue_name": "x"} if row.acts else None)
        assert (said, problem["type"]) == (502, "/problems/refused-by-telnyx")
        assert (problem["telnyx_status"], problem["detail"].split()[0]) == (status, problem["code"])
        assert ("TELNYX_API_KEY" in problem["detail"]) == (status == 403)
        assert len(here.line.telnyx.requests) == before + 1


LIST, QUEUE = "/queues", "/queues/support"
NO_ANSWER, NOT_DONE = (504, "no-answer-from-telnyx"), (502, "refused-by-telnyx")
ODD: list[tuple[str, Odd, tuple[int, str], str]] = [
    (LIST, Odd(body=b"<html>"), NO_ANSWER, "TELNYX_BASE_URL"),
    (LIST, Odd(body=b""), NO_ANSWER, "TELNYX_BASE_URL"),
    (LIST, Odd(body=b"[]"), NO_ANSWER, "TELNYX_BASE_URL"),
    (LIST, Odd(body=b'{"data": {}}'), NO_ANSWER, "TELNYX_BASE_URL"),
    (LIST, Odd(body=b'{"data": [1]}'), NO_ANSWER, "TELNYX_BASE_URL"),
    (LIST, Odd(body=b'{"data": [], "meta": {"total_pages": "x"}}'), NO_ANSWER, "TELNYX_BASE_URL"),
    (LIST, Odd(body=b'{"data": [], "meta": {"next": "/x"}}'), NO_ANSWER, "TELNYX_BASE_URL"),
    (
        *(LIST, Odd(body=b'{"data": [], "meta": {"next": "/x", "cursors": {"after": "a"}}}')),
        *(NO_ANSWER, "TELNYX_BASE_URL"),
    ),
    (QUEUE, Odd(body=b'{"data": []}'), NO_ANSWER, "TELNYX_BASE_URL"),
    (QUEUE, Odd(body=b"[" * 100_000), NO_ANSWER, "TELNYX_BASE_URL"),
    (QUEUE, Odd(0), NO_ANSWER, "Try again"),
    (QUEUE, Odd(418, b"teapot"), NOT_DONE, "It answered 418."),
    (QUEUE, Odd(404), (404, "unknown-queue"), "no such queue"),
    (LIST, Odd(404), NOT_DONE, "It answered 404."),
    (LIST, Odd(422, b'{"errors": []}'), NOT_DONE, "It answered 422."),
    (LIST, Odd(422, b'{"errors": [{"code": 1, "title": "a\\nb"}]}'), NOT_DONE, "1 a b"),
]


@pytest.mark.parametrize(
    ("path", "odd", "problem", "said"), ODD, ids=[str(number) for number in range(len(ODD))]
)
def test_odd_answers(path: str, odd: Odd, problem: tuple[int, str], said: str) -> None:
    with OddServer() as telnyx, test_line(control_token=TOKEN, telnyx_base_url=telnyx.url) as line:
        telnyx.answers = {path: odd}
        answer = line.client.get(f"/api{path}", headers=AUTHORIZED)
        status, kind = problem
        assert (answer.status_code, answer.json["type"]) == (status, f"/problems/{kind}")
        assert said in answer.json["detail"]


@pytest.mark.parametrize(
    ("odd", "status"),
    [(Odd(204), 200), (Odd(body=b'{"data": {"result": "ok"}}'), 200), (Odd(body=b"<html>"), 504)],
)
def test_only_telnyx_is_believed_that_something_is_done(odd: Odd, status: int) -> None:
    with OddServer() as telnyx, test_line(control_token=TOKEN, telnyx_base_url=telnyx.url) as line:
        telnyx.answers = {QUEUE: odd}
        answer = line.client.post(f"/api{QUEUE}/actions/delete", headers=AUTHORIZED)
        assert answer.status_code == status
        assert (answer.json == {"result": "ok"}) == (status == 200)


def test_a_list_by_cursor_is_followed() -> None:
    meta = {"next": "/x", "cursors": {"after": "v1:a+b="}}
    with OddServer() as telnyx, test_line(control_token=TOKEN, telnyx_base_url=telnyx.url) as line:
        telnyx.answers = {
            "/conferences": Odd(body=json.dumps({"data": [{"id": "1"}], "meta": meta}).encode()),
            "/conferences?page%5Bafter%5D=v1%3Aa%2Bb%3D": Odd(body=b'{"data": [{"id": "2"}]}'),
        }
        first = line.client.get("/api/telnyx/conferences", headers=AUTHORIZED).json
        assert first == {"conferences": [{"id": "1"}], "next": {"page_after": "v1:a+b="}}
        path = "/api/telnyx/conferences"
        second = line.client.get(path, query_string=first["next"], headers=AUTHORIZED).json
        assert second == {"conferences": [{"id": "2"}], "next": None}
        assert line.client.post(path + READ, json=first["next"], headers=AUTHORIZED).json == second
        telnyx.answers = {"/conferences": Odd(body=b'{"data": [{}], "meta": {"next": "/x"}}')}
        assert line.client.get(path, headers=AUTHORIZED).status_code == 504, "next, but not how"


# Logs


def test_no_log_shows_a_number(here: Scene, caplog: pytest.LogCaptureFixture) -> None:
    redaction.install()
    caplog.set_level(logging.DEBUG, "conference")
    caplog.set_level(logging.INFO, "httpx")
    leg = here.waits(here.queue())
    names = {"queue": here.line.telnyx.queues[-1].name, "call": leg.call_control_id}
    _, shown = here.asks(BY_OPERATION["RetrieveCallFromQueue"], **names)
    assert leg.number in shown.values()
    here.ask("GET", f"/api/telnyx/recordings?from={quote(leg.number)}")
    here.ask("POST", f"/api/telnyx/recordings{READ}", {"to": leg.number})
    here.ask("GET", f"/api/telnyx/recordings?from={leg.number[1:]}x")
    assert "GET" in caplog.text
    assert leg.number[1:] not in caplog.text
    assert TOKEN not in caplog.text
