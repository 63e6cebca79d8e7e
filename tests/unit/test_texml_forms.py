"""TeXML's forms are read field by field: only what is needed decides."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from urllib.parse import urlencode

import pytest
from rigs.lines import TestLine, test_line
from rigs.texml_forms import (
    ACCOUNT,
    ANN,
    CONFERENCE,
    END,
    FETCH,
    HERE,
    JOIN,
    LEAVE,
    START,
    conference,
    inside,
    problem,
    rooms,
    send,
)

from conference.core.schema.parameters import Invalid
from conference.core.texml.fields import MOST_FIELDS, parse_form, party
from conference.core.texml.form import ONLY_IN_REPORTS


@pytest.fixture
def line() -> Iterator[TestLine]:
    with test_line(public_url=HERE) as line:
        yield line


def form(fields: dict[str, Any]) -> bytes:
    return urlencode(fields).encode()


LENIENT = {
    "a name in Latin-1": b"CallerName=J%FCrgen&",
    "a raw byte": b"CallerName=J\xfcrgen&",
    "a name of a field": b"X-\xff=1&%ff=2&",
    "a SIP header": b"SipHeader_X-Data=%ff%fe%00%0a&",
    "a From in Latin-1": b"From=%22J%FCrgen%22+%3Csip%3A%2B13125550142%40example.com%3E&",
    "a From twice": b"From=%2B13125550142&From=%ff&",
    "XML in a number": b"From=%3CDial%3E%2B1900%3C%2FDial%3E&To=%3C%2FSay%3E%3CHangup%2F%3E&",
    "a To with controls": b"To=%0a%1b%5b31m%00&",
    "half a code": b"From=%&To=%zz&CallerId=%f&",
    "no =": b"flag&",
    "no name": b"=x&&&",
    "1000 fields": b"a=1&" * 1000,
    "a long From": b"From=" + b"x" * 100_000 + b"&",
    "a long other": b"Other=" + b"y" * 100_000 + b"&",
    "a Timestamp encoded twice": b"Timestamp=2021-04-28%252022&",
    "a bidi override": "CallerName=\u202eevil&".encode(),
}


def changed(fields: dict[str, str], odd: bytes) -> bytes:
    """Return the form with these odd fields in the place of its own ones of the same names."""
    names = [pair.partition(b"=")[0].decode("latin-1") for pair in odd.split(b"&")]
    return odd + form({name: value for name, value in fields.items() if name not in names})


@pytest.mark.parametrize("case", LENIENT)
def test_what_decides_nothing_is_read_leniently(line: TestLine, case: str) -> None:
    fetch = changed(FETCH, LENIENT[case])
    assert conference(send(line, "/texml/blue", fetch)).text == "blue"
    assert send(line, "/texml/wait/blue", fetch).status_code == 200
    join = changed({**JOIN, "FriendlyName": "blue"}, LENIENT[case])
    assert send(line, "/texml/status", join).status_code == 204
    assert [each["call_control_id"] for each in inside(line)] == [ANN]
    number = inside(line)[0]["number"]
    assert number is None or (number.isprintable() and len(number) <= 512)


def test_a_deciding_field_that_this_form_does_not_need_is_absent(line: TestLine) -> None:
    odd = b"AccountSid=%ff&ConferenceSid=..&SequenceNumbers=x&FriendlyName=%0a&"
    assert conference(send(line, "/texml", odd + form({"CallSid": ANN}))).text == "demo-conference"
    nobody = changed({**START, "FriendlyName": "blue"}, b"CallSid=%ff&RecordingSid=.&")
    assert send(line, "/texml/status", nobody).status_code == 204
    assert rooms(line)["blue"]["status"] == "open"


@pytest.mark.parametrize("number", [None, ""])
def test_a_callback_without_a_number_counts_when_it_arrives(
    line: TestLine, number: str | None
) -> None:
    send(line, "/texml/status", {**JOIN, "SequenceNumber": "7"})
    assert [each["call_control_id"] for each in inside(line)] == [ANN]
    leave = {n: v for n, v in LEAVE.items() if n != "SequenceNumber"}
    if number is not None:
        leave["SequenceNumber"] = number
    assert send(line, "/texml/status", leave).status_code == 204
    assert inside(line) == []


def test_the_same_value_twice_is_one_reading(line: TestLine) -> None:
    join = {**JOIN, "FriendlyName": "blue"}
    assert send(line, "/texml/status", form(join) + b"&" + form(join)).status_code == 204
    assert [each["call_control_id"] for each in inside(line)] == [ANN]


@pytest.mark.parametrize("name", ["CallSid", "AccountSid", "ConferenceSid", "FriendlyName"])
@pytest.mark.parametrize("value", ["other", ""])
@pytest.mark.parametrize("first", [True, False])
def test_two_readings_of_a_deciding_field_are_refused(
    line: TestLine, name: str, value: str, first: bool
) -> None:
    parts = [form({name: value}), form(JOIN)]
    answer = send(line, "/texml/status", b"&".join(parts if first else parts[::-1]))
    assert problem(answer) == (400, {name})
    assert rooms(line) == {}


def test_a_name_in_code_is_the_same_name(line: TestLine) -> None:
    answer = send(line, "/texml", form({"CallSid": ANN}) + b"&Call%53id=other")
    assert problem(answer) == (400, {"CallSid"})


def test_the_number_of_fields_is_bounded() -> None:
    assert parse_form(b"a=1&" * (MOST_FIELDS - 1) + b"CallSid=x").get("CallSid") == "x"
    with pytest.raises(Invalid):
        parse_form(b"a=1&" * MOST_FIELDS + b"CallSid=x")
    with pytest.raises(Invalid):
        parse_form(b"&" * MOST_FIELDS)


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("+13125550142", "+13125550142"),
        (" 13125550142", "+13125550142"),  # a + that was not encoded
        ("+1 (312) 555-0142", "+13125550142"),
        ("Bob <+13125550142>", "+13125550142"),
        ('"Bob" <+13125550142>', "+13125550142"),
        ('"Bob" <sip:bob@example.com>', "sip:bob@example.com"),
        ('"Bob" <sip:bob@example.com>;tag=1', "sip:bob@example.com"),
        ('"a <b>" <sip:bob@example.com;transport=udp>', "sip:bob@example.com"),
        ('"+15550100" <sip:bob@example.com>', "sip:bob@example.com"),
        ("Bob <sip:bob@example.com", "sip:bob@example.com"),
        ("<sip:+13125550142@example.com:5060;user=phone>", "+13125550142"),
        ("sip:+13125550142@example.com;user=phone", "+13125550142"),
        ("SIPS:%2B13125550142@example.com", "+13125550142"),
        ("tel:+1-312-555-0142", "+13125550142"),
        ("tel:+13125550142;phone-context=x", "+13125550142"),
        ("ann@sip.telnyx.com", "ann@sip.telnyx.com"),
        ("1001@pbx.example.com", "1001@pbx.example.com"),
        ("anonymous", "anonymous"),
        ("\u202e+13125550142\n\x00", "+13125550142"),
        ("J\ufffdrgen <+13125550142>", "+13125550142"),
        ("<>", ""),
        ("", ""),
    ],
)
def test_the_number_in_a_party(text: str, read: str) -> None:
    assert party(text) == read


def test_a_party_with_a_name_is_shown_by_its_number(line: TestLine) -> None:
    odd = {"From": '"Bob" <sip:+13125550142@example.com>', "To": "tel:+13125550100"}
    send(line, "/texml/status", {**JOIN, **odd})
    assert [each["number"] for each in inside(line)] == ["+13125550142"]


# Reports about calls

OF_A_CALL = {
    "AccountSid": ACCOUNT,
    "CallSid": ANN,
    "CallSidLegacy": ANN,
    "ConnectionId": "1494404757140276705",
    "From": "+13125550111",
    "To": "+12132045020",
}
PROGRESS = {**OF_A_CALL, "CallbackSource": "call-progress-events", "SequenceNumber": "2"}
REPORTS: dict[str, dict[str, Any]] = {
    "initiated": {**PROGRESS, "CallStatus": "initiated", "SequenceNumber": "0"},
    "ringing": {**PROGRESS, "CallStatus": "ringing"},
    "answered": {**PROGRESS, "CallStatus": "in-progress", "CallDuration": "15"},
    "over": {**PROGRESS, "CallStatus": "completed"},
    "its cost": {
        **OF_A_CALL,
        "CallbackSource": "call-cost-events",
        f"CallCost[{ANN}]": "0.01",
    },
    "of another source": {**OF_A_CALL, "CallbackSource": "call-else-events"},
    "no source": {**OF_A_CALL, "CallStatus": "completed"},
    "no source, in progress": {**OF_A_CALL, "CallStatus": "in-progress", "SequenceNumber": "1"},
    "no id": {"CallbackSource": "call-cost-events"},
    "an event alone": {**OF_A_CALL, "StatusCallbackEvent": "answered"},
    "a bad id": {**PROGRESS, "CallSid": b"\xff", "CallStatus": "ringing"},
    "not UTF-8": {**PROGRESS, "CallStatus": "ringing", "CallerId": b"J\xfcrgen"},
}


@pytest.mark.parametrize("path", ["/texml", "/texml/blue", "/texml/status"])
@pytest.mark.parametrize("case", REPORTS)
def test_a_report_of_a_call_is_taken_and_changes_nothing(
    line: TestLine, path: str, case: str
) -> None:
    answer = send(line, path, REPORTS[case])
    assert (answer.status_code, answer.data) == (204, b"")
    assert rooms(line) == {}
    assert line.engine.registry.room("blue").texml.expected == {}
    assert line.engine.registry.room("demo-conference").texml.expected == {}


def test_the_greeting_of_the_first_is_not_lost_to_a_report() -> None:
    words = {"greeting_first": "First.", "greeting_next": "Next."}
    with test_line(public_url=HERE, **words) as line:
        send(line, "/texml", {**PROGRESS, "CallSid": "v2:other", "CallStatus": "ringing"})
        assert "First." in send(line, "/texml", FETCH).text


@pytest.mark.parametrize("status", ["ringing", "in-progress", "initiated"])
def test_a_fetch_may_have_a_status(line: TestLine, status: str) -> None:
    assert conference(send(line, "/texml", {**FETCH, "CallStatus": status})).text


@pytest.mark.parametrize("name", ONLY_IN_REPORTS)
@pytest.mark.parametrize("value", [b"", b"%ff", b"%zz"])
def test_an_empty_or_unreadable_field_of_a_report_makes_no_report(
    line: TestLine, name: str, value: bytes
) -> None:
    fetch = form(FETCH) + b"&" + name.encode() + b"=" + value
    assert conference(send(line, "/texml/blue", fetch)).text == "blue"


def test_a_conferences_callback_at_the_voice_url_is_no_caller(line: TestLine) -> None:
    for fields in (JOIN, START, END, {**OF_A_CALL, "RecordingStatus": "completed"}):
        assert send(line, "/texml", fields).status_code == 204
    assert rooms(line) == {}
    assert send(line, "/texml/status", {**JOIN, "CallbackSource": "x"}).status_code == 204
    assert rooms(line)["Room 1234"]["conference_id"] == CONFERENCE
