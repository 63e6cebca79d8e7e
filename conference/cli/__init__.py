"""The commands beside `flask run`, one module for each group of them."""

from __future__ import annotations

from flask import Flask

from conference.cli import account, moderation
from conference.cli.callback_key import callback_key
from conference.cli.checkup import doctor
from conference.cli.listing import participants, rooms
from conference.cli.simulation import simulate
from conference.cli.trace import story


def install(app: Flask) -> None:
    alone = (simulate, doctor, story, callback_key, rooms, participants)
    for command in (*alone, *moderation.commands(), *account.commands()):
        app.cli.add_command(command)
