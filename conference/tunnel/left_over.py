"""Keeps the URL of before in a file, so that it is put back also after a kill -9."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import asdict, dataclass

from conference.private_folder import PrivateFolder, Unusable, private_folder
from conference.serving.instance_lock import application_name, locked
from conference.settings import Settings
from conference.telnyx_api import TelnyxApi
from conference.tunnel.application import Application, find, shown
from conference.tunnel.trouble import Trouble

LARGEST = 100_000  # bytes of the file
ANOTHER = (
    "another flask run --tunnel for this application runs on this machine. End it, then start "
    "this one"
)


@dataclass(frozen=True, slots=True)
class Change:
    """A URL of an application: `before`, and `ours` instead of it."""

    before: str
    ours: str


@dataclass(frozen=True, slots=True)
class Note:
    """The open file with the change that must be taken back. Its lock is ours."""

    folder: PrivateFolder
    name: str
    file: int

    def read(self) -> Change | None:
        """Return the change of a run that was killed; None without one."""
        try:
            return Change(**json.loads(os.pread(self.file, LARGEST, 0)))
        except (ValueError, TypeError, RecursionError):
            return None

    def write(self, change: Change) -> None:
        content = json.dumps(asdict(change)).encode()
        os.ftruncate(self.file, 0)
        os.pwrite(self.file, content, 0)

    def remove(self) -> None:
        """Remove the file: nothing is left to take back."""
        if self.folder.has(self.name, self.file):
            self.folder.remove(self.name)


def _name(settings: Settings) -> str:
    about = settings.telnyx_connection_id or settings.telnyx_number
    return f"{application_name(settings.telnyx_base_url, about)}.tunnel"


@contextmanager
def opened_note(settings: Settings) -> Iterator[Note]:
    """Open the file of the application, made if necessary. Trouble if another process has it."""
    folder, name = private_folder(), _name(settings)
    file = folder.open(name)
    with closing(os.fdopen(file, "rb")):
        if not (locked(folder, name, file) and folder.has(name, file)):
            raise Trouble(ANOTHER)
        note = Note(folder, name, file)
        try:
            yield note
        finally:
            if note.read() is None:
                note.remove()


def put_back(application: Application, note: Note, say: Callable[[str], None]) -> None:
    """Give the application its URL of before, unless somebody else has changed it meanwhile.

    If that fails, say what to do. The file then stays, and the next start tries it again.
    """
    change = note.read()
    if change is None:
        return
    try:
        application.read()
        _put_back(application, change, say)
    except Trouble as trouble:
        say(
            f"The {application.in_words} could not be set back to {shown(change.before)}: "
            f"{trouble}. The next flask run tries it again."
        )
        return
    note.remove()


def _put_back(application: Application, change: Change, say: Callable[[str], None]) -> None:
    what, url = application.in_words, application.url
    if url == change.before:
        return
    if url != change.ours:
        say(f"The {what} is {shown(url)} by now: it stays as it is.")
    elif not change.before:
        say(f"The {what} stays {shown(url)}: before, there was none.")
    else:
        application.set(change.before)
        say(f"The {what} is {shown(change.before)} again.")


def give_back(settings: Settings, say: Callable[[str], None]) -> None:
    """Put back what a killed run has left, if there is anything; else nothing is sent."""
    try:
        os.close(private_folder().open(_name(settings), os.O_RDWR))
    except (FileNotFoundError, Unusable):
        return
    api = TelnyxApi(settings.telnyx_api_key, settings.telnyx_base_url)
    try:
        with closing(api), opened_note(settings) as note:
            put_back(find(settings, api), note, say)
    except Trouble as trouble:
        say(f"What a killed flask run --tunnel has changed could not be put back: {trouble}.")
