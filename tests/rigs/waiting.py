"""Wait for another thread or process."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import TypeVar

_T = TypeVar("_T")


def until(condition: Callable[[], _T], what: str = "it is true", within: float = 20.0) -> _T:
    """Poll `condition` and return its first true result.

    Fail the test, naming `what`, after `within` seconds. A long wait costs nothing but when it
    fails, so a test names a time only where it promises one.
    """
    deadline = time.monotonic() + within
    pause = threading.Event()
    while not (result := condition()):
        assert time.monotonic() < deadline, f"not within {within:g} s: {what}"
        pause.wait(0.005)
    return result
