"""The verbs for the page of the console: each with its look, and the fields of its form."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any, Literal

from conference.core.requests.verbs import ROWS, Verb
from conference.core.schema import kinds, texts
from conference.core.schema.kind import Kind
from conference.core.schema.parameters import Parameter
from conference.core.schema.phone_numbers import PhoneNumber
from conference.core.texml.verbs import VERBS as IN_TEXML
from conference.reporting.summary import MODES
from conference.web.console.looks import BACKS, LOOKS, usual

Rooms = Literal["all", "one"]
Json = dict[str, Any]

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
    return {each: MODES.get(each, each).capitalize() for each in choices}


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
