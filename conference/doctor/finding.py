"""What a check found."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

State = Literal["ok", "warning", "failure"]


@dataclass(frozen=True, slots=True)
class Finding:
    """`todo` says what to do about a warning or a failure; for "ok" it is empty."""

    check: str
    state: State
    what: str
    todo: str = ""


def ok(check: str, what: str) -> Finding:
    return Finding(check, "ok", what)


def warning(check: str, what: str, todo: str) -> Finding:
    return Finding(check, "warning", what, todo)


def failure(check: str, what: str, todo: str) -> Finding:
    return Finding(check, "failure", what, todo)


def skipped(check: str, first: str) -> Finding:
    """`first`: what is to be done before it can be checked."""
    return warning(check, "not checked", first)
