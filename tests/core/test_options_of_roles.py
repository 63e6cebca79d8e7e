"""What a role and the roster of a room bring along with a call's first entry."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from rigs import core as rig
from rigs.core import EMPTY, NOW, SETTINGS
from rigs.texml_rooms import comes

from conference.core import commands as c
from conference.core import join_options
from conference.core.commands import CONFERENCE
from conference.core.events import HandedOver
from conference.core.parts import Asked
from conference.core.room_settings import Known, RoleSettings, RoomSettings

WAITS = {"start_conference_on_create": False, "start_conference_on_enter": False}
STARTS = {"start_conference_on_enter": True, "beep_enabled": "never"}
ROSTER = {
    "+13125550142": Known("Ann", "moderator"),
    "+13125550143": Known("", "listener"),
}
ROLES: Any = {
    "participant": RoleSettings(join_options=WAITS),
    "moderator": RoleSettings(join_options=STARTS),
}
ROOM = replace(EMPTY, settings=replace(SETTINGS, roles=ROLES, roster=ROSTER))


def test_the_first_entry_has_the_options_of_the_role() -> None:
    room = rig.waiting(ROOM)
    create = rig.head(room, CONFERENCE)
    assert create.options == {
        "start_conference_on_create": False,
        "hold_audio_url": ROOM.wait_music,
    }
    room = rig.inside(ROOM)
    assert room.waits_for_start
    ann = rig.state("B", role="moderator")
    room = rig.after(room, rig.hook("call.answered", "B", client_state=ann))
    room = rig.well(room, NOW, "B")
    room, sent = rig.decide(room, rig.hook("call.speak.ended", "B"))
    (join,) = (each for each in sent if isinstance(each, c.Join))
    assert join.options == STARTS
    room = rig.after(rig.well(room, NOW), rig.joined("B"))
    assert not room.waits_for_start


def test_the_music_until_the_start_is_that_of_the_role_or_of_the_room() -> None:
    options = ({**WAITS, "hold_media_name": "waltz"}, WAITS, STARTS)
    waltz, waits, starts = (own_music(each) for each in options)
    assert waltz == {"hold_media_name": "waltz"}
    assert waits == {"hold_audio_url": "https://a.b/wait.mp3"}
    assert starts == {}


def own_music(options: Any) -> dict[str, Any]:
    """Return the music of a create, and assert that a join has the same."""
    roles: Any = {"participant": RoleSettings(join_options=options)}
    settings = replace(SETTINGS, roles=roles, wait_url="https://a.b/wait.mp3")
    room = rig.waiting(replace(EMPTY, settings=settings))
    create, join = join_options.for_create(room, "A"), join_options.for_join(room, "A")
    found = ({k: v for k, v in each.items() if k.startswith("hold")} for each in (create, join))
    of_create, of_join = found
    assert of_create == of_join
    return of_create


def test_a_caller_of_the_roster_has_those_of_its_role() -> None:
    room = rig.after(ROOM, rig.initiated(from_="+13125550142"))
    ann = room.participants["A"]
    assert (ann.label, ann.role, ann.join_options) == ("Ann", "moderator", STARTS)


def test_the_options_that_last_apply_again_when_the_conference_reopens() -> None:
    lasting = {"soft_end_conference_on_exit": True}
    roles: Any = {"participant": RoleSettings(join_options={**WAITS, **lasting})}
    room = rig.inside(replace(EMPTY, settings=replace(SETTINGS, roles=roles)))
    assert room.participants["A"].join_options == lasting


def test_a_called_participant_has_the_options_of_its_role() -> None:
    room = rig.after(ROOM, rig.asks("dial", to="+13125550144", role="moderator"))
    answered = rig.answer(room, rig.DIAL, data={"call_control_id": "B"})
    assert rig.after(room, answered).participants["B"].join_options == STARTS
    state = rig.head(room, rig.DIAL).client_state
    ringing = rig.initiated("B", direction="outgoing", client_state=state)
    assert rig.after(room, ringing).participants["B"].join_options == STARTS


def test_a_call_from_another_room_has_the_options_of_this_one() -> None:
    caller = replace(rig.inside().participants["A"], join_options={"hold": True}, role="moderator")
    room = rig.after(ROOM, HandedOver(NOW, caller, Asked(), left="K"))
    assert room.participants["A"].join_options == STARTS


def test_a_join_adds_its_options_to_those_of_the_role() -> None:
    roles: Any = {"participant": RoleSettings(join_options={"beep_enabled": "never"})}
    parked = rig.parked()
    parked = replace(parked, settings=replace(parked.settings, roles=roles))
    joins = rig.asks("join", "A", supervisor_role="barge")
    assert rig.after(parked, joins).participants["A"].join_options == {
        "beep_enabled": "never",
        "supervisor_role": "barge",
    }


def test_by_texml_the_roster_names_a_caller_without_options_of_call_control() -> None:
    room = rig.after(ROOM, comes("A", from_="+13125550142"), comes("B", 2, from_="+13125550143"))
    ann, bob = room.participants["A"], room.participants["B"]
    assert (ann.label, ann.role, ann.join_options) == ("Ann", "moderator", {})
    assert (bob.role, room.holding.asked["B"].mute_by) == ("listener", "listener")


def test_without_a_roster_no_number_is_known() -> None:
    assert RoomSettings().known("+13125550142") == Known()
