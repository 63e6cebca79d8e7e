"""The line works in either way where Telnyx documents none: a meeting of two, from ring to end."""

from __future__ import annotations

import itertools

import pytest
from rigs.people import ANN, BOB
from rigs.rehearsals import MAY, dial, forget_everything, hears, rehearsal, room, settled
from rigs.waiting import until

from conference.demo.rehearsal import Line
from conference.simulator import Ways

WAYS: tuple[dict[str, object], ...] = (
    *({"last_events": order} for order in itertools.permutations(Ways.last_events)),
    {"keys_in_conference": False},
    {"held_calls_alive": False},
    {"shows_hold": False},
    {"lists_held": False},
    {"hangup_has_state": False},
    {"wraps_floor": False},
    {"heeds_command_ids": False},
    {"limit_reset": "seconds"},
    {"limit_reset": "1796060461"},
    {"soft_end": "calls end"},
    {"soft_end": "conference stays"},
    {"retries": False},
)


@pytest.mark.parametrize("ways", WAYS, ids=str)
def test_two_meet_and_leave(ways: dict[str, object], monkeypatch: pytest.MonkeyPatch) -> None:
    with rehearsal(time_factor=20, reconcile_seconds=5, **MAY) as line:
        for name, value in ways.items():
            monkeypatch.setattr(line.telnyx.account.ways, name, value)
        ann = dial(line, ANN)
        hears(ann, "music")
        _compared(line, 6)
        hears(ann, "music")
        assert len([each for each in line.telnyx.requests if each.path.endswith("/hold")]) <= 3
        bob = dial(line, BOB)
        hears(ann, "conference")
        hears(bob, "conference")
        line.telnyx.phone(ANN).hang_up()
        hears(bob, "music")
        line.telnyx.phone(BOB).hang_up()
        settled(line)
        until(lambda: not room(line).participants, "the room is empty")
        assert [each.status for each in line.telnyx.conferences] == ["completed"]


@pytest.mark.parametrize("reason", ["name taken", "queue exists", "no sound"])
def test_the_conference_that_has_the_name_is_joined(reason: str) -> None:
    """After a restart without TELNYX_CONNECTION_ID nothing shows the conference before the create,
    which Telnyx may refuse with any code."""
    with rehearsal(reconcile_seconds=0) as line:
        line.telnyx.account.ways.same_name = reason
        ann = dial(line, ANN)
        hears(ann, "music")
        forget_everything(line)
        bob = dial(line, BOB)
        settled(line)
        assert bob.conference == ann.conference
        assert len(line.telnyx.conferences) == 1


def test_a_room_opens_once_after_a_restart_also_where_names_are_not_unique() -> None:
    """With TELNYX_CONNECTION_ID the lists are read before a caller has heard the greeting."""
    with rehearsal(**MAY) as line:
        line.telnyx.account.ways.same_name = ""
        ann = dial(line, ANN)
        hears(ann, "music")
        forget_everything(line)
        line.engine.start()
        bob = dial(line, BOB)
        hears(ann, "conference")
        assert bob.conference == ann.conference
        assert len(line.telnyx.conferences) == 1


def _compared(line: Line, times: int) -> None:
    """Wait until the line has read the list of participants so many times more."""

    def reads() -> int:
        requests = list(line.telnyx.requests)
        return sum(each.path.endswith("/participants") for each in requests)

    enough = reads() + times
    until(lambda: reads() >= enough, f"{times} comparisons")
