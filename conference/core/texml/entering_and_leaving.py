"""How calls enter and leave a TeXML room, and how its conference ends."""

from __future__ import annotations

from conference.core.client_state import ClientState, Role
from conference.core.commands import CONFERENCE, Dial, Kick, of_call
from conference.core.muting import as_entrant, muted_in_role
from conference.core.participant import Participant
from conference.core.parts import NOTHING_ASKED, Asked
from conference.core.recordings import clear_recorded
from conference.core.replacing import replace
from conference.core.room import ENDED_KEPT, Room
from conference.core.texml.facts import Facts
from conference.core.texml.roles import by_role, role_in, shown_label
from conference.core.transitions import (
    add_call,
    change,
    change_texml,
    clear_queue,
    close,
    forget,
    forget_asked,
    open_conference,
    put_asked,
    send,
    set_told,
    without,
)

ON_THE_WAY_OUT = ("refused", "leaving", "ending")


def has_call_control_callers(room: Room) -> bool:
    """Are callers of Call Control in the room, or on their way into it?"""
    if room.front == "texml":
        return False
    heads = (queue[0] for queue in room.pending.values())
    called = any(isinstance(head, Dial) and not head.account for head in heads)
    stays = any(p.status not in ON_THE_WAY_OUT for p in room.participants.values())
    return bool(room.conference or stays or CONFERENCE in room.pending or called)


def caller_came_in(room: Room, facts: Facts, call: str, at: float, *, from_: str, to: str) -> Room:
    """Telnyx has let this call in, which may start the conference.

    The call is one that we have dialled, or a caller's: muted if its attributes say so.
    """
    command, label = _dial_of(room, call, to), facts.labels.get(call, "")
    dialled = without(room.texml.dialled, command.id) if command else room.texml.dialled
    if command and call not in room.participants:
        state = replace(command.client_state, label=command.client_state.label or label)
        room = add_call(room, call, state, at, join_options=command.attributes)
    was_expected = call in room.texml.expected
    at_door = room.texml.roles.get(call) or role_in(label, call)
    known = room.participants.get(call)
    facts = replace(facts, started=facts.started or _starts(room, known, at_door or "participant"))
    room = change_texml(not_expected(room, call), facts=facts, dialled=dialled)
    room = open_conference(
        room, facts.conference, at, front="texml", waits_for_start=not facts.started
    )
    if known is None:
        door = asked_at_door(room, at_door or "participant")
        asked = room.holding.asked.get(call, NOTHING_ASKED) if was_expected else door
        caller, shown = room.settings.known(from_), shown_label(room.settings, label, call)
        role = at_door or ("participant" if was_expected else caller.role)
        asked = replace(asked, mute_by=muted_in_role(room, asked.mute_by, role))
        state = ClientState(room.name, role, number=from_, label=shown or caller.label)
        inside = {"status": "joined", "joined_at": at, "our_number": to}
        room = add_call(room, call, state, at, join_options={}, **inside)
        room = put_asked(room, call, asked)
        return set_told(room, call, muted=comes_muted(room, at_door or "participant"))
    theirs, ours = (to, from_) if known.direction == "outgoing" else (from_, to)
    room = change(room, call, number=known.number or theirs, our_number=known.our_number or ours)
    if known.status == "joined":
        return room
    room = change(room, call, status="joined", joined_at=at)
    return set_told(room, call, muted=known.join_options.get("muted") == "true")


def _dial_of(room: Room, call: str, number: str) -> Dial | None:
    """Return the dial that has made this call: by its id, or the oldest without an answer."""
    known, dials = room.participants.get(call), room.texml.dialled.values()
    if known and known.dial:
        return next((each for each in dials if each.client_state.dial == known.dial), None)
    answered = {p.dial for p in room.participants.values()}
    unanswered = (each for each in dials if each.client_state.dial not in answered)
    return next((each for each in unanswered if each.to == number), None)


def comes_muted(room: Room, role: Role = "participant") -> bool:
    """Whether the room's callers of this role come in muted."""
    return by_role(room.settings, role).get("muted") == "true"


def asked_at_door(room: Room, role: Role = "participant") -> Asked:
    """Return the hold and mute of the room's callers of this role.

    TEXML_MUTED counts as a moderator's mute.
    """
    by_name = role == "participant" and comes_muted(room)
    return as_entrant(room, role, Asked(mute_by="moderator" if by_name else ""))


def take_role(room: Room, call: str, role: Role) -> Room:
    """Give a caller who was found again, as after a restart, the role of their label.

    A listed mute of a listener is that of the role.
    """
    asked = room.holding.asked.get(call, NOTHING_ASKED)
    before = "" if role == "listener" else asked.mute_by
    room = change(room, call, role=role, recovered=False)
    return put_asked(room, call, replace(asked, mute_by=muted_in_role(room, before, role)))


def not_expected(room: Room, call: str) -> Room:
    """Expect the caller no more: they are in, or will not come."""
    expected, roles = without(room.texml.expected, call), without(room.texml.roles, call)
    return change_texml(room, expected=expected, roles=roles)


def _starts(room: Room, participant: Participant | None, at_door: Role) -> bool:
    """Has the conference started when this participant is in? `at_door`: the role of a caller."""
    called = participant is not None and participant.direction == "outgoing"
    callers = by_role(room.settings, at_door)
    attributes = participant.join_options if participant and called else callers
    return attributes.get("startConferenceOnEnter") != "false"


def not_dialled(room: Room, command: Dial) -> Room:
    """Telnyx has refused to call the number: expect nobody from this dial."""
    return change_texml(room, dialled=without(room.texml.dialled, command.id))


def ringing_ended(room: Room, call: str, at: float) -> Room:
    """A call that we made, and that has not joined, is over: expect nobody from its dial."""
    if command := _dial_of(room, call, room.participants[call].number):
        room = not_dialled(room, command)
    return forget(room, call, at)


def conference_over(room: Room, at: float) -> Room:
    """Telnyx has ended the conference: its callers by TeXML are out."""
    if room.front == "texml":
        for call in [call for call in room.participants if by_texml(room, call)]:
            room = forget(room, call, at)
        room = close(room)
    if room.texml.facts:
        room = clear_recorded(room, room.texml.facts.conference)
    return change_texml(room, facts=None, dialled={})


def by_texml(room: Room, call: str) -> bool:
    """Is the call one of TeXML's? In such a room a caller of Call Control is being dismissed."""
    return room.front == "texml" and (call in room.joined or room.participants[call].is_called)


def everyone_left(room: Room) -> bool:
    """Have all callers left the conference? One that nobody has entered yet has just begun."""
    others = any(by_texml(room, call) for call in room.participants)
    facts = room.texml.facts
    return facts is None or (bool(facts.inside) and not others)


def send_away(room: Room, call: str, at: float) -> Room:
    """Keep out a caller on the way in: a moderator has ended the meeting."""
    kept = {c: since for c, since in room.texml.sent_away.items() if since > at - ENDED_KEPT}
    room = not_expected(forget_asked(room, call), call)
    return change_texml(room, sent_away={**kept, call: at})


def kick_out(room: Room, facts: Facts, call: str, at: float, *, alone: bool = False) -> Room:
    """Send a kick at once, even if an older one waits for its next try."""
    kick = Kick(call, facts.conference, alone, account=facts.account)
    return send(clear_queue(room, of_call(call)), kick, at)
