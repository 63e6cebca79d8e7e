"""The verbs of moderators in a TeXML room, by Telnyx's TeXML commands.

A command takes one participant. A sound needs an address. There is no command_id, so Telnyx does
not know a repetition.
"""

from __future__ import annotations

from typing import Any

from conference.core.client_state import ClientState, MutedBy
from conference.core.commands import Dial, PassThrough
from conference.core.events import ModeratorRequest, Refused
from conference.core.fronts import account
from conference.core.origin import STATUS
from conference.core.replacing import replace
from conference.core.requests import hands as h
from conference.core.requests import moderation as m
from conference.core.requests import roles
from conference.core.requests import whole_room as w
from conference.core.requests.dialling import CALL_SECONDS, RING_SECONDS, begin_state, plan
from conference.core.requests.passthrough import Handler, pass_on
from conference.core.requests.required_status import require_status
from conference.core.requests.under_way import check_not_here
from conference.core.room import Room
from conference.core.texml.entering_and_leaving import by_texml, kick_out
from conference.core.texml.roles import by_role
from conference.core.transitions import change, change_texml, send

DIALLED_ATTRIBUTES = (
    "muted",
    "startConferenceOnEnter",
    "endConferenceOnExit",
    "waitUrl",
)
CALLER_ID = ("from", "from_display_name")
HEARERS = "whisper_call_control_ids"
JOINS_WITHIN = 600.0  # seconds in which a dialled number is expected to join
MAX_RING_SECONDS = 120  # Telnyx's limit for TeXML


def kick(room: Room, event: ModeratorRequest) -> Room:
    """End the calls of participants, without a goodbye: `kick` follows for each."""
    for call in event.calls:
        if room.texml.facts:
            room = kick_out(room, room.texml.facts, call, event.at)
            room = change(room, call, ended_by=event.id)
    return room


def rename(room: Room, event: ModeratorRequest) -> Room:
    """Change the label of participants. Labels in later callbacks do not count."""
    for call in event.calls:
        room = change(room, call, renamed=True)
    return m.rename(room, event)


def role(room: Room, event: ModeratorRequest) -> Room:
    """Change the role of participants. Roles in later callbacks do not count."""
    for call in event.calls:
        room = change(room, call, recovered=False)
    return roles.role(room, event)


def play(room: Room, event: ModeratorRequest) -> Room:
    """Play to the whole conference, or to each named participant: `play` follows."""
    if not event.calls:
        return _pass_on(room, event, "play", dict(event.values))
    return _to_each(room, event, "play")


def supervise(room: Room, event: ModeratorRequest) -> Room:
    """Let participants be heard by one other participant alone, or by all again: `update` follows.

    Telnyx calls the first one coaching. It has no role for listening only.
    """
    role = event.values["supervisor_role"]
    hearers = [*dict.fromkeys(event.values.get(HEARERS, ()))]
    if role == "monitor":
        raise _not_in_texml(room, "supervisor_role monitor", instead="use mute")
    if role == "whisper" and len(hearers) != 1:
        what = f"whisper to {len(hearers)} participants"
        raise _not_in_texml(room, what, instead=f"name exactly one in {HEARERS}")
    if role != "whisper" and hearers:
        what = f"{HEARERS} with supervisor_role {role}"
        raise _not_in_texml(room, what, instead="leave it out")
    for hearer in hearers:
        if hearer not in room.joined or hearer in event.calls:
            what = f"{hearer} cannot hear the whisper: it must be another one in the conference"
            raise Refused("not-now", what)
    named = {HEARERS: hearers} if hearers else {}
    return _to_each(room, replace(event, values={**event.values, **named}), "update")


def adjust(room: Room, event: ModeratorRequest) -> Room:
    """Set what happens when participants leave: `participants` follows for each."""
    return _to_each(room, event, "participants")


def dial(room: Room, event: ModeratorRequest) -> Room:
    """Call a number: `dial` follows. Telnyx lets the callee into the running conference."""
    rings = event.values.get("timeout_secs", RING_SECONDS)
    if rings > MAX_RING_SECONDS:
        raise _not_in_texml(room, f"timeout_secs over {MAX_RING_SECONDS}")
    check_not_here(room, event)
    room, state = begin_state(room, event)
    attributes = _attributes(room, state)
    comes_muted: MutedBy = "moderator" if attributes.get("muted") == "true" else ""
    command = Dial(
        to=event.values["to"],
        client_state=replace(state, mute_by=state.mute_by or comes_muted),
        id=event.id,
        rings=rings,
        lasts=event.values.get("time_limit_secs", CALL_SECONDS),
        conference=room.conference,
        beep=room.settings.beep,
        attributes=attributes,
        callback=f"{room.base}{STATUS}" if room.base else "",
        account=account(room),
        options={name: event.values[name] for name in CALLER_ID if name in event.values},
    )
    dialled = {i: c for i, c in room.texml.dialled.items() if c.at > event.at - JOINS_WITHIN}
    dialled[command.id] = replace(command, at=event.at)
    return send(change_texml(plan(room, command), dialled=dialled), command, event.at)


def _attributes(room: Room, state: ClientState) -> dict[str, str]:
    """Return the attributes with which the callee comes in: those of callers, except by role.

    A moderator can speak and starts the conference; a listener cannot speak. Telnyx keeps the
    label, unless another participant has it: there a label must be unique.
    """
    of_role = by_role(room.settings, state.role)
    given = {n: v for n, v in of_role.items() if n in DIALLED_ATTRIBUTES}
    if state.mute_by:
        given["muted"] = "true"
    if given.get("startConferenceOnEnter") == "false" and room.music:
        given.setdefault("waitUrl", room.music)  # our TeXML document would need a signature
    if state.label not in _labels(room):
        given["participantLabel"] = state.label
    return given


def _labels(room: Room) -> set[str]:
    """Return the labels of the participants, of those being called, and of TeXML's callers."""
    called = {command.client_state.label for command in room.texml.dialled.values()}
    known = {p.label for p in room.participants.values()}
    return {*called, *known, room.settings.texml.get("participantLabel", ""), ""}


def _not_in_texml(room: Room, what: str, instead: str = "") -> Refused:
    why = f"{what} is not possible in room {room.name}, whose callers came by TeXML"
    otherwise = instead or "it is where they come by Call Control"
    return Refused("not-in-texml", f"{why}: {otherwise}")


def _to_each(room: Room, event: ModeratorRequest, action: str) -> Room:
    """Pass the action on for each participant. Refused if one of them is not in the conference."""
    for call in require_status(room, event.calls, "joined"):
        room = _pass_on(room, event, action, {**event.values, "call_control_id": call})
    return room


def _pass_on(room: Room, event: ModeratorRequest, action: str, body: dict[str, Any]) -> Room:
    command = PassThrough(
        "conference", room.conference, action, body, event.id, account=account(room)
    )
    return pass_on(room, command, event.at)


VERBS: dict[str, Handler] = {
    "mute": m.mute,
    "unmute": h.unmute,
    "hold": m.hold,
    "unhold": m.unhold,
    "mute-all": w.mute_all,
    "unmute-all": w.unmute_all,
    "undo-mute-all": w.undo_mute_all,
    "mode": h.mode,
    "raise-hand": h.raise_hand,
    "lower-hand": h.lower_hand,
    "next-hand": h.next_hand,
    "hold-all": w.hold_all,
    "unhold-all": w.unhold_all,
    "lock": w.lock,
    "unlock": w.unlock,
    "rename": rename,
    "role": role,
    "kick": kick,
    "play": play,
    "supervise": supervise,
    "adjust": adjust,
    "end": w.end,
    "dial": dial,
}
PARAMETERS = (
    *("audio_url", "label", "to", "role", "force", "timeout_secs", "time_limit_secs"),
    *CALLER_ID,
    *("newcomers", "mode"),
    *("supervisor_role", HEARERS, "end_conference_on_exit", "beep_enabled"),
)
"""The parameters that work in TeXML."""


def requested(room: Room, event: ModeratorRequest) -> Room:
    """Apply the request. Raise Refused if TeXML cannot do it."""
    if event.verb not in VERBS:
        raise _not_in_texml(room, event.verb)
    for name in event.values.keys() - {*PARAMETERS}:
        raise _not_in_texml(room, f"{name} with {event.verb}")
    for call in event.calls:
        if not by_texml(room, call):
            what = f"{call} came by Call Control, and is being told that it cannot stay"
            raise Refused("not-now", what)
    return VERBS[event.verb](room, event)
