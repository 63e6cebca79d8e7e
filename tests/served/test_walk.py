"""The walk in docs/how-it-works.md is the way that a webhook goes."""

from __future__ import annotations

import re
from types import FunctionType

import pytest
from rigs.documents import PAGES, defined, section
from rigs.people import ANN
from rigs.rehearsals import MAY, dial, rehearsal, settled
from rigs.walks import Walks, passes, recorded_walks

PARTS = section(PAGES["how-it-works"], "One `call.answered`").split("\n### ")[1:]


@pytest.fixture(scope="module")
def walks() -> Walks:
    """Those of a line that a caller comes into."""
    with recorded_walks() as walks, rehearsal(**MAY) as line:
        dial(line, ANN)
        settled(line)
    return walks


@pytest.mark.parametrize("part", PARTS, ids=lambda part: part.split("\n")[0])
def test_the_functions_are_called_in_this_order(part: str, walks: Walks) -> None:
    names = re.findall(r"^\d+\. `(conference\.[\w.]+)`", part, re.MULTILINE)
    assert len(names) >= 6
    assert all(isinstance(defined(name), FunctionType) for name in names)
    assert any(passes(walk, names) for walk in walks.values()), names
