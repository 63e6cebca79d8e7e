"""What a call and a participant have besides, where they are of the TeXML application."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field

from ..network.sounds import Clip
from .conference_noun import Noun
from .document import Dial, Step

PROGRESS = ("initiated", "ringing", "answered", "completed")


@dataclass(frozen=True)
class Source:
    """An audio file, or a document, for those who wait or are on hold. url "": Telnyx's own."""

    url: str
    method: str = "POST"


@dataclass(frozen=True)
class Told:
    """Where a call's progress is told, and which of it."""

    url: str
    method: str = "POST"
    events: tuple[str, ...] = PROGRESS


@dataclass(eq=False)
class TexmlCall:
    """steps: what is left of its document. dial: the last <Dial> of it, over or not.

    told: where its progress is told, unless where the application says. noun: what a dialled
    participant enters once it answers. bound: the id of its conference, if that was there then.
    """

    steps: deque[Step] = field(default_factory=deque)
    dial: Dial | None = None
    told: Told | None = None
    noun: Noun | None = None
    bound: str = ""


@dataclass(eq=False)
class TexmlStay:
    """waits: for the conference's start. hold: what is heard on hold, None for silence.

    source: of what `clips` holds, the first of which is being played to who waits or is on hold.
    """

    noun: Noun
    waits: bool = False
    hold: Source | None = None
    source: Source | None = None
    clips: deque[Clip] = field(default_factory=deque)
