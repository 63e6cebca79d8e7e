"""`flask replay`: a recording of RECORD_WEBHOOKS, decided again."""

from __future__ import annotations

import json
import logging
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from conference.cli.simulation import coloured
from conference.core.human_text import readable
from conference.reporting.public_view import about

if TYPE_CHECKING:
    from conference.demo.rehearsal import CreateApp
    from conference.recording.reading import Recording

UNREADABLE = 2


def command(create_app: CreateApp) -> click.Command:
    """Return the command. `create_app` makes the line of `--server`."""

    @click.command()
    @click.argument("folder", type=click.Path(file_okay=False, path_type=Path))
    @click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
    @click.option(
        "--accept",
        is_flag=True,
        help="Write into the folder what the line decides now, once a fault is mended.",
    )
    @click.option(
        "--server",
        is_flag=True,
        help="Let the callers of the recording call again: a line with a simulated Telnyx.",
    )
    @click.option(
        "--speed",
        type=click.FloatRange(0.1, 50),
        default=1.0,
        show_default=True,
        help="With --server: seconds of the recording that pass in one real second.",
    )
    def replay(folder: Path, as_json: bool, accept: bool, server: bool, speed: float) -> None:
        """Decide a recording again, and show the story.

        FOLDER: a folder of RECORD_WEBHOOKS, or of webhooks alone. Nothing is sent. The exit status
        is 0 if the line decides the same as then, 1 if not, 2 if a file cannot be read or written.

        Example: flask replay recordings
        """
        from conference.recording import reading

        if accept and server:
            raise click.UsageError("--accept writes what is decided again, without --server.")
        try:
            recording = reading.read(folder)
            if server:
                _reenact(create_app, recording, speed, as_json=as_json)
            else:
                _decide(recording, as_json=as_json, accepted=accept)
        except reading.Unreadable as error:
            click.echo(readable(str(error)), err=True)
            sys.exit(UNREADABLE)

    return replay


def _decide(recording: Recording, *, as_json: bool, accepted: bool) -> None:
    from conference.recording import story
    from conference.recording.accepting import accept
    from conference.recording.replay import replay

    again = replay(recording)
    files = accept(again) if accepted else []
    if as_json:
        click.echo(json.dumps(story.as_json(again) | {"accepted": files}))
    else:
        for line in story.lines(again):
            click.echo(line)
        if accepted:
            what = f"files changed: {len(files)}" if files else "nothing had to change"
            click.echo(f"Accepted what the line decides now: {what}.")
    sys.exit(1 if again.difference and not accepted else 0)


def _reenact(create_app: CreateApp, recording: Recording, speed: float, *, as_json: bool) -> None:
    from conference.demo import narrator
    from conference.demo.reenactment import Reenactment

    os.environ["NO_PROXY"] = "127.0.0.1"  # line and Telnyx are on this machine
    logging.getLogger("conference").setLevel(logging.WARNING)
    colour = coloured()

    def narrate(sentence: narrator.Sentence) -> None:
        plain = narrator.plain(sentence, colour=colour)
        click.echo(narrator.as_json(sentence) if as_json else plain)

    again = Reenactment(recording, narrate)
    with again.stage(create_app, speed) as line:
        refused = again.play(line)
        ends = {r.name: about(r)["summary"] for r in line.engine.registry.rooms()}
    for sentence in refused:
        click.echo(json.dumps({"kind": "refused", "text": sentence}) if as_json else sentence)
    for room, end in ends.items():
        shown = readable(f"At the end, room {room}: {end}")
        click.echo(json.dumps({"kind": "end", "room": room, "text": end}) if as_json else shown)
