"""Who is told of recordings: what Telnyx says of them, once, in its own words, signed by us."""

from __future__ import annotations

import logging
from typing import Any
from urllib.parse import urlencode

import pytest
from rigs.lines import TestLine, test_line
from rigs.people import ANN, BOB
from rigs.receiver import Receiver
from rigs.rehearsals import calls, settled, texml
from rigs.texml_forms import ACCOUNT, CONFERENCE, JOIN, callback, rooms, send
from rigs.texml_forms import ANN as CALL
from rigs.waiting import until

from conference.callbacks import delivery
from conference.demo.rehearsal import API_KEY, Line

RECORDED: dict[str, Any] = {"texml_record": "record-from-start", "alone_minutes": 0}
URL = "https://recordings.example/private?X-Signature=a%2Fb&X-Expires=600"
SAID = {
    "AccountSid": ACCOUNT,
    "CallSid": CALL,
    "CallSidLegacy": CALL,
    "RecordingDuration": "17",
    "RecordingSid": "R-1",
    "RecordingStatus": "completed",
    "RecordingUrl": URL,
    "WhatElse": "",
    "Söme": "thing & another=+",
}


def telling(receiver: Receiver, **settings: Any) -> Any:
    """A line without a Telnyx."""
    address = {"texml_recording_status_callback": receiver.url}
    return test_line(telnyx_api_key=API_KEY, **address, **settings)


def statuses(receiver: Receiver) -> list[str]:
    return [told["RecordingStatus"] for told in receiver.told]


def a_call_is_recorded(line: Line) -> None:
    calls(line, ANN)
    calls(line, BOB)
    for number in (ANN, BOB):
        line.telnyx.phone(number).hang_up()
        settled(line)
    until(lambda: line.telnyx.recordings[0].saved_at is not None, "it is saved")
    settled(line)
    line.services.stop(10)


# With the simulated Telnyx


@pytest.mark.parametrize("method", ["POST", "GET"])
@pytest.mark.parametrize("named", [True, False], ids=["names its conference", "does not"])
def test_the_recording_of_a_conference_is_told_as_telnyx_tells_it(method: str, named: bool) -> None:
    with Receiver() as receiver:
        address = f"{receiver.url}?from=us"
        way = {"texml_recording_status_callback_method": method}
        with texml(texml_recording_status_callback=address, **way, **RECORDED) as line:
            line.telnyx.texml.names_conference = named
            a_call_is_recorded(line)
            (recording,) = line.telnyx.recordings
            (room,) = line.telnyx.conferences
            posted = [w.event_type for w in line.telnyx.webhooks if "recording" in w.event_type]
            assert sorted(posted) == ["recording-completed", "recording-in-progress"], "to us"
        (asked,) = receiver.asked
        told = dict(asked.told)
    assert (asked.method, asked.path.partition("?")[2][:7]) == (method, "from=us")
    if method == "GET":
        assert told.pop("from") == "us"
    assert told.pop("RecordingUrl").startswith("https://")
    assert told == {
        "AccountSid": line.telnyx.texml.account_sid,
        "CallSid": recording.leg.call_control_id,
        "CallSidLegacy": recording.leg.call_control_id,
        "ConnectionId": line.telnyx.texml.connection_id,
        "RecordingChannels": "1",
        "RecordingDuration": str(int(recording.lasted)),
        "RecordingSid": recording.id,
        "RecordingSource": "Conference",
        "RecordingStatus": "completed",
        **({"ConferenceSid": room.id} if named else {}),
    }


@pytest.mark.parametrize(
    ("events", "absent", "told"),
    [
        ("in-progress completed absent", False, ["in-progress", "completed"]),
        ("in-progress completed absent", True, ["in-progress", "absent"]),
        ("in-progress", False, ["in-progress"]),
        ("completed", True, []),
        ("absent", False, []),
    ],
)
def test_of_it_only_what_is_asked_for_is_told(events: str, absent: bool, told: list[str]) -> None:
    with Receiver() as receiver:
        wanted = {"texml_recording_status_callback_event": events}
        with texml(texml_recording_status_callback=receiver.url, **wanted, **RECORDED) as line:
            line.telnyx.texml.recordings_absent = absent
            a_call_is_recorded(line)
        assert statuses(receiver) == told


def test_both_addresses_are_told_what_is_theirs() -> None:
    with Receiver() as status, Receiver() as recording:
        both = {"status_callback": status.url, "texml_recording_status_callback": recording.url}
        with texml(**both, status_callback_event="start join leave end", **RECORDED) as line:
            a_call_is_recorded(line)
        assert statuses(recording) == ["completed"]
        kinds = status.kinds
        assert (kinds[0], kinds[-1], len(kinds)) == ("conference-start", "conference-end", 6)
        assert [int(told["SequenceNumber"]) for told in status.told] == [1, 2, 3, 4, 5, 6]
        accounts = {told["AccountSid"] for told in (*status.told, *recording.told)}
        assert len(accounts) == 1 and "" not in accounts, "of all that Telnyx tells"


# What Telnyx posts


def test_all_that_telnyx_says_is_told_to_the_letter() -> None:
    with Receiver() as receiver, telling(receiver) as line:
        send(line, "/texml/status", {**JOIN, "FriendlyName": "blue"})
        assert send(line, "/texml/status", SAID).status_code == 204
        until(lambda: receiver.asked != [], "it is told")
        (asked,) = receiver.asked
    assert (asked.method, asked.path, asked.body.decode()) == ("POST", "/told", urlencode(SAID))
    assert asked.headers["Content-Type"] == "application/x-www-form-urlencoded"


@pytest.mark.parametrize("conference", [{}, {"ConferenceSid": "unknown"}])
def test_one_whose_conference_is_not_known_any_more_is_told(conference: dict[str, str]) -> None:
    """As after a restart; the default room has callers of others meanwhile."""
    with Receiver() as receiver, telling(receiver, texml_record="record-from-start") as line:
        begun = callback("conference-start", 0, "v2:else", FriendlyName="demo-conference")
        inside = callback("participant-join", 1, "v2:else", FriendlyName="demo-conference")
        for each in (begun, inside):
            send(line, "/texml/status", each)
        before = rooms(line)
        assert before["demo-conference"]["recording"] is True
        assert send(line, "/texml/status", {**SAID, **conference}).status_code == 204
        until(lambda: receiver.told == [{**SAID, **conference}], "it is told")
        assert rooms(line) == before


def test_what_telnyx_delivers_twice_is_told_once() -> None:
    with Receiver() as receiver, telling(receiver) as line:
        for each in (SAID, SAID, {**SAID, "RecordingSid": "R-2"}, SAID):
            assert send(line, "/texml/status", each).status_code == 204
        line.services.stop(10)
    assert [told["RecordingSid"] for told in receiver.told] == ["R-1", "R-2"]


def test_what_is_not_taken_is_told_again_and_in_order() -> None:
    answers = iter([503, 0, 200])
    with Receiver(lambda told: next(answers, 200)) as receiver:
        events = "in-progress completed absent"
        with telling(receiver, texml_recording_status_callback_event=events) as line:
            begun = {**SAID, "RecordingStatus": "in-progress"}
            for each in (begun, SAID):
                send(line, "/texml/status", {**each, "ConferenceSid": CONFERENCE})
            until(lambda: len(receiver.told) == 2, "both are taken at last")
        tries = [asked.told["RecordingStatus"] for asked in receiver.asked]
    assert tries == ["in-progress", "in-progress", "in-progress", "completed"]


def test_what_was_told_is_forgotten_at_last(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(delivery, "REMEMBERED", 2)
    with Receiver() as receiver, telling(receiver) as line:
        (told,) = line.services.callbacks
        for n in range(5):
            send(line, "/texml/status", {**SAID, "RecordingSid": f"R-{n}"})
            until(lambda n=n: len(receiver.told) == n + 1, "it is told")  # type: ignore[misc]
            until(lambda: told._waiting == 0, "nothing waits")
        assert len(told._lines) == 2


def test_one_that_takes_nothing_holds_up_nobody_else() -> None:
    with Receiver() as deaf, Receiver() as receiver:
        deaf.goes_on.clear()
        with telling(receiver, status_callback=deaf.url) as line:
            send(line, "/texml/status", JOIN)
            send(line, "/texml/status", SAID)
            until(lambda: statuses(receiver) == ["completed"], "it is told of the recording")
            assert deaf.asked == []
            deaf.goes_on.set()


@pytest.mark.parametrize(("status", "told"), [("failed", ["failed"]), ("paused", [])])
def test_what_nobody_can_ask_for_is_not_told_but_by_another_name(
    status: str, told: list[str]
) -> None:
    """Telnyx takes failed and absent for the same."""
    with Receiver() as receiver:
        events = "in-progress completed absent"
        with telling(receiver, texml_recording_status_callback_event=events) as line:
            assert (
                send(line, "/texml/status", {**SAID, "RecordingStatus": status}).status_code == 204
            )
            line.services.stop(10)
        assert statuses(receiver) == told


@pytest.mark.parametrize("method", ["POST", "GET"])
def test_where_the_recording_is_stands_in_no_log(
    method: str, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    answers = iter([503, 404])
    with Receiver(lambda told: next(answers, 200)) as receiver:
        way = {"texml_recording_status_callback_method": method, "control_token": "T"}
        with telling(receiver, **way) as line:
            send(line, "/texml/status", {**JOIN, "FriendlyName": "blue"})
            send(line, "/texml/status", SAID)
            until(lambda: len(receiver.asked) == 2, "it is refused at last")
            line.services.stop(10)
            shown = seen(line)
    assert "TEXML_RECORDING_STATUS_CALLBACK answers 404" in caplog.text
    assert "recording-completed" in shown
    for private in ("recordings.example", "X-Signature", "/told", f":{receiver.server_port}"):
        assert private not in caplog.text + shown


def seen(line: TestLine) -> str:
    """What whoever has the token can read."""
    headers = {"Authorization": "Bearer T"}
    return "".join(line.client.get(f"/api/{x}", headers=headers).text for x in ("rooms", "events"))
