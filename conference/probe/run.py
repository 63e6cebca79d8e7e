"""Runs the steps of a probe, and reads the answers from their traffic."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import NamedTuple

from conference.probe.account import Stopped
from conference.probe.answers import Answer
from conference.probe.plan import Step, plan
from conference.probe.question import Question
from conference.probe.stage import Stage

UNDECIDED = "what came from Telnyx does not decide it"


class Row(NamedTuple):
    """A question and its answer. why: the reason if the answer is unknown."""

    question: Question
    answer: Answer | None
    why: str = ""

    @property
    def line(self) -> str:
        """Return what the line does in this case."""
        return self.question.answers.get(self.answer.name, "") if self.answer else ""


def run(stage: Stage, questions: Iterable[Question], show: Callable[[Step], None]) -> list[Row]:
    """Run the steps that the questions need. A question is answered if its step has finished.

    show: called before each step. The caller removes what the steps have made.
    """
    asked = tuple(questions)
    stopped: dict[str, str] = {}  # the reason, by step
    for step in plan(asked):
        lacking = next((name for name in step.needs if name in stopped), None)
        if lacking:
            stopped[step.name] = stopped[lacking]
            continue
        stage.notes.step = step.name
        show(step)
        try:
            step.run(stage)
        except Stopped as reason:
            stopped[step.name] = str(reason)
    return [_row(stage, question, stopped.get(question.step)) for question in asked]


def _row(stage: Stage, question: Question, stopped: str | None) -> Row:
    if stopped is not None:
        return Row(question, None, stopped)
    answer = question.answer(stage.traffic)
    return Row(question, answer, "" if answer else UNDECIDED)
