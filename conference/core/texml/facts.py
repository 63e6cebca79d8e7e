"""The facts that status callbacks report of a TeXML conference. Their order does not matter.

For each fact the highest SequenceNumber counts: a late or repeated callback changes nothing. A
callback without a number counts when it arrives.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

from conference.core.client_state import Role

NOT_NUMBERED = -1  # the sequence of a callback without a SequenceNumber
MOST_CALLS = 2000  # that are kept; calls whose value is False are dropped first

NewestByCall = Mapping[str, tuple[int, bool]]
"""By call: the SequenceNumber of the newest callback, and if the call is inside, or speaks."""


@dataclass(frozen=True, slots=True)
class Fetch:
    """Telnyx has fetched our TeXML document for a call, which lets the caller in.

    `role`: that of the PIN; None if the number decides about the role.
    """

    call: str
    at: float
    number: str = ""
    role: Role | None = None


@dataclass(frozen=True, slots=True)
class PinPosted:
    """Telnyx has posted what a caller of the reception entered; no digits for nothing.

    `nth`: the try, from 1.
    """

    call: str
    at: float
    number: str
    nth: int
    digits: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class StatusCallback:
    """One status callback.

    `type`: its StatusCallbackEvent, or "recording-" and its status. `occurred_at`: text that sorts,
    as with webhooks. `room`: the conference's FriendlyName. `origin`: our address that it came to.
    `label`: the participant's, by Telnyx. `more`: fields for other programs, by Telnyx's names.
    A recording's callback has no `room`, perhaps no `conference`, but all its `fields`.
    """

    type: str
    at: float
    conference: str
    room: str = ""
    call: str = ""
    account: str = ""
    sequence: int = 0
    occurred_at: str = ""
    from_: str = ""
    to: str = ""
    recording: str = ""
    fields: Mapping[str, str] = field(default_factory=dict, repr=False)  # has a private address
    origin: str = ""
    label: str = ""
    more: Mapping[str, str] = field(default_factory=dict, repr=False)  # has whole numbers

    @property
    def id(self) -> str:
        """The same for each delivery. Empty for speech, whose repetition is harmless."""
        if self.type.startswith("participant-speech"):
            return ""
        numbered = self.sequence != NOT_NUMBERED
        what = self.recording or (self.sequence if numbered else self.occurred_at)
        return f"texml {self.conference} {what} {self.type} {self.call}"


@dataclass(frozen=True, slots=True)
class Facts:
    """The facts of one conference.

    `newest`: Telnyx's time of the newest callback. `started`: has a callback shown that nobody
    waits for the start any more? `labels`: by call, of those that the room did not know yet.
    """

    conference: str
    account: str
    newest: str = ""
    started: bool = False
    inside: NewestByCall = field(default_factory=dict)
    speaks: NewestByCall = field(default_factory=dict)
    labels: Mapping[str, str] = field(default_factory=dict)

    def has_left(self, call: str, since: int = NOT_NUMBERED) -> bool:
        """Has a callback reported that the call has left, later than this SequenceNumber?"""
        n, inside = self.inside.get(call, (0, True))
        return not inside and (n > since or since == NOT_NUMBERED)

    @property
    def speaking(self) -> list[str]:
        """Return the calls that have begun to speak and have not stopped."""
        return [call for call, (_, speaks) in self.speaks.items() if speaks]

    def speaker(self, among: Collection[str]) -> str:
        """Return which of the calls began to speak last and has not stopped; empty if none."""
        begun = ((self.speaks[call][0], call) for call in self.speaking if call in among)
        return max(begun, default=(0, ""))[1]


def keep_newer(known: NewestByCall, call: str, n: int, value: bool) -> NewestByCall:
    """Return what is known with the call's new value; the same object if it is not newer."""
    before = known.get(call, (NOT_NUMBERED, False))[0]
    if n == NOT_NUMBERED:
        n = before
    elif n <= before:
        return known
    kept = {other: newest for other, newest in known.items() if other != call}
    too_many = max(len(kept) - MOST_CALLS + 1, 0)
    if too_many:
        for other in sorted(kept, key=lambda other: kept[other][1])[:too_many]:
            del kept[other]
    return {**kept, call: (n, value)}
