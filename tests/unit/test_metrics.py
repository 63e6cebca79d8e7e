"""Who may read `/metrics`, its answer without Prometheus's client, and its page.

What is counted is tested in tests/served, since it needs requirements-scaling.txt.
"""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Iterator

import pytest
from rigs.console import BEARER, by_link, signed_in
from rigs.documents import PAGES, ROOT, blocks, rows, section
from rigs.lines import TestLine, test_line
from rigs.people import TOKEN

from conference.reporting.metric_table import FETCHES, REFUSED, TABLE, TAKEN, TYPES
from conference.web import counting
from conference.web.metrics import NOT_INSTALLED
from conference.web.wrong_tokens import FREE

OF_METRICS = "a-token-of-prometheus"
READER = {"Authorization": f"Bearer {OF_METRICS}"}
PAGE = PAGES["metrics"]


@pytest.fixture
def bare(monkeypatch: pytest.MonkeyPatch) -> Iterator[TestLine]:
    """A line without Prometheus's client, with both tokens."""
    monkeypatch.setitem(sys.modules, "prometheus_client", None)
    with test_line(control_token=TOKEN, metrics_token=OF_METRICS) as line:
        yield line


def problem(line: TestLine, headers: dict[str, str]) -> tuple[int, str]:
    response = line.client.get("/metrics", headers=headers)
    return response.status_code, response.get_json()["type"].removeprefix("/problems/")


# Without the client


def test_it_says_what_to_install(bare: TestLine) -> None:
    response = bare.client.get("/metrics", headers=READER)
    assert (response.status_code, response.mimetype) == (501, "application/problem+json")
    assert response.get_json()["detail"] == NOT_INSTALLED
    assert "pip install -r requirements-scaling.txt" in NOT_INSTALLED
    assert (ROOT / "requirements-scaling.txt").read_text().count("prometheus-client==") == 1


def test_the_line_serves_as_ever(bare: TestLine) -> None:
    bare.happens("call.initiated", "call.answered")
    assert [command.name for command in bare.api.sent] == ["answer", "speak"]


@pytest.mark.parametrize(
    "settings, imported",
    [("", False), ("control_token='a-token-of-the-tests'", True)],
    ids=["nobody may read them", "a token opens them"],
)
def test_nothing_is_imported_unless_somebody_may_read_it(settings: str, imported: bool) -> None:
    """With a token, only what is installed is imported."""
    code = (
        "import sys\n"
        "from importlib.util import find_spec\n"
        "from conference import create_app\n"
        "from conference.settings import make\n"
        f"create_app(make({settings}))\n"
        "there = find_spec('prometheus_client') is not None\n"
        "print('prometheus_client' in sys.modules, there, 'redis' in sys.modules)"
    )
    run = [sys.executable, "-c", code]
    found = subprocess.run(run, cwd=ROOT, capture_output=True, text=True, check=True).stdout.split()
    assert found[0] == str(imported and found[1] == "True")
    assert found[2] == "False"


# Who may read it


@pytest.mark.parametrize("headers", [{}, READER, BEARER])
def test_without_a_token_it_is_off(headers: dict[str, str]) -> None:
    with test_line() as line:
        assert problem(line, headers) == (403, "metrics-are-off")


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Authorization": "Bearer"},
        {"Authorization": "Bearer "},
        {"Authorization": "Bearer another-token-of-the-tests"},
        {"Authorization": f"Basic {OF_METRICS}"},
    ],
)
@pytest.mark.parametrize("tokens", [{"control_token": TOKEN}, {"metrics_token": OF_METRICS}])
def test_without_the_right_token_it_is_closed(
    headers: dict[str, str], tokens: dict[str, str]
) -> None:
    with test_line(**tokens) as line:
        assert problem(line, headers) == (401, "not-authorized")


def test_each_token_opens_it_where_it_is_set(bare: TestLine) -> None:
    for headers in (READER, BEARER):
        assert problem(bare, headers) == (501, "not-counted")
    with test_line(control_token=TOKEN) as line:
        assert problem(line, READER) == (401, "not-authorized")
    with test_line(metrics_token=OF_METRICS) as line:
        assert problem(line, BEARER) == (401, "not-authorized")


def test_its_own_token_opens_nothing_else(bare: TestLine) -> None:
    assert bare.client.get("/api/health", headers=READER).status_code == 401
    sent = bare.client.post("/console/sign-in", data={"token": OF_METRICS})
    assert sent.status_code == 401
    with test_line(metrics_token=OF_METRICS) as line:
        assert line.client.get("/api/health", headers=READER).status_code == 403


def test_no_cookie_opens_it(bare: TestLine) -> None:
    for browser, headers in (by_link(bare, "demo-conference"), signed_in(bare)):
        assert browser.get("/metrics", headers=headers).status_code == 401


def test_wrong_tokens_are_slowed_as_for_control(bare: TestLine) -> None:
    wrong = {"Authorization": "Bearer another-token-of-the-tests"}
    for _ in range(FREE):
        assert problem(bare, wrong) == (401, "not-authorized")
    assert problem(bare, wrong) == (429, "too-many-wrong-tokens")
    assert bare.client.get("/api/health", headers=wrong).status_code == 429, "counted together"
    assert problem(bare, READER) == (501, "not-counted"), "a right one still counts"


# The table


def test_the_page_has_the_table() -> None:
    shown = rows(section(PAGE, "The table"))
    there = [
        [
            f"`{metric.name}`",
            metric.type,
            ", ".join(f"`{label}`" for label in metric.labels) or "none",
            metric.meaning,
        ]
        for metric in TABLE
    ]
    assert shown == there


def test_the_page_names_the_outcomes() -> None:
    named = re.findall(r"`([^`]+)`", section(PAGE, "Labels").split("\n\n")[0])
    assert named == ["outcome", *TAKEN, *REFUSED]
    assert {*counting.REFUSED.values()} == {*REFUSED} - {"failed"}


def test_no_label_holds_what_a_caller_can_choose() -> None:
    assert {label for metric in TABLE for label in metric.labels} == {
        *("type", "outcome", "command", "meaning")
    }
    assert len(TYPES) < 50
    assert set(FETCHES) == {*counting.TYPE_OF.values()} - {""}


def test_the_names_are_as_prometheus_wants_them() -> None:
    names = [metric.name for metric in TABLE]
    assert len(names) == len({*names})
    for metric in TABLE:
        assert re.fullmatch(r"conference(_[a-z]+)+", metric.name)
        assert metric.name.endswith("_total") == (metric.type == "counter")
        assert metric.name.endswith("_seconds") == (metric.type == "histogram")
        assert bool(metric.buckets) == (metric.type == "histogram")
        assert [*metric.buckets] == sorted(metric.buckets)


def test_the_alert_rules_name_metrics_that_are_there() -> None:
    (rules,) = (block for block in blocks(PAGE, "yaml") if "groups:" in block)
    assert rules.count("- alert: ") == 3
    expressions = re.findall(r"^ +expr: (.*)$", rules, re.MULTILINE)
    assert len(expressions) == 3
    names = {name for each in expressions for name in re.findall(r"conference_[a-z_]+", each)}
    series = {m.name for m in TABLE if m.type != "histogram"} | {
        f"{m.name}_{part}"
        for m in TABLE
        if m.type == "histogram"
        for part in ("bucket", "count", "sum")
    }
    assert names and names <= series
    for outcome in re.findall(r'outcome=~?"([^"]+)"', rules):
        assert {*outcome.split("|")} <= {*TAKEN, *REFUSED}
