"""Servers that record: two processes of a line share the folder, and one of them ends."""

from __future__ import annotations

from pathlib import Path

from rigs.people import ANN, BOB
from rigs.redis_servers import redis_server
from rigs.shared_line import ROOM, shared_line
from rigs.waiting import until

from conference.recording.reading import read
from conference.recording.replay import replay


def test_the_home_of_a_room_records_what_came_to_other_processes(tmp_path: Path) -> None:
    folder = tmp_path / "recordings"
    with (
        redis_server(tmp_path) as redis,
        shared_line(tmp_path, redis.url, RECORD_WEBHOOKS=str(folder)) as line,
    ):
        first, second = line.start(), line.start()
        line.deliver_to(first)
        line.dials(ANN)
        line.deliver_to(second)
        line.dials(BOB)
        assert line.homes()[ROOM] == first.id, "all of Bob's webhooks came to the other one"
        assert first.server.end() == 0
        line.telnyx.phone(ANN).hang_up()
        until(lambda: line.homes()[ROOM] == second.id, "the room has a new home")
        until(lambda: second.people().keys() == {BOB}, "Ann has left")
        assert second.server.end() == 0
    recording = read(folder)
    assert recording.missing == ()
    again = replay(recording)
    assert again.difference is None, again.difference
    assert [p.status for p in again.rooms[ROOM].participants.values()] == ["joined"]
    tags = [each.file.split("-")[1] for each in recording.decisions if each.room == ROOM]
    assert len({*tags}) == 2 and tags == sorted(tags, key=tags.index), "one home after the other"
    assert not [step for step in again.steps if step.gap], "nothing is missing in between"
    bob = [each for each in recording.webhooks if each.event and each.type == "call.answered"]
    assert len({each.file.split("-")[1] for each in bob}) == 2, "each writes what it gets"
