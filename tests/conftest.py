"""Fixtures that many tests share."""

from collections.abc import Iterator

import pytest
from lines import TestLine, test_line


@pytest.fixture
def line() -> Iterator[TestLine]:
    with test_line() as line:
        yield line
