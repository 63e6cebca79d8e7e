"""Fixtures of stories that share the line, or the Redis, of their module, and of a newcomer's."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from rigs.newcomers import Newcomer
    from rigs.redis_clients import LineInRedis
    from rigs.rooms_line import RoomsLine


@pytest.fixture
def line(running: RoomsLine) -> Iterator[RoomsLine]:
    """The line that the module runs as `running`, cleared after each story."""
    yield running
    running.clears()


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LineInRedis]:
    """A line in the Redis of the module. `fresh` makes another one for each story."""
    from rigs.redis_clients import line_in_redis  # most modules need no redis-py

    with line_in_redis(tmp_path_factory.mktemp("redis")) as shared:
        yield shared


@pytest.fixture
def anew(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Newcomer]:
    """An account with a number and no application, an API key, and an empty folder."""
    from rigs.newcomers import newcomer

    with newcomer(tmp_path, monkeypatch) as made:
        yield made
