"""`flask doctor`: the reasons why calls do not work."""

from __future__ import annotations

import json
import shutil
import sys
import textwrap
from collections.abc import Iterable
from dataclasses import asdict

import click
from flask.cli import with_appcontext

from conference.cli.names import named
from conference.cli.server import fetch, server_url
from conference.cli.simulation import coloured
from conference.core.human_text import readable
from conference.doctor import Finding, State, examine, examine_server, unreachable
from conference.web.services import services

NAMES: dict[State, str] = {
    "ok": "ok",
    "warning": "warning",
    "failure": "FAILURE",
    "unknown": "unknown",
}
COLOURS: dict[State, str] = {
    "ok": "green",
    "warning": "yellow",
    "failure": "red",
    "unknown": "magenta",
}
SETUP = "Or run: flask setup"
ALL_IS_WELL = (
    "All is well: dial the number. If the call is not answered, the log of the server says why."
)
INDENT = 22
WIDEST = 100
LONGEST = 500  # characters, since other servers write a part of it
BEGIN = "Begin with the first failure: the others may follow from it."


@click.command()
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object: ok, findings.")
@click.option("--live", is_flag=True, help="Check the running server instead.")
@server_url
@with_appcontext
def doctor(as_json: bool, live: bool, url: str | None) -> None:
    """Find out why calls do not work, and what to do.

    Check the settings, the Telnyx account, and whether Telnyx reaches this server. Nothing is
    changed. The exit status is 1 if a check fails, else 0.

    Example: flask doctor
    """
    findings = _live(url) if live else examine(services().settings)
    states = _as_json(findings) if as_json else _as_lines(findings)
    sys.exit(1 if "failure" in states else 0)


def _live(url: str | None) -> Iterable[Finding]:
    try:
        report = fetch("/api/health", url, wants="telnyx_error")
        return examine_server(report, lambda: services().telnyx.read("/whoami"))
    except click.ClickException as error:
        return [unreachable(error.message)]


def _as_json(findings: Iterable[Finding]) -> list[State]:
    found = list(findings)
    states = [finding.state for finding in found]
    document = {"ok": "failure" not in states, "findings": [asdict(each) for each in found]}
    click.echo(json.dumps(document, indent=2))
    return states


def _as_lines(findings: Iterable[Finding]) -> list[State]:
    """Print each finding as soon as it is there: Telnyx may be slow."""
    colour, states = coloured(), []
    for finding in findings:
        click.echo(_line(finding, colour))
        states.append(finding.state)
    click.echo(f"\n{_verdict(states)}")
    return states


def _line(finding: Finding, colour: bool) -> str:
    state = f"{NAMES[finding.state]:9}"
    if colour:
        state = click.style(state, fg=COLOURS[finding.state], bold=finding.state == "failure")
    todo = f"-> {finding.todo}" if finding.todo else ""
    todo = f"{todo} {SETUP}" if finding.repair and "flask setup" not in todo else todo
    both = _wrapped(f"{finding.what} {todo}")
    first, *rest = both if len(both) == 1 else [*_wrapped(finding.what), *_wrapped(todo)]
    head = f"{state}{finding.check:{INDENT - 10}} {first}"
    return "\n".join([head, *(" " * INDENT + line for line in rest)])


def _wrapped(text: str) -> list[str]:
    width = min(shutil.get_terminal_size((WIDEST, 24)).columns, WIDEST) - INDENT
    clean = named(readable(text[:LONGEST]))
    return textwrap.wrap(clean, max(width, 30), break_long_words=False, break_on_hyphens=False)


def _verdict(states: list[State]) -> str:
    failures, warnings = states.count("failure"), states.count("warning")
    unknown = states.count("unknown")
    if not (failures or warnings or unknown):
        return ALL_IS_WELL
    counts = f"Failures: {failures or 'none'}, warnings: {warnings}, unknown: {unknown}."
    return f"{counts} {BEGIN}" if failures else counts
