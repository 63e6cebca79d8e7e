"""Writes a recording, in a thread: neither a webhook nor a command waits for the disk."""

from __future__ import annotations

import json
import logging
from collections import deque
from collections.abc import Callable, Iterator
from pathlib import Path
from threading import Event as Signal
from threading import Lock, Thread
from typing import Any, NamedTuple

from conference.core.change import Change
from conference.core.events import Outcome, Webhook
from conference.core.room import Room
from conference.core.room_settings import RoomSettings
from conference.core.sentences import SENTENCES
from conference.core.texml.facts import StatusCallback
from conference.recording import entries
from conference.recording.entries import Entry
from conference.recording.folder import Folder, now
from conference.recording.stand_ins import StandIns
from conference.settings import Settings

log = logging.getLogger(__name__)

MOST_WAITING = 10_000  # entries
MOST_BYTES_WAITING = 32_000_000  # of bodies
LAST_WORDS = 5.0  # seconds to write what waits when the server ends


class _Waiting(NamedTuple):
    """An entry to be made by the thread. `at`: real time. `size`: bytes that it keeps."""

    at: int
    what: str
    size: int
    make: Callable[[], Entry]


class Recorder:
    """An observer of changes, and of verified webhooks.

    Once something cannot be written, nothing more is: that is logged, and calls go on. A recording
    is whole only if it has the entry `end` of each process.
    """

    def __init__(self, path: Path, settings: Settings) -> None:
        self.path = path
        self.stand_ins = stand_ins_for(settings)
        self._settings = settings
        self._waiting: deque[_Waiting] = deque()
        self._bytes = 0
        self._lock = Lock()
        self._wanted, self._ending = Signal(), Signal()
        self._thread: Thread | None = None
        self._stopped, self._why = False, ""
        self._rooms: dict[str, Room] = {}  # as last recorded

    def webhook(self, path: str, body: bytes, at: float) -> None:
        """Record a verified webhook. `path`: where it came. `at`: the line's time."""
        secret = self._settings.texml_secret
        public = path.replace(f"/{secret}", "", 1) if secret else path
        self._put(
            "webhook",
            lambda: entries.webhook_entry(self.stand_ins, public, body, at),
            len(body),
        )

    def observe(self, change: Change) -> None:
        """Record the event that `decide` got, and its result."""
        self._put(_named(change), lambda: self._decision(change))

    def stop(self) -> None:
        """Write what waits, and that the recording is whole."""
        self._put("end", lambda: {"kind": "end", "entries": self._folder.written})
        self._ending.set()
        self._wanted.set()
        if self._thread:
            self._thread.join(LAST_WORDS)
            if self._thread.is_alive():
                self._give_up(f"what waits could not be written within {LAST_WORDS:g} s")
        self._stopped = True

    def _put(self, what: str, make: Callable[[], Entry], size: int = 0) -> None:
        if self._stopped:
            return
        if len(self._waiting) >= MOST_WAITING or self._bytes + size > MOST_BYTES_WAITING:
            self._give_up("the disk is too slow: too much waits to be written")
            return
        with self._lock:
            self._waiting.append(_Waiting(now(), what, size, make))
            self._bytes += size
            if self._thread is None:
                self._thread = Thread(target=self._run, name="recording", daemon=True)
                self._thread.start()
        if not self._wanted.is_set():
            self._wanted.set()

    def _run(self) -> None:
        try:
            self._folder = Folder(self.path)
            self._record()
            if self._why:
                self._write("stopped", {"kind": "stopped", "why": self._why}, now())
            self._folder.close()
        except OSError as error:  # without an `end`, the recording shows that it is not whole
            self._give_up(error.strerror or str(error))
        self._waiting.clear()

    def _record(self) -> None:
        try:
            self._write("settings", entries.settings_entry(self.stand_ins, self._settings), now())
            while not (self._stopped or (self._ending.is_set() and not self._waiting)):
                self._wanted.wait()
                self._wanted.clear()
                self._write_waiting()
        except OSError:
            raise
        except Exception:
            log.exception("an entry of the recording could not be made")
            self._give_up("an entry could not be made")

    def _write_waiting(self) -> None:
        while self._waiting and not self._stopped:
            each = self._waiting.popleft()
            with self._lock:
                self._bytes -= each.size
            self._write(each.what, each.make(), each.at)

    def _write(self, what: str, entry: Entry, at: int) -> None:
        content = json.dumps(entry, separators=(",", ":")) + "\n"
        self._folder.write(what, content.encode(), at)

    def _decision(self, change: Change) -> Entry:
        before, known = change.before, self._rooms.get(change.after.name)
        self._rooms[change.after.name] = change.after
        more: dict[str, Any] = {}
        if before is not known and before != known:
            new = entries.is_new(before)
            more["before"] = None if new else entries.state_entry(self.stand_ins, before)
        return {**entries.decision_entry(self.stand_ins, change), **more}

    def _give_up(self, why: str) -> None:
        """Record nothing more, and report that once."""
        with self._lock:
            if self._stopped:
                return
            self._stopped, self._why = True, why
        self._wanted.set()
        log.error("the recording in %s has stopped: %s. Calls go on.", self.path, why)


def stand_ins_for(settings: Settings) -> StandIns:
    """Return the stand-ins of this line: the API key is known to all its processes."""
    rooms = (settings.room, *settings.rooms.values())
    tokens = settings.telnyx_api_key, settings.control_token, settings.metrics_token
    return StandIns(
        f"recording {settings.telnyx_api_key}".encode(),
        pins=[pin.digits for room in rooms for pin in room.pins],
        secrets=[*tokens, settings.texml_secret, settings.redis_url],
        said=[*SENTENCES, *(words for room in rooms for words in _words_of(room))],
    )


def _words_of(room: RoomSettings) -> Iterator[str]:
    yield from (room.greeting_first, room.greeting_next, *room.words.values())


def _named(change: Change) -> str:
    event = change.event
    if isinstance(event, Webhook | StatusCallback):
        return event.type
    if isinstance(event, Outcome):
        return f"outcome-{event.command.name}"
    return type(event).__name__
