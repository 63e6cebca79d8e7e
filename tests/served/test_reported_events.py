"""Events about keys, sounds, recordings and queues, over real HTTP."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import datetime
from typing import Any
from urllib.request import Request, urlopen

import pytest
from rigs.moderator import ROOM, act, ask, run
from rigs.people import ANN, BOB, TOKEN
from rigs.rehearsals import dial, rehearsal, settled
from rigs.waiting import until

from conference.demo.rehearsal import API_KEY, Line
from conference.simulator import Leg

PROMPT = "https://example.com/prompt.mp3"


def post_to_telnyx(line: Line, path: str, body: dict[str, Any] | None = None) -> Any:
    """Send a request of another program to Telnyx. Return the response's data."""
    raw = None if body is None else json.dumps(body).encode()
    headers = {"Authorization": f"Bearer {API_KEY}"}
    with urlopen(Request(line.telnyx.base_url + path, raw, headers), timeout=10) as response:
        return json.load(response)["data"]


def post_to_call(line: Line, leg: Leg, action: str, **body: Any) -> None:
    post_to_telnyx(line, f"/calls/{leg.call_control_id}/actions/{action}", body)


def reported(line: Line, event_type: str) -> list[dict[str, Any]]:
    """Return the events of this type in /api/events."""
    events = ask(line, "/api/events")["events"]
    return [event for event in events if event["event_type"] == event_type]


def wait_for(line: Line, event_type: str, count: int = 1) -> dict[str, Any]:
    """Wait for so many events of this type. Return the last."""
    until(lambda: len(reported(line, event_type)) >= count, f"{event_type} is reported")
    found = reported(line, event_type)
    assert len(found) == count
    return found[-1]


def details(event: dict[str, Any]) -> dict[str, Any]:
    """Return the details but the ids that every webhook of a call has."""
    ids = ("connection_id", "call_session_id", "creator_call_session_id")
    return {name: value for name, value in event["details"].items() if name not in ids}


def shown(line: Line, who: str = "0111") -> Any:
    return ask(line, f"{ROOM}/participants/{who}")


@pytest.fixture
def line() -> Iterator[Line]:
    with rehearsal(control_token=TOKEN) as line:
        yield line


def test_pressed_keys_are_in_the_details_and_in_no_log(
    line: Line, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("DEBUG")
    leg, _ = dial(line, ANN), dial(line, BOB)
    settled(line)
    act(line, "gather", "0111", audio_url=PROMPT, gather_id="pin", terminating_digit="#")
    line.telnyx.phone(ANN).press("739*851#")
    gathered = wait_for(line, "call.gather.ended")
    assert details(gathered) == {"status": "valid", "digits": "739*851", "gather_id": "pin"}
    assert (gathered["calls"], gathered["number"]) == ([leg.call_control_id], "...0111")
    wait_for(line, "call.dtmf.received", 8)
    pressed = {each["details"]["digit"] for each in reported(line, "call.dtmf.received")}
    assert pressed == set("739*851#")

    status, story = run(line, "story", "0111")
    assert (status, "call.gather.ended, valid, digits ***, gather id pin" in story) == (0, True)
    assert "call.dtmf.received, digit ***" in story
    status, whole = run(line, "story", "--json", "0111")
    assert (status, '"digits": "739*851"' in whole) == (0, True)
    assert "739*851" not in story + caplog.text
    assert ANN not in story + caplog.text


def test_a_gather_without_keys_times_out(line: Line) -> None:
    dial(line, ANN)
    settled(line)
    act(line, "gather", "0111", audio_url=PROMPT, maximum_tries=1, timeout_millis=1000)
    gathered = wait_for(line, "call.gather.ended")
    assert details(gathered) == {"status": "timeout", "digits": ""}


def test_the_reason_why_a_sound_failed_is_reported(line: Line) -> None:
    leg = dial(line, ANN)
    settled(line)
    url = "https://files.invalid/hello.mp3?key=s3cret"
    post_to_call(line, leg, "playback_start", audio_url=url)
    ended = wait_for(line, "call.playback.ended")
    why = "The file could not be fetched."
    what = {"media_url": url, "status": "failed", "status_detail": why}
    assert details(ended) == {**what, "overlay": False}
    where = "media url https://files.invalid/hello.mp3?..., status detail"
    assert ended["text"] == f"call.playback.ended, failed, {where} {why}"
    assert reported(line, "call.playback.started") == []


def test_sounds_and_speech_in_the_room_are_reported(line: Line) -> None:
    leg, _ = dial(line, ANN), dial(line, BOB)
    settled(line)
    act(line, "play", media_name="jingle")
    act(line, "speak", "0111", payload="Hello.")
    ended = wait_for(line, "conference.participant.playback.ended", 2)
    assert details(ended) == {"media_name": "jingle"}
    assert wait_for(line, "conference.participant.speak.ended")["calls"] == [leg.call_control_id]
    act(line, "speak", payload="Hello, all.")
    everyone = wait_for(line, "conference.speak.ended")
    assert (everyone["room"], everyone["calls"], details(everyone)) == (
        "demo-conference",
        [],
        {},
    )


def test_a_recording_that_another_program_stops_has_ended(line: Line) -> None:
    leg = dial(line, ANN)
    settled(line)
    act(line, "record-start")
    act(line, "record-start", "0111")
    assert (ask(line, ROOM)["recording"], shown(line)["recording"]) == (True, True)
    post_to_telnyx(line, f"/conferences/{leg.conference}/actions/record_stop", {})
    saved = wait_for(line, "conference.recording.saved")
    assert (ask(line, ROOM)["recording"], shown(line)["recording"]) == (False, True)
    recording = saved["details"]["recording_id"]
    when = {name: saved["details"][name] for name in ("recording_started_at", "recording_ended_at")}
    what = {"recording_id": recording, "channels": "single", "format": "mp3"}
    assert details(saved) == what | when
    assert when["recording_started_at"] <= when["recording_ended_at"]
    assert saved["text"].endswith(f"fresh links: GET /api/telnyx/recordings/{recording}")
    assert post_to_telnyx(line, f"/recordings/{recording}")["id"] == recording

    post_to_call(line, leg, "record_stop")
    of_the_call = wait_for(line, "call.recording.saved")
    assert of_the_call["calls"] == [leg.call_control_id], "though Telnyx names only its leg"
    of_it = details(of_the_call).items()
    assert of_it >= {"channels": "dual", "call_leg_id": leg.call_leg_id}.items()
    assert shown(line)["recording"] is False


def test_a_recording_that_is_saved_late_does_not_end_the_next(line: Line) -> None:
    dial(line, ANN)
    settled(line)
    for verb in ("record-start", "record-stop", "record-start"):
        act(line, verb)
    wait_for(line, "conference.recording.saved")
    assert ask(line, ROOM)["recording"] is True
    line.telnyx.phone(ANN).hang_up()
    wait_for(line, "conference.recording.saved", 2)
    settled(line)
    assert ask(line, ROOM)["recording"] is False


def test_a_place_in_a_queue_is_shown_until_it_is_left(line: Line) -> None:
    for number in (ANN, BOB):
        dial(line, number)
    settled(line)
    assert shown(line)["queue"] is None
    for place, who in enumerate(("0111", "0112"), start=1):
        act(line, "enqueue", who, queue_name="support")
        come = wait_for(line, "call.enqueued", place)
        assert (come["details"]["queue"], come["details"]["current_position"]) == ("support", place)
        assert (shown(line, who)["status"], shown(line, who)["queue"]) == (
            "parked",
            {"name": "support", "position": place},
        )
    act(line, "leave-queue", "0111")
    left = wait_for(line, "call.dequeued")["details"]
    assert (left["queue"], left["reason"]) == ("support", "leave")
    assert (shown(line)["queue"], shown(line, "0112")["queue"]["name"]) == (None, "support")
    act(line, "join", "0111")
    line.telnyx.phone(BOB).hang_up()
    assert wait_for(line, "call.dequeued", 2)["details"]["reason"] == "hangup"
    settled(line)
    assert [p["queue"] for p in ask(line, ROOM)["participants"]] == [None]


def test_events_after_the_end_of_a_call_name_the_call(line: Line) -> None:
    line.telnyx.account.application["call_cost_in_webhooks"] = True
    leg = dial(line, ANN)
    settled(line)
    act(line, "record-start", "0111")
    phone = line.telnyx.phone(ANN)
    phone.hold()
    phone.hold(False)
    phone.hang_up()
    cost = wait_for(line, "call.cost")
    assert cost["details"]["status"] == "success"
    assert (cost["details"]["currency"], float(cost["details"]["total_cost"]) > 0) == ("USD", True)
    for event_type in ("call.hold", "call.unhold", "call.cost", "call.recording.saved"):
        assert wait_for(line, event_type)["calls"] == [leg.call_control_id]


@pytest.mark.parametrize(
    ("event_type", "given"),
    [
        ("call.machine.detection.ended", {"result": "machine"}),
        ("call.machine.premium.greeting.ended", {"result": "beep_detected"}),
        ("call.recording.error", {"reason": "Internal server error"}),
        ("call.bridged", {}),
    ],
)
def test_events_that_the_simulation_does_not_cause_are_reported(
    line: Line, event_type: str, given: dict[str, str]
) -> None:
    leg = dial(line, ANN)
    settled(line)
    line.telnyx.send(event_type, {"call_leg_id": leg.call_leg_id, **given})
    found = wait_for(line, event_type)
    assert (found["calls"], details(found)) == ([leg.call_control_id], given)


def test_an_event_names_its_webhook_and_the_ids_of_telnyx(line: Line) -> None:
    leg = dial(line, ANN)
    settled(line)
    joined = wait_for(line, "conference.participant.joined")
    sent = next(each for each in line.telnyx.webhooks if each.event_type == joined["event_type"])
    assert (joined["id"], joined["conference_id"]) == (sent.event_id, leg.conference)
    assert joined["call_leg_id"] == leg.call_leg_id
    assert datetime.fromisoformat(joined["occurred_at"]).tzinfo
    assert joined["details"]["call_session_id"] == leg.call_session_id
    assert joined["details"]["connection_id"] == leg.connection_id
