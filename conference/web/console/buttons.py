"""The verb table as the console needs it: each verb with its words, its place and its fields."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any, Literal

from conference.core.requests.verbs import ROWS, Verb
from conference.core.schema import kinds, texts
from conference.core.schema.kind import Kind
from conference.core.schema.parameters import Parameter
from conference.core.schema.phone_numbers import PhoneNumber
from conference.core.texml.verbs import VERBS as IN_TEXML

Place = Literal["participants", "room", "more"]
Rooms = Literal["all", "one"]
Json = dict[str, Any]


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
    participant.
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


FIELDS: dict[type[Kind], str] = {
    kinds.Choice: "choice",
    kinds.Switch: "yes-no",
    kinds.Integer: "number",
    kinds.Number: "number",
    kinds.Loop: "text",
    kinds.People: "people",
    kinds.Fields: "json",
    kinds.Headers: "json",
    texts.Address: "url",
    texts.Text: "long",
    PhoneNumber: "tel",
}
"""Kind -> the field of a form that takes it. Every other kind is a line of text."""

LABELS = {
    "to": "number",
    "label": "name",
    "ban": "keep the number out",
    "payload": "words",
    "audio_url": "sound",
    "digits": "tones",
    "whisper_call_control_ids": "hears the whisper",
}
"""Parameter -> the label of its field, where the words of its name do not say what it takes."""

CHOICES = {"questions": "Question time"}
"""Choice of a parameter -> its words, where they are not those of the choice."""

JSON = (kinds.Switch, kinds.Integer, kinds.Number, kinds.Loop, kinds.Fields, kinds.Headers)
"""The kinds whose value is the JSON that the field has, such as 3 or true."""


def verbs(rooms: Rooms, rows: Sequence[Verb] = ROWS) -> list[Json]:
    """Return the verbs for a session of all rooms or of one.

    Each has `name, of, help, texml, button, more, parameters, values` and the fields of `Look`.
    texml: it works in rooms of TeXML. button: it has one of its own. more: it is under More, too,
    since its button gives no values. values: each has a button, with these words. A session of one
    room has no verb that names another room.
    """
    order = {name: place for place, name in enumerate(LOOKS)}
    ordered = sorted(rows, key=lambda verb: order.get(verb.name, len(order)))
    return [_verb(verb) for verb in ordered if rooms == "all" or not names_a_room(verb)]


def names_a_room(verb: Verb) -> bool:
    """Does the verb act on a second room, as `move` does?"""
    return any(parameter.kind is texts.ROOM for parameter in verb.parameters)


def _verb(verb: Verb) -> Json:
    look = LOOKS.get(verb.name) or usual(verb.name)
    replaced = {parameter.instead_of for parameter in verb.parameters}
    needed = {"label", "ban"} | {each.name for each in verb.parameters if each.required}
    return {
        "name": verb.name,
        "of": verb.of,
        "help": verb.help,
        "texml": verb.name in IN_TEXML,
        "button": look.place != "more" and verb.name not in BACKS,
        "more": bool(verb.parameters) and not (look.asks or look.tick or look.gives),
        "parameters": [
            _parameter(each, replaced) | {"front": bool(needed & {each.name, each.instead_of})}
            for each in verb.parameters
        ],
        "values": _values(verb, look.gives),
        **{name: value for name, value in asdict(look).items() if value},
    }


def _values(verb: Verb, gives: str) -> dict[str, str]:
    """Return the choices of the parameter that have a button each, with their words."""
    found = (each.kind for each in verb.parameters if each.name == gives)
    choices = [each for kind in found if isinstance(kind, kinds.Choice) for each in kind.choices]
    return {each: CHOICES.get(each) or each.capitalize() for each in choices}


def _parameter(parameter: Parameter, replaced: set[str]) -> Json:
    """Return `name, label, field, help, says`, and where they apply `json, choices, least, most`.

    front: most requests give it, or its alternative; the form has it outside the options.
    required: it is sent even if it is empty. must: it may not be empty.
    """
    kind = parameter.kind
    shown: Json = {
        "name": parameter.name,
        "label": LABELS.get(parameter.name) or parameter.name.replace("_", " "),
        "field": FIELDS.get(type(kind), "text"),
        "help": parameter.help,
        "says": kind.says,
    }
    if isinstance(kind, JSON):
        shown["json"] = True
    if isinstance(kind, kinds.Choice):
        shown["choices"] = list(kind.choices)
    if isinstance(kind, kinds.Integer | kinds.Number):
        shown |= {"least": kind.least, "most": kind.most}
    if parameter.required and parameter.name not in replaced:
        shown |= {"required": True, "must": not _takes_nothing(kind)}
    return shown


def _takes_nothing(kind: Kind) -> bool:
    try:
        kind.check("")
    except ValueError:
        return False
    return True
