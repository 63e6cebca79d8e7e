"""The commands beside `flask run`."""

from __future__ import annotations

from flask import Flask


def install(app: Flask) -> None:
    pass
