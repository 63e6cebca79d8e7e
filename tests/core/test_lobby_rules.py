"""A room with a lobby: nobody but moderators comes in without being admitted."""

from __future__ import annotations

from dataclasses import replace

import pytest
from rigs import core as rig
from rigs.core import EMPTY, MUSIC, NOW, T0

from conference.core import commands as c
from conference.core.admission import lobby, outside
from conference.core.admission.admitting import BELL, MORE_WAIT, ONE_WAITS, PAUSE
from conference.core.admission.bans import REMOVED
from conference.core.admission.reception import ENTER
from conference.core.client_state import ClientState
from conference.core.entering import LOCKED
from conference.core.events import ModeratorRequest, Refused
from conference.core.room import Deadline, Room
from conference.core.room_settings import Known, RoomSettings
from conference.core.snapshot import Seen, Snapshot
from conference.core.transitions import change
from conference.reporting import public_view

HOST = "+13125550111"
SETTINGS = replace(EMPTY.settings, lobby=True, roster={HOST: Known("Ann", "moderator")})
ROOM = replace(EMPTY, settings=SETTINGS)


def comes(room: Room, call: str, number: str = "+1", at: float = T0) -> Room:
    """A caller of the room with a lobby dials, and the answer is known."""
    room = rig.well(rig.after(room, rig.initiated(call, at, from_=number)), at, call)
    return rig.well(rig.after(room, rig.hook("call.answered", call, at)), at, call)


def hosted(room: Room = ROOM, call: str = "A") -> Room:
    """The host is inside."""
    room = comes(room, call, HOST)
    room = rig.well(rig.after(room, rig.hook("call.speak.ended", call, T0)))
    return rig.well(rig.after(room, rig.joined(call, T0)))


def waits(room: Room, call: str, at: float = T0) -> Room:
    """A caller waits in the lobby, in Telnyx's queue."""
    return rig.well(rig.after(comes(room, call, at=at), rig.hook("call.speak.ended", call, at)), at)


def texts(commands: tuple[c.Command, ...]) -> list[str]:
    """Return what is spoken to participants inside."""
    said = [x for x in commands if isinstance(x, c.PassThrough) and x.name == "speak"]
    return [x.body["payload"] for x in said]


def names(room: Room, call: str) -> list[str]:
    return [command.name for command in rig.pending(room, call)]


def test_a_moderator_of_the_roster_comes_in_at_once() -> None:
    room = comes(ROOM, "A", HOST)
    assert room.participants["A"].stages == ()
    assert rig.status(rig.after(room, rig.hook("call.speak.ended"))) == {"A": "waiting"}


def test_a_caller_hears_the_words_and_waits_in_a_queue_with_music() -> None:
    answered = rig.ringing(ROOM, "B")
    room, commands = rig.decide(answered, rig.hook("call.answered", "B"))
    words = c.Speak("B", "lobby", lobby.PLEASE_HOLD, "female", "en-GB", at=NOW)
    assert commands == (words,)
    assert room.deadlines[Deadline("lobby", "B")] == NOW + 30 * 60
    room, commands = rig.decide(rig.well(room, NOW), rig.hook("call.speak.ended", "B"))
    [enqueue, music] = rig.pending(room, "B")
    assert isinstance(enqueue, c.PassThrough) and isinstance(music, c.PassThrough)
    assert (enqueue.name, enqueue.body) == ("enqueue", {"queue_name": "demo", "max_size": 300})
    assert (music.name, music.body) == ("playback_start", {"audio_url": MUSIC, "loop": "infinity"})
    assert commands == (enqueue,)
    assert rig.status(rig.well(room, NOW)) == {"B": "greeting"}
    assert rig.after(rig.well(room, NOW), rig.hook("call.speak.ended", "B")) == rig.well(room, NOW)


def test_an_admitted_caller_leaves_the_queue_is_greeted_and_joins() -> None:
    room, commands = rig.decide(waits(hosted(), "B"), rig.asks("admit", "B"))
    assert names(room, "B") == ["playback_stop", "leave_queue", "speak"]
    assert rig.pending(room, "B")[-1].text == "Next."  # type: ignore[union-attr]
    [kept] = [x for x in commands if isinstance(x, c.Remember)]
    assert kept.client_state.stages == ()
    assert Deadline("lobby", "B") not in room.deadlines
    room = rig.after(rig.well(room), rig.hook("call.speak.ended", "B"))
    assert names(room, "B") == ["join"]


def test_one_admitted_during_the_words_comes_in_after_them() -> None:
    room, commands = rig.decide(comes(hosted(), "B"), rig.asks("admit", "B"))
    assert [x for x in commands if isinstance(x, c.OfCall | c.PassThrough)] == []
    room = rig.after(rig.well(room), rig.hook("call.speak.ended", "B"))
    assert names(room, "B") == ["speak"], "greeted, without a queue"
    assert room.participants["B"].wait == ""


def test_admit_next_takes_them_in_order() -> None:
    room = waits(waits(hosted(), "C"), "B")
    assert [room.participants[call].member for call in "CB"] == [2, 3]
    room = rig.after(room, rig.asks("admit-next"))
    assert (names(room, "C")[:1], names(room, "B")) == (["playback_stop"], [])
    room = rig.after(room, rig.asks("admit-next"))
    assert names(room, "B")[:1] == ["playback_stop"]
    with pytest.raises(Refused, match="nobody is in the lobby"):
        rig.after(room, rig.asks("admit-next"))


@pytest.mark.parametrize("call", ["A", "B"])
def test_admit_is_for_those_in_the_lobby(call: str) -> None:
    room = rig.ringing(hosted(), "B")
    with pytest.raises(Refused, match="is not in the lobby"):
        rig.after(room, rig.asks("admit", call))


def test_a_locked_room_admits_nobody_before_it_is_unlocked() -> None:
    room = rig.after(waits(hosted(), "B"), rig.asks("lock"))
    with pytest.raises(Refused, match="unlock it first"):
        rig.after(room, rig.asks("admit", "B"))
    late = rig.after(rig.ringing(room, "C"), rig.hook("call.answered", "C"))
    assert rig.head(late, "C").text == LOCKED


@pytest.mark.parametrize(("status", "code"), [(422, "99999"), (500, ""), (403, "")])
def test_nothing_that_fails_lets_a_caller_pass(status: int, code: str) -> None:
    room = rig.after(rig.ringing(ROOM, "B"), rig.hook("call.answered", "B"))
    at = NOW
    for _ in range(60):
        at += 5
        if rig.pending(room, "B"):
            room = rig.after(room, rig.answer(room, "B", status, code, at=at))
        room = rig.after(room, rig.time(at))
        assert rig.status(room) == {"B": "greeting"}
        assert room.participants["B"].stages == ("lobby",)


def test_the_lost_end_of_the_words_does_not_let_anybody_pass() -> None:
    room = comes(ROOM, "B")
    due = room.deadlines[Deadline("call", "B")]
    room = rig.after(room, rig.time(due))
    assert (names(room, "B")[:1], room.participants["B"].wait) == (["enqueue"], "in queue")


def test_nobody_is_left_there_for_ever() -> None:
    room = waits(ROOM, "B")
    due = room.deadlines[Deadline("lobby", "B")]
    assert due == T0 + 30 * 60
    assert rig.status(rig.after(room, rig.time(due - 1))) == {"B": "greeting"}
    room = rig.after(room, rig.time(due))
    assert names(room, "B") == ["playback_stop", "leave_queue", "speak"]
    assert rig.pending(room, "B")[-1].text == outside.TOO_LONG["lobby"]  # type: ignore[union-attr]
    room = rig.well(room, due)
    assert rig.status(rig.after(room, rig.hook("call.speak.ended", "B", due))) == {"B": "ending"}


def test_a_hangup_leaves_nothing_behind() -> None:
    room = rig.after(waits(ROOM, "B"), rig.hangup("B"))
    assert (room.participants, room.deadlines, room.pending) == ({}, {}, {})


# The moderators inside


def test_moderators_hear_that_somebody_waits_at_a_bounded_rate() -> None:
    room, commands = rig.decide(rig.ringing(hosted(), "B"), rig.hook("call.answered", "B"))
    assert texts(commands) == [ONE_WAITS]
    assert commands[-1].body["call_control_ids"] == ["A"]  # type: ignore[union-attr]
    room = rig.well(room)
    for call in "CD":
        room, commands = rig.decide(rig.ringing(room, call), rig.hook("call.answered", call))
        assert texts(commands) == []
        room = rig.well(room)
    assert room.deadlines[BELL] == NOW + PAUSE
    room, commands = rig.decide(room, rig.time(NOW + PAUSE))
    assert texts(commands) == [MORE_WAIT.format(n=3)]
    room, commands = rig.decide(rig.well(room), rig.time(NOW + 2 * PAUSE))
    assert (texts(commands), BELL in room.deadlines) == ([], False)


def test_a_moderator_who_comes_later_hears_it_too() -> None:
    room = comes(waits(ROOM, "B"), "A", HOST)
    room = rig.well(rig.after(room, rig.hook("call.speak.ended", "A")))
    _, commands = rig.decide(room, rig.joined("A"))
    assert texts(commands) == [ONE_WAITS]


def test_one_who_is_made_a_moderator_passes() -> None:
    room = rig.after(waits(hosted(), "B"), rig.asks("role", "B", role="moderator"))
    assert names(room, "B") == ["playback_stop", "leave_queue", "speak"]


def test_callers_in_the_lobby_are_no_company_and_no_part_of_the_meeting() -> None:
    alone = hosted(replace(ROOM, settings=replace(SETTINGS, alone_minutes=1)))
    locked = rig.well(rig.after(waits(alone, "B"), rig.asks("lock")))
    room = rig.after(locked, rig.time(T0 + 60))
    assert rig.status(room)["A"] == "refused", "alone for too long"
    room = rig.after(locked, rig.hangup("A"))
    assert not room.locked, "the meeting is over"
    assert rig.status(room) == {"B": "greeting"}


# A restart

IN_LOBBY = ClientState("demo", number="+1", stages=("lobby",), member=2)


@pytest.mark.parametrize("inside", [False, True])
def test_after_a_kill_a_caller_is_found_in_the_lobby(inside: bool) -> None:
    begun = replace(ROOM, pending=rig.queued(c.SNAPSHOT, c.TakeSnapshot("demo", at=NOW)))
    host = ClientState("demo", role="moderator", number=HOST, member=1)
    known = {"A": host, "B": IN_LOBBY} if inside else {"B": IN_LOBBY}
    seen = {"A": Seen(True, False)} if inside else {}
    found = Snapshot("K" if inside else "", seen, calls=known)
    room = rig.after(begun, rig.answer(begun, c.SNAPSHOT, data=found))
    assert rig.status(room)["B"] == "greeting"
    assert names(room, "B") == ["playback_stop", "leave_queue", "speak"]
    assert rig.pending(room, "B")[-1].text == lobby.PLEASE_HOLD  # type: ignore[union-attr]
    room = rig.after(rig.well(room), rig.hook("call.speak.ended", "B"))
    assert names(room, "B") == ["enqueue", "playback_start"]
    assert room.participants["B"].stages == ("lobby",)


def test_a_key_admits_the_next_caller() -> None:
    room = waits(hosted(replace(ROOM, settings=replace(SETTINGS, keys={"*2": "admit"}))), "B")
    pressed = [
        rig.hook("call.dtmf.received", "A", NOW + n, details={"digit": k})
        for n, k in enumerate("*2")
    ]
    room = rig.after(room, *pressed)
    assert names(room, "B") == ["playback_stop", "leave_queue", "speak"]
    again = [
        rig.hook("call.dtmf.received", "A", NOW + 5 + n, details={"digit": k})
        for n, k in enumerate("*2")
    ]
    _, commands = rig.decide(rig.after(rig.well(room), again[0]), again[1])
    assert texts(commands) == ["Nobody is in the lobby."]


@pytest.mark.parametrize(
    ("settings", "text"),
    [(SETTINGS, lobby.PLEASE_HOLD), (replace(SETTINGS, stages=("pin",)), ENTER)],
)
def test_a_refused_answer_passes_no_stage(settings: RoomSettings, text: str) -> None:
    """The call may have been answered before a restart: Telnyx refuses to answer it again."""
    room = rig.after(replace(ROOM, settings=settings), rig.initiated("B"))
    room = rig.after(room, rig.answer(room, "B", 422, "99999"))
    assert rig.status(room) == {"B": "greeting"}
    assert rig.head(room, "B").text == text


def test_the_view_counts_those_who_are_not_admitted_yet() -> None:
    def shown(room: Room) -> tuple[bool, int, list[str | None], str]:
        about = public_view.about(room)
        rows = [row["waits_in"] for row in public_view.participants(room)]
        return about["has_lobby"], about["lobby"], rows, about["summary"]

    alone = "alone, on hold with music"
    room = comes(hosted(), "B")
    assert shown(room) == (True, 1, [None, "lobby"], f"{alone}, 1 in the lobby")
    room = rig.after(room, rig.asks("admit", "B"))
    assert shown(room) == (True, 0, [None, None], f"{alone}, 1 on the way in")
    assert not public_view.about(EMPTY)["has_lobby"]


SILENT = replace(ROOM, settings=replace(SETTINGS, greeting_first="", greeting_next=""))


def silent() -> Room:
    """The host is inside a room without greetings, and B waits in its lobby."""
    return waits(replace(hosted(), settings=SILENT.settings), "B")


@pytest.mark.parametrize(
    "request_", [rig.asks("admit", "B"), rig.asks("role", "B", role="moderator")]
)
def test_without_a_greeting_an_admitted_caller_is_on_the_way_in_at_once(
    request_: ModeratorRequest,
) -> None:
    room = rig.after(silent(), request_)
    assert (rig.status(room)["B"], names(room, "B")) == (
        "waiting",
        ["playback_stop", "leave_queue"],
    )


def test_a_caller_whose_number_is_kept_out_meanwhile_is_refused_on_admission() -> None:
    room = replace(waits(hosted(), "B"), banned=frozenset({"+13125550199"}))
    room = change(room, "B", number="+13125550199")
    room = rig.after(room, rig.asks("admit", "B"))
    assert (rig.status(room)["B"], rig.pending(room, "B")[-1].text) == ("refused", REMOVED)  # type: ignore[union-attr]


def test_one_who_is_a_moderator_by_then_or_finds_no_lobby_passes_at_once() -> None:
    rings = rig.ringing(hosted(), "B")
    moderator = rig.after(rings, rig.asks("role", "B", role="moderator"))
    without = replace(rings, settings=replace(SETTINGS, lobby=False))
    for room in (moderator, without):
        room = rig.after(room, rig.hook("call.answered", "B"))
        assert [x.text for x in rig.pending(room, "B") if isinstance(x, c.Speak)] == ["Next."]
        assert Deadline("lobby", "B") not in room.deadlines


def test_the_music_of_the_wait_is_wait_url_and_none_where_there_is_none() -> None:
    own = "https://line.example/lobby.wav"
    room = replace(ROOM, settings=replace(SETTINGS, wait_url=own))
    room = rig.after(comes(room, "B"), rig.hook("call.speak.ended", "B"))
    assert [x.body for x in rig.pending(room, "B") if isinstance(x, c.PassThrough)][1:] == [
        {"audio_url": own, "loop": "infinity"}
    ]
    silent = replace(ROOM, settings=replace(SETTINGS, hold_audio_url=""))
    silent = rig.after(comes(silent, "B"), rig.hook("call.speak.ended", "B"))
    assert names(silent, "B") == ["enqueue"]


def test_words_that_are_spoken_again_do_not_prolong_the_wait() -> None:
    """Telnyx has the call as not answered yet; the same words follow its next answer."""
    room = rig.after(rig.ringing(hosted(), "B"), rig.hook("call.answered", "B"))
    due = room.deadlines[Deadline("lobby", "B")]
    room = rig.after(room, rig.answer(room, "B", 422, "90034"))
    room = rig.well(room, only="B")
    room = rig.after(room, rig.hook("call.answered", "B", NOW + 10))
    assert rig.head(room, "B").text == lobby.PLEASE_HOLD
    assert room.deadlines[Deadline("lobby", "B")] == due
