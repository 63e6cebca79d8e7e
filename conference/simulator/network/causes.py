"""What happens because of what: the causes of the present step, by the numbers of their rows.

A step's causes go on to everything that it begins: the clock's later actions, requests for
documents, clips and gathers.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

Causes = tuple[int, ...]
"""The numbers of rows in the traffic, each once."""

_present: ContextVar[Causes] = ContextVar("causes", default=())


def present() -> Causes:
    """Return the causes of the present step; () if it has none."""
    return _present.get()


@contextmanager
def because(causes: Causes) -> Iterator[None]:
    """Give these causes to the block, instead of the present ones."""
    token = _present.set(causes)
    try:
        yield
    finally:
        _present.reset(token)


@contextmanager
def also(causes: Causes) -> Iterator[None]:
    """Give these causes to the block, beside the present ones."""
    with because(joined(causes, present())):
        yield


def joined(*several: Causes) -> Causes:
    """Return all causes, each once."""
    return tuple(dict.fromkeys(n for causes in several for n in causes))
