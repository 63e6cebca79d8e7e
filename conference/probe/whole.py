"""A whole probe: the server, its public address, the steps, and the removal of all they made."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass

from nacl.signing import VerifyKey

from conference.clock import Clock
from conference.masking import masked
from conference.outgoing_http import NoAnswer, request
from conference.probe.account import Account
from conference.probe.ending import interrupted_by_signals, removing
from conference.probe.inbox import HERE, Inbox
from conference.probe.notebook import Notebook
from conference.probe.question import Question
from conference.probe.run import Row, run
from conference.probe.stage import Stage
from conference.settings import Settings
from conference.telnyx_api import TelnyxApi

PATIENCE = 10.0  # seconds for an answer of Telnyx, or of the own server by its public address


class Impossible(Exception):
    """The probe cannot begin. Nothing has been made. The text says why, and what to do."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Wishes:
    """url: the public address that leads to `port`; "" for a tunnel to it. port: 0 for a free one.
    borrow: whether the calls go by TELNYX_NUMBER."""

    questions: Sequence[Question]
    url: str
    port: int
    borrow: bool = False


def probe(
    settings: Settings,
    wishes: Wishes,
    tell: Callable[[str], None],
    ask: Callable[[str], str] | None,
) -> tuple[list[Row], list[str]]:
    """Probe the account. Return the rows, and in words what could not be removed.

    tell: gets each line for the owner. ask: as in Stage.
    """
    key = settings.telnyx_public_key
    if key is None:
        raise Impossible("set TELNYX_PUBLIC_KEY in .env")
    clock = Clock(settings.time_factor)
    notes = Notebook(clock)
    api = TelnyxApi(settings.telnyx_api_key, settings.telnyx_base_url, patience=PATIENCE)
    account = Account(api, notes, settings.telnyx_number, settings.telnyx_connection_id)
    try:
        with (
            interrupted_by_signals(),
            closing(api),
            _listening(wishes.port, key, notes) as inbox,
            _address(wishes.url, inbox.server_port) as origin,
        ):
            stage = Stage(account, inbox, notes, origin, borrow=wishes.borrow, ask=ask)
            _check(stage)
            account.remove_old()
            with removing(account):
                rows = run(stage, wishes.questions, lambda step: tell(f"... {step.does}"))
    finally:
        if notes.unverified:
            tell(f"Requests that TELNYX_PUBLIC_KEY does not verify: {notes.unverified}")
        for what in account.left:
            tell(f"Not removed: {what}. Remove it in the portal, or run flask probe again later.")
    return rows, account.left


def _listening(port: int, key: VerifyKey, notes: Notebook) -> Inbox:
    try:
        return Inbox(port, key, notes)
    except OSError as error:
        what = f"port {port} is taken ({error.strerror})"
        raise Impossible(f"{what}: stop the line, or give --url and --port") from error


@contextmanager
def _address(url: str, port: int) -> Iterator[str]:
    """Yield the public address: the given one, or that of a tunnel as long as the block runs."""
    if url:
        yield url
        return
    from conference.tunnel import Trouble, programs, running  # only where one is wanted

    program = programs.installed()
    if program is None:
        raise Impossible("neither ngrok nor cloudflared is installed: give --url and --port")
    try:
        with running.started(program, f"127.0.0.1:{port}") as tunnel:
            yield tunnel.address()
    except Trouble as trouble:
        raise Impossible(str(trouble)) from trouble


def _check(stage: Stage) -> None:
    """Raise Impossible unless the public address leads to the server of the probe."""
    where = masked(stage.origin)
    try:
        answer = request("GET", stage.url("here"), b"", {}, PATIENCE, len(HERE))
    except NoAnswer as none:
        raise Impossible(f"no answer at {where}: {none.reason}") from none
    if answer.body != HERE:
        raise Impossible(f"{where} does not lead to port {stage.inbox.server_port} here")
