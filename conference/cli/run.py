"""`flask run`, with --tunnel. Flask finds it by the package's entry point."""

from __future__ import annotations

import os
from collections.abc import Callable
from functools import partial
from typing import Any

import click
from flask.cli import ScriptInfo, pass_script_info, run_command
from werkzeug.serving import is_running_from_reloader

from conference.cli.names import named
from conference.settings import Settings, load

EVERYWHERE = ("", "0.0.0.0", "::")  # noqa: S104 (addresses that include 127.0.0.1)

HELP = """Run the line on this machine, for development.

With --debug it starts again after each change of the code.

Example: flask run --tunnel"""


@pass_script_info
def _run(info: ScriptInfo, /, tunnel: bool, **given: Any) -> None:
    serve = partial(run_command.callback or _nothing, **given)
    if is_running_from_reloader():  # what the parent has begun goes on
        serve()
    elif tunnel:
        _run_with_tunnel(info, serve, given)
    else:
        _give_back(load())
        serve()


def _nothing(**given: Any) -> None:
    """Stand for a callback that Flask's command always has."""


def _run_with_tunnel(info: ScriptInfo, serve: Callable[[], None], given: dict[str, Any]) -> None:
    from conference.private_folder import Unusable
    from conference.serving.lifecycle import refuse_bad
    from conference.tunnel import Trouble, opened

    settings = load()
    refuse_bad(settings)
    try:
        with opened(settings, _local(given), _say) as tunnel:
            os.environ["PUBLIC_URL"] = tunnel.address  # also for the child of the reloader
            info.load_app()  # exits if it cannot serve, before anything is changed
            with tunnel.leading_here(settings):
                serve()
    except (Trouble, Unusable) as trouble:
        raise click.ClickException(named(f"--tunnel: {trouble}")) from trouble


def _give_back(settings: Settings) -> None:
    """Put back what a run with --tunnel that was killed has left."""
    if not settings.problems:
        from conference.tunnel import give_back

        give_back(settings, _say)


def _say(text: str) -> None:
    click.echo(named(text))


def _local(given: dict[str, Any]) -> str:
    """Return the address on this machine that the server has."""
    host: str = given["host"]
    if given["cert"] or host.startswith("unix:"):
        raise click.UsageError("--tunnel needs a server of plain http, on a port.")
    host = "127.0.0.1" if host in EVERYWHERE else f"[{host}]" if ":" in host else host
    return f"{host}:{given['port']}"


run = click.Command(
    "run",
    callback=_run,
    params=[
        *run_command.params,
        click.Option(
            ["--tunnel"],
            is_flag=True,
            help="Make this server reachable by ngrok or cloudflared, and lead Telnyx's "
            "application to it until the server ends.",
        ),
    ],
    help=HELP,
    short_help="Run the line on this machine, for development.",
)
