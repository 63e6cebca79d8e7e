"""Sends commands and requests to Telnyx, and translates the responses. It decides nothing."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from conference.clock import Clock
from conference.core import commands
from conference.core.command_ids import command_id
from conference.core.events import Outcome
from conference.telnyx_api import lists, texml
from conference.telnyx_api.call_control import REQUESTS
from conference.telnyx_api.responses import ApiResponse, clean, json_object, refusal, retry_after
from conference.telnyx_api.single_flight import SingleFlight

if TYPE_CHECKING:
    import telnyx

TIMEOUT = 2.0  # seconds; the SDK's own 60 are too long for a waiting caller
READ_TRIES = 3  # tries of each page of a list: one failure would cost the whole list
LEAST_TIMEOUT = 0.5  # real seconds, however fast the clock is


class TelnyxApi:
    """Sends commands with the account's key to the API at `base_url`."""

    def __init__(
        self,
        api_key: str,
        base_url: str,
        connection_id: str = "",
        number: str = "",
        clock: Clock | None = None,
    ) -> None:
        self._api_key = api_key
        self._base_url = base_url
        self._connection_id = connection_id
        self._number = number
        # The list is the application's: rooms that need it at the same time share one reading.
        self._active_calls = SingleFlight(lambda: lists.active_calls(self._get, connection_id))
        self._clock = clock or Clock()

    @cached_property
    def _client(self) -> telnyx.Telnyx:
        # Imported here because it takes more than a second, which `flask --help` does not need.
        import telnyx

        return telnyx.Telnyx(
            api_key=self._api_key,
            base_url=self._base_url,
            timeout=max(self._clock.real(TIMEOUT), LEAST_TIMEOUT),
            max_retries=0,  # the core decides about retries: some commands must not be repeated
        )

    def prepare(self) -> None:
        """Load the SDK now, not with the first command."""
        self._client  # noqa: B018

    def close(self) -> None:
        """Close the connections, if there are any."""
        if "_client" in self.__dict__:  # where cached_property keeps the client
            self._client.close()

    def send(self, command: commands.Command) -> Outcome:
        """Send the command and return its outcome, also for errors of Telnyx or the network."""
        import telnyx

        try:
            data = self._carry_out(command)
        except telnyx.APIStatusError as error:
            return self._refusal(command, error)
        except (telnyx.APIConnectionError, lists.UnusableList, ValueError) as error:
            why = error.__cause__ or error  # the SDK's own text is "Connection error."
            detail = clean(f"{_without_password(self._base_url)}: {type(why).__name__} {why}")
            return Outcome(command, self._clock(), status=0, detail=detail)
        return Outcome(command, self._clock(), status=200, data=data)

    def read(self, path: str, query: Mapping[str, object] | None = None) -> ApiResponse:
        """Send a GET to `path`, which is quoted. Return the response, also for errors."""
        return self.request("GET", path, query)

    def request(
        self,
        method: str,
        path: str,
        query: Mapping[str, object] | None = None,
        body: Mapping[str, object] | None = None,
    ) -> ApiResponse:
        """Send one request and return the response, also for errors. Nothing is retried.

        A retry might act twice. `path` is quoted.
        """
        import httpx
        import telnyx

        options = {"params": query or {}}
        carries = {} if body is None else {"body": body}
        try:
            send = getattr(self._client, method.lower())
            response = send(path, cast_to=httpx.Response, options=options, **carries)
        except telnyx.APIStatusError as error:
            return refusal(error)
        except (telnyx.APIConnectionError, httpx.InvalidURL) as error:
            return ApiResponse(0, error=error)
        whole, date = json_object(response), response.headers.get("date", "")
        return ApiResponse(response.status_code, whole.get("data"), whole.get("meta"), date=date)

    def _carry_out(self, command: commands.Command) -> Any:
        if command.account:
            return texml.carry_out(self._client, self._get, command, self._number)
        if isinstance(command, commands.Find):
            return {"id": lists.find(self._get, command.room, command.region)}
        if isinstance(command, commands.TakeSnapshot):
            calls = self._active_calls()
            return lists.snapshot(self._get, command.room, command.region, calls)
        request = REQUESTS[type(command)](command)
        body = {name: value for name, value in request.body.items() if value != ""}
        if isinstance(command, commands.OfCall):
            body["command_id"] = command_id(command)
        if isinstance(command, commands.Dial):
            body |= {"from": self._number, "connection_id": self._connection_id}
        # The SDK's raw methods: as fast as its others, and one table serves all commands.
        send = getattr(self._client, request.method)
        answer: Any = send(request.path, body=body, cast_to=object)
        return answer.get("data") if isinstance(answer, dict) else None

    def _get(self, path: str, query: dict[str, str], tries: int = READ_TRIES) -> Any:
        import telnyx

        try:
            return self._client.get(path, cast_to=object, options={"params": query})
        except telnyx.NotFoundError as error:
            raise lists.UnusableList(path, not_found=True) from error
        except (telnyx.InternalServerError, telnyx.APIConnectionError):
            if tries <= 1:
                raise
            return self._get(path, query, tries - 1)

    def _refusal(self, command: commands.Command, error: telnyx.APIStatusError) -> Outcome:
        refused = refusal(error)
        return Outcome(
            command,
            self._clock(),
            status=refused.status,
            code=refused.code,
            detail=refused.detail,
            retry_after=retry_after(error.response.headers),
        )


def _without_password(url: str) -> str:
    parts = urlsplit(url)
    return parts._replace(netloc=parts.netloc.rpartition("@")[2]).geturl()
