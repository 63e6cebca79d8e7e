"""The health of several processes as one."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from conference.reporting.server_health import ServerHealth, merged
from conference.reporting.unblocked_log import UnblockedHandler

OLD = ServerHealth(
    started_at=100.0,
    webhook_at=300.0,
    accepted_at=310.0,
    error_at=320.0,
    error="Telnyx refuses the key",
    taken_names={"red": 200.0, "blue": 250.0},
    error_kind="key refused",
    errors_since=2,
    lines_lost_there=3,
)
NEW = ServerHealth(
    started_at=200.0,
    webhook_at=290.0,
    accepted_at=305.0,
    error_at=306.0,
    error="no answer",
    taken_names={"red": 400.0},
    error_kind="unknown",
    errors_since=5,
    key_at=330.0,
    texml_account="an account",
    lines_lost_there=4,
)
BOTH = replace(
    OLD,
    taken_names={"red": 400.0, "blue": 250.0},
    key_at=330.0,
    errors_since=2,
    texml_account="an account",
    lines_lost_there=7,
)


@pytest.mark.parametrize("healths", [(OLD, NEW), (NEW, OLD)])
def test_the_oldest_start_and_the_newest_times_count(healths: tuple[ServerHealth, ...]) -> None:
    assert merged(healths) == BOTH


def test_errors_of_all_processes_count_until_one_is_accepted() -> None:
    assert merged([OLD, replace(NEW, error_at=311.0)]).errors_since == 7
    assert merged([OLD, replace(NEW, accepted_at=321.0)]).errors_since == 0
    assert merged([replace(OLD, accepted_at=None), replace(NEW, accepted_at=None)]) == replace(
        BOTH, accepted_at=None, errors_since=7
    )


def test_one_process_alone_is_as_it_is() -> None:
    fresh = ServerHealth(100.0)
    assert merged([fresh]) == replace(fresh, lines_lost_there=UnblockedHandler.lines_lost)
    assert merged([OLD]) == OLD


def test_another_process_reads_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(UnblockedHandler, "lines_lost", 6)
    health = ServerHealth(100.0, webhook_at=110.5, taken_names={"red": 120.0})
    read = json.loads(json.dumps(health.as_json() | {"a_field_of_a_newer_version": 1}))
    monkeypatch.setattr(UnblockedHandler, "lines_lost", 1)
    assert ServerHealth.from_json(read) == replace(health, lines_lost_there=6)
    assert (ServerHealth.from_json(read).lines_lost, health.lines_lost) == (6, 1)
