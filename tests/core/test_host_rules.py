"""A room that waits for its host, and one that ends when its host has left."""

from __future__ import annotations

from typing import Any, NamedTuple

import pytest
from rigs import core as rig
from rigs.core import EMPTY, NOW, T0, with_settings
from rigs.texml_rooms import comes as texml_join

from conference.clock import iso
from conference.core import commands as c
from conference.core import host
from conference.core.client_state import Role
from conference.core.entering import FULL, HOST_DID_NOT_COME, LOCKED
from conference.core.events import Event, HandedOver, SnapshotWanted
from conference.core.greeting import WAIT_FOR_HOST
from conference.core.host import AWAY, GOODBYE
from conference.core.parts import Asked
from conference.core.replacing import replace
from conference.core.room import Room
from conference.core.room_settings import Known, RoleSettings
from conference.core.room_states import hold_reason
from conference.core.snapshot import Seen, Snapshot
from conference.core.texml.door import greeting
from conference.reporting import public_view

HOST, GUEST = "+13125550111", "+13125550112"
WAIT = "https://line.example/wait.wav"
ROSTER = {HOST: Known("Ann", "moderator"), "+13125550119": Known("Lil", "listener")}
WAITS = RoleSettings(starts=False)
ENDS = RoleSettings(ends=True)
ROOM = with_settings(
    roles={"participant": WAITS, "moderator": ENDS},
    roster=ROSTER,
    wait_url=WAIT,
    host_grace_seconds=60,
)
WITHOUT_FILE = rig.inside(rig.inside(), "B")


def comes(room: Room, call: str, number: str = GUEST, at: float = T0) -> Room:
    """Let a caller with this number come in."""
    room = rig.well(rig.after(room, rig.initiated(call, at, from_=number)), at, call)
    for event in (rig.hook("call.answered", call, at), rig.hook("call.speak.ended", call, at)):
        room = rig.well(rig.after(room, event), at)
    return rig.well(rig.after(room, rig.joined(call, at)), at)


ONE = comes(ROOM, "B")
TWO = comes(ONE, "C", "+13125550113")
MET = comes(TWO, "A", HOST)
HOSTS_ONLY = comes(ROOM, "A", HOST)


def spoken(commands: tuple[c.Command, ...]) -> list[tuple[str, list[str]]]:
    """The announcements: their words, and the calls that hear them."""
    said = [x for x in commands if isinstance(x, c.PassThrough) and x.name == "speak"]
    return [(x.body["payload"], x.body["call_control_ids"]) for x in said]


def announcements(before: Room, *events: Event) -> list[tuple[str, list[str]]]:
    said = []
    room = before
    for event in events:
        room, commands = rig.decide(rig.well(room, NOW), event)
        said += spoken(commands)
    return said


# Waiting


def test_who_comes_before_the_host_hears_so_and_waits_with_music() -> None:
    ringing = rig.well(rig.after(ROOM, rig.initiated("B", from_=GUEST)), only="B")
    _, commands = rig.decide(ringing, rig.hook("call.answered", "B"))
    (greeting,) = [x for x in commands if isinstance(x, c.Speak)]
    assert greeting.text == WAIT_FOR_HOST
    assert ONE.holding.told["B"].music == WAIT
    assert {call: told.held for call, told in TWO.holding.told.items()} == {"B": True, "C": True}
    assert [hold_reason(TWO, call) for call in "BC"] == ["not-started", "not-started"]
    assert public_view.reason(TWO) == "music is on, because the room waits for its host"
    assert public_view.about(TWO)["summary"] == "waiting for the host, everyone on hold"
    assert public_view.about(ONE)["summary"] == "waiting for the host, on hold with music"


def test_the_host_is_greeted_as_everyone() -> None:
    ringing = rig.well(rig.after(TWO, rig.initiated("A", from_=HOST)), only="A")
    _, commands = rig.decide(ringing, rig.hook("call.answered", "A"))
    assert [x.text for x in commands if isinstance(x, c.Speak)] == ["Next."]


def test_by_texml_they_hear_so_too_and_are_held() -> None:
    waits = with_settings(roles={"participant": WAITS})
    assert greeting(waits, "A") == WAIT_FOR_HOST
    room = rig.well(rig.after(waits, texml_join("A", 1), texml_join("B", 2)))
    assert [hold_reason(room, call) for call in "AB"] == ["not-started", "not-started"]
    assert {call: told.held for call, told in room.holding.told.items()} == {"A": True, "B": True}
    begun = rig.well(rig.after(room, rig.asks("role", "B", role="moderator")))
    assert (begun.begun, begun.holding.told, begun.pending) == (True, {}, {})


def test_with_the_host_everyone_is_let_out_and_told_so() -> None:
    room = rig.let_in(TWO, "A")
    room = rig.given(room, participants={**room.participants, "A": moderator(room, "A")})
    room, commands = rig.decide(room, rig.joined("A"))
    assert room.begun
    assert spoken(commands) == [(host.HERE, ["B", "C"])]
    assert [x for x in commands if isinstance(x, c.Unhold)] == [c.Unhold("K", ("B", "C"), at=NOW)]
    remembered = [x for x in commands if isinstance(x, c.Remember)]
    assert {x.call: x.client_state.begun for x in remembered} == dict.fromkeys("ABC", True)
    assert rig.well(room).holding.told == {}
    assert public_view.reason(room) is None


def test_who_is_moved_here_hears_why_music_plays() -> None:
    """In a moderator's move nobody is greeted."""
    moved = HandedOver(NOW, rig.newcomer("D", number="+13125550114", status="joined"), Asked(), "Z")
    room = rig.well(rig.after(TWO, moved))
    assert announcements(room, rig.joined("D")) == [(WAIT_FOR_HOST, ["D"])]
    told = rig.well(rig.after(room, rig.joined("D")))
    assert announcements(told, rig.joined("D", occurred_at="2026-9")) == [], "only once"
    begun = rig.well(rig.after(MET, moved))
    assert announcements(begun, rig.joined("D")) == []
    host_herself = replace(moved, participant=replace(moved.participant, role="moderator"))
    room = rig.well(rig.after(TWO, host_herself))
    assert announcements(room, rig.joined("D")) == [(host.HERE, ["B", "C"])]


def moderator(room: Room, call: str) -> Any:
    return replace(room.participants[call], role="moderator")


def test_who_becomes_moderator_inside_is_the_host() -> None:
    room, commands = rig.decide(TWO, rig.asks("role", "B", role="moderator"))
    assert room.begun
    assert spoken(commands) == [(host.HERE, ["C"])]


def test_a_host_alone_begins_and_then_is_alone() -> None:
    assert HOSTS_ONLY.begun
    assert hold_reason(HOSTS_ONLY, "A") == "alone"
    assert HOSTS_ONLY.holding.told["A"].music == rig.MUSIC
    assert announcements(HOSTS_ONLY, rig.initiated("B", from_=GUEST)) == []
    assert comes(HOSTS_ONLY, "B").holding.told == {}


def test_a_moderators_hold_outlasts_the_wait() -> None:
    held = rig.well(rig.after(TWO, rig.asks("hold", "B")))
    assert [hold_reason(held, call) for call in "BC"] == ["moderator", "not-started"]
    assert comes(held, "A", HOST).holding.told.keys() == {"B"}


def test_refused_music_of_the_wait_gives_way_to_that_of_holds() -> None:
    room = rig.after(rig.given(ONE, told={}), rig.asks("mute", "B"))
    assert rig.head(room, c.HOLD_AND_MUTE).music == WAIT
    refusal = rig.answer(room, c.HOLD_AND_MUTE, 422, "10015", detail="Bad Request /audio_url")
    room, commands = rig.decide(room, refusal)
    assert [x.music for x in commands if isinstance(x, c.Hold)] == [rig.MUSIC]


def test_it_lasts_as_long_as_the_meeting() -> None:
    left = rig.well(rig.after(MET, rig.hangup("A")))
    assert left.begun and hold_reason(left, "B") is None, "the others talk on"
    over = rig.after(left, rig.hangup("B"), rig.hangup("C"))
    assert (over.begun, over.host_left, over.deadlines) == (False, {}, {})
    assert hold_reason(comes(over, "D"), "D") == "not-started"


def test_alone_minutes_count_for_those_who_wait() -> None:
    room = comes(comes(with_settings(ROOM, alone_minutes=1), "B"), "C")
    due = room.deadlines[rig.Deadline("alone", "B")]
    assert due == T0 + 60
    _, commands = rig.decide(room, rig.time(due))
    assert [(x.call, x.text) for x in commands if isinstance(x, c.Speak)] == [
        ("B", HOST_DID_NOT_COME),
        ("C", HOST_DID_NOT_COME),
    ]
    coming = rig.well(rig.after(room, rig.initiated("A", from_=HOST)), only="A")
    greeted = rig.after(coming, rig.hook("call.answered", "A"))
    assert rig.decide(greeted, rig.time(due))[1] == (), "the host is on the way in"
    guest = rig.greeting(room, "D", at=due)
    assert len(rig.decide(guest, rig.time(due))[1]) == 2, "another guest is no host"


def test_a_listener_starts_nothing_that_participants_do_not() -> None:
    assert not comes(ONE, "L", "+13125550119").begun
    own = {"participant": WAITS, "listener": RoleSettings()}
    assert comes(comes(with_settings(ROOM, roles=own), "B"), "L", "+13125550119").begun


def test_a_restart_finds_the_conference_begun_or_waiting() -> None:
    for before, begun in ((MET, True), (TWO, False)):
        calls = {
            call: rig.state(call, role=p.role, number=p.number, begun=begun)
            for call, p in before.participants.items()
        }
        seen = {call: Seen(held=not begun, muted=False) for call in calls}
        room = rig.after(ROOM, SnapshotWanted(T0))
        found = Snapshot("K", seen, calls)
        room, commands = rig.decide(room, rig.answer(room, c.SNAPSHOT, data=found))
        assert room.begun is begun
        assert spoken(commands) == []
        assert rig.well(room).holding.told.keys() == (set() if begun else {"B", "C"})


# Leaving


def test_when_the_last_host_leaves_everyone_hears_it_and_the_meeting_ends() -> None:
    room, commands = rig.decide(MET, rig.hangup("A"))
    words = "The host has left. The conference ends in a minute unless the host returns."
    assert spoken(commands) == [(words, ["B", "C"])]
    assert room.deadlines[AWAY] == NOW + 60
    room, commands = rig.decide(rig.well(room), rig.time(NOW + 60))
    assert spoken(commands) == [(host.ENDS, ["B", "C"])]
    due = room.deadlines[GOODBYE]
    room, commands = rig.decide(rig.well(room), rig.time(due))
    (end,) = commands
    assert isinstance(end, c.PassThrough)
    assert (end.name, end.about) == ("end", "K")


def test_without_grace_it_ends_at_once() -> None:
    room = with_settings(MET, host_grace_seconds=0)
    room, commands = rig.decide(room, rig.hangup("A"))
    assert (spoken(commands), room.deadlines[AWAY]) == ([], NOW)
    room, commands = rig.decide(room, rig.time(NOW))
    assert spoken(commands) == [(host.ENDS_AT_ONCE, ["B", "C"])]


def test_a_dropped_host_who_calls_again_is_the_host_again() -> None:
    room = rig.well(rig.after(MET, rig.hangup("A")))
    room = replace(room, settings=replace(room.settings, roster={}))
    assert room.host_left == {HOST: Known("Ann", "moderator")}
    again = comes(room, "D", HOST, NOW + 30)
    assert (again.participants["D"].role, again.participants["D"].label) == ("moderator", "Ann")
    assert announcements(rig.let_in(room, "D"), rig.joined("D")) == []
    late = rig.decide(again, rig.time(NOW + 60))
    assert (late[1], late[0].deadlines) == ((), {}), "the meeting goes on"
    second = rig.after(again, rig.initiated("E", from_=HOST))
    assert second.participants["E"].role == "participant", "one call gets the role back"


def test_a_host_who_calls_again_before_the_loss_is_reported_is_the_host_again() -> None:
    room = replace(MET, settings=replace(MET.settings, roster={}))
    room = comes(room, "D", HOST)
    assert room.participants["D"].role == "participant", "a colleague, perhaps"
    colleague = rig.decide(room, rig.hangup("A", T0 + 61))[0]
    assert colleague.participants["D"].role == "participant", "who came long before"
    room = comes(room, "E", HOST, T0 + 1)
    room, commands = rig.decide(room, rig.hangup("A", T0 + 2))
    assert {call: p.role for call, p in room.participants.items() if call in "DE"} == {
        "D": "participant",
        "E": "moderator",
    }
    assert [x.client_state.role for x in commands if isinstance(x, c.Remember)] == ["moderator"]
    assert (spoken(commands), room.host_left) == ([], {})


def test_the_return_is_announced() -> None:
    room = rig.well(rig.after(MET, rig.hangup("A")))
    room = rig.well(rig.after(room, rig.initiated("D", from_=HOST)), NOW, "D")
    room = rig.well(rig.after(room, rig.hook("call.answered", "D")), NOW)
    room = rig.well(rig.after(room, rig.hook("call.speak.ended", "D")), NOW)
    assert announcements(room, rig.joined("D")) == [(host.BACK, ["B", "C"])]


def test_by_a_pin_of_another_role_a_dropped_host_is_the_host_again() -> None:
    room = rig.well(rig.after(MET, rig.hangup("A")))
    caller = rig.newcomer("D", number=HOST, status="greeting")
    handed = replace(caller, role="listener", stages=("pin",))
    came = rig.after(room, HandedOver(NOW, handed, Asked()))
    assert came.participants["D"].role == "moderator"
    assert "D" not in came.holding.asked
    stranger = replace(handed, number=GUEST)
    listener = rig.after(room, HandedOver(NOW, stranger, Asked()))
    assert listener.holding.asked["D"] == Asked(mute_by="listener")


@pytest.mark.parametrize("number", ["", "anonymous", "Restricted"])
def test_a_withheld_number_gets_no_role_back(number: str) -> None:
    room = rig.well(rig.after(TWO, rig.asks("role", "C", role="moderator")))
    room = rig.given(
        room,
        participants={**room.participants, "C": replace(room.participants["C"], number=number)},
    )
    room = rig.after(room, rig.hangup("C"))
    assert (room.host_left, AWAY in room.deadlines) == ({}, True)
    assert rig.after(room, rig.initiated("D", from_=number)).participants["D"].role != "moderator"


@pytest.mark.parametrize("verb", ["kick", "leave", "move"])
def test_a_host_whom_a_moderator_takes_out_gets_no_role_back(verb: str) -> None:
    values = {"room": "other"} if verb == "move" else {}
    room = rig.well(rig.after(MET, rig.asks(verb, "A", **values)))
    room = rig.after(rig.well(room), rig.left("A", occurred_at="2026-9"), rig.hangup("A"))
    assert (room.host_left, room.deadlines[AWAY]) == ({}, NOW + 60)


def test_another_host_keeps_the_meeting() -> None:
    two = rig.well(rig.after(MET, rig.asks("role", "B", role="moderator")))
    room, commands = rig.decide(two, rig.hangup("A"))
    assert spoken(commands) == []
    room, commands = rig.decide(rig.well(room), rig.time(NOW + 60))
    assert (commands, room.deadlines, room.host_left) == ((), {}, {})
    gone = rig.well(rig.after(MET, rig.hangup("A")))
    promoted = rig.well(rig.after(gone, rig.asks("role", "C", role="moderator")))
    assert rig.decide(promoted, rig.time(NOW + 60))[1] == ()


def test_a_host_on_the_way_in_puts_the_end_off() -> None:
    gone = rig.well(rig.after(MET, rig.hangup("A")))
    late = NOW + 59
    back = rig.well(rig.after(gone, rig.initiated("D", late, from_=HOST)), late, "D")
    greeted = rig.well(rig.after(back, rig.hook("call.answered", "D", late)), late)
    room, commands = rig.decide(greeted, rig.time(NOW + 60))
    assert (commands, room.deadlines[AWAY]) == ((), NOW + 60 + host.POSTPONED_BY)


@pytest.mark.parametrize("grace", [0, 60])
@pytest.mark.parametrize("host_left", [False, True])
def test_a_caller_after_the_end_of_the_conference_begins_a_new_meeting(
    grace: int, host_left: bool
) -> None:
    """The hangups of the former meeting arrive late."""
    room = with_settings(MET, host_grace_seconds=grace)
    room = rig.after(room, rig.hangup("A")) if host_left else room
    room = rig.after(rig.well(room), rig.ended())
    assert [each for each in room.deadlines if each.kind == "host"] == []
    assert (room.host_left, room.begun) == ({}, False)
    ringing = rig.well(rig.after(room, rig.initiated("D", from_=GUEST)), only="D")
    greeted, commands = rig.decide(ringing, rig.hook("call.answered", "D"))
    assert [x.text for x in commands if isinstance(x, c.Speak)] == [WAIT_FOR_HOST]
    gone = rig.after(greeted, *map(rig.hangup, "ABC"))
    assert [each for each in gone.deadlines if each.kind == "host"] == []


def test_a_host_whose_conference_is_lost_has_not_left() -> None:
    room = rig.waiting(MET, "D")
    room, commands = rig.decide(room, rig.answer(room, "D", 422, "90019"))
    assert rig.status(room)["A"] == "waiting"
    assert (AWAY in room.deadlines, spoken(commands)) == (False, [])


def test_nobody_is_told_in_an_empty_room() -> None:
    room, commands = rig.decide(HOSTS_ONLY, rig.hangup("A"))
    assert (commands, room.deadlines, room.host_left) == ((), {}, {})


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(1, "a second"), (30, "30 seconds"), (60, "a minute"), (90, "90 seconds"), (120, "2 minutes")],
)
def test_the_time_in_words(seconds: int, words: str) -> None:
    room = with_settings(MET, host_grace_seconds=seconds)
    ((text, _),) = spoken(rig.decide(room, rig.hangup("A"))[1])
    assert f"ends in {words} unless" in text


# Roles on the way in


class Comes(NamedTuple):
    name: str
    number: str
    role: Role
    label: str
    mute_by: str


@rig.each_case(
    [
        Comes("moderator", HOST, "moderator", "Ann", ""),
        Comes("listener", "+13125550119", "listener", "Lil", "listener"),
        Comes("not in the roster", GUEST, "participant", "", "mute-all"),
        Comes("written otherwise", "001 312 555-0111", "moderator", "Ann", ""),
        Comes("withheld", "anonymous", "participant", "", "mute-all"),
    ]
)
def test_the_roster_names_callers_and_roles_mute(case: Comes) -> None:
    muted = RoleSettings(muted=True)
    room = with_settings(ROOM, roles={"participant": muted, "moderator": muted})
    room, commands = rig.decide(room, rig.initiated("B", from_=case.number))
    who = room.participants["B"]
    assert (who.role, who.label) == (case.role, case.label)
    (answer,) = [x for x in commands if isinstance(x, c.Answer)]
    assert answer.client_state.mute_by == case.mute_by
    assert (answer.client_state.role, answer.client_state.label) == (case.role, case.label)


def test_who_is_unmuted_in_a_room_that_mutes_stays_so_over_a_restart() -> None:
    room = with_settings(ROOM, roles={"participant": RoleSettings(muted=True)})
    calls = {"B": rig.state("B", number=GUEST)}
    room = rig.after(room, SnapshotWanted(T0))
    found = Snapshot("K", {"B": Seen(held=False, muted=False)}, calls)
    assert rig.after(room, rig.answer(room, c.SNAPSHOT, data=found)).holding.asked == {}


# A full or locked room


def test_a_moderator_comes_into_a_locked_room() -> None:
    locked = rig.well(rig.after(MET, rig.asks("lock")))
    for number, text in ((HOST, "Next."), (GUEST, LOCKED)):
        ringing = rig.well(rig.after(locked, rig.initiated("D", from_=number)), only="D")
        _, commands = rig.decide(ringing, rig.hook("call.answered", "D"))
        assert [x.text for x in commands if isinstance(x, c.Speak)] == [text]


def test_a_full_room_keeps_a_seat_for_a_moderator() -> None:
    room = with_settings(ROOM, max_participants=2)
    created = rig.head(rig.waiting(room, "B"), c.CONFERENCE)
    assert created.max_participants == 3
    full = comes(comes(room, "B"), "C")
    for number, sent in ((HOST, c.Join), (GUEST, c.Speak)):
        at_door = rig.well(rig.after(full, rig.initiated("D", from_=number)), only="D")
        greeted = rig.well(rig.after(at_door, rig.hook("call.answered", "D")), only="D")
        _, commands = rig.decide(greeted, rig.hook("call.speak.ended", "D"))
        (command,) = commands
        assert type(command) is sent
        assert getattr(command, "text", FULL) == FULL
    lost = rig.waiting(comes(full, "A", HOST), "E")
    assert rig.status(lost)["E"] == "refused"


def test_two_at_once_get_one_seat() -> None:
    room = comes(with_settings(ROOM, max_participants=2), "B")
    room = rig.waiting(rig.waiting(room, "C"), "D")
    assert rig.status(room) == {"B": "joined", "C": "waiting", "D": "refused"}


def test_a_full_room_that_loses_its_conference_keeps_everyone() -> None:
    full = comes(comes(comes(with_settings(ROOM, max_participants=2), "B"), "C"), "A", HOST)
    room = rig.after(full, rig.asks("mute", "B"))
    room = rig.after(room, rig.answer(room, c.HOLD_AND_MUTE, 422, "90019"))
    assert set(rig.status(room).values()) == {"waiting"}


@pytest.mark.parametrize(("most", "created"), [(799, 800), (800, 800)])
def test_telnyx_lets_800_in_at_most(most: int, created: int) -> None:
    waiting = rig.waiting(with_settings(ROOM, max_participants=most))
    assert rig.head(waiting, c.CONFERENCE).max_participants == created


# A room without roles


def test_a_room_without_roles_is_as_ever() -> None:
    assert (WITHOUT_FILE.begun, WITHOUT_FILE.host_left) == (False, {})
    assert rig.head(rig.waiting(EMPTY), c.CONFERENCE).max_participants == 250
    _, commands = rig.decide(WITHOUT_FILE, rig.asks("role", "A", role="moderator"))
    assert [type(x) for x in commands] == [c.Remember]
    _, commands = rig.decide(WITHOUT_FILE, rig.hangup("A"))
    assert [type(x) for x in commands] == [c.Hold]


def test_the_view_has_the_time_at_which_the_conference_ends_without_its_host() -> None:
    def shown(room: Room) -> tuple[bool, str]:
        about = public_view.about(room)
        return about["host_left"], about["ends_at"]

    by_telnyx = (False, shown(MET)[1])
    left = rig.well(rig.after(MET, rig.hangup("A")))
    assert shown(left) == (True, iso(NOW + 60))
    assert shown(comes(left, "D", HOST, NOW + 30)) == by_telnyx, "the host is back"
    over = rig.well(rig.after(left, rig.time(NOW + 60)))
    assert shown(over) == (True, iso(over.deadlines[GOODBYE]))
    other = comes(with_settings(MET, roster={HOST: ROSTER[HOST], GUEST: ROSTER[HOST]}), "E")
    assert shown(rig.after(other, rig.hangup("A"))) == by_telnyx, "another host is inside"
