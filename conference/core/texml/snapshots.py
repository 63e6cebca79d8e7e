"""Snapshots of a TeXML conference: Telnyx's list of its participants."""

from __future__ import annotations

from conference.core.commands import SNAPSHOT, TakeSnapshot
from conference.core.muting import as_newcomer
from conference.core.parts import Asked
from conference.core.replacing import replace
from conference.core.room import Room
from conference.core.snapshot import Snapshot
from conference.core.texml.entering_and_leaving import (
    caller_came_in,
    has_call_control_callers,
    kick_out,
    take_role,
)
from conference.core.texml.facts import Facts
from conference.core.transitions import change, change_texml, put_asked, send, set_told


def snapshot_command(room: Room) -> TakeSnapshot:
    """Return the command for the front of the room."""
    if room.texml.facts and room.front == "texml":
        return snapshot_of(room, room.texml.facts)
    return TakeSnapshot(room.name, room.settings.region, title=room.titled or room.settings.title)


def snapshot_of_others(room: Room, facts: Facts, at: float) -> Room:
    """Take a snapshot of the conference, unless one waits already."""
    waiting = room.pending.get(SNAPSHOT, ())
    if any(isinstance(c, TakeSnapshot) and c.conference == facts.conference for c in waiting):
        return room
    return send(room, snapshot_of(room, facts), at)


def snapshot_of(room: Room, facts: Facts) -> TakeSnapshot:
    return TakeSnapshot(room.name, conference=facts.conference, account=facts.account)


def still_concerns(room: Room, command: TakeSnapshot) -> bool:
    """Is the snapshot one of the room as it is now? Its conference or front may have changed."""
    if not command.account:
        return room.front != "texml"
    known = room.texml.facts.conference if room.texml.facts else ""
    return known == command.conference and not has_call_control_callers(room)


def take_in_listed(room: Room, snapshot: Snapshot, at: float) -> Room:
    """Take in every listed call, held and muted as listed, unless a callback has reported it left.

    A listed mute of an unknown call counts as asked for by a moderator: nothing else remembers it
    over a restart.
    """
    listed = snapshot.joined
    facts = room.texml.facts
    if facts and snapshot.started and not facts.started:
        room = change_texml(room, facts=replace(facts, started=True))
        room = replace(room, waits_for_start=False)
    for call in sorted(listed):
        facts = room.texml.facts
        if facts and call in room.texml.sent_away:
            room = kick_out(room, facts, call, at)
        elif facts and call not in room.joined and not facts.has_left(call):
            known = call in room.participants or call in room.texml.expected
            room = caller_came_in(room, facts, call, at, from_="", to="")
            seen = listed[call]
            if not known:
                own = Asked(mute_by="moderator" if seen.muted else "")
                role = room.participants[call].role
                room = put_asked(room, call, as_newcomer(room, role, own))
                room = change(room, call, recovered=True)
                if role == "listener":
                    room = take_role(room, call, role)
            room = set_told(room, call, held=seen.held, muted=seen.muted)
    return room
