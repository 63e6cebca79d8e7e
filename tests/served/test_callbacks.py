"""Status callbacks: their order, fields, signatures, retries and limits."""

from __future__ import annotations

import base64
import re
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl

import pytest
from rigs import servers
from rigs.documents import PAGES
from rigs.lines import test_line
from rigs.receiver import Fields, Receiver
from rigs.recorded import TEST_KEY
from rigs.rehearsals import calls, dial, hears, rehearsal, settled, texml
from rigs.servers import A_NUMBER, GUNICORN, Server, run
from rigs.waiting import until

from conference.callbacks import conference_queue, delivery, turns
from conference.callbacks.delivery import CallbackDelivery, stop_all
from conference.callbacks.form import form
from conference.callbacks.signing_key import callback_key, public_half
from conference.callbacks.subscriptions import subscriptions
from conference.callbacks.turns import Turns
from conference.clock import Clock
from conference.core.change import Change
from conference.core.events import SnapshotWanted
from conference.core.news import News
from conference.core.participant import Participant
from conference.core.room import Room
from conference.demo.rehearsal import API_KEY, Line
from conference.serving.lifecycle import LAST_WORDS
from conference.settings import make, read
from conference.simulator import SimulatedTelnyx
from conference.simulator.network.conferences import takes_floor
from conference.web.services import services_of

OURS = "+13125550100"
A, B, C = "+13125550111", "+13125550112", "+13125550113"
START, END = "conference-start", "conference-end"
JOIN, LEAVE, SPEAKS = "participant-join", "participant-leave", "participant-speech-start"
STORY = [START, JOIN, JOIN, JOIN, LEAVE, LEAVE, LEAVE, END]
TOKEN = "a-token-of-the-tests"
APPLICATION = {"TELNYX_CONNECTION_ID": "1494404757140276705"}  # the simulated Telnyx's
AT = 1787324645.271992  # 2026-08-21 15:04:05.271992 in UTC


def three_come_and_go(line: Line) -> list[str]:
    """Return their call ids. The first caller hears music while alone."""
    a = dial(line, A)
    hears(a, "music")
    b, c = dial(line, B), dial(line, C)
    hears(a, "conference")
    for number in (A, C, B):
        settled(line)
        line.telnyx.phone(number).hang_up()
    settled(line)
    return [leg.call_control_id for leg in (a, b, c)]


def but_speakers(receiver: Receiver) -> list[Fields]:
    return [fields for fields in receiver.taken if fields["StatusCallbackEvent"] != SPEAKS]


def numbers(callbacks: list[Fields]) -> list[int]:
    return [int(each["SequenceNumber"]) for each in callbacks]


def is_over(receiver: Receiver) -> None:
    until(lambda: END in receiver.kinds, "the end is reported")


# The fields


def test_the_calls_of_three_callers_are_reported_in_order() -> None:
    with Receiver() as receiver:
        url = f"{receiver.url}/?from=us"
        with rehearsal(status_callback=url, telnyx_number=OURS) as line:
            a, b, c = three_come_and_go(line)
            is_over(receiver)
            conference = line.telnyx.conferences[0].id
            taken = but_speakers(receiver)
            assert [each["StatusCallbackEvent"] for each in taken] == STORY
            assert [each["CallSid"] for each in taken] == [a, a, b, c, a, c, b, b]
            assert [each["From"] for each in taken] == [A, A, B, C, A, C, B, B]
            assert {each["To"] for each in taken} == {OURS}
            assert {each["ConferenceSid"] for each in receiver.taken} == {conference}
            assert {each["FriendlyName"] for each in receiver.taken} == {"demo-conference"}
            assert numbers(receiver.taken) == list(range(1, len(receiver.taken) + 1))
            # The start is known by a response, which has no time of Telnyx's.
            times = [each["Timestamp"] for each in receiver.taken[1:]]
            assert times == sorted(times)
            now = line.telnyx._world.began + timedelta(seconds=line.telnyx.now())
            now = f"{now:%Y-%m-%d %H:%M:%S.%f}Z"
            assert len(times[-1]) == len(now)
            assert times[-1] < now < f"{int(times[0][:4]) + 2}"
            assert {request.path for request in receiver.requests} == {"/callback/?from=us"}
            dial(line, A)
            until(
                lambda: len(but_speakers(receiver)) == len(STORY) + 2,
                "the next conference is reported",
            )
            taken = but_speakers(receiver)[len(STORY) :]
            assert [each["StatusCallbackEvent"] for each in taken] == [START, JOIN]
            assert numbers(taken) == [1, 2]


@pytest.mark.parametrize("set_to", ["+13125550199", ""])
def test_the_number_that_was_dialled_is_reported_by_either_front(set_to: str) -> None:
    with Receiver() as receiver:
        given = {"status_callback": receiver.url, "telnyx_number": set_to}
        with texml("/texml/blue", **given) as line:
            legs = {"blue": calls(line, A), "demo-conference": dial(line, B)}
            settled(line)
            for leg in legs.values():
                line.telnyx.phone(leg.number).hang_up()
            until(lambda: receiver.kinds.count(END) == 2, "both ends are reported")
    theirs = {"blue": (A, line.telnyx.texml.number), "demo-conference": (B, line.telnyx.number)}
    for fields in receiver.taken:
        assert (fields["From"], fields["To"]) == theirs[fields["FriendlyName"]], fields


def test_a_speaker_is_reported_only_while_inside() -> None:
    with Receiver() as receiver, rehearsal(status_callback=receiver.url) as line:
        calls = {leg.call_control_id for leg in (dial(line, A), dial(line, B))}
        until(lambda: SPEAKS in receiver.kinds, "a speaker is reported")
        line.telnyx.phone(A).hang_up()
        line.telnyx.phone(B).hang_up()
        is_over(receiver)
    inside: set[str] = set()
    for fields in receiver.taken:
        kind, call = fields["StatusCallbackEvent"], fields.get("CallSid", "")
        inside = inside | {call} if kind == JOIN else inside - {call} if kind == LEAVE else inside
        assert kind != SPEAKS or call in inside
        assert call in calls or kind in (START, END)


OUTGOING = Participant("v3:1", A, "participant", "outgoing", "joined", 0.0)
HEAD = {"ConferenceSid": "K", "FriendlyName": "demo", "SequenceNumber": "3"}
TIME = {"Timestamp": "2026-08-21 15:04:05.271992Z"}


@pytest.mark.parametrize(
    ("known", "ours", "whom"),
    [
        pytest.param({"participant": OUTGOING}, OURS, {"From": OURS, "To": A}, id="called by us"),
        pytest.param(
            {"participant": replace(OUTGOING, direction="incoming")},
            "",
            {"From": A},
            id="without our number",
        ),
        pytest.param(
            {"participant": replace(OUTGOING, number="")},
            OURS,
            {"From": OURS},
            id="found after a restart",
        ),
        pytest.param(
            {"participant": replace(OUTGOING, our_number=B)},
            OURS,
            {"From": B, "To": A},
            id="another number of ours",
        ),
        pytest.param(
            {"participant": OUTGOING, "account": "A1"},
            OURS,
            {"AccountSid": "A1", "To": A},
            id="TeXML, found after a restart",
        ),
        pytest.param(
            {"account": "A1", "from_": A, "to": B},
            OURS,
            {"AccountSid": "A1", "From": A, "To": B},
            id="TeXML, not in yet",
        ),
        pytest.param({}, OURS, {}, id="unknown"),
    ],
)
def test_unknown_fields_are_left_out(
    known: dict[str, Any], ours: str, whom: dict[str, str]
) -> None:
    news = News("participant-join", "demo", "K", AT, "v3:1", **known)
    fields = dict(parse_qsl(form(news, 3, ours), keep_blank_values=True))
    assert fields == HEAD | TIME | {"StatusCallbackEvent": JOIN, "CallSid": "v3:1"} | whom
    assert "CallSid" not in form(News(START, "demo", "K", AT), 1, ours)


@pytest.mark.parametrize(
    ("occurred_at", "shown"),
    [
        ("2024-01-15T10:30:00.000000", "2024-01-15 10:30:00.000000Z"),
        ("", "2026-08-21 15:04:05.271992Z"),
    ],
)
def test_the_time_is_telnyx_s_where_it_reported_one(occurred_at: str, shown: str) -> None:
    news = News("participant-join", "demo", "K", AT, "v3:1", occurred_at=occurred_at)
    assert dict(parse_qsl(form(news, 3, "")))["Timestamp"] == shown


def test_telnyx_s_other_fields_are_passed_on_and_none_replaces_ours() -> None:
    sent = {"CallSidLegacy": "v2:9", "ParticipantLabel": "theirs", "ConferenceSid": "other"}
    unnamed = News("participant-join", "demo", "K", AT, "v3:1", more=sent)
    fields = dict(parse_qsl(form(unnamed, 3, "")))
    assert (fields["CallSidLegacy"], fields["ParticipantLabel"]) == ("v2:9", "theirs")
    assert fields["ConferenceSid"] == "K"
    named = replace(unnamed, participant=replace(OUTGOING, label="Ann"))
    assert dict(parse_qsl(form(named, 3, "")))["ParticipantLabel"] == "Ann"
    unnamed = replace(named, participant=replace(OUTGOING, label="", renamed=True))
    assert "ParticipantLabel" not in dict(parse_qsl(form(unnamed, 3, ""))), "by a moderator"


@pytest.mark.parametrize("dates", ["plain", "iso", "seconds", "rfc2822"])
def test_what_telnyx_sends_of_a_texml_caller_arrives_whole(
    dates: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The caller speaks once the join is known. If a word was reported before it, the line would
    read the list of participants, which has not all that the join has."""
    monkeypatch.setattr("conference.simulator.network.conferences.GREETING", 86400.0)
    with Receiver() as receiver, texml(status_callback=receiver.url) as line:
        line.telnyx.texml.dates = dates
        leg = calls(line, A)
        until(lambda: JOIN in receiver.kinds, "the join is reported")
        world = line.telnyx._world
        with world.lock:
            assert leg.participant
            takes_floor(world, leg.participant.conference, leg)
        until(lambda: SPEAKS in receiver.kinds, "the speaker is reported")
        settled(line)
        line.telnyx.phone(A).hang_up()
        is_over(receiver)
        began = world.began.timestamp()
        now = began + line.telnyx.now()
    assert receiver.kinds == [START, JOIN, SPEAKS, LEAVE, END]
    for fields in receiver.taken:
        assert fields["CallSidLegacy"] == leg.call_control_id
        assert fields["ConnectionId"] == leg.connection_id
        assert (fields["CallingPartyType"], fields["FromSipUri"][:12]) == ("pstn", A)
        occurred = datetime.fromisoformat(fields["Timestamp"]).timestamp()
        assert began - 1 <= occurred <= now
        assert dates in ("plain", "iso") or fields["Timestamp"].endswith(".000000Z")


# The method and the kinds of events


@pytest.mark.parametrize(
    ("events", "kinds"),
    [
        ("start", [START]),
        ("end", [END]),
        ("join", [JOIN] * 3),
        ("leave", [LEAVE] * 3),
        ("leave start end join", STORY),
    ],
)
def test_only_the_chosen_events_are_sent_and_numbered(events: str, kinds: list[str]) -> None:
    with Receiver() as receiver:
        with rehearsal(status_callback=receiver.url, status_callback_event=events) as line:
            three_come_and_go(line)
            line.services.stop(10)
        assert receiver.kinds == kinds
        assert numbers(receiver.taken) == list(range(1, len(kinds) + 1))


def test_speakers_alone_can_be_chosen() -> None:
    with Receiver() as receiver, bare(receiver, status_callback_event="speaker") as sender:
        publish(sender, EMPTY, room("AB"), room("AB", speaker="A"), room("B"), EMPTY)
        sender.stop(10)
    assert receiver.kinds == [SPEAKS]
    assert numbers(receiver.taken) == [1]


@pytest.mark.parametrize(
    ("address", "before"), [("", ""), ("?", ""), ("?from=us&a=%26", "from=us&a=%26&"), ("#x", "")]
)
def test_a_get_has_the_fields_in_its_query_and_the_whole_query_is_signed(
    address: str, before: str
) -> None:
    with Receiver() as posts, Receiver() as gets:
        with bare(posts) as one, bare(gets, address, status_callback_method="GET") as other:
            event = SnapshotWanted(Clock()())
            for sender in (one, other):
                sender.observe(Change(EMPTY, room("A"), event))
                sender.stop(10)
        assert [request.method for request in gets.requests] == ["GET", "GET"]
        for post, get in zip(posts.requests, gets.requests, strict=True):
            path, query = get.path.split("?")
            assert (path, get.body) == ("/callback", b"")
            assert query == before + post.body.decode()
            assert not {"Content-Type", "Content-Length"} & get.headers.keys()


def test_a_get_is_repeated_unchanged() -> None:
    answers = iter([503, 503])
    with Receiver(lambda fields: next(answers, 200)) as receiver:
        with bare(receiver, status_callback_method="GET") as sender:
            publish(sender, EMPTY, room())
            until(lambda: receiver.kinds == [START], "it is taken")
    assert len({request.path for request in receiver.requests}) == 1
    assert len(receiver.requests) == 3


# A subscriber that fails


@contextmanager
def bare(receiver: Receiver, address: str = "", **settings: str) -> Iterator[CallbackDelivery]:
    """Deliver without a line."""
    (subscription,) = subscriptions(make(status_callback=receiver.url + address, **settings).room)
    sender = CallbackDelivery(subscription, callback_key(API_KEY), OURS, Clock(), Turns())
    try:
        yield sender
    finally:
        sender.stop(0)


def publish(sender: CallbackDelivery, *rooms: Room) -> None:
    """Publish the changes of a room from each of these states to the next."""
    for before, after in pairwise(rooms):
        sender.observe(Change(before, after, SnapshotWanted(Clock()())))


def room(calls: str = "", conference: str = "K", speaker: str = "") -> Room:
    return Room("demo", conference=conference, joined=frozenset(calls), speaker=speaker)


EMPTY = room(conference="")


@pytest.mark.parametrize("status", [500, 503, 429, 0])
def test_a_failed_request_is_repeated_and_no_caller_waits(status: int) -> None:
    answers = iter([200, status, status, 200, 200, status])
    with Receiver(lambda fields: next(answers, 200)) as receiver:
        with rehearsal(status_callback=receiver.url, time_factor=10) as line:
            three_come_and_go(line)
            is_over(receiver)
            assert {webhook.status for webhook in line.telnyx.webhooks} == {200}
    assert [each["StatusCallbackEvent"] for each in but_speakers(receiver)] == STORY
    assert numbers(receiver.taken) == list(range(1, len(receiver.taken) + 1))
    second = [a for a in receiver.requests if a.fields["SequenceNumber"] == "2"]
    assert [request.status for request in second] == [status, status, 200]
    assert len({request.body for request in second}) == 1, "repeated unchanged"


def test_a_request_that_hangs_is_given_up_and_repeated(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(delivery, "ANSWER_TIMEOUT", 0.5)
    with Receiver() as receiver, rehearsal(status_callback=receiver.url, time_factor=10) as line:
        receiver.responsive.clear()
        three_come_and_go(line)
        assert {webhook.status for webhook in line.telnyx.webhooks} == {200}
        assert receiver.requests == [], "it hangs"
        receiver.responsive.set()
        is_over(receiver)
    first = {request.body: request for request in receiver.requests}  # some were repeated
    kinds = [dict(parse_qsl(body.decode()))["StatusCallbackEvent"] for body in first]
    assert [kind for kind in kinds if kind != SPEAKS] == STORY


def test_a_subscriber_that_was_down_gets_everything_in_order() -> None:
    with Receiver() as before:
        port = before.server_port
    with rehearsal(status_callback=before.url, time_factor=20) as line:
        calls = three_come_and_go(line)
        assert {webhook.status for webhook in line.telnyx.webhooks} == {200}
        with Receiver(port=port) as receiver:
            is_over(receiver)
    taken = but_speakers(receiver)
    assert [each["StatusCallbackEvent"] for each in taken] == STORY
    assert {each["CallSid"] for each in taken} == set(calls)
    assert numbers(receiver.taken) == list(range(1, len(receiver.taken) + 1))


@pytest.mark.parametrize("status", [302, 307, 400, 401, 404, 410])
def test_a_refusal_is_final_and_no_redirect_is_followed(status: int) -> None:
    answers = iter([200, status, 200])
    with Receiver(lambda fields: next(answers)) as receiver, bare(receiver) as sender:
        publish(sender, EMPTY, room(), room("A"), room("AB"))
        until(lambda: len(receiver.taken) == 2, "the others are sent")
    assert [request.path for request in receiver.requests] == ["/callback"] * 3
    assert [request.fields["CallSid"] for request in receiver.requests[1:]] == ["A", "B"]
    assert numbers(receiver.taken) == [1, 3]


def test_a_conference_that_fails_does_not_delay_another() -> None:
    stubborn = threading.Event()

    def answer(fields: Fields) -> int:
        return 500 if fields["ConferenceSid"] == "K" and not stubborn.is_set() else 200

    with Receiver(answer) as receiver, bare(receiver) as sender:
        publish(sender, EMPTY, room(), room("A"))
        until(lambda: len(receiver.requests) > 0, "the first has failed")
        publish(sender, EMPTY, room(conference="L"), room("B", conference="L"))
        until(lambda: len(receiver.taken) == 2, "the second conference is reported")
        stubborn.set()
        until(lambda: len(receiver.taken) == 4, "at last the first conference too")
    assert [(fields["ConferenceSid"], fields["SequenceNumber"]) for fields in receiver.taken] == [
        ("L", "1"),
        ("L", "2"),
        ("K", "1"),
        ("K", "2"),
    ]


def test_an_event_that_is_too_old_is_dropped_and_its_number_is_missing(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    with Receiver(lambda fields: 503) as receiver, bare(receiver) as sender:
        publish(sender, EMPTY, room(), room("A"), room("AB"))
        until(lambda: receiver.requests != [], "the first has been tried")
        with monkeypatch.context() as later:
            later.setattr(delivery, "GIVE_UP_AFTER", 0.0)
            until(lambda: sender._waiting == 0, "everything is given up")
        assert {request.fields["StatusCallbackEvent"] for request in receiver.requests} == {START}
        assert (
            caplog.text.count("STATUS_CALLBACK has not taken an event for 0 s: it is dropped") == 1
        )
        receiver.answer = lambda fields: 200
        publish(sender, room("AB"), room("ABC"))
        until(lambda: receiver.taken != [], "the new event is sent")
    assert [(each["CallSid"], each["SequenceNumber"]) for each in receiver.taken] == [("C", "2")]


def test_the_waiting_events_are_limited(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(delivery, "MOST_WAITING", 4)
    with Receiver() as receiver, bare(receiver) as sender:
        receiver.responsive.clear()
        everyone = "ABCDEFGHIJKLMNOPQRST"
        rooms = [room(everyone[:n]) for n in range(len(everyone) + 1)]
        publish(sender, EMPTY, *rooms)
        receiver.responsive.set()
        until(lambda: len(receiver.taken) == 4, "the waiting events are sent")
        publish(sender, rooms[-1], rooms[-2])
        until(lambda: len(receiver.taken) == 5, "and later ones")
    assert receiver.kinds == [START, JOIN, JOIN, JOIN, LEAVE]
    assert [fields.get("CallSid") for fields in receiver.taken] == [None, "A", "B", "C", "T"]
    assert numbers(receiver.taken) == [1, 2, 3, 4, 5]
    assert caplog.text.count("STATUS_CALLBACK has 4 events waiting: a new one is dropped") == 1


def test_a_waiting_change_of_speaker_is_replaced_by_the_next() -> None:
    with Receiver() as receiver, bare(receiver) as sender:
        receiver.responsive.clear()
        publish(sender, EMPTY, room("ABC"), *(room("ABC", speaker=call) for call in "ABCABC" * 100))
        publish(sender, room("ABC", speaker="C"), room("ABC", speaker="B"), room("AC"))
        receiver.responsive.set()
        until(lambda: LEAVE in receiver.kinds, "everything is sent")
    assert receiver.kinds == [START, JOIN, JOIN, JOIN, SPEAKS, LEAVE]
    assert receiver.taken[4]["CallSid"] == "B"
    assert numbers(receiver.taken) == [1, 2, 3, 4, 5, 6]


def test_a_change_of_speaker_that_was_tried_is_not_replaced() -> None:
    with Receiver(lambda fields: 200) as receiver, bare(receiver) as sender:
        publish(sender, EMPTY, room("AB"))
        until(lambda: len(receiver.taken) == 3, "they are inside")
        tried = threading.Event()

        def answer(fields: Fields) -> int:
            tried.set()
            return 200

        receiver.answer = answer
        receiver.responsive.clear()
        publish(sender, room("AB"), room("AB", speaker="A"))
        assert tried.wait(10)
        publish(sender, room("AB", speaker="A"), room("AB", speaker="B"))
        receiver.responsive.set()
        until(lambda: len(receiver.taken) == 5, "both are sent")
    assert [fields["CallSid"] for fields in receiver.taken[3:]] == ["A", "B"]
    assert numbers(receiver.taken) == [1, 2, 3, 4, 5]


def test_the_numbers_of_a_conference_that_reopens_go_on() -> None:
    with Receiver() as receiver, bare(receiver) as sender:
        publish(sender, EMPTY, room("A"), EMPTY, room("B"))
        until(lambda: len(receiver.taken) == 6, "everything is sent")
    assert receiver.kinds == [START, JOIN, LEAVE, END, START, JOIN]
    assert numbers(receiver.taken) == [1, 2, 3, 4, 5, 6]


def test_old_conferences_that_are_over_are_forgotten(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(delivery, "MOST_QUEUES", 2)
    with Receiver() as receiver, bare(receiver) as sender:
        publish(sender, EMPTY, room(conference="lasts"))
        for conference in "KLMK":
            until(lambda: sender._waiting == 0, "everything is sent")
            publish(sender, EMPTY, room(conference=conference), EMPTY)
        until(lambda: sender._waiting == 0, "everything is sent")
        assert numbers(receiver.taken) == [1, *[1, 2] * 4]
        publish(sender, room(conference="lasts"), room("A", conference="lasts"))
        until(lambda: receiver.kinds[-1] == JOIN, "the other conference is reported")
        assert numbers(receiver.taken)[-1] == 2


def test_they_are_forgotten_also_if_their_end_is_not_sent(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(delivery, "MOST_QUEUES", 2)
    with Receiver() as receiver, bare(receiver, status_callback_event="join") as sender:
        publish(sender, EMPTY, room("A", conference="lasts"))
        for conference in "KLMN":
            publish(sender, EMPTY, room("AB", conference=conference), EMPTY)
            until(lambda: sender._waiting == 0, "everything is sent")
        assert len(sender._queues) == 2
        publish(sender, room("A", conference="lasts"), room("AB", conference="lasts"))
        sender.stop(10)
    assert numbers(receiver.taken) == [1, *[1, 2] * 4, 2]


def test_pauses_are_short_again_after_a_success(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(conference_queue, "FIRST_PAUSE", 0.0)
    monkeypatch.setattr(delivery, "LONGEST_PAUSE", 1000.0)
    answers = iter([*[503] * 9, 200, 503])
    with Receiver(lambda fields: next(answers, 200)) as receiver, bare(receiver) as sender:
        publish(sender, EMPTY, room())
        until(lambda: sender._waiting == 0, "the first is taken at last")
        # 51.2 s, if the failures went on counting
        monkeypatch.setattr(conference_queue, "FIRST_PAUSE", 0.1)
        publish(sender, room(), room("A"))
        until(lambda: receiver.kinds == [START, JOIN], "the second is taken")


def test_the_page_names_the_limits() -> None:
    text = " ".join(PAGES["callbacks"].split())
    assert f"not answered with 2xx within {delivery.ANSWER_TIMEOUT:g} s" in text
    assert (delivery.GIVE_UP_AFTER, "for ten minutes" in text) == (600, True)
    assert f"{delivery.MOST_WAITING:,} events wait at most" in text
    assert f"with {delivery.LEAST_SHARE} for each at least" in text
    assert f"together {turns.MOST_AT_ONCE} requests are under way" in text
    late = f"{turns.MOST_LATE} to those that last took more than {turns.LATE:g} s"
    assert late in text
    assert f"A server that ends takes {LAST_WORDS:g} s more" in text


# Without subscribers or news


def test_without_a_subscriber_no_news_are_made(monkeypatch: pytest.MonkeyPatch) -> None:
    def news(*_: object) -> None:
        raise AssertionError("news were made")

    monkeypatch.setattr(delivery, "news", news)
    with test_line() as line:
        line.happens("call.initiated", "call.answered", "call.speak.ended", "conference.created")
        line.happens("conference.participant.joined", "conference.floor.changed")
        assert line.room.speaker


def test_no_thread_runs_before_the_first_news() -> None:
    before = threading.enumerate()
    with Receiver() as receiver, test_line(status_callback=receiver.url):
        assert len(set(threading.enumerate()) - set(before)) == 1, "the receiver's"


# Nothing private


def test_no_log_has_the_address_or_a_number(
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level("DEBUG")
    answers = iter([503, 404])
    with Receiver(lambda fields: next(answers, 200)) as receiver:
        address = receiver.url.replace("http://", "http://me:pass%20word@") + "?key=secret"
        with rehearsal(status_callback=address, time_factor=10) as line:
            three_come_and_go(line)
            is_over(receiver)
            nobody = Receiver()
            nobody.server_close()
            with rehearsal(status_callback=nobody.url.replace("://", "://u:word@")) as other:
                dial(other, A)
                until(lambda: "does not answer" in caplog.text, "it is logged")
            settings = repr(services_of(line.app).settings)
    shown = caplog.text + settings
    assert "STATUS_CALLBACK answers 503: retrying" in shown
    assert "STATUS_CALLBACK answers 404: the event is not sent again" in shown
    assert "STATUS_CALLBACK does not answer (ConnectionRefusedError): retrying" in shown
    for private in ("word", "/callback", "secret", A, B, C, f":{receiver.server_port}"):
        assert private not in shown.replace(line.url, ""), private
    assert not A_NUMBER.search(shown)
    given = {request.headers["Authorization"] for request in receiver.requests}
    assert given == {"Basic " + base64.b64encode(b"me:pass word").decode()}


# The key


def test_the_key_depends_on_the_api_key_alone() -> None:
    key = callback_key("KEY1")
    assert bytes(key) == bytes(callback_key("KEY1"))
    assert bytes(key) != bytes(callback_key("KEY2"))
    assert public_half("KEY1") == base64.b64encode(bytes(key.verify_key)).decode()
    assert len(bytes(callback_key("K" * 1000))) == 32
    with pytest.raises(ValueError, match="TELNYX_API_KEY is not set"):
        callback_key("")


def test_the_command_and_the_server_show_the_same_key(tmp_path: Path) -> None:
    shown = [sys.executable, "-m", "flask", "callback-key"]
    done = servers.ends(shown, tmp_path, TELNYX_API_KEY=API_KEY)
    assert done.returncode == 0, done.stdout
    with rehearsal(control_token=TOKEN) as line:
        headers = {"Authorization": f"Bearer {TOKEN}"}
        answer = line.app.test_client().get("/api/callback-key", headers=headers)
        assert answer.json == {"public_key": done.stdout.strip()}
    assert done.stdout.strip() == public_half(API_KEY)


def test_without_an_api_key_there_is_no_key(tmp_path: Path) -> None:
    done: subprocess.CompletedProcess[str] = servers.ends(
        [sys.executable, "-m", "flask", "callback-key"], tmp_path, STATUS_CALLBACK="http://x.test"
    )
    assert (done.returncode, "TELNYX_API_KEY is not set" in done.stdout) == (1, True)
    assert "Traceback" not in done.stdout


@pytest.mark.parametrize(
    ("token", "given", "status"), [("", f"Bearer {TOKEN}", 403), (TOKEN, "Bearer wrong", 401)]
)
def test_the_key_needs_the_token(token: str, given: str, status: int) -> None:
    with test_line(control_token=token) as line:
        answer = line.client.get("/api/callback-key", headers={"Authorization": given})
        assert answer.status_code == status
        assert "public_key" not in answer.text


def test_an_address_is_kept_unchanged() -> None:
    for address in ("https://me:pass@example.com:8443/a%20b?x=1", "http://pass@x.test/a/"):
        settings = read({"STATUS_CALLBACK": address})
        assert settings.room.status_callback == address
        assert "pass@" not in repr(settings)


# The end


def test_at_the_end_pauses_are_cut_short(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(conference_queue, "FIRST_PAUSE", 1000.0)
    monkeypatch.setattr(delivery, "LONGEST_PAUSE", 1000.0)
    answers = iter([503, 503])
    with Receiver(lambda fields: next(answers, 200)) as receiver, bare(receiver) as sender:
        publish(sender, EMPTY, room("A"))
        until(lambda: len(receiver.requests) == 1, "it has failed")
        sender.stop(10)
        assert receiver.kinds == [START, JOIN]


def test_at_the_end_one_that_fails_does_not_delay_the_others(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(conference_queue, "FIRST_PAUSE", 1000.0)
    monkeypatch.setattr(delivery, "LONGEST_PAUSE", 1000.0)
    once = iter([503])
    with Receiver(lambda fields: 503) as deaf, Receiver(lambda fields: next(once, 200)) as receiver:
        with bare(deaf) as first, bare(receiver) as second:
            for sender, to in ((first, deaf), (second, receiver)):
                publish(sender, EMPTY, room("A"))
                until(lambda to=to: len(to.requests) == 1, "it has failed")  # type: ignore[misc]
            stop_all((first, second), 2)
            assert receiver.kinds == [START, JOIN]
        assert deaf.taken == []


def test_news_after_the_end_are_not_sent(caplog: pytest.LogCaptureFixture) -> None:
    with Receiver() as receiver, bare(receiver) as sender:
        sender.stop(0)
        publish(sender, EMPTY, room("A"))
        sender.stop(10)
        assert receiver.requests == []
        assert caplog.text == ""


@contextmanager
def served(folder: Path, receiver: Receiver) -> Iterator[Server]:
    """Run a real server with a caller inside whose callbacks were not taken yet."""
    settings = {"STATUS_CALLBACK": receiver.url, "GREETING_FIRST": "", **APPLICATION}
    with SimulatedTelnyx("", TEST_KEY, API_KEY) as telnyx:
        with run(GUNICORN, folder, TELNYX_BASE_URL=telnyx.base_url, **settings) as server:
            server.up()
            telnyx.webhook_url = server.url + "/webhook"
            leg = telnyx.phone(A).dial()
            until(lambda: leg.hears.what == "music", "the caller is inside, and on hold")
            yield server
            assert server.log.count("Traceback") == 0


def test_waiting_events_are_sent_before_the_server_ends(tmp_path: Path) -> None:
    down = threading.Event()
    down.set()
    with Receiver(lambda fields: 503 if down.is_set() else 200) as receiver:
        with served(tmp_path, receiver) as server:
            until(lambda: len(receiver.requests) >= 3, "it was tried several times")
            assert receiver.taken == []
            down.clear()
            assert server.end() == 0
            assert receiver.kinds[:2] == [START, JOIN]


def test_a_subscriber_that_hangs_does_not_stop_the_server_from_ending(tmp_path: Path) -> None:
    with Receiver() as receiver:
        receiver.responsive.clear()
        with served(tmp_path, receiver) as server:
            assert server.end() == 0
            (dropped,) = re.findall(
                r"the server ends: (\d+) events were not sent to STATUS_CALLBACK", server.log
            )
            assert int(dropped) >= 2


def test_many_callers_are_reported_in_order(tmp_path: Path) -> None:
    """Their events arrive at once, on many threads."""
    callers = [f"+131255502{n:02}" for n in range(30)]
    with Receiver() as receiver, rehearsal(status_callback=receiver.url) as line:
        legs = [line.telnyx.phone(number).dial() for number in callers]
        until(lambda: all(leg.conference for leg in legs), "all are let in", 30)
        for number in callers:
            line.telnyx.phone(number).hang_up()
        until(lambda: END in receiver.kinds, "it has ended", 30)
        taken = but_speakers(receiver)
    assert numbers(receiver.taken) == list(range(1, len(receiver.taken) + 1))
    kinds = [each["StatusCallbackEvent"] for each in taken]
    assert (kinds[0], kinds[-1]) == (START, END)
    assert (kinds.count(JOIN), kinds.count(LEAVE)) == (30, 30)
    for leg in legs:
        its = [each["StatusCallbackEvent"] for each in taken[1:-1]]
        mine = [
            k for k, e in zip(its, taken[1:-1], strict=True) if e["CallSid"] == leg.call_control_id
        ]
        assert mine == [JOIN, LEAVE]
