"""The contract of all reservations of outgoing calls, as tests. A file of tests has the fixture
`reservations`."""

from __future__ import annotations

from conference.core.events import Refused
from conference.core.requests.dialling import Limits
from conference.engine.reservations import Reservations

NOW = 1_790_000_000.0
LIMITS = Limits(per_hour=3, at_once=2)


def dial(
    reservations: Reservations, *under_way: str, request: str = "r", refused: bool = False
) -> str:
    """Return the limit that forbids a call; empty if it is made, or refused by its room."""
    try:
        with reservations.reserve(request, NOW, LIMITS, lambda: under_way):
            if refused:
                raise Refused("already-here", "")
    except Refused as error:
        return str(error).split(" is ")[0] if error.kind == "dial-limit" else ""
    return ""


class ReservationsContract:
    def test_calls_of_an_hour_are_limited(self, reservations: Reservations) -> None:
        assert [dial(reservations) for _ in range(5)] == ["", "", ""] + ["DIAL_PER_HOUR"] * 2

    def test_calls_under_way_are_limited(self, reservations: Reservations) -> None:
        assert dial(reservations, "a", "b") == "DIAL_AT_ONCE"
        assert dial(reservations, "a") == ""
        assert dial(reservations, "a", "r") == "DIAL_AT_ONCE"
        assert dial(reservations, "a") == "", "the call is over"

    def test_a_call_that_its_room_refuses_does_not_count(self, reservations: Reservations) -> None:
        for _ in range(4):
            assert dial(reservations, "a", refused=True) == ""
        assert [dial(reservations) for _ in range(4)] == ["", "", "", "DIAL_PER_HOUR"]

    def test_the_same_request_again_gives_back_its_own_place_alone(
        self, reservations: Reservations
    ) -> None:
        assert dial(reservations, request="r") == ""
        assert dial(reservations, "r", request="r", refused=True) == ""
        assert [dial(reservations) for _ in range(3)] == ["", "", "DIAL_PER_HOUR"]
