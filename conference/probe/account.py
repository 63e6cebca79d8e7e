"""The account that is probed: sends the requests, and removes all that they have made."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterable, Mapping
from typing import Any, NamedTuple, Protocol
from urllib.parse import quote

from conference.probe.answers import refusal
from conference.probe.notebook import Notebook
from conference.probe.traffic import Sent, of_call, text
from conference.telnyx_api import ApiResponse
from conference.telnyx_records.applications import CALL_CONTROL, KINDS, Kind
from conference.telnyx_records.numbers import connection, find

PREFIX = "conference probe "  # of the names of applications; the Unix time of the start follows
NAME = re.compile(f"{PREFIX}([0-9]{{10}})")
TRIES, PAUSE = 3, 1.0  # of a removal; seconds between two
OLD = 900.0  # seconds after which the application of another probe is a left-over
GONE = ("90018", "90015", "10005")  # codes of what has ended, or is not there
KEY_REFUSED = (401, 403)


class Api(Protocol):
    """Sends one request, or reads a list to its end. `conference.telnyx_api.TelnyxApi` does."""

    def request(
        self,
        method: str,
        path: str,
        query: Mapping[str, object] | None = None,
        body: Mapping[str, object] | None = None,
    ) -> ApiResponse: ...

    def read_all(self, path: str) -> ApiResponse: ...


class Stopped(Exception):
    """The probe cannot go on. The text says why."""


class Removal(NamedTuple):
    """A request that undoes something. what: in words, for a person who must do it by hand."""

    what: str
    method: str
    path: str
    body: Mapping[str, Any] | None = None


class Account:
    """Sends requests, notes them, and keeps what is to be removed.

    left: after `remove`, what could not be removed, in words.
    """

    def __init__(self, api: Api, notes: Notebook, number: str, connection_id: str) -> None:
        self.number, self.connection_id = number, connection_id
        self.name = f"{PREFIX}{int(time.time())}"
        self.left: list[str] = []
        self._api, self._notes = api, notes
        self._removals: list[Removal] = []
        self._applications: dict[str, Kind] = {}  # their kinds, by id

    def send(
        self,
        method: str,
        path: str,
        body: Mapping[str, Any] | None = None,
        query: Mapping[str, Any] | None = None,
    ) -> Sent:
        """Send a request. Stopped if Telnyx refuses the key."""
        answer = self._api.request(method, path, query, body)
        sent = self._notes.sent(
            method,
            path,
            status=answer.status,
            body=body or {},
            data=answer.data,
            code=answer.code,
            reset=answer.reset,
        )
        if answer.status in KEY_REFUSED:
            raise Stopped(f"Telnyx refuses TELNYX_API_KEY ({answer.status})")
        return sent

    def create(self, kind: Kind, body: Mapping[str, Any]) -> str:
        """Create an application. Return its id. Stopped if it is refused."""
        sent = self.send("POST", kind.path, {kind.name: self.name, **body})
        id = text(sent.data, "id")
        if not sent.accepted or not id:
            raise Stopped(f"Telnyx created no application ({refusal(sent)})")
        self._applications[id] = kind
        self._removals.append(_deletion(kind, self.name, id))
        return id

    def borrow_number(self, application: str) -> None:
        """Put the number on an application of the probe. Its own one gets it back at the end."""
        query = {"filter[phone_number]": self.number}
        row = find(self.send("GET", "/phone_numbers", query=query).data, self.number)
        if row is None:
            raise Stopped("the account does not list TELNYX_NUMBER")
        path, before = f"/phone_numbers/{quote(text(row, 'id'), safe='')}", connection(row)
        if before not in self._applications:
            what = "TELNYX_NUMBER is on an application of the probe: run `flask setup`"
            self._removals.append(Removal(what, "PATCH", path, {"connection_id": before}))
        if not self.send("PATCH", path, {"connection_id": application}).accepted:
            raise Stopped("Telnyx did not move TELNYX_NUMBER")

    def remove(self) -> None:
        """Hang up all calls, give the number back, and delete the applications.

        An application may exist although the response to its creation got lost: so they are listed
        at the end.
        """
        self._notes.step = "removal"
        self._undo([*self._calls(), *reversed(self._removals)])
        self._undo(self._named(lambda name: name == self.name))

    def remove_old(self) -> None:
        """Delete what earlier probes have left over, such as after a kill."""
        self._undo(self._named(_is_old))

    def _undo(self, removals: Iterable[Removal]) -> None:
        failed = [each.what for each in removals if not self._removed(each)]
        self.left += [what for what in dict.fromkeys(failed) if what not in self.left]

    def _named(self, wanted: Callable[[str], bool]) -> list[Removal]:
        """List the applications with wanted names."""
        found = []
        for kind in KINDS:
            for row in self._rows(kind.path):
                name, id = text(row, kind.name), text(row, "id")
                if wanted(name) and id:
                    found.append(_deletion(kind, name, id))
        return found

    def _calls(self) -> list[Removal]:
        traffic = self._notes.traffic
        made = [e for e in traffic.all_sent if e.path == "/calls" and e.accepted]
        calls = {text(each.data, "call_control_id") for each in made}
        calls |= {each.call for each in traffic.webhooks("call.initiated")}
        for id in (id for id, kind in self._applications.items() if kind == CALL_CONTROL):
            rows = self._rows(f"/connections/{quote(id, safe='')}/active_calls")
            calls |= {text(row, "call_control_id") for row in rows}
        calls -= {each.call for each in traffic.webhooks("call.hangup")}
        what = "a call; it ends within 5 minutes, or when you hang up"
        paths = [of_call(call, "hangup") for call in sorted(calls - {""})]
        return [Removal(what, "POST", path, {}) for path in paths]

    def _removed(self, removal: Removal) -> bool:
        for again in range(TRIES):
            if again:
                time.sleep(PAUSE)
            answer = self._api.request(removal.method, removal.path, None, removal.body)
            if 200 <= answer.status < 300 or answer.status == 404 or answer.code in GONE:
                return True
            if answer.status in KEY_REFUSED:
                return False
        return False

    def _rows(self, path: str) -> list[Any]:
        rows = self._api.read_all(path).data
        return rows if isinstance(rows, list) else []


def _deletion(kind: Kind, name: str, id: str) -> Removal:
    return Removal(f"the application {name}", "DELETE", kind.path_of(id))


def _is_old(name: str) -> bool:
    """Return whether a probe that ended long ago has made the application of this name."""
    found = NAME.fullmatch(name)
    return found is not None and time.time() - int(found[1]) > OLD
