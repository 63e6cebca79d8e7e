"""The calls and conferences of the benchmark's Telnyx, and which webhooks follow from a command."""

from __future__ import annotations

import asyncio
import datetime
import itertools
from collections.abc import Callable
from typing import Any, NamedTuple

from bench_client import signed
from bench_delivery import Ack, Delivery

SOON = 0.02  # seconds from a command's answer to its first webhook
SPEECH = 0.2  # seconds that each text is spoken
TALK = 0.2  # seconds in the conference

_numbers = itertools.count(1)
_calls: dict[str, Call] = {}
_conferences: dict[tuple[Delivery, str], str] = {}  # ids of the open ones, by server and name
_inside: dict[str, set[str]] = {}  # calls by conference id


class Answer(NamedTuple):
    """Of the API to a command."""

    status: int
    body: object


OK = Answer(200, {"data": {"result": "ok"}})
FAILED = Answer(500, {"errors": [{"code": "10007", "title": "Unexpected error"}]})
NAME_TAKEN = Answer(422, {"errors": [{"code": "90033", "title": "Unable to execute command"}]})


class Call:
    """A caller's leg. Each webhook is posted at its moment and awaited by `acked`."""

    def __init__(self, delivery: Delivery, dialled: str = "") -> None:
        number = next(_numbers)
        self.id, self.from_ = f"v3:bench-call-{number}", f"+1312{number:07}"
        self.delivery, self.dialled = delivery, dialled
        self.state: str | None = None
        self.conference = ""
        self.creator = False
        self.on_hold = False
        self.answered, self.inside = asyncio.Event(), asyncio.Event()
        self.posts: list[asyncio.Task[Ack]] = []
        self.speeches: list[asyncio.Task[None]] = []
        _calls[self.id] = self

    def post(self, kind: str) -> asyncio.Task[Ack]:
        now = datetime.datetime.now(datetime.UTC).isoformat().replace("+00:00", "Z")
        about: dict[str, Any] = {"call_control_id": self.id, "client_state": self.state}
        about |= {"call_leg_id": self.id[3:], "call_session_id": self.id[3:]}
        if kind == "call.initiated":
            about |= {"direction": "incoming", "from": self.from_}
            about |= {"to": self.dialled} if self.dialled else {}
        if kind.startswith("conference."):
            about["conference_id"] = self.conference
        request = signed(kind, occurred_at=now, **about)
        self.posts.append(asyncio.create_task(self.delivery.post(request)))
        return self.posts[-1]

    async def ring(self) -> None:
        self.post("call.initiated")
        await self.answered.wait()
        await asyncio.sleep(SOON)

    async def enter(self) -> None:
        """From the moment that the call is answered."""
        self.post("call.answered")
        await self.inside.wait()
        await self.join()

    async def join(self) -> None:
        await asyncio.sleep(SOON)
        if self.creator:
            self.post("conference.created")
        self.post("conference.participant.joined")

    def hang_up(self) -> None:
        """The caller hangs up."""
        here = _inside.get(self.conference, set())
        if self.id in here:
            here.discard(self.id)
            self.post("conference.participant.left")
            if not here:
                self._end_conference()
        self.post("call.hangup")
        self.post("call.cost")
        del _calls[self.id]

    def _end_conference(self) -> None:
        for key in [key for key, id in _conferences.items() if id == self.conference]:
            del _conferences[key]
        self.post("conference.ended")

    async def acked(self) -> list[Ack]:
        await asyncio.gather(*self.speeches)
        return await asyncio.gather(*self.posts)

    async def speak(self) -> None:
        await asyncio.sleep(SOON)
        self.post("call.speak.started")
        await asyncio.sleep(SPEECH)
        self.post("call.speak.ended")


def answer_call(call: Call, body: dict[str, Any]) -> Answer:
    call.answered.set()
    return OK


def speak(call: Call, body: dict[str, Any]) -> Answer:
    call.speeches.append(asyncio.create_task(call.speak()))
    return OK


def create(call: Call, body: dict[str, Any]) -> Answer:
    name = body["name"]
    if (call.delivery, name) in _conferences:
        return NAME_TAKEN
    call.creator = True
    _conferences[call.delivery, name] = f"bench-conference-{next(_numbers)}"
    return let_in(call, _conferences[call.delivery, name], name)


def let_in(call: Call, conference: str, name: str) -> Answer:
    call.conference = conference
    _inside.setdefault(conference, set()).add(call.id)
    call.inside.set()
    return Answer(200, {"data": {"id": conference, "name": name}})


OF_CALLS: dict[str, Callable[[Call, dict[str, Any]], Answer]] = {
    "answer": answer_call,
    "speak": speak,
}


def take(path: str, body: dict[str, Any]) -> Answer:
    """Act on a command. Those about unknown calls, and all others, have no effect and succeed."""
    match path.strip("/").split("/"):
        case ["calls", id, "actions", verb] if id in _calls:
            call = _calls[id]
            call.state = body.get("client_state", call.state)
            return OF_CALLS.get(verb, lambda *_: OK)(call, body)
        case ["conferences"] if call := _calls.get(body["call_control_id"]):
            return create(call, body)
        case ["conferences", id, "actions", "join"] if call := _calls.get(body["call_control_id"]):
            return let_in(call, id, "")
        case ["conferences", _, "actions", "hold" | "unhold" as verb]:
            for call in filter(None, map(_calls.get, body["call_control_ids"])):
                call.on_hold = verb == "hold"
        case ["conferences"]:
            return Answer(200, {"data": {"id": "bench-conference", "name": body["name"]}})
    return OK


def listed(path: str, query: dict[str, str]) -> Answer:
    """One page: the conferences of a name, who is in one, or the calls that have a client_state."""
    rows: list[dict[str, Any]] = []
    match path.strip("/").split("/"):
        case ["conferences"] if query["filter[status]"] == "in_progress":
            name = query["filter[name]"]
            rows = [{"id": id, "name": name} for key, id in _conferences.items() if key[1] == name]
        case ["conferences", id, "participants"]:
            inside = [call for call in map(_calls.get, _inside.get(id, ())) if call]
            rows = [{**_row(call), "status": "joined", "on_hold": call.on_hold} for call in inside]
        case ["connections", _, "active_calls"]:
            rows = [_row(call) for call in _calls.values() if call.state]
    return Answer(200, {"data": rows, "meta": {"total_pages": 1}})


def _row(call: Call) -> dict[str, Any]:
    return {"call_control_id": call.id, "client_state": call.state}
