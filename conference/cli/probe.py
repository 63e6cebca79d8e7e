"""`flask probe`: answers on a live account what Telnyx does not document."""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING

import click
from flask.cli import with_appcontext

from conference.cli.names import named
from conference.cli.tables import table
from conference.probe.question import Question
from conference.probe.questions import PROBED, QUESTIONS
from conference.settings import Settings
from conference.web.services import services

if TYPE_CHECKING:
    from conference.probe.whole import Wishes

NAMES = [question.name for question in PROBED]
NEEDED = ("TELNYX_API_KEY", "TELNYX_PUBLIC_KEY", "TELNYX_NUMBER")
COSTS = "It costs some cents: a call of two minutes at most, and some spoken words."
REMOVES = "Everything it makes is removed at the end, also after Ctrl-C."
BORROWS = "put TELNYX_NUMBER on its application, and give it back: nobody answers meanwhile"


@click.command()
@click.option("--yes", is_flag=True, help="Do not ask before the calls.")
@click.option("--only", multiple=True, type=click.Choice(NAMES), help="Answer this question.")
@click.option("--list", "to_list", is_flag=True, help="List the questions, and call nobody.")
@click.option("--tunnel", is_flag=True, help="Be reachable by ngrok or cloudflared.")
@click.option("--url", help="Public address that leads to --port.  [default: PUBLIC_URL]")
@click.option("--port", type=click.IntRange(1, 65535), help="Port to listen on.  [default: PORT]")
@click.option(
    "--borrow-number",
    is_flag=True,
    help="Call TELNYX_NUMBER instead of a SIP address. Other callers get no answer meanwhile.",
)
@click.option("--json", "to_json", is_flag=True, help="Print one JSON object: answers, left.")
@with_appcontext
def probe(
    yes: bool,
    only: tuple[str, ...],
    to_list: bool,
    tunnel: bool,
    url: str | None,
    port: int | None,
    borrow_number: bool,
    to_json: bool,
) -> None:
    """Find out on your account what Telnyx does not document.

    The account calls itself: an application of its own is created, called and deleted. Your line's
    application is only read. Prints a table to paste into an issue; no number, id or key is in it.

    Example: flask probe --tunnel
    """
    if to_list:
        click.echo(_listed())
        return
    from conference.probe import report, whole  # a server, which also loads this module, needs none

    settings = services().settings
    wishes = whole.Wishes(
        questions=_chosen(only, borrow_number),
        url="" if tunnel else _origin(settings, url, port or settings.port),
        port=port or (0 if tunnel else settings.port),
        borrow=borrow_number,
    )
    _check(settings)
    _agree(wishes, yes)
    try:
        rows, left = whole.probe(settings, wishes, _tell, None if yes else _ask)
    except whole.Impossible as reason:
        raise click.ClickException(str(reason)) from reason
    record = report.as_json(rows) | {"left": left}
    click.echo(json.dumps(record, indent=2) if to_json else report.markdown(rows))
    sys.exit(1 if left or not any(row.answer for row in rows) else 0)


def _listed() -> str:
    return table(
        (each.name, each.how if each.step else f"by hand: {each.how}") for each in QUESTIONS
    )


def _chosen(only: tuple[str, ...], borrow: bool) -> Sequence[Question]:
    """Return the questions that are asked for; else all for which nobody must call in vain."""
    if only:
        return [question for question in PROBED if question.name in only]
    return [question for question in PROBED if borrow or question.step != "person"]


def _check(settings: Settings) -> None:
    missing = [name for name in NEEDED if not getattr(settings, name.lower())]
    if missing:
        raise click.UsageError(f"Set {' and '.join(missing)} in .env.")


def _origin(settings: Settings, url: str | None, port: int) -> str:
    origin = (url or settings.room.public_url).rstrip("/")
    if not origin.startswith(("http://", "https://")):
        how = f"--tunnel, or --url https://... of a public address that leads to port {port} here"
        raise click.UsageError(f"Give {how}.")
    return origin


def _agree(wishes: Wishes, yes: bool) -> None:
    """Say what will be done. Abort unless the owner agrees."""
    from conference.probe.plan import plan

    _tell("On your Telnyx account this command will:")
    steps = [step.does for step in plan(wishes.questions)]
    for does in [*steps, *[BORROWS] * wishes.borrow]:
        _tell(f"  - {does}")
    _tell(f"{COSTS} {REMOVES}")
    if not yes:
        click.confirm("Go on?", abort=True, err=True)


def _tell(text: str) -> None:
    click.echo(named(text), err=True)


def _ask(sentence: str) -> str:
    answer: str = click.prompt(sentence, default="", show_default=False, err=True)
    return answer.strip()
