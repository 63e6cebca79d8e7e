"""What is asked for in a room of TeXML, and what becomes of it."""

from __future__ import annotations

from dataclasses import replace
from itertools import permutations
from typing import Any

import pytest
from rigs.core import (
    EMPTY,
    MUSIC,
    NOW,
    T0,
    after,
    answer,
    asks,
    head,
    joined,
    status,
    time,
    well,
    with_settings,
)
from rigs.texml_rooms import (
    ACCOUNT,
    COMPANY,
    OURS,
    comes,
    ends,
    goes,
    kicks,
    listed,
    speaks,
    starts,
    texml,
)

from conference.core import commands as c
from conference.core.decide import decide
from conference.core.events import Event, Outcome, Refused
from conference.core.news import news
from conference.core.outcomes.retries import TRIED_FOR
from conference.core.requests.verbs import VERBS
from conference.core.room import FREE, Asked, Deadline, Room, RoomSettings, retry
from conference.core.snapshot import Seen, Snapshot
from conference.core.texml.facts import StatusCallback
from conference.core.texml.verbs import COMES_WITHIN
from conference.core.texml.verbs import VERBS as IN_TEXML


def of_x(action: str, **body: Any) -> c.Do:
    return c.Do("conference", "X", action, body, "request", at=NOW, account=ACCOUNT)


ASKED: dict[str, tuple[Event, tuple[c.Command, ...]]] = {
    "mute": (asks("mute", "A"), (c.Mute("X", ("A",), at=NOW, **OURS),)),
    "hold": (asks("hold", "A"), (c.Hold("X", ("A",), "", MUSIC, at=NOW, **OURS),)),
    "hold with music": (
        asks("hold", "A", audio_url="https://a.example/b.mp3"),
        (c.Hold("X", ("A",), "", "https://a.example/b.mp3", at=NOW, **OURS),),
    ),
    "kick": (asks("kick", "B"), (kicks("B"),)),
    "play": (asks("play", audio_url="u"), (of_x("play", audio_url="u"),)),
    "play to one": (
        asks("play", "B", audio_url="u"),
        (of_x("play", audio_url="u", call_control_id="B"),),
    ),
    "end": (asks("end"), (of_x("end"),)),
    "mute-all": (asks("mute-all"), (c.Mute("X", ("A",), at=NOW, **OURS),)),
    "rename": (asks("rename", "A", label="Ann"), ()),
    "lock": (asks("lock"), ()),
}


@pytest.mark.parametrize("case", ASKED)
def test_what_a_moderator_asks_for(case: str) -> None:
    event, commands = ASKED[case]
    room, sent = decide(texml("A", "B"), event)
    assert sent == commands
    assert room is not texml("A", "B")


def test_each_command_is_about_one() -> None:
    room = after(texml("A", "B", "C"), asks("hold-all"))
    held = []
    while (command := room.head(c.HOLD_AND_MUTE)) is not None:
        held.append(command)
        room = after(room, Outcome(command, NOW))
    assert held == [c.Hold("X", (x,), "", MUSIC, at=NOW, **OURS) for x in "ABC"]


@pytest.mark.parametrize("verb", sorted(VERBS.keys() - IN_TEXML.keys()))
def test_what_texml_cannot_do_is_refused(verb: str) -> None:
    room = texml("A", "B")
    with pytest.raises(Refused, match=f"^{verb} is not possible") as refused:
        decide(room, asks(verb, "A"))
    assert refused.value.kind == "not-in-texml"
    assert "Call Control" in str(refused.value)


@pytest.mark.parametrize(
    ("verb", "values"),
    [
        ("hold", {"media_name": "m"}),
        ("kick", {"text": "Bye."}),
        ("play", {"audio_url": "u", "loop": "infinity"}),
        ("dial", {"to": "+13125550142", "confirm": True}),
        ("dial", {"to": "+13125550142", "timeout_secs": 121}),
    ],
)
def test_so_are_parameters_that_it_has_nothing_for(verb: str, values: dict[str, Any]) -> None:
    calls = () if verb == "dial" else ("A",)
    with pytest.raises(Refused) as refused:
        decide(texml("A", "B"), asks(verb, *calls, **values))
    assert refused.value.kind == "not-in-texml"


CALLED_D = {"call_control_id": "D"}


def dialled(room: Room | None = None) -> Room:
    room = room or texml("A", "B", room=with_settings(public_url="https://l.example"))
    return after(room, asks("dial", to="+13125550142", label="Cy", role="moderator"))


def test_who_is_called_rings_and_comes_in_as_whom_we_called() -> None:
    room = dialled()
    command = head(room, "dial request")
    where = (command.conference, command.account, command.callback, command.beep)
    assert where == ("X", ACCOUNT, "https://l.example/texml/status", "always")
    rings = Outcome(command, NOW, data={"call_control_id": "D"})
    for order in permutations((rings, comes("D", 8, from_="+13125550100"))):
        there = after(room, *order).participants["D"]
        assert (there.status, there.direction) == ("joined", "outgoing")
        assert (there.number, there.label, there.role) == ("+13125550142", "Cy", "moderator")


@pytest.mark.parametrize(
    ("role", "given", "attributes"),
    [
        ("participant", {}, {}),
        ("listener", {}, {"muted": "true"}),
        ("participant", {"muted": "true"}, {"muted": "true"}),
        ("moderator", {"muted": "true", "startConferenceOnEnter": "false"}, {}),
        ("moderator", {"endConferenceOnExit": "true"}, {"endConferenceOnExit": "true"}),
        ("participant", {"record": "record-from-start", "trim": "trim-silence"}, {}),
        (
            *("participant", {"startConferenceOnEnter": "false"}),
            {"startConferenceOnEnter": "false", "waitUrl": MUSIC},
        ),
        (
            *("participant", {"startConferenceOnEnter": "false", "waitUrl": "https://a.example"}),
            {"startConferenceOnEnter": "false", "waitUrl": "https://a.example"},
        ),
    ],
)
def test_who_is_called_comes_in_as_callers_do(
    role: str, given: dict[str, str], attributes: dict[str, str]
) -> None:
    room = after(texml("A", room=with_settings(texml=given)), starts())
    room = after(room, asks("dial", to="+13125550142", role=role))
    command = head(room, "dial request")
    assert command.attributes == attributes
    muted = attributes.get("muted") == "true"
    rings = Outcome(command, NOW, data={"call_control_id": "D"})
    for order in permutations((rings, comes("D", 8))):
        there = well(after(room, *order[:1]), only=c.HOLD_AND_MUTE)
        there, sent = decide(there, order[1])
        assert there.told.get("D", FREE).muted == muted
        assert there.asked.get("D", Asked()).mute == muted
        assert not [x for x in sent if isinstance(x, c.Mute | c.Unmute)], "it came in so"


CYS = "+13125550142"


@pytest.mark.parametrize("status_", [200, 0, 503])
def test_who_is_called_is_known_by_its_number_whatever_became_of_the_answer(status_: int) -> None:
    """And stays muted, where it was to come in so."""
    room = after(texml("A", "B"), asks("dial", to=CYS, role="listener", label="Cy"))
    command = head(room, "dial request")
    room = after(room, Outcome(command, NOW, status_))  # 200: with nothing in it
    room = after(room, comes("D", 8, from_="+13125550100", to=CYS))
    cy = room.participants["D"]
    assert (cy.number, cy.label, cy.role, cy.direction) == (CYS, "Cy", "listener", "outgoing")
    assert (room.asked["D"].mute, room.told["D"].muted, room.called) == (True, True, {})
    again = after(room, comes("E", 9, from_=CYS, to="+13125550100"))
    assert again.participants["E"].direction == "incoming", "who calls back is another"


def test_so_it_is_after_its_ringing_time() -> None:
    room = after(texml("A", "B"), asks("dial", to=CYS, role="listener"))
    rings = Outcome(head(room, "dial request"), NOW, data={"call_control_id": "D"})
    room = after(room, rings)
    room = after(room, time(room.deadlines[Deadline("call", "D")]))
    assert "D" not in room.participants
    room = after(room, comes("D", 8, to=CYS))
    assert room.participants["D"].role == "listener"


def test_nobody_is_awaited_for_ever() -> None:
    room = after(texml("A", "B"), asks("dial", to=CYS), asks("dial", to="+13125550143"))
    assert room.called.keys() == {CYS, "+13125550143"}
    later = asks("dial", to="+13125550144", at=NOW + COMES_WITHIN + 1)
    assert after(room, later).called.keys() == {"+13125550144"}
    assert after(room, ends()).called == {}


def test_what_is_asked_for_while_the_answer_is_on_its_way_is_kept() -> None:
    room = after(texml("A", "B"), asks("dial", to=CYS, role="listener"))
    rings = Outcome(head(room, "dial request"), NOW, data={"call_control_id": "D"})
    room = after(room, comes("D", 8, to=CYS), asks("unmute", "D"), rings)
    assert "D" not in room.asked
    assert head(room, c.HOLD_AND_MUTE) == c.Unmute("X", ("D",), at=NOW, account=ACCOUNT)


def test_kicked_while_it_rings_it_does_not_come_in() -> None:
    room = after(dialled(), Outcome(head(dialled(), "dial request"), NOW, data=CALLED_D))
    room = after(room, asks("kick", "D"))
    room = after(room, answer(room, "D", 404, at=NOW + TRIED_FOR + 5))
    room = after(room, comes("D", 8))
    due = room.deadlines[Deadline("retry", "D")]
    _, sent = decide(room, time(due))
    assert [x.call for x in sent] == ["D"]
    unanswered = after(room, goes("D", 9))
    assert ("D" in unanswered.pending, "D" in unanswered.participants) == (False, False)


def test_a_moderator_who_is_called_starts_the_conference() -> None:
    room = texml("A", room=with_settings(texml={"startConferenceOnEnter": "false"}))
    assert room.waits_for_start
    there = after(room, asks("dial", to=CYS), comes("D", 8, to=CYS))
    assert there.waits_for_start
    there = after(room, asks("dial", to=CYS, role="moderator"), comes("D", 8, to=CYS))
    assert not there.waits_for_start
    assert not after(there, comes("B", 9)).waits_for_start


def test_that_it_has_started_is_also_seen() -> None:
    room = texml("A", room=with_settings(texml={"startConferenceOnEnter": "false"}))
    room = after(replace(room, deadlines={Deadline("look", ""): NOW}), time(NOW))
    look = head(room, c.LOOK)
    seen = Snapshot("X", {"A": Seen(False, False)}, of_texml=True)
    assert after(room, Outcome(look, NOW, data=seen)).waits_for_start
    room, sent = decide(room, Outcome(look, NOW, data=replace(seen, started=True)))
    assert (room.waits_for_start, [type(x) for x in sent]) == (False, [c.Hold])


def test_who_is_called_and_kicked_before_coming_is_not_shown_any_more() -> None:
    room = dialled()
    room = after(room, Outcome(head(room, "dial request"), NOW, data={"call_control_id": "D"}))
    room, sent = decide(room, asks("kick", "D"))
    assert sent == (kicks("D"),)
    assert "D" not in after(room, answer(room, "D")).participants


def test_who_does_not_answer_is_forgotten_without_a_command() -> None:
    room = after(
        dialled(), Outcome(head(dialled(), "dial request"), NOW, data={"call_control_id": "D"})
    )
    assert status(room)["D"] == "ringing"
    late = room.deadlines[Deadline("call", "D")]
    gone, sent = decide(room, time(late))
    assert ("D" in gone.participants, sent) == (False, ())
    assert "D" not in after(room, ends()).participants
    room = dialled()
    command = head(room, "dial request")
    room = after(room, Outcome(command, NOW, data={"call_control_id": "D"}))
    due = room.deadlines[Deadline("call", "D")]
    assert NOW + command.rings < due < NOW + command.rings + 60, "TeXML does not say so"
    room = after(room, time(due))
    assert "D" not in room.participants
    assert "D" in after(room, comes("D", 8)).participants, "it was about to be answered"


def test_it_is_called_once_even_where_nobody_knows_whether_it_was() -> None:
    room = dialled()
    for status_ in (0, 503):
        assert "dial request" not in after(room, answer(room, "dial request", status_)).pending
    limited = after(room, answer(room, "dial request", 429, retry_after=1.0))
    assert Deadline("retry", "dial request") in limited.deadlines


def test_so_is_what_would_be_heard_twice_but_not_what_is_harmless() -> None:
    room = after(texml("A", "B"), asks("play", audio_url="u"))
    assert "done to X" not in after(room, answer(room, "done to X", 503)).pending
    limited = after(room, answer(room, "done to X", 429, retry_after=1.0))
    assert Deadline("retry", "done to X") in limited.deadlines
    for verb, of in (("kick", "A"), ("end", "done to X")):
        room = after(texml("A", "B"), asks(verb, *({of} - {"done to X"})))
        unanswered = after(room, answer(room, of, 0))
        assert Deadline("retry", of) in unanswered.deadlines, verb


def test_who_was_called_into_a_conference_that_is_over_is_not_awaited() -> None:
    room = dialled()
    rings = Outcome(head(room, "dial request"), NOW, data={"call_control_id": "D"})
    assert status(after(room, ends(), rings)) == {}


def test_the_rest_is_tried_again() -> None:
    room = after(texml("A", "B"), asks("mute", "A"))
    again = after(room, answer(room, c.HOLD_AND_MUTE, 503))
    when = again.deadlines[Deadline("retry", c.HOLD_AND_MUTE)]
    _, sent = decide(again, time(when))
    assert [(x.calls, x.account) for x in sent] == [(("A",), ACCOUNT)]


def test_whoever_telnyx_does_not_find_has_left() -> None:
    room = after(texml("A", "B"), asks("mute", "A"))
    not_found = after(room, answer(room, c.HOLD_AND_MUTE, 404))
    assert status(not_found) == {"A": "joined", "B": "joined"}, "it may not be known there yet"
    not_found, (look,) = decide(not_found, time(NOW + 1))
    assert isinstance(look, c.Look)
    assert status(after(room, answer(room, c.HOLD_AND_MUTE, 422, "90019"))) == {}


def test_who_is_alone_for_too_long_is_put_out() -> None:
    room = texml("A", room=with_settings(alone_minutes=1))
    room, sent = decide(room, time(T0 + 60))
    assert sent == (replace(kicks("A"), at=T0 + 60, alone=True),)
    assert status(room) == {"A": "joined"}, "until Telnyx says that it has left"
    assert Deadline("alone", "A") in room.deadlines, "in case it does not go"


def test_who_has_left_unnoticed_is_not_put_out_for_ever() -> None:
    """Also where rooms are not compared regularly."""
    room = texml("A", room=with_settings(alone_minutes=1, reconcile_seconds=0))
    room = after(room, time(T0 + 60))
    room = after(room, answer(room, "A", 404, at=T0 + 60 + TRIED_FOR))
    for _ in range(2):
        at = room.deadlines[Deadline("look", "")]
        room = after(room, time(at))
        room = after(room, listed(room, at=at + 1))
    assert (status(room), room.pending) == ({}, {})


def test_who_has_company_by_then_is_not_put_out_for_having_been_alone() -> None:
    room = after(texml("A", room=with_settings(alone_minutes=1)), time(T0 + 60))
    room = after(room, comes("B", 2))
    assert "A" not in after(room, answer(room, "A", 503)).pending
    asked = after(texml("A", "B"), asks("kick", "A"))
    assert "A" in after(asked, answer(asked, "A", 503)).pending, "a moderator's word counts"


def test_a_moderator_who_asks_again_does_not_wait_for_the_next_try() -> None:
    room = after(texml("A", "B"), asks("kick", "A"))
    room = after(room, answer(room, "A", 401))
    room, sent = decide(room, asks("kick", "A"))
    assert sent == (kicks("A"),)
    assert retry("A") not in room.deadlines


def test_no_command_of_call_control_is_made_for_callers_of_texml() -> None:
    room = with_settings(alone_minutes=1, reconcile_seconds=30)
    sent: list[c.Command] = []
    events = [*COMPANY, asks("mute", "B"), asks("rename", "B", label="Cy"), comes("C", 7)]
    events.append(goes("C", 8))
    for event in events:
        room, commands = decide(room, event)
        sent += commands
        room = well(room)
    for at in range(int(NOW), int(NOW) + 200, 10):
        room, commands = decide(room, time(at))
        sent += commands
        room = well(room, at)
    assert {type(x) for x in sent} == {c.Hold, c.Unhold, c.Mute, c.Look, c.Kick}
    assert {x.account for x in sent} == {ACCOUNT}


def test_who_listens_outside_is_told_of_texmls_conferences_too() -> None:
    def heard(event: StatusCallback, room: Room = EMPTY) -> list[tuple[str, str, str]]:
        return [(x.kind, x.conference, x.call) for x in news(room, after(room, event), event)]

    start, join = ("conference-start", "X", "A"), ("participant-join", "X", "A")
    assert heard(starts()) == [start]
    assert heard(comes()) == [start, join]
    assert heard(speaks(), texml("A", "B")) == [("participant-speech-start", "X", "A")]
    assert heard(goes(), texml("A", "B")) == [("participant-leave", "X", "A")]
    over = [("participant-leave", "X", "A"), ("conference-end", "X", "A")]
    assert heard(goes(), texml("A")) == heard(ends(), texml("A")) == over
    events = (starts(), comes(), goes(), ends())
    accounts = {x.account for event in events for x in news(EMPTY, after(EMPTY, event), event)}
    last = texml("A")
    accounts |= {x.account for x in news(last, after(last, ends()), ends())}
    assert accounts == {ACCOUNT}


def test_the_room_learns_where_telnyx_reaches_it() -> None:
    room = Room("demo", RoomSettings(alone_minutes=0))
    room, sent = decide(room, comes(origin="https://l.example"))
    assert [x.music for x in sent if isinstance(x, c.Hold)] == ["https://l.example/hold-music.wav"]
    room = after(room, speaks(origin=""))
    assert room.base == "https://l.example"
    room = after(room, speaks(origin="https://new.example"))
    assert room.base == "https://new.example", "it has moved"


def test_a_webhook_of_the_conference_does_not_let_texmls_callers_in_twice() -> None:
    room = texml("A", "B")
    assert status(after(room, joined("A", conference="X"))) == status(room)
