"""A webhook's body as an event: whatever Telnyx or anybody else sends."""

from __future__ import annotations

import json
from typing import Any

import pytest
from rigs.recorded import EVENT_TYPES, make, recorded

from conference.core.client_state import ClientState, encode
from conference.core.events import Ignored, Malformed, Webhook, parse
from conference.core.webhook_fields import DETAILS, FOR_PROGRAMS, OF_EVERY_EVENT

AT = 1000.0
FLAGS = ("overlay", "shaken_stir_validated")
COUNTS = (
    *("current_position", "queue_position", "queue_avg_wait_time_secs", "wait_time_secs"),
    "billed_duration_secs",
)


def read(body: object) -> Webhook | Ignored:
    return parse(json.dumps(body).encode(), AT)


def event(**payload: Any) -> Webhook:
    """What is read of a call.initiated with these fields in its payload."""
    found = read(make("call.initiated", **payload))
    assert isinstance(found, Webhook)
    return found


def test_everything_that_is_used_is_read() -> None:
    state = ClientState("demo", "moderator", "outgoing", "+2", "Ann")
    body = make("call.initiated", id="e1", client_state=encode(state), conference_id="K")
    call = body["data"]["payload"]["call_control_id"]
    assert read(body) == Webhook(
        "call.initiated",
        AT,
        id="e1",
        occurred_at="2026-08-21T15:04:05.271992",
        call=call,
        leg="428c31b6-7af4-4bcb-b7f5-5013ef9657c1",
        conference="K",
        direction="incoming",
        from_="+13125550142",
        to="+13129457420",
        client_state=state,
        delivered_to="https://example.com/webhooks/telnyx/voice",
        details={
            "state": "parked",
            "calling_party_type": "pstn",
            "connection_id": "1494404757140276705",
            "call_session_id": "428c31b6-abf3-3bc1-b7f4-5013ef9657c1",
        },
    )


@pytest.mark.parametrize(
    ("name", "payload", "cause"),
    [
        ("call.hangup", {"hangup_cause": "user_busy"}, "user_busy"),
        ("call.hangup", {"hangup_cause": "not_listed_anywhere"}, "not_listed_anywhere"),
        ("call.hangup", {"hangup_cause": None}, ""),
        ("call.speak.ended", {"status": "call_hangup"}, "call_hangup"),
        ("conference.ended", {"reason": "ended_via_api"}, "ended_via_api"),
    ],
)
def test_why_it_ended(name: str, payload: dict[str, Any], cause: str) -> None:
    found = read(make(name, **payload))
    assert isinstance(found, Webhook)
    assert found.cause == cause


@pytest.mark.parametrize("name", EVENT_TYPES)
def test_every_recorded_body_is_an_event(name: str) -> None:
    body = recorded(name)
    fields = body.get("data", body)
    found = read(body)
    assert isinstance(found, Webhook)
    assert (found.type, found.id) == (fields["event_type"], fields["id"])
    assert found.call == fields["payload"].get("call_control_id", "")
    assert found.conference == fields["payload"].get("conference_id", "")


def test_a_floor_change_may_come_without_its_wrapper() -> None:
    wrapped, bare = (
        read(recorded(f"conference.floor.changed{suffix}")) for suffix in ("", ".unwrapped")
    )
    assert isinstance(wrapped, Webhook) and isinstance(bare, Webhook)
    assert bare.call and bare.call == wrapped.call
    assert bare.conference and bare.conference == wrapped.conference
    assert bare.occurred_at == wrapped.occurred_at == "2026-08-21T15:04:30.299917"


# No webhook at all

GOOD = json.dumps(make("call.initiated", id="e1"))
MALFORMED: list[tuple[str, bytes]] = [
    ("empty", b""),
    ("not JSON", b"call.initiated"),
    ("cut off", GOOD[:-1].encode()),
    ("two of them", (GOOD + GOOD).encode()),
    ("form-encoded", b"CallSid=1&From=%2B1"),
    ("a list", f"[{GOOD}]".encode()),
    ("a string", b'"data"'),
    ("a number", b"7"),
    ("null", b"null"),
    ("UTF-16", GOOD.encode("utf-16")),
    ("UTF-16 without BOM", GOOD.encode("utf-16-le")),
    ("UTF-32", GOOD.encode("utf-32")),
    ("with a BOM", GOOD.encode("utf-8-sig")),
    ("Latin-1", b'{"data": {"record_type": "\xe9vent"}}'),
    ("surrogates in UTF-8", b'{"data": {"id": "\xed\xa0\x80"}}'),
    ("nested 100,000 deep, lists", b'{"data":' + b"[" * 100_000),
    ("nested 100,000 deep, closed", b"[" * 100_000 + b"]" * 100_000),
    ("nested 100,000 deep, objects", b'{"data":' * 100_000 + b"1" + b"}" * 100_000),
    ("an integer of 5000 digits", b'{"data": {"n": ' + b"9" * 5000 + b"}}"),
    ("without data", b"{}"),
    ("API v1", b'{"event_type_v1": "call_initiated", "payload": {}}'),
    *((f"data is {text}", f'{{"data": {text}}}'.encode()) for text in ("null", "[]", '"x"', "1")),
]


@pytest.mark.parametrize("body", [row[1] for row in MALFORMED], ids=[row[0] for row in MALFORMED])
def test_a_malformed_body_is_refused(body: bytes) -> None:
    with pytest.raises(Malformed, match=r"^it (is not|has no) "):
        parse(body, AT)


# A webhook, and nothing for us


@pytest.mark.parametrize(
    ("changed", "reason"),
    [
        ({"record_type": "message"}, "its record_type is not event"),
        ({"record_type": None}, "its record_type is not event"),
        ({"record_type": ["event"]}, "its record_type is not event"),
        ({"event_type": None}, "it names no event_type"),
        ({"event_type": ""}, "it names no event_type"),
        ({"event_type": 7}, "it names no event_type"),
        ({"event_type": ["call.initiated"]}, "it names no event_type"),
        ({"event_type": "call.initiated\n"}, "it names no event_type"),
        ({"payload": None}, "call.initiated has no payload"),
        ({"payload": []}, "call.initiated has no payload"),
        ({"payload": "x"}, "call.initiated has no payload"),
    ],
    ids=repr,
)
def test_a_body_that_does_not_concern_us_is_ignored(changed: dict[str, Any], reason: str) -> None:
    body = make("call.initiated")
    body["data"].update(changed)
    assert read(body) == Ignored(reason)


@pytest.mark.parametrize("missing", ["record_type", "event_type", "payload"])
def test_a_body_that_lacks_a_part_is_ignored(missing: str) -> None:
    body = make("call.initiated")
    del body["data"][missing]
    assert isinstance(read(body), Ignored)


# Fields that the body lacks or has otherwise

FIELDS = {
    "call_control_id": "call",
    "conference_id": "conference",
    "direction": "direction",
    "from": "from_",
    "to": "to",
    "hangup_cause": "cause",
    "reason": "cause",
    "status": "cause",
}
NO_TEXT = [
    None, 7, 10**400, 1.5, True, ["x"], {"x": "y"},
    "a\x00b", "a\nb", "a\tb", "\x1b[31m", "a\x7fb", "a\x85b", "a\u2028b", "a\u202eb", "\ud800",
    "x" * 513,
]  # fmt: skip


@pytest.mark.parametrize("value", NO_TEXT, ids=lambda v: ascii(v)[:20])
@pytest.mark.parametrize("field", FIELDS)
def test_a_field_of_no_use_counts_as_absent(field: str, value: object) -> None:
    assert getattr(event(**{field: value}), FIELDS[field]) == ""


@pytest.mark.parametrize("field", FIELDS)
def test_a_field_may_be_long_and_in_any_script(field: str) -> None:
    for text in ("x" * 512, "Zoë 漢🙂", "v3:a+b/c==", "file\u00a01", "\u0645\u06cc\u200c\u062e"):
        assert getattr(event(**{field: text}), FIELDS[field]) == text


@pytest.mark.parametrize("value", NO_TEXT, ids=lambda v: ascii(v)[:20])
def test_an_event_s_own_id_may_be_of_no_use(value: object) -> None:
    body = make("call.initiated")
    body["data"]["id"] = value
    found = read(body)
    assert isinstance(found, Webhook) and found.id == ""


@pytest.mark.parametrize(
    "meta", [None, [], "x", {}, {"delivered_to": 7}, {"delivered_to": "a\nb"}], ids=repr
)
def test_meta_may_be_of_no_use(meta: object) -> None:
    found = read(make("call.initiated") | {"meta": meta})
    assert isinstance(found, Webhook)
    assert (found.delivered_to, found.direction) == ("", "incoming")


def test_a_body_without_any_field_is_an_event_all_the_same() -> None:
    body = {"data": {"record_type": "event", "event_type": "call.new", "payload": {}}}
    assert read(body) == Webhook("call.new", AT)


def test_values_that_nobody_has_listed_are_kept() -> None:
    found = event(direction="sideways")
    assert found.direction == "sideways"
    body = make("call.initiated")
    body["data"]["event_type"] = "call.teleported"
    assert isinstance(event_of(body), Webhook)
    assert event_of(body).type == "call.teleported"


def event_of(body: object) -> Webhook:
    found = read(body)
    assert isinstance(found, Webhook)
    return found


@pytest.mark.parametrize("state", [None, "", 7, [], "eyJyb2xlIjoiZ3Vlc3QifQ==", "not base64!"])
def test_a_client_state_that_is_not_ours_counts_as_absent(state: object) -> None:
    assert event(client_state=state).client_state is None


# What else matters of an event


def details(event_type: str, **payload: Any) -> Any:
    return event_of(make(event_type, **payload)).details


TEXTS = sorted(
    (event_type, name)
    for event_type, names in DETAILS.items()
    for name in (*names, *FOR_PROGRAMS.get(event_type, ()), *OF_EVERY_EVENT)
    if name not in (*COUNTS, *FLAGS, "digit", "digits") and "." not in name
)


@pytest.mark.parametrize(("event_type", "field"), TEXTS)
def test_a_detail_is_a_printable_text_or_absent(event_type: str, field: str) -> None:
    for value in [*NO_TEXT[:-1], "x" * 2049, ".", ".."]:
        assert field not in details(event_type, **{field: value}), ascii(value)
    for text in ("x" * 512, "Zoë 漢🙂", "a/b?c=d", "file\u00a01", "\u0645\u06cc\u200c\u062e"):
        assert details(event_type, **{field: text})[field] == text
    longer = details(event_type, **{field: "x" * 513}).get(field)
    assert longer == ("x" * 513 if field == "media_url" else None)


@pytest.mark.parametrize("field", FLAGS)
def test_a_flag_is_true_or_false_or_absent(field: str) -> None:
    event_type = next(each for each, names in FOR_PROGRAMS.items() if field in names)
    for value in [None, "true", 1, 0, "", [], {}]:
        assert field not in details(event_type, **{field: value}), value
    for flag in (True, False):
        assert details(event_type, **{field: flag})[field] is flag


@pytest.mark.parametrize("field", COUNTS)
def test_a_count_is_a_whole_number_or_absent(field: str) -> None:
    event_type = next(each for each, names in DETAILS.items() if field in names)
    for value in [None, "5", 5.0, float("nan"), True, -1, 10**9, 10**400, [5], {"n": 5}, ""]:
        assert field not in details(event_type, **{field: value}), repr(value)[:20]
    for count in (0, 5, 10**9 - 1):
        assert details(event_type, **{field: count})[field] == count


@pytest.mark.parametrize(
    ("event_type", "field"), [("call.dtmf.received", "digit"), ("call.gather.ended", "digits")]
)
def test_keys_are_those_that_phones_have(event_type: str, field: str) -> None:
    for value in [*NO_TEXT, "12x", "E", "a", " 1", "1\n", "+1", "\u0661", "1" * 129]:
        assert field not in details(event_type, **{field: value}), ascii(value)[:20]
    for keys in ("", "1", "*#0ABCD", "1" * 128):
        assert details(event_type, **{field: keys})[field] == keys


@pytest.mark.parametrize(
    "parts", [None, "USD", {"currency": "USD"}, [], ["USD"], [None], [{}], [[{"currency": "USD"}]]]
)
def test_a_currency_may_be_of_no_use(parts: object) -> None:
    assert "currency" not in details("call.cost", cost_parts=parts)


QUALITY = [None, "4.50", [], {}, {"inbound": None}, {"inbound": {"mos": 4.5}}, {"mos": "4.50"}]


@pytest.mark.parametrize("stats", QUALITY)
def test_the_quality_of_a_call_may_be_of_no_use(stats: object) -> None:
    assert "mos" not in details("call.hangup", call_quality_stats=stats)


LEFT_OUT = {
    # In the event's own fields.
    *("call_control_id", "call_leg_id", "conference_id", "occurred_at", "client_state"),
    # Numbers, which are shown masked, and names that a caller chooses.
    *("from", "to", "direction", "from_sip_uri", "to_sip_uri"),
    # Links that open a private file, and expire within minutes.
    *("recording_urls", "public_recording_urls"),
}


@pytest.mark.parametrize("event_type", DETAILS)
def test_every_other_field_of_telnyx_s_examples_is_in_the_details(event_type: str) -> None:
    body = make(event_type)
    payload = body["data"]["payload"]
    whole = {name for name, value in payload.items() if not isinstance(value, list | dict)}
    assert whole - LEFT_OUT <= {*event_of(body).details}


def test_what_is_in_a_list_or_object_is_found() -> None:
    assert details("call.cost")["currency"] == "USD"
    quality = details("call.hangup")
    assert (quality["mos"], quality["jitter_max_variance"]) == ("4.50", "2.74")


def test_links_to_recordings_are_not_shown() -> None:
    for event_type in ("call.recording.saved", "conference.recording.saved"):
        event = event_of(make(event_type))
        assert "amazonaws" not in repr(event) + repr(event.details)


def test_the_link_to_a_call_s_recording_is_kept_for_its_name() -> None:
    body = make("call.recording.saved")
    link = body["data"]["payload"]["recording_urls"]["mp3"]
    assert link.startswith("https://") and event_of(body).recording == link
    assert event_of(make("conference.recording.saved")).recording == ""


LONG = {"mp3": "https://s3.example/" + "x" * 9999}


@pytest.mark.parametrize("urls", [None, [], {}, {"mp3": 1}, {"mp3": "name.mp3"}, LONG])
def test_a_link_that_cannot_be_played_is_none(urls: object) -> None:
    body = make("call.recording.saved")
    body["data"]["payload"]["recording_urls"] = urls
    assert event_of(body).recording == ""


def test_an_event_that_is_not_listed_has_no_details() -> None:
    body = make("call.gather.ended")
    body["data"]["event_type"] = "call.ai_gather.ended"
    assert event_of(body).details == {}


# When it occurred

T = "2026-08-21T15:04:05"


@pytest.mark.parametrize(
    ("text", "sortable"),
    [
        (f"{T}Z", f"{T}.000000"),
        (f"{T}.5Z", f"{T}.500000"),
        (f"{T}.521Z", f"{T}.521000"),
        (f"{T}.521992Z", f"{T}.521992"),
        (f"{T}.521992123Z", f"{T}.521992"),
        (f"{T}.521992+00:00", f"{T}.521992"),
        (f"{T}+00:00", f"{T}.000000"),
        (f"{T}-00:00", f"{T}.000000"),
        (f"{T}.5+02:00", "2026-08-21T13:04:05.500000"),
        (f"{T}-0930", "2026-08-22T00:34:05.000000"),
        ("2026-08-21 15:04:05Z", f"{T}.000000"),
        ("Fri, 21 Aug 2026 15:04:05 GMT", f"{T}.000000"),
    ],
)
def test_telnyx_s_time_as_text_that_sorts(text: str, sortable: str) -> None:
    assert event_of(make("call.initiated", occurred_at=text)).occurred_at == sortable


@pytest.mark.parametrize(
    "text",
    [
        "", T, f"{T}.Z", f"{T}.1234567890Z", f"{T}z", f" {T}Z", f"{T}Z\n", f"{T}+99:99",
        "2026-02-30T15:04:05Z", "2026-13-01T15:04:05Z", "2026-08-21T25:04:05Z",
        "9999-12-31T23:59:59-01:00", "0001-01-01T00:00:00+01:00",
        "2026-08-21", "20260821T150405Z", "Fri, 21 Aug 2026 15:04:05",
        "٢٠٢٦-08-21T15:04:05Z", 1787324645, 1787324645.5, None, [], {},
    ],
    ids=ascii,
)  # fmt: skip
def test_a_time_in_another_form_counts_as_absent(text: Any) -> None:
    body = make("call.initiated")
    body["data"]["occurred_at"] = text
    assert event_of(body).occurred_at == ""


def test_times_sort_as_they_follow_each_other() -> None:
    following = [f"{T}Z", f"{T}.521Z", f"{T}.521992Z", f"{T}.53Z", "2026-08-21T15:04:06Z"]
    read_ = [event_of(make("call.initiated", occurred_at=text)).occurred_at for text in following]
    assert read_ == sorted(read_) and len(set(read_)) == 5


@pytest.mark.parametrize("outer", [None, "yesterday", 7])
def test_the_time_may_stand_in_the_payload_alone(outer: object) -> None:
    body = make("conference.ended")
    body["data"]["occurred_at"] = outer
    body["data"]["payload"]["occurred_at"] = f"{T}.5Z"
    assert event_of(body).occurred_at == f"{T}.500000"
