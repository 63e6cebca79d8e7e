"""The commands beside `flask run`, one module for each group of them."""

from __future__ import annotations

from flask import Flask

from conference.cli.checkup import doctor
from conference.cli.simulation import simulate
from conference.cli.trace import story


def install(app: Flask) -> None:
    for command in (simulate, doctor, story):
        app.cli.add_command(command)
