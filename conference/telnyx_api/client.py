"""The one way out: commands and requests, sent to Telnyx. It translates and decides nothing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from math import isfinite
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from conference.clock import Clock
from conference.core import commands
from conference.core.command_ids import command_id
from conference.core.events import Outcome
from conference.telnyx_api import lists, texml
from conference.telnyx_api.call_control import REQUESTS
from conference.telnyx_api.single_flight import SingleFlight

if TYPE_CHECKING:
    import httpx
    import telnyx

LEAST_PAUSE = 0.5  # seconds to wait at least where Telnyx says that we come too often
TIMEOUT = 2.0  # seconds; the SDK's own 60 are far too patient for a caller who waits
READ_TRIES = 3  # tries of each page of a list, at once: one that fails would cost the whole look
LEAST_TIMEOUT = 0.5  # real seconds, however fast a test lets the time pass


@dataclass(frozen=True, slots=True)
class ApiResponse:
    """What Telnyx answered to a request. Status 0 and the error: it did not answer."""

    status: int
    data: Any = None  # what stands under "data"; None where Telnyx refuses
    meta: Any = None  # likewise
    code: str = ""  # why Telnyx refuses, and in words
    detail: str = ""
    date: str = ""  # the answer's Date header
    error: Exception | None = None


class TelnyxApi:
    """Sends commands with the account's key to Telnyx, or to whatever `base_url` names."""

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
        # Of the whole application, so that many rooms that look at once need one reading.
        self._active_calls = SingleFlight(lambda: lists.active_calls(self._get, connection_id))
        self._clock = clock or Clock()

    @cached_property
    def _client(self) -> telnyx.Telnyx:
        # Imported here because it takes more than a second, which `flask --help` need not spend.
        import telnyx

        return telnyx.Telnyx(
            api_key=self._api_key,
            base_url=self._base_url,
            timeout=max(self._clock.real(TIMEOUT), LEAST_TIMEOUT),
            max_retries=0,  # the SDK would repeat what must not be repeated; the core decides
        )

    def prepare(self) -> None:
        """Load the SDK now rather than with the first command."""
        self._client  # noqa: B018

    def close(self) -> None:
        """Close the connections, if any were opened."""
        if "_client" in self.__dict__:  # where cached_property keeps the client
            self._client.close()

    def send(self, command: commands.Command) -> Outcome:
        """Carry out the command and say how it ended. Never raises for what Telnyx does."""
        import telnyx

        try:
            data = self._carry_out(command)
        except telnyx.APIStatusError as error:
            return self._refusal(command, error)
        except (telnyx.APIConnectionError, lists.UnusableList, ValueError) as error:
            why = error.__cause__ or error  # the SDK's own words are "Connection error."
            detail = _clean(f"{_without_password(self._base_url)}: {type(why).__name__} {why}")
            return Outcome(command, self._clock(), status=0, detail=detail)
        return Outcome(command, self._clock(), status=200, data=data)

    def read(self, path: str, query: Mapping[str, object] | None = None) -> ApiResponse:
        """What Telnyx has at `path`. Never raises for what Telnyx or the network does."""
        return self.request("GET", path, query)

    def request(
        self,
        method: str,
        path: str,
        query: Mapping[str, object] | None = None,
        body: Mapping[str, object] | None = None,
    ) -> ApiResponse:
        """Ask once, whatever comes of it: a repeat might do twice what was meant to be done once.

        `path` is quoted. Never raises for what Telnyx or the network does.
        """
        import httpx
        import telnyx

        options = {"params": query or {}}
        carries = {} if body is None else {"body": body}
        try:
            send = getattr(self._client, method.lower())
            response = send(path, cast_to=httpx.Response, options=options, **carries)
        except telnyx.APIStatusError as error:
            return _refused(error)
        except (telnyx.APIConnectionError, httpx.InvalidURL) as error:
            return ApiResponse(0, error=error)
        whole, date = _fields(response), response.headers.get("date", "")
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
        # The SDK's raw post: as cheap as any of its calls, and one table serves all commands.
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
        refused = _refused(error)
        return Outcome(
            command,
            self._clock(),
            status=refused.status,
            code=refused.code,
            detail=refused.detail,
            retry_after=_retry_after(error.response.headers),
        )


def _refused(error: telnyx.APIStatusError) -> ApiResponse:
    errors = error.body.get("errors") if isinstance(error.body, dict) else None
    first = errors[0] if isinstance(errors, list) and errors else {}
    first = first if isinstance(first, dict) else {}
    source = first.get("source")
    pointer = source.get("pointer") if isinstance(source, dict) else None
    words = (first.get("title"), first.get("detail"), pointer)
    return ApiResponse(
        error.status_code,
        code=_clean(str(first.get("code", "")))[:20],
        detail=_clean(" ".join(str(word) for word in words if word)),
        date=error.response.headers.get("date", ""),
    )


def _clean(text: str) -> str:
    """What others say, fit for a line of a log."""
    return "".join(each if each.isprintable() else " " for each in text[:300]).strip()


def _without_password(url: str) -> str:
    parts = urlsplit(url)
    return parts._replace(netloc=parts.netloc.rpartition("@")[2]).geturl()


def _fields(response: httpx.Response) -> dict[str, Any]:
    """The fields of the answer's JSON object; none where it is something else."""
    try:
        answer = response.json()
    except (ValueError, RecursionError):  # no JSON, or an endless nest of it
        return {}
    return answer if isinstance(answer, dict) else {}


def _retry_after(headers: Any) -> float | None:
    """How long Telnyx asks us to wait, at most a minute; None where it does not say."""
    for name in ("retry-after", "x-ratelimit-reset"):
        try:
            seconds = float(headers[name])
        except (KeyError, ValueError):
            continue
        if isfinite(seconds):
            return min(max(seconds, LEAST_PAUSE), 60.0)
    return None
