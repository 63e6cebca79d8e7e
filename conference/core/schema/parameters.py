"""What goes with a request: its parameters, checked all at once, with words for what is wrong."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from conference.core.schema.kinds import Kind


@dataclass(frozen=True, slots=True)
class Parameter:
    """`name` is also Telnyx's, where the command is Telnyx's."""

    name: str
    kind: Kind
    help: str
    required: bool = False
    instead_of: str = ""  # another, which it excludes, and which need not be given with it


@dataclass(frozen=True, slots=True)
class Wrong:
    """A field that is not as it should be, and how it should be."""

    field: str
    problem: str


class Invalid(Exception):
    """What was given is not what the parameters allow. `wrong` names each field."""

    def __init__(self, wrong: Sequence[Wrong]) -> None:
        super().__init__("; ".join(f"{each.field} {each.problem}" for each in wrong))
        self.wrong = tuple(wrong)


def check(parameters: Sequence[Parameter], given: Mapping[str, Any]) -> dict[str, Any]:
    """The values that are given, checked. Invalid names everything that is wrong with them."""
    known = {parameter.name: parameter for parameter in parameters}
    wrong = [Wrong(name, _unknown(known)) for name in given if name not in known]
    instead = {p.instead_of: p.name for p in parameters if p.instead_of and p.name in given}
    wrong += [Wrong(name, f"excludes {other}") for other, name in instead.items() if other in given]
    values: dict[str, Any] = {}
    for name, parameter in known.items():
        if name not in given:
            if parameter.required and name not in instead:
                others = [f", or {p.name} instead" for p in parameters if p.instead_of == name]
                wrong.append(Wrong(name, f"is required: {parameter.kind.says}{''.join(others)}"))
            continue
        try:
            values[name] = parameter.kind.check(given[name])
        except (ValueError, TypeError):
            wrong.append(Wrong(name, f"must be {parameter.kind.says}"))
    if wrong:
        raise Invalid(wrong)
    return values


def _unknown(known: Mapping[str, Parameter]) -> str:
    return f"is not known here; there is {', '.join(known)}" if known else "is not known here"
