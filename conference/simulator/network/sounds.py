"""Sounds: what a caller hears, and what the network plays."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from . import causes


@dataclass(frozen=True)
class Heard:
    """What a caller hears from `at` on, in simulated seconds since the start.

    what: "ringing", "speech", "playback", "tones", "music", "silence", "conference" or "hung up".
    detail: the text of "speech"; the audio's address or name of "playback" and "music" (heard on
    hold); the digits of "tones"; the cause of "hung up"; else "".
    others: the numbers of the participants that the caller can hear in a "conference"; else ().
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
    """What the network sends to a caller: as Heard, but with `audible` for `others`.

    audible: call_control_id -> number, the listener included. All callers of a conference share
    one mapping, since 800 lists of 799 numbers for each change would be too much.
    """

    what: str
    detail: str = ""
    audible: Mapping[str, str] = field(default_factory=dict)

    def others(self, listener: str) -> tuple[str, ...]:
        """Return the numbers that the listener, a call_control_id, can hear."""
        return tuple(number for id, number in self.audible.items() if id != listener)

    def same(self, other: Sound, listener: str) -> bool:
        """Whether both sounds are the same for this listener."""
        if (self.what, self.detail) != (other.what, other.detail):
            return False
        mine, theirs = self.audible, other.audible
        if len(mine) - (listener in mine) != len(theirs) - (listener in theirs):
            return False
        return mine is theirs or mine.keys() - {listener} == theirs.keys() - {listener}


@dataclass(eq=False)
class Clip:
    """A text, an audio file or tones, being played or waiting to be played.

    kind, detail: as `what` and `detail` of Heard. lasts: simulated seconds. media: the address or
    name, as in webhooks. reported: whether webhooks report it. then: called when it has played to
    its end. spared: call_control_ids of participants who no longer hear it. fails: whether
    it cannot be played. causes: of its command.
    """

    kind: str
    detail: str
    lasts: float
    media: Mapping[str, str] = field(default_factory=dict)
    overlay: bool = False
    reported: bool = True
    then: Callable[[], None] | None = None
    spared: set[str] = field(default_factory=set)
    fails: bool = False
    causes: causes.Causes = field(default_factory=causes.present)

    @property
    def sound(self) -> Sound:
        """The sound of this clip."""
        return Sound(self.kind, self.detail)
