"""Status callbacks of TeXML conferences: what they say, in which order, and how they go out."""

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
    "ConferenceSid",
    "FriendlyName",
    "From",
    "SequenceNumber",
    "StatusCallbackEvent",
    "Timestamp",
    "To",
}


def joins(texml: TexmlScene, last: int, events: str = EVENTS, **attributes: str) -> Leg:
    about = {"statusCallback": texml.status_url, "statusCallbackEvent": events}
    return texml.joins(last, "Room 1234", **about, **attributes)


def whole_story(texml: TexmlScene, events: str = EVENTS) -> tuple[Leg, Leg]:
    """Two come, the first and then the second one hangs up."""
    first, second = (joins(texml, last, events) for last in (11, 12))
    until(lambda: texml.telnyx.conferences[0].callbacks == 5)  # both have spoken
    texml.hangs_up(first)
    texml.hangs_up(second)
    return first, second


def test_the_story_of_a_conference(texml: TexmlScene) -> None:
    first, second = whole_story(texml)
    told = texml.told()
    (room,) = texml.telnyx.conferences
    assert {frozenset(form) for form in told} == {frozenset(FIELDS)}
    assert [form["SequenceNumber"] for form in told] == [str(n) for n in range(8)]
    names = [(form["StatusCallbackEvent"], form["CallSid"]) for form in told]
    a, b = first.call_control_id, second.call_control_id
    assert names[:2] == [("conference-start", a), ("participant-join", a)]
    spoke = ("participant-speech-start", a), ("participant-speech-start", b)
    assert set(names[2:5]) == {*spoke, ("participant-join", b)}
    assert names[5:] == [
        ("participant-leave", a),
        ("participant-leave", b),
        ("conference-end", b),
    ]
    for form in told:
        assert form["CallSidLegacy"] == form["CallSid"]
        assert (form["ConferenceSid"], form["FriendlyName"]) == (room.id, "Room 1234")
        assert form["AccountSid"] == texml.telnyx.texml.account_sid
        assert form["To"] == NUMBER
    numbers = [form["From"] for form in told if form["StatusCallbackEvent"] == "participant-join"]
    assert numbers == [first.number, second.number]


@pytest.mark.parametrize(
    ("events", "told"),
    [
        ("start", ["0 conference-start"]),
        ("join", ["1 participant-join"]),
        ("leave end", ["3 participant-leave", "4 conference-end"]),
        ("speaker", ["2 participant-speech-start"]),
    ],
)
def test_only_what_is_asked_for_is_told(texml: TexmlScene, events: str, told: list[str]) -> None:
    """The numbers go on all the same, so that there are gaps."""
    leg = joins(texml, 11, events)
    until(lambda: texml.telnyx.conferences[0].callbacks == 3)
    texml.hangs_up(leg)
    got = [f"{form['SequenceNumber']} {form['StatusCallbackEvent']}" for form in texml.told()]
    assert got == told


@pytest.mark.parametrize(
    "attributes",
    [{}, {"statusCallbackEvent": EVENTS}, {"statusCallback": "http://127.0.0.1:9/status"}],
)
def test_nothing_is_told_unless_it_is_said_where_and_what(
    texml: TexmlScene, attributes: dict[str, str]
) -> None:
    texml.hangs_up(texml.joins(11, **attributes))
    assert texml.telnyx.webhooks == []


def test_the_numbers_begin_anew_in_each_conference(texml: TexmlScene) -> None:
    for last in (11, 12):
        texml.hangs_up(joins(texml, last, "start"))
    assert [form["SequenceNumber"] for form in texml.told()] == ["0", "0"]


def test_waiting_for_the_start(texml: TexmlScene) -> None:
    """Who waits does not speak, until the conference starts."""
    first = joins(texml, 11, startConferenceOnEnter="false")
    joined = texml.telnyx.now()
    until(lambda: texml.telnyx.now() > joined + 3)
    assert texml.events() == ["participant-join"]
    second = joins(texml, 12)
    until(lambda: len(texml.told()) == 5)
    told = [(form["StatusCallbackEvent"], form["CallSid"]) for form in texml.told()]
    a, b = first.call_control_id, second.call_control_id
    assert told[1:3] == [("conference-start", b), ("participant-join", b)]
    assert set(told[3:]) == {("participant-speech-start", a), ("participant-speech-start", b)}


def test_they_are_signed_forms(texml: TexmlScene) -> None:
    texml.telnyx.texml.signs_fetches = False
    joins(texml, 11, "start")
    assert texml.telnyx.idle(5)
    (asked,) = texml.app.of("/status")
    assert asked.method == "POST"
    assert asked.headers["Content-Type"] == "application/x-www-form-urlencoded"
    assert is_signed(asked)
    (delivery,) = texml.telnyx.webhooks
    assert (delivery.event_type, delivery.status) == ("conference-start", 204)


def test_by_get_they_are_in_the_query(texml: TexmlScene) -> None:
    joins(texml, 11, "start", statusCallbackMethod="GET")
    (asked,) = texml.app.of("/status")
    assert (asked.method, asked.body) == ("GET", b"")
    assert set(asked.form) == FIELDS


@pytest.mark.parametrize(
    ("dates", "form"),
    [
        ("plain", r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{6}Z"),
        ("iso", r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z"),
        ("rfc2822", r"\w{3}, \d\d \w{3} \d{4} \d\d:\d\d:\d\d \+0000"),
    ],
)
def test_the_time_in_three_forms(texml: TexmlScene, dates: str, form: str) -> None:
    texml.telnyx.texml.dates = dates
    joins(texml, 11, "start")
    (told,) = texml.told()
    assert re.fullmatch(form, told["Timestamp"])
    if dates == "rfc2822":
        began = texml.telnyx._world.began
        after = (parsedate_to_datetime(told["Timestamp"]) - began).total_seconds()
        assert -1 <= after <= texml.telnyx.now()


def test_another_form_of_the_time_is_refused(texml: TexmlScene) -> None:
    texml.telnyx.texml.dates = "unix"
    with pytest.raises(ValueError, match="dates must be one of plain, rfc2822, iso"):
        texml.telnyx.texml.timestamp(texml.telnyx._world.began)


def test_they_come_again_when_nobody_took_them(
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


def test_chaos_strikes_them(texml: TexmlScene) -> None:
    texml.telnyx.chaos = Chaos(duplicate=1)
    joins(texml, 11, "join")
    first, second = texml.told()
    assert first == second
    texml.telnyx.chaos = Chaos(lose=1)
    joins(texml, 12)
    assert len(texml.told()) == 2


def test_chaos_lets_them_overtake_each_other(texml: TexmlScene) -> None:
    texml.telnyx.speed = 5
    texml.telnyx.chaos = Chaos(reorder=0.5)
    about = {"statusCallback": texml.status_url, "statusCallbackEvent": "join"}
    texml.app.serve("/texml", dial(**about))
    for last in range(10):
        texml.telnyx.phone(f"+131255501{last:02}").dial(to=NUMBER)
    until(lambda: len(texml.app.of("/status")) == 10)
    order = [int(asked.form["SequenceNumber"]) for asked in texml.app.of("/status")]
    assert order != sorted(order)


# Of calls


def test_the_progress_of_calls_is_told_where_the_application_says(texml: TexmlScene) -> None:
    texml.telnyx.texml.status_callback = texml.status_url
    leg = texml.joins(11)
    texml.hangs_up(leg)
    told = texml.told()
    assert [form["CallStatus"] for form in told] == ["initiated", "in-progress", "completed"]
    assert [form["SequenceNumber"] for form in told] == ["0", "2", "3"]
    assert {form["CallbackSource"] for form in told} == {"call-progress-events"}
    assert {form["CallSid"] for form in told} == {leg.call_control_id}
    assert (told[2]["HangupCause"], told[2]["HangupSource"]) == ("normal_clearing", "caller")
    assert all(is_signed(asked) for asked in texml.app.of("/status"))
