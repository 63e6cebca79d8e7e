"""Browsers at the console: signed in by token or by link."""

from __future__ import annotations

import json
import re
from typing import Any

from flask.testing import FlaskClient
from rigs.lines import TestLine
from rigs.people import TOKEN
from rigs.texml_forms import callback, send
from werkzeug.test import TestResponse

BEARER = {"Authorization": f"Bearer {TOKEN}"}


def browser(line: TestLine) -> FlaskClient:
    """A browser without cookies."""
    return line.client.application.test_client()


def setup(page: TestResponse) -> dict[str, Any]:
    """The set-up data of the console's page."""
    found = re.search(r'<script type="application/json" id="setup">(.*?)</script>', page.text)
    assert page.status_code == 200 and found, page.text
    data: dict[str, Any] = json.loads(found[1])
    return data


def signed_in(line: TestLine) -> tuple[FlaskClient, dict[str, str]]:
    """A browser with a session by token, and the header of its requests."""
    client = browser(line)
    assert client.post("/console/sign-in", data={"token": TOKEN}).status_code == 303
    return client, {"X-CSRF-Token": setup(client.get("/console"))["csrf"]}


def link(line: TestLine, room: str = "blue", **body: Any) -> str:
    answer = line.client.post(f"/api/rooms/{room}/links", json=body, headers=BEARER)
    assert answer.status_code == 201, answer.json
    url: str = answer.json["url"]
    return url


def by_link(line: TestLine, room: str = "blue") -> tuple[FlaskClient, dict[str, str]]:
    """A browser with a session by a link, and the header of its requests."""
    client = browser(line)
    return client, {"X-CSRF-Token": setup(client.get(link(line, room)))["csrf"]}


def opens(line: TestLine, *rooms: str) -> None:
    """Let a caller by TeXML, of the room's name, join each room."""
    for n, room in enumerate(rooms):
        fields = callback(
            "participant-join", n + 1, f"v2:{room}", FriendlyName=room, ConferenceSid=room
        )
        assert send(line, "/texml/status", fields).status_code == 204
