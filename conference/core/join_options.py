"""The options of a join: how each reaches Telnyx.

A join takes all of them but one. A create takes few, and its beep would be that of the whole
conference: so the commands of `send_late` follow when the call has opened the conference.

The same options can be set later, by `adjust` and `supervise`. They apply again when the conference
reopens.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from conference.core.commands import PassThrough
from conference.core.forwarding import for_conference
from conference.core.participant import Participant
from conference.core.replacing import replace
from conference.core.room import Room
from conference.core.transitions import change, send

OF_CREATE = ("hold_audio_url", "hold_media_name", "start_conference_on_create")

# Options that are dropped after the join: they do not apply when the conference reopens.
STARTS = ("start_conference_on_create", "start_conference_on_enter")
OF_ONE_ENTRY = ("hold", "mute", *STARTS)

HEARERS = "whisper_call_control_ids"

LATE = {
    "participants": ("beep_enabled", "end_conference_on_exit", "soft_end_conference_on_exit"),
    "update": ("supervisor_role", HEARERS),
}
"""Command that follows a create -> its options."""


QUIET = {"always": "on_exit", "on_enter": "never"}
"""Values of `beep_enabled`, and those of them without a beep on entry."""


def beep(room: Room) -> str:
    """Return the `beep_enabled` of the room's conference: the line announces by itself, or Telnyx
    beeps."""
    return "never" if room.settings.chimes else room.settings.beep


def for_create(room: Room, call: str) -> dict[str, Any]:
    """Return the options that a create takes."""
    return _only(OF_CREATE, _with_music(room, room.participants[call]))


def for_join(room: Room, call: str) -> Mapping[str, Any]:
    """Return the options, without those who would hear a whisper and are gone.

    No beep announces a participant who moves on to a fresh conference.
    """
    participant = room.participants[call]
    options = _with_music(room, participant)
    if participant.returns and room.settings.fresh_conference:
        own = options.get("beep_enabled", beep(room))
        options = {**options, "beep_enabled": QUIET[own]} if own in QUIET else options
    if HEARERS not in options:
        return options
    here = [hearer for hearer in options[HEARERS] if hearer in room.participants]
    others = {name: value for name, value in options.items() if name != HEARERS}
    return {**others, HEARERS: here} if here else others


def _with_music(room: Room, participant: Participant) -> Mapping[str, Any]:
    """Return the options, with music where the room lets Telnyx hold the call until the start."""
    options = participant.join_options
    waits = any(room.settings.role(participant.role).join_options.get(on) is False for on in STARTS)
    if not waits or not room.wait_music or "hold_media_name" in options:
        return options
    return {"hold_audio_url": room.wait_music, **options}


def lasting(participant: Participant) -> dict[str, Any]:
    """Return the options that apply again when the conference reopens."""
    options = participant.join_options
    return {name: value for name, value in options.items() if name not in OF_ONE_ENTRY}


def expect_late(room: Room, call: str) -> Room:
    """Note that a create is sent for the call, if it has options that a create does not take."""
    late = any(_bodies(room.participants[call].join_options))
    return change(room, call, opens=True) if late else room


def follow(participant: Participant) -> bool:
    """Will commands follow when the participant has joined?"""
    return participant.opens and any(_bodies(participant.join_options))


def send_late(room: Room, call: str, at: float) -> Room:
    """Send the options that a create did not take: `participants` and `update` follow."""
    participant = room.participants[call]
    if not participant.opens:
        return room
    for name, body in _bodies(for_join(room, call)):
        id = f"join {participant.tries}"  # another one for each entry
        command = for_conference(room, name, {"call_control_id": call, **body}, id)
        room = send(room, replace(command, request=participant.options_of), at)
    return room


def keep(room: Room, command: PassThrough) -> Room:
    """Keep the options that Telnyx has accepted with a moderator's command for a participant.

    An `update` gives the whole role: hearers of an earlier one are forgotten.
    """
    call = command.body.get("call_control_id", "")
    if command.name not in LATE or call not in room.joined or not command.request:
        return room
    given, kept = _only(LATE[command.name], command.body), room.participants[call].join_options
    if command.name == "update":
        kept = {name: value for name, value in kept.items() if name not in LATE["update"]}
    return change(room, call, join_options={**kept, **given})


def _bodies(options: Mapping[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    for name, names in LATE.items():
        if body := _only(names, options):
            yield name, body


def _only(names: tuple[str, ...], options: Mapping[str, Any]) -> dict[str, Any]:
    return {name: options[name] for name in names if name in options}
