"""The commands beside `flask run`, one module for each group of them."""

from __future__ import annotations

from flask import Flask

from conference.cli.simulation import simulate


def install(app: Flask) -> None:
    for command in (simulate,):
        app.cli.add_command(command)
