"""CPU of one command by each transport."""

from __future__ import annotations

import http.client
import json
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import urlsplit

import httpx
import telnyx
from bench_rows import Row, Size, in_turns, ms
from bench_servers import telnyx_api
from rigs.servers import API_KEY

from conference.core.client_state import ClientState
from conference.core.commands import Answer
from conference.telnyx_api import TelnyxApi

STATE = "eyJsaW5lIjoxLCJyb29tIjoiZGVtbyIsIm51bWJlciI6IisxMzEyNTU1MDE0MiJ9"
BODY = {"client_state": STATE, "command_id": "0123456789abcdef0123456789abcdef"}
ANSWER = "/calls/v3:elsewhere/actions/answer"


def one_command(size: Size, folder: Path) -> Iterator[Row]:
    """The same request to a server in another process that answers at once. All threads count."""
    with telnyx_api() as address:
        ways = {
            "SDK, typed call": _typed(address),
            "SDK, raw post": _raw(address),
            "TelnyxApi.send": _ours(address),
            "httpx.Client.post": _httpx(address),
            "http.client, bare": _bare(address),
        }
        measures = [_timed(way, size.repeats) for way in ways.values()]
        found = in_turns(size.rounds, *measures)
    for what, costs in zip(ways, found, strict=True):
        yield ms(what, costs)


def _timed(way: Callable[[], object], repeats: int) -> Callable[[], float]:
    def measure() -> float:
        began = time.process_time()
        for _ in range(repeats):
            way()
        return (time.process_time() - began) / repeats

    way()
    return measure


def _client(address: str) -> telnyx.Telnyx:
    return telnyx.Telnyx(api_key=API_KEY, base_url=address, timeout=5, max_retries=0)


def _typed(address: str) -> Callable[[], object]:
    answer = _client(address).calls.actions.answer
    return lambda: answer("v3:elsewhere", **BODY)


def _raw(address: str) -> Callable[[], object]:
    client = _client(address)
    return lambda: client.post(ANSWER, body=BODY, cast_to=object)


def _ours(address: str) -> Callable[[], object]:
    sender = TelnyxApi(API_KEY, address)
    command = Answer("v3:elsewhere", ClientState("demo", number="+13125550142"))
    return lambda: sender.send(command)


def _httpx(address: str) -> Callable[[], object]:
    client = httpx.Client(base_url=address, headers={"Authorization": f"Bearer {API_KEY}"})
    return lambda: client.post(ANSWER, json=BODY).json()


def _bare(address: str) -> Callable[[], object]:
    connection = http.client.HTTPConnection(urlsplit(address).netloc)
    headers = {"Authorization": f"Bearer {API_KEY}", "Content-Type": "application/json"}

    def post() -> object:
        raw = json.dumps(BODY).encode()
        connection.request("POST", ANSWER, raw, headers)
        return json.loads(connection.getresponse().read())

    return post
