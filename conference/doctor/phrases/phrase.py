"""A row of the table of phrases, and the places of the Telnyx portal."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from conference.setup.repairs import Repair

State = Literal["ok", "warning", "failure", "unknown"]

APPLICATION = "in the Telnyx portal, Voice API applications"
TEXML = "in the Telnyx portal, TeXML applications"
KEYS = "in the Telnyx portal, Keys & Credentials"
NUMBERS = "in the Telnyx portal, My Numbers"
AGAIN = "Try again in a minute."


@dataclass(frozen=True, slots=True)
class Phrase:
    """How a fact is shown.

    check: the title. state: "unknown" for a fact that could not be read. what, todo: what was
    found, and what to do; empty for "ok". {names} are values of the fact. repair: what `flask
    setup` can repair.
    """

    check: str
    state: State
    what: str
    todo: str = ""
    repair: Repair | None = None


Rows = dict[str, Phrase]
"""Phrases by the names of their facts: the subject, a point, and the case."""


def not_checked(check: str) -> Phrase:
    """Return the phrase of a check that another fault prevents. Value: `first`, that fault."""
    return Phrase(check, "unknown", "not checked", "First correct {first}.")


def unreadable(check: str) -> Phrase:
    """Return the phrase of what Telnyx did not show. Value: `answer`, a status or "nothing"."""
    return Phrase(check, "unknown", "it could not be checked: Telnyx answered {answer}", AGAIN)
