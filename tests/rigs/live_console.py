"""The line by the Procfile beside a simulated Telnyx, and moderators who open its console.

with site(folder) as here, chromium() as browser, opened(browser) as tab:
    here.calls_in(ANN)
    here.sign_in(tab)
    expect(row(tab, ANN)).to_be_visible()
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.error import HTTPError
from urllib.request import Request, urlopen

from rigs.browser import Tab
from rigs.people import NUMBER
from rigs.recorded import TEST_KEY
from rigs.servers import API_KEY, GUNICORN, Server, run
from rigs.waiting import until

from conference.core.client_state import ClientState, encode
from conference.simulator import CONNECTION_ID, Leg, SimulatedTelnyx

if TYPE_CHECKING:
    from playwright.sync_api import Locator

TOKEN = "the-control-token-of-the-browser-tests"
ROOM = "demo-conference"
SPEED = 20.0  # simulated seconds in one, so that a greeting takes a third of a second


@dataclass
class Site:
    """A running line, its address, which outlasts a restart, and its simulated Telnyx."""

    telnyx: SimulatedTelnyx
    server: Server
    _folder: Path
    _stack: ExitStack
    _settings: dict[str, str]

    @property
    def url(self) -> str:
        return self.server.url

    @contextmanager
    def down(self) -> Iterator[None]:
        """End the server as a deployment does. After the block it is back at the same address."""
        assert self.server.end() == 0
        try:
            yield
        finally:
            again = run(GUNICORN, self._folder, port=self.server.port, **self._settings)
            self.server = self._stack.enter_context(again)
            self.server.up()

    # Callers

    def calls_in(self, number: str) -> Leg:
        """Let a caller dial, and wait until the caller is in the conference."""
        return self._let_in(self.telnyx.phone(number).dial())

    def is_called(self, number: str, label: str, room: str = ROOM) -> Leg:
        """Call someone into a room under a name, and wait until the person is in the conference."""
        self.telnyx.phone(number).when_called(0.5)
        state = ClientState(room, direction="outgoing", number=number, label=label)
        return self._let_in(self.telnyx.place_call(number, client_state=encode(state)))

    def speaks(self, leg: Leg) -> None:
        """Give a caller the floor."""
        about = {"call_control_id": leg.call_control_id, "conference_id": leg.conference}
        self.telnyx.send("conference.floor.changed", about)

    def empty(self) -> None:
        """Let everyone hang up, and wait until the line knows it: the meetings are over."""
        for leg in self.telnyx.legs:
            if leg.state != "ended":
                self.telnyx.phone(leg.number).hang_up()
        until(lambda: self.ask("/api/health")["participants"] == 0, "everyone has left")

    @staticmethod
    def _let_in(leg: Leg) -> Leg:
        until(lambda: leg.conference is not None, f"{leg.number} is let in")
        return leg

    # Requests by the control token

    def send(self, path: str, body: Any = None, **headers: str) -> tuple[int, Any]:
        """Return the status and the JSON of the answer. With a body it is a POST."""
        raw = None if body is None else json.dumps(body).encode()
        request = Request(self.url + path, raw, {"Authorization": f"Bearer {TOKEN}", **headers})
        try:
            with urlopen(request, timeout=10) as response:
                return response.status, json.load(response)
        except HTTPError as problem:
            return problem.code, json.load(problem)

    def ask(self, path: str, body: Any = None) -> Any:
        status, answer = self.send(path, body)
        assert status < 300, answer
        return answer

    def room(self, name: str = ROOM) -> dict[str, Any]:
        found: dict[str, Any] = self.ask(f"/api/rooms/{name}")
        return found

    def link(self, room: str = ROOM, minutes: int = 60) -> str:
        """Return the address of a new link to a room's console."""
        address: str = self.ask(f"/api/rooms/{room}/links", {"minutes": minutes})["url"]
        return address

    # Pages

    def sign_in(self, tab: Tab) -> None:
        """Sign in with the control token, and wait for the room."""
        tab.page.goto(f"{self.url}/console")
        tab.page.get_by_label("Control token").fill(TOKEN)
        tab.page.get_by_role("button", name="Sign in").click()
        is_live(tab)


@contextmanager
def site(folder: Path, **settings: str) -> Iterator[Site]:
    """Run the line and its Telnyx until the block ends. settings: of the line."""
    with ExitStack() as stack:
        telnyx = stack.enter_context(SimulatedTelnyx("", TEST_KEY, API_KEY, speed=SPEED))
        given = {
            "TELNYX_API_KEY": API_KEY,
            "TELNYX_BASE_URL": telnyx.base_url,
            "TELNYX_CONNECTION_ID": CONNECTION_ID,
            "TELNYX_NUMBER": NUMBER,
            "CONTROL_TOKEN": TOKEN,
            "DIAL_ALLOW": "+1312",
            "DIAL_PER_HOUR": "1000",
            **settings,
        }
        server = stack.enter_context(run(GUNICORN, folder, **given))
        server.up()
        telnyx.webhook_url = f"{server.url}/webhook"
        yield Site(telnyx, server, folder, stack, given)


def is_live(tab: Tab) -> None:
    """Wait until the console shows the room as it is now."""
    tab.page.wait_for_selector("body[data-is=live]")  # costs less than `expect` in a large page


def row(tab: Tab, name: str) -> Locator:
    """Return the row of the participant with this name or number."""
    people = tab.page.get_by_role("list", name="Participants, in the order of their calls")
    exactly = tab.page.get_by_text(re.compile(f"^{re.escape(name)}$"))
    return people.get_by_role("listitem").filter(has=exactly)


def press(tab: Tab, name: str) -> None:
    """Press the one button with exactly this name."""
    tab.page.get_by_role("button", name=name, exact=True).click()
