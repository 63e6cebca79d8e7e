"""`flask simulate`: shows the line at work, without an account."""

from __future__ import annotations

import json
import logging
import math
import os
import secrets
import shlex
import sys
import textwrap
import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias

import click

from conference.cli.names import program, run_with_tunnel
from conference.core.origin import MUSIC
from conference.demo import texts

if TYPE_CHECKING:
    from conference.demo.narrator import Sentence
    from conference.demo.rehearsal import CreateApp, Line
    from conference.demo.rooms_story import RoomsStory
    from conference.demo.story import Story
    from conference.simulator import Chaos

    AnyStory: TypeAlias = Story | RoomsStory

CODE = Path(__file__).resolve().parents[1]  # FLASK_APP, for commands in any folder
CALLERS = 3


class Speed(click.FloatRange):
    """A number between two bounds; click's own FloatRange accepts "nan", too."""

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> float:
        speed: float = super().convert(value, param, ctx)
        if math.isnan(speed):
            self.fail(f"{value!r} is not a number.", param, ctx)
        return speed


def command(create_app: CreateApp) -> click.Command:
    """Make the command. create_app: makes the line that the callers dial."""

    @click.command()
    @click.option(
        "--once",
        is_flag=True,
        help="Exit after the story: 0 if the line kept its promises, else 1.",
    )
    @click.option(
        "--callers",
        type=click.IntRange(1, 20),
        show_default=str(CALLERS),
        help="Number of callers.",
    )
    @click.option(
        "--speed",
        type=Speed(0.1, 50),
        default=5.0,
        show_default=True,
        help="Seconds of the story that pass in one real second.",
    )
    @click.option(
        "--chaos",
        metavar="FAULTS",
        help="Faults and their probabilities, such as lose=0.05,error=0.1. Of webhooks: duplicate, "
        "reorder, lose, and delay=2s (at most). Of requests: error, limit, hang, drop, "
        "transient (408, 409 or 422, to be tried again) and drip (answered byte by byte).",
    )
    @click.option(
        "--seed",
        type=int,
        default=0,
        show_default=True,
        help="The same seed repeats the same faults of --chaos.",
    )
    @click.option(
        "--texml", is_flag=True, help="Let the callers dial a number with a TeXML application."
    )
    @click.option(
        "--rooms",
        is_flag=True,
        help="Tell a story of two rooms, with PINs, a host and keys; without the options above but "
        "--once and --speed.",
    )
    @click.option("--record", metavar="FOLDER", help="Record what happens, for `flask replay`.")
    @click.option("--json", "as_json", is_flag=True, help="Write a JSON object for each line.")
    def simulate(**chosen: Any) -> None:
        """Show the line at work, with a simulated Telnyx and callers.

        No account is needed.

        Example: flask simulate --once --callers 5
        """
        _simulate(create_app, **chosen)

    return simulate


def _simulate(
    create_app: CreateApp,
    *,
    once: bool,
    callers: int | None,
    speed: float,
    chaos: str | None,
    seed: int,
    texml: bool,
    rooms: bool,
    record: str | None,
    as_json: bool,
) -> None:
    from conference.demo import narrator

    faults = None if chaos is None else _chaos(chaos, seed)
    _prepare_process(faults)
    colour = coloured()

    def narrate(sentence: narrator.Sentence) -> None:
        plain = narrator.plain(sentence, colour=colour)
        click.echo(narrator.as_json(sentence) if as_json else plain)

    def show(kind: str, text: str, **fields: object) -> None:
        click.echo(json.dumps({"kind": kind, **fields}) if as_json else text)

    story = _story(narrate, callers, faults, texml=texml, rooms=rooms)
    token = secrets.token_urlsafe(16)
    given = {"control_token": token, "record_webhooks": os.path.abspath(record) if record else ""}
    with story.stage(create_app, speed, **given) as line:
        _begin(line, story.scene(line), faults, show)
        broken = _play(story, line)
        waits = story.waits()
        show("end", _verdict(broken, waits, story.proved), broken=broken, waits=waits)
        if not once:
            _stay(story, line, token, show, texml=texml)
    sys.exit(1 if broken else 0)


def _story(
    narrate: Callable[[Sentence], None],
    callers: int | None,
    faults: Chaos | None,
    *,
    texml: bool,
    rooms: bool,
) -> AnyStory:
    """Return the story that the options choose. The one of rooms is always the same."""
    from conference.demo.rooms_story import RoomsStory
    from conference.demo.story import Story

    if not rooms:
        return Story(CALLERS if callers is None else callers, narrate, faults, texml=texml)
    if callers is not None or faults or texml:
        raise click.UsageError("--rooms has its own callers: no --callers, --chaos or --texml.")
    return RoomsStory(narrate)


def _stay(
    story: AnyStory, line: Line, token: str, show: Callable[..., None], *, texml: bool
) -> None:
    """Keep the line running until Ctrl-C, with callers to moderate."""
    setup = f"{_program()} setup{' --texml' if texml else ''}"
    story.come_back(line)
    links = _links(line, token)
    parts = (
        texts.NEXT.format(folder=_folder(), setup=setup, tunnel=_tunnel()),
        "\n".join(texts.LINKS[name].format(url=url) for name, url in links.items()),
        story.hints(line),
        _moderate(story, line, token),
    )
    show("stays", "\n" + "\n\n".join(filter(None, parts)), **links, token=token)
    _until_interrupted(lambda: story.label(line))


def _links(line: Line, token: str) -> dict[str, str]:
    """Return the addresses that a browser can open, by their names in `texts.LINKS`."""
    from conference.web.links import console_link
    from conference.web.sessions import LASTS, Grant, signing_key

    grant = Grant(line.services.settings.usual_room, int(time.time()) + LASTS)
    console = console_link(line.url, grant, key=signing_key(token))
    return {"phones": line.telnyx.phones_url, "console": console, "music": line.url + MUSIC}


def _moderate(story: AnyStory, line: Line, token: str) -> str:
    """Return the callers who stay, and the commands for them: they work in any folder."""
    from conference.demo.narrator import WIDTH
    from conference.demo.performance import GUEST

    names = (f"{name} ({number[-4:]})" for number, name in story.names.items())
    callers = texts.CALLERS.format(names=", ".join(names), speed=line.telnyx.speed)
    return texts.MODERATE.format(
        callers=textwrap.fill(callers, WIDTH),
        token=token,
        url=line.url,
        room=line.services.settings.usual_room,  # a `.env` of the folder may name another
        app=shlex.quote(str(CODE)),
        program=_program(),
        who=next(iter(story.names.values())),
        guest=GUEST,
    )


def _folder() -> Path:
    """Return the folder of app.py; the current one if the package is installed without it."""
    return CODE.parent if (CODE.parent / "app.py").exists() else Path.cwd()


def _program() -> str:
    """Return the program that was called, of this Python, as a shell takes it in any folder."""
    for name in (program(), "flask"):
        path = Path(sys.executable).with_name(name)
        if path.exists():
            return shlex.quote(str(path))
    return f"{shlex.quote(sys.executable)} -P -m flask"  # -P: no module of the folder counts


def _tunnel() -> str:
    return run_with_tunnel(_program(), shlex.quote(sys.executable))


def _chaos(text: str, seed: int) -> Chaos:
    from conference.simulator import Chaos

    try:
        return Chaos.parse(text, seed)
    except ValueError as error:
        raise click.BadParameter(f"{error}.", param_hint="'--chaos'") from error


def _begin(line: Line, scene: str, chaos: Chaos | None, show: Callable[..., None]) -> None:
    where: dict[str, object] = {"line": line.url, "telnyx": line.telnyx.base_url}
    text = "The line is at {line}, a simulated Telnyx at {telnyx}.\n".format(**where) + scene
    if chaos is None:
        show("begin", text, **where)
    else:
        show("begin", f"{text}Chaos: {chaos}\n", **where, chaos=str(chaos))


def _play(story: AnyStory, line: Line) -> list[str]:
    """Play the story, wait until nothing happens any more, and return the broken promises.

    The callers of a story that was given up hang up, so that the same ones can dial in again.
    """
    from conference.demo.performance import Stuck

    try:
        broken = story.play(line)
    except Stuck as stuck:
        broken = [str(stuck)]
        for number in story.names:
            line.telnyx.phone(number).hang_up()
    line.telnyx.idle(5)
    return broken


def _prepare_process(chaos: Chaos | None) -> None:
    os.environ["NO_PROXY"] = "127.0.0.1"  # line and Telnyx are on this machine
    # The narration shows what chaos does, so the line does not warn of it, too.
    logging.getLogger("conference").setLevel(logging.ERROR if chaos else logging.WARNING)


def coloured() -> bool:
    """Whether to write in colour: on a terminal, unless NO_COLOR is set (no-color.org)."""
    return sys.stdout.isatty() and not os.environ.get("NO_COLOR")


def _verdict(broken: list[str], waits: list[str], proved: str) -> str:
    if broken:
        return "\n".join(["", *(f"BROKEN: {promise}" for promise in broken)])
    return "\n".join(["", *waits, proved])


def _until_interrupted(repeat: Callable[[], None] = lambda: None) -> None:
    """Wait for Ctrl-C, and call `repeat` again and again until then."""
    try:
        while True:
            repeat()
            time.sleep(0.25)  # a signal to another thread does not wake this one
    except KeyboardInterrupt:
        click.echo("")
