"""Telnyx's SDK, which sends its requests by our HTTP client: so their answers are limited too.

Import this module late: httpx and the SDK take more than a second.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from typing import TYPE_CHECKING

import httpx

from conference.outgoing_http import Client, NoAnswer, Response

if TYPE_CHECKING:
    import telnyx

LONGEST_ANSWER = 2 * 1024 * 1024  # bytes; a page of 250 rows has some 300,000
NOT_OURS = ("host", "connection", "accept-encoding", "content-length")  # the client sets these


class Sdk:
    """Sends requests with the account's key. Each may take `within` seconds, and is sent once."""

    def __init__(self, api_key: str, base_url: str, http: Client, within: float) -> None:
        self._api_key, self._base_url = api_key, base_url
        self._http, self._within = http, within

    def prepare(self) -> None:
        """Load the SDK."""
        self._client  # noqa: B018

    def request(
        self,
        method: str,
        path: str,
        query: Mapping[str, object] | None = None,
        body: Mapping[str, object] | None = None,
    ) -> Response:
        """Send one request. Return the answer, whatever its status, or raise NoAnswer."""
        import telnyx

        carries = {} if body is None else {"body": body}
        try:
            send = getattr(self._client, method.lower())
            options = {"params": query or {}}
            answer = send(path, cast_to=httpx.Response, options=options, **carries)
        except telnyx.APIStatusError as error:
            answer = error.response
        except telnyx.APIConnectionError as error:
            if isinstance(error.__cause__, NoAnswer):
                raise error.__cause__ from None
            raise
        except httpx.InvalidURL as error:
            raise NoAnswer(error) from None
        return Response(answer.status_code, dict(answer.headers), answer.content)

    @cached_property
    def _client(self) -> telnyx.Telnyx:
        import telnyx

        return telnyx.Telnyx(
            api_key=self._api_key,
            client_id="",  # the SDK would take it from the environment, and log in by it
            client_secret="",
            base_url=self._base_url,
            timeout=self._within,
            max_retries=0,  # the core decides about retries: some requests must not be repeated
            http_client=httpx.Client(transport=_Transport(self._http, self._within)),
        )


class _Transport(httpx.BaseTransport):
    """Sends the SDK's requests by our client. NoAnswer becomes the cause of the SDK's error."""

    def __init__(self, http: Client, within: float) -> None:
        self._http, self._within = http, within

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        sent = {name.title(): v for name, v in request.headers.items() if name not in NOT_OURS}
        target, body = request.url.raw_path.decode(), request.read()
        answer = self._http.request(
            request.method, target, body, sent, self._within, LONGEST_ANSWER
        )
        headers = [
            (name.encode("latin-1"), value.encode("latin-1"))
            for name, value in answer.headers.items()
            if name != "content-encoding"
        ]
        return httpx.Response(answer.status, headers=headers, content=answer.body)
