"""The benchmark's table and JSON show the same rows, aims have rows, and the simulation adds up.

Nothing here judges how fast anything is. The page docs/scaling.md names the code's own limits.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from rigs.documents import PAGES, defined, rows, section
from rigs.servers import ROOT

sys.path.append(str(ROOT / "tests" / "bench"))  # its modules import each other by name

from bench_aims import AIMS
from bench_rooms import KINDS
from bench_rows import Aim, Row, against, p99
from bench_scale import DEPLOYMENTS, compared
from bench_simulation import TELNYX, Cost, Costs, Deployment, Simulation
from bench_table import as_json, table

from conference.engine.dispatch import SENDERS

LIMITS = ("SENDERS", "BACKLOG", "READERS")
RUN = [sys.executable, "-m", "tests.bench"]

FOUND = {
    "one": [
        Row("fast enough", 200.0, "/s", floor=100.0, ratio=2.0, aim=Aim(at_least=0.85)),
        Row("too slow", 300.0, "ms", floor=100.0, ratio=3.0, aim=Aim(at_most=1.2)),
        Row("small enough", 4.0, "ms", aim=Aim(at_most=5)),
        Row("never answered", None, note="no answer", aim=Aim(at_most=1)),
        Row("not here", None, skipped="needs redis-server", aim=Aim(at_least=0.5)),
    ],
    "two": [Row("a figure", 1234.5, "bytes", of="a case", low=1000.0, high=1500.0)],
}
MET = [True, False, True, False, None, None]


def test_an_aim_bounds_the_ratio_to_a_floor_and_otherwise_the_value() -> None:
    assert [row.met for each in FOUND.values() for row in each] == MET


def test_the_table_and_the_json_show_the_same_rows() -> None:
    shown = table(FOUND, {"one": "The first", "two": "The second"}).splitlines()
    found = as_json(FOUND)
    assert [row["met"] for row in found] == MET
    for row in found:
        (line,) = (line for line in shown if line.startswith(f"  {row['name']} "))
        assert line.endswith(_verdict(row)), line
        for column in ("aim", "unit"):
            assert row[column] in line
    assert "skipped: needs redis-server" in "\n".join(shown)
    assert shown[-1] == "2 of 5 aims met"
    assert "one: The first" in shown and "two: The second" in shown


def _verdict(row: dict[str, Any]) -> str:
    return {True: "met", False: "MISSED", None: ""}[row["met"]]


def test_a_ratio_is_that_of_each_round() -> None:
    row = against("x", [2.0, 9.0], [1.0, 3.0], "ms", scale=1000)
    assert row == Row("x", 5500.0, "ms", floor=2000.0, ratio=2.5, low=2.0, high=3.0)


def test_each_scenario_with_an_aim_is_a_section() -> None:
    wanted = {"webhooks", "call", "rooms", "processes", "acks"}
    assert wanted <= AIMS.keys()
    shown = subprocess.run([*RUN, "--help"], cwd=ROOT, capture_output=True, text=True, check=True)
    sections = set(re.findall(r"^  ([a-z-]+) +[A-Z0-9]", shown.stdout, re.MULTILINE))
    assert AIMS.keys() | {"start", "participant", "scale"} <= sections


def test_a_section_has_a_row_for_each_aim_in_the_table_and_in_the_file(tmp_path: Path) -> None:
    file = tmp_path / "rows.json"
    command = [*RUN, "--quick", "rooms", "--json", str(file)]
    shown = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout
    found = json.loads(file.read_text())["rows"]
    assert found[0].keys() >= {"name", "value", "unit", "floor", "ratio", "aim", "met"}
    judged = [row["name"] for row in found if row["met"] is not None]
    assert judged == [f"{kind}: {aim}" for kind in KINDS for aim in AIMS["rooms"]]
    for row in found:
        assert shown.count(f"  {row['name']} ") == 1
        assert row["ratio"] == row["value"] / row["floor"]


# The simulation

COSTS = Costs(speaker=Cost(0.0), event=Cost(0.01), webhooks=6, commands=2)
"""Eight events of 10 ms: a process can take 12.5 calls a second."""


def test_a_process_takes_what_its_cpu_allows() -> None:
    slow, fast = (Simulation(Deployment("one"), COSTS) for _ in range(2))
    assert 0.7 < slow.run(10.0, lasts=40.0)["processes"] < 0.9
    assert fast.run(20.0, lasts=40.0)["processes"] > 0.99
    assert p99(slow.acks) < 0.3 < 1 < p99(fast.acks), "calls that are too many wait longer"


def test_two_processes_take_twice_the_calls() -> None:
    alone = Simulation(Deployment("one"), COSTS).run(6.0, lasts=60.0)
    both = Simulation(Deployment("two", processes=2), COSTS).run(12.0, lasts=60.0)
    assert both["processes"] == pytest.approx(alone["processes"], abs=0.05)


def test_senders_wait_for_telnyx_and_redis_for_nobody() -> None:
    """2 commands a call of 150 ms, with 32 senders; Redis takes 1 ms of each of 8 events."""
    costs = COSTS._replace(event=Cost(cpu=0.001, redis=0.001, trips=2))
    load = Simulation(Deployment("one", primaries=1), costs).run(50.0, lasts=20.0)
    assert load["senders"] == pytest.approx(50 * 2 * 0.15 / 32, abs=0.05)
    assert load["Redis"] == pytest.approx(50 * 8 * 0.001, abs=0.05)
    assert load["processes"] > load["Redis"] * 2 - 0.05, "a process waits for Redis"


def test_a_home_follows_the_webhooks_that_the_other_process_takes() -> None:
    """Half of 18 webhooks, 12 of them of speakers, cost 10 ms more, beside 8 events of 10 ms."""
    costs = COSTS._replace(follow=Cost(0.01))
    two = Deployment("two", processes=2)
    alone, followed = (Simulation(two, each).run(6.0, lasts=60.0) for each in (COSTS, costs))
    assert followed["processes"] == pytest.approx(alone["processes"] * 17 / 8, rel=0.05)


def test_redis_on_another_machine_costs_a_process_its_trips() -> None:
    costs = COSTS._replace(event=Cost(cpu=0.001, redis=0.0, trips=10))
    here, there = (
        Simulation(Deployment("one", primaries=1, apart=apart), costs).run(20.0, lasts=20.0)
        for apart in (False, True)
    )
    assert there["processes"] == pytest.approx(3 * here["processes"], rel=0.1)


# The page that explains the figures

PAGE = PAGES["scaling"]


def test_the_limits_on_the_page_are_those_of_the_code() -> None:
    shown = {name.strip("`"): value for name, value, _ in _table("One process", columns=3)[-6:]}
    assert {name: f"{defined(name):,}" for name in shown} == shown
    assert shown.keys() >= {f"conference.engine.dispatch.{each}" for each in LIMITS}
    assert f"is {SENDERS / TELNYX:.0f} commands a second" in PAGE


def test_the_page_shows_every_aim_of_the_rows_that_it_has() -> None:
    shown = [aim for title in ("One process", "Two processes") for aim in _aims(title)]
    sections = ("webhooks", "call", "rooms", "processes", "acks")
    aims = {str(aim) for each in sections for aim in AIMS[each].values()}
    assert set(shown) == {aim.replace("<= 1.0", "<= 1") for aim in aims}


def test_the_page_has_the_deployments_that_are_simulated() -> None:
    title = "Ten machines, and a Redis Cluster"
    assert [row[0] for row in _table(title, columns=5)] == [each.name for each in DEPLOYMENTS]


def test_the_page_says_how_many_callers_are_compared_in_time() -> None:
    for processes in (1, 2, 20):
        assert f"{100 * round(compared(processes) / 100):,} " in PAGE


def _table(title: str, columns: int) -> list[list[str]]:
    return [row for row in rows(section(PAGE, title)) if len(row) == columns]


def _aims(title: str) -> list[str]:
    return [row[2] for row in _table(title, columns=3) if row[2][:2] in ("<=", ">=")]
