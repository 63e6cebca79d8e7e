"""The one table of phrases: for each fact its check, state, sentence, what to do, and repair."""

from __future__ import annotations

from . import account, applications, limits, live, reach, recording, self_test, texml
from .phrase import Phrase, Rows, State

__all__ = ["PHRASES", "Phrase", "State"]

PHRASES: Rows = {
    **account.ROWS,
    **applications.ROWS,
    **texml.ROWS,
    **limits.ROWS,
    **reach.ROWS,
    **self_test.ROWS,
    **recording.ROWS,
    **live.ROWS,
}
"""The rows of all subjects, in the order of the checks."""
