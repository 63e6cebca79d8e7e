"""The news of one conference that wait to be sent, in order."""

from __future__ import annotations

import random
from collections import deque
from dataclasses import dataclass, field

from conference.core.news import News

FIRST_PAUSE = 0.5  # seconds before the second try
SPEAKER = "participant-speech-start"


@dataclass
class ConferenceQueue:
    """The first item stays in the queue until it is taken or given up. Times are the line's."""

    waiting: deque[News] = field(default_factory=deque)
    number: int = 0  # SequenceNumber of the last item that was tried
    tried: bool = False  # was the first item tried?
    failures: int = 0  # since an item was taken
    not_before: float = 0.0  # the time of the next try
    ended: bool = False  # the conference is over; it may reopen

    @property
    def due(self) -> float:
        """When the first item is to be sent."""
        return max(self.waiting[0].at, self.not_before)

    def replaces_last(self, item: News) -> bool:
        """Is the item a change of speaker right after another one that was not tried yet?"""
        untried = len(self.waiting) > self.tried
        return untried and item.kind == self.waiting[-1].kind == SPEAKER

    def begin(self) -> None:
        """Give the first item its number. A retry keeps the number."""
        if not self.tried:
            self.tried, self.number = True, self.number + 1

    def back_off(self, now: float, longest: float) -> None:
        """Wait before the next try: twice as long after each failure, `longest` seconds at most."""
        pause = min(FIRST_PAUSE * 2 ** min(self.failures, 9), longest)
        self.failures += 1
        self.not_before = now + pause * random.uniform(0.5, 1)  # noqa: S311 no secret

    def drop_first(self) -> None:
        """Remove the first item: it was taken, refused or given up."""
        self.waiting.popleft()
        self.tried = False
