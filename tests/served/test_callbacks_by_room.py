"""Status callbacks of rooms with addresses of their own: who gets what, and nobody waits."""

from __future__ import annotations

import logging
import signal
import threading
from pathlib import Path

import pytest
from rigs.lines import test_line
from rigs.people import ANN
from rigs.receiver import Receiver
from rigs.recorded import TEST_KEY
from rigs.rehearsals import APPLICATION
from rigs.rooms_line import RoomsLine, rooms_line
from rigs.servers import API_KEY, GUNICORN, run
from rigs.waiting import until

from conference.callbacks import delivery, turns
from conference.callbacks.subscribers import Subscribers
from conference.clock import Clock
from conference.core.news import REPORT, News
from conference.core.room_settings import RoomSettings
from conference.core.texml.attributes import EVENTS
from conference.settings import make
from conference.simulator import SimulatedTelnyx

SALES, SUPPORT = "+13125550101", "+13125550103"
START, JOIN, END = "conference-start", "participant-join", "conference-end"
LEAVE = "participant-leave"


def file_of(sales: str, support: str = "", defaults: str = "") -> str:
    """Return a rooms file in which two rooms have these settings."""
    return f"""
[defaults]
greeting_first = ""
{defaults}
[rooms.sales]
numbers = ["{SALES}"]
{sales}
[rooms.support]
numbers = ["{SUPPORT}"]
{support}
"""


def come_and_go(line: RoomsLine) -> None:
    """Ann is in the room sales, Bob in the room support, at the same time."""
    people = [line.comes("Ann", SALES), line.comes("Bob", SUPPORT)]
    for each in people:
        each.hangs_up()
    line.settles()


def names(receiver: Receiver) -> set[str]:
    return {fields["FriendlyName"] for fields in receiver.taken}


def test_a_room_has_its_own_address_and_others_that_of_the_environment() -> None:
    with Receiver() as usual, Receiver() as own:
        sales = f'status_callback = "{own.url}"\nstatus_callback_event = "leave join"'
        with rooms_line(file_of(sales), status_callback=usual.url) as line:
            come_and_go(line)
            until(lambda: REPORT in own.kinds, "the meeting of sales is reported")
            until(lambda: REPORT in usual.kinds, "and that of support")
    assert own.kinds == [JOIN, LEAVE, REPORT]
    assert [fields["SequenceNumber"] for fields in own.taken] == ["1", "2", "3"]
    assert [kind for kind in usual.kinds if not kind.endswith("speech-start")] == [
        *(START, JOIN, LEAVE, END, REPORT)
    ]
    assert (names(own), names(usual)) == ({"sales"}, {"support"})


def test_the_defaults_are_over_the_environment() -> None:
    with Receiver() as usual, Receiver() as own, Receiver() as unused:
        text = file_of(
            f'status_callback = "{own.url}"\nstatus_callback_method = "GET"',
            defaults=f'status_callback = "{usual.url}"\nstatus_callback_event = "start end"',
        )
        with rooms_line(text, status_callback=unused.url) as line:
            come_and_go(line)
            until(lambda: REPORT in own.kinds and REPORT in usual.kinds, "both are reported")
    assert (own.kinds, usual.kinds) == ([START, END, REPORT], [START, END, REPORT])
    assert (names(own), names(usual)) == ({"sales"}, {"support"})
    assert [request.method for request in own.requests] == ["GET", "GET", "POST"]
    assert unused.requests == []


def test_a_receiver_that_hangs_holds_up_no_other_room(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(delivery, "ANSWER_TIMEOUT", 120.0)
    with Receiver() as hangs, Receiver() as other:
        hangs.responsive.clear()
        text = file_of(f'status_callback = "{hangs.url}"', f'status_callback = "{other.url}"')
        with rooms_line(text) as line:
            come_and_go(line)
            until(lambda: REPORT in other.kinds, "support's receiver has everything")
            assert hangs.requests == []
            hangs.responsive.set()
            until(lambda: REPORT in hangs.kinds, "sales's receiver has it later")
    assert (names(hangs), names(other)) == ({"sales"}, {"support"})


def test_the_log_names_the_room_and_shows_no_address(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    answers = iter([503, 404])
    with Receiver(lambda fields: next(answers, 200)) as receiver:
        address = receiver.url.replace("http://", "http://me:pass%20word@") + "?key=secret"
        with rooms_line(file_of(f'status_callback = "{address}"')) as line:
            come_and_go(line)
            until(lambda: REPORT in receiver.kinds, "the meeting is reported")
            shown = caplog.text + repr(line.line.services.settings)
            rooms = repr(line.line.engine.registry.rooms())
    assert "status_callback of room sales answers 503: retrying" in shown
    assert "status_callback of room sales answers 404: the event is not sent again" in shown
    for private in ("word", "secret", f":{receiver.server_port}"):
        assert private not in (shown + rooms).replace(line.line.url, ""), private


# The bounds


def subscribers(**urls: str) -> Subscribers:
    """Return the subscribers of rooms with these addresses."""
    rooms = {name: RoomSettings(status_callback=url) for name, url in urls.items()}
    return Subscribers(make(telnyx_api_key=API_KEY, rooms=rooms), Clock())


def news(room: str) -> News:
    return News(START, room, f"of {room}", Clock()())


def test_rooms_with_one_address_share_its_delivery() -> None:
    a, b = "https://a.example/", "https://b.example/"
    found = subscribers(x=a, y=b, z=a)
    assert len([*found]) == 2
    assert found.of("x") == found.of("z") != found.of("y")
    assert found.of("another") == ()


def test_the_usual_events_are_all() -> None:
    assert RoomSettings().status_callback_event == " ".join(EVENTS)


def test_the_addresses_share_the_waiting_events(caplog: pytest.LogCaptureFixture) -> None:
    with Receiver() as hangs, Receiver() as other:
        hangs.responsive.clear()
        more = {f"r{n}": f"https://{n}.example/" for n in range(98)}
        found = subscribers(sales=hangs.url, support=other.url, **more)
        for _ in range(120):
            found.of("sales")[0].put(news("sales"))
        assert "status_callback of room sales has 100 events waiting: a new one" in caplog.text
        found.of("support")[0].put(news("support"))
        until(lambda: other.kinds == [START], "another room is not concerned")
        for each in found:
            each.stop(0)
    assert delivery.MOST_WAITING == 100 * 100


def test_a_limited_number_of_requests_is_under_way_at_once(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(turns, "MOST_AT_ONCE", 1)
    asked, go_on = threading.Event(), threading.Event()

    def answer(fields: dict[str, str]) -> int:
        asked.set()
        go_on.wait(20)
        return 200

    with Receiver(answer) as slow, Receiver() as other:
        found = subscribers(sales=slow.url, support=other.url)
        found.of("sales")[0].put(news("sales"))
        assert asked.wait(10)
        found.of("support")[0].put(news("support"))
        assert found.of("support")[0]._thread is not None
        assert other.requests == []
        go_on.set()
        until(lambda: (slow.kinds, other.kinds) == ([START], [START]), "both are sent")
        for each in found:
            each.stop(5)


def test_addresses_that_answer_late_have_turns_of_their_own(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(turns, "MOST_AT_ONCE", 1)
    monkeypatch.setattr(turns, "LATE", 0.0)  # each answer is late
    monkeypatch.setattr(delivery, "ANSWER_TIMEOUT", 120.0)
    with Receiver() as late, Receiver() as other:
        found = subscribers(sales=late.url, support=other.url)
        (sales,), (support,) = found.of("sales"), found.of("support")
        sales.put(news("sales"))
        until(lambda: late.kinds == [START] and not sales._waiting, "it has answered once")
        late.responsive.clear()
        sales.put(news("sales"))
        support.put(news("support"))
        until(lambda: other.kinds == [START], "the other one is sent in the only usual turn")
        assert len(late.requests) == 1
        late.responsive.set()
        until(lambda: late.kinds == [START, START], "the late one, too")
        for each in found:
            each.stop(5)


def test_a_thread_without_news_ends_and_begins_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(delivery, "THREAD_KEPT", 0.01)
    with Receiver() as receiver:
        (sender,) = subscribers(sales=receiver.url)
        for count in (1, 2):
            sender.put(news("sales"))
            until(lambda n=count: len(receiver.taken) == n, "it is sent")  # type: ignore[misc]
            until(lambda: sender._thread is None, "the thread has ended")
        sender.stop(5)
    assert [fields["SequenceNumber"] for fields in receiver.taken] == ["1", "2"]


def test_an_address_of_a_room_starts_no_thread() -> None:
    before = threading.enumerate()
    rooms = {f"r{n}": RoomSettings(status_callback=f"https://{n}.example/") for n in range(100)}
    with test_line(rooms=rooms):
        assert threading.enumerate() == before


# SIGHUP


def test_sighup_gives_a_room_another_address(tmp_path: Path) -> None:
    file = tmp_path / "rooms.toml"
    with Receiver() as first, Receiver() as second, SimulatedTelnyx("", TEST_KEY) as telnyx:
        file.write_text(file_of(f'status_callback = "{first.url}"'))
        settings = {"ROOMS_FILE": "rooms.toml", "TELNYX_CONNECTION_ID": APPLICATION}
        with run(GUNICORN, tmp_path, TELNYX_BASE_URL=telnyx.base_url, **settings) as server:
            server.up()
            telnyx.webhook_url = server.url + "/webhook"
            telnyx.account.own(SALES)
            leg = telnyx.phone(ANN).dial(to=SALES)
            until(lambda: JOIN in first.kinds, "Ann's join is reported")
            (before,) = server.workers
            file.write_text(file_of(f'status_callback = "{second.url}"'))
            server.process.send_signal(signal.SIGHUP)
            until(lambda: server.workers and before not in server.workers, within=60)
            until(lambda: JOIN in second.kinds, "after it Ann is reported anew", within=60)
            assert leg.state == "answered"
            telnyx.phone(ANN).hang_up()
            until(lambda: END in second.kinds, "the end is reported there")
            assert END not in first.kinds
            assert server.end() == 0
