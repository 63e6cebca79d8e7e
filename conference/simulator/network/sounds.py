"""What comes out of the network: what is heard, and what is being played."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Heard:
    """What a leg's owner hears from `at` on (simulated seconds since the start).

    what: "ringing", "speech", "playback", "tones", "music", "silence", "conference" or "hung up".
    detail: the text spoken, the address or name of the audio that is played ("playback", and
    "music" for who is on hold), the digits of the tones, the hangup cause; else "".
    others: the numbers of those whom the owner can hear in a conference; else ().
    """

    at: float
    what: str
    detail: str = ""
    others: tuple[str, ...] = ()

    def __str__(self) -> str:
        if self.what == "conference":
            return f"conference with {', '.join(self.others)}" if self.others else "conference"
        return f"{self.what}: {self.detail}" if self.detail else self.what


@dataclass(frozen=True)
class Sound:
    """What comes out of the network: as Heard, `audible` being call_control_id -> number.

    One mapping is shared by a whole conference (800 lists of 799 numbers for each change would
    not fit), so the listener is still in it.
    """

    what: str
    detail: str = ""
    audible: Mapping[str, str] = field(default_factory=dict)

    def others(self, listener: str) -> tuple[str, ...]:
        return tuple(number for id, number in self.audible.items() if id != listener)

    def same(self, other: Sound, listener: str) -> bool:
        """Whether that listener hears no difference."""
        if (self.what, self.detail) != (other.what, other.detail):
            return False
        mine, theirs = self.audible, other.audible
        if len(mine) - (listener in mine) != len(theirs) - (listener in theirs):
            return False
        return mine is theirs or mine.keys() - {listener} == theirs.keys() - {listener}


@dataclass(eq=False)
class Clip:
    """A text, an audio file or tones: being played, or waiting for their turn.

    kind, detail: as `what` and `detail` of Heard. lasts: simulated seconds. media: its address or
    name, as webhooks give it. told: whether webhooks tell of it. then: done once it has played to
    its end. spared: call_control_ids of those in a conference for whom it was stopped. fails: it
    cannot be played.
    """

    kind: str
    detail: str
    lasts: float
    media: Mapping[str, str] = field(default_factory=dict)
    overlay: bool = False
    told: bool = True
    then: Callable[[], None] | None = None
    spared: set[str] = field(default_factory=set)
    fails: bool = False

    @property
    def sound(self) -> Sound:
        return Sound(self.kind, self.detail)
