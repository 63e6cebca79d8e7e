"""Real servers: no log has a link or a token, and wrong tokens hold up nobody else."""

from __future__ import annotations

import http.client
import json
import re
import socket
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from rigs.moderator import run as flask
from rigs.people import TOKEN
from rigs.recorded import make
from rigs.rehearsals import rehearsal
from rigs.servers import FLASK_RUN, GUNICORN, Server, run

from conference.web import sessions
from conference.web.wrong_tokens import FREE

RIGHT = {"Authorization": f"Bearer {TOKEN}"}
WRONG = {"Authorization": "Bearer a-wrong-token-of-a-stranger"}
LINKS = "/api/rooms/demo-conference/links"
EVERY_FIELD = (
    '%(h)s "%(r)s" %(s)s %(U)s %(q)s "%(f)s" %({cookie}i)s %({Authorization}i)s %({referer}i)s '
    "%({x-csrf-token}i)s %({set-cookie}o)s %({query_string}e)s %({raw_uri}e)s %({http_cookie}e)s"
)
USUAL = ["--access-logfile", "-"]


def answer(
    server: Server, method: str, path: str, headers: dict[str, str], body: str = ""
) -> tuple[http.client.HTTPResponse, str]:
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=10)
    connection.request(method, path, body.encode(), headers)
    response = connection.getresponse()
    text = response.read().decode()
    connection.close()
    return response, text


@pytest.mark.parametrize(
    "command",
    [[*GUNICORN, *USUAL], [*GUNICORN, *USUAL, "--access-logformat", EVERY_FIELD], FLASK_RUN],
    ids=["gunicorn", "every field of gunicorn", "flask run"],
)
def test_no_log_has_a_link_a_session_or_a_token(tmp_path: Path, command: list[str]) -> None:
    form = {"Content-Type": "application/x-www-form-urlencoded"}
    with run(command, tmp_path, CONTROL_TOKEN=TOKEN) as server:
        server.up()
        made, text = answer(server, "POST", LINKS, RIGHT, "{}")
        assert made.status == 201
        url = urlsplit(json.loads(text)["url"])
        secret = url.query.partition("link=")[2]
        page, text = answer(server, "GET", f"{url.path}?{url.query}", {})
        cookie = str(page.headers["Set-Cookie"]).partition(";")[0]
        (csrf,) = re.findall(r'"csrf": "([0-9a-f]{64})"', text)
        own = {"Cookie": cookie, "X-CSRF-Token": csrf, "Referer": f"http://x{url.path}?{url.query}"}
        for method, path in (
            ("GET", f"/console?{url.query}&room=x"),
            ("GET", f"/console/nothing?{url.query}"),
            ("GET", f"//console?{url.query}"),
            ("POST", f"/console?{url.query}"),
            ("GET", "/api/rooms/demo-conference"),
            ("POST", "/api/rooms/demo-conference/actions/lock"),
        ):
            answer(server, method, path, own)
        signed, _ = answer(server, "POST", "/console/sign-in", form, f"token={TOKEN}")
        assert signed.status == 303
        wrong, _ = answer(server, "POST", "/console/sign-in", form, "token=a-wrong-token")
        assert wrong.status == 401
        server.end()
        assert server.log.count("/console") >= 6, "what is requested is logged"
        session = cookie.partition("=")[2]
        for private in (secret, secret[-20:], session, session[-20:], csrf, TOKEN, "a-wrong"):
            assert private not in server.log
        assert "its control token is wrong" in server.log


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    with run(GUNICORN, tmp_path, CONTROL_TOKEN=TOKEN) as server:
        server.up()
        yield server


def test_two_hundred_wrong_tokens_are_slowed_and_hold_up_nobody_else(server: Server) -> None:
    assert server.ask("GET", "/api/rooms", headers=RIGHT) == 200
    with ThreadPoolExecutor(20) as pool:
        strangers = [
            pool.submit(server.ask, "GET", "/api/rooms", None, WRONG, 30.0) for _ in range(200)
        ]
        while not all(each.done() for each in strangers):
            assert server.ask("GET", "/healthz") == 200
            assert server.deliver(make("call.cost")) == 200
            assert server.ask("GET", "/api/rooms", headers=RIGHT) == 200, "a right one counts"
    found = [each.result() for each in strangers]
    assert {*found} == {401, 429} and FREE <= found.count(401) <= FREE + 20
    lines = [line for line in server.log.splitlines() if "control token" in line]
    assert len(lines) == 2, "each kind once in a minute"
    assert "127.0.0.1" in lines[1] and "wrong-token" not in server.log


def test_one_after_another_takes_its_time(server: Server) -> None:
    for _ in range(FREE):
        assert server.ask("GET", "/api/rooms", headers=WRONG) == 401
    began = time.monotonic()
    for path in ("/api/rooms", "/api/unknown", "/api/queues", "//api/rooms", "/%61pi/rooms"):
        assert server.ask("GET", path, headers=WRONG) == 429
    assert time.monotonic() - began >= 0.5
    refused, text = answer(server, "GET", "/api/rooms", WRONG)
    assert 0 < int(str(refused.headers["Retry-After"])) <= 60
    assert json.loads(text)["type"] == "/problems/too-many-wrong-tokens"
    assert server.ask("GET", "/api/rooms", headers=RIGHT) == 200


def test_a_proxy_on_this_machine_names_the_client(server: Server) -> None:
    for n, status in ((1, 401), (2, 401), (1, 429)):
        client = WRONG | {"X-Forwarded-For": f"203.0.113.9, 192.0.2.{n}"}
        for _ in range(FREE if status == 401 else 1):
            assert server.ask("GET", "/api/rooms", headers=client) == status


def test_a_path_is_what_it_means(server: Server) -> None:
    """A session of one room, and paths that are written otherwise."""
    key = sessions.signing_key(TOKEN)
    grant = sessions.Grant("blue", time.time() + 60)
    cookie = f"{sessions.cookie_name('room', key=key)}={sessions.sign_session(grant, key=key)}"
    for path, status in (
        ("/api/rooms/blue", 200),
        ("//api/rooms/blue", 200),
        ("/api/rooms/%62%6cue", 200),
        ("/api/rooms/demo-conference", 403),
        ("//api/rooms/demo-conference", 403),
        ("/api/rooms/%64emo-conference", 403),
        ("/api/rooms/blue/../demo-conference", 404),
        ("/api/rooms/blue%2f..%2fdemo-conference", 404),
        ("/api/rooms/demo-conference%2f..%2fblue", 404),
        ("/api//rooms/demo-conference", 404),
        ("/api/rooms/blue/", 404),
        ("/api/rooms/blue;x", 403),
        ("/api/rooms/blue?room=demo-conference", 200),
    ):
        with socket.create_connection(("127.0.0.1", server.port), timeout=5) as client:
            head = f"GET {path} HTTP/1.1\r\nHost: a\r\nCookie: {cookie}\r\n\r\n"
            client.sendall(head.encode())
            line = client.makefile("rb").readline().decode()
        assert line.split()[1] == str(status), path
    huge = {"Cookie": "; ".join([cookie] * 60)}
    assert server.ask("GET", "/api/rooms/demo-conference", headers=huge) in (400, 403, 431)


# The command


def test_a_link_is_made_on_the_command_line() -> None:
    with rehearsal(control_token=TOKEN) as line:
        status, url = flask(line, "console-link")
        assert status == 0 and url.startswith(f"{line.url}/console?room=demo-conference&link=")
        page = line.app.test_client().get(url.strip())
        assert page.status_code == 200 and 'id="setup"' in page.text
        status, shown = flask(line, "console-link", "demo-conference", "--minutes=5", "--json")
        assert (status, json.loads(shown).keys()) == (0, {"url", "room", "expires_at"})
        status, why = flask(line, "console-link", "green")
        assert (status, "There is no room of this name. There are: demo-conference." in why) == (
            1,
            True,
        )
        status, why = flask(line, "console-link", "--minutes", "1441")
        assert (status, "minutes must be a whole number from 1 to 1440" in why) == (1, True)
