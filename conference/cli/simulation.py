"""`flask simulate`: the line at work, without an account."""

from __future__ import annotations

import json
import logging
import os
import sys
from threading import Event

import click

NEXT = """\
Next, with a real number: put TELNYX_API_KEY and TELNYX_PUBLIC_KEY into .env, start `flask run` and
`ngrok http 5000`, and set the application's webhook URL in the Telnyx portal to
https://<what ngrok shows>/webhook, API v2. The README has it step by step."""


@click.command()
@click.option("--once", is_flag=True, help="End when the story is over: 0 if all went as promised.")
@click.option(
    "--callers", type=click.IntRange(1, 20), default=3, show_default=True, help="How many come."
)
@click.option(
    "--speed",
    type=click.FloatRange(0.1, 50),
    default=5.0,
    show_default=True,
    help="How many seconds of the story pass in one second.",
)
@click.option("--json", "as_json", is_flag=True, help="A JSON object for each line.")
def simulate(once: bool, callers: int, speed: float, as_json: bool) -> None:
    """Show the line at work, with a simulated Telnyx and callers. Needs no account.

    Example: flask simulate --once --callers 5
    """
    from conference import narrator
    from conference.story import Story, Stuck

    _only_here()
    colour = coloured()

    def tell(told: narrator.Told) -> None:
        click.echo(narrator.as_json(told) if as_json else narrator.plain(told, colour=colour))

    def say(kind: str, text: str, **fields: object) -> None:
        click.echo(json.dumps({"kind": kind, **fields}) if as_json else text)

    story = Story(callers, tell)
    with story.stage(speed) as line:
        where = {"line": line.url, "telnyx": line.telnyx.base_url}
        say(
            "begin",
            "The line is at {line}, a simulated Telnyx at {telnyx}.\n".format(**where),
            **where,
        )
        try:
            broken = story.play(line)
        except Stuck as stuck:
            broken = [str(stuck)]
        line.telnyx.idle(5)
        waited = story.waits()
        say("end", _verdict(broken, waited), broken=broken, waits=waited)
        if not once:
            music = f"{line.url}/hold-music.wav"
            say(
                "stays",
                f"\n{NEXT}\n\nBoth stay up until Ctrl-C; the music is at {music}",
                music=music,
            )
            _until_interrupted()
    sys.exit(1 if broken else 0)


def _only_here() -> None:
    os.environ["NO_PROXY"] = "127.0.0.1"  # all of it is on this machine
    logging.getLogger("conference").setLevel(logging.WARNING)


def coloured() -> bool:
    """Colour is for terminals, and for those who have not asked for none (no-color.org)."""
    return sys.stdout.isatty() and not os.environ.get("NO_COLOR")


def _verdict(broken: list[str], waited: list[str]) -> str:
    if broken:
        return "\n".join(["", *(f"BROKEN: {promise}" for promise in broken)])
    proved = (
        "Proved, from what the callers heard: every caller was greeted, none was left in silence,\n"
        "and every caller was on hold with music exactly while alone."
    )
    return "\n".join(["", *waited, proved])


def _until_interrupted() -> None:
    try:
        Event().wait()
    except KeyboardInterrupt:
        click.echo("")
