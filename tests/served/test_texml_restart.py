"""What becomes of callers by TeXML when the server is started again: they stay in Telnyx's
conference, and the line finds them by the next status callback."""

from __future__ import annotations

import json
import signal
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.request import Request, urlopen

import pytest
from rigs.crowd import TOKEN, begin, settings
from rigs.moderator import act, ask
from rigs.people import ANN, BOB, CLEO
from rigs.recorded import TEST_KEY
from rigs.rehearsals import calls, forget_everything, hears, room, settled, texml
from rigs.servers import API_KEY, GUNICORN, Server, free_port, run
from rigs.waiting import until

from conference.demo.rehearsal import Line
from conference.simulator import Chaos, Leg, SimulatedTelnyx
from conference.simulator.network.conferences import GREETING
from conference.simulator.texml import callbacks

DAN = "+13125550114"
SPEED = 4


# With the real server


@dataclass
class Stage:
    """A line at an address that stays the same, whichever server is there."""

    telnyx: SimulatedTelnyx
    servers: ExitStack
    folder: Path
    port: int = field(default_factory=free_port)
    alive: list[Server] = field(default_factory=list)

    def start(self) -> None:
        given = settings(self.telnyx, SPEED, looks_every=0)
        given["PUBLIC_URL"] = f"http://127.0.0.1:{self.port}"
        server = run(GUNICORN, self.folder, port=self.port, **given)
        self.alive.append(self.servers.enter_context(server))
        begin(self.alive[-1], self.telnyx)
        self.telnyx.texml.url = f"{self.alive[-1].url}/texml"

    def calls(self, *numbers: str) -> list[Leg]:
        legs = [self.telnyx.phone(each).dial(to=self.telnyx.texml.number) for each in numbers]
        until(lambda: all(leg.conference for leg in legs), f"{numbers} are let in", 20)
        return legs

    def ask(self, path: str, body: dict[str, Any] | None = None) -> Any:
        raw = None if body is None else json.dumps(body).encode()
        headers = {"Authorization": f"Bearer {TOKEN}", "Content-Type": "application/json"}
        url = f"{self.alive[-1].url}/api/rooms/demo-conference{path}"
        with urlopen(Request(url, raw, headers), timeout=10) as answer:
            return json.load(answer)

    def inside(self) -> dict[str, tuple[bool, bool]]:
        """Who is known to be in: held and muted, by call."""
        shown = self.ask("/participants")["participants"]
        return {p["call_control_id"]: (p["on_hold"], p["muted"]) for p in shown}


@contextmanager
def stage(folder: Path) -> Iterator[Stage]:
    with ExitStack() as servers:
        telnyx = SimulatedTelnyx("", TEST_KEY, API_KEY, speed=SPEED)
        servers.enter_context(telnyx)
        on = Stage(telnyx, servers, folder)
        on.start()
        yield on


@pytest.mark.parametrize("ends", [signal.SIGKILL, signal.SIGTERM], ids=["killed", "ended"])
def test_callers_by_texml_stay_and_are_found_again(tmp_path: Path, ends: signal.Signals) -> None:
    with stage(tmp_path) as on:
        a, b, c = on.calls(ANN, BOB, CLEO)
        until(lambda: len(on.inside()) == 3, "all are known")
        on.ask("/participants/0112/actions/mute?wait=1", {})
        until(lambda: b.muted and not a.on_hold, "Bob is muted, and nobody alone")

        if ends == signal.SIGKILL:
            on.alive[-1].kill()
        else:
            assert on.alive[-1].end() == 0
        assert [leg.hears.what for leg in (a, b, c)] == ["conference"] * 3, "they stay"
        assert [leg.conference for leg in (b, c)] == [a.conference] * 2
        on.telnyx.chaos = Chaos(lose=1.0)  # nobody is told of what happens meanwhile
        on.telnyx.phone(CLEO).hang_up()
        until(lambda: c.state == "ended", "Cleo has gone")
        on.telnyx.chaos = None
        on.start()

        (d,) = on.calls(DAN)
        assert d.conference == a.conference
        free = {a.call_control_id: (False, False), d.call_control_id: (False, False)}
        until(lambda: on.inside() == {**free, b.call_control_id: (False, True)}, "all are found")
        until(lambda: not (a.on_hold or b.on_hold or d.on_hold), "all are in")
        assert (a.muted, b.muted, d.muted) == (False, True, False)
        assert set(a.hears.others) == {DAN}
        numbers = {p["number"] for p in on.ask("/participants")["participants"]}
        assert numbers == {"", DAN}, "no list has those of who was found"
        for number in (ANN, DAN):
            on.telnyx.phone(number).hang_up()
        until(lambda: b.hears.what == "music", "Bob is alone")
        until(lambda: on.inside() == {b.call_control_id: (True, True)}, "it is known")
        assert b.muted
        on.telnyx.phone(BOB).hang_up()
        until(lambda: on.inside() == {}, "nobody is left")
        assert on.telnyx.texml.problems == []


# What a kill -9 does to the line's memory, without the time that a server takes to start


def restart(line: Line) -> None:
    greeted = line.telnyx.now() + GREETING
    until(lambda: line.telnyx.now() > greeted, "who came last has said hello: it would be news")
    forget_everything(line)
    line.engine.start()
    settled(line)
    assert room(line).participants == {}


def says_something(line: Line, leg: Leg) -> None:
    world = line.telnyx._world
    with world.lock:
        assert leg.participant
        callbacks.conference(world, leg.participant.conference, leg, "speaker")
    settled(line)


def test_labels_are_found_again_and_never_beat_a_moderator_s_word() -> None:
    given: dict[str, Any] = {"dial_allow": ("+1",), "telnyx_number": "+13125550100"}
    with texml(**given, texml_participant_label="Front desk") as line:
        a = calls(line, ANN)
        assert labels(line) == {a.call_control_id: "Front desk"}
        act(line, "rename", ANN, label="Ann")
        line.telnyx.phone(CLEO).when_called(answer_after=1)
        act(line, "dial", to=CLEO, label="Cy")
        until(lambda: len(room(line).joined) == 2, "Cleo is in")
        settled(line)
        (c,) = (leg for leg in line.telnyx.legs if leg.number == CLEO)
        says_something(line, a)
        assert labels(line) == {a.call_control_id: "Ann", c.call_control_id: "Cy"}
        restart(line)
        says_something(line, c)
        assert labels(line) == {a.call_control_id: "", c.call_control_id: "Cy"}
        says_something(line, a)
        assert labels(line) == {a.call_control_id: "Front desk", c.call_control_id: "Cy"}


def labels(line: Line) -> dict[str, str]:
    return {call: known.label for call, known in room(line).participants.items()}


def test_who_was_alone_hears_music_till_the_second_comes() -> None:
    with texml(reconcile_seconds=0, alone_minutes=0) as line:
        a = calls(line, ANN)
        hears(a, "music")
        restart(line)
        hears(a, "music")
        b = calls(line, BOB)
        hears(a, "conference")
        assert (a.hears.others, b.hears.others) == ((BOB,), (ANN,))


def test_who_is_left_alone_after_it_hears_music() -> None:
    with texml(reconcile_seconds=0, alone_minutes=0) as line:
        a, _ = calls(line, ANN), calls(line, BOB)
        hears(a, "conference")
        restart(line)
        line.telnyx.phone(BOB).hang_up()
        hears(a, "music")


def test_who_was_left_alone_meanwhile_hears_music_after_the_first_word() -> None:
    with texml(reconcile_seconds=0, alone_minutes=0) as line:
        a, b = calls(line, ANN), calls(line, BOB)
        hears(a, "conference")
        settled(line)
        line.telnyx.chaos = Chaos(lose=1.0)
        line.telnyx.phone(BOB).hang_up()
        until(lambda: b.state == "ended", "Bob has gone")
        line.telnyx.chaos = None
        restart(line)
        assert a.hears.what == "conference", "nobody has told of anything"
        says_something(line, a)
        hears(a, "music")
        shown = ask(line, "/api/rooms/demo-conference")["participants"]
        assert [p["call_control_id"] for p in shown] == [a.call_control_id]


def test_a_moderators_mute_stays_and_a_hold_ends() -> None:
    """Who waits for company is held as well: the list does not say which it is."""
    with texml(reconcile_seconds=0, alone_minutes=0) as line:
        a, b, c = calls(line, ANN), calls(line, BOB), calls(line, CLEO)
        act(line, "mute", ANN)
        act(line, "hold", BOB)
        hears(b, "music")
        restart(line)
        hears(b, "music")
        says_something(line, c)
        hears(b, "conference")
        assert (a.muted, set(b.hears.others), set(a.hears.others)) == (True, {CLEO}, {BOB, CLEO})
        line.telnyx.phone(CLEO).hang_up()
        settled(line)
        says_something(line, b)
        assert (a.muted, b.muted, a.on_hold, b.on_hold) == (True, False, False, False)
        act(line, "unmute-all")
        assert a.muted is False, "who is muted can be unmuted"
