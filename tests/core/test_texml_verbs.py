"""What is asked for in a room of TeXML, and what becomes of it."""

from __future__ import annotations

from dataclasses import replace
from itertools import permutations
from typing import Any

import pytest
from rigs import core as rig
from rigs.core import EMPTY, MUSIC, NOW, T0
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
    told,
)

from conference.core import commands as c
from conference.core.events import Event, Outcome, Refused
from conference.core.news import news
from conference.core.outcomes.retries import TRIED_FOR
from conference.core.parts import FREE, Asked
from conference.core.requests.verbs import VERBS
from conference.core.room import NEXT_SNAPSHOT, Deadline, Room
from conference.core.room_settings import RoomSettings
from conference.core.snapshot import Seen, Snapshot
from conference.core.texml.facts import StatusCallback
from conference.core.texml.verbs import HEARERS, JOINS_WITHIN, PARAMETERS
from conference.core.texml.verbs import VERBS as IN_TEXML


def of_x(action: str, **body: Any) -> c.PassThrough:
    return c.PassThrough("conference", "X", action, body, "request", at=NOW, account=ACCOUNT)


ASKED: dict[str, tuple[Event, tuple[c.Command, ...]]] = {
    "mute": (rig.asks("mute", "A"), (c.Mute("X", ("A",), at=NOW, **OURS),)),
    "hold": (rig.asks("hold", "A"), (c.Hold("X", ("A",), "", MUSIC, at=NOW, **OURS),)),
    "hold with music": (
        rig.asks("hold", "A", audio_url="https://a.example/b.mp3"),
        (c.Hold("X", ("A",), "", "https://a.example/b.mp3", at=NOW, **OURS),),
    ),
    "kick": (rig.asks("kick", "B"), (kicks("B"),)),
    "play": (rig.asks("play", audio_url="u"), (of_x("play", audio_url="u"),)),
    "play to one": (
        rig.asks("play", "B", audio_url="u"),
        (of_x("play", audio_url="u", call_control_id="B"),),
    ),
    "end": (rig.asks("end"), (of_x("end"),)),
    "mute-all": (rig.asks("mute-all"), (c.Mute("X", ("A",), at=NOW, **OURS),)),
    "let one whisper": (
        rig.asks("supervise", "A", supervisor_role="whisper", whisper_call_control_ids=["B"]),
        (
            of_x(
                "update",
                supervisor_role="whisper",
                whisper_call_control_ids=["B"],
                call_control_id="A",
            ),
        ),
    ),
    "let all hear them again": (
        rig.asks("supervise", "A", "B", supervisor_role="none"),
        (of_x("update", supervisor_role="none", call_control_id="A"),),
    ),
    "adjust": (
        rig.asks("adjust", "B", end_conference_on_exit=True, beep_enabled="never"),
        (
            of_x(
                "participants",
                end_conference_on_exit=True,
                beep_enabled="never",
                call_control_id="B",
            ),
        ),
    ),
    "rename": (rig.asks("rename", "A", label="Ann"), ()),
    "lock": (rig.asks("lock"), ()),
}


@pytest.mark.parametrize("case", ASKED)
def test_what_a_moderator_asks_for(case: str) -> None:
    event, commands = ASKED[case]
    room, sent = rig.decide(texml("A", "B"), event)
    assert sent == commands
    assert room is not texml("A", "B")


def test_each_command_is_about_one() -> None:
    room = rig.after(texml("A", "B", "C"), rig.asks("hold-all"))
    held = []
    while rig.pending(room, c.HOLD_AND_MUTE):
        command = rig.head(room, c.HOLD_AND_MUTE)
        held.append(command)
        room = rig.after(room, Outcome(command, NOW))
    assert held == [c.Hold("X", (x,), "", MUSIC, at=NOW, **OURS) for x in "ABC"]


@pytest.mark.parametrize("verb", sorted(VERBS.keys() - IN_TEXML.keys()))
def test_what_texml_cannot_do_is_refused(verb: str) -> None:
    room = texml("A", "B")
    with pytest.raises(Refused, match=f"^{verb} is not possible") as refused:
        rig.decide(room, rig.asks(verb, "A"))
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
        ("adjust", {"soft_end_conference_on_exit": True}),
        ("adjust", {"end_conference_on_exit": True, "soft_end_conference_on_exit": True}),
        ("supervise", {"supervisor_role": "monitor"}),
        ("supervise", {"supervisor_role": "whisper"}),
        ("supervise", {"supervisor_role": "whisper", "whisper_call_control_ids": ["A", "B"]}),
        ("supervise", {"supervisor_role": "barge", "whisper_call_control_ids": ["B"]}),
    ],
)
def test_so_are_parameters_that_it_has_nothing_for(verb: str, values: dict[str, Any]) -> None:
    calls = () if verb == "dial" else ("A",)
    with pytest.raises(Refused) as refused:
        rig.decide(texml("A", "B"), rig.asks(verb, *calls, **values))
    assert refused.value.kind == "not-in-texml"


@pytest.mark.parametrize(
    ("role", "hearers", "what"),
    [
        ("whisper", [], f"whisper to 0 participants .*: name exactly one in {HEARERS}"),
        ("whisper", ["B", "C"], f"whisper to 2 participants .*: name exactly one in {HEARERS}"),
        ("none", ["B"], f"{HEARERS} with supervisor_role none .*: leave it out"),
    ],
)
def test_a_wrong_number_of_hearers_is_refused(role: str, hearers: list[str], what: str) -> None:
    values = {"supervisor_role": role, HEARERS: hearers}
    with pytest.raises(Refused, match=f"^{what}$"):
        rig.decide(texml("A", "B", "C"), rig.asks("supervise", "A", **values))


def test_a_hearer_who_is_named_twice_is_one() -> None:
    values = {"supervisor_role": "whisper", HEARERS: ["B", "B"]}
    (command,) = rig.decide(texml("A", "B"), rig.asks("supervise", "A", **values))[1]
    assert isinstance(command, c.PassThrough) and command.body[HEARERS] == ["B"]


def test_a_listener_is_a_muted_participant() -> None:
    with pytest.raises(Refused, match="use mute"):
        rig.decide(texml("A", "B"), rig.asks("supervise", "A", supervisor_role="monitor"))


def test_a_whisper_is_for_somebody_else_who_is_inside() -> None:
    room = texml("A", "B")
    for hearer in ("A", "C"):
        values = {"supervisor_role": "whisper", "whisper_call_control_ids": [hearer]}
        with pytest.raises(Refused, match=f"{hearer} ") as refused:
            rig.decide(room, rig.asks("supervise", "A", **values))
        assert refused.value.kind == "not-now"


def test_the_callee_sees_the_given_number_and_name() -> None:
    seen = {"from": "+13125550188", "from_display_name": "The club"}
    (command,) = rig.decide(texml("A"), rig.asks("dial", to="+13125550142", **seen))[1]
    assert isinstance(command, c.Dial) and command.options == seen


@pytest.mark.parametrize(
    "option",
    [
        {"privacy": "id"},
        {"from": "+13125550188", "diversion": "+13125550189"},
        {"route_to_mobile": True},
        {"retry_on_timeout": False},
        {"send_digits_on_answer": "12#"},
    ],
)
def test_options_that_texml_s_dial_lacks_are_refused(option: dict[str, Any]) -> None:
    with pytest.raises(Refused) as refused:
        rig.decide(texml("A"), rig.asks("dial", to="+13125550142", **option))
    assert refused.value.kind == "not-in-texml"


EVERYONE = rig.with_settings(texml={"participantLabel": "guest"})


def label_of_dial(room: Room, **values: Any) -> str | None:
    room = rig.after(room, rig.asks("dial", to="+13125550142", **values))
    command = rig.head(room, rig.DIAL)
    assert isinstance(command, c.Dial)
    return command.attributes.get("participantLabel")


def test_telnyx_keeps_the_label_of_a_called_participant() -> None:
    assert label_of_dial(texml("A"), label="Cy") == "Cy"
    assert label_of_dial(texml("A")) is None


def test_a_label_that_another_has_is_not_sent() -> None:
    """Telnyx wants labels to be unique."""
    named = rig.after(texml("A"), rig.asks("rename", "A", label="Cy"))
    assert label_of_dial(named, label="Cy") is None
    called = rig.after(texml("A"), rig.asks("dial", to="+13125550143", label="Cy"))
    event = replace(rig.asks("dial", to="+13125550142", label="Cy"), id="another")
    (second,) = rig.decide(called, event)[1]
    assert isinstance(second, c.Dial) and "participantLabel" not in second.attributes
    assert label_of_dial(texml("A", room=EVERYONE), label="guest") is None


def test_a_called_participant_has_not_the_label_of_the_document() -> None:
    """A caller has it."""
    assert label_of_dial(texml("A", room=EVERYONE)) is None
    assert label_of_dial(texml("A", room=EVERYONE), label="Cy") == "Cy"


CALLED_D = {"call_control_id": "D"}


def dialled(room: Room | None = None) -> Room:
    room = room or texml("A", "B", room=rig.with_settings(public_url="https://l.example"))
    return rig.after(room, rig.asks("dial", to="+13125550142", label="Cy", role="moderator"))


def test_who_is_called_rings_and_comes_in_as_whom_we_called() -> None:
    room = dialled()
    command = rig.head(room, rig.DIAL)
    where = (command.conference, command.account, command.callback, command.beep)
    assert where == ("X", ACCOUNT, "https://l.example/texml/status", "always")
    rings = Outcome(command, NOW, data={"call_control_id": "D"})
    for order in permutations((rings, comes("D", 8, from_="+13125550100"))):
        there = rig.after(room, *order).participants["D"]
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
            "participant",
            {"startConferenceOnEnter": "false"},
            {"startConferenceOnEnter": "false", "waitUrl": MUSIC},
        ),
        (
            "participant",
            {"startConferenceOnEnter": "false", "waitUrl": "https://a.example"},
            {"startConferenceOnEnter": "false", "waitUrl": "https://a.example"},
        ),
    ],
)
def test_who_is_called_comes_in_as_callers_do(
    role: str, given: dict[str, str], attributes: dict[str, str]
) -> None:
    room = rig.after(texml("A", room=rig.with_settings(texml=given)), starts())
    room = rig.after(room, rig.asks("dial", to="+13125550142", role=role))
    command = rig.head(room, rig.DIAL)
    assert command.attributes == attributes
    muted = attributes.get("muted") == "true"
    rings = Outcome(command, NOW, data={"call_control_id": "D"})
    for order in permutations((rings, comes("D", 8))):
        there = rig.well(rig.after(room, *order[:1]), only=c.HOLD_AND_MUTE)
        there, sent = rig.decide(there, order[1])
        assert there.holding.told.get("D", FREE).muted == muted
        assert there.holding.asked.get("D", Asked()).mute == muted
        assert not [x for x in sent if isinstance(x, c.Mute | c.Unmute)], "it came in so"


CYS = "+13125550142"


@pytest.mark.parametrize("status_", [200, 0, 503])
def test_who_is_called_is_known_by_its_number_whatever_became_of_the_answer(status_: int) -> None:
    """And stays muted, where it was to come in so."""
    room = rig.after(texml("A", "B"), rig.asks("dial", to=CYS, role="listener", label="Cy"))
    command = rig.head(room, rig.DIAL)
    room = rig.after(room, Outcome(command, NOW, status_))  # 200: with nothing in it
    room = rig.after(room, comes("D", 8, from_="+13125550100", to=CYS))
    cy = room.participants["D"]
    assert (cy.number, cy.label, cy.role, cy.direction) == (CYS, "Cy", "listener", "outgoing")
    assert (room.holding.asked["D"].mute, room.holding.told["D"].muted, room.texml.dialled) == (
        True,
        True,
        {},
    )
    again = rig.after(room, comes("E", 9, from_=CYS, to="+13125550100"))
    assert again.participants["E"].direction == "incoming", "who calls back is another"


@pytest.mark.parametrize(
    ("verb", "callers", "role"), [("mute", "false", "moderator"), ("unmute", "true", "listener")]
)
def test_a_mute_since_the_join_outlasts_the_late_response_to_a_dial(
    verb: str, callers: str, role: str
) -> None:
    """Nothing but the response shows that the call is ours: its number is another."""
    room = texml("A", "B", room=rig.with_settings(texml={"muted": callers}))
    room = rig.after(room, rig.asks("dial", to=CYS, role=role))
    command = rig.head(room, rig.DIAL)
    room = rig.after(room, comes("D", 8, to="sip:cy@example.com"), rig.asks(verb, "D"))
    room = rig.after(room, Outcome(rig.head(room, c.HOLD_AND_MUTE), NOW))
    room = rig.after(room, Outcome(command, NOW, data=CALLED_D))
    assert room.participants["D"].direction == "outgoing"
    muted = verb == "mute"
    asked = room.holding.asked.get("D", Asked())
    told_ = room.holding.told.get("D", FREE)
    assert (asked.mute, told_.muted) == (muted, muted)


def test_so_it_is_after_its_ringing_time() -> None:
    room = rig.after(texml("A", "B"), rig.asks("dial", to=CYS, role="listener"))
    rings = Outcome(rig.head(room, rig.DIAL), NOW, data={"call_control_id": "D"})
    room = rig.after(room, rings)
    room = rig.after(room, rig.time(room.deadlines[Deadline("call", "D")]))
    assert "D" not in room.participants
    room = rig.after(room, comes("D", 8, to=CYS))
    assert room.participants["D"].role == "listener"


def test_nobody_is_awaited_for_ever() -> None:
    room = rig.after(texml("A", "B"), rig.asks("dial", to=CYS))
    room = rig.after(room, replace(rig.asks("dial", to="+13125550143"), id="second"))
    assert [c.to for c in room.texml.dialled.values()] == [CYS, "+13125550143"]
    later = rig.asks("dial", to="+13125550144", at=NOW + JOINS_WITHIN + 1)
    dials = rig.after(room, later).texml.dialled.values()
    assert [dial.to for dial in dials] == ["+13125550144"]
    assert rig.after(room, ends()).texml.dialled == {}


def test_what_is_asked_for_while_the_answer_is_on_its_way_is_kept() -> None:
    room = rig.after(texml("A", "B"), rig.asks("dial", to=CYS, role="listener"))
    rings = Outcome(rig.head(room, rig.DIAL), NOW, data={"call_control_id": "D"})
    room = rig.after(room, comes("D", 8, to=CYS), rig.asks("unmute", "D"), rings)
    assert "D" not in room.holding.asked
    assert rig.head(room, c.HOLD_AND_MUTE) == c.Unmute("X", ("D",), at=NOW, account=ACCOUNT)


def test_kicked_while_it_rings_it_does_not_come_in() -> None:
    room = rig.after(dialled(), Outcome(rig.head(dialled(), rig.DIAL), NOW, data=CALLED_D))
    room = rig.after(room, rig.asks("kick", "D"))
    room = rig.after(room, rig.answer(room, "D", 404, at=NOW + TRIED_FOR + 5))
    room = rig.after(room, comes("D", 8))
    due = room.deadlines[rig.retry("D")]
    _, sent = rig.decide(room, rig.time(due))
    assert [x.call for x in sent] == ["D"]
    unanswered = rig.after(room, goes("D", 9))
    assert not rig.pending(unanswered, "D")
    assert "D" not in unanswered.participants


def test_a_moderator_who_is_called_starts_the_conference() -> None:
    room = texml("A", room=rig.with_settings(texml={"startConferenceOnEnter": "false"}))
    assert room.waits_for_start
    there = rig.after(room, rig.asks("dial", to=CYS), comes("D", 8, to=CYS))
    assert there.waits_for_start
    there = rig.after(room, rig.asks("dial", to=CYS, role="moderator"), comes("D", 8, to=CYS))
    assert not there.waits_for_start
    assert not rig.after(there, comes("B", 9)).waits_for_start


def test_that_it_has_started_is_also_seen() -> None:
    room = texml("A", room=rig.with_settings(texml={"startConferenceOnEnter": "false"}))
    room = rig.after(replace(room, deadlines={NEXT_SNAPSHOT: NOW}), rig.time(NOW))
    look = rig.head(room, c.SNAPSHOT)
    seen = Snapshot("X", {"A": Seen(False, False)}, of_texml=True)
    assert rig.after(room, Outcome(look, NOW, data=seen)).waits_for_start
    room, sent = rig.decide(room, Outcome(look, NOW, data=replace(seen, started=True)))
    assert (room.waits_for_start, [type(x) for x in sent]) == (False, [c.Hold])


def test_who_is_called_and_kicked_before_coming_is_not_shown_any_more() -> None:
    room = dialled()
    room = rig.after(room, Outcome(rig.head(room, rig.DIAL), NOW, data={"call_control_id": "D"}))
    room, sent = rig.decide(room, rig.asks("kick", "D"))
    assert sent == (kicks("D"),)
    assert "D" not in rig.after(room, rig.answer(room, "D")).participants


def test_who_does_not_answer_is_forgotten_without_a_command() -> None:
    room = rig.after(
        dialled(), Outcome(rig.head(dialled(), rig.DIAL), NOW, data={"call_control_id": "D"})
    )
    assert rig.status(room)["D"] == "ringing"
    late = room.deadlines[Deadline("call", "D")]
    gone, sent = rig.decide(room, rig.time(late))
    assert ("D" in gone.participants, sent) == (False, ())
    assert "D" not in rig.after(room, ends()).participants
    room = dialled()
    command = rig.head(room, rig.DIAL)
    room = rig.after(room, Outcome(command, NOW, data={"call_control_id": "D"}))
    due = room.deadlines[Deadline("call", "D")]
    assert NOW + command.rings < due < NOW + command.rings + 60, "TeXML does not say so"
    room = rig.after(room, rig.time(due))
    assert "D" not in room.participants
    assert "D" in rig.after(room, comes("D", 8)).participants, "it was about to be answered"


def test_it_is_called_once_even_where_nobody_knows_whether_it_was() -> None:
    room = dialled()
    for status_ in (0, 503):
        assert not rig.pending(rig.after(room, rig.answer(room, rig.DIAL, status_)), rig.DIAL)
    limited = rig.after(room, rig.answer(room, rig.DIAL, 429, retry_after=1.0))
    assert rig.retry(rig.DIAL) in limited.deadlines


@pytest.mark.parametrize(
    ("verb", "values"),
    [
        ("play", {"audio_url": "https://example.com/a.mp3"}),
        ("adjust", {"end_conference_on_exit": True}),
        ("supervise", {"supervisor_role": "none"}),
    ],
)
def test_nothing_is_done_to_one_who_still_rings(verb: str, values: dict[str, Any]) -> None:
    rings = Outcome(rig.head(dialled(), rig.DIAL), NOW, data={"call_control_id": "D"})
    room = rig.after(dialled(), rings)
    with pytest.raises(Refused, match="the call rings: D is ringing, not joined") as refused:
        rig.decide(room, rig.asks(verb, "A", "D", **values))
    assert refused.value.kind == "not-now"


def test_so_is_what_would_be_heard_twice_but_not_what_is_harmless() -> None:
    room = rig.after(texml("A", "B"), rig.asks("play", audio_url="u"))
    assert not rig.pending(
        rig.after(room, rig.answer(room, rig.requests("X"), 503)), rig.requests("X")
    )
    limited = rig.after(room, rig.answer(room, rig.requests("X"), 429, retry_after=1.0))
    assert rig.retry(rig.requests("X")) in limited.deadlines
    for verb, of in (("kick", "A"), ("end", rig.requests("X"))):
        room = rig.after(texml("A", "B"), rig.asks(verb, *({of} - {rig.requests("X")})))
        unanswered = rig.after(room, rig.answer(room, of, 0))
        assert rig.retry(of) in unanswered.deadlines, verb


def test_who_was_called_into_a_conference_that_is_over_is_not_awaited() -> None:
    room = dialled()
    rings = Outcome(rig.head(room, rig.DIAL), NOW, data={"call_control_id": "D"})
    assert rig.status(rig.after(room, ends(), rings)) == {}


def test_the_rest_is_tried_again() -> None:
    room = rig.after(texml("A", "B"), rig.asks("mute", "A"))
    again = rig.after(room, rig.answer(room, c.HOLD_AND_MUTE, 503))
    when = again.deadlines[rig.retry(c.HOLD_AND_MUTE)]
    _, sent = rig.decide(again, rig.time(when))
    assert [(x.calls, x.account) for x in sent] == [(("A",), ACCOUNT)]


@pytest.mark.parametrize("said", [(404, ""), (404, "90058"), (400, "90019"), (422, "90019")])
def test_a_response_takes_nobody_out(said: tuple[int, str]) -> None:
    room = rig.after(texml("A", "B"), rig.asks("mute", "A"))
    room = rig.after(room, rig.answer(room, c.HOLD_AND_MUTE, *said))
    assert rig.status(room) == {"A": "joined", "B": "joined"}
    _, sent = rig.decide(room, rig.time(NOW + 1))
    assert [type(x) for x in sent] == [c.TakeSnapshot, c.Mute], "and it is tried again"


def test_who_is_alone_for_too_long_is_put_out() -> None:
    room = texml("A", room=rig.with_settings(alone_minutes=1))
    room, sent = rig.decide(room, rig.time(T0 + 60))
    assert sent == (replace(kicks("A"), at=T0 + 60, alone=True),)
    assert rig.status(room) == {"A": "joined"}, "until Telnyx says that it has left"
    assert Deadline("alone", "A") in room.deadlines, "in case it does not go"


def test_who_has_left_unnoticed_is_not_put_out_for_ever() -> None:
    """Also where rooms are not compared regularly."""
    room = texml("A", room=rig.with_settings(alone_minutes=1, reconcile_seconds=0))
    room = rig.after(room, rig.time(T0 + 60))
    room = rig.after(room, rig.answer(room, "A", 404, at=T0 + 60 + TRIED_FOR))
    for _ in range(2):
        at = room.deadlines[NEXT_SNAPSHOT]
        room = rig.after(room, rig.time(at))
        room = rig.after(room, listed(room, at=at + 1))
    assert (rig.status(room), room.pending) == ({}, {})


def test_who_has_company_by_then_is_not_put_out_for_having_been_alone() -> None:
    room = rig.after(texml("A", room=rig.with_settings(alone_minutes=1)), rig.time(T0 + 60))
    room = rig.after(room, comes("B", 2))
    assert not rig.pending(rig.after(room, rig.answer(room, "A", 503)), "A")
    asked = rig.after(texml("A", "B"), rig.asks("kick", "A"))
    assert rig.pending(rig.after(asked, rig.answer(asked, "A", 503)), "A"), (
        "a moderator's word counts"
    )


def test_a_moderator_who_asks_again_does_not_wait_for_the_next_try() -> None:
    room = rig.after(texml("A", "B"), rig.asks("kick", "A"))
    room = rig.after(room, rig.answer(room, "A", 401))
    room, sent = rig.decide(room, rig.asks("kick", "A"))
    assert sent == (kicks("A"),)
    assert rig.retry("A") not in room.deadlines


def test_no_command_of_call_control_is_made_for_callers_of_texml() -> None:
    room = rig.with_settings(alone_minutes=1, reconcile_seconds=30)
    sent: list[c.Command] = []
    events = [*COMPANY, rig.asks("mute", "B"), rig.asks("rename", "B", label="Cy"), comes("C", 7)]
    events.append(goes("C", 8))
    for event in events:
        room, commands = rig.decide(room, event)
        sent += commands
        room = rig.well(room)
    for at in range(int(NOW), int(NOW) + 200, 10):
        room, commands = rig.decide(room, rig.time(at))
        sent += commands
        room = rig.well(room, at)
    assert {type(x) for x in sent} == {c.Hold, c.Unhold, c.Mute, c.TakeSnapshot, c.Kick}
    assert {x.account for x in sent} == {ACCOUNT}


def test_who_listens_outside_is_told_of_texmls_conferences_too() -> None:
    def heard(event: StatusCallback, room: Room = EMPTY) -> list[tuple[str, str, str]]:
        return [(x.kind, x.conference, x.call) for x in news(rig.change(room, event))]

    start, join = ("conference-start", "X", "A"), ("participant-join", "X", "A")
    assert heard(starts()) == [start]
    assert heard(comes()) == [start, join]
    assert heard(speaks(), texml("A", "B")) == [("participant-speech-start", "X", "A")]
    both = rig.after(texml("A", "B"), speaks("A", 3), speaks("B", 4))
    assert heard(goes("B", 5), both) == [("participant-leave", "X", "B")], "A spoke before"
    stopped = told("participant-speech-stop", "B", 5)
    assert heard(stopped, both) == []
    late = rig.after(texml("A", "B"), speaks("B", 4))
    assert heard(speaks("A", 3), late) == [("participant-speech-start", "X", "A")]
    assert heard(goes(), texml("A", "B")) == [("participant-leave", "X", "A")]
    over = [("participant-leave", "X", "A"), ("conference-end", "X", "A")]
    assert heard(goes(), texml("A")) == heard(ends(), texml("A")) == over
    events = (starts(), comes(), goes(), ends())
    accounts = {x.account for event in events for x in news(rig.change(EMPTY, event))}
    last = texml("A")
    accounts |= {x.account for x in news(rig.change(last, ends()))}
    assert accounts == {ACCOUNT}


def test_the_room_learns_where_telnyx_reaches_it() -> None:
    room = Room("demo", RoomSettings(alone_minutes=0))
    room, sent = rig.decide(room, comes(origin="https://l.example"))
    assert [x.music for x in sent if isinstance(x, c.Hold)] == ["https://l.example/hold-music.wav"]
    room = rig.after(room, speaks(origin=""))
    assert room.base == "https://l.example"
    room = rig.after(room, speaks(origin="https://new.example"))
    assert room.base == "https://new.example", "it has moved"


def test_a_webhook_of_the_conference_does_not_let_texmls_callers_in_twice() -> None:
    room = texml("A", "B")
    assert rig.status(rig.after(room, rig.joined("A", conference="X"))) == rig.status(room)


@pytest.mark.parametrize(
    ("verb", "name"),
    [
        (verb, parameter.name)
        for verb in IN_TEXML
        for parameter in VERBS[verb].parameters
        if parameter.name not in PARAMETERS
    ],
)
def test_a_parameter_that_texml_has_not_is_refused(verb: str, name: str) -> None:
    who = () if VERBS[verb].of == "room" else ("A",)
    values = {"to": "+13125550142", "label": "Ann", "audio_url": "https://a.example", name: "x"}
    given = {p.name: values[p.name] for p in VERBS[verb].parameters if p.name in values}
    with pytest.raises(Refused, match=f"{name} with {verb}") as refused:
        rig.decide(texml("A", "B"), rig.asks(verb, *who, **given))
    assert refused.value.kind == "not-in-texml"
