"""The self-test: sends a sealed challenge to the address that Telnyx delivers to, and back.

It proves that the address leads to a server with our CONTROL_TOKEN and TELNYX_PUBLIC_KEY, that a
body and the two headers of a signature arrive as they were sent, and that an unsigned request is
refused.
"""

from __future__ import annotations

import base64
import json
import secrets
import time
from collections.abc import Iterator
from typing import Any

from conference import self_test
from conference.core.origin import TEXML, line_address
from conference.settings import Settings
from conference.signature import SIGNATURE, TIMESTAMP

from . import web
from .finding import Fact

UNSIGNED = b'{"self_test": "unsigned"}'
PATIENCE = 2.0  # seconds that Telnyx waits for the answer to a webhook
NO_PATH = (404, 405, 410)


def examine(settings: Settings, url: str) -> Iterator[Fact]:
    """Test the webhook URL, or the voice URL of a TeXML application."""
    if not settings.control_token:
        yield Fact("self-test.no-token")
        return
    now, nonce, where = time.time(), secrets.token_hex(16), web.shown(url)
    key = self_test.key_of(settings.control_token)
    text = self_test.challenge(now=now, nonce=nonce)
    # Parsed and written again, or in another encoding, these bytes would be others.
    body = f'{{ "self_test":"\\u00e9 é",  "n": 1.0, "nonce" :"{nonce}" }}\n'.encode()
    sent = {SIGNATURE: base64.b64encode(secrets.token_bytes(64)).decode(), TIMESTAMP: f"{now:.0f}"}
    sealed = f"{text}:{self_test.seal('challenge', text, key=key)}"
    began = time.monotonic()
    page = web.post(url, body, {**sent, self_test.HEADER: sealed})
    took = time.monotonic() - began
    arrived = _arrived(page, text, key)
    if arrived is None:
        yield _not_answered(page, url)
        return
    wrong = [*_changed(arrived, body, sent, settings)]
    for name in wrong:
        yield Fact(name, url=where)
    if took > PATIENCE:
        yield Fact("self-test.slow", url=where, seconds=f"{took:.1f}")
    if not wrong:
        yield _unsigned(url)


def _arrived(page: web.Page, text: str, key: bytes) -> dict[str, Any] | None:
    """Return the server's answer to this challenge; None if there is none of a server of ours."""
    try:
        answer = json.loads(page.begins)
        arrived, given = str(answer["arrived"]), str(answer["seal"])
        if not secrets.compare_digest(
            given.encode("utf-8", "replace"), self_test.seal("answer", arrived, key=key).encode()
        ):
            return None
        found: dict[str, Any] = json.loads(arrived)
        return found if found["challenge"] == text else None
    except (ValueError, KeyError, TypeError, RecursionError):
        return None


def _not_answered(page: web.Page, url: str) -> Fact:
    where = web.shown(url)
    if page.status == 0:
        return Fact("self-test.no-answer", url=where, cause=web.cause(page.error, url))
    if 300 <= page.status < 400:
        return Fact("self-test.redirected", url=where, status=page.status)
    if page.status in NO_PATH:
        return Fact("self-test.no-path", url=where, status=page.status)
    if page.status in (429, 503):
        return Fact("self-test.refused-for-now", url=where, status=page.status)
    return Fact("self-test.other-server", url=where, status=page.status)


def _changed(
    arrived: dict[str, Any], body: bytes, sent: dict[str, str], settings: Settings
) -> Iterator[str]:
    if arrived.get("body") != self_test.digest(body):
        yield "self-test.body-changed"
    if (arrived.get("signature"), arrived.get("timestamp")) != tuple(sent.values()):
        yield "self-test.headers-changed"
    ours = settings.telnyx_public_key
    if ours and arrived.get("public_key") != base64.b64encode(bytes(ours)).decode():
        yield "self-test.other-public-key"


def _unsigned(url: str) -> Fact:
    """Is an unsigned request refused there? TEXML_SECRET, which lets one in, is left out."""
    where, line = web.shown(url), line_address(url)
    if line and line.is_texml:
        url = line.origin + TEXML
    page = web.post(url, UNSIGNED, {})
    if page.status == 401:
        return Fact("self-test.ok", url=where)
    if page.status == 0:
        cause = web.cause(page.error, url)
        return Fact("self-test.unsigned-no-answer", url=where, cause=cause)
    return Fact("self-test.unsigned-not-refused", url=where, status=page.status)
