"""Callbacks about recordings: Telnyx's own fields, sent on once and signed by us."""

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
    """Run a line without a Telnyx."""
    address = {"texml_recording_status_callback": receiver.url}
    return test_line(telnyx_api_key=API_KEY, **address, **settings)


def statuses(receiver: Receiver) -> list[str]:
    return [fields["RecordingStatus"] for fields in receiver.taken]


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
def test_telnyxs_report_of_a_recording_is_sent_on(method: str, named: bool) -> None:
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
        (request,) = receiver.requests
        fields = dict(request.fields)
    assert (request.method, request.path.partition("?")[2][:7]) == (method, "from=us")
    if method == "GET":
        assert fields.pop("from") == "us"
    assert fields.pop("RecordingUrl").startswith("https://")
    assert fields == {
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


def test_a_report_has_no_address_of_the_recording_if_the_settings_want_none() -> None:
    with Receiver() as receiver:
        given = {
            "texml_send_recording_url": "false",
            "texml_recording_status_callback": receiver.url,
        }
        with texml(**given, **RECORDED) as line:
            a_call_is_recorded(line)
        (request,) = receiver.requests
        assert "RecordingUrl" not in request.fields
        assert request.fields["RecordingStatus"] == "completed"


@pytest.mark.parametrize(
    ("events", "absent", "sent"),
    [
        ("in-progress completed absent", False, ["in-progress", "completed"]),
        ("in-progress completed absent", True, ["in-progress", "absent"]),
        ("in-progress", False, ["in-progress"]),
        ("completed", True, []),
        ("absent", False, []),
    ],
)
def test_only_the_chosen_reports_are_sent_on(events: str, absent: bool, sent: list[str]) -> None:
    with Receiver() as receiver:
        wanted = {"texml_recording_status_callback_event": events}
        with texml(texml_recording_status_callback=receiver.url, **wanted, **RECORDED) as line:
            line.telnyx.texml.recordings_absent = absent
            a_call_is_recorded(line)
        assert statuses(receiver) == sent


def test_both_addresses_get_their_own_events() -> None:
    with Receiver() as status, Receiver() as recording:
        both = {"status_callback": status.url, "texml_recording_status_callback": recording.url}
        with texml(**both, status_callback_event="start join leave end", **RECORDED) as line:
            a_call_is_recorded(line)
        assert statuses(recording) == ["completed"]
        kinds = status.kinds
        assert (kinds[0], kinds[-1], len(kinds)) == ("conference-start", "conference-end", 6)
        assert [int(fields["SequenceNumber"]) for fields in status.taken] == [1, 2, 3, 4, 5, 6]
        accounts = {fields["AccountSid"] for fields in (*status.taken, *recording.taken)}
        assert len(accounts) == 1 and "" not in accounts


# Posted by the test


def test_telnyxs_fields_are_sent_on_unchanged() -> None:
    with Receiver() as receiver, telling(receiver) as line:
        send(line, "/texml/status", {**JOIN, "FriendlyName": "blue"})
        assert send(line, "/texml/status", SAID).status_code == 204
        until(lambda: receiver.requests != [], "it is sent on")
        (request,) = receiver.requests
    assert (request.method, request.path, request.body.decode()) == (
        "POST",
        "/callback",
        urlencode(SAID),
    )
    assert request.headers["Content-Type"] == "application/x-www-form-urlencoded"


@pytest.mark.parametrize("conference", [{}, {"ConferenceSid": "unknown"}])
def test_the_report_of_an_unknown_conference_is_sent_on(conference: dict[str, str]) -> None:
    """As after a restart, while the default room has another conference."""
    with Receiver() as receiver, telling(receiver, texml_record="record-from-start") as line:
        begun = callback("conference-start", 0, "v2:else", FriendlyName="demo-conference")
        inside = callback("participant-join", 1, "v2:else", FriendlyName="demo-conference")
        for each in (begun, inside):
            send(line, "/texml/status", each)
        before = rooms(line)
        assert before["demo-conference"]["recording"] is True
        assert send(line, "/texml/status", {**SAID, **conference}).status_code == 204
        until(lambda: receiver.taken == [{**SAID, **conference}], "it is sent on")
        assert rooms(line) == before


def test_a_report_that_telnyx_delivers_twice_is_sent_on_once() -> None:
    with Receiver() as receiver, telling(receiver) as line:
        for each in (SAID, SAID, {**SAID, "RecordingSid": "R-2"}, SAID):
            assert send(line, "/texml/status", each).status_code == 204
        line.services.stop(10)
    assert [fields["RecordingSid"] for fields in receiver.taken] == ["R-1", "R-2"]


def test_failed_reports_are_repeated_in_order() -> None:
    answers = iter([503, 0, 200])
    with Receiver(lambda fields: next(answers, 200)) as receiver:
        events = "in-progress completed absent"
        with telling(receiver, texml_recording_status_callback_event=events) as line:
            begun = {**SAID, "RecordingStatus": "in-progress"}
            for each in (begun, SAID):
                send(line, "/texml/status", {**each, "ConferenceSid": CONFERENCE})
            until(lambda: len(receiver.taken) == 2, "both are taken")
        tries = [request.fields["RecordingStatus"] for request in receiver.requests]
    assert tries == ["in-progress", "in-progress", "in-progress", "completed"]


def test_old_recordings_are_forgotten(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(delivery, "MOST_QUEUES", 2)
    with Receiver() as receiver, telling(receiver) as line:
        (sender,) = line.services.subscribers
        for n in range(5):
            send(line, "/texml/status", {**SAID, "RecordingSid": f"R-{n}"})
            until(lambda n=n: len(receiver.taken) == n + 1, "it is sent on")  # type: ignore[misc]
            until(lambda: sender._waiting == 0, "nothing waits")
        assert len(sender._queues) == 2


def test_a_subscriber_that_hangs_does_not_delay_another() -> None:
    with Receiver() as deaf, Receiver() as receiver:
        deaf.responsive.clear()
        with telling(receiver, status_callback=deaf.url) as line:
            send(line, "/texml/status", JOIN)
            send(line, "/texml/status", SAID)
            until(lambda: statuses(receiver) == ["completed"], "the recording is reported")
            assert deaf.requests == []
            deaf.responsive.set()


@pytest.mark.parametrize(("status", "sent"), [("failed", ["failed"]), ("paused", [])])
def test_a_status_that_cannot_be_chosen_is_sent_on_only_by_another_name(
    status: str, sent: list[str]
) -> None:
    """To Telnyx, failed is the same as absent."""
    with Receiver() as receiver:
        events = "in-progress completed absent"
        with telling(receiver, texml_recording_status_callback_event=events) as line:
            assert (
                send(line, "/texml/status", {**SAID, "RecordingStatus": status}).status_code == 204
            )
            line.services.stop(10)
        assert statuses(receiver) == sent


@pytest.mark.parametrize("method", ["POST", "GET"])
def test_no_log_has_the_address_of_a_recording(
    method: str, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    answers = iter([503, 404])
    with Receiver(lambda fields: next(answers, 200)) as receiver:
        way = {"texml_recording_status_callback_method": method, "control_token": "T"}
        with telling(receiver, **way) as line:
            send(line, "/texml/status", {**JOIN, "FriendlyName": "blue"})
            send(line, "/texml/status", SAID)
            until(lambda: len(receiver.requests) == 2, "it is refused")
            line.services.stop(10)
            shown = seen(line)
    assert "TEXML_RECORDING_STATUS_CALLBACK answers 404: the event is not sent again" in caplog.text
    assert "recording-completed" in shown
    for private in ("recordings.example", "X-Signature", "/callback", f":{receiver.server_port}"):
        assert private not in caplog.text + shown


def seen(line: TestLine) -> str:
    """Return what the control API shows."""
    headers = {"Authorization": "Bearer T"}
    return "".join(line.client.get(f"/api/{x}", headers=headers).text for x in ("rooms", "events"))
