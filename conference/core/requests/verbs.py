"""What moderators and programs can ask for: the one table of REST, CLI and reference."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Literal

from conference.core.events import ModeratorRequest, Refused
from conference.core.requests import moderation as m
from conference.core.requests import verb_parameters as p
from conference.core.requests.dialling import dial
from conference.core.requests.passthrough import (
    to_call,
    to_conference,
    to_each,
    to_either,
    to_everyone_inside,
    with_voice,
)
from conference.core.room import FrontName, Room
from conference.core.schema.parameters import Parameter
from conference.core.texml.verbs import requested as in_texml

Of = Literal["room", "participants", "either"]


@dataclass(frozen=True, slots=True)
class Verb:
    """One row. `of`: whom it concerns, the room as a whole, participants, who must be named, or
    either."""

    name: str
    of: Of
    help: str
    does: Callable[[Room, ModeratorRequest], Room]
    parameters: tuple[Parameter, ...] = ()
    says: str = ""  # the CLI's word, where it is another

    @property
    def words(self) -> tuple[str, ...]:
        """As they are typed: `record start`, but `mute-all`, since `mute` takes any name."""
        first, _, rest = self.name.partition("-")
        return (first, rest) if first == "record" else (self.says or self.name,)


MP3 = {"format": "mp3"}
ROWS = (
    Verb("mute", "participants", "Let nobody hear them.", m.mute),
    Verb("unmute", "participants", "Let the others hear them again.", m.unmute),
    Verb("hold", "participants", "Let them hear music, and nobody hear them.", m.hold, p.MUSIC),
    Verb("unhold", "participants", "Bring them back from hold.", m.unhold),
    Verb("kick", "participants", "Say goodbye to them and hang up.", m.kick, p.GOODBYE),
    Verb("leave", "participants", "Take them out, with the call still up.", m.leave, p.LEAVE),
    Verb("join", "participants", "Bring back who was taken out.", m.join, p.JOIN),
    Verb("move", "participants", "Move them to another room.", m.move, p.TO),
    Verb("enqueue", "participants", "Put them into a queue.", m.enqueue, p.ENQUEUE),
    Verb("leave-queue", "participants", "Take them out of their queue.", m.leave_queue),
    Verb("rename", "participants", "Give them a name.", m.rename, p.LABEL),
    Verb("dial", "room", "Call somebody, who comes into the room on answering.", dial, p.DIAL),
    Verb("mute-all", "room", "Mute everyone who is here but the moderators.", m.mute_all),
    Verb("unmute-all", "room", "Unmute everyone here but the listeners.", m.unmute_all),
    Verb("hold-all", "room", "Put everyone who is here on hold.", m.hold_all, p.MUSIC),
    Verb("unhold-all", "room", "Bring everyone back from hold.", m.unhold_all),
    Verb("lock", "room", "Let nobody in who calls from now on.", m.lock),
    Verb("unlock", "room", "Let callers in again.", m.unlock),
    Verb("play", "either", "Play a sound to them.", to_everyone_inside("play"), p.PLAY),
    Verb("stop", "either", "Stop what is played.", to_conference("stop")),
    Verb(
        *("speak", "either", "Speak to them.", with_voice(to_conference("speak")), p.SPEAK),
        says="say",
    ),
    Verb("send-dtmf", "either", "Send tones to them.", to_conference("send_dtmf"), p.DTMF),
    Verb(
        *("gather", "participants", "Play a prompt and read the keys that are pressed."),
        *(to_each("gather_using_audio"), p.GATHER),
    ),
    Verb(
        *("supervise", "participants", "Let them listen only, or whisper to some."),
        *(to_each("update"), p.SUPERVISE),
    ),
    Verb(
        *("adjust", "participants", "Say what their coming and going does to the conference."),
        *(to_each("participants"), p.ADJUST),
    ),
    Verb(
        *("record-start", "either", "Record the conference, or the calls that are named."),
        to_either(
            to_conference("record_start", **MP3),
            to_call("record_start", **MP3, channels="dual"),
        ),
        p.RECORD,
    ),
    Verb(
        *("record-stop", "either", "End the recording."),
        *(to_either(to_conference("record_stop"), to_call("record_stop")), p.RECORDING),
    ),
    Verb(
        *("record-pause", "either", "Pause the recording."),
        *(to_either(to_conference("record_pause"), to_call("record_pause")), p.RECORDING),
    ),
    Verb(
        *("record-resume", "either", "Go on recording."),
        *(to_either(to_conference("record_resume"), to_call("record_resume")), p.RECORDING),
    ),
    Verb("end", "room", "End the conference and hang up everyone.", to_conference("end")),
)

VERBS = {verb.name: verb for verb in ROWS}


def requested(room: Room, event: ModeratorRequest) -> Room:
    """Do what is asked for. Refused where it cannot be done as things stand."""
    for call in event.calls:
        if call not in room.participants:
            raise Refused("unknown-participant", f"{call} is not in room {room.name}")
    return BY_FRONT[room.front](room, event)


def _by_call_control(room: Room, event: ModeratorRequest) -> Room:
    return VERBS[event.verb].does(room, event)


BY_FRONT: Mapping[FrontName, Callable[[Room, ModeratorRequest], Room]] = {
    "call-control": _by_call_control,
    "texml": in_texml,
}
