"""The answers of a probe from its traffic alone: what decides, and what does not."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from conference.probe.answers import Answer
from conference.probe.question import Question
from conference.probe.questions import PROBED
from conference.probe.report import as_json, markdown
from conference.probe.run import UNDECIDED, Row
from conference.probe.traffic import Entry, Fetch, Said, Sent, Traffic, Webhook, of_call

OUT, IN, ROOM = "v3:out", "v3:in", "a-conference"
QUESTIONS = {question.name: question for question in PROBED}


def sent(step: str, path: str, method: str = "POST", status: int = 200, **rest: Any) -> Sent:
    return Sent(step=step, at=0.0, method=method, path=path, status=status, **rest)


def webhook(
    event_type: str,
    call: str = OUT,
    *,
    at: float = 1.0,
    id: str = "",
    attempt: int = 1,
    occurred_at: str = "",
    wrapped: bool = True,
    **payload: Any,
) -> Webhook:
    return Webhook(
        step="floor",
        at=at,
        event_type=event_type,
        id=id,
        attempt=attempt,
        occurred_at=occurred_at,
        wrapped=wrapped,
        payload={"call_control_id": call, **payload},
    )


CALL: tuple[Entry, ...] = (
    sent("call", "/calls", data={"call_control_id": OUT}),
    webhook("call.initiated", IN, direction="incoming"),
    sent("answer", of_call(IN, "answer")),
)
OPENED = sent("conference", "/conferences", body={"call_control_id": OUT}, data={"id": ROOM})
HANGS_UP = sent("last-caller", of_call(IN, "hangup"))


def answer(question: str, *entries: Entry) -> Answer | None:
    return QUESTIONS[question].answer(Traffic((*CALL, *entries)))


@pytest.mark.parametrize("question", PROBED, ids=lambda each: each.name)
def test_nothing_is_known_without_traffic(question: Question) -> None:
    assert question.answer(Traffic()) is None


@pytest.mark.parametrize("question", PROBED, ids=lambda each: each.name)
def test_a_call_alone_shows_only_that_it_arrives(question: Question) -> None:
    expected = Answer("arrives") if question.name == "second-call" else None
    assert question.answer(Traffic(CALL)) == expected


def test_digits_that_never_arrive_show_nothing_about_conferences() -> None:
    pressed = sent("keys-inside", of_call(IN, "send_dtmf"))
    before = webhook("call.dtmf.received", digit="1")
    assert answer("keys-in-conference", pressed) is None
    assert answer("keys-in-conference", before) is None, "none was sent inside"
    seen = Answer("do not arrive", "they arrive before the conference")
    assert answer("keys-in-conference", pressed, before) == seen
    inside = webhook("call.dtmf.received", digit="2")
    assert answer("keys-in-conference", pressed, before, inside) == Answer("arrive")


def last(*, dated: bool) -> tuple[Entry, ...]:
    """They arrive as left, ended, hangup, and Telnyx dates them hangup, left, ended."""
    names = ("conference.participant.left", "conference.ended", "call.hangup")
    dates = {names[0]: "2026-11-30T17:00:02Z", names[1]: "2026-11-30T17:00:03Z"}
    return tuple(
        webhook(
            name,
            at=at,
            occurred_at=dates.get(name, "2026-11-30T17:00:01Z") if dated else "",
            **{} if name == "call.hangup" else {"conference_id": ROOM},
        )
        for at, name in enumerate(names)
    )


def test_the_order_is_that_of_their_dates_if_each_has_one() -> None:
    order = "call.hangup, conference.participant.left, conference.ended"
    found = answer("last-events", OPENED, HANGS_UP, *last(dated=True))
    assert found == Answer("hangup first", order)


def test_the_order_is_else_that_of_the_arrival() -> None:
    order = "conference.participant.left, conference.ended, call.hangup"
    found = answer("last-events", OPENED, HANGS_UP, *last(dated=False))
    assert found == Answer("left first", order)


def test_equal_dates_leave_the_order_to_the_arrival() -> None:
    """Also where one has fractions of a second, and another one has none."""
    left, ended, hangup = last(dated=True)
    same = [replace(each, occurred_at="2026-11-30T17:00:01Z") for each in (left, ended, hangup)]
    order = "conference.participant.left, conference.ended, call.hangup"
    assert answer("last-events", OPENED, HANGS_UP, *same) == Answer("left first", order)
    same[0] = replace(same[0], occurred_at="2026-11-30T17:00:01.500000Z")
    order = "conference.ended, call.hangup, conference.participant.left"
    assert answer("last-events", OPENED, HANGS_UP, *same) == Answer("ended first", order)


def test_an_order_needs_all_three() -> None:
    for gone in range(3):
        events = [each for n, each in enumerate(last(dated=True)) if n != gone]
        assert answer("last-events", OPENED, HANGS_UP, *events) is None


def test_the_end_of_another_conference_does_not_count() -> None:
    other = webhook("conference.ended", conference_id="another")
    left, _, hangup = last(dated=False)
    assert answer("last-events", OPENED, HANGS_UP, left, other, hangup) is None


def test_attempts_are_those_of_one_event() -> None:
    tries = [webhook("call.hangup", IN, id="e", at=at, attempt=n) for n, at in enumerate((2, 5), 1)]
    other = webhook("call.hangup", OUT, id="f", at=9.0)
    seen = Answer("retried", "attempts: 2, after 0.0, 3.0 s")
    assert answer("retries", *tries, other) == seen


def test_a_word_that_is_reported_twice_was_spoken_once() -> None:
    said = [sent("repeat", of_call(OUT, "speak"), body={"client_state": "cg=="})] * 2
    begun = [
        webhook("call.speak.started", id="one", attempt=n, client_state="cg==") for n in (1, 2)
    ]
    assert answer("repeated-command", *said) is None, "it was never spoken"
    assert answer("repeated-command", *said, *begun) == Answer("ignored")
    again = webhook("call.speak.started", id="two", client_state="cg==")
    assert answer("repeated-command", *said, *begun, again) == Answer("executed again")


def test_a_refused_state_is_named_with_its_code() -> None:
    small, large = "c" * 512, "c" * 2048
    path = of_call(OUT, "speak")
    found = answer(
        "client-state-size",
        sent("client-state", path, body={"client_state": small}),
        webhook("call.speak.started", client_state=small),
        sent("client-state", path, status=422, code="90017", body={"client_state": large}),
    )
    assert found == Answer(
        "less than 1,024 characters are echoed",
        "largest whole: 512 characters; 2048 refused with 422, code 90017",
    )


def test_a_request_without_a_response_decides_nothing() -> None:
    silent = sent("hold", f"/conferences/{ROOM}/actions/hold", status=0)
    assert answer("hold-without-audio", silent) is None
    assert answer("same-name", OPENED, sent("same-name", "/conferences", status=0)) is None


def test_the_first_fetch_decides_about_signatures_and_two_methods_about_none() -> None:
    get, post = (
        Fetch(step="texml-call", at=1.0, method=method, signature=signature)
        for method, signature in (("GET", "none"), ("POST", "valid"))
    )
    assert answer("texml-fetch-signed", get, post) == Answer("not signed")
    assert answer("texml-fetch-method", get, post) is None


def test_an_event_without_the_wrapper_is_seen_as_such() -> None:
    bare = webhook("conference.floor.changed", wrapped=False)
    assert answer("floor-changed", bare) == Answer("not wrapped")


def test_a_person_who_said_nothing_has_answered_nothing() -> None:
    assert answer("hold-heard", Said(step="person", at=1.0, text="")) is None
    assert answer("keys-of-a-telephone", Said(step="person", at=1.0, text="silence")) is None


def test_the_table_hides_numbers_and_keeps_its_columns() -> None:
    question = QUESTIONS["retries"]
    rows = [
        Row(question, Answer("retried", "attempts: 3, after 0.0, 12.5, 120.1 s")),
        Row(question, None, "+13125550142 | is busy"),
        Row(question, None, UNDECIDED),
    ]
    lines = markdown(rows).splitlines()
    assert lines[:2] == [
        "| question | answer | seen | what the line does |",
        "| --- | --- | --- | --- |",
    ]
    assert " | retried | attempts: 3, after 0.0, 12.5, 120.1 s | A restart" in lines[2]
    assert lines[3].endswith(r" | unknown | +...0142 \| is busy |  |")
    assert lines[4].endswith(f" | unknown | {UNDECIDED} |  |")
    first = as_json(rows)["answers"][1]
    assert first == {
        "question": "retries",
        "asks": question.asks,
        "answer": None,
        "seen": "+...0142 | is busy",
        "line": "",
    }
