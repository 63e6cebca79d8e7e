"""The reception by TeXML over HTTP: documents, posts, and what is kept secret."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from rigs.console import BEARER
from rigs.lines import TestLine, test_line
from rigs.people import TOKEN
from rigs.reception import LISTENER, MODERATOR, OWN, PARTICIPANT, ROOMS
from rigs.texml_forms import (
    ANN,
    BOB,
    FETCH,
    HERE,
    SECRET,
    conference,
    read_xml,
    says,
    send,
    unsigned,
)
from werkzeug.test import TestResponse

from conference.core.admission import reception
from conference.core.doors import RECEPTION
from conference.core.entering import FULL, LOCKED, UNREACHABLE
from conference.core.room_settings import Known, RoleSettings
from conference.core.sentences import SENTENCES
from conference.core.texml.door import NOT_STARTED
from conference.core.texml.roles import role_label
from conference.web.texml import HAS_LOBBY

HERE_ROOMS = {name: replace(room, public_url=HERE) for name, room in ROOMS.items()}


def rooms_with(room: str = "sales", **given: Any) -> dict[str, Any]:
    return {**HERE_ROOMS, room: replace(HERE_ROOMS[room], **given)}


def line_with(rooms: dict[str, Any] = HERE_ROOMS, **given: Any) -> Any:
    return test_line(rooms=rooms, numbers={OWN: "blue"}, control_token=TOKEN, **given)


@pytest.fixture
def line() -> Iterator[TestLine]:
    with line_with() as line:
        yield line


def posts(
    line: TestLine, digits: str | None, nth: int = 1, call: str = ANN, **given: str
) -> TestResponse:
    """Post what a caller has entered; None: the fetch after a <Gather> without a key."""
    entered = {} if digits is None else {"Digits": digits}
    return send(line, f"/texml/pin/{nth}", {**FETCH, **entered, "CallSid": call, **given})


def prompt(answer: TestResponse, nth: int) -> str | None:
    """Return the words of a prompt whose result is posted to the try `nth`."""
    assert (answer.status_code, answer.mimetype) == (200, "application/xml")
    gather, otherwise = read_xml(answer.data)
    url = f"{HERE}/texml/pin/{nth}"
    assert gather.tag == "Gather"
    assert gather.attrib == {
        "action": url,
        "numDigits": "6",
        "finishOnKey": "#",
        "timeout": "8",
        "input": "dtmf",
    }
    assert (otherwise.tag, otherwise.attrib, otherwise.text) == (
        "Redirect",
        {"method": "POST"},
        url,
    )
    assert [each.tag for each in gather] == ["Say"]
    return gather.findtext("Say")


def test_a_shared_number_asks_for_a_pin(line: TestLine) -> None:
    for path in ("/texml", "/texml/reception"):
        assert prompt(send(line, path, FETCH), nth=1) == reception.ENTER
    assert conference(send(line, "/texml", {**FETCH, "To": OWN})).text == "blue"


def test_three_tries_are_answered(line: TestLine) -> None:
    assert prompt(posts(line, "9999"), nth=2) == reception.PROMPTS["unknown"]
    assert prompt(posts(line, None, nth=2), nth=3) == reception.PROMPTS["silent"]
    assert says(posts(line, "8888#", nth=3)) == reception.GOODBYES["unknown"]
    assert says(posts(line, "", nth=3, call=BOB)) == reception.GOODBYES["silent"]


def test_each_document_has_the_words_of_its_room() -> None:
    words = {each: f"{each} (de)" for each in SENTENCES}
    rooms = {name: replace(room, words=words) for name, room in rooms_with(lobby=True).items()}
    with line_with(rooms) as line:
        assert prompt(send(line, "/texml", FETCH), nth=1) == f"{reception.ENTER} (de)"
        assert prompt(posts(line, "9999"), nth=2) == f"{reception.PROMPTS['unknown']} (de)"
        assert prompt(posts(line, "", nth=2), nth=3) == f"{reception.PROMPTS['silent']} (de)"
        assert says(posts(line, "", nth=3)) == f"{reception.GOODBYES['silent']} (de)"
        waits = read_xml(send(line, "/texml/wait/sales", FETCH).data)
        assert waits.findtext("Say") == f"{NOT_STARTED} (de)"
        assert says(posts(line, PARTICIPANT, call=BOB)) == f"{HAS_LOBBY} (de)"


def test_a_pin_leads_to_its_room_in_its_role(line: TestLine) -> None:
    found = conference(posts(line, PARTICIPANT))
    assert (found.text, found.get("muted"), found.get("participantLabel")) == ("Sales", None, None)
    found = conference(posts(line, f"{LISTENER}#", call=BOB))
    assert (found.text, found.get("muted")) == ("Sales", "true")
    assert found.get("participantLabel") == role_label("listener", BOB)
    assert line.engine.registry.room("sales").texml.roles == {BOB: "listener"}


def test_a_moderator_starts_the_conference_and_others_wait() -> None:
    waits = {"participant": RoleSettings(starts=False), "listener": RoleSettings(starts=False)}
    texml = {"startConferenceOnEnter": "false", "muted": "true"}
    with line_with(rooms_with(roles=waits, texml=texml)) as line:
        guest = conference(posts(line, PARTICIPANT))
        assert (guest.get("startConferenceOnEnter"), guest.get("muted")) == ("false", "true")
        host = conference(posts(line, MODERATOR, call=BOB))
        assert (host.get("startConferenceOnEnter"), host.get("muted")) == (None, None)
        assert host.get("participantLabel") == role_label("moderator", BOB)


def test_a_post_again_is_answered_alike_and_counts_once(line: TestLine) -> None:
    once, again = posts(line, "9999"), posts(line, "9999")
    assert once.data == again.data
    defence = line.engine.registry.room(RECEPTION).pin_defence
    assert defence.records["+13125550111"].wrong == 1
    right = posts(line, MODERATOR, nth=2)
    assert posts(line, MODERATOR, nth=2).data == right.data
    assert conference(right).text == "Sales"


def test_a_caller_who_guesses_waits_and_is_then_sent_away(line: TestLine) -> None:
    for n in range(3):
        posts(line, f"99{n:02}", call=f"X{n}")
    answer = posts(line, PARTICIPANT)
    said, pause, then = read_xml(answer.data)
    assert (said.text, pause.tag, then.text) == (reception.WAIT, "Pause", f"{HERE}/texml/pin/1")
    assert 14 <= int(pause.attrib["length"]) <= 15
    assert read_xml(posts(line, None).data).findtext("Say") == reception.WAIT, "fetched too early"
    for n in range(3):
        assert read_xml(posts(line, "1111", call=f"Y{n}").data).find("Pause") is not None
    assert says(posts(line, "1111", call=BOB)) == reception.LATER
    assert conference(posts(line, PARTICIPANT, call=BOB + "x", From="+13125550177")).text == "Sales"


@pytest.mark.parametrize(
    ("given", "digits", "why"),
    [
        ({"lobby": True}, PARTICIPANT, HAS_LOBBY),
        ({"lobby": True}, MODERATOR, HAS_LOBBY),
        ({"max_participants": 2}, PARTICIPANT, FULL),
        ({}, PARTICIPANT, LOCKED),
    ],
)
def test_a_room_that_takes_nobody_says_so_after_the_pin(
    given: dict[str, Any], digits: str, why: str
) -> None:
    with line_with(rooms_with(**given)) as line:
        for n, call in enumerate(("A", "B"), start=1):
            posts(line, PARTICIPANT, call=call)
            join = {"StatusCallbackEvent": "participant-join", "SequenceNumber": str(n)}
            sid = {"AccountSid": "a", "ConferenceSid": "X", "FriendlyName": "Sales"}
            send(line, "/texml/status", {**join, **sid, "CallSid": call})
        if why == LOCKED:
            path = "/api/rooms/sales/actions/lock"
            assert line.client.post(path, json={}, headers=BEARER).status_code == 202
        assert says(posts(line, digits)) == why


def test_the_roster_gives_roles_on_a_number_of_the_room_s_own() -> None:
    known = {"+13125550111": Known("Ann", "listener")}
    with line_with(rooms_with("blue", roster=known)) as line:
        found = conference(send(line, "/texml", {**FETCH, "To": OWN}))
        assert (found.get("muted"), found.get("participantLabel")) == (
            "true",
            role_label("listener", ANN),
        )


# Who may ask


def test_an_unsigned_post_is_refused(line: TestLine) -> None:
    answer = unsigned(line, "/texml/pin/1", {**FETCH, "Digits": MODERATOR})
    assert answer.status_code == 401
    assert line.engine.registry.rooms() == []


def test_a_get_is_refused(line: TestLine) -> None:
    assert line.client.get(f"/texml/pin/1?CallSid=A&Digits={MODERATOR}").status_code == 405


def test_with_a_secret_the_addresses_have_it() -> None:
    with line_with(texml_secret=SECRET) as line:
        gather, otherwise = read_xml(unsigned(line, f"/texml/{SECRET}").data)
        assert gather.get("action") == otherwise.text == f"{HERE}/texml/{SECRET}/pin/1"
        path = f"/texml/{SECRET}/pin/1"
        found = conference(unsigned(line, path, {**FETCH, "Digits": PARTICIPANT}))
        assert found.get("waitUrl") == f"{HERE}/texml/{SECRET}/wait/sales"
        assert unsigned(line, "/texml/pin/1").status_code == 401
        assert unsigned(line, "/texml/another/pin/1").status_code == 401


@pytest.mark.parametrize("nth", ["0", "4", "1x", "-1", "01", ""])
def test_there_are_three_tries(line: TestLine, nth: str) -> None:
    answer = send(line, f"/texml/pin/{nth}", {**FETCH, "Digits": MODERATOR})
    assert answer.status_code == 404
    assert line.engine.registry.rooms() == []


def test_without_a_rooms_file_there_is_no_pin() -> None:
    with test_line(public_url=HERE) as line:
        assert posts(line, MODERATOR).status_code == 404


def test_a_report_of_the_call_s_end_is_no_input(line: TestLine) -> None:
    assert posts(line, None, CallStatus="completed").status_code == 204
    assert line.engine.registry.rooms() == []


def test_without_an_address_nobody_can_be_asked(caplog: pytest.LogCaptureFixture) -> None:
    with line_with(ROOMS) as line:
        assert says(send(line, "/texml", FETCH)) == UNREACHABLE
        assert "set PUBLIC_URL" in caplog.text


# Secrets


def test_no_digit_is_logged_shown_or_kept(line: TestLine, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    wrong, waiting = "908841", "775310"
    answers = [posts(line, wrong), posts(line, MODERATOR, nth=2)]
    for n in range(3):
        posts(line, f"99{n:02}", call=f"X{n}")
    answers.append(posts(line, waiting, call=BOB))
    rooms = [line.engine.registry.room(name) for name in (RECEPTION, "sales")]
    assert rooms[0].texml.entries[BOB].pin == waiting
    events = line.client.get("/api/events", headers=BEARER).json
    assert events and "Telnyx posts a PIN: it is not known" in repr(events)
    shown = repr((rooms, events, caplog.text, [answer.data for answer in answers]))
    for digits in (wrong, waiting, MODERATOR):
        assert digits not in shown
