"""Status callbacks of TeXML conferences: fields, order, delivery."""

from __future__ import annotations

import re
from email.utils import parsedate_to_datetime

import pytest
from rigs.simulator_texml import EVENTS, NUMBER, TexmlScene, dial, is_signed
from rigs.waiting import until

from conference.simulator import Chaos, Leg

FIELDS = {
    "AccountSid",
    "CallSid",
    "CallSidLegacy",
    "CallingPartyType",
    "ConferenceSid",
    "ConnectionId",
    "FriendlyName",
    "From",
    "FromSipUri",
    "SequenceNumber",
    "StatusCallbackEvent",
    "Timestamp",
    "To",
    "ToSipUri",
}


def joins(texml: TexmlScene, last: int, events: str = EVENTS, **attributes: str) -> Leg:
    about = {"statusCallback": texml.status_url, "statusCallbackEvent": events}
    return texml.joins(last, "Room 1234", **about, **attributes)


def whole_story(texml: TexmlScene, events: str = EVENTS) -> tuple[Leg, Leg]:
    """Let two callers join; then the first one hangs up, then the second one."""
    first, second = (joins(texml, last, events) for last in (11, 12))
    until(lambda: texml.telnyx.conferences[0].callbacks == 5)  # both have spoken
    texml.hangs_up(first)
    texml.hangs_up(second)
    return first, second


def test_the_story_of_a_conference(texml: TexmlScene) -> None:
    first, second = whole_story(texml)
    reported = texml.callbacks()
    (room,) = texml.telnyx.conferences
    assert {frozenset(form) for form in reported} == {frozenset(FIELDS)}
    assert [form["SequenceNumber"] for form in reported] == [str(n) for n in range(8)]
    names = [(form["StatusCallbackEvent"], form["CallSid"]) for form in reported]
    a, b = first.call_control_id, second.call_control_id
    assert names[:2] == [("conference-start", a), ("participant-join", a)]
    spoke = ("participant-speech-start", a), ("participant-speech-start", b)
    assert set(names[2:5]) == {*spoke, ("participant-join", b)}
    assert names[5:] == [
        ("participant-leave", a),
        ("participant-leave", b),
        ("conference-end", b),
    ]
    for form in reported:
        assert form["CallSidLegacy"] == form["CallSid"]
        assert (form["ConferenceSid"], form["FriendlyName"]) == (room.id, "Room 1234")
        assert form["AccountSid"] == texml.telnyx.texml.account_sid
        assert form["To"] == NUMBER
        assert form["ConnectionId"] == texml.telnyx.texml.connection_id
        assert form["FromSipUri"].startswith(form["From"])
    numbers = [
        form["From"] for form in reported if form["StatusCallbackEvent"] == "participant-join"
    ]
    assert numbers == [first.number, second.number]


@pytest.mark.parametrize(
    ("events", "reported"),
    [
        ("start", ["0 conference-start"]),
        ("join", ["1 participant-join"]),
        ("leave end", ["3 participant-leave", "4 conference-end"]),
        ("speaker", ["2 participant-speech-start"]),
    ],
)
def test_only_wanted_events_are_reported(
    texml: TexmlScene, events: str, reported: list[str]
) -> None:
    """The sequence numbers count unwanted events, too."""
    leg = joins(texml, 11, events)
    until(lambda: texml.telnyx.conferences[0].callbacks == 3)
    texml.hangs_up(leg)
    got = [f"{form['SequenceNumber']} {form['StatusCallbackEvent']}" for form in texml.callbacks()]
    assert got == reported


@pytest.mark.parametrize(
    "attributes",
    [{}, {"statusCallbackEvent": EVENTS}, {"statusCallback": "http://127.0.0.1:9/status"}],
)
def test_nothing_is_reported_without_an_address_and_events(
    texml: TexmlScene, attributes: dict[str, str]
) -> None:
    texml.hangs_up(texml.joins(11, **attributes))
    assert texml.telnyx.webhooks == []


def test_the_numbers_begin_anew_in_each_conference(texml: TexmlScene) -> None:
    for last in (11, 12):
        texml.hangs_up(joins(texml, last, "start"))
    assert [form["SequenceNumber"] for form in texml.callbacks()] == ["0", "0"]


def test_the_label_of_a_participant_is_in_its_callbacks(texml: TexmlScene) -> None:
    texml.hangs_up(joins(texml, 11, participantLabel="Ann"))
    for form in texml.callbacks():
        of_a_participant = form["StatusCallbackEvent"].startswith("participant-")
        assert form.get("ParticipantLabel") == ("Ann" if of_a_participant else None)


def test_waiting_for_the_start(texml: TexmlScene) -> None:
    """A waiting participant speaks only after the conference's start."""
    first = joins(texml, 11, startConferenceOnEnter="false")
    joined = texml.telnyx.now()
    until(lambda: texml.telnyx.now() > joined + 3)
    assert texml.events() == ["participant-join"]
    second = joins(texml, 12)
    until(lambda: len(texml.callbacks()) == 5)
    reported = [(form["StatusCallbackEvent"], form["CallSid"]) for form in texml.callbacks()]
    a, b = first.call_control_id, second.call_control_id
    assert reported[1:3] == [("conference-start", b), ("participant-join", b)]
    assert set(reported[3:]) == {("participant-speech-start", a), ("participant-speech-start", b)}


def test_callbacks_are_signed_forms(texml: TexmlScene) -> None:
    texml.telnyx.texml.signs_fetches = False
    joins(texml, 11, "start")
    assert texml.telnyx.idle(5)
    (received,) = texml.app.of("/status")
    assert received.method == "POST"
    assert received.headers["Content-Type"] == "application/x-www-form-urlencoded"
    assert is_signed(received)
    (delivery,) = texml.telnyx.webhooks
    assert (delivery.event_type, delivery.status) == ("conference-start", 204)


def test_with_get_callbacks_are_in_the_query(texml: TexmlScene) -> None:
    joins(texml, 11, "start", statusCallbackMethod="GET")
    (received,) = texml.app.of("/status")
    assert (received.method, received.body) == ("GET", b"")
    assert set(received.form) == FIELDS


@pytest.mark.parametrize(
    ("dates", "form"),
    [
        ("plain", r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{6}Z"),
        ("iso", r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z"),
        ("seconds", r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ"),
        ("rfc2822", r"\w{3}, \d\d \w{3} \d{4} \d\d:\d\d:\d\d \+0000"),
    ],
)
def test_the_time_in_each_form(texml: TexmlScene, dates: str, form: str) -> None:
    texml.telnyx.texml.dates = dates
    joins(texml, 11, "start")
    (reported,) = texml.callbacks()
    assert re.fullmatch(form, reported["Timestamp"])
    if dates == "rfc2822":
        began = texml.telnyx._world.began
        after = (parsedate_to_datetime(reported["Timestamp"]) - began).total_seconds()
        assert -1 <= after <= texml.telnyx.now()


def test_another_form_of_the_time_is_refused(texml: TexmlScene) -> None:
    texml.telnyx.texml.dates = "unix"
    with pytest.raises(ValueError, match="dates must be one of plain, rfc2822, iso, seconds"):
        texml.telnyx.texml.timestamp(texml.telnyx._world.began)


def test_refused_callbacks_are_delivered_again(
    texml: TexmlScene, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("conference.simulator.webhooks.delivery.SPACING", (0.05,))
    texml.app.statuses = [503]
    joins(texml, 11, "start")
    until(lambda: len(texml.telnyx.webhooks) == 2)
    first, second = texml.app.of("/status")
    assert first.body == second.body
    attempts = [(each.attempt, each.status) for each in texml.telnyx.webhooks]
    assert attempts == [(1, 503), (2, 204)]
    assert len({each.event_id for each in texml.telnyx.webhooks}) == 1


def test_chaos_hits_callbacks(texml: TexmlScene) -> None:
    texml.telnyx.chaos = Chaos(duplicate=1)
    joins(texml, 11, "join")
    first, second = texml.callbacks()
    assert first == second
    texml.telnyx.chaos = Chaos(lose=1)
    joins(texml, 12)
    assert len(texml.callbacks()) == 2


def test_chaos_reorders_callbacks(texml: TexmlScene) -> None:
    texml.telnyx.speed = 5
    texml.telnyx.chaos = Chaos(reorder=0.5)
    about = {"statusCallback": texml.status_url, "statusCallbackEvent": "join"}
    texml.app.serve("/texml", dial(**about))
    for last in range(10):
        texml.telnyx.phone(f"+131255501{last:02}").dial(to=NUMBER)
    until(lambda: len(texml.app.of("/status")) == 10)
    order = [int(received.form["SequenceNumber"]) for received in texml.app.of("/status")]
    assert order != sorted(order)


# Calls


def test_the_progress_of_calls_is_reported_to_the_applications_address(texml: TexmlScene) -> None:
    texml.telnyx.texml.application["status_callback"] = texml.status_url
    leg = texml.joins(11)
    texml.hangs_up(leg)
    reported = texml.callbacks()
    assert [form["CallStatus"] for form in reported] == ["initiated", "in-progress", "completed"]
    assert [form["SequenceNumber"] for form in reported] == ["0", "2", "3"]
    assert {form["CallbackSource"] for form in reported} == {"call-progress-events"}
    assert {form["CallSid"] for form in reported} == {leg.call_control_id}
    assert (reported[2]["HangupCause"], reported[2]["HangupSource"]) == (
        "normal_clearing",
        "caller",
    )
    assert all(is_signed(received) for received in texml.app.of("/status"))
