"""A call that is dialled is treated as if it had been in the room from the request on.

Its first event and the response to the `dial` come in any order, among the requests of moderators.
"""

from __future__ import annotations

import pytest
from rigs import core as rig
from rigs.stories import settings
from rigs.texml_rooms import comes, texml

from conference.core import commands as c
from conference.core.events import Event, ModeratorRequest
from conference.core.room import Room, client_state

hypothesis = pytest.importorskip("hypothesis")
st = pytest.importorskip("hypothesis.strategies")

ROOMS = {"call control": rig.inside(rig.inside(), "B"), "texml": texml("A", "B")}
ROLES = ("moderator", "participant", "listener")
UNDO = ("unmute-all", "undo-mute-all", "unhold-all", "unlock")
FOR_EVERYONE = [
    *(rig.asks(verb) for verb in ("mute-all", "hold-all", "lock", *UNDO)),
    *(rig.asks(verb, newcomers=True) for verb in ("mute-all", "hold-all")),
]
BY_NAME = [
    *(rig.asks(verb, "C") for verb in ("mute", "unmute", "hold", "unhold")),
    *(rig.asks("role", "C", role=role) for role in ROLES),
]
LAST = 6  # requests at most


@settings(500)
@hypothesis.given(
    st.sampled_from(sorted(ROOMS)),
    st.sampled_from(ROLES),
    st.lists(st.sampled_from(FOR_EVERYONE), max_size=2),
    st.lists(st.sampled_from([*FOR_EVERYONE, *BY_NAME]), max_size=LAST),
    st.integers(0, LAST),
    st.integers(0, LAST),
)
def test_a_dialled_call_is_as_requested(
    door: str,
    role: str,
    before: list[ModeratorRequest],
    requests: list[ModeratorRequest],
    event_at: int,
    response_at: int,
) -> None:
    room = rig.well(rig.after(ROOMS[door], *before))
    room = rig.after(room, rig.asks("dial", to="+2", role=role))
    state = rig.head(room, rig.DIAL).client_state
    rings = rig.answer(room, rig.DIAL, data={"call_control_id": "C"})
    begun = rig.initiated("C", direction="outgoing", to="+2", client_state=state)
    first: Event = begun if door == "call control" else comes("C", 3, to="+2")
    known = min(event_at, response_at) if door == "call control" else event_at
    steps: list[Event] = []
    for n in range(LAST + 1):
        steps += [first] * (n == event_at) + [rings] * (n == response_at)
        steps += [each for each in requests[n : n + 1] if n >= known or not each.calls]
    requests = [each for each in steps if isinstance(each, ModeratorRequest)]
    found = rig.after(room, *steps)
    same_as(found, rig.after(room, rings, first, *requests))
    kept = [each.client_state for each in rig.pending(found, c.memory("C"))] or [state]
    if door == "call control":
        assert kept[-1] == client_state(found, found.participants["C"]), "as a restart needs it"


def same_as(found: Room, expected: Room) -> None:
    assert found.participants["C"].role == expected.participants["C"].role
    assert found.holding.asked == expected.holding.asked
    assert found.participants["C"].member == 3
