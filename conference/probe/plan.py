"""The table of the steps, and the steps that some questions need."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from conference.probe import steps
from conference.probe.question import Question
from conference.probe.stage import Stage


@dataclass(frozen=True, kw_only=True, slots=True)
class Step:
    """A step. does: in words, for the owner to agree to. needs: the steps before it."""

    name: str
    does: str
    run: Callable[[Stage], None]
    needs: tuple[str, ...] = ()


STEPS: tuple[Step, ...] = (
    Step(
        name="application",
        does="create a Call Control application of its own, and delete it at the end",
        run=steps.application,
    ),
    Step(
        name="call",
        does="call that application once, for 5 minutes at most",
        run=steps.call_itself,
        needs=("application",),
    ),
    Step(
        name="answer",
        does="answer the other end of that call",
        run=steps.answer,
        needs=("call",),
    ),
    Step(
        name="client-state",
        does="speak four words with longer and longer client_state",
        run=steps.client_state,
        needs=("answer",),
    ),
    Step(
        name="repeat",
        does="send one word twice with the same command_id",
        run=steps.repeat,
        needs=("answer",),
    ),
    Step(
        name="keys-before",
        does="send a digit to the call",
        run=steps.keys_before,
        needs=("answer",),
    ),
    Step(
        name="conference",
        does="open a conference with one end of the call",
        run=steps.conference,
        needs=("answer",),
    ),
    Step(
        name="same-name",
        does="create a second conference of that name",
        run=steps.same_name,
        needs=("conference",),
    ),
    Step(
        name="keys-inside",
        does="send a digit into the conference",
        run=steps.keys_inside,
        needs=("keys-before", "conference"),
    ),
    Step(
        name="floor",
        does="speak a word into the conference",
        run=steps.floor,
        needs=("conference",),
    ),
    Step(
        name="hold",
        does="hold the participant without music, read what Telnyx shows, and end the hold",
        run=steps.hold,
        needs=("conference",),
    ),
    Step(
        name="soft-end",
        does="let the other end join with soft_end_conference_on_exit, and leave",
        run=steps.soft_end,
        needs=("conference",),
    ),
    Step(
        name="last-caller",
        does="hang up, and refuse one of the webhooks",
        run=steps.last_caller,
        needs=("conference",),
    ),
    Step(
        name="retries",
        does="count for two minutes how often that webhook is delivered again",
        run=steps.retries,
        needs=("last-caller",),
    ),
    Step(
        name="texml-call",
        does="create a TeXML application of its own, call it once, which it refuses, and delete it",
        run=steps.texml_call,
        needs=("application",),
    ),
    Step(
        name="person",
        does="let you call the line's number, press a key, and say what you hear",
        run=steps.person,
        needs=("application",),
    ),
)


def plan(questions: Iterable[Question]) -> tuple[Step, ...]:
    """Return the steps that these questions need, in their order."""
    wanted = {each.step for each in questions}
    for step in reversed(STEPS):
        if step.name in wanted:
            wanted.update(step.needs)
    return tuple(step for step in STEPS if step.name in wanted)
