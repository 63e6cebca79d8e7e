"""A real Chromium, and tabs in it that report everything that goes wrong in a page.

    with chromium() as browser, opened(browser) as tab:
        tab.page.goto(url)
        expect(tab.page.get_by_role("heading")).to_have_text("Rooms")

`expect` polls until its deadline, and so does each click: a test never sleeps. In a page with
hundreds of rows use `wait_for`: there `expect` takes seconds to describe what it does not find yet.
"""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, Request, Response

playwright = pytest.importorskip(
    "playwright.sync_api",
    reason="Playwright is not installed: .venv/bin/pip install -r requirements-dev.txt",
)
expect = playwright.expect

PROGRAMS = ("chromium", "chromium-browser", "google-chrome")
WIDE, NARROW = {"width": 1280, "height": 800}, {"width": 390, "height": 844}
PATIENCE = 20_000  # milliseconds, as rigs.waiting has: it costs nothing but when a test fails
MAIN_THREAD = "CrRendererMain"
TASK = "ThreadControllerImpl::RunTask"

expect.set_options(timeout=PATIENCE)


@contextmanager
def chromium() -> Iterator[Browser]:
    """Start the Chromium of this machine, without a window.

    Skip the test where there is none. The browser of Playwright's own is never downloaded.
    """
    program = next(filter(None, map(shutil.which, PROGRAMS)), None)
    if program is None:
        pytest.skip("no Chromium is installed: apt-get install chromium")
    sandbox = ["--no-sandbox"] if os.geteuid() == 0 else []  # Chromium refuses to start as root
    with playwright.sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=program, args=sandbox)
        try:
            yield browser
        finally:
            browser.close()


@dataclass
class Tab:
    """A page with cookies and storage of its own.

    problems: each error and warning in the console, each exception of a script, each failed
    request and each answer from 400 on, in words.
    """

    page: Page
    problems: list[str] = field(default_factory=list)
    _expected: list[str] = field(default_factory=list)

    def expects(self, *texts: str) -> None:
        """Accept the problems that contain one of these texts."""
        self._expected += texts

    @property
    def unexpected(self) -> list[str]:
        return [each for each in self.problems if not any(text in each for text in self._expected)]

    def forget(self) -> None:
        """Forget the cookies, as the browser of another person has none."""
        self.page.context.clear_cookies()

    def overflow(self) -> int:
        """Return by how many pixels the page is wider than its window."""
        root = "document.scrollingElement"
        found: int = self.page.evaluate(f"{root}.scrollWidth - {root}.clientWidth")
        return found


@contextmanager
def traced(browser: Browser) -> Iterator[list[float]]:
    """Measure the tasks of all pages; the result has, after the block, the milliseconds of each.

    These are of CPU: other work on the machine lengthens a task and is not the page's fault. The
    block must not use `expect`, since what it does in the page would count, too.
    """
    found: list[float] = []
    browser.start_tracing(categories=["toplevel"])
    try:
        yield found
    finally:
        events = json.loads(browser.stop_tracing())["traceEvents"]
    names = [event for event in events if event["name"] == "thread_name"]
    pages = {(e["pid"], e["tid"]) for e in names if e["args"]["name"] == MAIN_THREAD}
    tasks = (event for event in events if event["name"] == TASK and "tdur" in event)
    found += [each["tdur"] / 1000 for each in tasks if (each["pid"], each["tid"]) in pages]


@contextmanager
def opened(browser: Browser, **options: Any) -> Iterator[Tab]:
    """Open an empty tab, and fail in the end if anything went wrong that was not expected.

    options: of Playwright's `Browser.new_context`.
    """
    context = browser.new_context(**{"viewport": WIDE, **options})
    context.set_default_timeout(PATIENCE)
    tab = Tab(context.new_page())
    _watch(context, tab.problems)
    try:
        yield tab
    finally:
        context.close()
    assert not tab.unexpected, "\n".join(tab.unexpected)


def _watch(context: BrowserContext, problems: list[str]) -> None:
    def said(message: ConsoleMessage) -> None:
        answered = message.text.startswith("Failed to load resource")  # `answer` has it, with more
        if message.type in ("error", "warning") and not answered:
            problems.append(f"{message.type} in the console: {message.text}")

    def failed(request: Request) -> None:
        if request.failure != "net::ERR_ABORTED":  # a page that is left, or its own abort
            problems.append(f"{request.method} {request.url}: {request.failure}")

    def answer(response: Response) -> None:
        if response.status >= 400:
            problems.append(f"{response.request.method} {response.url}: {response.status}")

    context.on("console", said)
    context.on("weberror", lambda error: problems.append(f"exception: {error.error}"))
    context.on("requestfailed", failed)
    context.on("response", answer)
