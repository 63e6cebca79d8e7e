"""A question about Telnyx, and its answers. Pure."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from conference.probe.answers import Answer
from conference.probe.traffic import Traffic


@dataclass(frozen=True, kw_only=True, slots=True)
class Question:
    """One question. `flask probe` answers it if it has a step.

    name: for --only. step: the step of the probe that shows the answer; "" if only a person can
    find out. how: how it is found out. answers: what the line does, or where it matters, by answer.
    page: the page of docs/ and the place in it, where the answer matters. find: reads the answer
    from the traffic; None if the traffic does not decide.
    """

    name: str
    asks: str
    how: str
    answers: Mapping[str, str]
    step: str = ""
    page: str = ""
    find: Callable[[Traffic], Answer | None] = lambda traffic: None

    def answer(self, traffic: Traffic) -> Answer | None:
        """Return the answer that the traffic gives; None if it is unknown."""
        return self.find(traffic)
