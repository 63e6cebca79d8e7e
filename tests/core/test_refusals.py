"""Refusals that pass, refusals that name nothing of ours, and what is tried again after them."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise
from typing import Any, get_args

import pytest
from rigs import core as rig
from rigs import texml_rooms as texml_rig
from rigs.core import EMPTY, MUSIC, NOW, STATE, T0
from rigs.texml_rooms import comes, texml

from conference.core import commands as c
from conference.core.commands import CONFERENCE, HOLD_AND_MUTE, SNAPSHOT
from conference.core.entering import UNREACHABLE
from conference.core.events import Outcome, SnapshotWanted
from conference.core.origin import MUSIC as OUR_MUSIC
from conference.core.outcomes.meanings import meaning
from conference.core.outcomes.of_holding import MUSIC_AGAIN
from conference.core.parts import Told
from conference.core.room import NEXT_SNAPSHOT, Deadline, Room, refused
from conference.core.texml.door import greeting
from conference.reporting import public_view

OURS = f"https://line.example{OUR_MUSIC}"
EVERY_COMMAND: list[Any] = [
    c.Answer("A", STATE),
    c.Speak("A", "greeting", "Hello.", "female", "en-GB"),
    c.Gather("A", "Press 1.", "1", "female", "en-GB"),
    c.Record("A", 5),
    c.Create("A", "demo", 1, "always", 250),
    c.Find("demo"),
    c.Join("A", "K", 1),
    c.Hangup("A"),
    c.Kick("A", "X", account="acc"),
    c.Leave("A", "K", 1),
    c.Remember("A", STATE),
    c.Dial("+1", STATE, "request", 30, 60),
    c.PassThrough("conference", "K", "speak", {}, "request"),
    c.Hold("K", ("A",), music=MUSIC),
    c.Unhold("K", ("A",)),
    c.Mute("K", ("A",)),
    c.Unmute("K", ("A",)),
    c.TakeSnapshot("demo"),
]
BY_TEXML = [replace(x, account="acc") for x in EVERY_COMMAND if isinstance(x, c.HoldOrMute)]
TRANSIENT = [(408, ""), (408, "10008"), (409, ""), (409, "10036"), (422, "10036"), (425, "")]
HOLDING = rig.after(
    rig.waiting(replace(EMPTY, origin="https://line.example")),
)
HOLDING = rig.after(
    HOLDING, rig.answer(HOLDING, CONFERENCE, data={"id": "K"}, at=T0), rig.joined(at=T0)
)
TWO = rig.inside(rig.inside(), "B")
UNHOLDING = rig.after(rig.waiting(rig.inside(), "B"), rig.joined("B", at=T0))
NO_AUDIO = "Audio file not found Provided audio file URL couldn't be found."
NOT_FOUND = "Resource not found The requested resource or URL could not be found."


def test_every_command_is_tried() -> None:
    assert {type(x) for x in EVERY_COMMAND} == {*get_args(c.Command)}


@pytest.mark.parametrize("said", TRANSIENT, ids=str)
@pytest.mark.parametrize("command", EVERY_COMMAND + BY_TEXML, ids=lambda x: x.name)
def test_what_passes_is_as_a_503(command: c.Command, said: tuple[int, str]) -> None:
    by_name = isinstance(command, c.Create) and said == (409, "")
    assert meaning(Outcome(command, NOW, *said)) == ("name taken" if by_name else "busy")


@pytest.mark.parametrize(
    ("command", "said", "means"),
    [
        (c.Create("A", "demo", 1, "always", 250), (422, "90033"), "name taken"),
        (c.Join("A", "K", 1), (422, "90033"), "no conference"),
        (c.Hold("K", ("A",)), (422, "90033"), "not inside"),
        (c.Leave("A", "K", 1), (422, "90033"), "refused"),
        (c.Join("A", "K", 1), (404, "10005"), "not found"),
        (c.Join("A", "K", 1), (404, "90058"), "no conference"),
        (c.Hangup("A"), (404, "10005"), "gone"),
        (c.Dial("+1", STATE, "r", 30, 60), (403, "90041"), "refused"),
        (c.Dial("+1", STATE, "r", 30, 60), (422, "90103"), "limited"),
        (c.Dial("+1", STATE, "r", 30, 60), (403, "10039"), "refused"),
        (c.Join("A", "K", 1), (403, "90043"), "limited"),
        (c.Answer("A", STATE), (403, "90042"), "limited"),
        (c.Answer("A", STATE), (403, "10038"), "refused"),
        (c.Answer("A", STATE), (403, "10010"), "key refused"),
        (c.Hold("K", ("A",)), (400, "90040"), "bad music"),
        (c.PassThrough("conference", "K", "play", {}, "r"), (400, "90040"), "busy"),
        (c.PassThrough("call", "A", "record_start", {}, "r"), (422, "90020"), "busy"),
        (c.PassThrough("call", "A", "enqueue", {}, "r"), (409, "10012"), "refused"),
    ],
    ids=str,
)
def test_a_code_counts_with_its_command(
    command: c.Command, said: tuple[int, str], means: str
) -> None:
    assert meaning(Outcome(command, NOW, *said)) == means


@pytest.mark.parametrize("said", TRANSIENT, ids=str)
def test_a_transient_refusal_ends_no_way_in(said: tuple[int, str]) -> None:
    opening, greeted = rig.waiting(), rig.after(rig.ringing(), rig.hook("call.answered", at=T0))
    joining = rig.waiting(rig.inside(), "B")
    ways = [(opening, CONFERENCE), (greeted, "A"), (joining, "B")]
    if said == (409, ""):  # of a create it is perhaps a conflict of the name: find it
        assert rig.decide(opening, rig.answer(opening, CONFERENCE, *said))[1] == (
            c.Find("demo", at=NOW),
        )
        ways.pop(0)
    for room, of in ways:
        room, commands = rig.decide(room, rig.answer(room, of, *said, at=T0))
        due = room.deadlines[rig.retry(of)]
        (again,) = rig.decide(room, rig.time(due))[1]
        assert (commands, due - T0 <= 0.5, again.attempt) == ((), True, 2)


# Hold and mute


@pytest.mark.parametrize("said", [(422, "99999"), (400, ""), (403, "10010"), (404, "10005")])
@pytest.mark.parametrize("command", [c.Hold, c.Unhold, c.Mute, c.Unmute])
def test_a_refused_hold_or_mute_is_unknown_and_tried_again_with_growing_pauses(
    command: type[c.HoldOrMute], said: tuple[int, str]
) -> None:
    asked, told = {
        c.Hold: (rig.asks("hold", "A"), {}),
        c.Unhold: (rig.asks("unhold", "A"), {"A": Told(True)}),
        c.Mute: (rig.asks("mute", "A"), {}),
        c.Unmute: (rig.asks("unmute", "A"), {"A": Told(muted=True)}),
    }[command]
    three = rig.inside(TWO, "C")  # so that nobody is alone beside A on hold
    room = rig.after(rig.given(three, told=told), asked)
    at, pauses = NOW, []
    for _ in range(9):
        assert isinstance(rig.head(room, HOLD_AND_MUTE), command)
        room = rig.after(room, rig.answer(room, HOLD_AND_MUTE, *said, at=at))
        unknown = room.holding.told["A"]
        assert None in (unknown.held, unknown.muted)
        assert not rig.pending(room, HOLD_AND_MUTE), "the others' turn"
        due = room.deadlines[refused(command.name, "A")]
        assert not rig.pending(rig.after(room, rig.time(due - 0.1)), HOLD_AND_MUTE)
        room = rig.after(room, rig.time(due))
        pauses.append(due - at)
        at = due
    assert pauses == [1, 2, 4, 8, 16, 32, 60, 60, 60]
    room = rig.after(room, rig.answer(room, HOLD_AND_MUTE, at=at))
    assert (room.holding.refusals, rig.pending(room, HOLD_AND_MUTE)) == ({}, ())


def test_a_refused_hold_is_not_shown_as_held_nor_a_refused_unhold_as_free() -> None:
    def shown(room: Room) -> list[tuple[str, bool]]:
        return [(p["call_control_id"], p["on_hold"]) for p in public_view.participants(room)]

    room = rig.after(HOLDING, rig.answer(HOLDING, HOLD_AND_MUTE, 422, "99999"))
    assert shown(room) == [("A", False)]
    room = rig.after(UNHOLDING, rig.answer(UNHOLDING, HOLD_AND_MUTE, 422, "99999"))
    assert shown(room) == [("A", True), ("B", False)]
    muting = rig.after(TWO, rig.asks("mute", "A"))
    muting = rig.after(muting, rig.answer(muting, HOLD_AND_MUTE, 422, "99999"))
    assert [p["muted"] for p in public_view.participants(muting)] == [False, False]


def test_one_refused_call_does_not_delay_the_others() -> None:
    room = rig.after(TWO, rig.asks("mute", "A"))
    room = rig.after(room, rig.answer(room, HOLD_AND_MUTE, 422, "99999"))
    _, commands = rig.decide(room, rig.asks("mute", "B"))
    assert [x.calls for x in commands if isinstance(x, c.Mute)] == [("B",)]
    _, commands = rig.decide(room, rig.asks("unmute", "A"))
    assert "unmute" in [x.name for x in commands], "another command does not wait"


def test_a_transient_error_of_one_call_gives_way_after_five_tries() -> None:
    room, at = rig.after(TWO, rig.asks("mute", "A")), NOW
    for _ in range(4):
        room = rig.after(room, rig.answer(room, HOLD_AND_MUTE, 409, "10036", at=at))
        at = room.deadlines[rig.retry(HOLD_AND_MUTE)]
        room = rig.after(room, rig.time(at))
    room = rig.after(room, rig.answer(room, HOLD_AND_MUTE, 409, "10036", at=at))
    assert (rig.pending(room, HOLD_AND_MUTE), room.holding.refusals) == ((), {"mute A": 1})


@pytest.mark.parametrize("leaves", [rig.left("A"), rig.hangup("A")])
def test_refusals_are_forgotten_with_the_call(leaves: Any) -> None:
    room = rig.after(TWO, rig.asks("mute", "A"))
    room = rig.after(room, rig.answer(room, HOLD_AND_MUTE, 422, "99999"))
    assert room.holding.refusals == {"mute A": 1}
    room = rig.after(room, leaves)
    assert room.holding.refusals == {}
    assert refused("mute", "A") not in room.deadlines


def test_nobody_is_asked_for_a_snapshot_by_a_plain_refusal_but_by_one_not_found() -> None:
    plain = rig.after(HOLDING, rig.answer(HOLDING, HOLD_AND_MUTE, 422, "99999"))
    missing = rig.after(HOLDING, rig.answer(HOLDING, HOLD_AND_MUTE, 404, "10005"))
    assert NEXT_SNAPSHOT not in plain.deadlines
    assert missing.deadlines[NEXT_SNAPSHOT] == NOW + 1


# Music


@pytest.mark.parametrize(
    ("status", "code", "detail"),
    [
        (404, "10005", NO_AUDIO),
        (422, "10015", "Bad Request /audio_url"),
        (422, "99999", "Invalid value /media_name"),
        (400, "99999", "Unsupported audio format"),
        (422, "10015", f"Bad Request Unable to fetch {MUSIC}."),
    ],
)
def test_music_is_given_up_for_an_error_that_names_it_and_taken_up_again(
    status: int, code: str, detail: str
) -> None:
    room, commands = rig.decide(
        HOLDING, rig.answer(HOLDING, HOLD_AND_MUTE, status, code, detail=detail)
    )
    assert [x.music for x in commands] == [OURS]  # type: ignore[union-attr]
    room = rig.after(room, rig.answer(room, HOLD_AND_MUTE, at=NOW))
    assert room.holding.told == {"A": Told(True, False, OURS)}
    due = NOW + MUSIC_AGAIN
    assert room.deadlines[Deadline("music", MUSIC)] == due
    room, commands = rig.decide(room, rig.time(due))
    assert [x.music for x in commands] == [MUSIC], "for who waits on hold, too"  # type: ignore[union-attr]
    # Refused again: who hears our own music goes on hearing it.
    said = rig.answer(room, HOLD_AND_MUTE, status, code, detail=detail, at=due)
    room, commands = rig.decide(room, said)
    assert (commands, room.holding.told["A"]) == ((), Told(True, False, OURS))


@pytest.mark.parametrize(
    ("status", "code", "detail"),
    [(404, "10005", NOT_FOUND), (422, "99999", "No."), (404, "", ""), (422, "10036", "audio_url")],
)
def test_music_is_kept_when_an_error_does_not_name_it(status: int, code: str, detail: str) -> None:
    for room in (HOLDING, rig.after(EMPTY, comes("A"))):
        held = rig.after(room, rig.answer(room, HOLD_AND_MUTE, status, code, detail=detail))
        assert held.holding.refused_music == frozenset()
        due = min(at for kind, at in held.deadlines.items() if kind.kind in ("refused", "retry"))
        (again,) = [x for x in rig.decide(held, rig.time(due))[1] if isinstance(x, c.Hold)]
        assert again.music == MUSIC
        assert due - NOW <= 2


def test_a_download_that_timed_out_is_repeated_once_before_the_music_is_changed() -> None:
    room = rig.after(HOLDING, rig.answer(HOLDING, HOLD_AND_MUTE, 400, "90040"))
    due = room.deadlines[rig.retry(HOLD_AND_MUTE)]
    room, (again,) = rig.decide(room, rig.time(due))
    assert (again.music, due - NOW <= 1) == (MUSIC, True)  # type: ignore[union-attr]
    room, commands = rig.decide(room, rig.answer(room, HOLD_AND_MUTE, 400, "90040"))
    assert [x.music for x in commands] == [OURS]  # type: ignore[union-attr]


def test_without_any_music_that_telnyx_takes_a_hold_is_silent() -> None:
    room = HOLDING
    for _ in range(2):
        room = rig.after(room, rig.answer(room, HOLD_AND_MUTE, 404, "10005", detail=NO_AUDIO))
    assert rig.head(room, HOLD_AND_MUTE).music == ""
    room = rig.after(room, rig.answer(room, HOLD_AND_MUTE, 404, "10005", detail=NO_AUDIO))
    assert refused("hold", "A") in room.deadlines, "and it is not repeated at once"


# Not found: a conference


def test_a_join_that_is_not_found_is_repeated_before_the_conference_counts_as_over() -> None:
    room, at = rig.let_in(), T0
    room = rig.waiting(room, "B", at)
    while room.conference:
        room = rig.after(room, rig.answer(room, "B", 404, "10005", at=at))
        at = room.deadlines.get(rig.retry("B"), at)
        room = rig.after(room, rig.time(at))
    assert 4 <= at - T0 <= 8
    assert isinstance(rig.head(room, CONFERENCE), c.Create)


def test_a_join_that_is_not_found_brings_nobody_inside_out() -> None:
    """Only the lists can show that their conference is over: the caller waits, or hears why not."""
    room, at = rig.waiting(TWO, "C", T0), T0
    while isinstance(rig.head(room, "C"), c.Join):
        assert room.joined == frozenset("AB")
        room = rig.after(room, rig.answer(room, "C", 404, "10005", at=at))
        at = room.deadlines.get(rig.retry("C"), at)
        room = rig.after(room, rig.time(at))
    assert (rig.head(room, "C").text, room.joined) == (UNREACHABLE, frozenset("AB"))
    assert 20 <= at - T0 <= 25
    assert rig.pending(room, SNAPSHOT), "the lists are read"


@pytest.mark.parametrize("said", [(404, "10005"), (404, "10007"), (404, "")], ids=str)
def test_a_call_that_is_not_found_is_tried_again_for_a_while(said: tuple[int, str]) -> None:
    """The call is not in Telnyx's lists yet: it must not be hung up, nor forgotten."""
    called = rig.after(EMPTY, rig.initiated(at=T0))
    greeted = rig.after(rig.ringing(), rig.hook("call.answered", at=T0))
    for room, of in ((called, "A"), (greeted, "A"), (rig.waiting(), CONFERENCE)):
        before = rig.status(room)
        soon = rig.after(room, rig.answer(room, of, *said, at=T0))
        due = soon.deadlines[rig.retry(of)]
        (again,) = rig.decide(soon, rig.time(due))[1]
        assert (rig.status(soon), due - T0 <= 0.5, again.attempt) == (before, True, 2)
    late = T0 + 4
    assert rig.status(rig.after(called, rig.answer(called, "A", *said, at=late))) == {"A": "ending"}
    opening = rig.waiting()
    opening = rig.after(opening, rig.answer(opening, CONFERENCE, *said, at=late))
    assert rig.head(opening, "A").text == UNREACHABLE


# Counted as ended, and not ended


def _taken(room: Room, at: float, *said: Any, conference: str = "K") -> Room:
    """Telnyx refuses the create, and lists this conference."""
    room = rig.after(room, rig.answer(room, CONFERENCE, *said, at=at))
    return rig.after(room, rig.answer(room, CONFERENCE, data={"id": conference}, at=at))


@pytest.mark.parametrize("said", [(422, "90033"), (422, "90044")], ids=["name taken", "in already"])
@pytest.mark.parametrize("over", [(422, "90019"), (422, "90033"), (404, "90058")], ids=str)
def test_nobody_inside_is_sent_away_for_a_conference_that_only_seemed_to_be_over(
    over: tuple[int, str], said: tuple[int, str]
) -> None:
    room = rig.waiting(TWO, "C", T0)
    room, at = rig.after(room, rig.answer(room, "C", *over, at=T0)), T0
    while not room.conference:
        assert rig.status(room) == dict.fromkeys("ABC", "waiting")
        room = _taken(room, at, *said)
        at = room.deadlines.get(rig.retry(CONFERENCE), at)
        room = rig.after(room, rig.time(at))
    assert (room.conference, 4 <= at - T0 <= 8) == ("K", True)
    for call in "AB":
        room = rig.after(room, rig.answer(room, call, 422, "90044", at=at))
    assert room.joined == frozenset("AB")
    assert room.participants["C"].patience == T0 + 20, "no caller waits for ever in turns"
    assert rig.status(rig.after(room, rig.joined("C", at)))["C"] == "joined"


def test_a_conference_whose_end_is_new_is_not_joined_again() -> None:
    """Telnyx's lists lag: for a while they show a conference that has ended."""
    room = rig.waiting(rig.after(TWO, rig.ended(at=T0)), "C", T0)
    room = _taken(room, T0 + 3.9, 422, "90033")
    assert (room.conference, room.ended.get("K")) == ("", T0)


def test_a_join_found_the_second_time_is_in() -> None:
    room = rig.waiting(TWO, "C", T0)
    room = rig.after(room, rig.answer(room, "C", 404, "10005", at=T0))
    room = rig.after(room, rig.time(T0 + 1), rig.joined("C"))
    assert room.joined == frozenset("ABC")


# Limited


@pytest.mark.parametrize("pause", [3.5, 30.0, 60.0])
def test_no_pause_of_telnyx_keeps_a_caller_in_silence_for_long(pause: float) -> None:
    opening, joining = rig.waiting(), rig.waiting(rig.inside(), "B")
    for room, of in (
        (opening, CONFERENCE),
        (joining, "B"),
        (HOLDING, HOLD_AND_MUTE),
        (UNHOLDING, HOLD_AND_MUTE),
    ):
        limited = rig.after(room, rig.answer(room, of, 429, "10011", at=T0, retry_after=pause))
        assert limited.deadlines[rig.retry(of)] == T0 + 3


def test_no_pause_of_telnyx_keeps_the_lists_from_a_caller_whom_only_they_show() -> None:
    """After a restart such a caller is in silence until then."""
    room = rig.after(EMPTY, SnapshotWanted(T0))
    room = rig.after(room, rig.answer(room, SNAPSHOT, 429, "10011", at=T0, retry_after=60.0))
    assert room.deadlines[rig.retry(SNAPSHOT)] == T0 + 3


def test_a_caller_whose_greeting_is_limited_is_let_in_without() -> None:
    room, at = rig.after(rig.ringing(), rig.hook("call.answered", at=T0)), T0
    while rig.status(room) == {"A": "greeting"}:
        room = rig.after(room, rig.answer(room, "A", 429, "10011", at=at, retry_after=60.0))
        at = room.deadlines.get(rig.retry("A"), at)
        room = rig.after(room, rig.time(at))
    assert (rig.status(room), at - T0 <= 4) == ({"A": "waiting"}, True)


def test_a_caller_whom_telnyx_limits_hears_why_within_the_patience() -> None:
    room, at = rig.waiting(), T0
    while rig.status(room) == {"A": "waiting"}:
        room = rig.after(room, rig.answer(room, CONFERENCE, 429, "10011", at=at, retry_after=3600))
        at = room.deadlines.get(rig.retry(CONFERENCE), at)
        room = rig.after(room, rig.time(at))
    assert rig.head(room, "A").text == UNREACHABLE
    assert at - T0 <= 21


# A name taken that no list shows


def test_a_name_that_no_list_shows_costs_a_handful_of_requests() -> None:
    room, at, creates = rig.waiting(), T0, [T0]
    while rig.status(room) == {"A": "waiting"}:
        room = rig.after(room, rig.answer(room, CONFERENCE, 422, "90033", at=at))
        room = rig.after(room, rig.answer(room, CONFERENCE, data={"id": ""}, at=at))
        if rig.status(room) == {"A": "waiting"}:
            at = room.deadlines[rig.retry(CONFERENCE)]
            room = rig.after(room, rig.time(at))
            creates.append(at)
    assert rig.head(room, "A").text == UNREACHABLE
    assert len(creates) <= 8 and at == T0 + 20
    assert all(later - sooner <= 6 for sooner, later in pairwise(creates))
    assert not rig.pending(room, SNAPSHOT)


# By TeXML


def test_two_404s_do_not_empty_a_room_of_texml() -> None:
    room = texml("A", "B")
    for at in (NOW, NOW + 5, NOW + 60):
        room = rig.after(replace(room, deadlines={NEXT_SNAPSHOT: at}), rig.time(at))
        room = rig.after(room, rig.answer(room, SNAPSHOT, 404, at=at))
        assert room.deadlines[NEXT_SNAPSHOT] == at + 30
    assert rig.status(room) == {"A": "joined", "B": "joined"}
    assert greeting(room, "C") == room.settings.greeting_next
    room = rig.after(room, texml_rig.ends())
    assert rig.status(room) == {}


def test_a_hold_by_texml_that_is_not_found_is_repeated_with_the_same_music() -> None:
    room = rig.after(EMPTY, comes("A"))
    room = rig.after(room, rig.answer(room, HOLD_AND_MUTE, 404, "10005", detail=NOT_FOUND))
    assert [p["on_hold"] for p in public_view.participants(room)] == [False]
    due = room.deadlines[refused("hold", "A")]
    (again,) = [x for x in rig.decide(room, rig.time(due))[1] if isinstance(x, c.Hold)]
    assert (again.music, again.account, due - NOW) == (MUSIC, "acc", 1)
