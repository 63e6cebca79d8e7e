"""Fixtures that many tests share."""

import os
from collections.abc import Iterator

import pytest
from rigs.lines import TestLine, test_line

os.environ["NO_PROXY"] = "127.0.0.1,localhost"  # all that is asked here is on this machine
os.environ["COLUMNS"] = "100"  # the same width of text wherever the tests run


SKIPPED = "conference/skipped"


@pytest.fixture
def line() -> Iterator[TestLine]:
    with test_line() as line:
        yield line


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--skipped", action="store_true", help="only what was skipped the last time without this"
    )


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    if config.getoption("--skipped"):
        before = tuple(config.cache.get(SKIPPED, []))  # tests, and modules that were not collected
        items[:] = [item for item in items if item.nodeid.startswith(before)]


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish(session: pytest.Session) -> None:
    """In CI everything that a test needs is there: one that was skipped has failed."""
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    skipped = reporter.stats.get("skipped", []) if reporter else []
    cache = getattr(session.config, "cache", None)  # which can be switched off
    if cache and not session.config.getoption("--skipped"):
        cache.set(SKIPPED, [report.nodeid for report in skipped])
    if os.environ.get("CI") == "true" and skipped:
        reporter.write_line("Skipped in CI, where nothing may be missing: failed.", red=True)
        session.exitstatus = pytest.ExitCode.TESTS_FAILED
