"""Signing in to the console, and what its sessions and links open."""

from __future__ import annotations

import base64
import json
import re
import time
from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qs, urlencode, urljoin, urlsplit

import pytest
from flask.testing import FlaskClient
from rigs.console import BEARER, browser, by_link, link, opens, setup, signed_in
from rigs.lines import TestLine, test_line
from rigs.people import TOKEN
from werkzeug.test import TestResponse

from conference.web import sessions
from conference.web.sessions import Grant

KEY = sessions.signing_key(TOKEN)
ANOTHER_KEY = sessions.signing_key("another-token-of-the-tests")
FOR_ALL = sessions.cookie_name("all", key=KEY)
FOR_A_ROOM = sessions.cookie_name("room", key=KEY)
SOON, PAST = time.time() + 3600, time.time() - 1
PUBLIC = {"public_url": "https://line.example"}


@pytest.fixture
def line() -> Iterator[TestLine]:
    with test_line(control_token=TOKEN) as line:
        opens(line, "blue", "red")
        yield line


def kind(answer: TestResponse) -> tuple[int, str]:
    """The status and the type of a problem."""
    assert answer.mimetype == "application/problem+json", answer.text
    assert answer.json is not None
    return answer.status_code, answer.json["type"].removeprefix("/problems/")


def sent(line: TestLine, cookies: str, path: str) -> int:
    """The status that is answered with this Cookie header."""
    client = line.client.application.test_client(use_cookies=False)
    return client.get(path, headers={"Cookie": cookies}).status_code


def with_cookie(line: TestLine, cookie: str, name: str = FOR_ALL) -> FlaskClient:
    client = browser(line)
    client.set_cookie(name, cookie)
    return client


# Signing in and out


def test_without_a_session_there_is_the_page_to_sign_in(line: TestLine) -> None:
    page = browser(line).get("/console")
    assert (page.status_code, page.mimetype) == (200, "text/html")
    assert 'action="console/sign-in"' in page.text and 'id="setup"' not in page.text
    assert "Set-Cookie" not in page.headers


@pytest.mark.parametrize(
    ("site", "query", "again"),
    [
        ("cross-site", "", "console"),
        ("same-site", "?room=blue", "console?room=blue"),
        ("cross-site", "?room=https://evil.example", "console"),
        ("cross-site", '?room="><script>', "console"),
        ("same-origin", "?room=blue", ""),
        ("none", "", ""),
    ],
)
def test_a_visit_from_another_site_brings_no_cookie_so_the_page_loads_itself_again(
    line: TestLine, site: str, query: str, again: str
) -> None:
    page = browser(line).get(f"/console{query}", headers={"Sec-Fetch-Site": site})
    assert (page.status_code, 'action="console/sign-in"' in page.text) == (200, True)
    refresh = f'<meta http-equiv="refresh" content="0; url={again}">'
    assert (refresh in page.text) is bool(again) and ("refresh" in page.text) is bool(again)


def test_the_token_opens_everything(line: TestLine) -> None:
    client, csrf = signed_in(line)
    data = setup(client.get("/console"))
    assert (data["room"], data["rooms"], data["csrf"]) == (
        "demo-conference",
        "all",
        csrf["X-CSRF-Token"],
    )
    assert {verb["name"] for verb in data["verbs"]} >= {"mute", "end"}
    assert len(client.get("/api/rooms").json["rooms"]) == 3  # type: ignore[index]
    assert client.get("/api/health").status_code == 200
    assert client.post("/api/rooms/red/actions/lock", headers=csrf).status_code == 202
    assert client.post("/api/rooms/red/links", headers=csrf).status_code == 201
    assert setup(client.get("/console?room=red"))["room"] == "red"


def test_a_pasted_token_may_have_spaces_around_it(line: TestLine) -> None:
    assert browser(line).post("/console/sign-in", data={"token": f" {TOKEN}\n"}).status_code == 303


@pytest.mark.parametrize("data", [{"token": "x"}, {"token": ""}, {}, {"token": TOKEN + "x"}])
def test_a_wrong_token_shows_the_page_again(line: TestLine, data: dict[str, str]) -> None:
    client = browser(line)
    page = client.post("/console/sign-in", data=data)
    assert (page.status_code, page.mimetype) == (401, "text/html")
    assert "This is not the control token." in page.text
    assert 'action="../console/sign-in"' in page.text
    assert 'href="../console/static/console.css"' in page.text
    assert TOKEN not in page.text and "Set-Cookie" not in page.headers


@pytest.mark.parametrize(
    ("body", "mimetype"),
    [
        (b"token=" + b"x" * 9000, "application/x-www-form-urlencoded"),
        (b"--x\r\n" * 5000, "multipart/form-data; boundary=x"),
    ],
)
def test_a_form_is_bounded(line: TestLine, body: bytes, mimetype: str) -> None:
    page = browser(line).post("/console/sign-in", data=body, content_type=mimetype)
    assert (page.status_code, page.mimetype) == (400, "text/html")


def test_signing_in_leads_to_the_page_and_nowhere_else(line: TestLine) -> None:
    for query in ("", "?next=https://evil.example", "?room=https://evil.example"):
        answer = browser(line).post(f"/console/sign-in{query}", data={"token": TOKEN})
        assert (answer.status_code, answer.headers["Location"]) == (303, "../console")


def test_by_get_nothing_changes(line: TestLine) -> None:
    client, _ = signed_in(line)
    for path in ("/console/sign-in", "/console/sign-out", f"/console/sign-in?token={TOKEN}"):
        for method in ("GET", "HEAD"):
            answer = client.open(path, method=method)
            assert (answer.status_code, answer.headers["Location"]) == (303, "../console")
            assert "Set-Cookie" not in answer.headers
    assert client.get("/api/rooms").status_code == 200


def test_each_session_has_a_cookie_and_a_csrf_token_of_its_own(line: TestLine) -> None:
    url = link(line)
    for pages in (
        [signed_in(line)[1]["X-CSRF-Token"] for _ in range(3)],
        [setup(browser(line).get(url))["csrf"] for _ in range(3)],
    ):
        assert len({*pages}) == 3
    client, other = browser(line), browser(line)
    client.get(url)
    csrf = setup(other.get(url))["csrf"]
    answer = client.post("/api/rooms/blue/actions/lock", headers={"X-CSRF-Token": csrf})
    assert kind(answer) == (403, "cross-site")


def test_signing_out_ends_it(line: TestLine) -> None:
    client, _ = signed_in(line)
    client.set_cookie(FOR_A_ROOM, sessions.sign_session(Grant("blue", SOON), key=KEY))
    assert client.post("/console/sign-out").status_code == 303
    assert kind(client.get("/api/rooms")) == (401, "not-authorized")
    assert 'action="console/sign-in"' in client.get("/console").text


def test_without_a_token_the_console_is_off() -> None:
    with test_line() as line:
        for method, path in (("GET", ""), ("POST", "/sign-in"), ("POST", "/sign-out")):
            page = browser(line).open(f"/console{path}", method=method)
            assert (page.status_code, "CONTROL_TOKEN" in page.text) == (403, True)
            assert "<form" not in page.text


def test_the_cookie_of_a_token(line: TestLine) -> None:
    answer = browser(line).post("/console/sign-in", data={"token": TOKEN})
    (cookie,) = answer.headers.getlist("Set-Cookie")
    (pair, *attributes) = cookie.split("; ")
    assert pair.startswith(f"{FOR_ALL}=")
    assert {"HttpOnly", "SameSite=Strict", "Path=/"} <= {*attributes}
    assert "Secure" not in attributes
    (age,) = [each for each in attributes if each.startswith("Max-Age=")]
    assert 12 * 3600 - 5 <= int(age.removeprefix("Max-Age=")) <= 12 * 3600


@pytest.mark.parametrize(
    ("headers", "base_url", "secure"),
    [
        ({}, "https://10.0.0.1", True),
        ({"X-Forwarded-Proto": "https"}, "http://10.0.0.1", True),
        ({"X-Forwarded-Proto": "https, http"}, "http://10.0.0.1", True),
        ({"X-Forwarded-Proto": "http"}, "http://10.0.0.1", False),
        ({}, "http://line.example", True),
        ({}, "http://10.0.0.1", False),
    ],
)
def test_the_cookie_is_for_https_where_the_page_is(
    headers: dict[str, str], base_url: str, secure: bool
) -> None:
    with test_line(control_token=TOKEN, **PUBLIC) as line:
        answer = browser(line).post(
            "/console/sign-in", data={"token": TOKEN}, headers=headers, base_url=base_url
        )
        assert ("; Secure" in answer.headers["Set-Cookie"]) is secure


def test_a_session_outlasts_a_restart_and_ends_with_the_token() -> None:
    cookie = sessions.sign_session(Grant(None, SOON), key=KEY)
    for token, status in ((TOKEN, 200), ("another-token-of-the-tests", 401)):
        with test_line(control_token=token) as line:
            assert with_cookie(line, cookie).get("/api/rooms").status_code == status


# Cookies that open nothing


def _unsigned(fields: Any) -> str:
    return base64.urlsafe_b64encode(json.dumps(fields).encode()).decode().rstrip("=")


def _changed(signed: str) -> str:
    """Change the first bits of the signature; base64 ignores some of the last ones."""
    fields, _, signature = signed.rpartition(".")
    return f"{fields}.{'B' if signature[0] == 'A' else 'A'}{signature[1:]}"


GOOD = sessions.sign_session(Grant(None, SOON), key=KEY)
OF_A_ROOM = sessions.sign_session(Grant("blue", SOON), key=KEY)
WRONG = {
    "expired": sessions.sign_session(Grant(None, PAST), key=KEY),
    "another key": sessions.sign_session(Grant(None, SOON), key=ANOTHER_KEY),
    "a link": sessions.sign_link(Grant("blue", SOON), key=KEY),
    "a bit changed": _changed(GOOD),
    "the fields changed": _unsigned([None, SOON, "x"]) + "." + OF_A_ROOM.rpartition(".")[2],
    "no signature": _unsigned([None, SOON, "x"]),
    "an empty signature": _unsigned([None, SOON, "x"]) + ".",
    "packed": "." + GOOD,
    "the token": TOKEN,
    "nothing": "",
    "points": "." * 50,
    "too long": GOOD + "A" * 3000,
    "no text": "\u00e9\u202e",
}


@pytest.mark.parametrize("name", WRONG)
def test_a_cookie_that_was_not_signed_for_this_opens_nothing(line: TestLine, name: str) -> None:
    for of in (FOR_ALL, FOR_A_ROOM):
        client = with_cookie(line, WRONG[name], of)
        assert kind(client.get("/api/rooms")) == (401, "not-authorized")
        assert 'id="setup"' not in client.get("/console").text


def test_an_expired_session_is_said_to_be_one(line: TestLine) -> None:
    page = with_cookie(line, WRONG["expired"]).get("/console")
    assert (page.status_code, "Your sign-in has expired." in page.text) == (401, True)


def test_the_name_of_a_cookie_gives_nothing(line: TestLine) -> None:
    client = with_cookie(line, OF_A_ROOM, FOR_ALL)
    assert [room["name"] for room in client.get("/api/rooms").json["rooms"]] == ["blue"]  # type: ignore[index]
    assert kind(client.get("/api/health")) == (403, "only-one-room")


def test_the_stronger_of_two_sessions_counts_whatever_their_order(line: TestLine) -> None:
    for name in (FOR_A_ROOM, FOR_ALL):
        pairs = [f"{name}={OF_A_ROOM}", f"{FOR_ALL}={GOOD}"]
        for each in (pairs, pairs[::-1]):
            assert sent(line, "; ".join(each), "/api/health") == 200


def test_a_cookie_that_another_site_of_the_domain_has_set_hides_no_genuine_one(
    line: TestLine,
) -> None:
    tossed = f"{FOR_ALL}=x; {FOR_ALL}={GOOD}"
    assert sent(line, tossed, "/api/rooms") == 200
    many = "; ".join([f"{FOR_ALL}=x"] * 500 + [f"{FOR_ALL}={GOOD}"])
    assert sent(line, many, "/api/rooms") == 401


def test_a_wrong_bearer_token_is_refused_beside_a_session(line: TestLine) -> None:
    client, _ = signed_in(line)
    assert client.get("/api/rooms", headers={"Authorization": "Bearer x"}).status_code == 401
    by_proxy = {"Authorization": "Basic YWRtaW46eA=="}
    assert client.get("/api/rooms", headers=by_proxy).status_code == 200


# Other sites

CROSS = {
    "no token": {},
    "an empty token": {"X-CSRF-Token": ""},
    "a token of another session": {
        "X-CSRF-Token": sessions.csrf_token(GOOD, key=KEY),
    },
    "a text that is no ASCII": {"X-CSRF-Token": "\u00e9"},
}


@pytest.mark.parametrize("name", CROSS)
def test_a_change_by_cookie_needs_the_pages_token(line: TestLine, name: str) -> None:
    client, _ = signed_in(line)
    for method, path in (
        ("POST", "/api/rooms/red/actions/lock"),
        ("POST", "/api/rooms/red/participants"),
        ("POST", "/api/rooms/red/links"),
        ("POST", "/api/telnyx/conferences"),
        ("DELETE", "/api/rooms/red"),
    ):
        answer = client.open(path, method=method, headers=CROSS[name])
        assert kind(answer) == (403, "cross-site")
    room = client.get("/api/rooms/red").json
    assert room is not None and room["locked"] is False


FROM = [
    ({"Sec-Fetch-Site": "same-origin", "Origin": "http://localhost"}, True),
    ({"Sec-Fetch-Site": "same-origin", "Origin": "https://behind.a.proxy"}, True),
    ({"Sec-Fetch-Site": "none"}, True),
    ({"Sec-Fetch-Site": "same-site"}, False),
    ({"Sec-Fetch-Site": "cross-site"}, False),
    ({"Sec-Fetch-Site": "cross-site", "Origin": "http://localhost"}, False),
    ({"Sec-Fetch-Site": ""}, False),
    ({"Origin": "http://localhost"}, True),
    ({"Origin": "https://line.example"}, True),
    ({"Origin": "https://forwarded.example", "X-Forwarded-Host": "forwarded.example"}, True),
    ({"Origin": "https://evil.example"}, False),
    ({"Origin": "http://localhost.evil.example"}, False),
    ({"Origin": "http://localhost:81"}, False),
    ({"Origin": "https://["}, False),
    ({"Origin": ""}, False),
    ({}, True),
]


@pytest.mark.parametrize(("headers", "own"), FROM)
def test_the_browser_says_where_a_request_comes_from(headers: dict[str, str], own: bool) -> None:
    with test_line(control_token=TOKEN, **PUBLIC) as line:
        opens(line, "blue")
        client, csrf = signed_in(line)
        answer = client.post("/api/rooms/blue/actions/lock", headers=csrf | headers)
        assert answer.status_code == (202 if own else 403)
        form = {"data": {"token": TOKEN}, "headers": headers}
        assert browser(line).post("/console/sign-in", **form).status_code == (303 if own else 403)
        assert client.post("/console/sign-out", headers=headers).status_code == (
            303 if own else 403
        )


def test_a_null_origin_is_our_own_forms_and_nothing_elses(line: TestLine) -> None:
    """Browsers send it with a form of a page whose Referrer-Policy is no-referrer."""
    client, csrf = signed_in(line)
    null = {"Origin": "null"}
    form = {"data": {"token": TOKEN}, "headers": null}
    assert browser(line).post("/console/sign-in", **form).status_code == 303
    answer = client.post("/api/rooms/red/actions/lock", headers=csrf | null)
    assert kind(answer) == (403, "cross-site")


def test_bearer_requests_need_no_such_token(line: TestLine) -> None:
    headers = BEARER | {"Sec-Fetch-Site": "cross-site"}
    assert line.client.post("/api/rooms/red/actions/lock", headers=headers).status_code == 202


def test_either_session_of_a_browser_may_have_made_the_page(line: TestLine) -> None:
    """A link from a mail brings no cookie along, so its page knows of no other session."""
    client, csrf = by_link(line)
    client.set_cookie(FOR_ALL, GOOD)
    assert client.post("/api/rooms/blue/actions/lock", headers=csrf).status_code == 202


def test_the_headers_of_the_pages(line: TestLine) -> None:
    client, _ = signed_in(line)
    wrong = browser(line).post("/console/sign-in", data={"token": "x"})
    for page in (client.get("/console"), browser(line).get("/console"), wrong):
        assert page.headers["Content-Security-Policy"] == (
            "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; "
            "img-src 'self' data:; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
        )
        assert page.headers["X-Content-Type-Options"] == "nosniff"
        assert page.headers["X-Frame-Options"] == "DENY"
        assert page.headers["Referrer-Policy"] == "no-referrer"
        assert page.headers["Cache-Control"] == "no-store"
        assert "style=" not in page.text and "onclick" not in page.text
    answer = client.get("/api/rooms")
    assert answer.headers["Cache-Control"] == "no-store"


def test_all_addresses_are_relative_so_that_a_proxy_may_add_a_prefix(line: TestLine) -> None:
    client, _ = signed_in(line)
    from_elsewhere = {"Sec-Fetch-Site": "cross-site"}
    pages = {
        "/console": [client.get("/console"), browser(line).get("/console", headers=from_elsewhere)],
        "/console/sign-in": [browser(line).post("/console/sign-in", data={"token": "x"})],
    }
    for path, of in pages.items():
        for page in of:
            found = re.findall(r'(?:href|src|action)="([^"]*)"|url=([^"]*)"', page.text)
            for address in filter(lambda each: each != "data:,", map("".join, found)):
                whole = urljoin(f"https://line.example/prefix{path}", address)
                assert whole.startswith("https://line.example/prefix/console"), address
            assert len(found) >= 3
    answer = browser(line).post("/console/sign-in", data={"token": TOKEN})
    back = urljoin("https://line.example/prefix/console/sign-in", answer.headers["Location"])
    assert back == "https://line.example/prefix/console"


def test_the_script_and_the_style_are_asked_about_again(line: TestLine) -> None:
    for name in ("console.js", "console.css"):
        with browser(line).get(f"/console/static/{name}") as answer:
            assert (answer.status_code, answer.headers["Cache-Control"]) == (200, "no-cache")
        again = {"If-None-Match": answer.headers["ETag"]}
        with browser(line).get(f"/console/static/{name}", headers=again) as unchanged:
            assert unchanged.status_code == 304
    for path in ("../__init__.py", "..%2f__init__.py", "%2e%2e/templates/console.html"):
        assert browser(line).get(f"/console/static/{path}").status_code in (401, 404)


# Links


def test_a_link_opens_its_room_at_once(line: TestLine) -> None:
    client = browser(line)
    page = client.get(link(line, "blue"))
    data = setup(page)
    assert (data["room"], data["rooms"]) == ("blue", "one")
    assert page.headers["Set-Cookie"].startswith(f"{FOR_A_ROOM}=")
    assert setup(client.get("/console")) == data
    assert setup(client.get("/console?room=blue")) == data


def test_what_is_answered_for_a_link(line: TestLine) -> None:
    for body, minutes in (({}, 60), ({"minutes": 1}, 1), ({"minutes": 1440}, 1440)):
        answer = line.client.post("/api/rooms/blue/links", json=body, headers=BEARER)
        made = answer.json
        assert made is not None and answer.status_code == 201
        assert made.keys() == {"url", "room", "expires_at"} and made["room"] == "blue"
        query = parse_qs(urlsplit(made["url"]).query)
        assert query["room"] == ["blue"]
        grant = sessions.read_link(query["link"][0], key=KEY, now=time.time())
        assert minutes * 60 - 5 <= grant.until - time.time() <= minutes * 60


@pytest.mark.parametrize(
    "body", [{"minutes": 0}, {"minutes": 1441}, {"minutes": "60"}, {"minutes": 1.5}, {"hours": 1}]
)
def test_a_link_of_another_length_is_refused(line: TestLine, body: dict[str, Any]) -> None:
    answer = line.client.post("/api/rooms/blue/links", json=body, headers=BEARER)
    assert kind(answer) == (400, "invalid-body")


@pytest.mark.parametrize("room", ["green", "Blue", "blue.", "blue%0d%0aSet-Cookie:a=b", "%2e%2e"])
def test_there_is_no_link_for_an_unknown_room(line: TestLine, room: str) -> None:
    answer = line.client.post(f"/api/rooms/{room}/links", json={}, headers=BEARER)
    assert kind(answer) == (404, "unknown-room")


def test_a_link_begins_with_the_public_address_or_with_the_requests() -> None:
    path, url = "/api/rooms/demo-conference/links", "http://10.0.0.1:5000"
    for settings, headers, begins in (
        ({"public_url": "https://line.example/a"}, {}, "https://line.example/a/console?"),
        ({}, {}, "http://10.0.0.1:5000/console?"),
        ({}, {"X-Forwarded-Proto": "https"}, "https://10.0.0.1:5000/console?"),
    ):
        with test_line(control_token=TOKEN, **settings) as line:
            answer = line.client.post(path, json={}, headers=BEARER | headers, base_url=url)
            assert answer.json is not None and answer.json["url"].startswith(begins)


def test_a_session_by_a_link_ends_with_the_link(line: TestLine) -> None:
    until = time.time() + 100
    query = {"room": "blue", "link": sessions.sign_link(Grant("blue", until), key=KEY)}
    client = browser(line)
    setup(client.get(f"/console?{urlencode(query)}"))
    cookie = client.get_cookie(FOR_A_ROOM)
    assert cookie is not None
    assert sessions.read_session(cookie.value, key=KEY, now=time.time()) == Grant("blue", until)
    with pytest.raises(sessions.Expired):
        sessions.read_session(cookie.value, key=KEY, now=until)


GENUINE = sessions.sign_link(Grant("blue", SOON), key=KEY)
FOR_EVERYTHING = sessions.sign_link(Grant(None, SOON), key=KEY)
OTHER_LINKS = {
    "expired": ("blue", sessions.sign_link(Grant("blue", PAST), key=KEY)),
    "of another room": ("red", GENUINE),
    "without a room": (None, GENUINE),
    "for everything": ("blue", FOR_EVERYTHING),
    "for everything, without a room": (None, FOR_EVERYTHING),
    "in another case": ("Blue", GENUINE),
    "by another key": ("blue", sessions.sign_link(Grant("blue", SOON), key=ANOTHER_KEY)),
    "a session": ("blue", OF_A_ROOM),
    "changed": ("blue", _changed(GENUINE)),
    "empty": ("blue", ""),
    "long": ("blue", GENUINE * 20),
    "no text": ("blue", "\u202e\x00"),
}


@pytest.mark.parametrize("name", OTHER_LINKS)
def test_another_link_opens_nothing(line: TestLine, name: str) -> None:
    room, text = OTHER_LINKS[name]
    query = urlencode({"link": text, **({"room": room} if room else {})})
    client = browser(line)
    for visitor in (client, by_link(line, "red")[0]):
        page = visitor.get(f"/console?{query}")
        assert (page.status_code, page.mimetype) == (401, "text/html")
        why = "This link has expired." if name == "expired" else "This link is not a genuine one"
        assert why in page.text and '<form method="post"' in page.text
        assert "Set-Cookie" not in page.headers and 'id="setup"' not in page.text
    assert client.get("/api/rooms/blue").status_code == 401


def test_a_session_by_token_stays_what_it_is_with_any_link(line: TestLine) -> None:
    client, _ = signed_in(line)
    for text in (GENUINE, "x"):
        page = client.get(f"/console?room=blue&link={text}")
        data = setup(page)
        assert (data["room"], data["rooms"]) == ("blue", "all")
        assert "Set-Cookie" not in page.headers


# What a session of one room may do

OWN = [
    ("GET", "/api/rooms"),
    ("GET", "/api/rooms/blue"),
    ("HEAD", "/api/rooms/blue"),
    ("OPTIONS", "/api/rooms/blue"),
    ("GET", "/api/rooms/%62lue"),
    ("GET", "/api/rooms/blue/participants"),
    ("GET", "/api/rooms/blue/participants/v2:blue"),
    ("GET", "/api/events"),
    ("GET", "/api/events?room=blue"),
    ("POST", "/api/rooms/blue/actions/lock"),
    ("POST", "/api/rooms/blue/participants/v2:blue/actions/mute"),
    ("POST", "/api/rooms/blue/actions/end"),
]
NOT_OWN = [
    *(("GET", f"/api/rooms/{room}") for room in ("red", "green", "BLUE", "blue.", "blue%20")),
    ("GET", "/api/rooms/blue%00"),
    ("HEAD", "/api/rooms/red"),
    ("OPTIONS", "/api/rooms/red"),
    ("GET", "/api/rooms/red/participants"),
    ("GET", "/api/rooms/red/participants/v2:red"),
    ("POST", "/api/rooms/red/participants"),
    ("POST", "/api/rooms/red/actions/lock"),
    ("POST", "/api/rooms/red/participants/v2:red/actions/mute"),
    ("GET", "/api/events?room=red"),
    ("GET", "/api/events?room=green"),
    ("GET", "/api/health"),
    ("GET", "/api/callback-key"),
    ("POST", "/api/rooms/blue/links"),
    ("POST", "/api/rooms/red/links"),
    ("POST", "/api/rooms/green/links"),
    ("GET", "/api/queues"),
    ("GET", "/api/telnyx/conferences"),
    ("GET", "/api/telnyx/recordings"),
]


@pytest.mark.parametrize(("method", "path"), OWN)
def test_it_may_act_in_its_room(line: TestLine, method: str, path: str) -> None:
    client, csrf = by_link(line)
    assert client.open(path, method=method, headers=csrf).status_code in (200, 202)


def test_it_may_dial_in_its_room(line: TestLine) -> None:
    client, csrf = by_link(line)
    answer = client.post("/api/rooms/blue/participants", json={"to": "+13125550119"}, headers=csrf)
    assert kind(answer) == (403, "dial-is-off")


@pytest.mark.parametrize(("method", "path"), NOT_OWN)
def test_it_may_do_nothing_else(line: TestLine, method: str, path: str) -> None:
    client, csrf = by_link(line)
    answer = client.open(path, method=method, headers=csrf, json={} if method == "POST" else None)
    assert answer.status_code == 403
    if method != "HEAD":
        assert kind(answer) == (403, "only-one-room")


def test_rooms_of_others_and_no_rooms_look_alike(line: TestLine) -> None:
    client, csrf = by_link(line)
    for path in (
        "/api/rooms/{}",
        "/api/rooms/{}/participants",
        "/api/rooms/{}/participants/v2:red",
        "/api/events?room={}",
        "/console?room={}",
    ):
        red, green = client.get(path.format("red")), client.get(path.format("green"))
        assert (red.status_code, red.data) == (403, green.data)
    answers = [
        client.post(
            "/api/rooms/blue/actions/move",
            json={"participants": ["v2:blue"], "room": room},
            headers=csrf,
        )
        for room in ("red", "green")
    ]
    assert [kind(each) for each in answers] == [(403, "only-one-room")] * 2
    assert answers[0].data == answers[1].data


def test_it_sees_its_room_alone(line: TestLine) -> None:
    client, _ = by_link(line)
    rooms = client.get("/api/rooms").json
    assert rooms is not None and [room["name"] for room in rooms["rooms"]] == ["blue"]
    for path in ("/api/events", "/api/events?room=blue"):
        events = client.get(path).json
        assert events is not None and {each["room"] for each in events["events"]} == {"blue"}
    every = line.client.get("/api/events", headers=BEARER).json
    assert every is not None
    assert {each["room"] for each in every["events"]} == {"blue", "red"}
    red = line.client.get("/api/events?room=red", headers=BEARER).json
    assert red is not None and {each["room"] for each in red["events"]} == {"red"}


def test_its_room_is_there_also_when_nobody_is(line: TestLine) -> None:
    query = urlencode({"room": "later", "link": sessions.sign_link(Grant("later", SOON), key=KEY)})
    client = browser(line)
    setup(client.get(f"/console?{query}"))
    room = client.get("/api/rooms/later").json
    assert room is not None and (room["name"], room["status"]) == ("later", "empty")


def test_the_body_names_no_other_room(line: TestLine) -> None:
    """The path decides, whatever a body, a query or a header says."""
    client, csrf = by_link(line)
    tricks = {
        "headers": csrf | {"X-HTTP-Method-Override": "DELETE", "X-Original-URL": "/api/rooms/red"}
    }
    answer = client.post("/api/rooms/blue/actions/lock?room=red", json={"room": "red"}, **tricks)
    assert kind(answer) == (400, "invalid-body")
    named = client.post(
        "/api/rooms/blue/actions/mute", json={"participants": ["v2:red"]}, headers=csrf
    )
    assert kind(named) == (404, "unknown-participant")


def test_a_rooms_session_cannot_know_or_take_the_keys_of_other_requests(line: TestLine) -> None:
    key = {"Idempotency-Key": "lock-1"}
    blue, red = by_link(line), by_link(line, "red")
    everything = (line.client, BEARER)
    for (client, headers), room in ((blue, "blue"), (red, "red"), (everything, "red")):
        for repeated in (False, True):
            answer = client.post(f"/api/rooms/{room}/actions/lock", headers=headers | key)
            assert answer.status_code == 202 and answer.json is not None
            assert (answer.json["id"], "repeated" in answer.json) == ("lock-1", repeated)
        other = client.post(f"/api/rooms/{room}/actions/unlock", headers=headers | key)
        assert kind(other) == (409, "key-reused")
    another_room = line.client.post("/api/rooms/blue/actions/lock", headers=BEARER | key)
    assert kind(another_room) == (409, "key-reused")


@pytest.mark.parametrize("room", ["a b", "<script>", "../red", "x" * 65, "a\r\nSet-Cookie: a=b"])
def test_a_page_is_of_a_name_that_a_room_can_have(line: TestLine, room: str) -> None:
    client, _ = signed_in(line)
    page = client.get(f"/console?{urlencode({'room': room})}")
    assert page.status_code == 404 and "Set-Cookie" not in page.headers
