"""The engine: each event counts once, commands are sent without the lock, nothing is lost."""

from __future__ import annotations

import logging
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from signal import SIGCHLD, SIGHUP, SIGTERM

import pytest
from rigs.lines import CALL, TestLine, WillingApi, test_line
from rigs.recorded import PUBLIC_KEY, make, post
from rigs.waiting import until

from conference.clock import Clock
from conference.core.commands import SNAPSHOT, Answer, Command, PassThrough, Speak, TakeSnapshot
from conference.core.events import ModeratorRequest, Outcome, Refused, SnapshotWanted
from conference.engine import Api, Overloaded, dispatch
from conference.engine.request_tracking import Key
from conference.engine.timers import Timers
from conference.private_folder import private_folder
from conference.reporting.rate_limited_log import RateLimitedLog
from conference.reporting.telnyx_errors import error_of
from conference.serving import reloading
from conference.serving.reloading import make_reload_careful, reason_against

ROOM = "demo-conference"


def test_fifty_deliveries_of_one_event_count_once(line: TestLine) -> None:
    event = make("call.initiated")
    with ThreadPoolExecutor(20) as pool:
        answers = list(pool.map(lambda _: post(line.client, event).status_code, range(50)))
    assert answers == [200] * 50
    assert line.engine.idle(5)
    assert [type(c) for c in line.api.sent] == [Answer]


def test_a_request_that_another_thread_has_just_applied_is_a_repetition(line: TestLine) -> None:
    """Both found that it had not been made."""
    line.happens("call.initiated", "call.answered", client_state=None)
    lock = ModeratorRequest("lock", time.time(), "key")

    def moderate(digest: str) -> bool:
        return line.engine.moderate("demo-conference", lock, key=Key("key", digest)).repeated

    assert [moderate("digest"), moderate("digest")] == [False, True]
    with pytest.raises(Refused) as refused:
        moderate("another")
    assert refused.value.kind == "key-reused"


def test_the_ack_does_not_wait_for_telnyx(line: TestLine, monkeypatch: pytest.MonkeyPatch) -> None:
    answers = threading.Event()

    def send(command: Command) -> Outcome:
        answers.wait(10)
        return Outcome(command, time.time())

    monkeypatch.setattr(line.api, "send", send)
    assert post(line.client, make("call.initiated")).status_code == 200
    assert post(line.client, make("call.hangup")).status_code == 200, "the room is not locked"
    assert not line.engine.idle(0)
    answers.set()
    assert line.engine.idle(5)


def test_webhooks_count_while_the_sdk_is_loaded(
    line: TestLine, monkeypatch: pytest.MonkeyPatch
) -> None:
    counted, in_time = threading.Event(), []

    def prepare() -> None:
        in_time.append(counted.wait(5))

    monkeypatch.setattr(line.api, "prepare", prepare)
    line.engine.start()
    assert post(line.client, make("call.initiated")).status_code == 200
    assert list(line.room.participants) == [CALL]
    counted.set()
    until(lambda: in_time == [True], "the webhook counted meanwhile")


def test_an_sdk_that_cannot_be_loaded_is_logged(
    line: TestLine, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def prepare() -> None:
        raise ImportError("no telnyx")

    monkeypatch.setattr(line.api, "prepare", prepare)
    line.engine.start()
    until(lambda: "ImportError: no telnyx" in caplog.text, "it is in the log")
    assert "lists cannot be read" in caplog.text


def test_past_the_backlog_webhooks_are_refused_and_count_when_they_come_again(
    line: TestLine, monkeypatch: pytest.MonkeyPatch
) -> None:
    event = make("call.initiated")
    with monkeypatch.context() as full:
        full.setattr(dispatch, "BACKLOG", 0)
        refused = post(line.client, event)
        assert (refused.status_code, refused.headers["Retry-After"]) == (503, "2")
        assert line.room.participants == {}
    assert post(line.client, event).status_code == 200
    assert list(line.room.participants) == [CALL]
    with monkeypatch.context() as full:
        full.setattr(dispatch, "BACKLOG", 0)
        assert post(line.client, make("call.hangup")).status_code == 200, (
            "a hangup lightens the load"
        )
    assert line.room.participants == {}


def test_snapshots_that_wait_keep_no_caller_out(
    line: TestLine, monkeypatch: pytest.MonkeyPatch
) -> None:
    answers, send = threading.Event(), line.api.send

    def slow_lists(command: Command) -> Outcome:
        if isinstance(command, TakeSnapshot):
            answers.wait(10)
        return send(command)

    monkeypatch.setattr(line.api, "send", slow_lists)
    monkeypatch.setattr(dispatch, "BACKLOG", 1)
    try:
        for n in range(20):
            line.engine.apply(f"room-{n}", SnapshotWanted(time.time()))
        assert not line.engine.idle(0)
        assert post(line.client, make("call.initiated")).status_code == 200
    finally:
        answers.set()
    assert line.engine.idle(5)


def test_a_command_that_cannot_be_sent_is_retried(
    line: TestLine, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    send, tries = line.api.send, []

    def breaks_once(command: Command) -> Outcome:
        tries.append(command)
        if len(tries) == 1:
            raise RuntimeError("no more sockets")
        return send(command)

    monkeypatch.setattr(line.api, "send", breaks_once)
    line.happens("call.initiated")
    until(lambda: len(tries) == 2, "it is retried")
    assert "room demo-conference: answer could not be sent" in caplog.text
    assert [type(c) for c in tries] == [Answer, Answer]


def test_a_deadline_is_applied_in_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("conference.core.outcomes.of_calls.speech_seconds", lambda text: 0.05)
    with test_line() as line:
        line.happens("call.initiated", "call.answered")
        assert isinstance(line.api.sent[-1], Speak)
        until(lambda: bool(line.room.conference), "the caller goes in without a speak.ended")


def test_a_new_speaker_costs_no_memory_and_no_line_of_log(
    line: TestLine, caplog: pytest.LogCaptureFixture
) -> None:
    line.happens("call.initiated", "call.answered", "call.speak.ended")
    line.happens("conference.created", "conference.participant.joined")
    caplog.clear()
    caplog.set_level("DEBUG", "conference")
    seen = dict(line.engine.registry._seen)
    line.happens("conference.floor.changed")
    assert line.room.speaker == CALL
    assert line.engine.registry._seen == seen
    assert caplog.text == ""


def test_the_health_check_reports_draining(line: TestLine) -> None:
    assert line.client.get("/healthz").json == {"status": "ok"}
    assert line.engine.drain(1)
    answer = line.client.get("/healthz")
    assert (answer.status_code, answer.json) == (503, {"status": "draining"})


def test_an_ignored_event_is_logged_once(line: TestLine, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("INFO", "conference")
    line.happens("call.cost", "call.cost", "call.bridged")
    assert caplog.text.count("call.cost of a call that is not ours") == 1
    assert caplog.text.count("call.bridged of a call that is not ours") == 1


def test_the_end_waits_for_no_list_and_drops_it() -> None:
    reads, ended = threading.Event(), threading.Event()
    in_time: list[bool] = []

    class Slow(WillingApi):
        def send(self, command: Command) -> Outcome:
            reads.set()
            in_time.append(ended.wait(10))
            return super().send(command)

    with test_line(api=Slow()) as line:
        line.engine.apply("demo-conference", SnapshotWanted(time.time()))
        assert reads.wait(10)
        line.engine.stop()
        ended.set()
        assert SNAPSHOT in line.room.pending, "the next server reads it again"
    assert in_time == [True]


def test_what_happens_after_the_end_sends_nothing_and_fails_nowhere(
    line: TestLine, caplog: pytest.LogCaptureFixture
) -> None:
    """A list that was being read when the server ended gives reasons for commands."""
    line.engine.stop()
    line.happens("call.initiated", "call.answered")
    assert line.api.sent == []
    assert "Traceback" not in caplog.text


@pytest.mark.parametrize(
    ("signals", "handled"),
    [
        ([], []),
        ([SIGHUP], [SIGHUP]),
        ([SIGHUP] * 5, [SIGHUP]),
        ([SIGHUP, SIGTERM, SIGHUP], [SIGHUP, SIGTERM]),
        ([SIGCHLD, SIGCHLD, SIGHUP], [SIGCHLD, SIGCHLD, SIGHUP]),
    ],
)
def test_one_reload_is_enough_for_several_signals(signals: list[int], handled: list[int]) -> None:
    class Master:
        log = logging.getLogger("conference")

        def reload(self) -> None: ...

        def wait_for_signals(self, timeout: float) -> list[int]:
            return signals

    master = Master()
    make_reload_careful(master)
    assert master.wait_for_signals(1.0) == handled


def test_a_reload_needs_the_private_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    class Master:
        class app:
            @staticmethod
            def wsgi() -> None: ...

    folder = tmp_path / "folder"
    folder.mkdir(mode=0o755)
    (tmp_path / ".env").write_text(f"TELNYX_API_KEY=KEY\nTELNYX_PUBLIC_KEY={PUBLIC_KEY}\n")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(reloading, "private_folder", lambda: private_folder([folder]))
    what = f"{folder} must be open to this user and nobody else: chmod 700 {folder}"
    assert reason_against(Master) == f"worker: {what}"
    folder.chmod(0o700)
    assert reason_against(Master) == ""


class TestTimers:
    @pytest.mark.parametrize("factor", [1, 20])
    def test_only_the_time_set_last_counts(self, factor: float) -> None:
        due: list[str] = []
        clock = Clock(factor)
        timers = Timers(due.append, clock)
        now = clock()
        timers.set("never", now + 0.05)
        timers.set("never", None)
        timers.set("later", now + 3600)
        timers.set("soon", now + 3600)
        timers.set("soon", now + 0.1 * factor)
        until(lambda: due == ["soon"], "it is due")
        timers.set("again", now)
        until(lambda: due == ["soon", "again"], "a past time is due at once")
        timers.stop()

    def test_replaced_times_are_removed(self) -> None:
        timers, far = Timers(lambda name: None, Clock()), time.time() + 3600
        for n in range(1000):
            timers.set("often", far + n)
        assert len(timers._times) < 100
        timers.stop()

    def test_no_thread_runs_before_the_first_timer(self) -> None:
        threads = threading.active_count()
        Timers(lambda name: None, Clock()).stop()
        assert threading.active_count() == threads


def test_the_lines_that_a_limit_suppresses_are_counted(caplog: pytest.LogCaptureFixture) -> None:
    now = [0.0]
    limited = RateLimitedLog(clock=lambda: now[0])
    for at in (0, 1, 2, 10.5):
        now[0] = at
        limited.warn("forged", "a webhook was refused")
    assert [r.message for r in caplog.records] == [
        "a webhook was refused",
        "a webhook was refused (2 more like it before)",
    ]


def test_an_error_has_telnyxs_name_of_the_command() -> None:
    asked = PassThrough("call", CALL, "record_start", {}, "request")
    _, line = error_of(Outcome(asked, 0.0, 422, "10015", "No."))
    assert line == "Telnyx refuses record_start (422): 10015 No."


def test_the_willing_api_is_an_api() -> None:
    api: Api = WillingApi()
    assert api.send(Answer(CALL, None)).status == 200  # type: ignore[arg-type]


def test_webhooks_are_refused_where_the_home_of_their_room_has_too_much_to_send(
    line: TestLine, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Another process sends its commands."""
    monkeypatch.setattr(line.engine.registry, "overloaded", lambda room: room == ROOM)
    assert post(line.client, make("call.initiated")).status_code == 503
    assert post(line.client, make("call.hangup")).status_code == 200, "it lightens the load"
    lock = ModeratorRequest("lock", time.time(), "request-1")
    with pytest.raises(Overloaded):
        line.engine.moderate(ROOM, lock)
    with pytest.raises(Refused):
        line.engine.moderate("another", lock)


def test_a_repeated_webhook_is_answered_also_under_overload(
    line: TestLine, monkeypatch: pytest.MonkeyPatch
) -> None:
    event = make("call.initiated")
    assert post(line.client, event).status_code == 200
    monkeypatch.setattr(line.engine.registry, "overloaded", lambda room: True)
    assert post(line.client, event).status_code == 200
