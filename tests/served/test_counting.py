"""What `/metrics` counts: stories on a line within this process, and the figures afterwards.

Needs requirements-scaling.txt.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import replace
from itertools import pairwise

import pytest
from nacl.signing import SigningKey
from rigs.core import EMPTY
from rigs.figures import Figures, figures
from rigs.lines import CALL, CONFERENCE, TestLine, WillingApi, test_line
from rigs.people import TOKEN
from rigs.recorded import make, post, recorded
from rigs.texml_forms import FETCH, JOIN, send
from rigs.waiting import until

from conference.clock import Clock
from conference.core.change import Change
from conference.core.commands import Command, Create, Hangup
from conference.core.events import DeadlinePassed, Outcome
from conference.core.outcomes.meanings import DROPPED
from conference.core.parts import Reconciliation
from conference.engine import dispatch
from conference.registry import Commit, MemoryRegistry, Unavailable
from conference.reporting.metric_table import TABLE
from conference.reporting.metrics import Metrics
from conference.web.wrong_tokens import FREE

pytest.importorskip("prometheus_client")
parser = pytest.importorskip("prometheus_client.parser")

READER = {"Authorization": f"Bearer {TOKEN}"}
ANOTHER_KEY = SigningKey(bytes(32))


def read(line: TestLine) -> Figures:
    response = line.client.get("/metrics", headers=READER)
    assert (response.status_code, response.mimetype) == (200, "text/plain")
    return figures(response.text)


def webhooks(line: TestLine) -> dict[tuple[str, ...], float]:
    """The requests of Telnyx, by outcome and type."""
    found = read(line)
    return {key[1:]: n for key, n in found.items() if key[0] == "conference_webhooks_total"}


def of(metrics: Metrics) -> Figures:
    return figures(metrics.text()[0].decode())


@pytest.fixture
def line() -> Iterator[TestLine]:
    with test_line(metrics_token=TOKEN) as line:
        yield line


# The table


def test_each_metric_of_the_table_is_shown_and_no_other(line: TestLine) -> None:
    text = line.client.get("/metrics", headers=READER).text
    shown = {
        (family.name + ("_total" if family.type == "counter" else ""), family.type)
        for family in parser.text_string_to_metric_families(text)
    }
    assert shown == {(metric.name, metric.type) for metric in TABLE}


def test_the_labels_are_those_of_the_table(line: TestLine) -> None:
    line.happens("call.initiated")
    text = line.client.get("/metrics", headers=READER).text
    for family in parser.text_string_to_metric_families(text):
        (metric,) = (m for m in TABLE if m.name.removesuffix("_total") == family.name)
        for sample in family.samples:
            assert sample.labels.keys() - {"le"} == {*metric.labels}


def test_openmetrics_on_request(line: TestLine) -> None:
    accept = {"Accept": "application/openmetrics-text; version=1.0.0"}
    response = line.client.get("/metrics", headers=READER | accept)
    assert response.mimetype == "application/openmetrics-text"
    assert response.text.endswith("# EOF\n")


def test_nothing_private_is_in_it(line: TestLine) -> None:
    line.happens(
        *("call.initiated", "call.answered", "call.speak.ended", "conference.created"),
        *("conference.participant.joined", "call.dtmf.received", "call.hangup"),
    )
    text = line.client.get("/metrics", headers=READER).text
    payload = recorded("call.initiated")["data"]["payload"]
    for private in (CALL, CONFERENCE, "demo-conference", payload["from"], payload["to"], TOKEN):
        assert private.strip("+") not in text


# Webhooks


def test_webhooks_by_type_and_outcome(line: TestLine) -> None:
    answered = make("call.answered")
    for _ in range(3):
        assert post(line.client, answered).status_code == 200
    assert post(line.client, make("call.initiated", direction="outgoing")).status_code == 200
    assert post(line.client, b"{}").status_code == 400
    assert post(line.client, make("call.answered"), key=ANOTHER_KEY).status_code == 401
    assert line.client.post("/webhook", data=b"x" * (1024 * 1024 + 1)).status_code == 413
    assert webhooks(line) == {
        ("ignored", "call.answered"): 3,
        ("ignored", "call.initiated"): 1,
        ("malformed", "other"): 1,
        ("not genuine", "other"): 1,
        ("too large", "other"): 1,
    }


def test_a_repeated_webhook_is_no_applied_one(line: TestLine) -> None:
    body = make("call.initiated")
    for _ in range(3):
        assert post(line.client, body).status_code == 200
    assert webhooks(line) == {("applied", "call.initiated"): 1, ("repeated", "call.initiated"): 2}


def test_a_stranger_makes_no_label(line: TestLine) -> None:
    line.happens("call.initiated")
    for n in range(5):
        body = make("call.bridged")
        body["data"]["event_type"] = f"call.made-up-{n}"
        assert post(line.client, body).status_code == 200
    assert webhooks(line) == {("applied", "call.initiated"): 1, ("ignored", "other"): 5}


def test_the_forms_of_texml(line: TestLine) -> None:
    for path, form, status in (
        ("/texml", FETCH, 200),
        ("/texml/status", JOIN, 204),
        ("/texml/status", JOIN, 204),
        ("/texml/status", {"CallStatus": "completed"}, 204),
        ("/texml", {"CallStatus": "completed"}, 204),
        ("/texml/wait/blue", FETCH, 200),
        ("/texml/pin/1", FETCH, 404),
    ):
        assert send(line, path, form).status_code == status, path
    assert webhooks(line) == {
        ("applied", "texml-instructions"): 1,
        ("ignored", "texml-instructions"): 1,
        ("applied", "participant-join"): 1,
        ("repeated", "participant-join"): 1,
        ("ignored", "other"): 1,
        ("applied", "texml-wait"): 1,
        ("malformed", "texml-pin"): 1,
    }


def test_overload(line: TestLine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(dispatch, "BACKLOG", 0)
    assert post(line.client, make("call.initiated")).status_code == 503
    assert webhooks(line) == {("overloaded", "call.initiated"): 1}


def test_a_registry_out_of_reach(line: TestLine, monkeypatch: pytest.MonkeyPatch) -> None:
    def commit(*given: object, **named: object) -> Commit | None:
        raise Unavailable("gone")

    monkeypatch.setattr(line.engine.registry, "commit", commit)
    assert post(line.client, make("call.initiated")).status_code == 503
    assert webhooks(line) == {("unavailable", "call.initiated"): 1}
    assert read(line)["conference_unavailable_total",] == 1


def test_a_fault_of_ours(line: TestLine, monkeypatch: pytest.MonkeyPatch) -> None:
    def look_up(*given: object) -> None:
        raise LookupError

    line.client.application.config["PROPAGATE_EXCEPTIONS"] = False
    monkeypatch.setattr(line.engine.registry, "look_up", look_up)
    assert post(line.client, make("call.initiated")).status_code == 500
    assert webhooks(line) == {("failed", "call.initiated"): 1}


def test_the_time_to_the_answer_is_of_genuine_webhooks(line: TestLine) -> None:
    line.happens("call.initiated", "call.answered")
    post(line.client, b"{}")
    post(line.client, make("call.answered"), key=ANOTHER_KEY)
    found = read(line)
    assert found["conference_ack_seconds_count",] == 2
    assert 0 < found["conference_ack_seconds_sum",] < 20


def test_forged_ones_have_a_signature(line: TestLine) -> None:
    post(line.client, make("call.answered"), key=ANOTHER_KEY)
    post(line.client, make("call.answered"), now=time.time() - 3600)
    line.client.post("/webhook", data=b"{}")
    assert read(line)["conference_forged_signatures_total",] == 2
    assert webhooks(line) == {("not genuine", "other"): 3}


def test_wrong_tokens(line: TestLine) -> None:
    wrong = {"Authorization": "Bearer another-token-of-the-tests"}
    for _ in range(FREE + 1):
        line.client.get("/metrics", headers=wrong)
    line.client.get("/metrics")
    assert read(line)["conference_wrong_tokens_total",] == FREE + 1


# Rooms and commands


def test_rooms_and_their_calls(line: TestLine) -> None:
    assert read(line)["conference_rooms",] == 0
    line.happens("call.initiated")
    line.happens("call.initiated", call_control_id="another")
    found = read(line)
    assert (found["conference_rooms",], found["conference_participants",]) == (1, 2)
    line.happens("call.hangup")
    line.happens("call.hangup", call_control_id="another")
    found = read(line)
    assert (found["conference_rooms",], found["conference_participants",]) == (0, 0)


class BusyApi(WillingApi):
    """A Telnyx that is busy at the first try of each command, and refuses to hang up."""

    def send(self, command: Command) -> Outcome:
        self.sent.append(command)
        status = 503 if command.attempt == 1 else 422 if isinstance(command, Hangup) else 200
        data = {"id": CONFERENCE} if isinstance(command, Create) else None
        return Outcome(command, time.time(), status=status, data=data)


def test_commands_by_what_the_answer_means() -> None:
    with test_line(api=BusyApi(), metrics_token=TOKEN) as line:
        line.happens("call.initiated")
        until(lambda: read(line).get(("conference_commands_total", "answer", "done")), "a retry")
        found = read(line)
        assert found["conference_commands_total", "answer", "busy"] == 1
        assert found["conference_commands_total", "answer", "done"] == 1
        assert found["conference_retries_total", "answer"] == 1
        assert found["conference_command_seconds_count",] == 1
        assert found["conference_command_seconds_sum",] > 0.1, "the retry's pause is in it"


def test_a_command_that_was_never_sent_is_dropped() -> None:
    metrics = Metrics(Clock())
    hangup = Hangup(call="A", at=100.0)
    metrics.observe(Change(EMPTY, EMPTY, Outcome(hangup, 130.0, 408, DROPPED)))
    found = of(metrics)
    assert found["conference_commands_total", "hangup", "dropped"] == 1
    assert found["conference_command_seconds_count",] == 0


def test_the_seconds_of_commands_are_real_ones() -> None:
    metrics = Metrics(Clock(10.0))
    metrics.observe(Change(EMPTY, EMPTY, Outcome(Hangup(call="A", at=100.0), 130.0)))
    assert of(metrics)["conference_command_seconds_sum",] == 3.0


def test_repairs() -> None:
    metrics = Metrics(Clock())
    rooms = [replace(EMPTY, reconciliation=Reconciliation(healed=n)) for n in (0, 2, 2, 3, 0)]
    for before, after in pairwise(rooms):
        metrics.observe(Change(before, after, DeadlinePassed(1.0)))
    assert of(metrics)["conference_healed_total",] == 3


class WaitingApi(WillingApi):
    """A Telnyx in which each command waits until `line` has shown its backlog."""

    line: TestLine
    backlog = 0.0

    def send(self, command: Command) -> Outcome:
        self.backlog = read(self.line)["conference_backlog",]
        return super().send(command)


def test_the_backlog() -> None:
    api = WaitingApi()
    with test_line(api=api, metrics_token=TOKEN) as line:
        api.line = line
        line.happens("call.initiated")
        assert api.backlog == 1
        assert read(line)["conference_backlog",] == 0


def test_rooms_that_another_process_has_taken_over_count_no_more(line: TestLine) -> None:
    line.happens("call.initiated")
    assert read(line)["conference_rooms",] == 1
    line.services.metrics.keep_rooms(line.engine.registry.rooms_at_home)
    assert read(line)["conference_rooms",] == 1
    line.services.metrics.keep_rooms(MemoryRegistry(lambda name: EMPTY).rooms_at_home)
    found = read(line)
    assert (found["conference_rooms",], found["conference_participants",]) == (0, 0)


# Callbacks


def test_callbacks_that_wait_and_that_are_dropped() -> None:
    with test_line(metrics_token=TOKEN, status_callback="http://127.0.0.1:9/") as line:
        metrics = line.services.metrics
        line.happens("call.initiated", "call.answered", "call.speak.ended", "conference.created")
        line.happens("conference.participant.joined")
        waiting = read(line)["conference_callbacks_waiting",]
        assert waiting > 0
    assert isinstance(metrics, Metrics)
    assert of(metrics)["conference_callbacks_dropped_total",] == waiting
