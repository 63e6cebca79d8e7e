"""`flask probe`: answers on a live account what Telnyx does not document."""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from contextlib import closing

import click
from flask.cli import with_appcontext

from conference.cli.tables import table
from conference.clock import Clock
from conference.masking import masked
from conference.outgoing_http import NoAnswer, request
from conference.probe.account import Account
from conference.probe.ending import removing
from conference.probe.inbox import HERE, Inbox
from conference.probe.notebook import Notebook
from conference.probe.plan import Step, plan
from conference.probe.question import Question
from conference.probe.questions import PROBED, QUESTIONS
from conference.probe.report import as_json, markdown
from conference.probe.run import Row, run
from conference.probe.stage import Stage
from conference.settings import Settings
from conference.telnyx_api import TelnyxApi
from conference.web.services import services

NAMES = [question.name for question in PROBED]
PATIENCE = 10.0  # seconds for an answer of Telnyx, or of the own server by its public address
COSTS = "It costs some cents: a call of two minutes at most, and some spoken words."
WHERE = "Give --url https://..., a public address that leads to this machine's port {}."


@click.command()
@click.option("--yes", is_flag=True, help="Do not ask before the calls.")
@click.option("--only", multiple=True, type=click.Choice(NAMES), help="Answer this question.")
@click.option("--list", "as_list", is_flag=True, help="List the questions, and call nobody.")
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
    as_list: bool,
    url: str | None,
    port: int | None,
    borrow_number: bool,
    to_json: bool,
) -> None:
    """Find out on your account what Telnyx does not document.

    The account calls itself: an application of its own is created, called and deleted. Your line's
    application is only read. Prints a table to paste into an issue; no number, id or key is in it.

    Example: flask probe --url https://example.ngrok.app --port 5001
    """
    chosen = [question for question in PROBED if question.name in (only or NAMES)]
    if as_list:
        click.echo(_listed(QUESTIONS))
        return
    settings = services().settings
    origin = _origin(settings, url, port or settings.port)
    if not borrow_number and not only:
        chosen = [question for question in chosen if question.step != "person"]
    _agree(chosen, borrow_number, yes)
    rows, left = _probe(settings, chosen, origin, port or settings.port, borrow_number, yes)
    if to_json:
        click.echo(json.dumps(as_json(rows) | {"left": left}, indent=2))
    else:
        click.echo(markdown(rows))
    sys.exit(1 if left or not any(row.answer for row in rows) else 0)


def _listed(questions: Sequence[Question]) -> str:
    return table(
        [(each.name, each.how if each.step else f"by hand: {each.how}") for each in questions]
    )


def _origin(settings: Settings, url: str | None, port: int) -> str:
    """Return the public address. UsageError if a setting is missing."""
    needed = {
        "TELNYX_API_KEY": settings.telnyx_api_key,
        "TELNYX_PUBLIC_KEY": settings.telnyx_public_key,
        "TELNYX_NUMBER": settings.telnyx_number,
    }
    if missing := [name for name, value in needed.items() if not value]:
        raise click.UsageError(f"Set {' and '.join(missing)} in .env: see flask setup.")
    origin = (url or settings.room.public_url).rstrip("/")
    if not origin.startswith(("http://", "https://")):
        raise click.UsageError(WHERE.format(port))
    return origin


def _agree(questions: Sequence[Question], borrow: bool, yes: bool) -> None:
    """Say what will be done. Abort unless the owner agrees."""
    _tell("On your Telnyx account this command will:")
    for step in plan(questions):
        _tell(f"  - {step.does}")
    if borrow:
        _tell(
            "  - put TELNYX_NUMBER on its application, and give it back: nobody answers meanwhile"
        )
    _tell(f"{COSTS} Everything it makes is removed at the end, also after Ctrl-C.")
    if not yes:
        click.confirm("Go on?", abort=True, err=True)


def _tell(text: str) -> None:
    click.echo(text, err=True)


def _probe(
    settings: Settings,
    questions: Sequence[Question],
    origin: str,
    port: int,
    borrow: bool,
    yes: bool,
) -> tuple[list[Row], list[str]]:
    """Run the probe. Return its rows, and in words what could not be removed."""
    clock = Clock(settings.time_factor)
    notes = Notebook(clock)
    api = TelnyxApi(settings.telnyx_api_key, settings.telnyx_base_url, patience=PATIENCE)
    account = Account(api, notes, settings.telnyx_number, settings.telnyx_connection_id)
    ask = None if yes else _ask
    try:
        with closing(api), _inbox(port, settings, notes) as inbox, removing(account):
            stage = Stage(account, inbox, notes, origin, borrow=borrow, ask=ask)
            _check_address(stage)
            account.remove_old()
            rows = run(stage, questions, _show)
    finally:
        if notes.unverified:
            _tell(f"Requests that TELNYX_PUBLIC_KEY does not verify: {notes.unverified}")
        for what in account.left:
            _tell(f"Not removed: {what}. Remove it in the portal, or run flask probe again later.")
    return rows, account.left


def _inbox(port: int, settings: Settings, notes: Notebook) -> Inbox:
    assert settings.telnyx_public_key  # noqa: S101 checked before
    try:
        return Inbox(port, settings.telnyx_public_key, notes)
    except OSError as error:
        what = f"Port {port} is taken ({error.strerror}): stop the line, or give --url and --port"
        raise click.ClickException(what) from error


def _check_address(stage: Stage) -> None:
    """ClickException unless the public address leads to the probe's own server."""
    try:
        answer = request("GET", stage.url("here"), b"", {}, PATIENCE, len(HERE))
    except NoAnswer as none:
        raise click.ClickException(f"no answer at {masked(stage.origin)}: {none.reason}") from none
    if answer.body != HERE:
        port = stage.inbox.server_port
        raise click.ClickException(f"{masked(stage.origin)} does not lead to port {port} here")


def _show(step: Step) -> None:
    _tell(f"... {step.does}")


def _ask(sentence: str) -> str:
    answer: str = click.prompt(sentence, default="", show_default=False, err=True)
    return answer.strip()
