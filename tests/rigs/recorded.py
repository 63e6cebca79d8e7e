"""Telnyx's webhooks as test material: bodies from tests/webhooks, signed with a fixed test key.

Each file of tests/webhooks says in its `source` where its shape comes from.
"""

from __future__ import annotations

import base64
import json
import time
import uuid
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from flask.testing import FlaskClient
from nacl.signing import SigningKey
from werkzeug.datastructures import Headers
from werkzeug.test import TestResponse

from conference.signature import sign

_FOLDER = Path(__file__).parents[1] / "webhooks"

# Names, not types, in one case: conference.floor.changed.unwrapped is a second shape of its event.
EVENT_TYPES = sorted(path.name.removesuffix(".json") for path in _FOLDER.glob("*.json"))
TEST_KEY = SigningKey(bytes(range(32)))
PUBLIC_KEY = base64.b64encode(bytes(TEST_KEY.verify_key)).decode()


@cache
def _text(name: str) -> str:
    return (_FOLDER / f"{name}.json").read_text(encoding="utf-8")


def recorded(name: str) -> dict[str, Any]:
    """The body of that file, a fresh copy each time."""
    body: dict[str, Any] = json.loads(_text(name))["body"]
    return body


def make(
    event_type: str,
    *,
    id: str | None = None,
    occurred_at: str | None = None,
    **payload: Any,
) -> dict[str, Any]:
    """The recorded body with a new event id (uuid4 unless given) and these payload fields.

    A None in `payload` sets null. `occurred_at` (ISO 8601) goes wherever the template has one.
    `from` is a Python keyword: `make("call.initiated", **{"from": "+13125550142"})`.
    """
    body = recorded(event_type)
    event = body.get("data", body)
    event["id"] = str(uuid.uuid4()) if id is None else id
    if occurred_at is not None:
        for part in (event, event["payload"]):
            if "occurred_at" in part:
                part["occurred_at"] = occurred_at
    event["payload"].update(payload)
    return body


def post(
    client: FlaskClient,
    body: dict[str, Any] | bytes,
    *,
    key: SigningKey = TEST_KEY,
    now: float | None = None,
    path: str = "/webhook",
    headers: Mapping[str, str] | None = None,
) -> TestResponse:
    """Post `body` as Telnyx does, signed at `now` (Unix seconds). `headers` override the usual."""
    raw = body if isinstance(body, bytes) else json.dumps(body, separators=(",", ":")).encode()
    sent = Headers({"Content-Type": "application/json", "User-Agent": "telnyx-webhooks"})
    sent.update(sign(raw, key=key, now=time.time() if now is None else now))
    sent.update(headers or {})
    return client.post(path, data=raw, headers=sent)
