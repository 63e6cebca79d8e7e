"""Finds out why calls do not work: the settings, Redis, the Telnyx account, the way from Telnyx.

It only reads. Its findings hold no secret and no whole phone number.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from conference.settings import Settings
from conference.telnyx_api import ApiResponse

from . import live
from .checks import facts
from .finding import Fact, Finding, State, finding

__all__ = ["Finding", "State", "examine", "examine_server", "unreachable"]


def examine(settings: Settings) -> Iterator[Finding]:
    """Yield the findings of all checks in their order, each as soon as it is there."""
    return map(finding, facts(settings))


def examine_server(report: dict[str, Any], whoami: Callable[[], ApiResponse]) -> Iterator[Finding]:
    """Yield the findings of the running server.

    `report`: the JSON of `/api/health`. `whoami`: reads Telnyx's `/whoami`, if it is needed.
    """
    return map(finding, live.examine(report, whoami))


def unreachable(error: str) -> Finding:
    """Return the finding of a running server that gives no report."""
    return finding(Fact("live.unreachable", error=error))
