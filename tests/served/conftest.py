"""The fixture of stories that share the line of their module."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from rigs.rooms_line import RoomsLine


@pytest.fixture
def line(running: RoomsLine) -> Iterator[RoomsLine]:
    """The line that the module runs as `running`, cleared after each story."""
    yield running
    running.clears()
