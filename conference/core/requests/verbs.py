"""The verbs of moderators and programs: one table for REST, command line and reference."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from conference.core.admission.admitting import admit, admit_next
from conference.core.admission.reception import is_reception
from conference.core.events import ModeratorRequest, Refused
from conference.core.requests import hands as h
from conference.core.requests import moderation as m
from conference.core.requests import verb_parameters as p
from conference.core.requests import whole_room as w
from conference.core.requests.dialling import dial
from conference.core.requests.kicking import kick, lift_bans
from conference.core.requests.not_taken import NOT_TAKEN
from conference.core.requests.passthrough import (
    Handler,
    to_call,
    to_conference,
    to_each,
    to_either,
    to_everyone_inside,
    with_voice,
)
from conference.core.requests.roles import role
from conference.core.room import FrontName, Room
from conference.core.schema.parameters import Invalid, Parameter, Wrong, check
from conference.core.texml.verbs import requested as in_texml

Of = Literal["room", "participants", "either"]


@dataclass(frozen=True, slots=True)
class Verb:
    """One row.

    `of`: the room as a whole, named participants, or either. `typed_as`: the word of the command
    line, if it differs from the name. `needs_some`: a request without any parameter is refused.
    `by_engine`: its limits are beyond the room, so that only the engine can check them.
    """

    name: str
    of: Of
    help: str
    handler: Handler
    parameters: tuple[Parameter, ...] = ()
    typed_as: str = ""
    needs_some: bool = False
    by_engine: bool = False

    @property
    def not_taken(self) -> Mapping[str, str]:
        """Telnyx's parameters that no request can give, with the reasons."""
        return NOT_TAKEN.get(self.name, {})

    def check(self, given: Mapping[str, Any]) -> dict[str, Any]:
        """Return the given values, checked, by name. Invalid names everything that is wrong."""
        values = check(self.parameters, given, self.not_taken)
        if self.needs_some and not values:
            names = ", ".join(each.name for each in self.parameters)
            raise Invalid([Wrong("body", f"must have at least one of {names}")])
        return values

    @property
    def words(self) -> tuple[str, ...]:
        """Return the words of the command line: `record start` of record-start.

        But `mute-all` is one word: in `mute all`, "all" could be a participant.
        """
        first, _, rest = self.name.partition("-")
        return (first, rest) if first == "record" else (self.typed_as or self.name,)


MP3 = {"format": "mp3"}
ROWS = (
    Verb("mute", "participants", "Mute participants.", m.mute),
    Verb("unmute", "participants", "Unmute participants.", h.unmute),
    Verb("hold", "participants", "Put participants on hold, with music.", m.hold, p.MUSIC),
    Verb("unhold", "participants", "Bring participants back from hold.", m.unhold),
    Verb("kick", "participants", "Say goodbye to participants and hang up.", kick, p.KICK),
    Verb("admit", "participants", "Admit callers from the lobby.", admit),
    Verb("leave", "participants", "Take participants out; the calls stay up.", m.leave, p.LEAVE),
    Verb("join", "participants", "Bring participants back after leave or enqueue.", m.join, p.JOIN),
    Verb(
        "move", "participants", "Move participants to another room.", m.move, p.TO, by_engine=True
    ),
    Verb(
        "enqueue", "participants", "Put participants into a queue at Telnyx.", m.enqueue, p.ENQUEUE
    ),
    Verb(
        "leave-queue", "participants", "Take participants out of a queue at Telnyx.", m.leave_queue
    ),
    Verb("rename", "participants", "Give participants a name.", m.rename, p.LABEL),
    Verb("role", "participants", "Give participants a role.", role, p.ROLE),
    Verb(
        name="dial",
        of="room",
        help="Call somebody into the room.",
        handler=dial,
        parameters=p.DIAL,
        by_engine=True,
    ),
    Verb(
        "mute-all", "room", "Mute all but moderators, also on the way in.", w.mute_all, p.MUTE_ALL
    ),
    Verb("unmute-all", "room", "Unmute all but listeners, also on the way in.", w.unmute_all),
    Verb(
        "undo-mute-all",
        "room",
        "Take back mute-all; those muted by name stay muted.",
        w.undo_mute_all,
    ),
    Verb("mode", "room", "Set who can speak: everyone, raised hands, moderators.", h.mode, p.MODE),
    Verb(
        "raise-hand",
        "participants",
        "Raise the hands of participants who want to speak.",
        h.raise_hand,
    ),
    Verb("lower-hand", "participants", "Lower raised hands, or end a turn to speak.", h.lower_hand),
    Verb("next-hand", "room", "Give the turn to speak to the first raised hand.", h.next_hand),
    Verb("hold-all", "room", "Put everyone on hold, also on the way in.", w.hold_all, p.HOLD_ALL),
    Verb("unhold-all", "room", "Bring everyone back from hold, also on the way in.", w.unhold_all),
    Verb("admit-next", "room", "Admit the next caller from the lobby.", admit_next),
    Verb("lock", "room", "Let no new callers in until the meeting is over.", w.lock),
    Verb("unlock", "room", "Let callers in again.", w.unlock),
    Verb("lift-bans", "room", "Let numbers that are kept out call again.", lift_bans),
    Verb("chimes", "room", "Turn the announcements of newcomers on or off.", w.chimes, p.CHIMES),
    Verb(
        "play",
        "either",
        "Play a sound to the room or to participants.",
        to_everyone_inside("play"),
        p.PLAY,
    ),
    Verb("stop", "either", "Stop sounds and speech.", to_conference("stop")),
    Verb(
        name="speak",
        of="either",
        help="Speak a text to the room or to participants.",
        handler=with_voice(to_conference("speak")),
        parameters=p.SPEAK,
        typed_as="say",
    ),
    Verb(
        "send-dtmf",
        "either",
        "Send tones to the room or to participants.",
        to_conference("send_dtmf"),
        p.DTMF,
    ),
    Verb(
        name="gather",
        of="participants",
        help="Play a prompt, and read the keys that participants press.",
        handler=m.gather,
        parameters=p.GATHER,
    ),
    Verb(
        name="supervise",
        of="participants",
        help="Let participants listen only, or whisper to others.",
        handler=to_each("update"),
        parameters=p.SUPERVISE,
    ),
    Verb(
        name="adjust",
        of="participants",
        help="Set what happens when participants enter and leave.",
        handler=to_each("participants"),
        parameters=p.ADJUST,
        needs_some=True,
    ),
    Verb(
        name="record-start",
        of="either",
        help="Record the conference, or the calls of participants.",
        handler=to_either(
            to_conference("record_start", **MP3), to_call("record_start", **MP3, channels="dual")
        ),
        parameters=p.RECORD,
    ),
    Verb(
        name="record-stop",
        of="either",
        help="End the recording.",
        handler=to_either(to_conference("record_stop"), to_call("record_stop")),
        parameters=p.RECORDING,
    ),
    Verb(
        name="record-pause",
        of="either",
        help="Pause the recording.",
        handler=to_either(to_conference("record_pause"), to_call("record_pause")),
        parameters=p.RECORDING,
    ),
    Verb(
        name="record-resume",
        of="either",
        help="Resume the recording.",
        handler=to_either(to_conference("record_resume"), to_call("record_resume")),
        parameters=p.RECORDING,
    ),
    Verb("end", "room", "End the conference; hang up everyone, also on the way in.", w.end),
)

VERBS = {verb.name: verb for verb in ROWS}
IN_RECEPTION = ("kick", "rename")


def requested(room: Room, event: ModeratorRequest) -> Room:
    """Apply the request. Raise Refused if it cannot be done now."""
    for call in event.calls:
        if call not in room.participants:
            raise Refused("unknown-participant", f"{call} is not in room {room.name}")
    if is_reception(room) and event.verb not in IN_RECEPTION:
        raise Refused("not-now", f"{room.name} has no meeting: its callers enter a PIN")
    return BY_FRONT[room.front](room, event)


def _by_call_control(room: Room, event: ModeratorRequest) -> Room:
    return VERBS[event.verb].handler(room, event)


BY_FRONT: Mapping[FrontName, Handler] = {
    "call-control": _by_call_control,
    "texml": in_texml,
}
