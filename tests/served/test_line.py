"""The whole line over real HTTP, against the simulated Telnyx: what its callers experience."""

from __future__ import annotations

import json
import wave
from io import BytesIO
from urllib.request import Request, urlopen

import pytest
from rigs.rehearsals import (
    APPLICATION,
    ROOM,
    dial,
    forget_everything,
    hears,
    rehearsal,
    room,
    settled,
)
from rigs.waiting import until

from conference.core import client_state
from conference.core.client_state import ClientState
from conference.core.events import ModeratorRequest
from conference.core.room_settings import RoomSettings
from conference.demo.rehearsal import API_KEY, Line
from conference.reporting import public_view


def posts(line: Line) -> list[tuple[str, int]]:
    actions = [(r.path.rsplit("/", 1)[-1], r.status) for r in line.telnyx.requests]
    return [a for a, r in zip(actions, line.telnyx.requests, strict=True) if r.method == "POST"]


def test_three_come_and_go_and_a_fourth_opens_a_new_conference() -> None:
    with rehearsal() as line:
        a = dial(line, "+13125550111")
        hears(a, "music")
        b = dial(line, "+13125550112")
        hears(a, "conference")
        c = dial(line, "+13125550113")
        settled(line)
        for phone in (a, c):
            line.telnyx.phone(phone.number).hang_up()
            settled(line)
        hears(b, "music")
        line.telnyx.phone(b.number).hang_up()
        settled(line)
        d = dial(line, "+13125550114")
        hears(d, "music")
        settled(line)
        enter_alone = ["answer", "speak", "conferences", "hold"]
        expected = [*enter_alone, "answer", "speak", "join", "unhold", "answer", "speak", "join"]
        expected += ["hold", *enter_alone]
        assert posts(line) == [(action, 200) for action in expected]
        assert len(expected) == 16
        first, second = line.telnyx.conferences
        assert (first.status, second.status) == ("completed", "in_progress")


def test_what_is_heard_and_shown() -> None:
    with rehearsal() as line:
        a = dial(line, "+13125550111")
        hears(a, "music")
        music = a.hears.detail
        assert music == f"{line.url}/hold-music.wav"
        with urlopen(music, timeout=5) as response, wave.open(BytesIO(response.read())) as wav:
            assert wav.getnframes() > 10 * wav.getframerate()
        shown = public_view.room(room(line))
        assert shown["reason"] == "music is on, because only ...0111 is here"
        b = dial(line, "+13125550112")
        hears(a, "conference")
        settled(line)
        speeches = [h.detail for leg in (a, b) for h in leg.timeline if h.what == "speech"]
        assert speeches == [RoomSettings().greeting_first, RoomSettings().greeting_next]
        line.telnyx.send(
            "conference.floor.changed",
            {"call_control_id": b.call_control_id, "conference_id": b.conference},
        )
        until(lambda: room(line).speaker == b.call_control_id, "the speaker is known")
        shown = public_view.room(room(line))
        assert (shown["status"], shown["conference_id"]) == ("open", a.conference)
        facts = ("number", "direction", "role", "status", "on_hold", "hold_reason", "speaking")
        assert [tuple(p[f] for f in facts) for p in shown["participants"]] == [
            ("+13125550111", "incoming", "participant", "joined", False, None, False),
            ("+13125550112", "incoming", "participant", "joined", False, None, True),
        ]


def test_fifty_at_once_while_telnyx_takes_its_time() -> None:
    with rehearsal(latency=0.15) as line:
        legs = [line.telnyx.phone(f"+1312555{n:04d}").dial() for n in range(50)]
        until(lambda: all(leg.conference for leg in legs), "all fifty are in", 20)
        until(lambda: not any(leg.on_hold for leg in legs), "nobody is on hold")
        settled(line)
        assert len(line.telnyx.conferences) == 1
        assert len(room(line).joined) == 50
        assert {status for _, status in posts(line)} == {200}
        assert [action for action, _ in posts(line)].count("conferences") == 1


def test_an_outgoing_call_of_ours_is_greeted_and_joined() -> None:
    state = ClientState(ROOM, direction="outgoing", number="+13125550177", label="Ann")
    with rehearsal() as line:
        line.telnyx.phone("+13125550177").when_called(answer_after=1)
        leg = line.telnyx.place_call("+13125550177", client_state=client_state.encode(state))
        hears(leg, "music")
        settled(line)
        assert [action for action, _ in posts(line)] == ["speak", "conferences", "hold"]
        (shown,) = public_view.participants(room(line))
        assert (shown["direction"], shown["label"]) == ("outgoing", "Ann")
        assert shown["number"] == "+13125550177"


@pytest.mark.parametrize("cause", ["user_busy", "call_rejected", "not_found"])
def test_an_outgoing_call_that_is_refused_leaves_nothing_behind(
    cause: str, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("INFO", "conference")
    state = client_state.encode(ClientState(ROOM, direction="outgoing", number="+13125550177"))
    with rehearsal() as line:
        if cause != "not_found":
            line.telnyx.phone("+13125550177").when_called(refuse=cause)
        leg = line.telnyx.place_call("+13125550177", client_state=state)
        until(lambda: leg.state == "ended", "the call has ended")
        until(lambda: leg.call_control_id in room(line).ended, "the line knows it")
        settled(line)
        assert (room(line).participants, room(line).pending, posts(line)) == ({}, {}, [])
        assert room(line).deadlines == {}
        assert f"...0177: ringing -[call.hangup]> gone, {cause}" in caplog.text


def test_another_programs_outgoing_call_is_left_alone() -> None:
    with rehearsal() as line:
        line.telnyx.phone("+13125550177").when_called(answer_after=1)
        leg = line.telnyx.place_call("+13125550177", client_state="c29tZWJvZHkgZWxzZQ==")
        until(lambda: leg.state == "answered", "it is answered")
        settled(line)
        assert (room(line).participants, posts(line)) == ({}, [])


def test_without_greetings_callers_go_straight_in() -> None:
    with rehearsal(greeting_first="", greeting_next="") as line:
        a, _b = dial(line, "+13125550111"), dial(line, "+13125550112")
        hears(a, "conference")
        settled(line)
        assert "speak" not in [action for action, _ in posts(line)]


def test_a_full_room_says_so_and_hangs_up() -> None:
    with rehearsal(max_participants=2) as line:
        a, _b = dial(line, "+13125550111"), dial(line, "+13125550112")
        c = line.telnyx.phone("+13125550113").dial()
        until(lambda: c.state == "ended", "the third is hung up")
        assert "full" in [h.detail for h in c.timeline if h.what == "speech"][-1]
        hears(a, "conference")
        until(lambda: len(room(line).participants) == 2, "two are left")


def test_a_conference_of_our_name_that_is_not_known_is_joined() -> None:
    with rehearsal() as line:
        a = dial(line, "+13125550111")
        forget_everything(line)
        b = dial(line, "+13125550112")
        settled(line)
        assert b.conference == a.conference
        assert len(line.telnyx.conferences) == 1


def test_callers_are_found_again_after_a_restart() -> None:
    with rehearsal(telnyx_connection_id=APPLICATION) as line:
        a = dial(line, "+13125550111")
        hears(a, "music")
        greeted = line.telnyx.phone("+13125550112").dial()
        hears(greeted, "speech")
        forget_everything(line)
        line.engine.start()
        until(lambda: len(room(line).joined) == 2, "both are in")
        hears(a, "conference")
        settled(line)
        assert {p.number for p in room(line).participants.values()} == {a.number, greeted.number}
        line.telnyx.phone(a.number).hang_up()
        hears(greeted, "music")


def test_every_room_is_found_again_after_a_restart() -> None:
    with rehearsal(telnyx_connection_id=APPLICATION) as line:
        legs = {}
        for n, name in enumerate(("red", "red", "blue")):
            number = f"+1312555020{n}"
            line.telnyx.phone(number).when_called()
            state = ClientState(name, direction="outgoing", number=number, hold=n == 1)
            legs[number] = line.telnyx.place_call(number, client_state=client_state.encode(state))
        until(lambda: all(leg.conference for leg in legs.values()), "all are in")
        settled(line)
        forget_everything(line)
        line.engine.start()

        def found() -> bool:
            rooms = line.engine.registry.rooms()
            return {p.number for r in rooms for p in r.participants.values()} == legs.keys()

        until(found, "all are found")
        settled(line)
        red, blue = (line.engine.registry.room(name) for name in ("red", "blue"))
        assert (len(red.joined), len(blue.joined)) == (2, 1)
        assert [asked.hold for asked in red.holding.asked.values()] == [True], "a moderator's hold"
        heard = [leg.hears.what for leg in legs.values()]
        assert heard == ["music", "music", "music"], "beside one on hold, and alone, one is alone"


def test_a_call_that_still_rings_is_answered_after_a_restart() -> None:
    with rehearsal(telnyx_connection_id=APPLICATION, time_factor=10, speed=10) as line:
        line.telnyx.phone("+13125550999").when_called()
        other = line.telnyx.place_call("+13125550999")  # another program's
        line.telnyx.webhook_url = line.url + "/nowhere"
        caller = line.telnyx.phone("+13125550111").dial()
        assert line.telnyx.idle(10)
        line.telnyx.webhook_url = line.url + "/webhook"
        line.engine.start()
        hears(caller, "music")
        settled(line)
        assert [p.number for p in room(line).participants.values()] == [caller.number]
        assert (other.state, other.hears.what) == ("answered", "silence")
        refused = [r.code for r in line.telnyx.requests if r.path.endswith("/answer")]
        assert sorted(refused, key=str) == ["90102", None], "it was tried once"


def test_someone_forgotten_is_told_and_hung_up() -> None:
    with rehearsal(alone_minutes=0.01) as line:
        a = line.telnyx.phone("+13125550111").dial()
        until(lambda: a.state == "ended", "the call is ended")
        assert "Nobody else has joined" in [h.detail for h in a.timeline if h.what == "speech"][-1]
        until(lambda: not room(line).participants, "the room is empty")


def test_all_settings_of_a_conference_reach_telnyx() -> None:
    wanted = {"beep": "on_enter", "region": "Europe", "max_participants": 7}
    music = "https://example.com/music.mp3"
    with rehearsal(**wanted, hold_audio_url=music, voice="male", language="pt-PT") as line:
        a = dial(line, "+13125550111")
        hears(a, "music")
        assert a.hears.detail == music
        _b = dial(line, "+13125550112")
        hears(a, "conference")
        settled(line)
        bodies = {r.path.rsplit("/", 1)[-1]: r.body for r in line.telnyx.requests if r.body}
        assert bodies["conferences"]["beep_enabled"] == "on_enter"
        assert bodies["conferences"]["max_participants"] == 7
        assert (bodies["speak"]["voice"], bodies["speak"]["language"]) == ("male", "pt-PT")
        for action in ("conferences", "hold", "join", "unhold"):
            assert bodies[action]["region"] == "Europe"


def test_a_leg_that_left_and_stayed_up_hears_so_and_is_hung_up() -> None:
    with rehearsal(time_factor=5) as line:
        a, _b = dial(line, "+13125550111"), dial(line, "+13125550112")
        hears(a, "conference")
        settled(line)
        leave = Request(
            f"{line.telnyx.base_url}/conferences/{a.conference}/actions/leave",
            data=json.dumps({"call_control_id": a.call_control_id}).encode(),
            headers={"Authorization": f"Bearer {API_KEY}", "Content-Type": "application/json"},
        )
        with urlopen(leave, timeout=5) as response:  # another program parks it
            assert response.status == 200
        until(lambda: a.state == "ended", "the parked leg is hung up")
        said = [heard.detail for heard in a.timeline if heard.what == "speech"]
        assert said[-1] == "You are no longer in the conference. Goodbye."


def test_after_a_soft_end_the_others_hear_so_and_are_hung_up() -> None:
    with rehearsal(time_factor=5) as line:
        a, b = dial(line, "+13125550111"), dial(line, "+13125550112")
        hears(a, "conference")
        settled(line)
        adjust = Request(
            f"{line.telnyx.base_url}/conferences/{a.conference}/participants/{a.call_control_id}",
            data=json.dumps({"soft_end_conference_on_exit": True}).encode(),
            headers={"Authorization": f"Bearer {API_KEY}", "Content-Type": "application/json"},
            method="PATCH",
        )
        with urlopen(adjust, timeout=5) as response:
            assert response.status == 200
        # On hold before, so that no refused hold shows the end earlier than Telnyx's webhook.
        hold = ModeratorRequest("hold", line.engine.clock(), "request", (b.call_control_id,))
        line.engine.moderate(ROOM, hold)
        hears(b, "music")
        settled(line)
        line.telnyx.phone(a.number).hang_up()
        until(lambda: b.state == "ended", "the other leg is hung up")
        said = [heard.detail for heard in b.timeline if heard.what == "speech"]
        assert said[-1] == "You are no longer in the conference. Goodbye."
        until(lambda: not room(line).participants, "the room is empty")
