"""The one error of this package."""

from __future__ import annotations


class Trouble(Exception):
    """There is no tunnel, or it cannot be used. The text says why, and what to do."""
