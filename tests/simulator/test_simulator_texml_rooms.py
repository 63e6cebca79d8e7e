"""The effect of each attribute of <Conference>."""

from __future__ import annotations

import pytest
from rigs.simulator_texml import TexmlScene, all_heard, dial
from rigs.waiting import until

MODERATED = {"startConferenceOnEnter": "false"}
WAIT = "<Response><Say>Please wait.</Say>{}</Response>"


def test_two_callers_hear_each_other(texml: TexmlScene) -> None:
    first, second = texml.joins(11), texml.joins(12)
    assert first.hears.others == (second.number,)
    assert second.hears.others == (first.number,)
    assert all_heard(first) == [
        "ringing",
        "silence",
        "conference",
        f"conference with {second.number}",
    ]
    (room,) = texml.telnyx.conferences
    assert (room.name, room.status) == ("room", "in_progress")
    assert [leg.conference for leg in (first, second)] == [room.id, room.id]


def test_names_differ_by_case(texml: TexmlScene) -> None:
    texml.joins(11, "a & <b>")
    texml.joins(12, "a & <B>")
    assert [room.name for room in texml.telnyx.conferences] == ["a & <b>", "a & <B>"]


def test_a_name_is_free_again_after_the_end(texml: TexmlScene) -> None:
    texml.hangs_up(texml.joins(11))
    texml.joins(12)
    first, second = texml.telnyx.conferences
    assert (first.status, first.end_reason) == ("completed", "all_left")
    assert second.status == "in_progress"


# muted


def test_a_muted_participant_hears_and_is_not_heard(texml: TexmlScene) -> None:
    first, second = texml.joins(11), texml.joins(12, muted="true")
    assert (first.muted, second.muted) == (False, True)
    assert first.hears.others == ()
    assert second.hears.others == (first.number,)


# startConferenceOnEnter, waitUrl, waitMethod


def test_a_waiting_participant_hears_music_and_is_not_heard(texml: TexmlScene) -> None:
    first, second = texml.joins(11, **MODERATED), texml.joins(12, **MODERATED)
    (room,) = texml.telnyx.conferences
    assert room.status == "init"
    assert [str(leg.hears) for leg in (first, second)] == ["music", "music"]
    moderator = texml.joins(13)
    assert room.status == "in_progress"
    for leg in (first, second, moderator):
        others = {each.number for each in (first, second, moderator)} - {leg.number}
        assert set(leg.hears.others) == others
    late = texml.joins(14, **MODERATED)
    assert len(late.hears.others) == 3


def test_the_wait_is_with_an_audio_file(texml: TexmlScene) -> None:
    url = texml.app.serve("/wait.mp3", "ID3", "audio/mpeg")
    leg = texml.joins(11, **MODERATED, waitUrl=url, waitMethod="GET")
    assert str(leg.hears) == f"music: {url}"
    (received,) = texml.app.of("/wait.mp3")
    assert received.method == "GET"
    assert received.form["CallSid"] == leg.call_control_id
    joined = texml.telnyx.now()
    until(lambda: texml.telnyx.now() > joined + 20)
    assert str(leg.hears) == f"music: {url}"
    texml.joins(12)
    assert leg.hears.what == "conference"


def test_the_wait_is_with_a_document(texml: TexmlScene) -> None:
    url = texml.app.serve("/music.wav", "RIFF", "audio/wav")
    said = WAIT.format(f'<Pause length="3"/><Play loop="2">{url}</Play>')
    leg = texml.joins(11, **MODERATED, waitUrl=texml.app.serve("/wait", said))
    until(lambda: len(leg.timeline) == 6)
    assert all_heard(leg)[2:] == ["speech: Please wait.", "silence", f"music: {url}", "silence"]
    (received,) = texml.app.of("/wait")
    assert (received.method, received.form["CallSid"]) == ("POST", leg.call_control_id)
    at = [heard.at for heard in leg.timeline]
    assert at[4] - at[3] >= 3
    assert at[5] - at[4] >= 10


def test_a_waiting_document_may_redirect(texml: TexmlScene) -> None:
    url = texml.app.serve("/next", "<Response><Say loop='0'>And wait.</Say></Response>")
    first = WAIT.format(f"<Redirect>{url}</Redirect>")
    leg = texml.joins(11, **MODERATED, waitUrl=texml.app.serve("/wait", first))
    until(lambda: str(leg.hears) == "speech: And wait.")


def test_the_wait_ends_in_the_middle_of_the_document(texml: TexmlScene) -> None:
    texml.telnyx.speed = 5
    said = WAIT.format('<Say loop="0">Still waiting.</Say>')
    leg = texml.joins(11, **MODERATED, waitUrl=texml.app.serve("/wait", said))
    assert leg.hears.what == "speech"
    texml.joins(12)
    texml.telnyx.speed = 50
    heard = len(leg.timeline)
    now = texml.telnyx.now()
    until(lambda: texml.telnyx.now() > now + 10)
    assert leg.hears.what == "conference"
    assert len(leg.timeline) == heard


def test_nothing_is_fetched_for_a_wait_that_is_over(texml: TexmlScene) -> None:
    url = texml.app.serve("/next", "<Response><Say>And wait.</Say></Response>")
    first = f'<Response><Pause length="30"/><Redirect>{url}</Redirect></Response>'
    texml.joins(11, **MODERATED, waitUrl=texml.app.serve("/wait", first))
    texml.joins(12)
    now = texml.telnyx.now()
    until(lambda: texml.telnyx.now() > now + 31)
    assert texml.telnyx.idle(5)
    assert texml.app.of("/next") == []


@pytest.mark.parametrize(
    ("kind", "body", "problem"),
    [
        ("text/plain", "la la la", "its content type is text/plain"),
        ("text/xml", "<Response><Hangup/></Response>", "<Hangup> is not one of Say, Play, Pause"),
    ],
)
def test_without_usable_music_there_is_silence(
    texml: TexmlScene, kind: str, body: str, problem: str
) -> None:
    leg = texml.joins(11, **MODERATED, waitUrl=texml.app.serve("/wait", body, kind))
    assert leg.hears.what == "silence"
    assert leg.state == "answered"
    (noted,) = texml.telnyx.texml.problems
    assert problem in noted


# endConferenceOnExit


def test_when_a_host_leaves_the_others_continue_their_documents(texml: TexmlScene) -> None:
    host = texml.joins(11, endConferenceOnExit="true")
    texml.app.serve("/texml", dial(after="<Say>It is over.</Say>"))
    guest = texml.telnyx.phone("+13125550112").dial(to=texml.telnyx.texml.number)
    until(lambda: guest.conference)
    texml.hangs_up(host)
    (room,) = texml.telnyx.conferences
    assert (room.status, room.end_reason) == ("completed", "host_left")
    until(lambda: guest.state == "ended")
    assert all_heard(guest)[-3:] == ["speech: It is over.", "silence", "hung up: normal_clearing"]


def test_when_another_participant_leaves_the_conference_continues(texml: TexmlScene) -> None:
    host, guest = texml.joins(11, endConferenceOnExit="true"), texml.joins(12)
    texml.hangs_up(guest)
    assert host.hears.what == "conference"
    assert texml.telnyx.conferences[0].status == "in_progress"


def test_the_document_of_the_action_follows(texml: TexmlScene) -> None:
    url = texml.app.serve("/after", "<Response><Say>Bye.</Say></Response>")
    noun = "<Conference>room</Conference>"
    text = f'<Response><Dial action="{url}" method="GET">{noun}</Dial><Say>Never.</Say></Response>'
    host = texml.joins(11, endConferenceOnExit="true")
    guest = texml.calls(12, text)
    until(lambda: guest.conference)
    texml.hangs_up(host)
    until(lambda: guest.state == "ended")
    assert [str(h) for h in guest.timeline if h.what == "speech"] == ["speech: Bye."]
    again = texml.calls(13, text)
    until(lambda: again.conference)
    texml.hangs_up(again)  # no document follows the end of the call
    (received,) = texml.app.of("/after")
    assert (received.method, received.form["CallSid"]) == ("GET", guest.call_control_id)


def test_a_time_limit_takes_the_caller_out(texml: TexmlScene) -> None:
    text = '<Response><Dial timeLimit="60"><Conference>room</Conference></Dial></Response>'
    leg = texml.calls(11, text)
    until(lambda: leg.state == "ended")
    (stay,) = leg.stays
    assert (stay.left_at or 0) - stay.created_at >= 60


def test_a_time_limit_is_that_of_its_dial(texml: TexmlScene) -> None:
    second = "<Dial><Conference>other</Conference></Dial>"
    text = f'<Response><Dial timeLimit="60"><Conference>room</Conference></Dial>{second}</Response>'
    host = texml.joins(11, endConferenceOnExit="true")
    guest = texml.calls(12, text)
    until(lambda: guest.conference)
    texml.hangs_up(host)
    until(lambda: len(guest.stays) == 2)
    until(lambda: texml.telnyx.now() > guest.stays[0].created_at + 61)
    assert guest.stays[1].status == "joined"


# maxParticipants


def test_a_caller_of_a_full_conference_continues_the_document(texml: TexmlScene) -> None:
    for last in (11, 12):
        texml.joins(last, maxParticipants="2")
    full = texml.calls(13, dial(after="<Say>Try later.</Say>", maxParticipants="250"))
    until(lambda: full.state == "ended")
    assert full.stays == []
    assert all_heard(full)[2:] == ["speech: Try later.", "silence", "hung up: normal_clearing"]
    (room,) = texml.telnyx.conferences
    assert (len(room.members), room.max_participants) == (2, 2)


# beep


@pytest.mark.parametrize(
    ("beep", "beeps"),
    [("true", [1, 2]), ("false", [0, 0]), ("onEnter", [1, 1]), ("onExit", [0, 1])],
)
def test_beeps_are_heard_by_the_others(texml: TexmlScene, beep: str, beeps: list[int]) -> None:
    first = texml.joins(11, beep=beep)
    held = texml.joins(12, beep="false")
    assert texml.request("POST", texml.participant(held), Hold=True).status == 200
    second = texml.joins(13, beep=beep)
    counts = [len(first.beeps)]
    texml.hangs_up(second)
    counts.append(len(first.beeps))
    assert counts == beeps
    assert second.beeps == held.beeps == []


def test_beep_is_on_by_default(texml: TexmlScene) -> None:
    first = texml.joins(11)
    texml.joins(12)
    assert len(first.beeps) == 1


# record, recordBeep, trim, recordingTimeout, recordingStatusCallback, …Event, …Method

RECORDED = {"record": "record-from-start", "beep": "false"}


def test_nothing_is_recorded_by_default(texml: TexmlScene) -> None:
    texml.hangs_up(texml.joins(11))
    assert texml.telnyx.recordings == []


def test_a_conference_is_recorded_from_its_start(texml: TexmlScene) -> None:
    waiting = texml.joins(11, **MODERATED, **RECORDED, trim="trim-silence", recordingTimeout="9")
    assert texml.telnyx.recordings == []
    texml.joins(12, beep="false")
    (recording,) = texml.telnyx.recordings
    (room,) = texml.telnyx.conferences
    assert recording.conference is room
    assert (recording.format, recording.channels) == ("mp3", "single")
    assert room.noun is not None
    assert (room.noun.trim, room.noun.recording_timeout) == ("trim-silence", 9)
    assert len(waiting.beeps) == 1, "the recording begins with a beep"


def test_a_recording_without_a_beep(texml: TexmlScene) -> None:
    waiting = texml.joins(11, **MODERATED, **RECORDED, recordBeep="false")
    texml.joins(12, beep="false")
    assert len(texml.telnyx.recordings) == 1
    assert waiting.beeps == []


def recorded(texml: TexmlScene, **attributes: str) -> list[str]:
    """Return the statuses reported for a recording, from its start until it is saved."""
    url = f"{texml.app.url}/recorded"
    leg = texml.joins(11, **RECORDED, recordingStatusCallback=url, **attributes)
    texml.hangs_up(leg)
    until(lambda: texml.telnyx.recordings[0].saved_at)
    assert texml.telnyx.idle(5)
    return sorted(received.form["RecordingStatus"] for received in texml.app.of("/recorded"))


def test_the_end_of_a_recording_is_reported_by_default(texml: TexmlScene) -> None:
    assert recorded(texml) == ["completed"]


def test_the_start_of_a_recording_is_reported_if_wanted(texml: TexmlScene) -> None:
    events = "in-progress completed absent"
    assert recorded(texml, recordingStatusCallbackEvent=events) == ["completed", "in-progress"]


def test_a_recording_may_fail(texml: TexmlScene) -> None:
    texml.telnyx.texml.recordings_absent = True
    assert recorded(texml, recordingStatusCallbackEvent="completed absent") == ["absent"]
    assert "RecordingUrl" not in texml.app.of("/recorded")[0].form


def test_a_recordings_callback_has_no_address_if_the_document_wants_none(
    texml: TexmlScene,
) -> None:
    assert recorded(texml, sendRecordingUrl="false") == ["completed"]
    assert "RecordingUrl" not in texml.app.of("/recorded")[0].form


def test_a_failed_recording_is_not_a_completed_one(texml: TexmlScene) -> None:
    texml.telnyx.texml.recordings_absent = True
    assert recorded(texml) == []


@pytest.mark.parametrize("named", [True, False])
def test_the_fields_of_a_recordings_callback(texml: TexmlScene, named: bool) -> None:
    texml.telnyx.texml.names_conference = named
    recorded(texml)
    (leg,), (recording,) = texml.telnyx.legs, texml.telnyx.recordings
    (received,) = texml.app.of("/recorded")
    form = received.form
    assert form.pop("RecordingUrl").startswith("https://")
    assert form == {
        "AccountSid": texml.telnyx.texml.account_sid,
        "CallSid": leg.call_control_id,
        "CallSidLegacy": leg.call_control_id,
        "ConnectionId": texml.telnyx.texml.connection_id,
        "RecordingChannels": "1",
        "RecordingDuration": str(int(recording.lasted)),
        "RecordingSid": recording.id,
        "RecordingSource": "Conference",
        "RecordingStatus": "completed",
        **({"ConferenceSid": texml.telnyx.conferences[0].id} if named else {}),
    }


def test_the_method_of_a_recordings_callback(texml: TexmlScene) -> None:
    recorded(texml, recordingStatusCallbackMethod="GET")
    (received,) = texml.app.of("/recorded")
    assert (received.method, received.form["RecordingStatus"]) == ("GET", "completed")


# The first caller


def test_the_first_caller_sets_what_concerns_the_conference(texml: TexmlScene) -> None:
    texml.joins(11, statusCallback=texml.status_url, statusCallbackEvent="join leave")
    other = f"{texml.app.url}/other"
    second = texml.joins(12, statusCallback=other, statusCallbackEvent="join", **RECORDED)
    texml.hangs_up(second)
    assert texml.events() == ["participant-join", "participant-join", "participant-leave"]
    assert texml.app.of("/other") == []
    assert texml.telnyx.recordings == []


def test_a_conference_ends_after_four_hours(texml: TexmlScene) -> None:
    texml.joins(11)
    opened = texml.telnyx.now()
    until(lambda: texml.telnyx.now() > opened + 5)  # the first call itself ends a little earlier
    leg = texml.joins(12)
    texml.telnyx.speed = 20_000
    until(lambda: leg.state == "ended")
    (room,) = texml.telnyx.conferences
    assert room.end_reason == "time_exceeded"
