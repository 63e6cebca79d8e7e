"""A crowd that plays while something is done to the line, and what must be true afterwards."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager

from rigs.crowd import Crowd, Stage, plan

from conference.demo.repetitions import executed_again
from conference.demo.verdict import longest_silences
from conference.simulator import Delivery

SILENT = 10.0  # simulated seconds that nobody may be in silence
SETTLED = 30.0  # simulated seconds in which all is as it should be again

Step = tuple[float, Callable[[], object]]
"""Simulated seconds after the beginning, and what happens then."""


@contextmanager
def played(
    on: Stage,
    *steps: Step,
    seed: int = 1,
    calls: int = 18,
    lasts: float = 12,
    silent: float = SILENT,
) -> Iterator[Crowd]:
    """Play a crowd in three rooms, with these steps in the middle. Then see it leave.

    All live callers are in the one conference of their room, and on hold exactly when alone. Nobody
    was in silence for longer than `silent`, in simulated seconds. Nothing was executed twice. Each
    webhook was answered by 200 in the end.
    """
    todo, began = sorted(steps, key=lambda step: step[0]), on.telnyx.now()
    requests, webhooks = len(on.telnyx.requests), len(on.telnyx.webhooks)

    def meanwhile() -> None:
        if todo and on.telnyx.now() - began > todo[0][0]:
            todo.pop(0)[1]()

    crowd = Crowd(on.telnyx, plan(calls, 3, seed, lasts, stay=lasts / 2))
    crowd.play(meanwhile)
    while todo:
        meanwhile()
    on.within(SETTLED, lambda: not crowd.wrong())
    assert crowd.wrong() == []
    legs = list(crowd.legs.values())
    longest = max(longest_silences(legs, on.telnyx.now()), key=lambda each: each.lasted)
    print(f"longest silence: {longest.lasted:.1f} s; all well at {on.telnyx.now() - began:.1f} s")
    assert longest.lasted < silent, on.story(crowd.legs[longest.number])
    assert executed_again(on.telnyx.requests[requests:], legs) == []
    yield crowd
    assert on.within(SETTLED, lambda: not undelivered(on.telnyx.webhooks[webhooks:]))
    crowd.leave()
    assert on.within(SETTLED, lambda: on.health()["participants"] == 0), on.health()
    assert "Traceback" not in on.server.log, on.server.log


def undelivered(deliveries: Sequence[Delivery]) -> set[str]:
    """Return the ids of the events that were refused, and not delivered later."""
    refused = {each.event_id for each in deliveries if each.status != 200}
    return refused - {each.event_id for each in deliveries if each.status == 200}
