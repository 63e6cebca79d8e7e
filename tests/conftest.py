"""Settings and fixtures that many tests share.

core        tables of the core: a room, an event, what follows     `pytest`, one or two minutes
unit        modules around the core, by the app's test client      `pytest`
served      the line and real servers, with a simulated Telnyx     `pytest`: test_line.py alone
simulator   the simulated Telnyx itself                            after a change of the simulator
browser     the pages, in a real Chromium                          after a change of a page
properties  stories that hypothesis makes up                       after a change of the core
rigs        code that tests share, since no test imports another
webhooks    recorded bodies of Telnyx's webhooks, and folders of RECORD_WEBHOOKS
`pytest tests -n auto` runs everything, after `pip install -r requirements-dev.txt`.
"""

import gc
import os
import signal
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from pathlib import Path

import pytest
from rigs.lines import TestLine, test_line

from conference.telnyx_api import TelnyxApi

pytest.register_assert_rewrite(
    "rigs.journal_contract",
    "rigs.meetings_contract",
    "rigs.registry_contract",
    "rigs.reservations_contract",
    "rigs.token_counts_contract",
)
WEBHOOKS = Path(__file__).with_name("webhooks")
os.environ["NO_PROXY"] = "127.0.0.1,localhost"  # all that is asked here is on this machine
os.environ["COLUMNS"] = "100"  # the same width of text wherever the tests run
# A job in the background ignores Ctrl-C, and so would each server that a test starts.
signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.fixture
def line() -> Iterator[TestLine]:
    with test_line() as line:
        yield line


@pytest.fixture
def connect() -> Iterator[Callable[..., TelnyxApi]]:
    """Make a TelnyxApi, and close its connections after the test."""
    with ExitStack() as stack:
        yield lambda *given, **named: stack.enter_context(closing(TelnyxApi(*given, **named)))


def pytest_addoption(parser: pytest.Parser) -> None:
    help = "run a folder of `RECORD_WEBHOOKS` as a test, and nothing else"
    parser.addoption("--recorded", action="append", default=[], metavar="FOLDER", help=help)
    parser.addoption("--rest", action="store_true", help="for `pytest tests`: what `pytest` omits")


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Let a test of `recording` run for each folder in tests/webhooks, or for those given."""
    if "recording" in metafunc.fixturenames:
        given = [Path(each) for each in metafunc.config.getoption("--recorded")]
        folders = given or [WEBHOOKS, *sorted(filter(Path.is_dir, WEBHOOKS.iterdir()))]
        metafunc.parametrize("recording", folders, ids=[folder.name for folder in folders])


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    items.sort(key=lambda item: item.nodeid.startswith("tests/browser/"))  # after all others
    if config.getoption("--recorded"):
        others = [item for item in items if "recording" not in getattr(item, "fixturenames", ())]
        items[:] = [item for item in items if item not in others]
        config.hook.pytest_deselected(items=others)
    if config.getoption("--rest"):
        alone = tuple(config.getini("testpaths"))
        left_out = [item for item in items if item.nodeid.startswith(alone)]
        items[:] = [item for item in items if not item.nodeid.startswith(alone)]
        config.hook.pytest_deselected(items=left_out)


@pytest.hookimpl(tryfirst=True)
def pytest_collection() -> None:
    """Keep the garbage collector off the thousands of tests, which would take it 8 s in all."""
    gc.disable()


@pytest.hookimpl(trylast=True)
def pytest_collection_finish() -> None:
    gc.freeze()
    gc.enable()


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish(session: pytest.Session) -> None:
    """In CI nothing that a test needs may be missing, so a skipped test counts as failed."""
    reporter = session.config.pluginmanager.get_plugin(
        "terminalreporter"
    )  # none in xdist's workers
    if os.environ.get("CI") == "true" and reporter and reporter.stats.get("skipped"):
        reporter.write_line("Skipped in CI, where nothing may be missing: failed.", red=True)
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


def pytest_terminal_summary(
    terminalreporter: pytest.TerminalReporter, config: pytest.Config
) -> None:
    if config.args_source is pytest.Config.ArgsSource.TESTPATHS:
        terminalreporter.write_line(
            "To run everything: "
            ".venv/bin/pip install -r requirements-dev.txt && .venv/bin/pytest -n auto tests"
        )
