"""A step of the set-up, as a value: what the user reads, and what is then done."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from conference.setup.repairs import Repair


@dataclass(frozen=True, slots=True)
class Made:
    """Stands for an id that is not known before an earlier step: `application`, `profile`."""

    name: str


@dataclass(frozen=True, slots=True)
class Request:
    """A request to Telnyx that changes something.

    path: with names of ids in it, as in `/phone_numbers/{number}`. body: values may be Made.
    makes: the name of the id in the answer.
    """

    method: str
    path: str
    body: Mapping[str, Any] = field(repr=False)  # TEXML_SECRET may be in it
    makes: str = ""


@dataclass(frozen=True, slots=True)
class Step:
    """One change that the user confirms.

    what: a sentence without a full stop, and without secrets. request: sent first. env: settings
    for `.env`, written when the request was accepted; values may be Made. protects: closes `.env`
    to others.
    """

    repair: Repair
    what: str
    request: Request | None = None
    env: Mapping[str, str | Made] = field(default_factory=dict, repr=False)
    protects: bool = False


@dataclass(frozen=True, slots=True)
class Plan:
    """All steps, in their order.

    ids: those known before any step, by name. left: sentences about what only the user can do.
    number: the one to dial, in E.164; empty if there is none. url: the public address, or empty.
    """

    steps: tuple[Step, ...]
    ids: Mapping[str, str] = field(default_factory=dict)
    left: tuple[str, ...] = ()
    number: str = field(default="", repr=False)
    url: str = ""
