"""Whether calls can be served: `/readyz`, and the answers while the registry cannot be reached."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from rigs.console import BEARER
from rigs.documents import PAGES, rows, section
from rigs.lines import TestLine, WillingApi, test_line
from rigs.people import TOKEN
from rigs.recorded import make, post
from rigs.texml_forms import FETCH, JOIN, send

from conference.core.change import Change
from conference.core.commands import Command
from conference.core.events import Outcome, Webhook
from conference.core.room import Room
from conference.core.texml.facts import StatusCallback
from conference.engine import dispatch
from conference.registry import Commit, MemoryRegistry, Unavailable
from conference.registry.contract import Found, Note
from conference.reporting.server_health import KEY_REFUSED_LASTS
from conference.web.readiness import DRAINING, KEY_REFUSED, NOTHING_READ, OVERLOADED

GONE = "the store does not answer"
KEY = "KEY_that_nobody_may_see"


class RefusingApi(WillingApi):
    """A Telnyx that refuses commands with this status, as long as it is set."""

    status = 0

    def send(self, command: Command) -> Outcome:
        if not self.status:
            return super().send(command)
        return Outcome(command, time.time(), status=self.status, detail=f"no such key: {KEY}")


class Store(MemoryRegistry):
    """A registry whose store may be out of reach."""

    reached = True

    def _reach(self) -> None:
        if not self.reached:
            raise Unavailable(GONE)

    def commit(
        self,
        name: str,
        event_id: str,
        decide: Callable[[Room], Change],
        note: Note = lambda change, ours: None,
        digest: str = "",
    ) -> Commit | None:
        self._reach()
        return super().commit(name, event_id, decide, note, digest)

    def room(self, name: str) -> Room:
        self._reach()
        return super().room(name)

    def rooms(self) -> list[Room]:
        self._reach()
        return super().rooms()

    def look_up(self, event: Webhook | StatusCallback) -> Found:
        self._reach()
        return super().look_up(event)

    def unready(self) -> str:
        return "" if self.reached else f"rooms cannot be saved: {GONE}"


@pytest.fixture
def stored(monkeypatch: pytest.MonkeyPatch) -> Iterator[TestLine]:
    """A line whose rooms are in a store that can be out of reach."""
    monkeypatch.setattr("conference.MemoryRegistry", Store)
    with test_line(control_token=TOKEN) as line:
        yield line


def reach(line: TestLine, reached: bool) -> None:
    store = line.engine.registry
    assert isinstance(store, Store)
    store.reached = reached


def readiness(line: TestLine) -> tuple[int, dict[str, Any]]:
    response = line.client.get("/readyz")
    return response.status_code, response.get_json()


READY = (200, {"status": "ready"})


def not_ready(*reasons: str) -> tuple[int, dict[str, Any]]:
    return 503, {"status": "not ready", "reasons": [*reasons]}


def test_anyone_learns_that_it_is_ready(line: TestLine) -> None:
    assert readiness(line) == READY
    assert line.api.sent == [], "and Telnyx is not asked"


def test_a_draining_server_is_not_ready(line: TestLine) -> None:
    line.engine.draining = True
    assert readiness(line) == not_ready(DRAINING)
    assert line.client.get("/healthz").status_code == 503


@pytest.mark.parametrize("status", [401, 403])
def test_a_refused_key_counts_until_a_command_is_accepted(status: int) -> None:
    api = RefusingApi()
    with test_line(api=api, telnyx_api_key=KEY) as line:
        api.status = status
        line.happens("call.initiated")
        assert readiness(line) == not_ready(KEY_REFUSED)
        assert line.client.get("/healthz").status_code == 200
        api.status = 0
        line.happens("call.initiated", call_control_id="another")
        assert readiness(line) == READY


def test_a_refused_key_counts_no_longer_once_nothing_proves_it() -> None:
    """Else a server that gets no call because it is not ready would never be ready again."""
    with test_line() as line:
        health = line.services.server_health
        now = line.services.clock()
        health.note_error(now - KEY_REFUSED_LASTS + 10, "key refused", "")
        assert readiness(line) == not_ready(KEY_REFUSED)
        health.note_error(now - KEY_REFUSED_LASTS - 1, "key refused", "")
        assert readiness(line) == READY


def test_another_error_of_telnyx_does_not_count() -> None:
    api = RefusingApi()
    with test_line(api=api) as line:
        api.status = 422
        line.happens("call.initiated")
        assert line.services.server_health.errors_since > 0
        assert readiness(line) == READY


def test_a_line_that_reads_nothing_from_telnyx_is_not_ready() -> None:
    """Neither a list nor a command; a line that has just started is ready."""
    with test_line(telnyx_connection_id="1") as line:
        line.engine.compare()
        assert line.engine.idle(5)
        health, now = line.services.server_health, line.services.clock()
        health.started_at, health.accepted_at = now - 85, None
        assert readiness(line) == READY
        health.started_at = now - 95
        assert readiness(line) == not_ready(NOTHING_READ)
        assert line.client.get("/healthz").status_code == 200
        health.note_accepted(now - 85)
        assert readiness(line) == READY
    with test_line() as line:
        line.services.server_health.started_at -= 9999
        assert readiness(line) == READY, "without an application nothing is read"


def test_an_overloaded_server_is_not_ready(line: TestLine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(dispatch, "BACKLOG", 0)
    assert readiness(line) == not_ready(OVERLOADED)
    assert line.client.get("/healthz").status_code == 200


def test_without_its_store_it_is_not_ready_but_lives(stored: TestLine) -> None:
    assert readiness(stored) == READY
    reach(stored, False)
    assert readiness(stored) == not_ready(f"rooms cannot be saved: {GONE}")
    assert stored.client.get("/healthz").get_json() == {"status": "ok"}
    reach(stored, True)
    assert readiness(stored) == READY


def test_all_reasons_come_together(stored: TestLine) -> None:
    reach(stored, False)
    stored.engine.draining = True
    assert readiness(stored) == not_ready(DRAINING, f"rooms cannot be saved: {GONE}")


def test_the_page_says_what_to_do_about_each_reason() -> None:
    shown = [row[0].replace("`", "") for row in rows(section(PAGES["operating"], "Ready or not"))]
    assert {DRAINING, KEY_REFUSED, NOTHING_READ, OVERLOADED} <= {*shown}


# The answers while the store is out of reach


def test_telnyx_delivers_again(stored: TestLine, caplog: pytest.LogCaptureFixture) -> None:
    reach(stored, False)
    body = make("call.initiated")
    response = post(stored.client, body)
    assert (response.status_code, response.text) == (503, "unavailable\n")
    assert response.headers["Retry-After"] == "2"
    line = f"requests are refused (503): the rooms cannot be read or saved: {GONE}"
    assert line in caplog.messages
    reach(stored, True)
    assert post(stored.client, body).status_code == 200
    assert stored.engine.idle(5)
    assert [command.name for command in stored.api.sent] == ["answer"]


@pytest.mark.parametrize("path, form", [("/texml", FETCH), ("/texml/status", JOIN)])
def test_a_form_of_texml_comes_again(stored: TestLine, path: str, form: dict[str, str]) -> None:
    reach(stored, False)
    response = send(stored, path, form)
    assert (response.status_code, response.text) == (503, "unavailable\n")
    assert response.headers["Retry-After"] == "2"


def test_the_control_api_answers_with_a_problem(stored: TestLine) -> None:
    reach(stored, False)
    for response in (
        stored.client.get("/api/rooms", headers=BEARER),
        stored.client.post("/api/rooms/demo-conference/actions/lock", headers=BEARER),
    ):
        assert response.status_code == 503
        assert response.mimetype == "application/problem+json"
        problem = response.get_json()
        assert problem["type"] == "/problems/unavailable"
        assert GONE not in problem["detail"]
        assert response.headers["Retry-After"] == "2"
