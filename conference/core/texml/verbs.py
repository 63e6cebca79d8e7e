"""What a moderator can ask for in a room of TeXML, by Telnyx's TeXML commands.

They take one participant at a time, an address for every sound, and no id by which a repetition
would be known.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from conference.core.client_state import Role
from conference.core.commands import Dial, PassThrough
from conference.core.events import ModeratorRequest, Refused
from conference.core.fronts import account
from conference.core.origin import STATUS
from conference.core.requests import moderation as m
from conference.core.requests.dialling import CALL_SECONDS, RING_SECONDS, dial_state
from conference.core.requests.passthrough import pass_on
from conference.core.room import Room
from conference.core.texml.entering_and_leaving import by_texml, kick_out
from conference.core.transitions import change_texml, send

Does = Callable[[Room, ModeratorRequest], Room]

DIALLED_ATTRIBUTES = ("muted", "startConferenceOnEnter", "endConferenceOnExit", "waitUrl")
JOINS_WITHIN = 600.0  # seconds, after which nobody whom we called is awaited
MAX_RING_SECONDS = 120  # seconds that Telnyx lets a participant ring whom TeXML calls


def kick(room: Room, event: ModeratorRequest) -> Room:
    for call in event.calls:
        if room.texml.facts:
            room = kick_out(room, room.texml.facts, call, event.at)
    return room


def play(room: Room, event: ModeratorRequest) -> Room:
    """To the whole conference, or to each who is named."""
    if not event.calls:
        return _pass_on(room, event, "play", dict(event.values))
    for call in event.calls:
        room = _pass_on(room, event, "play", {**event.values, "call_control_id": call})
    return room


def end(room: Room, event: ModeratorRequest) -> Room:
    return _pass_on(room, event, "end", {})


def dial(room: Room, event: ModeratorRequest) -> Room:
    """Call somebody into the conference that is running."""
    rings = event.values.get("timeout_secs", RING_SECONDS)
    if rings > MAX_RING_SECONDS:
        raise _not_in_texml(room, f"timeout_secs over {MAX_RING_SECONDS}")
    state = dial_state(room, event)
    attributes = _attributes(room, state.role)
    command = Dial(
        to=event.values["to"],
        client_state=replace(state, mute=attributes.get("muted") == "true"),
        id=event.id,
        rings=rings,
        lasts=event.values.get("time_limit_secs", CALL_SECONDS),
        conference=room.conference,
        beep=room.settings.beep,
        attributes=attributes,
        callback=f"{room.base}{STATUS}" if room.base else "",
        account=account(room),
    )
    called = {n: c for n, c in room.texml.dialled.items() if c.at > event.at - JOINS_WITHIN}
    called[command.to] = replace(command, at=event.at)
    return send(change_texml(room, dialled=called), command, event.at)


def _attributes(room: Room, role: Role) -> dict[str, str]:
    """With which attributes: as callers do, but that a moderator can speak, and starts the
    conference, and a listener cannot speak."""
    given = {n: v for n, v in room.settings.texml.items() if n in DIALLED_ATTRIBUTES}
    if role == "moderator":
        given = {n: v for n, v in given.items() if n not in ("muted", "startConferenceOnEnter")}
    if role == "listener":
        given["muted"] = "true"
    if given.get("startConferenceOnEnter") == "false" and room.music:
        given.setdefault("waitUrl", room.music)  # a document needs a signature
    return given


def _not_in_texml(room: Room, what: str) -> Refused:
    why = f"{what} is not possible in room {room.name}, whose callers came by TeXML"
    return Refused("not-in-texml", f"{why}: it is where they come by Call Control")


def _pass_on(room: Room, event: ModeratorRequest, action: str, body: dict[str, Any]) -> Room:
    command = PassThrough(
        "conference", room.conference, action, body, event.id, account=account(room)
    )
    return pass_on(room, command, event.at)


VERBS: dict[str, Does] = {
    "mute": m.mute,
    "unmute": m.unmute,
    "hold": m.hold,
    "unhold": m.unhold,
    "mute-all": m.mute_all,
    "unmute-all": m.unmute_all,
    "hold-all": m.hold_all,
    "unhold-all": m.unhold_all,
    "lock": m.lock,
    "unlock": m.unlock,
    "rename": m.rename,
    "kick": kick,
    "play": play,
    "end": end,
    "dial": dial,
}
PARAMETERS = ("audio_url", "label", "to", "role", "timeout_secs", "time_limit_secs")
"""The parameters that TeXML has something for."""


def requested(room: Room, event: ModeratorRequest) -> Room:
    """Do what is asked for. Refused where TeXML cannot do it."""
    if event.verb not in VERBS:
        raise _not_in_texml(room, event.verb)
    for name in event.values.keys() - {*PARAMETERS}:
        raise _not_in_texml(room, f"{name} with {event.verb}")
    for call in event.calls:
        if not by_texml(room, call):
            what = f"{call} came by Call Control, and is being told that it cannot stay"
            raise Refused("not-now", what)
    return VERBS[event.verb](room, event)
