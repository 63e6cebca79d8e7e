"""What status callbacks say of a TeXML conference, kept so that their order does not matter.

Of each thing only what has the highest SequenceNumber counts: a callback that is late or repeated
changes nothing.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

MOST_CALLS = (
    2000  # calls that are kept in mind; first forgotten are those of whom it is not so any more
)

NewestByCall = Mapping[str, tuple[int, bool]]
"""By call: the SequenceNumber, and whether it is so from then on."""


@dataclass(frozen=True, slots=True)
class Fetch:
    """Telnyx asks what to do with a call, and is told how it comes in."""

    call: str
    at: float


@dataclass(frozen=True, slots=True)
class StatusCallback:
    """One status callback. `type` is its StatusCallbackEvent, or recording- and its status.

    `occurred_at` is text that sorts, as with webhooks. `room` is the conference's FriendlyName;
    a recording's has none, and may not name the conference either; `fields` is all that it says.
    `origin` is where it reached us.
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
    fields: Mapping[str, str] = field(default_factory=dict, repr=False)  # its address is private
    origin: str = ""

    @property
    def id(self) -> str:
        """The same for each delivery of it. Speech says the same when it comes twice."""
        if self.type.startswith("participant-speech"):
            return ""
        what = self.recording or self.sequence
        return f"texml {self.conference} {what} {self.type} {self.call}"


@dataclass(frozen=True, slots=True)
class Facts:
    """Of one conference. `newest` is Telnyx's time of the newest callback; `started` whether one
    has shown that it goes on, and nobody waits for its start any more."""

    conference: str
    account: str
    newest: str = ""
    started: bool = False
    inside: NewestByCall = field(default_factory=dict)
    speaks: NewestByCall = field(default_factory=dict)

    def has_left(self, call: str, since: int = -1) -> bool:
        """Whether it is known to have left, after the callback of this SequenceNumber."""
        n, inside = self.inside.get(call, (0, True))
        return not inside and n > since

    def speaker(self, among: Collection[str]) -> str:
        """Who of them began to speak last, and has not stopped; empty if nobody."""
        begun = ((n, call) for call, (n, speaks) in self.speaks.items() if speaks)
        return max((each for each in begun if each[1] in among), default=(0, ""))[1]


def keep_newer(said: NewestByCall, call: str, n: int, it_is_so: bool) -> NewestByCall:
    """With this as well; the very same where something newer is known already."""
    if n <= said.get(call, (-1, False))[0]:
        return said
    kept = {known: what for known, what in said.items() if known != call}
    too_many = max(len(kept) - MOST_CALLS + 1, 0)
    if too_many:
        for known in sorted(kept, key=lambda known: kept[known][1])[:too_many]:
            del kept[known]
    return {**kept, call: (n, it_is_so)}
