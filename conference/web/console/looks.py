"""The looks of the verbs in the console: a row for each button, with its words and its place."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Place = Literal["participants", "room", "more"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """The look of a verb.

    press, doing, done: its words before, during and after the request.
    place: its button is in each participant's row, among those of the room, or under More. A verb
    that is the `back` of another shares the button of that one.
    to: the word between press and the name of a participant, such as "Say to Ann".
    asks: a press opens a form, for values or to confirm.
    when: a field of the participant or room, and the values with which the button is shown.
    field: the field of the participant or room that is true, or has this `value`, while the verb
    holds. The button is pressed in then, and does `back`. gives: the parameter that gets the
    opposite of the field; if it has choices, each of them has a button of its own.
    undo: the verb offered afterwards.
    spares: the role that the verb leaves alone.
    first: the verb acts on the first participant whose field has this value; the button names the
    participant. by: the verb that is sent for that participant, so that nobody else is meant if
    another moderator is faster.
    tick: the parameter that is a box to tick beside the button.
    danger: there is no way back.
    """

    press: str
    doing: str
    done: str
    to: str = ""
    place: Place = "more"
    asks: bool = False
    when: tuple[str | bool, ...] = ()
    field: str = ""
    value: str = ""
    gives: str = ""
    back: str = ""
    undo: str = ""
    spares: str = ""
    first: tuple[str, str | int] | tuple[()] = ()
    by: str = ""
    tick: str = ""
    danger: bool = False


LOOKS = {
    "mode": Look(
        press="Mode",
        doing="changing the mode",
        done="mode changed",
        place="room",
        field="mode",
        gives="mode",
    ),
    "next-hand": Look(
        press="Next hand",
        doing="calling",
        done="called",
        place="room",
        first=("hand", 1),
    ),
    "admit-next": Look(
        press="Admit next",
        doing="admitting",
        done="admitted",
        place="room",
        when=("has_lobby", True),
        first=("waits_in", "lobby"),
        by="admit",
    ),
    "admit": Look(
        press="Admit",
        doing="admitting",
        done="admitted",
        place="participants",
        when=("waits_in", "lobby"),
    ),
    "mute": Look(
        press="Mute",
        doing="muting",
        done="muted",
        place="participants",
        field="muted",
        back="unmute",
        undo="unmute",
    ),
    "hold": Look(
        press="Hold",
        doing="holding",
        done="put on hold",
        place="participants",
        field="hold_reason",
        value="moderator",
        back="unhold",
        undo="unhold",
    ),
    "kick": Look(
        press="Kick", doing="kicking", done="kicked", place="participants", asks=True, danger=True
    ),
    "mute-all": Look(
        press="Mute all",
        doing="muting",
        done="muted all",
        place="room",
        undo="undo-mute-all",
        spares="moderator",
        tick="newcomers",
    ),
    "undo-mute-all": Look(
        press="Undo mute all", doing="unmuting", done="took back mute all", place="room"
    ),
    "lock": Look(
        press="Lock", doing="locking", done="locked", place="room", field="locked", back="unlock"
    ),
    "chimes": Look(
        press="Chimes",
        doing="changing the chimes",
        done="chimes changed",
        place="room",
        when=("chimes", True, False),
        field="chimes",
        gives="on",
    ),
    "dial": Look(press="Dial", doing="dialling", done="dialling", place="room", asks=True),
    "speak": Look(press="Say", doing="speaking", done="said", place="room", asks=True, to="to"),
    "play": Look(press="Play", doing="playing", done="playing", place="room", asks=True, to="to"),
    "record-start": Look(
        press="Record",
        doing="starting to record",
        done="recording",
        place="room",
        field="recording",
        back="record-stop",
    ),
    "end": Look(
        press="End for all", doing="ending", done="ended", place="room", asks=True, danger=True
    ),
    "unmute": Look(press="Unmute", doing="unmuting", done="unmuted", place="participants"),
    "unhold": Look(press="Unhold", doing="unholding", done="taken off hold", place="participants"),
    "unlock": Look(press="Unlock", doing="unlocking", done="unlocked", place="room"),
    "record-stop": Look(
        press="Stop recording", doing="stopping", done="recording stopped", place="room"
    ),
    "unmute-all": Look(press="Unmute all", doing="unmuting", done="unmuted all", spares="listener"),
    "hold-all": Look(press="Hold all", doing="holding", done="put everyone on hold"),
    "unhold-all": Look(press="Unhold all", doing="unholding", done="took everyone off hold"),
    "lift-bans": Look(
        press="Lift the bans", doing="lifting the bans", done="nobody is kept out any more"
    ),
    "raise-hand": Look(press="Raise the hand", doing="raising", done="hand is up", to="of"),
    "lower-hand": Look(press="Lower the hand", doing="lowering", done="hand is down", to="of"),
    "role": Look(press="Give a role", doing="changing the role", done="role changed", to="to"),
    "rename": Look(press="Rename", doing="renaming", done="renamed"),
    "stop": Look(press="Stop the sound", doing="stopping", done="stopped", to="for"),
    "send-dtmf": Look(press="Send tones", doing="sending", done="tones sent", to="to"),
}
"""The looks that are not the usual one, in the order of the buttons. See `usual`."""

BACKS = {look.back for look in LOOKS.values()}


def usual(name: str) -> Look:
    """Return the look of every other verb: under More, with the words of its name."""
    words = name.replace("-", " ")
    return Look(press=words.capitalize(), doing=words, done=f"{words}: done")
