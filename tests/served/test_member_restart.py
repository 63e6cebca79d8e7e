"""Member numbers outlast a kill of the server, and none is given to somebody else after it."""

from __future__ import annotations

from pathlib import Path

from rigs.people import ANN, BOB, CLEO
from rigs.restarts import Stage, stage
from rigs.waiting import until

DAN, EVE = "+13125550144", "anonymous"


def members(line: Stage) -> dict[str, int]:
    """Return the member numbers of those inside, by phone number, in the order shown."""
    shown = line.ask()["participants"]
    return {p["number"]: p["member"] for p in shown if p["status"] == "joined"}


def test_member_numbers_outlast_a_kill(tmp_path: Path) -> None:
    with stage(tmp_path) as line:
        telnyx = line.telnyx

        def come(number: str) -> None:
            telnyx.phone(number).dial()
            until(lambda: number in members(line), f"{number} is in", 20)

        for number in (ANN, BOB, CLEO, DAN):
            come(number)
        assert members(line) == {ANN: 1, BOB: 2, CLEO: 3, DAN: 4}
        for number in (BOB, DAN):
            telnyx.phone(number).hang_up()
        until(lambda: members(line) == {ANN: 1, CLEO: 3}, "two have left")

        line.server.kill()
        line.start()
        until(lambda: members(line) == {ANN: 1, CLEO: 3}, "they are found", 20)
        come(EVE)
        assert members(line) == {ANN: 1, CLEO: 3, EVE: 5}, "DAN was 4"
        assert list(members(line)) == [ANN, CLEO, EVE]

        assert line.ask("/participants/5")["number"] == EVE
        line.ask("/participants/%235/actions/mute?wait=1", {})
        muted = [p["member"] for p in line.ask()["participants"] if p["muted"]]
        assert muted == [5], "who has no number of a telephone"

        for number in (ANN, CLEO, EVE):
            telnyx.phone(number).hang_up()
        until(lambda: not line.ask()["participants"], "the meeting is over")
        come(BOB)
        assert members(line) == {BOB: 1}


def test_times_outlast_a_kill(tmp_path: Path) -> None:
    """Telnyx lists when the conference opened, and when each participant joined."""

    def times() -> list[str]:
        room = line.ask()
        shown = [p[name] for p in room["participants"] for name in ("since", "joined_at")]
        return [room["opened_at"], room["ends_at"], *shown]

    with stage(tmp_path, speed=1) as line:
        for number in (ANN, BOB):
            line.telnyx.phone(number).dial()
        until(lambda: len(members(line)) == 2, "both are in", 40)
        before = times()
        line.server.kill()
        line.start()
        up_again = line.ask()["at"]
        until(lambda: len(members(line)) == 2, "both are found", 20)
        after = times()
    assert after[1][:15] == before[1][:15], "ends_at, four hours after the opening"
    assert max(after[:1] + after[2:]) < up_again
