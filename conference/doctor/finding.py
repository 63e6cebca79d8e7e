"""Facts that checks yield, and the findings that the table of phrases makes of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from conference.masking import masked
from conference.telnyx_api import ApiResponse

from .phrases import PHRASES, State

__all__ = ["Fact", "Finding", "State", "finding", "unreadable"]


@dataclass(frozen=True, slots=True, init=False)
class Fact:
    """What a check found: the name of a row in PHRASES, and the values for its sentences.

    No value is a secret. `finding` masks the phone numbers in them.
    """

    name: str
    values: Mapping[str, Any]

    def __init__(self, name: str, **values: Any) -> None:
        object.__setattr__(self, "name", name)
        object.__setattr__(self, "values", values)

    @property
    def is_ok(self) -> bool:
        return PHRASES[self.name].state == "ok"


@dataclass(frozen=True, slots=True)
class Finding:
    """A fact in words.

    what: the finding; todo: what to do about it, empty for "ok". Both are masked.
    fact: the fact's name. repair: what `flask setup` can repair about it; empty for nothing.
    """

    fact: str
    check: str
    state: State
    what: str
    todo: str = ""
    repair: str = ""


def finding(fact: Fact) -> Finding:
    """Put the fact in words. KeyError for a fact without a phrase, or without a value of it."""
    phrase = PHRASES[fact.name]
    return Finding(
        fact=fact.name,
        check=phrase.check,
        state=phrase.state,
        what=masked(phrase.what.format_map(fact.values)),
        todo=masked(phrase.todo.format_map(fact.values)),
        repair=phrase.repair or "",
    )


def unreadable(name: str, answer: ApiResponse) -> Fact:
    """Return the fact of this name: Telnyx did not show what was requested."""
    return Fact(name, answer=answer.status or "nothing")
