"""The commands beside `flask run`, a module for each group."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Flask

from conference.cli import account, moderation, replay, simulation
from conference.cli.callback_key import callback_key
from conference.cli.checkup import doctor
from conference.cli.console_link import console_link
from conference.cli.listing import participants, rooms
from conference.cli.probe import probe
from conference.cli.setup import setup
from conference.cli.trace import story

if TYPE_CHECKING:
    from conference.demo.rehearsal import CreateApp


def install(app: Flask, create_app: CreateApp) -> None:
    """Add all commands to `app`. `create_app` makes the lines that they run."""
    played = (simulation.command(create_app), replay.command(create_app))
    alone = (*played, setup, doctor, probe, story, callback_key, console_link, rooms, participants)
    for command in (*alone, *moderation.commands(), *account.commands()):
        app.cli.add_command(command)
