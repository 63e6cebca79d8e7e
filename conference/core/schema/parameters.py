"""The parameters of a request, checked all at once: an error names each field that is wrong."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from conference.core.schema.kind import Kind


@dataclass(frozen=True, slots=True)
class Parameter:
    """A parameter of ours. Where the command is Telnyx's, so is its name.

    `instead_of`: another parameter, which this one excludes and makes unnecessary. `needs`: another
    parameter, without which this one would have no effect; `needs_value`: with another value too.
    """

    name: str
    kind: Kind
    help: str
    required: bool = False
    instead_of: str = ""
    needs: str = ""
    needs_value: str = ""

    def lacks(self, given: Mapping[str, Any]) -> bool:
        """Is it given without the parameter that it needs?"""
        there = given.get(self.needs)
        return self.name in given and (there is None or self.needs_value not in ("", there))


@dataclass(frozen=True, slots=True)
class Wrong:
    """A field that is wrong, and what it must be."""

    field: str
    problem: str


class Invalid(Exception):
    """The request is not what its parameters allow. `wrong` names each field."""

    def __init__(self, wrong: Sequence[Wrong]) -> None:
        super().__init__("; ".join(f"{each.field} {each.problem}" for each in wrong))
        self.wrong = tuple(wrong)


NOTHING: Mapping[str, str] = {}


def check(
    parameters: Sequence[Parameter],
    given: Mapping[str, Any],
    not_taken: Mapping[str, str] = NOTHING,
) -> dict[str, Any]:
    """Return the given values, checked, by name. Invalid names everything that is wrong.

    `not_taken`: parameters of Telnyx that no request can give, with the reason for the error.
    """
    known = {parameter.name: parameter for parameter in parameters}
    wrong = [
        Wrong(name, f"cannot be given: {not_taken[name]}" if name in not_taken else _unknown(known))
        for name in given
        if name not in known
    ]
    instead = {p.instead_of: p.name for p in parameters if p.instead_of and p.name in given}
    wrong += [Wrong(name, f"excludes {other}") for other, name in instead.items() if other in given]
    wrong += [
        Wrong(name, f"needs {p.needs} {p.needs_value}".rstrip())
        for name, p in known.items()
        if p.needs in known and p.lacks(given)
    ]
    values: dict[str, Any] = {}
    for name, parameter in known.items():
        if name not in given:
            if parameter.required and name not in instead:
                others = [f", or {p.name} instead" for p in parameters if p.instead_of == name]
                wrong.append(Wrong(name, f"is required: {parameter.kind.says}{''.join(others)}"))
            continue
        try:
            values[name] = parameter.kind.check(given[name])
        except ValueError as error:
            wrong.append(Wrong(name, str(error)))
    if wrong:
        raise Invalid(wrong)
    return values


def _unknown(known: Mapping[str, Parameter]) -> str:
    return f"is not known here; there is {', '.join(known)}" if known else "is not known here"
