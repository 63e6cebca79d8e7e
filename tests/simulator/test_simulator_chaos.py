"""Chaos: its effect on webhooks and requests, which a seed repeats in each run."""

from __future__ import annotations

import http.client
import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from rigs.simulator import SIGNING_KEY, Answer, Api, Receiver, Scene
from rigs.waiting import until

from conference.simulator import Chaos, Happened, SimulatedTelnyx
from conference.simulator.faults.chaos import Draws

ALL = (
    "duplicate=0.2,reorder=0.3,lose=0.05,delay=2s,error=0.1,limit=0.05,hang=0.02,drop=0.02,"
    "transient=0.04,drip=0.03"
)
NOBODY = "+13125550199"


def test_chaos_is_read_from_a_text() -> None:
    chaos = Chaos(0.2, 0.3, 0.05, 2, 0.1, 0.05, 0.02, 0.02, 0.04, 0.03, seed=7)
    assert Chaos.parse(ALL, seed=7) == chaos
    assert Chaos.parse(" lose = 1 , delay = 0.5 ") == Chaos(lose=1, delay=0.5)
    assert Chaos() == Chaos(0, 0, 0, 0, 0, 0, 0, 0, 0, 0, seed=0)
    assert str(chaos) == f"{ALL}, seed 7"


@pytest.mark.parametrize(
    ("text", "wrong"),
    [
        ("loose=0.1", "there is no 'loose', only duplicate, reorder, lose, delay, error, limit"),
        ("", "there is no ''"),
        ("lose=0.1,", "there is no ''"),
        ("seed=3", "there is no 'seed'"),
        ("lose", "lose needs a number, such as lose=0.1"),
        ("lose=2s", "lose needs a number, such as lose=0.1"),
        ("delay=long", "delay needs a number, such as delay=2s"),
        ("lose=1.1", "lose must be from 0 to 1"),
        ("lose=-0.1", "lose must be from 0 to 1"),
        ("lose=nan", "lose must be from 0 to 1"),
        ("delay=61s", "delay must be from 0 to 60 seconds"),
        ("lose=0.1,lose=0.2", "lose is there twice"),
    ],
)
def test_a_bad_text_is_refused(text: str, wrong: str) -> None:
    with pytest.raises(ValueError, match=wrong):
        Chaos.parse(text)


# The draws


def drawn(seed: int, text: str = "duplicate=0.3,lose=0.3,error=0.3,hang=0.3") -> list[object]:
    draws = Draws(Chaos.parse(text, seed))
    numbers = [f"+1312555{n:04d}" for n in range(20)]
    posts = [draws.webhook(number, "call.answered") for number in numbers * 2]
    return posts + [draws.request("POST", "AnswerCall", number) for number in numbers * 2]


def test_a_seed_gives_the_same_and_another_one_others() -> None:
    assert drawn(7) == drawn(7)
    assert len({str(drawn(seed)) for seed in range(10)}) == 10


def test_messages_about_other_calls_change_no_draw() -> None:
    chaos = Chaos.parse(ALL, 3)
    together, alone = Draws(chaos), Draws(chaos)
    seen = []
    for n in range(100):
        together.webhook(f"other {n}", "call.answered")
        together.request("POST", "AnswerCall", "other")
        seen.append(together.webhook("Ann", "call.answered"))
    assert seen == [alone.webhook("Ann", "call.answered") for _ in range(100)]
    assert len(set(seen)) > 90  # each repetition is another draw


BOTH = {
    "error": {"error 500", "error 503"},
    "hang": {"hang before", "hang after"},
    "transient": {"transient 408", "transient 409", "transient 422"},
    "drip": {"drip 1", "drip 4"},
}


@pytest.mark.parametrize("fault", ["error", "limit", "hang", "drop", "transient", "drip"])
def test_the_faults_of_requests_have_their_probability(fault: str) -> None:
    draws = Draws(Chaos.parse(f"{fault}=0.2"))
    got = [draws.request("GET", "ListConferences", "room") for _ in range(1000)]
    assert 150 < sum(bool(each) for each in got) < 250
    assert set(got) - {""} == BOTH.get(fault, {fault})
    assert min(got.count(each) for each in set(got)) > 40


def test_new_kinds_of_faults_change_no_draw_of_the_others() -> None:
    before = "error=0.1,limit=0.1,hang=0.1,drop=0.1"
    olds, news = Draws(Chaos.parse(before)), Draws(Chaos.parse(f"{before},transient=0.2,drip=0.2"))
    for _ in range(200):
        old, new = (draws.request("GET", "ListConferences", "room") for draws in (olds, news))
        assert new == old or (old, new[:2]) in (("", "tr"), ("", "dr"))


def test_the_faults_of_webhooks_have_their_probability() -> None:
    draws = Draws(Chaos(lose=0.2, duplicate=0.2, reorder=0.2, delay=2))
    got = [draws.webhook("Ann", "call.answered") for _ in range(1000)]
    assert 150 < [len(post.delays) for post in got].count(0) < 250
    assert 120 < [len(post.delays) for post in got].count(2) < 200
    assert 120 < ["held back" in post.fault for post in got].count(True) < 200
    again = sorted(post.delays[1] - post.delays[0] for post in got if len(post.delays) == 2)
    assert 0 <= again[0] < 0.1 and 0.9 < again[-1] <= 1
    late = sorted(post.delays[0] for post in got if post.fault == "")
    assert 0 <= late[0] < 0.1 and 1.9 < late[-1] <= 2
    held = sorted(post.delays[0] for post in got if "held back" in post.fault)
    assert 2.2 < held[-1] <= 3


# Webhooks


def test_lost_webhooks_are_never_delivered(scene: Scene) -> None:
    scene.telnyx.chaos = Chaos(lose=1)
    scene.answered(11)
    scene.telnyx.chaos = None
    scene.telnyx.send("call.cost", {})
    assert scene.telnyx.idle(5)
    assert [each.event_type for each in scene.telnyx.webhooks] == ["call.cost"]
    assert scene.receiver.types == ["call.cost"]


def test_duplicates_have_the_same_id(scene: Scene) -> None:
    scene.telnyx.chaos = Chaos(duplicate=1)
    scene.ringing(11)
    assert scene.telnyx.idle(5)
    first, second = scene.receiver.got
    assert first.data == second.data
    assert (first.meta["attempt"], second.meta["attempt"]) == (1, 1)


def test_reordered_webhooks_are_overtaken(scene: Scene) -> None:
    scene.telnyx.speed = 5
    scene.telnyx.chaos = Chaos(reorder=0.5)
    leg = scene.ringing(11)
    sent = [scene.telnyx.send("call.cost", {"call_control_id": leg.call_control_id}) for _ in "123"]
    assert scene.telnyx.idle(5)
    got = [webhook.data["id"] for webhook in scene.receiver.of("call.cost")]
    assert sorted(got) == sorted(sent)
    assert got != sent


def test_all_webhooks_are_late_and_idle_waits_for_them(scene: Scene) -> None:
    scene.telnyx.chaos = Chaos(delay=20)
    for last in range(10):
        scene.ringing(last)
    dialled = scene.telnyx.now()
    assert scene.telnyx.idle(5)
    assert len(scene.receiver.got) == 10
    late = sorted(each.at - dialled for each in scene.telnyx.webhooks)
    assert late[-1] - late[0] > 10
    assert late[-1] < 20 + 5


# Requests


LIST = b"GET /v2/conferences HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer KEY_simulated\r\n\r\n"


def attempt(api: Api, scene: Scene, last: int, timeout: float = 0.2) -> Answer | Exception:
    """Try to answer a new caller; return what the client sees."""
    leg = scene.ringing(last)
    api.connection.timeout = timeout
    try:
        return api.call(leg, "answer")
    except (OSError, http.client.HTTPException) as error:
        api.connection.close()
        return error


@pytest.mark.parametrize(
    ("chaos", "statuses"),
    [
        (Chaos(error=1), {500, 503}),
        (Chaos(limit=1), {429}),
        (Chaos(transient=1), {408, 409, 422}),
    ],
)
def test_errors_do_nothing(scene: Scene, chaos: Chaos, statuses: set[int]) -> None:
    scene.telnyx.chaos = chaos
    answers = [attempt(scene.api, scene, last) for last in range(10)]
    assert {a.status for a in answers if isinstance(a, Answer)} == statuses
    assert scene.api.get("/conferences").status in statuses
    assert {leg.answering for leg in scene.telnyx.legs} == {False}
    requests = scene.telnyx.requests
    assert {(r.executed, r.fate, r.seen) for r in requests} == {(False, "failed", True)}
    assert {r.status for r in requests} == statuses


def test_a_limit_has_a_retry_after(scene: Scene) -> None:
    scene.telnyx.chaos = Chaos(limit=1)
    headers = scene.api.get("/conferences").headers
    assert headers["Retry-After"] == headers["x-ratelimit-reset"] == "1"


def test_a_transient_refusal_has_telnyx_s_code(scene: Scene) -> None:
    scene.telnyx.chaos = Chaos(transient=1)
    for last in range(12):
        attempt(scene.api, scene, last)
    codes = {(request.status, request.code) for request in scene.telnyx.requests}
    assert codes == {(408, "10008"), (409, "10036"), (422, "10036")}


def test_a_dripping_answer_is_whole_in_the_end(scene: Scene) -> None:
    scene.telnyx.speed = 20
    scene.telnyx.chaos = Chaos(drip=1)
    answers = [attempt(scene.api, scene, last, timeout=10) for last in range(6)]
    assert {a.status for a in answers if isinstance(a, Answer)} == {200}
    assert all(leg.answering for leg in scene.telnyx.legs)
    requests = scene.telnyx.requests
    assert {(r.fate, r.executed, r.seen) for r in requests} == {("dripped", True, True)}
    assert {1, 4} <= {round(r.answered_at - r.at) for r in requests}


def test_a_dripping_answer_comes_byte_by_byte(scene: Scene) -> None:
    scene.telnyx.chaos = Chaos(drip=1)
    with socket.create_connection(("127.0.0.1", scene.telnyx._server.port)) as client:
        client.settimeout(10)
        scene.telnyx.speed = 20
        client.sendall(LIST)
        received = [client.recv(100)]
        while not b"".join(received).endswith(b"}"):
            received.append(client.recv(100))
    assert b"".join(received).startswith(b"HTTP/1.1 200 OK\r\n")
    assert len(received) > 20, "in many pieces"


def test_a_client_that_does_not_wait_ends_the_drops(scene: Scene) -> None:
    scene.telnyx.chaos = Chaos(drip=1)
    scene.telnyx.speed = 0.05
    with socket.create_connection(("127.0.0.1", scene.telnyx._server.port)) as client:
        client.sendall(LIST)
        assert client.recv(1) == b"H"
    until(lambda: not scene.telnyx._server._open)


def test_a_dripping_answer_does_not_delay_stop(receiver: Receiver) -> None:
    with SimulatedTelnyx(receiver.url, SIGNING_KEY, speed=0.1, chaos=Chaos(drip=1)) as telnyx:
        api = Api(telnyx.base_url)
        api.connection.request("GET", "/v2/conferences", headers={"Authorization": f"Bearer {KEY}"})
        until(lambda: telnyx.requests)
        started = time.monotonic()
    assert time.monotonic() - started < 2
    api.connection.close()


def test_half_of_the_hanging_requests_are_executed(scene: Scene) -> None:
    scene.telnyx.chaos = Chaos(hang=1)
    for last in range(8):
        assert isinstance(attempt(scene.api, scene, last), TimeoutError)
    executed = [request.executed for request in scene.telnyx.requests]
    assert executed == [leg.answering for leg in scene.telnyx.legs]
    assert set(executed) == {True, False}
    assert {(r.fate, r.seen) for r in scene.telnyx.requests} == {("hung", False)}
    until(lambda: not scene.telnyx._server._open)  # the client has closed
    assert scene.telnyx.idle(0.5)


def test_a_hanging_connection_is_closed_in_the_end(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("conference.simulator.api.server.PATIENCE", 0.3)
    scene.telnyx.chaos = Chaos(hang=1)
    started = time.monotonic()
    seen = attempt(scene.api, scene, 11, timeout=10)
    assert isinstance(seen, http.client.RemoteDisconnected)
    assert 0.3 <= time.monotonic() - started < 2


def test_a_hanging_connection_does_not_delay_stop(receiver: Receiver) -> None:
    chaos = Chaos(hang=1)
    with SimulatedTelnyx(receiver.url, SIGNING_KEY, chaos=chaos) as telnyx:
        assert telnyx.chaos == chaos
        api = Api(telnyx.base_url)
        api.connection.request("GET", "/v2/conferences", headers={"Authorization": f"Bearer {KEY}"})
        until(lambda: telnyx.requests)
        started = time.monotonic()
    assert time.monotonic() - started < 2
    assert [request.fate for request in telnyx.requests] == ["hung"]
    api.connection.close()


def test_a_dropped_request_is_executed_and_not_answered(scene: Scene) -> None:
    scene.telnyx.chaos = Chaos(drop=1)
    seen = attempt(scene.api, scene, 11)
    assert isinstance(seen, http.client.RemoteDisconnected)
    (leg,), (request,) = scene.telnyx.legs, scene.telnyx.requests
    assert leg.answering
    assert (request.fate, request.executed, request.seen) == ("dropped", True, False)


def test_a_refused_request_is_not_executed(scene: Scene) -> None:
    leg = scene.ringing(11)
    scene.telnyx.chaos = Chaos(drop=1)
    with pytest.raises(http.client.RemoteDisconnected):
        scene.api.create(leg)
    (request,) = scene.telnyx.requests
    assert (request.fate, request.executed, request.code) == ("dropped", False, "90034")


# The ledger


def test_a_repeat_and_a_refusal_are_not_executed(scene: Scene) -> None:
    leg = scene.ringing(11)
    for _ in range(2):
        assert scene.api.call(leg, "answer", command_id="1").status == 200
    assert scene.api.call(leg, "answer", command_id="2").status == 422
    scene.telnyx.fail_next(500)
    assert scene.api.call(leg, "hangup").status == 500
    got = [(r.executed, r.fate) for r in scene.telnyx.requests]
    assert got == [(True, "answered"), *[(False, "answered")] * 2, (False, "failed")]


def test_the_ledger_has_the_calls_and_the_conference_of_a_command(scene: Scene) -> None:
    id, legs = scene.room(11, 12)
    ids = tuple(leg.call_control_id for leg in legs)
    assert scene.api.room("room", "hold").status == 200
    scene.telnyx.phone(NOBODY).when_called(answer_after=None)
    dialled = scene.api.dial(NOBODY).data["call_control_id"]
    got = [(r.operation, r.calls, r.conference) for r in scene.telnyx.requests[-4:]]
    assert got == [
        ("CreateConference", ids[:1], id),
        ("JoinConference", ids[1:], id),
        ("HoldConferenceParticipants", ids, id),
        ("DialCall", (dialled,), ""),
    ]
    times = [r.executed_at for r in scene.telnyx.requests if r.executed_at is not None]
    assert times == sorted(times) and len(times) == 6


def test_a_client_that_did_not_wait_is_gone(scene: Scene) -> None:
    scene.telnyx.latency = 0.4
    assert isinstance(attempt(scene.api, scene, 11, timeout=0.1), TimeoutError)
    until(lambda: scene.telnyx.requests)
    (request,) = scene.telnyx.requests
    assert (request.fate, request.executed, request.status, request.seen) == (
        *("gone", True, 200),
        False,
    )


# A whole run


KEY = "KEY_simulated"
STORM = "duplicate=0.3,reorder=0.3,lose=0.2,error=0.2,limit=0.1,hang=0.1,drop=0.1"


@contextmanager
def stormy(receiver: Receiver, seed: int, seen: list[Happened]) -> Iterator[Scene]:
    chaos = Chaos.parse(STORM, seed)
    telnyx = SimulatedTelnyx(receiver.url, SIGNING_KEY, speed=50, on_event=seen.append, chaos=chaos)
    with telnyx, Api(telnyx.base_url) as api:
        yield Scene(telnyx, receiver, api)


def run(receiver: Receiver, seed: int, order: int = 1) -> list[tuple[str, str]]:
    """Return what chaos does while ten calls are answered and end. order: -1 to reverse them."""
    seen: list[Happened] = []
    with stormy(receiver, seed, seen) as scene:
        for last in range(10)[::order]:
            attempt(scene.api, scene, last, timeout=0.1)
        assert scene.telnyx.idle(5)
        for leg in scene.telnyx.legs:
            scene.telnyx.phone(leg.number).hang_up()
        assert scene.telnyx.idle(5)
    assert "refused" not in {each.kind for each in seen}, "chaos is reported once"
    return [
        (each.number, f"{each.operation} {each.detail}".strip())
        for each in seen
        if each.kind == "chaos"
    ]


def test_two_runs_with_a_seed_have_the_same_faults(receiver: Receiver) -> None:
    first = run(receiver, seed=7)
    assert sorted(first) == sorted(run(receiver, seed=7, order=-1))
    assert sorted(first) != sorted(run(receiver, seed=8))
    faults = {detail for _, detail in first}
    assert {
        "call.initiated lost",
        "call.hangup delivered twice",
        "AnswerCall fails with 500 and is not executed",
    } & faults
    assert {number for number, _ in first} <= {f"+131255501{last:02}" for last in range(10)}


def test_the_order_of_a_list_makes_no_difference(scene: Scene) -> None:
    id, legs = scene.room(11, 12)
    ids = [leg.call_control_id for leg in legs]

    def hold(seed: int, ids: list[str]) -> int:
        scene.telnyx.chaos = Chaos(limit=0.5, seed=seed)
        return scene.api.room(id, "hold", call_control_ids=ids).status

    statuses = [hold(seed, ids) for seed in range(20)]
    assert statuses == [hold(seed, ids[::-1]) for seed in range(20)]
    assert set(statuses) == {200, 429}
