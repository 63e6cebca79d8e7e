"""Every recorded webhook in every state of its call: what changes in the room, what does not."""

from typing import Any

import pytest
from rigs.core import flat
from rigs.lines import CALL, TestLine, test_line
from rigs.recorded import EVENT_TYPES, make, post

from conference.core.room import Room
from conference.core.webhook_fields import DETAILS, OF_EVERY_EVENT

TOKEN = "a-token-of-the-tests"
STATES = {
    "unknown": [],
    "ringing": ["call.initiated"],
    "greeting": ["call.initiated", "call.answered"],
    "joined": [
        "call.initiated",
        "call.answered",
        "call.speak.ended",
        "conference.created",
        "conference.participant.joined",
    ],
}
GONE = {"participants", "members", "deadlines", "ended"}
OUT = {"participants", "joined", "told", "deadlines", "conference", "opened_at"}
LET_IN = OUT | {"told_at"}  # alone, and so on hold
CHANGES = {
    **{
        (state, event_type): {"queued"}
        for state in ("ringing", "greeting", "joined")
        for event_type in ("call.enqueued", "call.dequeued")
    },
    ("unknown", "call.initiated"): {"participants", "members", "deadlines"},
    ("unknown", "call.hangup"): {"ended"},
    ("ringing", "call.answered"): {"participants", "deadlines"},
    ("ringing", "call.hangup"): GONE,
    ("ringing", "conference.participant.joined"): LET_IN,
    ("ringing", "conference.ended"): {"ended"},
    ("greeting", "conference.ended"): {"ended"},
    ("ringing", "conference.floor.changed"): {"speaker"},
    ("ringing", "conference.floor.changed.unwrapped"): {"speaker"},
    ("greeting", "conference.floor.changed"): {"speaker"},
    ("greeting", "conference.floor.changed.unwrapped"): {"speaker"},
    ("greeting", "call.speak.ended"): {"participants", "deadlines", "conference", "opened_at"},
    ("greeting", "call.hangup"): GONE,
    ("greeting", "conference.participant.joined"): LET_IN,
    ("joined", "call.hangup"): OUT | GONE,
    ("joined", "conference.participant.left"): OUT,
    ("joined", "conference.ended"): OUT | {"ended"},
    ("joined", "conference.floor.changed"): {"speaker"},
    ("joined", "conference.floor.changed.unwrapped"): {"speaker"},
}
MEDIA = {"media_url": "https://www.example.com/audio.mp3"}
RECORDING = "4577f9a2-cf0e-44f3-ac57-9f95fb03fa47"
LEG = "428c31b6-7af4-4bcb-b7f5-5013ef9657c1"
HEARD = "media url https://www.example.com/audio.mp3"
TOLD: dict[str, tuple[str, dict[str, Any]]] = {  # what the text says after the type; the details
    "call.cost": (
        "success, total cost 0.0106, currency USD, billed duration secs 120",
        {
            **{"status": "success", "total_cost": "0.0106", "currency": "USD"},
            "billed_duration_secs": 120,
        },
    ),
    "call.dequeued": (
        "leave, queue support, queue position 3",
        {"queue": "support", "queue_position": 3, "reason": "leave"},
    ),
    "call.dtmf.received": ("digit ***", {"digit": "5"}),
    "call.enqueued": (
        "queue support, current position 5",
        {"queue": "support", "current_position": 5},
    ),
    "call.gather.ended": ("valid, digits ***", {"status": "valid", "digits": "1234"}),
    "call.hangup": (
        "normal_clearing, hangup source caller",
        {"hangup_cause": "normal_clearing", "hangup_source": "caller"},
    ),
    "call.machine.detection.ended": ("result human", {"result": "human"}),
    "call.machine.greeting.ended": ("result ended", {"result": "ended"}),
    "call.machine.premium.detection.ended": ("result machine", {"result": "machine"}),
    "call.machine.premium.greeting.ended": ("result beep_detected", {"result": "beep_detected"}),
    "call.playback.ended": (
        "completed, media name my_media_uploaded_to_media_storage_api",
        {"media_name": "my_media_uploaded_to_media_storage_api", "status": "completed"},
    ),
    "call.playback.started": (
        "media url http://example.com/audio.wav",
        {"media_url": "http://example.com/audio.wav"},
    ),
    "call.recording.error": ("Internal server error", {"reason": "Internal server error"}),
    "call.recording.saved": (
        f"channels single, call leg id {LEG}",
        {"channels": "single", "call_leg_id": LEG},
    ),
    "call.speak.ended": ("completed", {"status": "completed"}),
    "conference.ended": ("all_left", {"reason": "all_left"}),
    "conference.participant.playback.ended": (HEARD, MEDIA),
    "conference.participant.playback.started": (HEARD, MEDIA),
    "conference.playback.ended": (HEARD, MEDIA),
    "conference.playback.started": (HEARD, MEDIA),
    "conference.recording.saved": (
        f"recording id {RECORDING}, channels single, format mp3, "
        f"fresh links: GET /api/telnyx/recordings/{RECORDING}",
        {"recording_id": RECORDING, "channels": "single", "format": "mp3"},
    ),
}
RECORDED = {
    "recording_started_at": "2026-08-21T15:04:05.271992Z",
    "recording_ended_at": "2026-08-21T15:04:31.301034Z",
}
FOR_PROGRAMS: dict[str, dict[str, Any]] = {  # further details, which no text shows
    "call.initiated": {"state": "parked", "calling_party_type": "pstn"},
    "call.answered": {"state": "answered", "start_time": "2026-08-21T15:04:05.271992Z"},
    "call.hangup": {
        **{"state": "hangup", "start_time": "2026-08-21T15:04:05.271992Z"},
        **{"end_time": "2026-08-21T15:04:07.274226Z", "sip_hangup_cause": "200"},
        **{"mos": "4.50", "jitter_max_variance": "2.74"},
    },
    "call.playback.started": {"overlay": False},
    "call.playback.ended": {"overlay": False},
    "call.recording.saved": {**RECORDED, "recording_ended_at": "2026-08-21T15:04:17.285396Z"},
    "call.cost": {"billing_group_id": "f5586561-8ff0-4291-a0ac-84fe544797bd"},
    "conference.recording.saved": RECORDED,
}
FOUND = ("call.initiated", "call.hangup")  # also of a call that nobody knows


IDENTITY = ("id", "occurred_at", "conference_id", "call_leg_id")


def is_heard_of(state: str, event_type: str) -> bool:
    if "floor.changed" in event_type:
        return False
    if state in ("unknown", "joined"):
        return state == "joined" or event_type in FOUND
    return "call_control_id" in make(event_type)["data"]["payload"] or event_type[:4] == "call"


def webhooks(line: TestLine) -> list[dict[str, Any]]:
    """The events of /api/events."""
    headers = {"Authorization": f"Bearer {TOKEN}"}
    events = line.client.get("/api/events", headers=headers).json["events"]
    return [each for each in events if each["kind"] == "webhook"]


def changed(before: Room, after: Room) -> set[str]:
    """The names of the fields that differ in the room and its parts."""
    was, now = flat(before), flat(after)
    return {name for name in now if was[name] != now[name]}


@pytest.mark.parametrize("state", STATES)
@pytest.mark.parametrize("event_type", EVENT_TYPES)
def test_what_a_webhook_changes(state: str, event_type: str) -> None:
    with test_line(control_token=TOKEN) as line:
        line.happens(*STATES[state])
        before, heard_before = line.room, webhooks(line)
        event = make(event_type)

        assert post(line.client, event).status_code == 200
        assert changed(before, line.room) == CHANGES.get((state, event_type), set())
        heard = webhooks(line)[len(heard_before) :]
        assert len(heard) == is_heard_of(state, event_type)
        for told in heard:
            text, details = TOLD.get(event_type, ("", {}))
            assert told["text"] == f"{event_type}, {text}".removesuffix(", ")
            payload = event["data"]["payload"]
            ids = {name: payload[name] for name in OF_EVERY_EVENT if name in payload}
            details = {**details, **FOR_PROGRAMS.get(event_type, {}), **ids}
            assert (told["event_type"], told["details"]) == (event_type, details)
            assert {name: told[name] for name in IDENTITY} == {
                "id": event["data"]["id"],
                "occurred_at": event["data"]["occurred_at"],
                "conference_id": payload.get("conference_id"),
                "call_leg_id": payload.get("call_leg_id"),
            }
            about_the_call = "call_control_id" in payload or "call_leg_id" in payload
            assert told["calls"] == ([CALL] if about_the_call else []), "known by its leg, too"
            known = about_the_call and (before.participants or line.room.participants)
            assert told["number"] == ("...0142" if known else "")

        sent, after = list(line.api.sent), line.room
        assert post(line.client, event).status_code == 200, "the second time"
        assert (line.room, line.api.sent) == (after, sent)
        assert webhooks(line)[len(heard_before) :] == heard


def test_every_event_that_is_told_of_is_recorded() -> None:
    assert {name.removesuffix(".unwrapped") for name in EVENT_TYPES} == DETAILS.keys()


def test_every_event_is_recorded_with_its_source() -> None:
    assert len(EVENT_TYPES) == 36
    assert {name for name in EVENT_TYPES if name.startswith("conference.")} >= {
        f"conference.{what}" for what in ("created", "ended", "floor.changed", "recording.saved")
    }


def test_keys_and_numbers_are_in_no_log_and_in_no_text(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("DEBUG")
    link = "https://u:s3cret@example.com/+15550107777.mp3?key=s3cret#s3cret"
    with test_line(control_token=TOKEN) as line:
        line.happens(*STATES["joined"])
        before = len(webhooks(line))
        line.happens("call.gather.ended", digits="9071*530", status="valid", gather_id="pin")
        for digit in "9071*530":
            line.happens("call.dtmf.received", digit=digit)
        line.happens("call.playback.ended", status="failed", status_detail="no +15550107777")
        line.happens("call.playback.ended", media_url=link, media_name=None, status="failed")
        line.happens("call.hangup", hangup_cause="gone to +15550107777")
        gathered, *pressed, failed, linked, gone = webhooks(line)[before:]
        wanted = {"status": "valid", "digits": "9071*530", "gather_id": "pin"}
        assert gathered["details"].items() >= wanted.items()
        assert "".join(each["details"]["digit"] for each in pressed) == "9071*530"
        assert failed["details"]["status_detail"] == "no +15550107777"
        assert "status detail no +...7777" in failed["text"]
        assert (linked["details"]["media_url"], linked["details"]["status"]) == (link, "failed")
        assert "media url https://example.com/+...7777.mp3?..." in linked["text"]
        assert gone["text"] == "call.hangup, gone to +...7777, hangup source caller"
        headers = {"Authorization": f"Bearer {TOKEN}"}
        texts = [e["text"] for e in line.client.get("/api/events", headers=headers).json["events"]]
    assert "greeting -[call.speak.ended]> waiting" in caplog.text, "something is logged"
    for private in ("9071*530", "digit 9", "+15550107777", "5550107777", "+13125550142", "s3cret"):
        assert private not in caplog.text
        assert private not in "\n".join(texts)


def test_a_line_that_tells_of_no_webhook_has_nothing_of_one() -> None:
    with test_line(control_token=TOKEN) as line:
        line.happens(*STATES["joined"])
        headers = {"Authorization": f"Bearer {TOKEN}"}
        events = line.client.get("/api/events", headers=headers).json["events"]
    others = [each for each in events if each["kind"] != "webhook"]
    assert {each["kind"] for each in others} == {"command", "outcome", "change"}
    assert {each[name] for each in others for name in (*IDENTITY, "event_type")} == {None}


def test_recorded_story_of_one_call(line: TestLine) -> None:
    line.happens(*STATES["joined"])
    (participant,) = line.room.participants.values()
    assert (participant.status, participant.number) == ("joined", "+13125550142")
    line.happens("call.hangup", "conference.participant.left", "conference.ended")
    room = line.room
    assert (room.participants, room.conference, room.pending, room.holding.told) == ({}, "", {}, {})
