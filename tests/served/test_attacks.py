"""Attacks of strangers and mad programs on /api: a plain status each, and nothing changed."""

from __future__ import annotations

import base64
import gzip
import json
import logging
import re
import socket
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest
from rigs.lines import CALL, TestLine, test_line
from rigs.people import NUMBER, TOKEN
from rigs.recorded import TEST_KEY
from rigs.rehearsals import MAY, rehearsal, room, settled
from rigs.servers import A_NUMBER, API_KEY, FLASK_RUN, GUNICORN, Server, run
from rigs.waiting import until
from werkzeug.test import TestResponse

from conference.core.commands import Command, Dial, PassThrough, Remember, Speak
from conference.simulator import CONNECTION_ID, SimulatedTelnyx
from conference.telnyx_api.call_control import REQUESTS
from conference.web import self_test
from conference.web.account import ROUTES

ROOM = "/api/rooms/demo-conference"
MUTE = f"{ROOM}/participants/0142/actions/mute"
RENAME = f"{ROOM}/participants/0142/actions/rename"
DIAL = f"{ROOM}/participants"
RIGHT = f"Bearer {TOKEN}"
CALLER = "+13125550142"  # of the recorded webhooks
SECRET = "text-of-a-stranger"
METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "CONNECT", "BREW")

Headers = list[tuple[str, str]]


@pytest.fixture
def line() -> Iterator[TestLine]:
    """A line with one caller in its room, and the default limits of calling out."""
    with test_line(**MAY) as line:
        line.happens("call.initiated", "call.answered", "call.speak.ended")
        line.happens("conference.created", "conference.participant.joined")
        line.api.sent.clear()
        yield line


def attack(
    line: TestLine,
    method: str,
    path: str,
    body: object = None,
    headers: Headers | None = None,
) -> TestResponse:
    """Send a request; a body of bytes is sent as it is."""
    raw = body if body is None or isinstance(body, bytes) else json.dumps(body).encode()
    given = [("Authorization", RIGHT)] if headers is None else headers
    return line.client.open(path, method=method, data=raw, headers=given)


def kind(answer: TestResponse) -> str:
    """Return the type of the problem."""
    assert answer.mimetype == "application/problem+json"
    problem = answer.json
    assert problem is not None
    assert problem["status"] == answer.status_code
    return str(problem["type"].removeprefix("/problems/"))


# Without the token


STRANGERS: dict[str, Headers] = {
    "nothing": [],
    "nothing after it": [("Authorization", "")],
    "no token": [("Authorization", "Bearer ")],
    "another token": [("Authorization", "Bearer another-token")],
    "the beginning of it": [("Authorization", RIGHT[:-1])],
    "something after it": [("Authorization", f"{RIGHT}x")],
    "something before it": [("Authorization", f"x{RIGHT}")],
    "in capitals": [("Authorization", f"Bearer {TOKEN.upper()}")],
    "another case of Bearer, and something after it": [("Authorization", f"bearer {TOKEN}x")],
    "a tab": [("Authorization", f"Bearer\t{TOKEN}")],
    "quoted": [("Authorization", f'Bearer "{TOKEN}"')],
    "not ASCII": [("Authorization", f"Bearer {TOKEN}é")],
    "without Bearer": [("Authorization", TOKEN)],
    "Basic": [("Authorization", f"Basic {base64.b64encode(f':{TOKEN}'.encode()).decode()}")],
    "Token": [("Authorization", f"Token {TOKEN}")],
    "twice": [("Authorization", RIGHT), ("Authorization", RIGHT)],
    "a wrong one first": [("Authorization", "Bearer x"), ("Authorization", RIGHT)],
    "a right one first": [("Authorization", RIGHT), ("Authorization", "Bearer x")],
    "two in one": [("Authorization", f"Bearer x, {RIGHT}")],
    "a cookie": [("Cookie", f"Authorization={RIGHT}; token={TOKEN}")],
    "other headers": [("X-Api-Key", TOKEN), ("X-Auth-Token", TOKEN)],
    "a proxy's header": [("Proxy-Authorization", RIGHT)],
    "from this machine": [("X-Forwarded-For", "127.0.0.1"), ("X-Real-IP", "127.0.0.1")],
    "another address": [("X-Original-URL", "/healthz"), ("X-Rewrite-URL", "/healthz")],
    "another method": [("X-HTTP-Method-Override", "OPTIONS")],
}


@pytest.mark.parametrize("name", STRANGERS)
@pytest.mark.parametrize(("method", "path"), [("GET", "/api/rooms"), ("POST", MUTE)])
def test_without_the_token_nobody_is_let_in(
    line: TestLine, name: str, method: str, path: str
) -> None:
    before = line.room
    answer = attack(line, method, path, headers=STRANGERS[name])
    assert (answer.status_code, kind(answer)) == (401, "not-authorized")
    assert answer.headers["WWW-Authenticate"] == "Bearer"
    assert (line.room, line.api.sent) == (before, [])


def test_the_token_is_compared_in_one_time(line: TestLine, monkeypatch: pytest.MonkeyPatch) -> None:
    """Only by the function whose time does not depend on the token."""
    wrong: Headers = [("Authorization", "Bearer x")]
    for decided, headers, status in [(True, wrong, 200), (False, None, 401)]:
        monkeypatch.setattr("hmac.compare_digest", lambda a, b, decided=decided: decided)
        assert attack(line, "GET", ROOM, headers=headers).status_code == status


def test_the_token_is_checked_for_the_control_api_alone(line: TestLine) -> None:
    """No webhook passes this check. Before a webhook only the doctor's self-test is answered."""
    checks = line.client.application.before_request_funcs
    assert set(checks) == {"account", "control", "links", "texml", "webhooks"}
    assert checks["texml"] == checks["webhooks"] == [self_test.answer]


@pytest.mark.parametrize("name", ["token", "access_token", "authorization", "Authorization"])
def test_a_token_in_the_address_or_the_body_is_none(line: TestLine, name: str) -> None:
    for value in (TOKEN, RIGHT):
        query = urlencode({name: value})
        assert attack(line, "GET", f"/api/rooms?{query}", headers=[]).status_code == 401
        form = [("Content-Type", "application/x-www-form-urlencoded")]
        assert attack(line, "POST", MUTE, query.encode(), headers=form).status_code == 401
        assert attack(line, "POST", MUTE, {name: value}, headers=[]).status_code == 401
    assert line.api.sent == []


def test_without_the_token_nobody_learns_what_there_is(line: TestLine) -> None:
    """The answer is the same for every address, room, caller, verb, method and body."""
    rules = [*line.client.application.url_map.iter_rules(), *ROUTES.iter_rules()]
    there = [rule.rule for rule in rules if rule.rule.startswith("/api")]
    assert len(there) > 25
    unknown = ["/api", "/api/", "/api/nothing", "/api/rooms/", "/api//rooms", "/api/rooms/.."]
    unknown += [MUTE, RENAME, f"{ROOM}/participants/{CALL}", "/api/rooms/blue", "/%61pi/rooms"]
    told = set()
    for path in there + unknown:
        for method in METHODS:
            answer = attack(line, method, path, b"{" * 100_000, headers=[])
            told.add((answer.status_code, answer.get_data() if method != "HEAD" else b""))
    refused = attack(line, "GET", "/api/rooms", headers=[])
    assert told == {(401, refused.get_data()), (401, b"")}
    assert line.api.sent == []


def test_without_a_token_of_its_own_the_server_lets_nobody_in() -> None:
    for path in ("/api/rooms", "/api/nothing", MUTE):
        for headers in ([], [("Authorization", "Bearer ")], [("Authorization", "Bearer None")]):
            with test_line() as line:
                answer = attack(line, "POST", path, headers=headers)
                assert (answer.status_code, kind(answer)) == (403, "control-is-off")


# With it


GZIP: Headers = [("Authorization", RIGHT), ("Content-Encoding", "gzip")]
FORM: Headers = [("Authorization", RIGHT), ("Content-Type", "multipart/form-data; boundary=x")]
OVERRIDE: Headers = [("Authorization", RIGHT), ("X-HTTP-Method-Override", "POST")]
ATTACKS: dict[str, tuple[str, str, object, Headers | None, int, str]] = {
    **{
        f"{method} on an action": (method, f"{ROOM}/actions/lock", None, None, 405, "wrong-method")
        for method in METHODS
        if method not in ("POST", "HEAD", "OPTIONS")
    },
    "another method by a header": ("GET", MUTE, None, OVERRIDE, 405, "wrong-method"),
    "another method by the address": (
        *("GET", f"{MUTE}?_method=POST", None, None),
        *(405, "wrong-method"),
    ),
    "DELETE of a room": ("DELETE", ROOM, None, None, 405, "wrong-method"),
    "PUT of a caller": ("PUT", f"{ROOM}/participants/0142", {}, None, 405, "wrong-method"),
    **{
        name: ("POST", RENAME, body, None, status, problem)
        for name, body, status, problem in [
            ("70,000 bytes", b'{"label": "' + b"x" * 70_000 + b'"}', 413, "too-large"),
            ("5 MB", b"x" * 5_000_000, 413, "too-large"),
            ("no JSON", b"label=Ann", 400, "invalid-body"),
            ("half of it", b'{"label": "Ann"', 400, "invalid-body"),
            ("more after it", b'{"label": "Ann"}{}', 400, "invalid-body"),
            ("a list", b'["label"]', 400, "invalid-body"),
            ("null", b"null", 400, "invalid-body"),
            ("nested 30,000 deep", b"[" * 30_000, 400, "invalid-body"),
            ("nested 10,000 deep", b'{"label":' * 7_000, 400, "invalid-body"),
            ("not UTF-8", b'{"label": "\xff"}', 400, "invalid-body"),
            ("byte order mark", b'\xef\xbb\xbf{"label": "Ann"}', 400, "invalid-body"),
            ("UTF-16", '{"label": "Ann"}'.encode("utf-16"), 400, "invalid-body"),
            ("5,000 digits", b'{"label": ' + b"9" * 5000 + b"}", 400, "invalid-body"),
            ("a field twice", b'{"label": "Ann", "label": "Bob"}', 400, "invalid-body"),
            ("half a character", b'{"label": "\\ud800"}', 400, "invalid-body"),
            ("half a character's field", b'{"\\ud800": "Ann"}', 400, "invalid-body"),
            ("__proto__", b'{"label": "Ann", "__proto__": {}}', 400, "invalid-body"),
            ("a field of the event's", {"label": "Ann", "verb": "kick"}, 400, "invalid-body"),
            ("a number", {"label": 142}, 400, "invalid-body"),
            ("an object", {"label": {"$ne": ""}}, 400, "invalid-body"),
        ]
    },
    **{
        number: (
            *("POST", f"{ROOM}/actions/speak"),
            *(f'{{"payload": "a", "voice_settings": {{"b": {number}}}}}'.encode(), None),
            *(400, "invalid-body"),
        )
        for number in ("NaN", "Infinity", "-Infinity", "1e999", "-1e999")
    },
    "gzip": ("POST", RENAME, gzip.compress(b'{"label": "Ann"}'), GZIP, 400, "invalid-body"),
    "a form": (
        *("POST", RENAME, b'--x\r\nContent-Disposition: form-data; name="label"\r\n\r\nAnn'),
        *(FORM, 400, "invalid-body"),
    ),
    **{
        f"path {path}": ("POST", f"/api/rooms/{path}", {"label": "Ann"}, None, 404, problem)
        for path, problem in [
            ("demo-conference/participants/%2e%2e/actions/rename", "unknown-participant"),
            ("demo-conference/participants/../../actions/lock", "unknown-address"),
            ("demo-conference/participants/..%2f0142/actions/rename", "unknown-address"),
            ("demo-conference/participants/0142%00/actions/rename", "unknown-participant"),
            ("demo-conference/participants/0142%0d%0aX:%20y/actions/rename", "unknown-participant"),
            ("demo-conference/participants/*/actions/rename", "unknown-participant"),
            ("demo-conference/participants/%25/actions/rename", "unknown-participant"),
            ("demo-conference/participants/%ff/actions/rename", "unknown-participant"),
            ("demo-conference/participants/%D9%A0142/actions/rename", "unknown-participant"),
            ("demo-conference/participants/0142'--/actions/rename", "unknown-participant"),
            (f"demo-conference/participants/{CALL}%20/actions/rename", "unknown-participant"),
            (f"demo-conference/participants/{CALL.upper()}/actions/rename", "unknown-participant"),
            ("demo-conference/participants/" + "9" * 9000 + "/actions/rename",
             "unknown-participant"),
            ("demo-conference/participants//actions/rename", "unknown-address"),
            ("demo-conference/participants/0142/actions/rename/", "unknown-address"),
            ("demo-conference/participants/0142/actions/../rename", "unknown-address"),
            ("demo-conference/participants/0142/actions/__init__", "unknown-verb"),
            ("demo-conference/actions/rename%20", "unknown-verb"),
            ("demo-conference%00/actions/lock", "unknown-room"),
            ("DEMO-CONFERENCE/actions/lock", "unknown-room"),
            ("demo-conference;a=b/actions/lock", "unknown-room"),
            ("%2e%2e/actions/lock", "unknown-room"),
            ("status/actions/lock", "unknown-room"),
        ]
    },
    **{
        f"{verb} of {named!r:.40}": (
            *("POST", f"{ROOM}/actions/{verb}", {"participants": named}, None),
            *(status, problem),
        )
        for verb, named, status, problem in [
            ("mute", [], 400, "invalid-body"),
            ("mute", None, 400, "invalid-body"),
            ("mute", "0142", 400, "invalid-body"),
            ("mute", {"0142": 1}, 400, "invalid-body"),
            ("mute", [["0142"]], 400, "invalid-body"),
            ("mute", ["0142"] * 801, 400, "invalid-body"),
            ("stop", [], 400, "invalid-body"),
            ("stop", [None], 400, "invalid-body"),
            ("mute", [""], 404, "unknown-participant"),
            ("mute", ["*"], 404, "unknown-participant"),
            ("mute", ["42"], 404, "unknown-participant"),
            ("mute", ["0142", "\r\nHost: x"], 404, "unknown-participant"),
        ]
    },
    **{
        f"calling {to!r:.40}": ("POST", DIAL, {"to": to}, None, status, problem)
        for to, status, problem in [
            ("+19005550100", 403, "dial-refused"),
            ("+1313555", 403, "dial-refused"),
            ("+4413125550100", 403, "dial-refused"),
            ("+882345678901", 403, "dial-refused"),
            (NUMBER, 403, "dial-refused"),
            (NUMBER[1:], 400, "invalid-body"),
            (f"00{NUMBER[1:]}", 403, "dial-refused"),
            (f"+00{NUMBER[1:]}", 400, "invalid-body"),
            (f"+1 312 555 {NUMBER[-4:]}", 403, "dial-refused"),
            (f" {NUMBER}", 403, "dial-refused"),
            (f"{NUMBER}\n", 403, "dial-refused"),
            (f"{NUMBER};ext=1", 400, "invalid-body"),
            (f"{NUMBER},,1", 400, "invalid-body"),
            (f"tel:{NUMBER}", 403, "dial-refused"),
            (f"sip:{NUMBER}@example.com", 400, "invalid-body"),
            ("+1312555014\u0662", 400, "invalid-body"),
            ("\u202e+1900\u200b5550143", 403, "dial-refused"),
            ("\uff0b\uff11\uff19005550143", 403, "dial-refused"),
            ("+1312555\x000143", 400, "invalid-body"),
            (["+13125550143"], 400, "invalid-body"),
            (13125550143, 400, "invalid-body"),
            ("911", 400, "invalid-body"),
            ("", 400, "invalid-body"),
        ]
    },
    "calling as somebody without a number": (
        *("POST", DIAL, {"to": "+13125550143", "from": "Ann"}, None),
        *(400, "invalid-body"),
    ),
    "a call of more than 4 hours": (
        *("POST", DIAL, {"to": "+13125550143", "time_limit_secs": 14401}, None),
        *(400, "invalid-body"),
    ),
}  # fmt: skip
"""Method, path, body, headers; status and kind of problem."""


@pytest.mark.parametrize("name", ATTACKS)
def test_attack(line: TestLine, name: str, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    method, path, body, headers, status, problem = ATTACKS[name]
    before = line.room
    answer = attack(line, method, path, body, headers)
    assert (answer.status_code, kind(answer)) == (status, problem)
    assert (line.room, line.api.sent) == (before, [])
    assert [record.message for record in caplog.records if record.name != "asyncio"] == []
    assert set(answer.headers.keys()) <= {
        "Content-Type",
        "Content-Length",
        "Allow",
        "Cache-Control",
    }


@pytest.mark.parametrize(
    "to", ["+1 312 555 0143", "\u202e+13125550143", "+1312\u200b5550143", "\uff0b13125550143\n"]
)
def test_a_number_is_called_by_its_digits_alone(line: TestLine, to: str) -> None:
    assert attack(line, "POST", DIAL, {"to": to}).status_code == 202
    assert line.engine.idle(5)
    assert [command.to for command in line.api.sent if isinstance(command, Dial)] == [
        "+13125550143"
    ]


# Texts


HARMLESS = (
    '"><script>alert(1)</script>',
    "<speak><audio src='https://example.com/a.mp3'/></speak>",
    "]]><!ENTITY x SYSTEM 'file:///etc/passwd'>",
    "&lt;Response&gt;<Dial>+19005550100</Dial>",
    "{{7*7}} ${jndi:ldap://example.com} %s%n {0.__class__}",
    "'; DROP TABLE rooms; --",
    "../../etc/passwd",
    "=cmd|'/c calc'!A1",
    "\u05d0\u05d1\u05d2 \u0627\u0644",
)
"""Texts that look like code: kept and shown as they are."""

HARMFUL = (
    "Ann\r\nX-Header: y",
    "Ann\nmore",
    "Ann\x00",
    "Ann\x1b[2J",
    "Ann\x7f",
    "Ann\x85",
    "\u202eAnn",
    "Ann\u2066",
    "Ann\u2028",
    "\ue000",
    "x" * 65,
)
"""Characters that change how their surroundings are shown."""


@pytest.mark.parametrize("text", HARMLESS)
def test_a_label_is_shown_and_never_spoken(line: TestLine, text: str) -> None:
    text = text[:64]
    assert attack(line, "POST", RENAME, {"label": text}).status_code == 202
    shown = attack(line, "GET", f"{ROOM}/participants")
    assert shown.mimetype == "application/json"
    assert shown.json is not None
    assert [p["label"] for p in shown.json["participants"]] == [text]
    found = attack(line, "POST", f"{ROOM}/actions/kick", {"participants": [text]})
    assert found.status_code == 202
    assert line.engine.idle(5)
    (kept,) = (command for command in line.api.sent if isinstance(command, Remember))
    assert kept.client_state.label == text
    assert text not in json.dumps([sent(command) for command in line.api.sent])
    assert any(isinstance(command, Speak) for command in line.api.sent)


def sent(command: Command) -> Any:
    request = REQUESTS[type(command)](command)
    return [request.path, request.body]


@pytest.mark.parametrize("text", HARMFUL)
@pytest.mark.parametrize("verb", ["rename", "dial"])
def test_no_label_changes_what_stands_around_it(line: TestLine, text: str, verb: str) -> None:
    if verb == "rename":
        answer = attack(line, "POST", RENAME, {"label": text})
    else:
        answer = attack(line, "POST", DIAL, {"to": "+13125550143", "label": text})
    assert (answer.status_code, kind(answer)) == (400, "invalid-body")
    assert answer.json is not None
    assert [error["field"] for error in answer.json["errors"]] == ["label"]
    assert line.api.sent == []


@pytest.mark.parametrize("text", HARMLESS)
def test_a_text_is_spoken_as_text(line: TestLine, text: str) -> None:
    """Telnyx reads it as SSML only if payload_type says so."""
    assert attack(line, "POST", f"{ROOM}/actions/speak", {"payload": text}).status_code == 202
    kick = {"participants": ["0142"], "text": text}
    assert attack(line, "POST", f"{ROOM}/actions/kick", kick).status_code == 202
    assert line.engine.idle(5)
    said = [command for command in line.api.sent if isinstance(command, PassThrough | Speak)]
    bodies = [sent(command)[1] for command in said]
    assert [body["payload"] for body in bodies[:2]] == [text, text]
    assert all("payload_type" not in body for body in bodies)


@pytest.mark.parametrize("text", [t for t in HARMFUL if t not in ("Ann\nmore", "x" * 65)])
def test_no_text_has_control_characters(line: TestLine, text: str) -> None:
    for verb, body in [("speak", {"payload": text}), ("kick", {"text": text})]:
        answer = attack(line, "POST", f"{ROOM}/actions/{verb}", {**body, "participants": ["0142"]})
        assert (answer.status_code, kind(answer)) == (400, "invalid-body")
    assert line.api.sent == []


def test_headers_of_a_request_lead_nobody_elsewhere(line: TestLine) -> None:
    evil = "evil.example"
    headers = [("Authorization", RIGHT), ("Host", evil), ("X-Forwarded-Host", evil)]
    headers += [("X-Forwarded-Proto", "https"), ("Forwarded", f"host={evil}")]
    headers += [("X-Forwarded-Prefix", f"//{evil}"), ("Origin", f"https://{evil}")]
    for method, path in [
        ("GET", "/"), ("GET", "//evil.example/api"), ("GET", "/api//rooms"), ("GET", ROOM),
        ("GET", "/healthz/"), ("POST", f"{ROOM}/actions/hold-all"), ("POST", "/api/nothing"),
    ]:  # fmt: skip
        answer = attack(line, method, path, headers=headers)
        assert answer.status_code in (200, 202, 404, 409)
        assert evil not in f"{answer.headers}{answer.get_data(as_text=True)}"
        assert not [name for name in answer.headers.keys() if name.startswith("Access-Control")]
    assert line.engine.idle(5)
    assert line.api.sent
    assert evil not in repr(line.api.sent)


# Calling


def test_of_ten_thousand_calls_at_once_few_are_made() -> None:
    with rehearsal(**{**MAY, "dial_at_once": 5, "dial_per_hour": 12}) as line:
        numbers = [f"+1312555{n:04}" for n in range(1000, 1010)]
        for number in numbers:
            line.telnyx.phone(number).when_called()

        def ask(n: int) -> tuple[int, str]:
            client = line.app.test_client()
            headers = {"Authorization": RIGHT}
            body = {"to": numbers[n % 10], "force": True}  # else most are refused as repetitions
            answer = client.post(DIAL, json=body, headers=headers)
            return answer.status_code, (answer.json or {}).get("detail", "")

        def wave(size: int) -> list[tuple[int, str]]:
            with ThreadPoolExecutor(8) as many:
                answers = list(many.map(ask, range(size)))
            until(lambda: all(leg.conference for leg in live()), "those who are called are in")
            return answers

        def live() -> list[Any]:
            return [leg for leg in line.telnyx.legs if leg.state != "ended"]

        def made() -> int:
            asked = [each for each in line.telnyx.requests if each.operation == "DialCall"]
            return sum(each.executed for each in asked)

        for size, limit, so_far in [
            (10_000, "DIAL_AT_ONCE is 5", 5),
            (100, "DIAL_AT_ONCE is 5", 10),
            (100, "DIAL_PER_HOUR is 12", 12),
            (100, "DIAL_PER_HOUR is 12", 12),
        ]:
            already = made()
            answers = wave(size)
            refused = [detail for status, detail in answers if status == 429]
            assert len(refused) == size - (so_far - already)
            assert all(detail.startswith(limit) for detail in refused)
            assert made() == so_far
            for leg in live():
                line.telnyx.phone(leg.number).hang_up()
            settled(line)
            until(lambda: not room(line).participants, "all are gone")


# Under the real servers

AUTHORIZED = f"Host: x\r\nAuthorization: {RIGHT}\r\n".encode()
POST = f"POST {RENAME} HTTP/1.1\r\n".encode() + AUTHORIZED
CHUNKS = POST + b"Transfer-Encoding: chunked\r\n\r\n"
GET = b"GET /api/rooms HTTP/1.1\r\n"
RAW: dict[str, tuple[bytes, int]] = {
    "the right token": (GET + AUTHORIZED + b"\r\n", 200),
    "no token": (GET + b"Host: x\r\n\r\n", 401),
    "a space before the colon": (GET + f"Host: x\r\nAuthorization : {RIGHT}\r\n\r\n".encode(), 400),
    "a header over two lines": (
        GET + f"Host: x\r\nAuthorization: Bearer\r\n {TOKEN}\r\n\r\n".encode(), 400),
    "an underscore": (GET + f"Host: x\r\nHTTP_AUTHORIZATION: {RIGHT}\r\n\r\n".encode(), 401),
    "the token twice": (GET + AUTHORIZED + AUTHORIZED[9:] + b"\r\n", 401),
    "a bare line feed": (GET + f"Host: x\nAuthorization: {RIGHT}\r\n\r\n".encode(), 400),
    "a line break in the path": (b"GET /api/rooms\rX HTTP/1.1\r\n" + AUTHORIZED + b"\r\n", 400),
    "a whole address": (b"GET http://evil.example/api/rooms HTTP/1.1\r\nHost: x\r\n\r\n", 401),
    "256 KB in chunks": (CHUNKS + b"40000\r\n" + b"x" * 0x40000 + b"\r\n0\r\n\r\n", 413),
    "chunks that are none": (CHUNKS + b"zz\r\nxx\r\n0\r\n\r\n", 400),
    "5 MB": (POST + b"Content-Length: 5000000\r\n\r\n" + b"x" * 70_000, 413),
    "a length and chunks": (
        POST + b"Content-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 400),
    "two lengths": (POST + b"Content-Length: 2\r\nContent-Length: 3\r\n\r\n{}x", 400),
    "a length below nothing": (POST + b"Content-Length: -1\r\n\r\n{}", 400),
    "5 MB without the token": (
        f"POST {MUTE} HTTP/1.1\r\nHost: x\r\nContent-Length: 5000000\r\n\r\n".encode(), 401),
}  # fmt: skip
SETTINGS = {"CONTROL_TOKEN": TOKEN, "TELNYX_NUMBER": NUMBER, "DIAL_ALLOW": "+1312"}


@pytest.fixture(scope="module")
def gunicorn(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    log = ("--access-logfile", "-")
    with run(GUNICORN, tmp_path_factory.mktemp("attacked"), *log, **SETTINGS) as server:
        server.up()
        yield server


@pytest.mark.parametrize("name", RAW)
def test_bytes(gunicorn: Server, name: str) -> None:
    raw, status = RAW[name]
    with socket.create_connection(("127.0.0.1", gunicorn.port), timeout=5) as stranger:
        stranger.sendall(raw)
        answer = stranger.makefile("rb").readline()
    assert answer.split()[1] == str(status).encode(), answer
    assert gunicorn.ask("GET", "/healthz") == 200


@pytest.mark.parametrize("command", [GUNICORN, FLASK_RUN], ids=["gunicorn", "flask run"])
def test_no_log_has_a_token_a_number_or_a_text(command: list[str], tmp_path: Path) -> None:
    extra = ("--access-logfile", "-") if command is GUNICORN else ()
    with (
        SimulatedTelnyx("", TEST_KEY, API_KEY) as telnyx,
        run(
            command,
            tmp_path,
            *extra,
            TELNYX_BASE_URL=telnyx.base_url,
            TELNYX_CONNECTION_ID=CONNECTION_ID,
            **SETTINGS,
        ) as server,
    ):
        server.up()
        plain = CALLER[1:]
        for number in (f"%2B{plain}", f"00{plain}", "+1%20312%20555%200142", "+1-312-555-0142"):
            for method, path, body in [
                ("GET", f"{ROOM}/participants/{number}?token={TOKEN}", None),
                ("POST", f"{ROOM}/participants/{number}/actions/rename", {"label": SECRET}),
                ("POST", DIAL, {"to": CALLER, "label": SECRET, "force": True}),
            ]:
                raw = json.dumps(body).encode() if body else None
                headers = {"Authorization": RIGHT, "Referer": f"http://x/?token={TOKEN}"}
                assert server.ask(method, path, raw, headers, timeout=10) in (200, 202, 404, 409)
                assert server.ask(method, path, raw) == 401

        def asked() -> list[str]:
            return re.findall(rf"GET {ROOM}/participants/([^ ?]*)\?\.\.\. HTTP/1.1", server.log)

        until(lambda: len(asked()) == 8, "all of it is in the log")
        server.kill()
    # One server shows what was sent, the other what it means.
    assert set(asked()) - {"%2B...0142"} == {"+...0142", "...0142"}
    log = server.log
    assert TOKEN not in log and SECRET not in log
    assert not A_NUMBER.search(log), log
