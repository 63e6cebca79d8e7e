"""The fields of a status callback that decide nothing here, and are forwarded to other programs."""

from __future__ import annotations

from collections.abc import Mapping

from conference.core.human_text import is_readable
from conference.core.schema.texts import Label

PASSED_ON = (
    "CallSidLegacy",
    "CallingPartyType",
    "ConnectionId",
    "FromSipUri",
    "ParticipantLabel",
    "ToSipUri",
)
WITH_NUMBERS = ("FromSipUri", "ToSipUri")
LONGEST_VALUE = 512  # characters; a longer value counts as absent

_LABEL = Label()


def passed_on(form: Mapping[str, str]) -> dict[str, str]:
    """Return these fields of a form. Empty, long and unreadable ones are left out."""
    given = ((name, form.get(name, "")) for name in PASSED_ON)
    return {n: v for n, v in given if v and len(v) <= LONGEST_VALUE and is_readable(v)}


def label(form: Mapping[str, str]) -> str:
    """Return the participant's label; empty if the form has none, or one that we do not allow.

    The label is from our document or our dial, so no caller chooses it.
    """
    value = form.get("ParticipantLabel", "")
    return _LABEL.used(value) if _LABEL.allows(value) else ""
