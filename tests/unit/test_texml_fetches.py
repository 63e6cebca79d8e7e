"""TeXML over HTTP: the answers to Telnyx's requests, and what its callbacks change."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from itertools import permutations
from typing import Any
from urllib.parse import quote, urlencode

import pytest
from nacl.signing import SigningKey
from rigs.lines import TestLine, test_line
from rigs.recorded import post
from rigs.servers import A_NUMBER
from rigs.texml_forms import (
    ACCOUNT,
    ANN,
    BOB,
    CONFERENCE,
    END,
    EVENTS,
    FETCH,
    FORM,
    HERE,
    JOIN,
    LEAVE,
    SECRET,
    SPEAKER,
    START,
    callback,
    conference,
    inside,
    problem,
    read_xml,
    rooms,
    says,
    send,
    signed,
    unsigned,
)
from werkzeug.test import TestResponse

from conference.core import commands
from conference.core.room import Room
from conference.core.telnyx_time import sortable
from conference.engine import dispatch
from conference.settings import make as make_settings
from conference.web import texml_documents


@pytest.fixture
def line() -> Iterator[TestLine]:
    with test_line(public_url=HERE) as line:
        yield line


# Instructions


def test_the_document_brings_the_caller_into_the_room(line: TestLine) -> None:
    for path, room in (("/texml", "demo-conference"), ("/texml/blue", "blue")):
        answer = send(line, path, FETCH)
        found = conference(answer)
        assert found.text == room
        assert found.attrib == {
            "statusCallback": f"{HERE}/texml/status",
            "statusCallbackEvent": EVENTS,
            "waitUrl": f"{HERE}/texml/wait/{room}",
        }
        assert [each.tag for each in read_xml(answer.data)] == ["Say", "Dial"]
    assert inside(line) == [], "who asks is not in yet"


def test_of_those_who_dial_in_at_once_one_is_the_first() -> None:
    with test_line(public_url=HERE, greeting_first="First.", greeting_next="Next.") as line:

        def told(call: str) -> str | None:
            document = send(line, "/texml", {**FETCH, "CallSid": call}).data
            return read_xml(document).findtext("Say")

        assert [told(call) for call in ("A", "B", "A", "B")] == ["First.", "Next."] * 2
        assert inside(line) == []


def test_the_first_is_greeted_otherwise_than_the_next() -> None:
    words = {"greeting_first": "First.", "greeting_next": "Next.", "voice": "male"}
    with test_line(public_url=HERE, **words) as line:
        first = read_xml(send(line, "/texml", FETCH).data).find("Say")
        send(line, "/texml/status", {**JOIN, "FriendlyName": "demo-conference"})
        then = read_xml(send(line, "/texml", FETCH).data).find("Say")
        assert first is not None and then is not None
        assert (first.text, then.text) == ("First.", "Next.")
        assert first.attrib == {"voice": "man", "language": "en-GB"}
    own = {"greeting_first": "", "voice": "AWS.Polly.Amy-Neural"}
    with test_line(public_url=HERE, **own) as line:
        assert [x.tag for x in read_xml(send(line, "/texml", FETCH).data)] == ["Dial"]


NAME = """a&b<c>"d"'é\u202e]]>"""


def test_a_rooms_name_and_words_cannot_break_the_document() -> None:
    settings = make_settings(greeting_first=NAME, texml_wait_url="https://a.example/?<&>").room
    written_ = texml_documents.into(Room(NAME, settings), NAME, HERE, "/texml/wait/x")
    said, dialled = read_xml(written_)
    assert (said.text, dialled[0].text, len(dialled)) == (NAME, NAME, 1)
    assert dialled[0].attrib["waitUrl"] == "https://a.example/?<&>"


@pytest.mark.parametrize(
    "name", ["a&b", "a<b>", 'a"b', "é", "two words", "x" * 65, "status", "wait"]
)
def test_a_room_that_cannot_be_is_not_found(line: TestLine, name: str) -> None:
    for path in (f"/texml/wait/{quote(name)}", f"/texml/{quote(name)}"):
        if path != "/texml/status":  # where the callbacks go
            answer = send(line, path, FETCH)
            assert (answer.status_code, answer.mimetype) == (404, "application/problem+json")
    assert rooms(line) == {}


def test_who_waits_is_told_why_and_hears_music(line: TestLine) -> None:
    answer = send(line, "/texml/wait/blue", FETCH)
    assert (answer.status_code, answer.mimetype) == (200, "application/xml")
    said, played = read_xml(answer.data)
    assert "has not started" in (said.text or "")
    assert (played.text, played.attrib) == (f"{HERE}/hold-music.wav", {"loop": "0"})
    with test_line(hold_audio_url="https://a.example/m.mp3") as own:
        _, played = read_xml(send(own, "/texml/wait/blue", FETCH).data)
        assert played.text == "https://a.example/m.mp3"


def test_callers_are_told_that_the_room_is_locked_or_held_elsewhere(line: TestLine) -> None:
    line.happens("call.initiated", "call.answered")
    assert "another number" in says(send(line, "/texml", FETCH))
    assert conference(send(line, "/texml/blue", FETCH)).text == "blue"


# Who may ask


PATHS = ("/texml", "/texml/blue", "/texml/wait/blue", "/texml/status")


@pytest.mark.parametrize("path", PATHS)
def test_only_telnyx_is_answered(line: TestLine, path: str) -> None:
    assert unsigned(line, path).status_code == 401
    assert send(line, path, JOIN, key=SigningKey.generate()).status_code == 401
    assert send(line, path, JOIN, now=1.0).status_code == 401
    other = post(line.client, urlencode(JOIN).encode(), path=path).headers  # as JSON
    assert other.get("Content-Type") == "application/problem+json"
    tampered = line.client.post(path, data=urlencode(JOIN) + "&To=%2B1900", headers=signed(JOIN))
    assert tampered.status_code == 401
    assert rooms(line) == {}


@pytest.mark.parametrize("path", PATHS)
def test_a_get_is_refused_with_the_reason(line: TestLine, path: str) -> None:
    answer = line.client.get(path, query_string=JOIN, headers=signed({}))
    assert (answer.status_code, answer.headers["Allow"]) == (405, "OPTIONS, POST")
    assert "signature covers a body" in answer.json["detail"]
    assert rooms(line) == {}


def test_without_a_public_key_nothing_of_texml_is_believed() -> None:
    with test_line(key=None) as line:
        assert {send(line, path, JOIN).status_code for path in PATHS} == {401}


def test_the_log_says_what_to_do_where_telnyx_does_not_sign_or_asks_by_get(
    line: TestLine, caplog: pytest.LogCaptureFixture
) -> None:
    unsigned(line, "/webhook")
    for path in ("/texml", "/texml/a-wrong-secret", "/texml/a-wrong-secret/blue"):
        unsigned(line, path)
    send(line, "/texml/texml/status", JOIN)
    assert "at /texml/.../..., but with another secret than TEXML_SECRET" in caplog.text
    assert caplog.text.count("set TEXML_SECRET and put it into the voice URL") == 1, (
        "once, then a count"
    )
    line.client.get("/texml/a-wrong-secret")
    assert "a GET under /texml was refused (405)" in caplog.text
    assert "In the portal set the method to POST" in caplog.text
    assert "a-wrong-secret" not in caplog.text


def test_a_secret_in_the_path_takes_the_place_of_a_signature() -> None:
    with test_line(public_url=HERE, texml_secret=SECRET) as line:
        found = conference(unsigned(line, f"/texml/{SECRET}/blue"))
        assert found.attrib["waitUrl"] == f"{HERE}/texml/{SECRET}/wait/blue"
        assert found.attrib["statusCallback"] == f"{HERE}/texml/status"
        assert unsigned(line, f"/texml/{SECRET}/wait/blue").status_code == 200
        assert conference(send(line, "/texml/blue", FETCH)).text == "blue", "signed is as good"
        wrong = (SECRET[:-1], SECRET + "x", SECRET.upper(), "status", "é")
        for secret in wrong:
            assert unsigned(line, f"/texml/{quote(secret)}/blue").status_code == 401
            assert send(line, f"/texml/{quote(secret)}/blue", FETCH).status_code == 401
        assert unsigned(line, f"/texml/{SECRET}/blue", {}).status_code == 400


def test_the_secret_alone_leads_to_the_default_room() -> None:
    with test_line(public_url=HERE, texml_secret=SECRET, conference_name="red") as line:
        found = conference(unsigned(line, f"/texml/{SECRET}"))
        assert found.text == "red"
        assert found.attrib["waitUrl"] == f"{HERE}/texml/{SECRET}/wait/red"
        assert conference(send(line, f"/texml/{SECRET}", FETCH)).text == "red"
        for other in (SECRET[:-1], SECRET + "x", SECRET.upper(), "é", "blue"):
            assert unsigned(line, f"/texml/{quote(other)}").status_code == 401, "a room's name"
        assert conference(send(line, f"/texml/{SECRET}x", FETCH)).text == f"{SECRET}x"
        assert unsigned(line, "/texml").status_code == 401
        assert unsigned(line, f"/texml/wait/{SECRET}").status_code == 401
        assert unsigned(line, f"/texml/{SECRET}", {}).status_code == 400
        assert line.client.get(f"/texml/{SECRET}").status_code == 405
        assert inside(line) == []


def test_without_a_secret_no_path_is_secret(line: TestLine) -> None:
    for path in ("/texml/", "/texml//blue", "/texml/x/blue", "/texml/None/blue"):
        assert unsigned(line, path).status_code in (308, 401, 404), path


def test_a_secret_lets_nobody_change_anything() -> None:
    with test_line(texml_secret=SECRET) as line:
        assert unsigned(line, "/texml/status", JOIN).status_code == 401
        assert unsigned(line, f"/texml/{SECRET}/status", JOIN).status_code == 404
        assert rooms(line) == {}


# Status callbacks


def test_the_examples_change_the_rooms_as_they_should(line: TestLine) -> None:
    assert send(line, "/texml/status", START).status_code == 204
    shown = rooms(line)["Room 1234"]
    assert (shown["status"], shown["front"], shown["participants"]) == ("open", "texml", [])
    assert (shown["conference_id"]) == CONFERENCE
    send(line, "/texml/status", JOIN)
    (ann,) = rooms(line)["Room 1234"]["participants"]
    assert (ann["call_control_id"], ann["status"], ann["on_hold"]) == (ANN, "joined", True)
    assert (ann["number"], ann["direction"]) == (JOIN["From"], "incoming")
    send(line, "/texml/status", {**SPEAKER, "CallSid": ANN, "FriendlyName": "Room 1234"})
    assert rooms(line)["Room 1234"]["participants"][0]["speaking"]
    send(line, "/texml/status", LEAVE)
    assert rooms(line)["Room 1234"]["participants"] == []
    send(line, "/texml/status", {**END, "FriendlyName": "Room 1234"})
    shown = rooms(line)["Room 1234"]
    assert (shown["status"], shown["front"], shown["conference_id"]) == (
        "empty",
        "call-control",
        None,
    )


def in_any_order(line: TestLine, *examples: dict[str, str]) -> list[dict[str, Any]]:
    """Post the examples in each order, twice, each order to its own room. Return the rooms."""
    orders = list(permutations(examples))
    for n, order in enumerate(orders):
        own = {"FriendlyName": f"room {n}", "ConferenceSid": f"{CONFERENCE}-{n}"}
        for example in (*order, *order):
            one = {**example, **own, "CallSid": f"{example['CallSid']}-{n}"}
            assert send(line, "/texml/status", one).status_code == 204
    shown = rooms(line)
    return [shown[f"room {n}"] for n in range(len(orders))]


def test_the_examples_in_any_order_and_twice(line: TestLine) -> None:
    shown = in_any_order(line, START, JOIN, LEAVE, END, SPEAKER)
    assert len(shown) == 120
    assert {(room["status"], len(room["participants"])) for room in shown} == {("empty", 0)}


def test_the_examples_without_an_end_in_any_order_and_twice(line: TestLine) -> None:
    for room in in_any_order(
        line, START, JOIN, callback("participant-join", 2, BOB), LEAVE, SPEAKER
    ):
        (only,) = room["participants"]
        assert (room["status"], room["front"], only["speaking"]) == ("open", "texml", True)
        assert only["call_control_id"].startswith(BOB)


@pytest.mark.parametrize(
    ("timestamp", "sorts_as"),
    [
        ("2021-04-28 22:51:29.993535Z", "2021-04-28T22:51:29.993535"),
        ("2021-04-28T22:51:29Z", "2021-04-28T22:51:29.000000"),
        ("Wed, 28 Apr 2021 22:51:29 +0000", "2021-04-28T22:51:29.000000"),
        ("8 Apr 2021 22:51:29 GMT", "2021-04-08T22:51:29.000000"),
        ("Wed, 28 Avr 2021 22:51:29 +0000", ""),
        ("Wed, 28 Apr 2021 22:51:29 +0200", "2021-04-28T20:51:29.000000"),
        ("Wed, 28 Apr 2021 22:51:29 -0000", "2021-04-28T22:51:29.000000"),
        ("2021-04-28 22:51:29.993535-02:30", "2021-04-29T01:21:29.993535"),
        ("2021-04-28 22:51:29", ""),
        ("Wed, 28 Apr 2021 22:51:29", ""),
        ("31 Feb 2021 22:51:29 GMT", ""),
        ("8 Apr 2021 22:51:29 +9999", ""),
        ("now", ""),
    ],
)
def test_both_forms_of_a_timestamp_are_read(timestamp: str, sorts_as: str) -> None:
    assert sortable(timestamp) == sorts_as


def test_the_older_of_two_conferences_is_told_by_either_form(line: TestLine) -> None:
    newer = {**JOIN, "ConferenceSid": "newer", "Timestamp": "Wed, 28 Apr 2021 23:00:00 +0000"}
    for example in (newer, callback("participant-join", 9, BOB)):
        send(line, "/texml/status", example)
    assert rooms(line)["Room 1234"]["conference_id"] == "newer"


def test_what_is_told_of_a_call_or_of_something_unknown_changes_nothing(line: TestLine) -> None:
    progress = {**FETCH, "CallStatus": "completed", "SequenceNumber": "3"}
    for fields in (progress, {**JOIN, "StatusCallbackEvent": "participant-modify"}):
        assert send(line, "/texml/status", fields).status_code == 204
    assert rooms(line) == {}


def test_of_a_start_and_an_end_no_call_need_be_named(line: TestLine) -> None:
    nobody = {"CallSid": "", "FriendlyName": "blue"}
    assert send(line, "/texml/status", {**START, **nobody}).status_code == 204
    assert rooms(line)["blue"]["status"] == "open"
    send(line, "/texml/status", {**JOIN, "FriendlyName": "blue"})
    end = {**END, **nobody, "ConferenceSid": JOIN["ConferenceSid"]}
    assert send(line, "/texml/status", end).status_code == 204
    assert (rooms(line)["blue"]["status"], rooms(line)["blue"]["participants"]) == ("empty", [])


def test_a_conferences_callback_counts_also_when_it_tells_of_the_call(line: TestLine) -> None:
    send(line, "/texml/status", {**JOIN, "CallStatus": "in-progress"})
    assert len(rooms(line)["Room 1234"]["participants"]) == 1


def test_the_recording_is_shown(line: TestLine) -> None:
    send(line, "/texml/status", JOIN)
    recording = {"AccountSid": ACCOUNT, "CallSid": ANN, "RecordingSid": "R"}
    for status, recorded in (("in-progress", True), ("paused", True), ("completed", False)):
        assert (
            send(line, "/texml/status", {**recording, "RecordingStatus": status}).status_code == 204
        )
        assert rooms(line)["Room 1234"]["recording"] is recorded, status


@pytest.mark.parametrize("status", ["absent", "failed"])
def test_of_a_recording_that_there_is_none_of_no_id_need_be_told(
    line: TestLine, status: str
) -> None:
    send(line, "/texml/status", JOIN)
    begun = {"CallSid": ANN, "RecordingSid": "R", "RecordingStatus": "in-progress"}
    send(line, "/texml/status", begun)
    none = {"ConferenceSid": CONFERENCE, "RecordingStatus": status}
    assert send(line, "/texml/status", none).status_code == 204
    assert rooms(line)["Room 1234"]["recording"] is False
    nowhere = send(line, "/texml/status", {"RecordingStatus": status})
    assert problem(nowhere) == (400, {"RecordingSid"})


def test_both_doors_lead_to_two_rooms_at_once() -> None:
    with test_line(control_token="T") as line:
        line.happens("call.initiated", "call.answered", "call.speak.ended")
        line.happens("conference.created", "conference.participant.joined")
        for call, n in ((ANN, 1), (BOB, 2)):
            join = callback("participant-join", n, call, FriendlyName="blue", From=f"+1312555{n}")
            assert send(line, "/texml/status", join).status_code == 204
        assert line.engine.idle(5)
        got = line.client.get("/api/rooms", headers={"Authorization": "Bearer T"}).json
        assert got is not None
        shown = {r["name"]: (r["front"], len(r["participants"])) for r in got["rooms"]}
        assert shown == {"demo-conference": ("call-control", 1), "blue": ("texml", 2)}
        holds = [x for x in line.api.sent if isinstance(x, commands.Hold)]
        assert {(x.account, len(x.calls)) for x in holds} == {("", 1), (ACCOUNT, 1)}
        told = [entry.as_json() for entry in line.services.event_log.after(0, 1000)[0]]
        assert ("blue", "participant-join") in [(each["room"], each["text"]) for each in told]
        doors = {(each["room"], each["front"]) for each in told}
        assert doors == {("demo-conference", "call-control"), ("blue", "texml")}


def test_speech_is_no_news(line: TestLine) -> None:
    send(line, "/texml/status", JOIN)
    assert line.engine.idle(5)
    before = line.services.event_log.after(0, 1000)
    speech = callback("participant-speech-start", 3)
    assert send(line, "/texml/status", speech).status_code == 204
    assert rooms(line)["Room 1234"]["participants"][0]["speaking"]
    assert line.services.event_log.after(0, 1000) == before


def test_a_moderator_is_told_what_texml_cannot_do() -> None:
    with test_line(control_token="T") as line:
        send(line, "/texml/status", {**JOIN, "FriendlyName": "blue", "From": "+13125550111"})
        ask: Callable[[str], TestResponse] = lambda verb: line.client.post(  # noqa: E731
            f"/api/rooms/blue/participants/0111/actions/{verb}",
            headers={"Authorization": "Bearer T"},
        )
        refused = ask("leave")
        assert (refused.status_code, refused.json["type"]) == (409, "/problems/not-in-texml")
        assert ask("mute").status_code == 202
        assert ask("kick").status_code == 202
        assert line.engine.idle(5)
        sent = {(type(x).__name__, x.account) for x in line.api.sent}
        assert sent == {("Hold", ACCOUNT), ("Mute", ACCOUNT), ("Kick", ACCOUNT)}


def test_past_the_backlog_callbacks_are_refused(
    line: TestLine, monkeypatch: pytest.MonkeyPatch
) -> None:
    send(line, "/texml/status", {**JOIN, "CallSid": "gone", "SequenceNumber": "1"})
    assert line.engine.idle(5)
    monkeypatch.setattr(dispatch, "BACKLOG", 0)
    leaves = {**LEAVE, "ConferenceSid": JOIN["ConferenceSid"], "CallSid": "gone"}
    assert send(line, "/texml/status", leaves).status_code == 204, "who leaves is no load"
    assert send(line, "/texml/status", {**END, "ConferenceSid": "X"}).status_code == 204, (
        "nor an end"
    )
    assert inside(line) == []
    answer = send(line, "/texml/status", JOIN)
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "2")
    assert inside(line) == []
    monkeypatch.undo()
    assert send(line, "/texml/status", JOIN).status_code == 204
    assert rooms(line)["Room 1234"]["participants"]


# Bad input

ENCODED = urlencode(JOIN).encode()
WITHOUT_CALL = urlencode({n: v for n, v in JOIN.items() if n != "CallSid"}).encode()
BAD: dict[str, tuple[dict[str, Any] | bytes, int, set[str]]] = {
    "encoded twice": (quote(ENCODED).encode(), 400, {"CallSid", "ConferenceSid"}),
    "its values encoded twice": (
        {name: quote(value) for name, value in JOIN.items()},
        400,
        {"CallSid"},
    ),
    "an id that leads elsewhere": ({**JOIN, "ConferenceSid": ".."}, 400, {"ConferenceSid"}),
    "another one": ({**JOIN, "CallSid": "."}, 400, {"CallSid"}),
    "no CallSid": ({**JOIN, "CallSid": ""}, 400, {"CallSid"}),
    "no ConferenceSid": ({**JOIN, "ConferenceSid": ""}, 400, {"ConferenceSid"}),
    "SequenceNumber abc": ({**JOIN, "SequenceNumber": "abc"}, 400, {"SequenceNumber"}),
    "SequenceNumber 10^30": ({**JOIN, "SequenceNumber": str(10**30)}, 400, {"SequenceNumber"}),
    "SequenceNumber -1": ({**JOIN, "SequenceNumber": "-1"}, 400, {"SequenceNumber"}),
    "SequenceNumber not ASCII": ({**JOIN, "SequenceNumber": "²"}, 400, {"SequenceNumber"}),
    "a name of 10,000": ({**JOIN, "FriendlyName": "x" * 10_000}, 400, {"FriendlyName"}),
    "a line end in an id": ({**JOIN, "CallSid": "v2:1\n2"}, 400, {"CallSid"}),
    "CallSid twice": (ENCODED + b"&CallSid=v2%3Aother", 400, {"CallSid"}),
    "an id not UTF-8": (b"CallSid=v2:\xff&" + WITHOUT_CALL, 400, {"CallSid"}),
    "a room not UTF-8": ({**JOIN, "FriendlyName": b"blue\xff"}, 400, {"FriendlyName"}),
    "a % that encodes nothing": (b"CallSid=v2:%zz&" + WITHOUT_CALL, 400, {"CallSid"}),
    "an event twice": (ENCODED + b"&StatusCallbackEvent=x", 400, {"StatusCallbackEvent"}),
    "10,000 fields": (ENCODED + b"&a=1" * 10_000, 400, {"body"}),
    "empty": (b"", 400, {"CallSid"}),
    "JSON": (b'{"CallSid": "v2:1"}', 400, {"CallSid"}),
}


@pytest.mark.parametrize("case", BAD)
def test_a_bad_callback_is_refused_and_changes_nothing(line: TestLine, case: str) -> None:
    fields, status, wrong = BAD[case]
    answer = send(line, "/texml/status", fields)
    found, named = problem(answer)
    assert found == status and named >= wrong
    assert rooms(line) == {}
    assert send(line, "/texml/status", JOIN).status_code == 204, "which was not taken for the same"
    assert rooms(line)["Room 1234"]["participants"]


@pytest.mark.parametrize(
    ("fields", "wrong"),
    [
        ({**FETCH, "CallSid": ""}, {"CallSid"}),
        ({**FETCH, "CallSid": ".."}, {"CallSid"}),
        ({**FETCH, "CallSid": "v2:1\n2"}, {"CallSid"}),
        (urlencode(FETCH).encode() + b"&CallSid=v2%3Aother", {"CallSid"}),
        (quote(urlencode(FETCH)).encode(), {"CallSid"}),
        (urlencode(FETCH).encode() + b"&a=1" * 10_000, {"body"}),
        (b"", {"CallSid"}),
        (b'{"CallSid": "v2:1"}', {"CallSid"}),
    ],
)
def test_a_bad_fetch_is_refused(line: TestLine, fields: Any, wrong: set[str]) -> None:
    assert problem(send(line, "/texml", fields)) == (400, wrong)


def test_who_waits_need_not_be_named(line: TestLine) -> None:
    for fields in ({"CallSid": ""}, {**FETCH, "CallSid": ".."}, {**FETCH, "From": "<x>"}):
        assert send(line, "/texml/wait/blue", fields).status_code == 200


@pytest.mark.parametrize("path", PATHS)
def test_other_bodies_than_forms_are_refused(line: TestLine, path: str) -> None:
    assert send(line, path, JOIN, headers={"Content-Type": "application/json"}).status_code == 415
    assert send(line, path, JOIN, headers={"Content-Type": "text/plain"}).status_code == 415
    assert post(line.client, {"CallSid": "v2:1"}, path=path).status_code == 415
    assert send(line, path, b"CallSid=" + b"x" * 2_000_000).status_code == 413
    utf8 = {"Content-Type": f"{FORM}; charset=utf-8"}
    assert send(line, path, JOIN, headers=utf8).status_code in (200, 204)


def test_the_log_shows_no_number_and_no_secret(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    number = "+13125550142"
    with test_line(texml_secret=SECRET) as line:
        unsigned(line, f"/texml/{SECRET}x/blue")
        unsigned(line, f"/texml/{SECRET}/blue", {**FETCH, "CallSid": ""})
        unsigned(line, f"/texml/{SECRET}", {**FETCH, "CallSid": ""})
        for event, n in (("join", 1), ("speech-start", 2), ("leave", 3)):
            send(line, "/texml/status", callback(f"participant-{event}", n, From=number))
        send(line, "/texml/status", {**JOIN, "From": f"<{number}>", "SequenceNumber": "x"})
        send(line, "/texml/status", callback("participant-join", 4, BOB, From=f"A <{number}>"))
        assert line.engine.idle(5)
    assert not A_NUMBER.search(caplog.text)
    assert SECRET not in caplog.text
    assert "...0142" in caplog.text
