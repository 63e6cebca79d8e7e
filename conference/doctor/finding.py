"""The finding of a check."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from conference.masking import masked

State = Literal["ok", "warning", "failure"]


@dataclass(frozen=True, slots=True)
class Finding:
    """`what` was found, and what `todo` about it; that is empty for "ok". Both are masked."""

    check: str
    state: State
    what: str
    todo: str = ""


def ok(check: str, what: str) -> Finding:
    return Finding(check, "ok", masked(what))


def warning(check: str, what: str, todo: str) -> Finding:
    return Finding(check, "warning", masked(what), masked(todo))


def failure(check: str, what: str, todo: str) -> Finding:
    return Finding(check, "failure", masked(what), masked(todo))


def skipped(check: str, first: str) -> Finding:
    """Make the finding of a check that cannot be made. `first`: what to do before."""
    return warning(check, "not checked", first)
