"""nginx and Caddy, set up as docs/deployment.md shows it, in front of a real server."""

from __future__ import annotations

import gzip
import json
import re
import time
from collections.abc import Iterator
from contextlib import closing
from http.client import HTTPConnection
from pathlib import Path
from typing import Any

import pytest
from rigs.deployment import ABROAD, CADDY, NGINX, Front, Proxy
from rigs.people import TOKEN
from rigs.recorded import TEST_KEY, make
from rigs.servers import GUNICORN, Server, run
from rigs.waiting import until

from conference.signature import sign
from conference.web.inbound import LARGEST

BEARER = {"Authorization": f"Bearer {TOKEN}"}
SPOOFED = "192.0.2."
SECRET = "a-secret-in-an-address"
PROXIES = {"nginx": NGINX, "Caddy": CADDY}


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with run(GUNICORN, tmp_path_factory.mktemp("server"), CONTROL_TOKEN=TOKEN) as server:
        server.up()
        yield server


@pytest.fixture(scope="module", params=PROXIES)
def front(
    request: pytest.FixtureRequest, server: Server, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Front]:
    folder = tmp_path_factory.mktemp("proxy") / "own"
    proxy: Proxy = PROXIES[request.param]
    with proxy.before(server, folder) as front:
        yield front


def webhook(size: int = 0, text: str = "a") -> bytes:
    """A body with much that a proxy might write otherwise, filled up to the size with spaces."""
    body: dict[str, Any] = make("call.cost")
    body["data"]["payload"]["odd"] = {"b": "\u2028é\\/", "a": 1.50, "A": text}
    raw = json.dumps(body, ensure_ascii=False, indent=1).encode().replace(b": ", b" :\t")
    return raw.ljust(size)


def signed(raw: bytes, **headers: str) -> dict[str, str]:
    given = {name.replace("_", "-"): value for name, value in headers.items()}
    return {
        "Content-Type": "application/json",
        **given,
        **sign(raw, key=TEST_KEY, now=time.time()),
    }


def directly(server: Server, raw: bytes, headers: dict[str, str]) -> int:
    with closing(HTTPConnection("127.0.0.1", server.port, timeout=20)) as connection:
        connection.request("POST", "/webhook", raw, headers)
        return connection.getresponse().status


@pytest.mark.parametrize(
    ("raw", "headers", "status"),
    [
        (webhook(), {}, 200),
        (webhook(LARGEST), {}, 200),
        (webhook(LARGEST + 1), {}, 413),
        (webhook(), {"Content_Encoding": "gzip"}, 200),
        (webhook(), {"Content_Type": "text/plain; charset=utf-16"}, 200),
        (gzip.compress(webhook()), {"Content_Encoding": "gzip"}, 400),
    ],
    ids=["odd", "1 MiB", "over 1 MiB", "gzip declared", "utf-16 declared", "gzip"],
)
def test_a_body_comes_through_byte_by_byte(
    server: Server, front: Front, raw: bytes, headers: dict[str, str], status: int
) -> None:
    """The signature covers each byte. So the proxy's answers are those of the server itself."""
    assert directly(server, raw, signed(raw, **headers)) == status
    assert front.sends("POST", "/webhook", raw, signed(raw, **headers)).status == status


def test_a_changed_body_is_refused(front: Front) -> None:
    raw = webhook()
    assert front.sends("POST", "/webhook", raw[:-1], signed(raw)).status == 401


def test_a_body_in_chunks_comes_through(front: Front) -> None:
    raw = webhook(text="chunks")
    pieces = [raw[at : at + 7] for at in range(0, len(raw), 7)]
    assert front.sends("POST", "/webhook", iter(pieces), signed(raw)).status == 200


def test_a_client_that_sends_byte_by_byte_is_served(front: Front) -> None:
    raw = webhook(text="slow")
    with closing(front.connection()) as connection:
        connection.putrequest("POST", "/webhook")
        for name, value in signed(raw, Content_Length=str(len(raw))).items():
            connection.putheader(name, value)
        connection.endheaders()
        for byte in raw:
            connection.send(bytes([byte]))
        assert connection.getresponse().status == 200


def test_the_console_opens_by_a_link_and_its_cookie_is_for_https(front: Front) -> None:
    made = front.sends(
        "POST",
        "/api/rooms/demo-conference/links",
        b"{}",
        BEARER
        | {
            "Content-Type": "application/json",
            "Host": f"localhost:{front.port}",
        },
    )
    url = json.loads(made.body)["url"]
    assert url.startswith(f"{front.address}/console?room=demo-conference&link=")
    opened = front.sends("GET", url.removeprefix(front.address))
    cookie = opened.headers["Set-Cookie"]
    assert {"Secure", "HttpOnly"} <= {part.strip() for part in cookie.split(";")}
    page = front.sends("GET", "/console", headers={"Cookie": cookie.partition(";")[0]})
    assert (page.status, b"demo-conference" in page.body) == (200, True)
    assert url.partition("link=")[2] not in front.log


def test_the_address_that_a_client_writes_does_not_count(server: Server, front: Front) -> None:
    statuses = [
        front.sends(
            "GET",
            "/api/rooms",
            headers={"Authorization": "Bearer x", "X-Forwarded-For": f"{SPOOFED}{n}"},
        ).status
        for n in range(12)
    ]
    assert statuses[-1] == 429
    assert front.sends("GET", "/api/rooms", headers=BEARER).status == 200
    assert ABROAD in server.log
    assert SPOOFED not in server.log


def test_it_keeps_its_connections_to_the_server(server: Server, front: Front) -> None:
    """Established ones (01) with the server's port at the other end."""
    for _ in range(3):
        front.sends("GET", "/healthz")
    lines = Path("/proc/net/tcp").read_text().splitlines()
    to_server = [
        line for line in lines if re.match(rf"\s*\d+: \S+ \S+:{server.port:04X} 01 ", line)
    ]
    assert to_server


@pytest.mark.parametrize("name", PROXIES)
def test_its_log_has_no_query_also_where_no_server_runs(name: str, tmp_path: Path) -> None:
    with run(GUNICORN, tmp_path) as server:
        server.up()
        with PROXIES[name].before(server, tmp_path / "own") as front:
            for path in ("/console?link={}", "/texml/{}", "/api/rooms/{}"):
                front.sends("GET", path.format(SECRET))
            server.kill()
            assert front.sends("GET", f"/texml/{SECRET}?link={SECRET}").status == 502
            until(lambda: "502" in front.log, "the failure is in the log")
            assert SECRET not in front.log
