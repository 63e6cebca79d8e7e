"""`flask setup`: makes the Telnyx account and `.env` ready for this line."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager

import click
from flask.cli import with_appcontext

from conference.cli.questions import answered, api_key, open_question, show
from conference.masking import hide_secrets
from conference.settings import ENV_FILE, Settings
from conference.settings.env_writing import EnvFile, Unwritable
from conference.setup import outbound
from conference.setup.account import Account
from conference.setup.acting import Failed, needs
from conference.setup.found import Found
from conference.setup.numbers import grouped
from conference.setup.plan import plan
from conference.setup.reading import Unreadable
from conference.setup.repairs import Repair
from conference.setup.step import Plan, Step
from conference.setup.wishes import Impossible, Question, Wishes, with_wish
from conference.web.services import services

FIRST = ("TELNYX_BASE_URL", ENV_FILE)
"""Settings that must be right before anything is read: the key must not go to another server."""
AGAIN = "Run `flask setup` again: it goes on from there."
NO_TERMINAL = "--yes carries out these steps, --dry-run only shows them"
GUNICORN = "gunicorn --config python:conference.serving app:app"


@click.command()
@click.option("--yes", is_flag=True, help="Carry out all steps without asking.")
@click.option("--dry-run", is_flag=True, help="Only show the steps.")
@click.option("--texml", is_flag=True, help="Let callers come by a TeXML application.")
@click.option("--public-url", "url", help="Address at which Telnyx reaches this server.")
@click.option("--failover-url", help="Address of another server, for when this one fails.")
@click.option("--application", help="Application to use: its id or name, or `new`.")
@click.option("--number", help="Number that callers dial, such as +13125550100.")
@click.option("--dial-out/--no-dial-out", default=None, help="Whether moderators can call people.")
@click.option("--public-key", help="Telnyx's public key, if Telnyx does not show it.")
@with_appcontext
def setup(
    yes: bool, dry_run: bool, texml: bool, dial_out: bool | None, **texts: str | None
) -> None:
    """Set up the Telnyx account and .env for this line.

    Find or create the application, put a number on it, fetch the public key, and write .env. Each
    step is shown, and carried out if you agree. A second run finds nothing to change. The exit
    status is 1 if something is left to do, else 0.

    Example: flask setup --dry-run
    """
    terminal = sys.stdin.isatty()
    attended = terminal and not yes
    wishes = _wishes(Wishes(texml=texml, dial_out=dial_out, attended=attended), texts)
    settings, env_file = services().settings, _env_file()
    for problem in settings.problems:
        if problem.name in FIRST:
            raise click.ClickException(f"First correct {problem}")
    show(f"Settings: {env_file.path}. Telnyx: {hide_secrets(settings.telnyx_base_url)}.")
    with _nothing_changed():
        account, found = _read(settings, env_file, asks=terminal)
    with closing(account):
        with _nothing_changed():
            made = _plan(found, wishes)
        if dry_run or not made.steps:
            done = _shown(made)
        elif yes or attended:
            done = _carried_out(made, account, env_file, asks=attended)
        else:
            _shown(made)
            raise click.ClickException(
                f"This is no terminal, so nobody can be asked: {NO_TERMINAL}."
            )
    _end(made, settings, done=done)
    sys.exit(0 if dry_run or (done and not made.left) else 1)


def _env_file() -> EnvFile:
    """Return the `.env` file. One of another user may lead the key elsewhere."""
    env_file = EnvFile()
    try:
        env_file.check()
    except Unwritable as error:
        raise click.ClickException(str(error)) from None
    return env_file


@contextmanager
def _nothing_changed() -> Iterator[None]:
    """Say so if the user stops at a question."""
    try:
        yield
    except (KeyboardInterrupt, click.Abort):
        click.echo(err=True)  # the question has no end of line
        raise click.ClickException("Stopped. Nothing was changed.") from None


def _wishes(wishes: Wishes, texts: dict[str, str | None]) -> Wishes:
    for name, text in texts.items():
        if text is not None:
            try:
                wishes = with_wish(wishes, name, text)
            except ValueError as error:
                option = "--public-url" if name == "url" else f"--{name.replace('_', '-')}"
                raise click.BadParameter(str(error), param_hint=option) from None
    return wishes


def _read(settings: Settings, env_file: EnvFile, *, asks: bool) -> tuple[Account, Found]:
    """Return the account of a key that Telnyx accepts, and what there is."""
    key, why = settings.telnyx_api_key, "is missing"
    while True:
        if not key and not asks:
            how = "Set it in the environment or in .env"
            raise click.ClickException(f"TELNYX_API_KEY {why}. {how}, or run this on a terminal.")
        key = key or api_key()
        account = Account(key, settings, env_file)
        try:
            return account, account.read()
        except Unreadable as error:
            account.close()
            if not error.refused:
                raise click.ClickException(str(error)) from None
            show(str(error))
            key, why = "", "is refused"


def _plan(found: Found, wishes: Wishes) -> Plan:
    """Make the plan. Ask the questions that are open."""
    while True:
        try:
            return plan(found, wishes)
        except Impossible as error:
            raise click.ClickException(str(error)) from None
        except Question as question:
            if not wishes.attended:
                raise open_question(question) from None
            wishes = answered(question, wishes)


def _shown(made: Plan) -> bool:
    """Show the steps. Return whether there are none."""
    for place, step in enumerate(made.steps, 1):
        show(f"{place}. {step.what}.")
    show("Nothing was changed." if made.steps else "Nothing to change.")
    return not made.steps


def _carried_out(made: Plan, account: Account, env_file: EnvFile, *, asks: bool) -> bool:
    """Carry out the steps that the user agrees to. Return whether these were all."""
    ids, done = made.ids, 0
    try:
        for place, step in enumerate(made.steps, 1):
            show(f"{place}. {step.what}.")
            if _agreed(step, ids, asks=asks):
                ids = account.carry_out(step, ids)
                done += 1
    except (Failed, KeyboardInterrupt, click.Abort) as error:
        if not isinstance(error, Failed):
            click.echo(err=True)  # the question has no end of line
        why = f"\n{error}" if isinstance(error, Failed) else ""
        left = len(made.steps) - done
        raise click.ClickException(
            f"Stopped.{why}\nDone: {done}, not done: {left}. {AGAIN}"
        ) from None
    finally:
        if env_file.copy:
            show(f"The old settings are in {env_file.copy}.")
    if done < len(made.steps):
        show(f"Skipped: {len(made.steps) - done}. `flask setup` offers them again.")
    return done == len(made.steps)


def _agreed(step: Step, ids: Mapping[str, str], *, asks: bool) -> bool:
    if missing := needs(step) - ids.keys():
        show(f"   Skipped, since there is no {' and no '.join(sorted(missing))}.")
        return False
    return not asks or click.confirm("   Do it?", default=True)


def _end(made: Plan, settings: Settings, *, done: bool) -> None:
    """Show what is left to do, and what follows."""
    for sentence in made.left:
        show(f"Left to do: {sentence}")
    if not done or made.left:
        return
    if any(step.repair is Repair.OUTBOUND for step in made.steps):
        show(outbound.TWO)
    with_url = f"`flask run`, or `{GUNICORN}`, reached at {made.url}"
    serve = with_url if made.url else "`flask run --tunnel`"
    show(f"Next: {serve}. Restart a server that runs already.")
    show(f"Then dial {grouped(made.number)}.")
    console = made.url or f"http://127.0.0.1:{settings.port}"
    show(f"Console: {console}/console, with CONTROL_TOKEN of .env.")
