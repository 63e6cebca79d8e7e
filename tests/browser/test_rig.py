"""The browser itself: whatever goes wrong in a page is reported, and what it costs is measured."""

from __future__ import annotations

from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import TYPE_CHECKING

import pytest
from rigs.axe import faults
from rigs.browser import Tab, opened, traced

if TYPE_CHECKING:
    from playwright.sync_api import Browser

PAGES = {
    "/good": "<!doctype html><html lang=en><title>Good</title><main><h1>Good</h1></main>",
    "/broken": "<!doctype html><script>nowhere.at.all</script>",
    "/complains": "<!doctype html><script>console.error('it hurts')</script>",
    "/inline": "<!doctype html><script>1</script>",
    "/missing": "<!doctype html><script src=gone.js></script>",
    "/busy": "<!doctype html><script>for (let n = 0; n < 2e8; n++);</script>",
    "/wide": "<!doctype html><body style='margin: 0'><div style='width: 2000px'>wide</div>",
    "/mute": "<!doctype html><html lang=en><title>Mute</title><main><h1>A</h1><img src='gone.png'>",
}
"""A page for each thing that can be wrong."""


class _Handler(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        page = PAGES.get(self.path, "")
        self.send_response(200 if page else 404)
        if self.path in ("/inline", "/mute"):
            self.send_header("Content-Security-Policy", "default-src 'none'")
        self.send_header("Content-Type", "text/html")
        self.send_header("Content-Length", str(len(page)))
        self.end_headers()
        self.wfile.write(page.encode())

    def log_message(self, format: str, *args: object) -> None:
        pass


@pytest.fixture(scope="module")
def site() -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Handler)
    thread = Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.mark.parametrize(
    ("path", "problem"),
    [
        ("/broken", "exception: nowhere is not defined"),
        ("/complains", "error in the console: it hurts"),
        ("/inline", "Content Security Policy"),
        ("/missing", "/gone.js: 404"),
    ],
)
def test_what_goes_wrong_fails_the_test_unless_expected(
    browser: Browser, site: str, path: str, problem: str
) -> None:
    with pytest.raises(AssertionError), opened(browser) as tab:
        tab.page.goto(site + path)
    (found,) = tab.problems
    assert problem in found
    with opened(browser) as tab:
        tab.expects(problem)
        tab.page.goto(site + path)


def test_a_request_that_nobody_answers_fails_the_test(browser: Browser, site: str) -> None:
    with pytest.raises(AssertionError), opened(browser) as tab:
        tab.page.goto(site + "/good")
        tab.page.evaluate("fetch('http://127.0.0.1:9/').catch(() => 0)")
    assert "net::ERR_" in tab.problems[-1]


def test_tabs_share_nothing(browser: Browser, site: str) -> None:
    with opened(browser) as one, opened(browser) as other:
        for tab in (one, other):
            tab.page.goto(site + "/good")
        one.page.evaluate("document.cookie = 'mine=1'")
        assert other.page.evaluate("document.cookie") == ""


def test_wide_pages_are_measured(tab: Tab, site: str) -> None:
    tab.page.goto(site + "/good")
    assert tab.overflow() == 0
    tab.page.goto(site + "/wide")
    assert tab.overflow() == 2000 - 1280


def test_the_tasks_of_a_page_are_measured(browser: Browser, tab: Tab, site: str) -> None:
    """By their CPU: other work on the machine does not count."""
    with traced(browser) as tasks:
        tab.page.goto(site + "/busy")
    assert len([each for each in tasks if each > 50]) == 1


def test_axe_finds_a_picture_without_words(tab: Tab, site: str) -> None:
    tab.page.goto(site + "/good")
    assert faults(tab.page) == []
    tab.expects("Content Security Policy", "gone.png: csp")  # which does not stop axe
    tab.page.goto(site + "/mute")
    (fault,) = faults(tab.page)
    assert fault.startswith("image-alt ") and fault.endswith(": img")
