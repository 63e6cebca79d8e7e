"""Sends commands and requests to Telnyx, and translates the responses. It decides nothing."""

from __future__ import annotations

import json
import time
from collections.abc import Mapping
from functools import cached_property, partial
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from conference.clock import Clock
from conference.core import commands
from conference.core.command_ids import command_id
from conference.core.events import Outcome
from conference.core.replacing import replace
from conference.outgoing_http import Client, NoAnswer, Response
from conference.telnyx_api import lists, texml
from conference.telnyx_api.accounts import Accounts
from conference.telnyx_api.call_control import REQUESTS
from conference.telnyx_api.reading import TRIES as READ_TRIES
from conference.telnyx_api.reading import read
from conference.telnyx_api.responses import (
    ApiResponse,
    Refused,
    clean,
    json_object,
    refusal,
    retry_after,
)
from conference.telnyx_api.single_flight import SingleFlight

if TYPE_CHECKING:
    from conference.telnyx_api.sdk import Sdk

TIMEOUT = 2.0  # seconds for a whole answer; the SDK's own 60 are too long for a waiting caller
LEAST_TIMEOUT = 0.5  # real seconds, however fast the clock is
LONGEST_OUTCOME = 64 * 1024  # bytes of the answer to a command, one record; some have 2,000
JSON, FORM = "application/json", "application/x-www-form-urlencoded"


class TelnyxApi:
    """Sends commands with the account's key to the API at `base_url`.

    Commands go straight to the HTTP client, in a sixth of the SDK's time. Lists and requests about
    the account go through the SDK to the same client.
    """

    def __init__(
        self,
        api_key: str,
        base_url: str,
        connection_id: str = "",
        number: str = "",
        clock: Clock | None = None,
        patience: float = TIMEOUT,
    ) -> None:
        """Take `patience` seconds at most for each answer."""
        self._patience = patience
        self._api_key = api_key
        self._base_url = base_url
        self._connection_id = connection_id
        self._number = number
        # The list is the application's: rooms that need it at the same time share one reading.
        self._active_calls = SingleFlight(lambda: lists.active_calls(self._get, connection_id))
        self._clock = clock or Clock()
        self._http = Client(base_url)
        self._accounts = Accounts(lambda: self._sdk.request("GET", "/whoami"))

    def prepare(self) -> None:
        """Load the SDK and the trusted authorities now, not with the first request."""
        self._sdk.prepare()
        self._http.prepare()

    def close(self) -> None:
        """Close the connections, if there are any."""
        self._http.close()

    def send(self, command: commands.Command) -> Outcome:
        """Send the command and return its outcome, also for errors of Telnyx or the network."""
        try:
            data = self._carry_out(command)
        except Refused as refused:
            return self._refusal(command, refused.answer)
        except NoAnswer as none:
            return self._failure(command, none.reason)
        except (lists.UnusableList, ValueError) as error:
            return self._failure(command, f"{type(error).__name__} {error}")
        return Outcome(command, self._clock(), status=200, data=data)

    def read(self, path: str, query: Mapping[str, object] | None = None) -> ApiResponse:
        """Send a GET to `path`, which is quoted. Return the response, also for errors."""
        return self.request("GET", path, query)

    def read_all(self, path: str, query: Mapping[str, str] | None = None) -> ApiResponse:
        """Return the response of all pages of a list, whose `data` has all rows.

        `data` is None unless all pages were read.
        """
        try:
            rows = list(lists.all_rows(self._get, path, dict(query or {})))
        except Refused as refused:
            return refusal(refused.answer)
        except NoAnswer as none:
            return ApiResponse(0, error=none.error)
        except lists.UnusableList as error:
            return ApiResponse(200, detail=str(error))
        return ApiResponse(200, rows)

    def request(
        self,
        method: str,
        path: str,
        query: Mapping[str, object] | None = None,
        body: Mapping[str, object] | None = None,
    ) -> ApiResponse:
        """Send one request and return the response, also for errors.

        Only a GET is sent again: any other might act twice. `path` is quoted.
        """

        def send() -> Response:
            return self._sdk.request(method, path, query, body)

        try:
            answer = read(send, self._pause) if method == "GET" else send()
        except NoAnswer as none:
            return ApiResponse(0, error=none.error)
        if not 200 <= answer.status < 300:
            return refusal(answer)
        whole = json_object(f"{method} {path}", answer.body)
        date, reset = (answer.headers.get(name, "") for name in ("date", "x-ratelimit-reset"))
        data, meta = whole.get("data"), whole.get("meta")
        return ApiResponse(answer.status, data, meta, date=date, reset=reset)

    def _carry_out(self, command: commands.Command) -> Any:
        if command.account:
            return self._accounts.send(command.account, partial(self._carry_out_texml, command))
        if isinstance(command, commands.Find):
            found = lists.find(self._get, command.room, command.region)._asdict()
            return {name: value for name, value in found.items() if value is not None}
        if isinstance(command, commands.TakeSnapshot):
            calls = self._active_calls()
            title = command.title or command.room
            return lists.snapshot(self._get, command.room, title, command.region, calls)
        request = REQUESTS[type(command)](command)
        body = request.body
        if not isinstance(command, commands.PassThrough):  # it is forwarded as it is
            body = {name: value for name, value in body.items() if value != ""}
        if isinstance(command, commands.OfCall):
            body["command_id"] = command_id(command)
        if isinstance(command, commands.Dial):
            body = {"from": self._number, **body, "connection_id": self._connection_id}
        raw = json.dumps(body, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
        return self._straight(request.method, request.path, raw.encode(), JSON).get("data")

    def _carry_out_texml(self, command: commands.Command, account: str) -> Any:
        command = replace(command, account=account)
        if isinstance(command, commands.TakeSnapshot):
            return texml.snapshot(self._get, command)
        form = texml.form_for(command, self._number)
        return texml.outcome_data(self._straight(form.method, form.path, form.body, FORM))

    def _straight(self, method: str, path: str, body: bytes, kind: str) -> dict[str, Any]:
        """Send the request of a command. Return the JSON object of the answer; {} without one."""
        target = urlsplit(self._base_url).path.rstrip("/") + path
        headers = {**self._headers, "Content-Type": kind} if body else self._headers
        answer = self._http.request(method, target, body, headers, self._within, LONGEST_OUTCOME)
        if not 200 <= answer.status < 300:
            raise Refused(answer)
        return json_object(f"{method} {path}", answer.body)

    @cached_property
    def _headers(self) -> dict[str, str]:
        headers = {"Accept": JSON, "User-Agent": "conference-line"}
        if urlsplit(self._base_url).username is None:  # else they go in the place of the key
            headers["Authorization"] = f"Bearer {self._api_key}"
        return headers

    @cached_property
    def _within(self) -> float:
        return max(self._clock.real(self._patience), LEAST_TIMEOUT)

    @cached_property
    def _sdk(self) -> Sdk:
        # Imported here because it takes more than a second, which `flask --help` does not need.
        from conference.telnyx_api.sdk import Sdk

        return Sdk(self._api_key, self._base_url, self._http, self._within)

    def _get(self, path: str, query: dict[str, str], tries: int = READ_TRIES) -> dict[str, Any]:
        try:
            answer = read(lambda: self._sdk.request("GET", path, query), self._pause)
        except NoAnswer:
            if tries <= 1:
                raise
            return self._get(path, query, tries - 1)
        if not 200 <= answer.status < 300:
            raise Refused(answer)
        return json_object(f"GET {path}", answer.body)

    def _pause(self, seconds: float) -> None:
        time.sleep(self._clock.real(seconds))

    def _refusal(self, command: commands.Command, answer: Response) -> Outcome:
        refused = refusal(answer)
        return Outcome(
            command,
            self._clock(),
            status=refused.status,
            code=refused.code,
            detail=refused.detail,
            retry_after=retry_after(answer.headers),
        )

    def _failure(self, command: commands.Command, why: str) -> Outcome:
        detail = clean(f"{self._base_url}: {why}")
        return Outcome(command, self._clock(), status=0, detail=detail)
