"""TeXML's REST operations: effects, answers, refusals."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from email.utils import parsedate_to_datetime
from typing import Any
from urllib.parse import quote

import pytest
from rigs.simulator_texml import TexmlScene, all_heard, dial
from rigs.waiting import until

from conference.simulator import Chaos, Happened, Leg

CALLEE = "+13125550177"
NEW = {"To": CALLEE, "From": "+12025550100"}
NOT_FOUND = {"errors": [{"detail": "Resource not found"}]}
CONFERENCE = {
    *("account_sid", "api_version", "call_sid_ending_conference", "date_created", "date_updated"),
    *("friendly_name", "reason_conference_ended", "region", "sid", "status", "subresource_uris"),
    "uri",
}
NEW_PARTICIPANT = {
    *("account_sid", "call_sid", "coaching", "coaching_call_sid", "conference_sid"),
    *("end_conference_on_exit", "hold", "muted", "status", "uri"),
}
PARTICIPANT = NEW_PARTICIPANT | {
    *("api_version", "call_sid_legacy", "coaching_call_sid_legacy", "date_created"),
    "date_updated",
}
PAGE = {"page", "page_size", "start", "end", "uri", "first_page_uri"}


def row(texml: TexmlScene, leg: Leg) -> dict[str, Any]:
    answer = texml.request("GET", texml.participant(leg))
    assert answer.status == 200
    return answer.json


def post(texml: TexmlScene, leg: Leg, **fields: object) -> dict[str, Any]:
    """Update a participant."""
    answer = texml.request("POST", texml.participant(leg), **fields)
    assert answer.status == 200, answer.json
    return answer.json


# Participants: mute, hold, coach, announce


def test_mute_and_unmute(texml: TexmlScene) -> None:
    first, second = texml.joins(11), texml.joins(12)
    assert post(texml, second, Muted=True)["muted"] is True
    assert first.hears.others == ()
    assert second.hears.others == (first.number,)
    assert post(texml, second, Muted=False)["muted"] is False
    assert first.hears.others == (second.number,)


def test_hold_with_an_audio_file_until_unhold(texml: TexmlScene) -> None:
    url = texml.app.serve("/hold.wav", "RIFF", "audio/wav")
    first, second = texml.joins(11), texml.joins(12)
    assert post(texml, first, Hold=True, HoldUrl=url, HoldMethod="GET")["hold"] is True
    assert texml.telnyx.idle(5)
    assert str(first.hears) == f"music: {url}"
    assert (first.on_hold, first.hold_audio) == (True, url)
    assert second.hears.others == ()
    (received,) = texml.app.of("/hold.wav")
    assert (received.method, received.form["CallSid"]) == ("GET", first.call_control_id)
    assert post(texml, first, Hold=False)["hold"] is False
    assert first.hears.others == (second.number,)
    assert second.hears.others == (first.number,)


def test_hold_with_a_document(texml: TexmlScene) -> None:
    url = texml.app.serve("/hold", '<Response><Say loop="0">Please hold.</Say></Response>')
    leg = texml.joins(11)
    post(texml, leg, Hold=True, HoldUrl=url)
    assert texml.telnyx.idle(5)
    assert str(leg.hears) == "speech: Please hold."
    assert texml.app.of("/hold")[0].method == "POST"


def test_hold_without_an_address_is_silence(texml: TexmlScene) -> None:
    leg = texml.joins(11)
    post(texml, leg, Hold=True)
    assert leg.hears.what == "silence"


def test_the_music_on_hold_can_be_changed(texml: TexmlScene) -> None:
    one, two = (texml.app.serve(f"/{n}.wav", "RIFF", "audio/wav") for n in (1, 2))
    leg = texml.joins(11)
    for url in (one, two, two):
        post(texml, leg, Hold=True, HoldUrl=url)
        assert texml.telnyx.idle(5)
        assert str(leg.hears) == f"music: {url}"
    assert [len(texml.app.of(f"/{n}.wav")) for n in (1, 2)] == [1, 1]


def test_a_hold_address_alone_puts_nobody_on_hold(texml: TexmlScene) -> None:
    url = texml.app.serve("/hold.wav", "RIFF", "audio/wav")
    leg = texml.joins(11)
    post(texml, leg, HoldUrl=url)
    assert leg.hears.what == "conference"
    post(texml, leg, Hold=True)
    post(texml, leg, HoldUrl=url)
    assert texml.telnyx.idle(5)
    assert str(leg.hears) == f"music: {url}"


def test_a_waiting_participant_waits_again_after_a_hold(texml: TexmlScene) -> None:
    wait = texml.app.serve("/wait.wav", "RIFF", "audio/wav")
    hold = texml.app.serve("/hold.wav", "RIFF", "audio/wav")
    leg = texml.joins(11, startConferenceOnEnter="false", waitUrl=wait)
    for fields, heard in (({"Hold": True, "HoldUrl": hold}, hold), ({"Hold": False}, wait)):
        post(texml, leg, **fields)
        assert texml.telnyx.idle(5)
        assert str(leg.hears) == f"music: {heard}"


def test_another_wait(texml: TexmlScene) -> None:
    url = texml.app.serve("/wait.wav", "RIFF", "audio/wav")
    leg = texml.joins(11, startConferenceOnEnter="false")
    post(texml, leg, WaitUrl=url)
    assert texml.telnyx.idle(5)
    assert str(leg.hears) == f"music: {url}"


def test_an_announcement_to_one(texml: TexmlScene) -> None:
    url = texml.app.serve("/note", "<Response><Say>You are muted.</Say></Response>")
    first, second = texml.joins(11), texml.joins(12)
    post(texml, first, AnnounceUrl=url)
    both = f"conference with {second.number}"
    until(lambda: all_heard(first)[-3:] == [both, "speech: You are muted.", both])
    assert all_heard(second)[-1] == f"conference with {first.number}"
    assert not any(heard.what == "speech" for heard in second.timeline)
    assert texml.app.of("/note")[0].method == "POST"


def test_an_announcement_to_one_on_hold_is_refused(texml: TexmlScene) -> None:
    leg = texml.joins(11)
    post(texml, leg, Hold=True)
    answer = texml.request(
        "POST", texml.participant(leg), AnnounceUrl="http://127.0.0.1/a", Muted=True
    )
    assert (answer.status, answer.error["code"]) == (400, "90047")
    assert not leg.muted


def test_an_announcement_to_all(texml: TexmlScene) -> None:
    url = texml.app.serve("/note.mp3", "ID3", "audio/mpeg")
    first, second = texml.joins(11), texml.joins(12)
    answer = texml.request("POST", texml.room(first), AnnounceUrl=url, AnnounceMethod="GET")
    assert answer.status == 200
    for leg in (first, second):
        until(lambda leg=leg: all_heard(leg)[-2] == f"playback: {url}")  # type: ignore[misc]
        assert leg.hears.what == "conference"


def test_a_host_by_command(texml: TexmlScene) -> None:
    host, guest = texml.joins(11), texml.joins(12)
    assert post(texml, host, EndConferenceOnExit=True)["end_conference_on_exit"] is True
    texml.hangs_up(host)
    until(lambda: guest.state == "ended")


@pytest.mark.parametrize(("beeps", "count"), [(True, 1), (False, 0)])
def test_a_beep_at_the_exit(texml: TexmlScene, beeps: bool, count: int) -> None:
    first, second = texml.joins(11, beep="false"), texml.joins(12, beep="false")
    post(texml, second, BeepOnExit=beeps)
    texml.hangs_up(second)
    assert len(first.beeps) == count


def test_a_coach_is_heard_by_one(texml: TexmlScene) -> None:
    coach, agent, caller = (texml.joins(last) for last in (11, 12, 13))
    sid = agent.call_control_id
    answer = post(texml, coach, Coaching=True, CallSidToCoach=sid)
    assert (answer["coaching"], answer["coaching_call_sid"]) == (True, sid)
    assert set(agent.hears.others) == {coach.number, caller.number}
    assert caller.hears.others == (agent.number,)
    post(texml, coach, Coaching=False)
    assert set(caller.hears.others) == {coach.number, agent.number}


@pytest.mark.parametrize(
    ("fields", "pointer", "code"),
    [
        ({"Muted": "yes"}, "/Muted", "10026"),
        ({"Hold": "1"}, "/Hold", "10026"),
        ({"HoldMethod": "PUT"}, "/HoldMethod", "10032"),
        ({"Hold": True, "HoldUrl": "music.wav"}, "/HoldUrl", "10015"),
        ({"AnnounceUrl": "a"}, "/AnnounceUrl", "10015"),
        ({"hold": True}, "/hold", "10015"),
        ({"Coaching": True}, "/CallSidToCoach", "10004"),
        ({"Coaching": True, "CallSidToCoach": "v2:x"}, "/CallSidToCoach", "10015"),
    ],
)
def test_bad_fields(texml: TexmlScene, fields: dict[str, object], pointer: str, code: str) -> None:
    leg = texml.joins(11)
    answer = texml.request("POST", texml.participant(leg), **fields)
    assert (answer.status, answer.error["code"]) == (422, code)
    assert answer.error["source"] == {"pointer": pointer}
    assert not leg.on_hold


# Kick


def test_a_participant_who_is_deleted_is_hung_up(texml: TexmlScene) -> None:
    first = texml.joins(11)
    second = texml.calls(12, dial(after="<Say>Never heard.</Say>"))
    until(lambda: second.conference)
    path = texml.participant(second)
    answer = texml.request("DELETE", path)
    assert (answer.status, answer.json) == (204, {})
    assert all_heard(second)[-2:] == [f"conference with {first.number}", "hung up: normal_clearing"]
    assert texml.request("DELETE", path).json == NOT_FOUND


# The conference


def test_ending_a_conference_hangs_up_everyone(texml: TexmlScene) -> None:
    attributes = {"statusCallback": texml.status_url, "statusCallbackEvent": "end"}
    legs = [texml.joins(last, **attributes) for last in (11, 12)]
    path = texml.room(legs[0])
    answer = texml.request("POST", path, Status="completed")
    assert answer.status == 200
    assert answer.json["status"] == "completed"
    assert answer.json["reason_conference_ended"] == "conference-ended-via-api"
    assert [leg.state for leg in legs] == ["ended", "ended"]
    assert texml.events() == ["conference-end"]
    again = texml.request("POST", path, Status="completed")
    assert (again.status, again.error["code"]) == (400, "90019")


def test_another_status_is_refused(texml: TexmlScene) -> None:
    leg = texml.joins(11)
    answer = texml.request("POST", texml.room(leg), Status="over")
    assert (answer.status, answer.error["code"]) == (422, "10032")


@pytest.mark.parametrize(
    ("how", "reason"),
    [
        ({}, "last-participant-left"),
        ({"endConferenceOnExit": "true"}, "participant-with-end-conference-on-exit-left"),
    ],
)
def test_why_it_ended(texml: TexmlScene, how: Mapping[str, str], reason: str) -> None:
    host = texml.joins(11, **how)
    path = texml.room(host)
    if how:
        texml.joins(12)
    texml.hangs_up(host)
    answer = texml.request("GET", path).json
    assert answer["reason_conference_ended"] == reason
    assert answer["call_sid_ending_conference"] == host.call_control_id


def test_the_row_of_a_conference(texml: TexmlScene) -> None:
    leg = texml.joins(11, "Room 1234")
    answer = texml.request("GET", texml.room(leg)).json
    base = f"/v2/texml/Accounts/{texml.telnyx.texml.account_sid}/Conferences/{leg.conference}"
    assert set(answer) == CONFERENCE
    assert (answer["sid"], answer["friendly_name"]) == (leg.conference, "Room 1234")
    assert (answer["status"], answer["reason_conference_ended"]) == ("in-progress", None)
    assert answer["uri"] == f"{base}.json"
    assert answer["subresource_uris"] == {
        "participants": f"{base}/Participants.json",
        "recordings": f"{base}/Recordings.json",
    }
    age = texml.telnyx._world.began - parsedate_to_datetime(answer["date_created"])
    assert abs(age.total_seconds()) < texml.telnyx.now() + 1
    for uri in (answer["uri"], *answer["subresource_uris"].values()):
        assert texml.api.get(uri.removeprefix("/v2")).status == 200


def test_the_row_of_a_participant(texml: TexmlScene) -> None:
    leg = texml.joins(11, muted="true")
    answer = row(texml, leg)
    assert set(answer) == PARTICIPANT
    assert answer["call_sid"] == answer["call_sid_legacy"] == leg.call_control_id
    assert answer["conference_sid"] == leg.conference
    assert (answer["status"], answer["muted"], answer["hold"]) == ("connected", True, False)
    assert texml.api.get(answer["uri"].removeprefix("/v2")).json == answer


# Lists


def listed(texml: TexmlScene, path: str, name: str) -> list[dict[str, Any]]:
    answer = texml.request("GET", path)
    assert answer.status == 200, answer.json
    rows: list[dict[str, Any]] = answer.json[name]
    return rows


def test_conferences_by_name_and_status(texml: TexmlScene) -> None:
    texml.hangs_up(texml.joins(11, "board"))
    texml.joins(12, "board")
    texml.joins(13, "other", startConferenceOnEnter="false")

    def states(query: str) -> list[tuple[str, str]]:
        rows = listed(texml, f"/Conferences{query}", "conferences")
        return [(row["friendly_name"], row["status"]) for row in rows]

    everything = [("other", "init"), ("board", "in-progress"), ("board", "completed")]
    assert states("") == everything
    assert states("?FriendlyName=board&Status=in-progress") == everything[1:2]
    assert states("?FriendlyName=Board") == []
    today = texml.telnyx._world.began.date().isoformat()
    for query in (f"DateCreated={today}", f"DateCreated>={today}", f"DateUpdated=<={today}"):
        assert states(f"?{query}") == everything
    assert states("?DateCreated=2023-05-22") == states("?DateCreated=<2023-05-22") == []
    assert texml.request("GET", "/Conferences?DateCreated=today").status == 422
    assert texml.request("GET", "/Conferences?Status=over").error["code"] == "10032"


def test_the_list_of_participants_is_empty_after_the_end(texml: TexmlScene) -> None:
    first, second = texml.joins(11), texml.joins(12)
    path = f"{texml.room(first)}/Participants"
    answer = texml.request("GET", path).json
    assert set(answer) == PAGE | {"participants"}
    sids = [row["call_sid"] for row in answer["participants"]]
    assert sids == [first.call_control_id, second.call_control_id]
    texml.hangs_up(second)
    assert [row["call_sid"] for row in listed(texml, path, "participants")] == sids[:1]
    assert texml.request("GET", f"{path}/{sids[1]}").json == NOT_FOUND
    texml.hangs_up(first)
    assert listed(texml, path, "participants") == []


def test_pages(texml: TexmlScene) -> None:
    legs = [texml.joins(last) for last in range(5)]
    answer = texml.request("GET", f"{texml.room(legs[0])}/Participants?PageSize=2").json
    sids, ends = [], []
    while True:
        sids += [row["call_sid"] for row in answer["participants"]]
        ends.append((answer["page"], answer["start"], answer["end"]))
        if "next_page_uri" not in answer:
            break
        texml.hangs_up(legs[len(ends) - 1])  # must not shift the next page
        answer = texml.api.get(answer["next_page_uri"].removeprefix("/v2")).json
    assert sids == [leg.call_control_id for leg in legs]
    assert ends == [(0, 0, 1), (1, 2, 3), (2, 4, 4)]
    assert texml.request("GET", "/Conferences?PageToken=x").status == 422


def test_twenty_are_on_a_page(texml: TexmlScene) -> None:
    for last in range(21):
        texml.hangs_up(texml.calls(last, "<Response><Reject/></Response>"))
    answer = texml.request("GET", "/Calls").json
    assert len(answer["calls"]) == 20
    assert len(texml.request("GET", "/Calls?Page=1").json["calls"]) == 1
    assert "next_page_uri" in answer


def test_calls(texml: TexmlScene) -> None:
    first, second = texml.joins(11), texml.calls(12, '<Response><Reject reason="busy"/></Response>')
    rows = listed(texml, "/Calls", "calls")
    assert [row["sid"] for row in rows] == [second.call_control_id, first.call_control_id]
    assert [row["status"] for row in rows] == ["busy", "in-progress"]
    assert {row["direction"] for row in rows} == {"inbound"}
    today = texml.telnyx._world.began.date().isoformat()
    for query, count in (
        (f"From={quote(first.number)}", 1),
        ("To=1", 0),
        ("Status=busy", 1),
        (f"StartTime={today}", 2),
        (f"StartTime_gt={today}", 0),
        (f"EndTime={today}", 1),
        ("EndTime_lt=2023-05-22", 1),  # before all ends
    ):
        assert len(listed(texml, f"/Calls?{query}", "calls")) == count, query
    path = f"/Calls/{quote(first.call_control_id)}"
    one = texml.request("GET", path).json
    assert {**one, "duration": ""} == {**rows[1], "duration": ""}
    assert int(one["duration"]) >= int(rows[1]["duration"]) >= 0
    assert texml.request("POST", path, Status="completed").json["status"] == "completed"
    assert first.state == "ended"
    assert (
        texml.request("POST", path, Url="http://127.0.0.1/a").error["detail"]
        == "Url is not simulated."
    )


def test_recordings(texml: TexmlScene) -> None:
    leg = texml.joins(11, record="record-from-start")
    path = texml.room(leg)
    (running,) = listed(texml, f"{path}/Recordings", "recordings")
    assert (running["status"], running["source"]) == ("processing", "Conference")
    texml.hangs_up(leg)
    until(lambda: texml.telnyx.recordings[0].saved_at)
    (recording,) = texml.telnyx.recordings
    answer = texml.request("GET", f"{path}/Recordings").json
    assert set(answer) == PAGE | {"recordings", "participants"}
    (one,) = answer["recordings"]
    assert (one["sid"], one["status"], one["duration"]) == (
        *(recording.id, "completed"),
        int(recording.lasted),
    )
    assert one["call_sid"] == leg.call_control_id
    (other,) = listed(texml, f"{path}/Recordings.json", "recordings")
    (third,) = listed(texml, "/Recordings.json", "recordings")
    fourth = texml.request("GET", f"/Recordings/{recording.id}.json").json
    for each in (one, other, third, fourth):
        assert each.pop("media_url").startswith("https://"), "a new one each time"
    assert other == third == fourth
    assert other["duration"] == str(one["duration"])
    assert set(one) ^ set(other) == {"subresource_uris", "subresources_uris"}
    assert texml.request("DELETE", f"/Recordings/{recording.id}.json").status == 204
    assert texml.request("GET", f"/Recordings/{recording.id}.json").json == NOT_FOUND
    assert texml.telnyx.recordings == []


def test_an_unsaved_recording_cannot_be_deleted(texml: TexmlScene) -> None:
    texml.joins(11, record="record-from-start")
    (recording,) = texml.telnyx.recordings
    assert texml.request("DELETE", f"/Recordings/{recording.id}.json").status == 404


# Dialling participants in


def dialled(texml: TexmlScene, room: str, **fields: object) -> dict[str, Any]:
    answer = texml.request("POST", f"/Conferences/{quote(room)}/Participants", **NEW, **fields)
    assert answer.status == 200, answer.json
    return answer.json


def test_a_participant_is_dialled_in(texml: TexmlScene) -> None:
    attributes = {"statusCallback": texml.status_url, "statusCallbackEvent": "join"}
    host = texml.joins(11, **attributes)
    texml.telnyx.phone(CALLEE).when_called(answer_after=2)
    answer = dialled(texml, str(host.conference), Label="customer", EndConferenceOnExit=True)
    assert set(answer) == NEW_PARTICIPANT
    assert (answer["status"], answer["conference_sid"]) == ("connecting", host.conference)
    (leg,) = texml.telnyx.phone(CALLEE).legs
    assert answer["call_sid"] == leg.call_control_id
    rows = listed(texml, f"{texml.room(host)}/Participants", "participants")
    assert [each["status"] for each in rows] == ["connected", "connecting"]
    assert set(rows[1]) == PARTICIPANT
    until(lambda: leg.conference)
    assert host.hears.others == (CALLEE,)
    customer = texml.request("GET", f"{texml.room(host)}/Participants/customer").json
    assert (customer["call_sid"], customer["status"]) == (leg.call_control_id, "connected")
    assert customer["end_conference_on_exit"] is True
    assert [form["From"] for form in texml.callbacks()] == [host.number, NEW["From"]]
    assert texml.callbacks()[1]["To"] == CALLEE


def test_a_dialled_participant_is_hung_up_when_the_conference_ends(texml: TexmlScene) -> None:
    host = texml.joins(11, endConferenceOnExit="true")
    texml.telnyx.phone(CALLEE).when_called()
    dialled(texml, str(host.conference))
    (leg,) = texml.telnyx.phone(CALLEE).legs
    until(lambda: leg.conference)
    texml.hangs_up(host)
    until(lambda: leg.state == "ended")


def test_a_call_to_the_texml_number_has_a_second_leg(texml: TexmlScene) -> None:
    host = texml.joins(11)
    fields = NEW | {"To": texml.telnyx.texml.number, "From": "+13125550100"}
    assert texml.request("POST", f"{texml.room(host)}/Participants", **fields).status == 200
    until(lambda: len(texml.telnyx.conferences[0].members) == 3)
    out, back = texml.telnyx.legs[1:]
    assert (out.direction, back.direction) == ("outgoing", "incoming")


def test_a_participant_is_dialled_by_the_name_of_a_conference(texml: TexmlScene) -> None:
    host = texml.joins(11, "board room")
    texml.telnyx.phone(CALLEE).when_called()
    assert dialled(texml, "board room")["conference_sid"] == host.conference
    until(lambda: host.hears.others == (CALLEE,))


def test_a_participant_is_dialled_into_a_new_conference(texml: TexmlScene) -> None:
    texml.telnyx.phone(CALLEE).when_called()
    application = texml.telnyx.texml.connection_id
    answer = dialled(
        texml,
        "new",
        ApplicationSid=application,
        MaxParticipants=800,
        ConferenceRecord="true",
        ConferenceStatusCallback=texml.status_url,
        ConferenceStatusCallbackEvent="start join",
        ConferenceRecordingStatusCallback="http://127.0.0.1/r",
        ConferenceRecordingStatusCallbackEvent="failed",
        Beep="onExit",
        Muted=True,
    )
    assert answer["conference_sid"] is None
    until(lambda: texml.telnyx.conferences)
    (room,) = texml.telnyx.conferences
    assert texml.events() == ["conference-start", "participant-join"]
    assert (room.name, room.max_participants, room.noun and room.noun.trim) == (
        *("new", 800),
        "trim-silence",
    )
    assert room.noun is not None
    assert room.noun.recording_status_callback_event == ("absent",)
    assert (room.participants[0].muted, room.participants[0].beep) == (True, "on_exit")
    assert len(texml.telnyx.recordings) == 1


def test_a_dialled_participant_waits_for_the_start(texml: TexmlScene) -> None:
    url = texml.app.serve("/wait.wav", "RIFF", "audio/wav")
    first = texml.joins(11, startConferenceOnEnter="false")
    texml.telnyx.phone(CALLEE).when_called()
    dialled(texml, str(first.conference), StartConferenceOnEnter=False, WaitUrl=url)
    (leg,) = texml.telnyx.phone(CALLEE).legs
    until(lambda: str(leg.hears) == f"music: {url}")


def test_a_dialled_participant_of_a_full_or_ended_conference_is_hung_up(texml: TexmlScene) -> None:
    host = texml.joins(11, maxParticipants="2")
    room = str(host.conference)
    texml.joins(12)
    texml.telnyx.phone(CALLEE).when_called()
    dialled(texml, room)
    (full,) = texml.telnyx.phone(CALLEE).legs
    until(lambda: full.state == "ended")
    assert full.stays == []
    dialled(texml, room)
    (_, late) = texml.telnyx.phone(CALLEE).legs
    assert texml.request("POST", texml.room(host), Status="completed").status == 200
    until(lambda: late.state == "ended")
    assert len(texml.telnyx.conferences) == 1


def test_a_ringing_participant_can_be_removed(texml: TexmlScene) -> None:
    host = texml.joins(11)
    texml.telnyx.phone(CALLEE).when_called(answer_after=None)
    sid = dialled(texml, str(host.conference), Label="guest")["call_sid"]
    path = f"{texml.room(host)}/Participants"
    assert texml.request("GET", f"{path}/guest").json["status"] == "connecting"
    assert texml.request("POST", f"{path}/guest", Muted=True).error["code"] == "90034"
    assert texml.request("DELETE", f"{path}/{quote(sid)}").status == 204
    (leg,) = texml.telnyx.phone(CALLEE).legs
    assert leg.hangup_cause == "originator_cancel"


@pytest.mark.parametrize(
    ("script", "status"),
    [
        ({"refuse": "user_busy"}, "busy"),
        ({"refuse": "call_rejected"}, "failed"),
        ({"answer_after": None}, "no-answer"),
    ],
)
def test_the_end_of_a_dialled_call_is_reported(
    texml: TexmlScene, script: dict[str, Any], status: str
) -> None:
    host = texml.joins(11)
    texml.telnyx.phone(CALLEE).when_called(**script)
    fields = {"StatusCallback": texml.status_url, "Timeout": 5}
    dialled(texml, str(host.conference), **fields, StatusCallbackEvent="initiated completed")
    until(lambda: texml.telnyx.phone(CALLEE).legs[0].state == "ended")
    reported = [(form["CallStatus"], form["SequenceNumber"]) for form in texml.callbacks()]
    assert reported == [("initiated", "0"), (status, "3")]
    assert {received.method for received in texml.app.of("/status")} == {"POST"}


def test_only_the_end_of_a_dialled_call_is_reported_by_default(texml: TexmlScene) -> None:
    host = texml.joins(11)
    texml.telnyx.phone(CALLEE).when_called()
    where = {"StatusCallback": texml.status_url, "StatusCallbackMethod": "GET"}
    dialled(texml, str(host.conference), **where, TimeLimit=5)
    until(lambda: texml.app.of("/status"))
    (form,) = texml.callbacks()
    assert texml.app.of("/status")[0].method == "GET"
    assert (form["CallStatus"], form["HangupCause"]) == ("completed", "time_limit")


@pytest.mark.parametrize(
    ("room", "fields", "pointer", "code"),
    [
        ("nowhere", {}, "/ApplicationSid", "10004"),
        ("nowhere", {"ApplicationSid": "1"}, "/ApplicationSid", "10015"),
        ("", {"To": ""}, "/To", "10004"),
        ("", {"From": ""}, "/From", "10004"),
        ("", {"To": "13125550111"}, "/To", "10016"),
        ("", {"MaxParticipants": "801"}, "/MaxParticipants", "10033"),
        ("", {"Timeout": "4"}, "/Timeout", "10033"),
        ("", {"Timeout": "soon"}, "/Timeout", "10026"),
        ("", {"Beep": "always"}, "/Beep", "10032"),
        ("", {"WaitUrl": "a.wav"}, "/WaitUrl", "10015"),
        ("", {"ConferenceStatusCallbackEvent": "begin"}, "/ConferenceStatusCallbackEvent", "10015"),
        ("", {"StatusCallback": "here"}, "/StatusCallback", "10015"),
        ("", {"Number": "1"}, "/Number", "10015"),
    ],
)
def test_bad_requests_to_dial_are_refused(
    texml: TexmlScene, room: str, fields: dict[str, str], pointer: str, code: str
) -> None:
    host = texml.joins(11)
    path = f"/Conferences/{room or host.conference}/Participants"
    answer = texml.request("POST", path, **{**NEW, **fields})
    assert (answer.status, answer.error["code"]) == (422, code)
    assert answer.error["source"] == {"pointer": pointer}
    assert texml.telnyx.phone(CALLEE).legs == []


# Common refusals


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/Conferences/nowhere"),
        ("POST", "/Conferences/nowhere"),
        ("GET", "/Conferences/nowhere/Participants"),
        ("GET", "/Conferences/nowhere/Participants/v2:x"),
        ("POST", "/Conferences/nowhere/Participants/v2:x"),
        ("DELETE", "/Conferences/nowhere/Participants/v2:x"),
        ("GET", "/Conferences/nowhere/Recordings"),
        ("GET", "/Calls/v2:x"),
        ("GET", "/Recordings/x.json"),
    ],
)
def test_unknown_things_are_not_found(texml: TexmlScene, method: str, path: str) -> None:
    answer = texml.request(method, path)
    assert (answer.status, answer.json) == (404, NOT_FOUND)
    assert texml.telnyx.requests[-1].code == ""


def test_another_account_is_not_found(texml: TexmlScene) -> None:
    assert texml.api.get("/texml/Accounts/other/Conferences").json == NOT_FOUND


def test_ended_conferences_take_no_commands(texml: TexmlScene) -> None:
    leg = texml.joins(11)
    room, participant = texml.room(leg), texml.participant(leg)
    texml.hangs_up(leg)
    for method, path in (("POST", room), ("POST", participant), ("DELETE", participant)):
        answer = texml.request(method, path)
        assert (answer.status, answer.error["code"]) == (400, "90019")
    answer = texml.request("POST", f"{room}/Participants", **NEW)
    assert (answer.status, answer.error["code"]) == (400, "90019")


@pytest.mark.parametrize(
    ("raw", "kind"),
    [
        (b"Muted=true&Muted=false", "application/x-www-form-urlencoded"),
        (b"Muted", "application/x-www-form-urlencoded"),
        (b"Muted=%ff", "text/plain"),
        (b"Muted=true", ""),
        (b'{"Muted": tru', "application/json"),
        (b'["Muted"]', "application/json"),
    ],
)
def test_malformed_forms_are_refused(texml: TexmlScene, raw: bytes, kind: str) -> None:
    leg = texml.joins(11)
    path = f"/texml/Accounts/{texml.telnyx.texml.account_sid}{texml.participant(leg)}"
    answer = texml.api.request("POST", path, raw, {"Content-Type": kind} if kind else {})
    assert (answer.status, answer.error["code"]) == (400, "10015")
    assert not leg.muted


def test_json_is_accepted_as_the_sdk_sends_it(texml: TexmlScene) -> None:
    leg = texml.joins(11)
    path = f"/texml/Accounts/{texml.telnyx.texml.account_sid}{texml.participant(leg)}"
    json = {"Content-Type": "application/json"}
    assert texml.api.request("POST", path, {"Muted": True}, json).status == 200
    assert leg.muted
    answer = texml.api.request("POST", path, {"Muted": "false"}, json)
    assert (answer.status, answer.error["code"]) == (422, "10026")


# Not mixed with Call Control


def test_call_control_does_not_command_calls_of_texml(texml: TexmlScene) -> None:
    leg = texml.joins(11)
    sid, room = leg.call_control_id, str(leg.conference)
    answers = [
        texml.api.call(leg, "hangup"),
        texml.api.create(leg),
        texml.api.room(room, "mute", call_control_ids=[sid]),
        texml.api.room(room, "end"),
        texml.api.get(f"/conferences/{room}"),
    ]
    for answer in answers:
        assert answer.status == 422, answer.json
        assert "may not be mixed" in answer.error["detail"]
    assert texml.api.room("room", "hold").error["code"] == "90058", "its name is TeXML's"
    assert texml.api.get("/conferences").data == []
    assert leg.hears.what == "conference"


def test_texml_does_not_command_calls_of_call_control(texml: TexmlScene) -> None:
    other = texml.telnyx.phone("+13125550112").dial()
    assert texml.api.call(other, "answer").status == 200
    until(lambda: other.state == "answered")
    room = texml.api.create(other).data["id"]
    path = f"/Conferences/{room}"
    sid = quote(other.call_control_id)
    for method, below in (("POST", ""), ("DELETE", f"/Participants/{sid}"), ("GET", "")):
        assert texml.request(method, f"{path}{below}").json == NOT_FOUND
    assert texml.request("POST", f"/Calls/{sid}", Status="completed").status == 404
    assert listed(texml, "/Calls", "calls") == listed(texml, "/Conferences", "conferences") == []


def test_both_may_have_a_conference_of_one_name(texml: TexmlScene) -> None:
    by_texml = texml.joins(11, "room")
    other = texml.telnyx.phone("+13125550112").dial()
    assert texml.api.call(other, "answer").status == 200
    until(lambda: other.state == "answered")
    id = texml.api.create(other, "room").data["id"]
    assert by_texml.hears.others == other.hears.others == ()
    assert texml.api.room("room", "end").status == 404
    assert texml.api.room(id, "end").status == 200
    assert by_texml.state == "answered"


def test_each_connection_has_its_calls(texml: TexmlScene) -> None:
    leg, other = texml.joins(11), texml.telnyx.phone("+13125550112").dial()
    for call in (leg, other):
        rows = texml.api.get(f"/connections/{call.connection_id}/active_calls").data
        assert [row["call_control_id"] for row in rows] == [call.call_control_id]


# The account


def test_the_application_and_its_number(texml: TexmlScene) -> None:
    application = texml.telnyx.texml.connection_id
    row = texml.api.get(f"/texml_applications/{application}").data
    assert (row["voice_url"], row["voice_method"]) == (f"{texml.app.url}/texml", "post")
    (number,) = texml.api.get(f"/phone_numbers?filter[connection_id]={application}").data
    assert number["phone_number"] == texml.telnyx.texml.number
    assert len(texml.api.get("/phone_numbers").data) == 2
    assert texml.api.get("/texml_applications?page[size]=250").data == [row]
    assert texml.api.get("/texml_applications?filter[friendly_name]=BY+TeX").data == [row]
    assert texml.api.get("/texml_applications?filter[friendly_name]=other").data == []
    texml.telnyx.texml.application["active"] = False
    assert [each["active"] for each in texml.api.get("/texml_applications").data] == [False]
    texml.telnyx.texml.url = ""
    assert len(texml.api.get("/phone_numbers").data) == 1
    assert texml.api.get("/texml_applications").data == []
    assert texml.api.get(f"/texml_applications/{application}").status == 404


# The ledger, chaos, spectators


def test_the_ledger_has_what_a_texml_command_concerned(texml: TexmlScene) -> None:
    leg = texml.joins(11)
    sid, room = leg.call_control_id, leg.conference
    texml.telnyx.phone(CALLEE).when_called(answer_after=None)
    new = dialled(texml, str(room))["call_sid"]
    post(texml, leg, Muted=True)
    texml.request("GET", texml.room(leg))
    texml.request("DELETE", texml.participant(leg))
    noted = [(each.operation, each.calls, each.conference) for each in texml.telnyx.requests]
    assert noted == [
        ("DialTexmlConferenceParticipant", (new,), room),
        ("UpdateTexmlConferenceParticipant", (sid,), room),
        ("GetTexmlConference", (sid,), room),
        ("DeleteTexmlConferenceParticipant", (sid,), room),
    ]
    assert texml.telnyx.requests[1].body == {"Muted": True}


def test_chaos_hits_requests(texml: TexmlScene) -> None:
    leg = texml.joins(11)
    texml.telnyx.chaos = Chaos(limit=1)
    answer = texml.request("POST", texml.participant(leg), Muted=True)
    assert (answer.status, answer.headers["Retry-After"]) == (429, "1")
    assert not leg.muted


def test_spectators_see_what_each_texml_command_changes(texml: TexmlScene) -> None:
    seen: list[Happened] = []
    texml.telnyx._world.spectate = seen.append
    leg = texml.joins(11)
    texml.telnyx.phone(CALLEE).when_called(answer_after=None)
    dialled(texml, str(leg.conference))
    for fields in ({"Muted": True}, {"Muted": False}, {"Hold": True}, {"Hold": False}):
        post(texml, leg, **fields)
    post(texml, leg, AnnounceUrl="http://127.0.0.1/a")
    texml.request("GET", texml.room(leg))
    texml.request("DELETE", texml.participant(leg))
    texml.joins(12)
    texml.request("POST", f"/Conferences/{texml.telnyx.conferences[1].id}", Status="completed")
    commands = [(e.number, e.operation, e.numbers) for e in seen if e.kind == "command"]
    update = "UpdateTexmlConferenceParticipant"
    changes = ("Muted", "Muted=false", "Hold", "Hold=false", "AnnounceUrl")
    assert commands == [
        ("", "DialTexmlConferenceParticipant", (CALLEE,)),
        *((leg.number, f"{update} {change}", (leg.number,)) for change in changes),
        (leg.number, "DeleteTexmlConferenceParticipant", (leg.number,)),
        ("", "UpdateTexmlConference Status", ()),
    ]
    (refused,) = (each for each in seen if each.kind == "document refused")
    assert (refused.number, refused.detail) == (
        leg.number,
        "http://127.0.0.1/a: there was no answer",
    )


def test_stopping_ends_the_threads_that_fetch(texml: TexmlScene) -> None:
    texml.telnyx.texml.url = f"{texml.app.url}/slow"
    texml.telnyx.phone("+13125550111").dial(to=texml.telnyx.texml.number)
    until(lambda: texml.app.of("/slow"))
    texml.telnyx.stop()
    assert not [t for t in threading.enumerate() if t.name.startswith("simulator")]
