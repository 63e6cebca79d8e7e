"""What Telnyx's list of a TeXML conference's participants proves."""

from __future__ import annotations

from dataclasses import replace

from conference.core.commands import LOOK, Look
from conference.core.room import Room
from conference.core.snapshot import Snapshot
from conference.core.texml.facts import Facts
from conference.core.texml.steps import come_in, taken
from conference.core.transitions import ask, change_texml, send, tell


def ask_who_is_in(room: Room) -> Look:
    """By the room's name Call Control's lists are read; by its conference TeXML's."""
    if room.texml.facts and room.front == "texml":
        return look_at(room, room.texml.facts)
    return Look(room.name, room.settings.region)


def ask_who_else(room: Room, facts: Facts, at: float) -> Room:
    """Have the conference looked at, once; after Call Control's lists, if those are being read."""
    looks = room.pending.get(LOOK, ())
    if any(isinstance(each, Look) and each.conference == facts.conference for each in looks):
        return room
    return send(room, look_at(room, facts), at)


def look_at(room: Room, facts: Facts) -> Look:
    return Look(room.name, conference=facts.conference, account=facts.account)


def still_concerns(room: Room, command: Look) -> bool:
    """Whether it is the room's conference whose list was read."""
    if not command.account:
        return room.front != "texml"
    known = room.texml.facts.conference if room.texml.facts else ""
    return known == command.conference and not taken(room)


def newly_seen(room: Room, snapshot: Snapshot, at: float) -> Room:
    """Whoever is listed is in, unless a callback says that they have left since.

    Held and muted as listed; and a mute is a moderator's, since nothing else remembers it.
    """
    listed = snapshot.joined
    facts = room.texml.facts
    if facts and snapshot.started and not facts.started:
        room = change_texml(room, facts=replace(facts, started=True))
        room = replace(room, waits_for_start=False)
    for call in sorted(listed):
        facts = room.texml.facts
        if facts and call not in room.joined and not facts.has_left(call):
            room = come_in(room, facts, call, at, from_="", to="")
            seen = listed[call]
            room = ask(room, call, mute=seen.muted)
            room = tell(room, call, held=seen.held, muted=seen.muted)
    return room
