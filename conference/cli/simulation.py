"""`flask simulate`: the line at work, without an account."""

from __future__ import annotations

import json
import logging
import math
import os
import secrets
import sys
import textwrap
import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import click

from conference.core.origin import MUSIC

if TYPE_CHECKING:
    from conference.demo.rehearsal import CreateApp, Line
    from conference.demo.story import Story
    from conference.simulator import Chaos

MODERATE = """\
{who}
Be their moderator. In another terminal:

  export CONTROL_TOKEN={token} CONFERENCE_URL={url}
  {flask} participants
  {flask} mute 0111
  {flask} dial {guest}

The README has all that you can do; what comes of it is told here, until Ctrl-C.
"""

THERE = """\
{names} dial in again, and stay; Zoe (0142) may be called. For them {speed:g} seconds pass \
in one of yours."""

NEXT = """\
Next, with a real number: put TELNYX_API_KEY and TELNYX_PUBLIC_KEY into .env, start `flask run` and
`ngrok http 5000`, and set in the Telnyx portal {portal}.
The README has it step by step."""

WEBHOOK_URL = """\
the application's webhook URL to
https://<what ngrok shows>/webhook, API v2"""
VOICE_URL = """\
the TeXML application's voice URL to
https://<what ngrok shows>/texml, method POST, and PUBLIC_URL to what stands before /texml"""

CALM = """\
Proved, from what the callers heard: every caller was greeted, none was left in silence,
and every caller was on hold with music exactly while alone."""

BY_TEXML = """\
Proved, from what the callers heard: none was left in silence, and every caller had music exactly
while alone."""

STORMY = """\
Proved, from what the callers heard: whatever went wrong, everyone ended up with music while alone
and hearing the others else, and nobody was in silence for more than 10 s."""


class Speed(click.FloatRange):
    """Between its bounds, which what is no number passes everywhere else."""

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> float:
        speed: float = super().convert(value, param, ctx)
        if math.isnan(speed):
            self.fail(f"{value!r} is not a number.", param, ctx)
        return speed


def command(create_app: CreateApp) -> click.Command:
    """Make the command; `create_app` makes the line."""

    @click.command()
    @click.option(
        "--once", is_flag=True, help="End when the story is over: 0 if all went as promised."
    )
    @click.option(
        "--callers", type=click.IntRange(1, 20), default=3, show_default=True, help="How many come."
    )
    @click.option(
        "--speed",
        type=Speed(0.1, 50),
        default=5.0,
        show_default=True,
        help="How many seconds of the story pass in one second.",
    )
    @click.option(
        "--chaos",
        metavar="FAULTS",
        help="What goes wrong, and how often: any of duplicate=0.2,reorder=0.3,lose=0.05,delay=2s "
        "(of the webhooks) and error=0.1,limit=0.05,hang=0.02,drop=0.02 (of the requests).",
    )
    @click.option(
        "--seed",
        type=int,
        default=0,
        show_default=True,
        help="With the same, --chaos strikes the same. Without --chaos it is ignored.",
    )
    @click.option("--texml", is_flag=True, help="The callers dial a number on a TeXML application.")
    @click.option("--json", "as_json", is_flag=True, help="A JSON object for each line.")
    def simulate(**chosen: Any) -> None:
        """Show the line at work, with a simulated Telnyx and callers. Needs no account.

        Example: flask simulate --once --callers 5
        """
        _simulate(create_app, **chosen)

    return simulate


def _simulate(
    create_app: CreateApp,
    *,
    once: bool,
    callers: int,
    speed: float,
    chaos: str | None,
    seed: int,
    texml: bool,
    as_json: bool,
) -> None:
    from conference.demo import narrator
    from conference.demo.story import GUEST, Story

    faults = None if chaos is None else _chaos(chaos, seed)
    _only_here(faults)
    colour = coloured()

    def tell(told: narrator.Told) -> None:
        click.echo(narrator.as_json(told) if as_json else narrator.plain(told, colour=colour))

    def say(kind: str, text: str, **fields: object) -> None:
        click.echo(json.dumps({"kind": kind, **fields}) if as_json else text)

    story = Story(callers, tell, faults, texml=texml)
    token = secrets.token_urlsafe(16)
    with story.stage(create_app, speed, control_token=token, dial_allow=(GUEST,)) as line:
        _begin(line, faults, say)
        broken = _play(story, line)
        waited = story.waits()
        proved = STORMY if faults else BY_TEXML if texml else CALM
        say("end", _verdict(broken, waited, proved), broken=broken, waits=waited)
        if not once:
            _stay(story, line, token, say, NEXT.format(portal=VOICE_URL if texml else WEBHOOK_URL))
    sys.exit(1 if broken else 0)


def _stay(
    story: Story, line: Line, token: str, say: Callable[..., None], with_a_number: str
) -> None:
    """Until Ctrl-C, with callers whom one may moderate."""
    from conference.demo.narrator import WIDTH
    from conference.demo.story import GUEST

    music = line.url + MUSIC
    names = (f"{name} ({number[-4:]})" for number, name in story.names.items())
    how = MODERATE.format(
        who=textwrap.fill(THERE.format(names=", ".join(names), speed=line.telnyx.speed), WIDTH),
        token=token,
        url=line.url,
        flask=sys.argv[0] if sys.argv[0].endswith("bin/flask") else "flask",
        guest=GUEST,
    )
    say("stays", f"\n{with_a_number}\n\nThe music is at {music}\n\n{how}", music=music, token=token)
    story.come_back(line)
    _until_interrupted()


def _chaos(text: str, seed: int) -> Chaos:
    from conference.simulator import Chaos

    try:
        return Chaos.parse(text, seed)
    except ValueError as error:
        raise click.BadParameter(f"{error}.", param_hint="'--chaos'") from error


def _begin(line: Line, chaos: Chaos | None, say: Callable[..., None]) -> None:
    where: dict[str, object] = {"line": line.url, "telnyx": line.telnyx.base_url}
    text = "The line is at {line}, a simulated Telnyx at {telnyx}.\n".format(**where)
    if chaos is None:
        say("begin", text, **where)
    else:
        say("begin", f"{text}Chaos: {chaos}\n", **where, chaos=str(chaos))


def _play(story: Story, line: Line) -> list[str]:
    """What was not as promised, once nothing goes on any more."""
    from conference.demo.story import Stuck

    try:
        broken = story.play(line)
    except Stuck as stuck:
        broken = [str(stuck)]
    line.telnyx.idle(5)
    return broken


def _only_here(chaos: Chaos | None) -> None:
    os.environ["NO_PROXY"] = "127.0.0.1"  # all of it is on this machine
    # What chaos does is told by the story, so the line need not warn of it.
    logging.getLogger("conference").setLevel(logging.ERROR if chaos else logging.WARNING)


def coloured() -> bool:
    """Colour is for terminals, and for those who have not asked for none (no-color.org)."""
    return sys.stdout.isatty() and not os.environ.get("NO_COLOR")


def _verdict(broken: list[str], waited: list[str], proved: str) -> str:
    if broken:
        return "\n".join(["", *(f"BROKEN: {promise}" for promise in broken)])
    return "\n".join(["", *waited, proved])


def _until_interrupted() -> None:
    try:
        while True:
            time.sleep(0.5)  # where another thread was given the signal, nothing wakes this one
    except KeyboardInterrupt:
        click.echo("")
