"""CPU time: of one whole call, and of one command three ways."""

from __future__ import annotations

import http.client
import json
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import median
from typing import NamedTuple
from urllib.parse import urlsplit

import httpx
import telnyx
from bench_rig import Row, Size, api, ask, gunicorn, in_turns, ms, share, signed
from rigs.recorded import TEST_KEY
from rigs.servers import API_KEY, Server
from rigs.waiting import until

from conference.core.client_state import ClientState
from conference.core.commands import Answer
from conference.simulator import SimulatedTelnyx
from conference.telnyx_api import TelnyxApi

STATE = "eyJsaW5lIjoxLCJyb29tIjoiZGVtbyIsIm51bWJlciI6IisxMzEyNTU1MDE0MiJ9"
BODY = {"client_state": STATE, "command_id": "0123456789abcdef0123456789abcdef"}


WAY = (  # of a caller who meets others: what its webhooks are
    "call.initiated",
    "call.answered",
    "call.speak.started",
    "call.speak.ended",
    "conference.participant.joined",
    "conference.participant.left",
    "call.hangup",
    "call.cost",
)


class Whole(NamedTuple):
    """What one call came to: CPU seconds, and how many webhooks and commands it took."""

    all: float
    senders: float
    webhooks: float
    commands: float


def whole_call(size: Size, folder: Path) -> Iterator[Row]:
    """A lone caller: greeted, let in, held, gone. The simulator's CPU is another process's.

    What the threads that send commands take, up to the room's change by the outcome, counts as
    commands; all else, accepting and parsing HTTP too, as webhooks. Each webhook comes on a
    connection of its own. The floor: a tutorial's view with the same commands, in turns.
    """
    count = size.calls // size.rounds
    with served("line", folder) as line, served("tutorial", folder) as tutorial:
        found = [(cost(*line, count), cost(*tutorial, count)) for _ in range(size.rounds)]
    ours, theirs = (
        Whole(*map(median, zip(*column, strict=True))) for column in zip(*found, strict=True)
    )
    yield Row("a lone call after the other", ms(ours.all), "under 9 ms", ours.all < 0.009)
    rest = ours.all - ours.senders
    yield Row(f"  {ours.webhooks:.1f} webhooks, {ms(rest / ours.webhooks)} each", ms(rest))
    each = ms(ours.senders / ours.commands)
    yield Row(f"  {ours.commands:.1f} commands, {each} each", ms(ours.senders))
    what = f"floor: a tutorial, {theirs.commands:.1f} typed commands"
    yield Row(what, ms(theirs.all))
    ratios = [one.all / other.all for one, other in found]
    yield Row("  ratio to it, median of the rounds", f"{median(ratios):.2f}")


def busy_call(size: Size, folder: Path) -> Iterator[Row]:
    """Many side by side: webhooks over kept connections, as fast as they are taken.

    A machine that rests between a call's webhooks takes about twice the CPU time for each, bare
    views included, so this is what the code costs and the other is what it costs at rest.
    """
    with (
        api() as address,
        gunicorn("tests.bench.bench_apps:line()", folder, TELNYX_BASE_URL=address) as line,
        gunicorn("tests.bench.bench_apps:tutorial()", folder, TELNYX_BASE_URL=address) as tutorial,
    ):
        for server in (line, tutorial):
            busy(server, size.calls)
        turns = [(busy(line, size.calls), busy(tutorial, size.calls)) for _ in range(size.rounds)]
    ours, senders = (median(one[name] for one, _ in turns) for name in ("all", "senders"))
    yield Row("a call among many", ms(ours), "under 9 ms", ours < 0.009)
    each = ms((ours - senders) / len(WAY))
    yield Row(f"  {len(WAY)} webhooks, {each} each", ms(ours - senders))
    yield Row(f"  3 commands, {ms(senders / 3)} each", ms(senders))
    yield Row("floor: a tutorial, 4 commands", ms(median(other["all"] for _, other in turns)))


def busy(server: Server, count: int) -> dict[str, float]:
    """CPU seconds of each of so many calls."""
    names = [f"v3:{time.monotonic_ns()}-{n}" for n in range(count)]
    before = ask(f"{server.url}/bench/cpu")
    for kind in WAY:
        about = {"conference_id": "bench-conference", "client_state": None}
        if kind == "call.initiated":
            about["direction"] = "incoming"
        share(server.port, [signed(kind, call_control_id=name, **about) for name in names])
        time.sleep(0.15)  # for the commands
    after = ask(f"{server.url}/bench/cpu")
    return {name: (after[name] - before[name]) / count for name in after}


@contextmanager
def served(app: str, folder: Path) -> Iterator[tuple[SimulatedTelnyx, Server]]:
    with (
        SimulatedTelnyx("http://127.0.0.1:9/webhook", TEST_KEY, speed=60) as simulated,
        gunicorn(
            f"tests.bench.bench_apps:{app}()", folder, TELNYX_BASE_URL=simulated.base_url
        ) as line,
    ):
        simulated.webhook_url = f"{line.url}/webhook"
        call(simulated)
        yield simulated, line


def cost(simulated: SimulatedTelnyx, line: Server, count: int) -> Whole:
    """Of one of `count` calls."""
    sent, posted = len(simulated.requests), len(simulated.webhooks)
    before = ask(f"{line.url}/bench/cpu")
    for _ in range(count):
        call(simulated)
    after = ask(f"{line.url}/bench/cpu")
    return Whole(
        (after["all"] - before["all"]) / count,
        (after["senders"] - before["senders"]) / count,
        (len(simulated.webhooks) - posted) / count,
        (len(simulated.requests) - sent) / count,
    )


def call(simulated: SimulatedTelnyx) -> None:
    """It comes in, is held, being alone, and hangs up."""
    phone = simulated.phone("+13125550142")
    leg = phone.dial()
    until(lambda: leg.on_hold)
    assert simulated.idle(10)
    phone.hang_up()
    assert simulated.idle(10)


def one_command(size: Size, folder: Path) -> Iterator[Row]:
    """The same request to a server that answers at once; only the sending thread is counted."""
    with api() as address:
        ways = {
            "SDK, typed call": _typed(address),
            "SDK, raw post": _raw(address),
            "TelnyxApi.send, which uses it": _ours(address),
            "httpx.Client.post": _httpx(address),
            "http.client, bare": _bare(address),
        }
        measures = [_timed(way, size.repeats) for way in ways.values()]
        found = in_turns(size.rounds, *measures)
    for what, costs in zip(ways, found, strict=True):
        yield Row(what, ms(median(costs)))


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
