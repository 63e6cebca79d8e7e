"""Whoever is told what happens: in order, signed, again until it is taken, and in nobody's way."""

from __future__ import annotations

import base64
import re
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl

import pytest
from rigs import servers
from rigs.documents import PAGES
from rigs.lines import test_line
from rigs.receiver import Receiver, Told
from rigs.recorded import TEST_KEY
from rigs.rehearsals import calls, dial, hears, rehearsal, settled, texml
from rigs.servers import A_NUMBER, GUNICORN, Server, run
from rigs.waiting import until

from conference.callbacks import delivery
from conference.callbacks.delivery import Callbacks, form, stop_all
from conference.callbacks.signing_key import callback_key, public_half
from conference.callbacks.subscriptions import feeds
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
    """Their calls. While the first is inside alone, music plays as ever."""
    a = dial(line, A)
    hears(a, "music")
    b, c = dial(line, B), dial(line, C)
    hears(a, "conference")
    for number in (A, C, B):
        settled(line)
        line.telnyx.phone(number).hang_up()
    settled(line)
    return [leg.call_control_id for leg in (a, b, c)]


def but_speakers(receiver: Receiver) -> list[Told]:
    return [told for told in receiver.told if told["StatusCallbackEvent"] != SPEAKS]


def numbers(told: list[Told]) -> list[int]:
    return [int(each["SequenceNumber"]) for each in told]


def is_over(receiver: Receiver) -> None:
    until(lambda: END in receiver.kinds, "the end is told")


# What is told


def test_the_story_of_three_callers_is_told_in_order() -> None:
    with Receiver() as receiver:
        url = f"{receiver.url}/?from=us"
        with rehearsal(status_callback=url, telnyx_number=OURS) as line:
            a, b, c = three_come_and_go(line)
            is_over(receiver)
            conference = line.telnyx.conferences[0].id
            told = but_speakers(receiver)
            assert [each["StatusCallbackEvent"] for each in told] == STORY
            assert [each["CallSid"] for each in told] == [a, a, b, c, a, c, b, b]
            assert [each["From"] for each in told] == [A, A, B, C, A, C, B, B]
            assert {each["To"] for each in told} == {OURS}
            assert {each["ConferenceSid"] for each in receiver.told} == {conference}
            assert {each["FriendlyName"] for each in receiver.told} == {"demo-conference"}
            assert numbers(receiver.told) == list(range(1, len(receiver.told) + 1))
            times = [each["Timestamp"] for each in receiver.told]
            assert times == sorted(times)
            now = f"{datetime.now(UTC):%Y-%m-%d %H:%M:%S.%f}Z"
            assert len(times[-1]) == len(now)
            assert times[-1] < now < f"{int(times[0][:4]) + 2}"
            assert {asked.path for asked in receiver.asked} == {"/told/?from=us"}
            dial(line, A)
            until(lambda: len(but_speakers(receiver)) == len(STORY) + 2, "the next one is told")
            told = but_speakers(receiver)[len(STORY) :]
            assert [each["StatusCallbackEvent"] for each in told] == [START, JOIN]
            assert numbers(told) == [1, 2]


@pytest.mark.parametrize("set_to", ["+13125550199", ""])
def test_the_number_that_was_dialled_is_told_by_either_door(set_to: str) -> None:
    with Receiver() as receiver:
        given = {"status_callback": receiver.url, "telnyx_number": set_to}
        with texml("/texml/blue", **given) as line:
            legs = {"blue": calls(line, A), "demo-conference": dial(line, B)}
            settled(line)
            for leg in legs.values():
                line.telnyx.phone(leg.number).hang_up()
            until(lambda: receiver.kinds.count(END) == 2, "both ends are told")
    theirs = {"blue": (A, line.telnyx.texml.number), "demo-conference": (B, line.telnyx.number)}
    for told in receiver.told:
        assert (told["From"], told["To"]) == theirs[told["FriendlyName"]], told


def test_who_speaks_is_told_while_they_are_inside() -> None:
    with Receiver() as receiver, rehearsal(status_callback=receiver.url) as line:
        calls = {leg.call_control_id for leg in (dial(line, A), dial(line, B))}
        until(lambda: SPEAKS in receiver.kinds, "somebody speaks")
        line.telnyx.phone(A).hang_up()
        line.telnyx.phone(B).hang_up()
        is_over(receiver)
    inside: set[str] = set()
    for told in receiver.told:
        kind, call = told["StatusCallbackEvent"], told.get("CallSid", "")
        inside = inside | {call} if kind == JOIN else inside - {call} if kind == LEAVE else inside
        assert kind != SPEAKS or call in inside
        assert call in calls or kind in (START, END)


OUTGOING = Participant("v3:1", A, "participant", "outgoing", "joined", 0.0)
HEAD = {"ConferenceSid": "K", "FriendlyName": "demo", "SequenceNumber": "3"}
TIME = {"Timestamp": "2026-08-21 15:04:05.271992Z"}


@pytest.mark.parametrize(
    ("known", "ours", "whom"),
    [
        ({"participant": OUTGOING}, OURS, {"From": OURS, "To": A}),
        ({"participant": replace(OUTGOING, direction="incoming")}, "", {"From": A}),
        ({"participant": replace(OUTGOING, number="")}, OURS, {"From": OURS}),
        ({"participant": replace(OUTGOING, ours=B)}, OURS, {"From": B, "To": A}),
        ({"participant": OUTGOING, "account": "A1"}, OURS, {"AccountSid": "A1", "To": A}),
        ({"account": "A1", "from_": A, "to": B}, OURS, {"AccountSid": "A1", "From": A, "To": B}),
        ({}, OURS, {}),
    ],
    ids=[
        *("called by us", "no number of ours", "found again", "another of ours"),
        *("found again by TeXML", "not in yet", "gone"),
    ],
)
def test_what_is_not_known_is_left_out(
    known: dict[str, Any], ours: str, whom: dict[str, str]
) -> None:
    news = News("participant-join", "demo", "K", AT, "v3:1", **known)
    said = dict(parse_qsl(form(news, 3, ours), keep_blank_values=True))
    assert said == HEAD | TIME | {"StatusCallbackEvent": JOIN, "CallSid": "v3:1"} | whom
    assert "CallSid" not in form(News(START, "demo", "K", AT), 1, ours)


# How, and of what


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
def test_only_what_is_asked_for_is_told_and_numbered(events: str, kinds: list[str]) -> None:
    with Receiver() as receiver:
        with rehearsal(status_callback=receiver.url, status_callback_event=events) as line:
            three_come_and_go(line)
            line.services.stop(10)
        assert receiver.kinds == kinds
        assert numbers(receiver.told) == list(range(1, len(kinds) + 1))


def test_only_who_speaks_is_told_where_that_is_asked_for() -> None:
    with Receiver() as receiver, bare(receiver, status_callback_event="speaker") as told:
        tell(told, EMPTY, room("AB"), room("AB", speaker="A"), room("B"), EMPTY)
        told.stop(10)
    assert receiver.kinds == [SPEAKS]
    assert numbers(receiver.told) == [1]


@pytest.mark.parametrize(
    ("address", "before"), [("", ""), ("?", ""), ("?from=us&a=%26", "from=us&a=%26&"), ("#x", "")]
)
def test_by_get_it_stands_in_the_query_and_all_of_that_is_signed(address: str, before: str) -> None:
    with Receiver() as posts, Receiver() as gets:
        with bare(posts) as one, bare(gets, address, status_callback_method="GET") as other:
            event = SnapshotWanted(Clock()())
            for told in (one, other):
                told.observe(Change(EMPTY, room("A"), event))
                told.stop(10)
        assert [asked.method for asked in gets.asked] == ["GET", "GET"]
        for post, get in zip(posts.asked, gets.asked, strict=True):
            path, query = get.path.split("?")
            assert (path, get.body) == ("/told", b"")
            assert query == before + post.body.decode()
            assert not {"Content-Type", "Content-Length"} & get.headers.keys()


def test_by_get_it_is_told_again_to_the_letter() -> None:
    answers = iter([503, 503])
    with Receiver(lambda told: next(answers, 200)) as receiver:
        with bare(receiver, status_callback_method="GET") as told:
            tell(told, EMPTY, room())
            until(lambda: receiver.kinds == [START], "it is taken")
    assert len({asked.path for asked in receiver.asked}) == 1
    assert len(receiver.asked) == 3


# A receiver that fails


@contextmanager
def bare(receiver: Receiver, address: str = "", **settings: str) -> Iterator[Callbacks]:
    """Without a line."""
    (feed,) = feeds(make(status_callback=receiver.url + address, **settings))
    told = Callbacks(feed, callback_key(API_KEY), OURS, Clock())
    try:
        yield told
    finally:
        told.stop(0)


def tell(told: Callbacks, *rooms: Room) -> None:
    """That a room went from each of these states to the next."""
    for before, after in pairwise(rooms):
        told.observe(Change(before, after, SnapshotWanted(Clock()())))


def room(calls: str = "", conference: str = "K", speaker: str = "") -> Room:
    return Room("demo", conference=conference, joined=frozenset(calls), speaker=speaker)


EMPTY = room(conference="")


@pytest.mark.parametrize("status", [500, 503, 429, 0])
def test_what_is_not_taken_is_told_again_and_nobody_waits(status: int) -> None:
    answers = iter([200, status, status, 200, 200, status])
    with Receiver(lambda told: next(answers, 200)) as receiver:
        with rehearsal(status_callback=receiver.url, time_factor=10) as line:
            three_come_and_go(line)
            is_over(receiver)
            assert {webhook.status for webhook in line.telnyx.webhooks} == {200}
    assert [each["StatusCallbackEvent"] for each in but_speakers(receiver)] == STORY
    assert numbers(receiver.told) == list(range(1, len(receiver.told) + 1))
    second = [a for a in receiver.asked if a.told["SequenceNumber"] == "2"]
    assert [asked.status for asked in second] == [status, status, 200]
    assert len({asked.body for asked in second}) == 1, "the same, to the letter"


def test_one_that_hangs_is_given_up_and_told_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(delivery, "ANSWERED_WITHIN", 0.5)
    with Receiver() as receiver, rehearsal(status_callback=receiver.url, time_factor=10) as line:
        receiver.goes_on.clear()
        three_come_and_go(line)
        assert {webhook.status for webhook in line.telnyx.webhooks} == {200}
        assert receiver.asked == [], "it has hung all the time"
        receiver.goes_on.set()
        is_over(receiver)
    first = {asked.body: asked for asked in receiver.asked}  # it has read some of them twice
    kinds = [dict(parse_qsl(body.decode()))["StatusCallbackEvent"] for body in first]
    assert [kind for kind in kinds if kind != SPEAKS] == STORY


def test_one_that_was_down_is_told_in_order_when_it_is_up() -> None:
    with Receiver() as before:
        port = before.server_port
    with rehearsal(status_callback=before.url, time_factor=20) as line:
        calls = three_come_and_go(line)
        assert {webhook.status for webhook in line.telnyx.webhooks} == {200}
        with Receiver(port=port) as receiver:
            is_over(receiver)
    told = but_speakers(receiver)
    assert [each["StatusCallbackEvent"] for each in told] == STORY
    assert {each["CallSid"] for each in told} == set(calls)
    assert numbers(receiver.told) == list(range(1, len(receiver.told) + 1))


@pytest.mark.parametrize("status", [302, 307, 400, 401, 404, 410])
def test_a_refusal_is_final_and_nothing_is_followed(status: int) -> None:
    answers = iter([200, status, 200])
    with Receiver(lambda told: next(answers)) as receiver, bare(receiver) as told:
        tell(told, EMPTY, room(), room("A"), room("AB"))
        until(lambda: len(receiver.told) == 2, "the others are told")
    assert [asked.path for asked in receiver.asked] == ["/told"] * 3
    assert [asked.told["CallSid"] for asked in receiver.asked[1:]] == ["A", "B"]
    assert numbers(receiver.told) == [1, 3]


def test_a_conference_that_fails_holds_up_no_other() -> None:
    stubborn = threading.Event()

    def answer(told: Told) -> int:
        return 500 if told["ConferenceSid"] == "K" and not stubborn.is_set() else 200

    with Receiver(answer) as receiver, bare(receiver) as told:
        tell(told, EMPTY, room(), room("A"))
        until(lambda: len(receiver.asked) > 0, "the first has failed")
        tell(told, EMPTY, room(conference="L"), room("B", conference="L"))
        until(lambda: len(receiver.told) == 2, "the second is told")
        stubborn.set()
        until(lambda: len(receiver.told) == 4, "and at last the first")
    assert [(told["ConferenceSid"], told["SequenceNumber"]) for told in receiver.told] == [
        *(("L", "1"), ("L", "2"), ("K", "1"), ("K", "2"))
    ]


def test_what_is_too_old_is_not_told_and_its_number_is_missing(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    with Receiver(lambda told: 503) as receiver, bare(receiver) as told:
        tell(told, EMPTY, room(), room("A"), room("AB"))
        until(lambda: receiver.asked != [], "the first has been tried")
        with monkeypatch.context() as later:
            later.setattr(delivery, "TOLD_WITHIN", 0.0)
            until(lambda: told._waiting == 0, "all is given up")
        assert {asked.told["StatusCallbackEvent"] for asked in receiver.asked} == {START}
        assert caplog.text.count("has not taken for 0 s what it was to be told") == 1
        receiver.answer = lambda told: 200
        tell(told, room("AB"), room("ABC"))
        until(lambda: receiver.told != [], "what is new is told")
    assert [(each["CallSid"], each["SequenceNumber"]) for each in receiver.told] == [("C", "2")]


def test_what_waits_is_bounded(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(delivery, "MOST", 4)
    with Receiver() as receiver, bare(receiver) as told:
        receiver.goes_on.clear()
        everyone = "ABCDEFGHIJKLMNOPQRST"
        rooms = [room(everyone[:n]) for n in range(len(everyone) + 1)]
        tell(told, EMPTY, *rooms)
        receiver.goes_on.set()
        until(lambda: len(receiver.told) == 4, "what waited is told")
        tell(told, rooms[-1], rooms[-2])
        until(lambda: len(receiver.told) == 5, "and what comes later")
    assert receiver.kinds == [START, JOIN, JOIN, JOIN, LEAVE]
    assert [told.get("CallSid") for told in receiver.told] == [None, "A", "B", "C", "T"]
    assert numbers(receiver.told) == [1, 2, 3, 4, 5]
    assert caplog.text.count("4 things wait already") == 1


def test_of_speakers_who_change_meanwhile_the_last_is_told() -> None:
    with Receiver() as receiver, bare(receiver) as told:
        receiver.goes_on.clear()
        tell(told, EMPTY, room("ABC"), *(room("ABC", speaker=call) for call in "ABCABC" * 100))
        tell(told, room("ABC", speaker="C"), room("ABC", speaker="B"), room("AC"))
        receiver.goes_on.set()
        until(lambda: LEAVE in receiver.kinds, "it is told")
    assert receiver.kinds == [START, JOIN, JOIN, JOIN, SPEAKS, LEAVE]
    assert receiver.told[4]["CallSid"] == "B"
    assert numbers(receiver.told) == [1, 2, 3, 4, 5, 6]


def test_a_speaker_who_may_have_been_told_is_not_replaced() -> None:
    with Receiver(lambda told: 200) as receiver, bare(receiver) as told:
        tell(told, EMPTY, room("AB"))
        until(lambda: len(receiver.told) == 3, "they are inside")
        asked = threading.Event()

        def answer(told: Told) -> int:
            asked.set()
            return 200

        receiver.answer = answer
        receiver.goes_on.clear()
        tell(told, room("AB"), room("AB", speaker="A"))
        assert asked.wait(10)
        tell(told, room("AB", speaker="A"), room("AB", speaker="B"))
        receiver.goes_on.set()
        until(lambda: len(receiver.told) == 5, "both are told")
    assert [told["CallSid"] for told in receiver.told[3:]] == ["A", "B"]
    assert numbers(receiver.told) == [1, 2, 3, 4, 5]


def test_a_conference_that_comes_back_goes_on_with_its_numbers() -> None:
    with Receiver() as receiver, bare(receiver) as told:
        tell(told, EMPTY, room("A"), EMPTY, room("B"))
        until(lambda: len(receiver.told) == 6, "all is told")
    assert receiver.kinds == [START, JOIN, LEAVE, END, START, JOIN]
    assert numbers(receiver.told) == [1, 2, 3, 4, 5, 6]


def test_conferences_that_are_over_are_forgotten_at_last(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(delivery, "REMEMBERED", 2)
    with Receiver() as receiver, bare(receiver) as told:
        tell(told, EMPTY, room(conference="lasts"))
        for conference in "KLMK":
            until(lambda: told._waiting == 0, "all is told")
            tell(told, EMPTY, room(conference=conference), EMPTY)
        until(lambda: told._waiting == 0, "all is told")
        assert numbers(receiver.told) == [1, *[1, 2] * 4]
        tell(told, room(conference="lasts"), room("A", conference="lasts"))
        until(lambda: receiver.kinds[-1] == JOIN, "what goes on is told")
        assert numbers(receiver.told)[-1] == 2


def test_they_are_forgotten_also_where_their_end_is_not_told(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(delivery, "REMEMBERED", 2)
    with Receiver() as receiver, bare(receiver, status_callback_event="join") as told:
        tell(told, EMPTY, room("A", conference="lasts"))
        for conference in "KLMN":
            tell(told, EMPTY, room("AB", conference=conference), EMPTY)
            until(lambda: told._waiting == 0, "all is told")
        assert len(told._lines) == 2
        tell(told, room("A", conference="lasts"), room("AB", conference="lasts"))
        told.stop(10)
    assert numbers(receiver.told) == [1, *[1, 2] * 4, 2]


def test_once_it_takes_something_it_is_soon_tried_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(delivery, "FIRST_RETRY", 0.0)
    monkeypatch.setattr(delivery, "LAST_RETRY", 1000.0)
    answers = iter([*[503] * 9, 200, 503])
    with Receiver(lambda told: next(answers, 200)) as receiver, bare(receiver) as told:
        tell(told, EMPTY, room())
        until(lambda: told._waiting == 0, "the first is taken at last")
        monkeypatch.setattr(delivery, "FIRST_RETRY", 0.1)  # 51.2 s, had it failed all the time
        tell(told, room(), room("A"))
        until(lambda: receiver.kinds == [START, JOIN], "the second is taken")


def test_the_page_names_the_limits() -> None:
    text = " ".join(PAGES["callbacks"].split())
    assert f"not answered with 2xx within {delivery.ANSWERED_WITHIN:g} s" in text
    assert (delivery.TOLD_WITHIN, "for ten minutes" in text) == (600, True)
    assert f"{delivery.MOST:,} events wait at most" in text
    assert f"A server that ends takes {LAST_WORDS:g} s more" in text


# Nobody to tell, and nothing to tell


def test_where_nobody_is_told_nothing_is_worked_out(monkeypatch: pytest.MonkeyPatch) -> None:
    def news(*_: object) -> None:
        raise AssertionError("it was worked out what to tell")

    monkeypatch.setattr(delivery, "news", news)
    with test_line() as line:
        line.happens("call.initiated", "call.answered", "call.speak.ended", "conference.created")
        line.happens("conference.participant.joined", "conference.floor.changed")
        assert line.room.speaker


def test_before_there_is_news_no_thread_runs() -> None:
    before = threading.enumerate()
    with Receiver() as receiver, test_line(status_callback=receiver.url):
        assert len(set(threading.enumerate()) - set(before)) == 1, "the receiver's"


# Nothing private


def test_the_log_tells_nothing_of_the_address_or_of_callers(
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level("DEBUG")
    answers = iter([503, 404])
    with Receiver(lambda told: next(answers, 200)) as receiver:
        address = receiver.url.replace("http://", "http://me:pass%20word@") + "?key=secret"
        with rehearsal(status_callback=address, time_factor=10) as line:
            three_come_and_go(line)
            is_over(receiver)
            nobody = Receiver()
            nobody.server_close()
            with rehearsal(status_callback=nobody.url.replace("://", "://u:word@")) as other:
                dial(other, A)
                until(lambda: "does not answer" in caplog.text, "it is said")
            settings = repr(services_of(line.app).settings)
    said = caplog.text + settings
    assert "STATUS_CALLBACK answers 503" in said
    assert "STATUS_CALLBACK answers 404" in said
    assert "STATUS_CALLBACK does not answer (ConnectionRefusedError)" in said
    for private in ("word", "/told", "secret", A, B, C, f":{receiver.server_port}"):
        assert private not in said.replace(line.url, ""), private
    assert not A_NUMBER.search(said)
    given = {asked.headers["Authorization"] for asked in receiver.asked}
    assert given == {"Basic " + base64.b64encode(b"me:pass word").decode()}


# The key


def test_the_key_stays_the_same_and_is_made_from_the_api_key() -> None:
    key = callback_key("KEY1")
    assert bytes(key) == bytes(callback_key("KEY1"))
    assert bytes(key) != bytes(callback_key("KEY2"))
    assert public_half("KEY1") == base64.b64encode(bytes(key.verify_key)).decode()
    assert len(bytes(callback_key("K" * 1000))) == 32
    with pytest.raises(ValueError, match="TELNYX_API_KEY is not set"):
        callback_key("")


def test_the_key_is_shown_alike_by_the_command_and_by_the_server(tmp_path: Path) -> None:
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
def test_the_key_is_for_who_has_the_token(token: str, given: str, status: int) -> None:
    with test_line(control_token=token) as line:
        answer = line.client.get("/api/callback-key", headers={"Authorization": given})
        assert answer.status_code == status
        assert "public_key" not in answer.text


def test_an_address_is_kept_to_the_letter() -> None:
    for address in ("https://me:pass@example.com:8443/a%20b?x=1", "http://pass@x.test/a/"):
        settings = read({"STATUS_CALLBACK": address})
        assert settings.status_callback == address
        assert "pass@" not in repr(settings)


# The end


def test_at_the_end_no_pause_is_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(delivery, "FIRST_RETRY", 1000.0)
    monkeypatch.setattr(delivery, "LAST_RETRY", 1000.0)
    answers = iter([503, 503])
    with Receiver(lambda told: next(answers, 200)) as receiver, bare(receiver) as told:
        tell(told, EMPTY, room("A"))
        until(lambda: len(receiver.asked) == 1, "it has failed")
        told.stop(10)
        assert receiver.kinds == [START, JOIN]


def test_at_the_end_all_are_told_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody waits for one that takes nothing."""
    monkeypatch.setattr(delivery, "FIRST_RETRY", 1000.0)
    monkeypatch.setattr(delivery, "LAST_RETRY", 1000.0)
    once = iter([503])
    with Receiver(lambda told: 503) as deaf, Receiver(lambda told: next(once, 200)) as receiver:
        with bare(deaf) as first, bare(receiver) as second:
            for told, to in ((first, deaf), (second, receiver)):
                tell(told, EMPTY, room("A"))
                until(lambda to=to: len(to.asked) == 1, "it has failed")  # type: ignore[misc]
            stop_all((first, second), 2)
            assert receiver.kinds == [START, JOIN]
        assert deaf.told == []


def test_what_is_told_after_the_end_goes_nowhere(caplog: pytest.LogCaptureFixture) -> None:
    with Receiver() as receiver, bare(receiver) as told:
        told.stop(0)
        tell(told, EMPTY, room("A"))
        told.stop(10)
        assert receiver.asked == []
        assert caplog.text == ""


@contextmanager
def served(folder: Path, receiver: Receiver) -> Iterator[Server]:
    """A real server with a caller inside, all of which is still to be told."""
    settings = {"STATUS_CALLBACK": receiver.url, "GREETING_FIRST": "", **APPLICATION}
    with SimulatedTelnyx("", TEST_KEY, API_KEY) as telnyx:
        with run(GUNICORN, folder, TELNYX_BASE_URL=telnyx.base_url, **settings) as server:
            server.up()
            telnyx.webhook_url = server.url + "/webhook"
            leg = telnyx.phone(A).dial()
            until(lambda: leg.hears.what == "music", "the caller is inside, and on hold")
            yield server
            assert server.log.count("Traceback") == 0


def test_what_waits_is_told_before_the_server_ends(tmp_path: Path) -> None:
    """It was down until then."""
    down = threading.Event()
    down.set()
    with Receiver(lambda told: 503 if down.is_set() else 200) as receiver:
        with served(tmp_path, receiver) as server:
            until(lambda: len(receiver.asked) >= 3, "it was tried several times")
            assert receiver.told == []
            down.clear()
            assert server.end() == 0
            assert receiver.kinds[:2] == [START, JOIN]


def test_the_server_ends_also_when_it_cannot_tell(tmp_path: Path) -> None:
    with Receiver() as receiver:
        receiver.goes_on.clear()
        with served(tmp_path, receiver) as server:
            assert server.end() == 0
            (dropped,) = re.findall(r"ending: (\d+) things were not told", server.log)
            assert int(dropped) >= 2


def test_many_callers_are_told_of_in_order(tmp_path: Path) -> None:
    """Their events come at once, on many threads."""
    callers = [f"+131255502{n:02}" for n in range(30)]
    with Receiver() as receiver, rehearsal(status_callback=receiver.url) as line:
        legs = [line.telnyx.phone(number).dial() for number in callers]
        until(lambda: all(leg.conference for leg in legs), "all are let in", 30)
        for number in callers:
            line.telnyx.phone(number).hang_up()
        until(lambda: END in receiver.kinds, "it has ended", 30)
        told = but_speakers(receiver)
    assert numbers(receiver.told) == list(range(1, len(receiver.told) + 1))
    kinds = [each["StatusCallbackEvent"] for each in told]
    assert (kinds[0], kinds[-1]) == (START, END)
    assert (kinds.count(JOIN), kinds.count(LEAVE)) == (30, 30)
    for leg in legs:
        its = [each["StatusCallbackEvent"] for each in told[1:-1]]
        mine = [
            k for k, e in zip(its, told[1:-1], strict=True) if e["CallSid"] == leg.call_control_id
        ]
        assert mine == [JOIN, LEAVE]
