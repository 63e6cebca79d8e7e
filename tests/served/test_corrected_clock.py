"""A real server whose machine's clock is set back or forward by an hour while it serves."""

from __future__ import annotations

from pathlib import Path

import pytest
from rigs.recorded import TEST_KEY
from rigs.servers import GUNICORN, ROOT, run
from rigs.waiting import until

from conference.simulator import SimulatedTelnyx

APPLICATION = "1494404757140276705"  # the simulated Telnyx's
HOUR = 3600
SHIFTED = """
import pathlib, time
_file, _system = pathlib.Path({file!r}), time.time
time.time = lambda: _system() + float(_file.read_text())
"""
"""Python runs a module of this name before any other: there the system's clock reads otherwise."""


@pytest.mark.parametrize("by", [-HOUR, HOUR], ids=["set back", "set forward"])
def test_no_wait_depends_on_the_systems_clock(tmp_path: Path, by: int) -> None:
    """A lonely caller stays, comparisons go on, and the next caller is let in."""
    shift = tmp_path / "shift"
    shift.write_text("0")
    (tmp_path / "sitecustomize.py").write_text(SHIFTED.format(file=str(shift)))
    with (
        SimulatedTelnyx("", TEST_KEY) as telnyx,
        run(
            GUNICORN,
            tmp_path,
            TELNYX_BASE_URL=telnyx.base_url,
            TELNYX_CONNECTION_ID=APPLICATION,
            PYTHONPATH=f"{tmp_path}:{ROOT}",
            RECONCILE_SECONDS="1",
            ALONE_MINUTES="30",
            GREETING_FIRST="",
            GREETING_NEXT="",
        ) as server,
    ):
        server.up()
        telnyx.webhook_url = server.url + "/webhook"
        first = telnyx.phone("+13125550111").dial()
        until(lambda: first.hears.what == "music", "the first caller is alone")
        # Between two comparisons, since an answer on its way would begin the next wait.
        until(lambda: _comparisons(telnyx) and telnyx.now() > telnyx.requests[-1].at + 0.3)
        _replace(shift, str(by))
        before = _comparisons(telnyx)
        until(lambda: _comparisons(telnyx) >= before + 3, "comparisons go on")
        assert (first.state, first.hears.what) == ("answered", "music")
        _replace(shift, "0")  # else every webhook would be refused, as too old or too new
        second = telnyx.phone("+13125550112").dial()
        until(lambda: second.hears.what == first.hears.what == "conference", "both talk", within=15)
        assert "Traceback" not in server.log


def _comparisons(telnyx: SimulatedTelnyx) -> int:
    """How often the list of conferences was read."""
    return sum(each.method == "GET" and each.path == "/conferences" for each in telnyx.requests)


def _replace(file: Path, text: str) -> None:
    """Write at once: the server reads the file whenever it wants the time."""
    new = file.with_suffix(".new")
    new.write_text(text)
    new.replace(file)
