"""The steps of a call through a TeXML room: in, out, and the room's end."""

from __future__ import annotations

from dataclasses import replace

from conference.core.changes import ask, change, forget, put, send, wait
from conference.core.commands import CONFERENCE, Dial, Kick
from conference.core.room import FREE, Participant, Room, retry
from conference.core.texml.facts import Facts


def taken(room: Room) -> bool:
    """Whether callers of Call Control are in the room, or on their way into it."""
    if room.front == "texml":
        return False
    heads = (queue[0] for queue in room.pending.values())
    called = any(isinstance(head, Dial) and not head.account for head in heads)
    return bool(room.conference or room.participants or CONFERENCE in room.pending or called)


def come_in(room: Room, facts: Facts, call: str, number: str, at: float) -> Room:
    """Telnyx has let this call in, muted where it was to come in so."""
    waits = room.settings.texml.get("startConferenceOnEnter") == "false" and not facts.started
    room = replace(room, front="texml", conference=facts.conference, texml=facts)
    room = replace(room, waits_for_start=waits)
    known = room.participants.get(call)
    if known is None:
        known = Participant(call, number, "participant", "incoming", "joined", at, joined_at=at)
        muted = room.settings.texml.get("muted") == "true"
        return told_mute(ask(put(room, known), call, mute=muted), call, muted)
    if known.status == "joined":
        return change(room, call, number=known.number or number)
    room = change(room, call, status="joined", joined_at=at)
    return told_mute(room, call, known.way_in.get("muted") == "true")


def told_mute(room: Room, call: str, muted: bool) -> Room:
    """Whether Telnyx has it muted from its coming on."""
    told = {**room.told, call: replace(room.told.get(call, FREE), muted=muted)}
    return replace(room, told={c: t for c, t in told.items() if t != FREE})


def over(room: Room, at: float) -> Room:
    """Telnyx has ended the conference: whoever came by TeXML is out."""
    if room.front == "texml":
        for call in [call for call in room.participants if by_texml(room, call)]:
            room = forget(room, call, at)
        room = replace(room, conference="", speaker="", front="call-control")
        room = replace(room, waits_for_start=False)
    ended = room.texml.conference if room.texml else ""
    recorded = {each: n for each, n in room.recorded.items() if each != ended}
    return replace(room, texml=None, recorded=recorded)


def by_texml(room: Room, call: str) -> bool:
    """Whether the call is TeXML's; a caller of Call Control hears there that it cannot come in."""
    participant = room.participants[call]
    called = participant.status == "ringing" and participant.direction == "outgoing"
    return room.front == "texml" and (call in room.joined or called)


def left_by_all(room: Room) -> bool:
    """Whether a TeXML conference is over for all that is known. One that nobody is known to have
    entered has just begun."""
    others = any(by_texml(room, call) for call in room.participants)
    return room.texml is None or (bool(room.texml.inside) and not others)


def put_out(room: Room, facts: Facts, call: str, at: float) -> Room:
    """Whoever asks again need not wait for the next try."""
    pending = {of: queue for of, queue in room.pending.items() if of != call}
    room = wait(replace(room, pending=pending), retry(call), None)
    return send(room, Kick(call, facts.conference, account=facts.account), at)
