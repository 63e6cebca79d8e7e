"""JSON Schema of the kinds of values, and of the bodies of requests.

A schema refuses no value that the line accepts. It accepts some that the line refuses: JSON Schema
cannot describe readable text, a phone number in any notation, or 1 unlike 1.0.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import singledispatch
from typing import Any

from conference.core.requests.verbs import Verb
from conference.core.schema.kind import Kind
from conference.core.schema.kinds import (
    Choice,
    Fields,
    Headers,
    Integer,
    Loop,
    Number,
    People,
    Several,
    Switch,
)
from conference.core.schema.parameters import Parameter
from conference.core.schema.phone_numbers import LONGEST, PhoneNumber
from conference.core.schema.texts import (
    LONGEST_ADDRESS,
    Address,
    Keys,
    Label,
    MediaName,
    Pattern,
    Text,
)
from conference.web.control import MOST_NAMED

Schema = dict[str, Any]

LINE = r"^[^\u0000-\u001f\u007f]*$"
LINES = r"^[^\u0000-\u0009\u000b-\u001f\u007f]*$"
PYTHONS = {"(?a)": "", r"\Z": "$", r"\U00010000": chr(0x10000), r"\U0010ffff": chr(0x10FFFF)}
"""Words of Python's regular expressions, and of all others."""


@singledispatch
def schema(kind: Kind) -> Schema:
    """Return the schema of the kind's values."""
    raise TypeError(f"no schema for {type(kind).__name__}: add it to tests/rigs/json_schemas.py")


@schema.register
def _(kind: Choice) -> Schema:
    return {"enum": [*kind.choices]}


@schema.register
def _(kind: Several) -> Schema:
    return {"type": "string"}


@schema.register
def _(kind: Switch) -> Schema:
    return {"type": "boolean"}


@schema.register
def _(kind: Integer) -> Schema:
    return {"type": "integer", "minimum": kind.least, "maximum": kind.most}


@schema.register
def _(kind: Number) -> Schema:
    return {"type": "number", "minimum": 0 if kind.zero else kind.least, "maximum": kind.most}


@schema.register
def _(kind: Loop) -> Schema:
    return {"anyOf": [{"const": "infinity"}, {"type": "integer", "minimum": 1, "maximum": 100}]}


@schema.register
def _(kind: Fields) -> Schema:
    texts = {"type": "string", "maxLength": 300}
    return {
        "type": "object",
        "maxProperties": kind.most,
        "propertyNames": {"maxLength": 300},
        "additionalProperties": {"anyOf": [texts, {"type": ["number", "boolean"]}]},
    }


@schema.register
def _(kind: People) -> Schema:
    return _names(100)


@schema.register
def _(kind: Headers) -> Schema:
    name = {"type": "string", "pattern": "^[A-Za-z0-9_-]{1,64}$"}
    value = {"type": "string", "maxLength": 300, "pattern": LINE}
    header = {
        "type": "object",
        "properties": {"name": name, "value": value},
        "required": ["name", "value"],
        "additionalProperties": False,
    }
    return {"type": "array", "items": header, "minItems": 1, "maxItems": kind.most}


@schema.register
def _(kind: Text) -> Schema:
    return _text(kind.least, kind.longest, LINES)


@schema.register
def _(kind: Label) -> Schema:
    return _text(kind.least, kind.longest, LINE)


@schema.register
def _(kind: MediaName) -> Schema:
    address = {"pattern": r"^\s*[Hh][Tt][Tt][Pp][Ss]?://"}
    return _text(kind.least, kind.longest, LINE) | {"not": address}


@schema.register
def _(kind: Pattern) -> Schema:
    pattern = kind.pattern
    for pythons, of_all in PYTHONS.items():
        pattern = pattern.replace(pythons, of_all)
    return {"type": "string", "pattern": f"^(?:{pattern})$", "allOf": [{"pattern": LINE}]}


@schema.register
def _(kind: PhoneNumber) -> Schema:
    anything_but_words = rf"^(?:\s*[Tt][Ee][Ll]:)?[^A-Za-z]{{8,{LONGEST}}}$"
    return {"type": "string", "maxLength": LONGEST, "pattern": anything_but_words}


@schema.register
def _(kind: Address) -> Schema:
    pattern = r"^[Hh][Tt][Tt][Pp][Ss]?://[^\s]+$"
    return {"type": "string", "maxLength": LONGEST_ADDRESS, "pattern": pattern}


@schema.register
def _(kind: Keys) -> Schema:
    return {"type": "string", "pattern": f"^[{kind.allowed}]{{{kind.least},{kind.longest}}}$"}


def _text(least: int, longest: int, pattern: str) -> Schema:
    visible = {"allOf": [{"pattern": r"[^\s]"}]} if least else {}
    return {
        "type": "string",
        "minLength": least,
        "maxLength": longest,
        "pattern": pattern,
    } | visible


def _names(most: int) -> Schema:
    return {"type": "array", "items": {"type": "string"}, "minItems": 1, "maxItems": most}


def described(parameter: Parameter) -> Schema:
    """Return the schema of a parameter, with its meaning and what it must be."""
    text = f"{parameter.help[:1].upper()}{parameter.help[1:]}. It must be {parameter.kind.says}."
    return schema(parameter.kind) | {"description": text, "examples": [example(parameter)]}


def example(parameter: Parameter) -> Any:
    """Return a good value, as JSON."""
    word = parameter.kind.example.strip("'\"")
    longest = parameter.kind.longest if isinstance(parameter.kind, Keys) else None
    return parameter.kind.read(word[:longest])


# Bodies


def body(parameters: Sequence[Parameter], needs_some: bool = False) -> Schema:
    """Return the schema of the JSON object with these parameters, as `check` allows it."""
    instead = {each.instead_of: each.name for each in parameters if each.instead_of}
    required = [each.name for each in parameters if each.required]
    either = [_one_of(name, other, name in required) for name, other in instead.items()]
    found: Schema = {
        "type": "object",
        "properties": {each.name: described(each) for each in parameters},
        "additionalProperties": False,
    }
    if always := [name for name in required if name not in instead]:
        found["required"] = always
    if either:
        found["allOf"] = either
    if needs := {each.name: _needs(each) for each in parameters if each.needs}:
        found["dependentSchemas"] = needs
    if needs_some:
        found["minProperties"] = 1
    return found


def _one_of(name: str, other: str, required: bool) -> Schema:
    if required:
        return {"oneOf": [{"required": [name]}, {"required": [other]}]}
    return {"not": {"required": [name, other]}}


def _needs(parameter: Parameter) -> Schema:
    found: Schema = {"required": [parameter.needs]}
    if parameter.needs_value:
        found["properties"] = {parameter.needs: {"const": parameter.needs_value}}
    return found


def verb_body(verb: Verb) -> Schema:
    """Return the body of a request to act on one participant, or on the room as a whole."""
    return body(verb.parameters, verb.needs_some)


def verb_body_of_room(verb: Verb, other: str) -> Schema:
    """Return the body of a request to the room, of a verb that takes `participants`.

    `other`: the address of the `verb_body`, with the descriptions of the other fields.
    """
    found = verb_body(verb)
    fields = {name: {"$ref": f"{other}/properties/{name}"} for name in found["properties"]}
    text = "Participants by call id, member number, phone number or label."
    if verb.of == "either":
        text += " Without them the verb acts on the whole room."
    people = _names(MOST_NAMED) | {"description": text, "examples": [["0111"]]}
    found["properties"] = {"participants": people, **fields}
    if verb.of == "participants":
        found["required"] = ["participants", *found.get("required", [])]
    if verb.needs_some:
        found["minProperties"] = 2
    return found


def named(fields: Mapping[str, Schema], *optional: str) -> Schema:
    """Return an object of these fields and no other. All are required but the optional ones."""
    return {
        "type": "object",
        "properties": dict(fields),
        "required": [name for name in fields if name not in optional],
        "additionalProperties": False,
    }
