"""Fixtures that many tests share."""

import os
from collections.abc import Iterator

import pytest
from lines import TestLine, test_line

os.environ["NO_PROXY"] = "127.0.0.1,localhost"  # all that is asked here is on this machine


@pytest.fixture
def line() -> Iterator[TestLine]:
    with test_line() as line:
        yield line


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish(session: pytest.Session) -> None:
    """In CI everything that a test needs is there: one that was skipped has failed."""
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    if os.environ.get("CI") == "true" and reporter and reporter.stats.get("skipped"):
        reporter.write_line("Skipped in CI, where nothing may be missing: failed.", red=True)
        session.exitstatus = pytest.ExitCode.TESTS_FAILED
