"""Two processes of one line on Redis: each answers alike, and limits count for both."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from rigs.lines import CALL, TestLine, test_line
from rigs.people import TOKEN
from rigs.redis_servers import redis_server
from rigs.waiting import until

from conference.web.wrong_tokens import FREE

BEARER = {"Authorization": f"Bearer {TOKEN}"}
JOINED = ("call.initiated", "call.answered", "call.speak.ended", "conference.participant.joined")


@pytest.fixture
def lines(tmp_path: Path) -> Iterator[tuple[TestLine, TestLine]]:
    with redis_server(tmp_path) as server:
        settings: dict[str, Any] = {"control_token": TOKEN, "redis_url": server.url}
        with test_line(**settings) as one, test_line(**settings) as other:
            for line in (one, other):
                line.services.event_log.start()
                assert line.services.meetings
                line.services.meetings.start()
                line.engine.start()
            yield one, other


def read(line: TestLine, path: str) -> Any:
    answer = line.client.get(f"/api/{path}", headers=BEARER)
    assert answer.status_code == 200, answer.text
    return answer.json


def test_events_and_timelines_are_the_same(lines: tuple[TestLine, TestLine]) -> None:
    one, other = lines
    one.happens(*JOINED, client_state=None)

    def has(line: TestLine) -> bool:
        texts = [each["text"] for each in read(line, "events")["events"]]
        return any("joined, room demo-conference" in text for text in texts)

    for line in lines:
        until(lambda line=line: has(line), "it shows the events")
    until(lambda: read(one, "events") == read(other, "events"), "both show the same")

    def lanes(line: TestLine) -> Any:
        return read(line, "rooms/demo-conference/timeline")["lanes"]

    until(lambda: lanes(other), "the lane is written")
    until(lambda: lanes(one) == lanes(other), "both show the same")
    assert [lane["call_control_id"] for lane in lanes(other)] == [CALL]


def test_wrong_tokens_count_together(lines: tuple[TestLine, TestLine]) -> None:
    wrong = {"Authorization": "Bearer x"}
    found = [lines[n % 2].client.get("/api/rooms", headers=wrong) for n in range(FREE)]
    assert {each.status_code for each in found} == {401}
    for line in lines:
        assert line.client.get("/api/rooms", headers=wrong).status_code == 429
        assert line.client.get("/api/rooms", headers=BEARER).status_code == 200


def test_the_health_of_both_is_that_of_one(lines: tuple[TestLine, TestLine]) -> None:
    one, other = lines
    assert read(other, "health")["webhook_at"] is None
    one.happens(*JOINED, client_state=None)
    until(lambda: read(other, "health")["webhook_at"], "it reads of the other's webhooks")
    shown = [read(line, "health") for line in lines]
    for name in ("started_at", "webhook_at", "rooms", "participants"):
        assert shown[0][name] == shown[1][name], name
    assert shown[1]["participants"] == 1
