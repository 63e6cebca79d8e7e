"""CPU time: of one whole call, and of one command three ways."""

from __future__ import annotations

import http.client
import json
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from statistics import median
from urllib.parse import urlsplit

import httpx
import telnyx
from bench_rig import Row, Size, api, ask, gunicorn, in_turns, ms
from recorded import TEST_KEY
from servers import API_KEY, until

from conference.core.client_state import ClientState
from conference.core.commands import Answer
from conference.simulator import SimulatedTelnyx
from conference.telnyx_api import TelnyxApi

STATE = "eyJsaW5lIjoxLCJyb29tIjoiZGVtbyIsIm51bWJlciI6IisxMzEyNTU1MDE0MiJ9"
BODY = {"client_state": STATE, "command_id": "0123456789abcdef0123456789abcdef"}


def whole_call(size: Size, folder: Path) -> Iterator[Row]:
    """A lone caller: greeted, let in, held, gone. The simulator's CPU is another process's.

    What the threads that send commands take, up to the room's change by the outcome, counts as
    commands; all else, accepting and parsing HTTP too, as webhooks. Each webhook comes on a
    connection of its own.
    """
    costs: list[dict[str, float]] = []
    with (
        SimulatedTelnyx("http://127.0.0.1:9/webhook", TEST_KEY, speed=60) as simulated,
        gunicorn("tests.bench_apps:line()", folder, TELNYX_BASE_URL=simulated.base_url) as line,
    ):
        simulated.webhook_url = f"{line.url}/webhook"
        for n in range(3):
            call_once(simulated, f"+1312555{n:04}")
        for n in range(size.rounds):
            sent = len(simulated.requests), len(simulated.webhooks)
            before = ask(f"{line.url}/bench/cpu")
            for m in range(size.calls // size.rounds):
                call_once(simulated, f"+1312556{n:02}{m:02}")
            after = ask(f"{line.url}/bench/cpu")
            count = size.calls // size.rounds
            costs.append({name: (after[name] - before[name]) / count for name in after})
        commands = (len(simulated.requests) - sent[0]) / count
        webhooks = (len(simulated.webhooks) - sent[1]) / count
    total = median(cost["all"] for cost in costs)
    senders = median(cost["senders"] for cost in costs)
    yield Row("CPU of one whole call", ms(total), "under 9 ms", total < 0.009)
    rest = total - senders
    yield Row(f"  {webhooks:.1f} webhooks, {ms(rest / webhooks)} each", ms(rest))
    yield Row(f"  {commands:.1f} commands, {ms(senders / commands)} each", ms(senders))


def call_once(simulated: SimulatedTelnyx, number: str) -> None:
    leg = simulated.phone(number).dial()
    until(lambda: leg.on_hold)
    simulated.phone(number).hang_up()
    assert simulated.idle(10)


def one_command(size: Size, folder: Path) -> Iterator[Row]:
    """The same request to a server that answers at once; only the sending thread is counted."""
    with api() as address:
        ways = {
            "SDK, typed call": _typed(address),
            "SDK, raw post": _raw(address),
            "  TelnyxApi.send, which uses it": _ours(address),
            "httpx.Client.post": _httpx(address),
            "http.client, bare": _bare(address),
        }
        measures = [_timed(way, size.repeats) for way in ways.values()]
        found = in_turns(size.rounds, *measures)
    for what, costs in zip(ways, found, strict=True):
        yield Row(f"one command, {what}", ms(median(costs)))


def _timed(way: Callable[[], object], repeats: int) -> Callable[[], float]:
    def measure() -> float:
        began = time.thread_time()
        for _ in range(repeats):
            way()
        return (time.thread_time() - began) / repeats

    way()
    return measure


def _client(address: str) -> telnyx.Telnyx:
    return telnyx.Telnyx(api_key=API_KEY, base_url=address, timeout=5, max_retries=0)


def _typed(address: str) -> Callable[[], object]:
    answer = _client(address).calls.actions.answer
    return lambda: answer("v3:bench", **BODY)


def _raw(address: str) -> Callable[[], object]:
    client = _client(address)
    return lambda: client.post("/calls/v3:bench/actions/answer", body=BODY, cast_to=object)


def _ours(address: str) -> Callable[[], object]:
    sender = TelnyxApi(API_KEY, address)
    command = Answer("v3:bench", ClientState("demo", number="+13125550142"))
    return lambda: sender.send(command)


def _httpx(address: str) -> Callable[[], object]:
    client = httpx.Client(base_url=address, headers={"Authorization": f"Bearer {API_KEY}"})
    return lambda: client.post("/calls/v3:bench/actions/answer", json=BODY).json()


def _bare(address: str) -> Callable[[], object]:
    connection = http.client.HTTPConnection(urlsplit(address).netloc)
    headers = {"Authorization": f"Bearer {API_KEY}", "Content-Type": "application/json"}

    def post() -> object:
        raw = json.dumps(BODY).encode()
        connection.request("POST", "/calls/v3:bench/actions/answer", raw, headers)
        return json.loads(connection.getresponse().read())

    return post
