"""The commands beside `flask run`."""

from __future__ import annotations

import logging
import os
import sys
from threading import Event

import click
from flask import Flask


def install(app: Flask) -> None:
    app.cli.add_command(simulate)


@click.command()
@click.option("--once", is_flag=True, help="End when the story is over: 0 if all went as promised.")
@click.option(
    "--speed",
    type=click.FloatRange(0.1, 50),
    default=5.0,
    show_default=True,
    help="How many seconds of the story pass in one second.",
)
def simulate(once: bool, speed: float) -> None:
    """Show the line at work, with a simulated Telnyx and three callers. Needs no account.

    Example: flask simulate --once
    """
    from conference.story import Story, Stuck

    os.environ["NO_PROXY"] = "127.0.0.1"  # all of it is on this machine
    logging.getLogger("conference").setLevel(logging.WARNING)
    story = Story(click.echo)
    with story.stage(speed) as line:
        click.echo(f"The line is at {line.url}, a simulated Telnyx at {line.telnyx.base_url}.")
        try:
            broken = story.play(line)
        except Stuck as stuck:
            broken = [str(stuck)]
        line.telnyx.idle(5)
        for promise in broken:
            click.echo(f"BROKEN: {promise}")
        if not broken:
            click.echo("As promised: all were greeted, and on hold with music exactly while alone.")
        if not once:
            click.echo(f"The music that they heard: {line.url}/hold-music.wav (Ctrl-C ends it all)")
            _until_interrupted()
    sys.exit(1 if broken else 0)


def _until_interrupted() -> None:
    try:
        Event().wait()
    except KeyboardInterrupt:
        click.echo("")
