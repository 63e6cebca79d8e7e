"""A client of the telephones' page: it opens the link, and then does what the page does."""

from __future__ import annotations

import http.client
import json
from collections.abc import Mapping
from typing import Any
from urllib.parse import quote, urlsplit

from conference.simulator import SimulatedTelnyx


class PhonesPage:
    """The page, opened by its link. cookie: what a browser would send."""

    def __init__(self, telnyx: SimulatedTelnyx) -> None:
        self.link = urlsplit(telnyx.phones_url)
        self.port = self.link.port or 0
        self.origin = f"http://{self.link.netloc}"
        status, headers, _ = self.request("GET", f"{self.link.path}?{self.link.query}", {})
        assert status == 200
        self.cookie = headers["Set-Cookie"].partition(";")[0]
        self.set_cookie = headers["Set-Cookie"]

    def request(
        self, method: str, path: str, headers: Mapping[str, str | None], body: bytes = b""
    ) -> tuple[int, Mapping[str, str], bytes]:
        """Send a request with just these headers, and the Host of the link."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)
        try:
            connection.putrequest(method, path, skip_host="Host" in headers)
            for name, value in headers.items():
                if value is not None:
                    connection.putheader(name, value)
            if body and "Content-Length" not in headers:
                connection.putheader("Content-Length", str(len(body)))
            connection.endheaders(body or None)
            response = connection.getresponse()
            return response.status, dict(response.headers), response.read()
        finally:
            connection.close()

    @property
    def headers(self) -> dict[str, str]:
        """The headers of the page's own requests."""
        return {
            "Cookie": self.cookie,
            "Origin": self.origin,
            "Sec-Fetch-Site": "same-origin",
            "X-Phones": "1",
            "Content-Type": "application/json",
        }

    def get(self, path: str) -> Any:
        status, _, body = self.request("GET", f"/phones/{path}", {"Cookie": self.cookie})
        assert status in (200, 404), body
        return json.loads(body)

    def post(self, path: str, body: object = None, **headers: str | None) -> tuple[int, Any]:
        """POST to the page. headers: instead of the page's own, with _ for -; None for none."""
        given = self.headers | {name.replace("_", "-"): value for name, value in headers.items()}
        raw = body if isinstance(body, bytes) else json.dumps(body or {}).encode()
        status, _, answer = self.request("POST", f"/phones/{path}", given, raw)
        try:
            return status, json.loads(answer)
        except ValueError:
            return status, answer.decode()

    def act(self, number: str, action: str, **body: object) -> Any:
        status, answer = self.post(f"telephones/{quote(number)}/{action}", body)
        assert status == 200, answer
        return answer

    def phone(self, number: str) -> dict[str, Any]:
        (row,) = (row for row in self.get("state")["phones"] if row["number"] == number)
        return row
