"""The calls of the last hour, as they are counted and kept."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from conference.clock import Clock
from conference.core.events import ModeratorRequest, Refused
from conference.core.requests.dialling import Limits
from conference.engine.dial_limits import DialLimits

NOW = 1_790_000_000.0
PER_HOUR = 2


@dataclass
class Kept:
    """The ages of calls, and each list of them that was saved."""

    ages: list[float] = field(default_factory=list)
    saved: list[list[float]] = field(default_factory=list)

    def read(self) -> list[float]:
        return self.ages

    def save(self, ages: Sequence[float]) -> None:
        self.saved.append([*ages])


def limits_with(kept: Kept, factor: float = 1.0) -> DialLimits:
    clock = Clock(factor, system=lambda: NOW, steady=lambda: 0.0)
    limits = DialLimits(Limits(per_hour=PER_HOUR), clock)
    limits.keep_in(kept)
    return limits


def dial(limits: DialLimits, at: float, *, refused: bool = False) -> bool:
    """Return whether the limits allow a call at this time, which the room refuses or not."""
    event = ModeratorRequest("dial", at, "request", (), {})
    try:
        with limits.reserve(event, list):
            if refused:
                raise Refused("already-here", "")
    except Refused as error:
        return error.kind != "dial-limit"
    return True


def test_calls_count_for_an_hour() -> None:
    limits = limits_with(Kept([3000.0]))
    assert [dial(limits, NOW), dial(limits, NOW + 1)] == [True, False]
    assert [dial(limits, NOW + 600), dial(limits, NOW + 601)] == [True, False]
    assert [dial(limits, NOW + 3599), dial(limits, NOW + 3600)] == [False, True]


def test_a_call_that_the_room_refuses_does_not_count() -> None:
    kept = Kept()
    limits = limits_with(kept)
    for _ in range(PER_HOUR + 1):
        assert dial(limits, NOW, refused=True)
        assert kept.saved[-1] == []
    assert [dial(limits, NOW) for _ in range(PER_HOUR + 1)] == [True, True, False]


def test_a_call_is_kept_before_it_is_made() -> None:
    kept = Kept()
    event = ModeratorRequest("dial", NOW, "request", (), {})
    with limits_with(kept).reserve(event, list):
        assert kept.saved == [[0.0]], "a kill at this moment does not lose it"


def test_what_is_kept_is_in_real_seconds() -> None:
    kept = Kept([30.0])
    limits = limits_with(kept, factor=100)
    assert kept.saved == [[30.0]]
    assert dial(limits, NOW + 100)
    assert kept.saved[-1] == [31.0, 0.0]
    assert [dial(limits, NOW + 599), dial(limits, NOW + 600)] == [False, True]
