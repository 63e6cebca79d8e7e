"""Who gets to a room by the console: links, their end, and pages of other sites that try."""

from __future__ import annotations

import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import TYPE_CHECKING, Any

import pytest
from rigs.browser import NARROW, Tab, expect, opened
from rigs.live_console import ROOM, TOKEN, Site, is_live, press, row
from rigs.people import ANN, BOB
from rigs.waiting import until

from conference.web.sessions import Grant, sign_link, signing_key

if TYPE_CHECKING:
    from playwright.sync_api import Browser

OTHER = "another-room"


def link_until(site: Site, end: float) -> str:
    """Return the address of a link that ends then, in Unix seconds."""
    link = sign_link(Grant(ROOM, end), key=signing_key(TOKEN))
    return f"{site.url}/console?room={ROOM}&link={link}"


def asks_to_sign_in(tab: Tab) -> None:
    expect(tab.page.get_by_label("Control token")).to_be_visible()


def request(tab: Tab, method: str, path: str, body: Any = None) -> int:
    """Return the status that the console's own script gets, with its cookie and its token."""
    script = """async ([method, path, body]) => (await fetch(path, {
        method,
        headers: {
            "Content-Type": "application/json",
            "X-CSRF-Token": JSON.parse(document.getElementById("setup").textContent).csrf,
        },
        body: body && JSON.stringify(body),
    })).status"""
    status: int = tab.page.evaluate(script, [method, path, body])
    return status


# Links


def test_a_link_opens_its_room_and_is_gone_from_the_address(site: Site, tab: Tab) -> None:
    site.is_called(ANN, "Ann")
    tab.page.goto(site.link())
    is_live(tab)
    expect(row(tab, "Ann")).to_be_visible()
    assert "link=" not in tab.page.url
    assert "link=" not in str(tab.page.evaluate("history.state"))
    tab.page.reload()
    is_live(tab)
    expect(row(tab, "Ann")).to_be_visible()


def test_an_expired_link_asks_again(site: Site, tab: Tab) -> None:
    site.is_called(ANN, "Ann")
    tab.expects("console?room=")
    tab.page.goto(link_until(site, time.time() - 1))
    expect(tab.page.get_by_text("This link has expired.")).to_be_visible()
    asks_to_sign_in(tab)
    assert "401" in tab.problems[0]
    tab.page.get_by_label("Control token").fill(TOKEN)
    press(tab, "Sign in")
    is_live(tab)
    expect(row(tab, "Ann")).to_be_visible()


def test_when_a_link_ends_it_opens_nothing_and_its_page_asks_again(
    site: Site, browser: Browser, tab: Tab
) -> None:
    """Neither for its owner, nor for a thief of the link and of the cookie."""
    site.is_called(ANN, "Ann")
    end = time.time() + 4
    link = link_until(site, end)
    tab.expects(": 401")
    tab.page.goto(link)
    is_live(tab)
    stolen = [{**each, "expires": -1} for each in tab.page.context.cookies()]
    again = tab.page.get_by_role("link", name="Sign in again")
    expect(again).to_be_visible()
    until(lambda: time.time() > end, "it has expired")
    site.calls_in(BOB)
    expect(tab.page.get_by_role("button", name="Mute Ann")).to_be_disabled()
    assert request(tab, "GET", f"api/rooms/{ROOM}") == 401
    assert request(tab, "POST", f"api/rooms/{ROOM}/actions/mute-all", {}) == 401
    expect(row(tab, BOB)).to_have_count(0)
    again.click()
    asks_to_sign_in(tab)
    with opened(browser) as thief:
        thief.expects(": 401")
        thief.page.goto(link)
        expect(thief.page.get_by_text("This link has expired.")).to_be_visible()
        assert thief.page.context.cookies() == []
        thief.page.context.add_cookies(stolen)
        thief.page.goto(f"{site.url}/console")
        asks_to_sign_in(thief)
        answer = thief.page.goto(f"{site.url}/api/rooms/{ROOM}")
        assert answer and answer.status == 401
    assert [each["muted"] for each in site.room()["participants"]] == [False, False]


def test_a_rooms_link_cannot_touch_another_room(site: Site, tab: Tab) -> None:
    ann = site.is_called(ANN, "Ann")
    bob = site.is_called(BOB, "Bob", room=OTHER)
    tab.expects(": 403", "only-one-room")
    tab.page.goto(site.link())
    is_live(tab)
    expect(row(tab, "Ann")).to_be_visible()
    assert not tab.page.get_by_text(OTHER).count()
    other = f"api/rooms/{OTHER}"
    for path in (other, f"{other}/participants", f"{other}/timeline", f"api/events?room={OTHER}"):
        assert request(tab, "GET", path) == 403, path
    for path, body in {
        f"{other}/actions/mute-all": {},
        f"{other}/actions/end": {},
        f"{other}/participants": {"to": "+13125550177"},
        f"{other}/participants/Bob/actions/mute": {},
        f"{other}/links": {},
        f"api/rooms/{ROOM}/links": {},
        f"api/rooms/{ROOM}/participants/Ann/actions/move": {"room": OTHER},
    }.items():
        assert request(tab, "POST", path, body) == 403, path
    answer = tab.page.goto(f"{site.url}/console?room={OTHER}")
    assert answer and answer.status == 403
    (there,) = site.room(OTHER)["participants"]
    assert (there["muted"], bob.state, bob.conference != ann.conference) == (
        False,
        "answered",
        True,
    )
    tab.page.goto(f"{site.url}/console")
    is_live(tab)
    press(tab, "Mute Ann")
    expect(row(tab, "Ann")).to_contain_text("muted by a moderator")


# Other sites

EVIL = """<!doctype html>
<iframe name="sink" src="{url}/console"></iframe>
<form method="post" target="sink" action="{url}/api/rooms/{room}/actions/mute-all"></form>
<form method="post" target="sink" action="{url}/api/rooms/{room}/actions/mute-all"
  enctype="text/plain"><input name='{{"newcomers":"' value='yes"}}'></form>
<form method="post" target="sink" action="{url}/api/rooms/{room}/actions/end"></form>
<form method="post" target="sink" action="{url}/console/sign-out"></form>
<script>
  const act = "{url}/api/rooms/{room}/actions/";
  const seen = [];
  const ask = (path, options) => fetch(path, {{credentials: "include", ...options}})
    .then((answer) => answer.text()).then((text) => text && seen.push(text)).catch(() => 0);
  window.tried = (async () => {{
    for (const form of document.forms) {{
      const loaded = new Promise((resolve) => document.querySelector("iframe").onload = resolve);
      form.submit();
      await loaded;
    }}
    for (const verb of ["mute-all", "end"]) {{
      await ask(act + verb, {{method: "POST"}});
      await ask(act + verb, {{method: "POST", mode: "no-cors", body: "{{}}"}});
      await ask(act + verb, {{method: "POST", body: "{{}}", headers: {{
        "Content-Type": "application/json", "X-CSRF-Token": "guessed"}}}});
    }}
    await ask("{url}/api/rooms/{room}");
    await ask("{url}/console");
    return seen;
  }})();
</script>"""


@pytest.fixture
def evil(site: Site) -> Iterator[int]:
    """The port of another server on this machine. Cookies are sent to all ports of a host."""
    page = EVIL.format(url=site.url, room=ROOM).encode()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("Content-Type", "text/html")
            self.send_header("Content-Length", str(len(page)))
            self.end_headers()
            self.wfile.write(page)

        def log_message(self, format: str, *args: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    yield server.server_port
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost"])
def test_another_site_does_nothing_and_sees_nothing(
    site: Site, tab: Tab, evil: int, host: str
) -> None:
    """The console's site is 127.0.0.1, whatever the port: requests from there have the cookie."""
    legs = [site.calls_in(BOB), site.is_called(ANN, "Ann")]
    site.sign_in(tab)
    cookies = tab.page.context.cookies()
    assert [(each["httpOnly"], each["sameSite"]) for each in cookies] == [(True, "Strict")]
    tab.expects("")  # each try is refused in its own way
    refused = len(tab.problems)
    with tab.page.context.expect_page() as found:
        tab.page.evaluate(f"window.open('http://{host}:{evil}/')")
    assert found.value.evaluate("window.tried") == []
    assert len(tab.problems) > refused
    shown = site.room()
    assert [each["muted"] for each in shown["participants"]] == [False, False]
    assert not shown["newcomers_muted"]
    assert {leg.state for leg in legs} == {"answered"}
    tab.page.reload()
    is_live(tab)


# Names that callers choose

NAMES = {
    "script": "<script>document.title='taken'</script>",
    "picture": '"><img src=x onerror="document.title=\'taken\'">',
    "address": "javascript:document.title='taken'",
    "markup": "<b>Ann</b> &amp; {{ 7 * 7 }}",
    "backwards": "Ann \u202e\u2066drawkcab\u2069 Bob",
    "control": "A\x07n\x00n\n",
    "long": "W" * 10_000,
}
REFUSED = ("backwards", "control", "long")
CONTROLS = {*map(chr, (*range(9), *range(14, 32), *range(0x202A, 0x202F), *range(0x2066, 0x206A)))}


@pytest.mark.parametrize("name", NAMES)
def test_a_label_is_refused_or_shown_as_text(site: Site, tab: Tab, name: str) -> None:
    site.telnyx.phone(ANN).when_called(0.5)
    wanted = {"to": ANN, "label": NAMES[name]}
    status, _ = site.send(f"/api/rooms/{ROOM}/participants", wanted)
    assert status == (400 if name in REFUSED else 202)
    site.sign_in(tab)
    if name in REFUSED:
        expect(tab.page.get_by_text("Nobody is here.")).to_be_visible()
    else:
        expect(row(tab, NAMES[name])).to_be_visible()
    nothing_is_taken(tab)


@pytest.mark.parametrize("name", NAMES)
def test_a_callers_name_is_shown_as_text(site: Site, tab: Tab, name: str) -> None:
    """Where no request was that could be refused: as the number that a caller by SIP sends."""
    site.calls_in(NAMES[name][:200])
    site.sign_in(tab)
    expect(tab.page.locator("#list > li")).to_have_count(1)
    nothing_is_taken(tab)


def nothing_is_taken(tab: Tab) -> None:
    tab.page.get_by_text("Timeline of the meeting").click()
    tab.page.set_viewport_size(NARROW)
    assert tab.overflow() == 0
    assert "taken" not in tab.page.title()
    assert tab.page.locator("main :is(img, script, a[href^=javascript])").count() == 0
    assert not CONTROLS & set(tab.page.locator("body").inner_text())
