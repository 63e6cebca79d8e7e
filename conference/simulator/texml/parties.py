"""The additional state of calls and participants of the TeXML application."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field

from ..network.sounds import Clip
from .conference_noun import Noun
from .document import Dial, Gather, Step

PROGRESS = ("initiated", "ringing", "answered", "completed")


@dataclass(frozen=True)
class Source:
    """The address of a document or an audio file. url: "" for Telnyx's own music."""

    url: str
    method: str = "POST"


@dataclass(frozen=True)
class ProgressCallback:
    """The address for a call's progress, and the events to report. url: "" for none."""

    url: str
    method: str = "POST"
    events: tuple[str, ...] = PROGRESS


@dataclass(eq=False)
class TexmlCall:
    """The state of a call.

    steps: the rest of its document. dial: the last <Dial>, finished or not. gather: the <Gather>
    under way. progress: for its
    callbacks, instead of the application's address. noun: the conference that a dialled participant
    joins on answering. bound: that conference's id, if it existed at the time of dialling.
    """

    steps: deque[Step] = field(default_factory=deque)
    dial: Dial | None = None
    gather: Gather | None = None
    progress: ProgressCallback | None = None
    noun: Noun | None = None
    bound: str = ""


@dataclass(eq=False)
class TexmlStay:
    """The state of a participant.

    waits: for the conference's start. hold: the music on hold; None for silence. clips: the music
    under way. source: the address of that music.
    """

    noun: Noun
    waits: bool = False
    hold: Source | None = None
    source: Source | None = None
    clips: deque[Clip] = field(default_factory=deque)
