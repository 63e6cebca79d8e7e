"""Telnyx's webhook signature: Ed25519 over `timestamp|raw body`.

Source: https://developers.telnyx.com/docs/voice/programmable-voice/receiving-webhooks
"""

from __future__ import annotations

import base64
import binascii
import re
from typing import Protocol

from nacl.exceptions import BadSignatureError
from nacl.signing import SigningKey, VerifyKey

SIGNATURE = "Telnyx-Signature-Ed25519"
TIMESTAMP = "Telnyx-Timestamp"
TOLERANCE = 300  # seconds: an older message is a replay, a newer one shows a wrong clock
DOES_NOT_MATCH = (
    "the signature does not match: another account's key? Or did a proxy or relay change the body "
    "on the way: decompress it, re-encode it, or parse and rewrite it? `flask doctor` compares "
    "TELNYX_PUBLIC_KEY with the account's key: if they are the same, the body was changed"
)
_UNIX_SECONDS = re.compile(r"[0-9]{1,12}")  # int() would also take "²", "+1" and 5,000 digits


class Headers(Protocol):
    def get(self, name: str, /) -> str | None: ...


class NotGenuine(Exception):
    """The message was not signed by Telnyx for this account just now. The text gives the reason."""


def public_key(text: str) -> VerifyKey:
    """Read the key as the portal shows it: base64 of 32 bytes. ValueError for anything else."""
    try:
        return VerifyKey(base64.b64decode(text, validate=True))
    except Exception as error:  # PyNaCl raises its own types for a wrong length
        raise ValueError("not base64 of 32 bytes") from error


def verify(body: bytes, headers: Headers, *, key: VerifyKey, now: float) -> None:
    """Raise NotGenuine unless `body` was signed for `key` within 300 s of `now` (Unix seconds)."""
    signature, timestamp = headers.get(SIGNATURE), headers.get(TIMESTAMP)
    if not signature or not timestamp:
        raise NotGenuine(
            "it has no Telnyx signature headers: it was not sent by Telnyx, the application is set "
            "to webhook API v1, or a proxy removed the headers"
        )
    if not _UNIX_SECONDS.fullmatch(timestamp):
        raise NotGenuine(f"{TIMESTAMP} is not a Unix time")
    try:
        raw = base64.b64decode(signature, validate=True)
        key.verify(timestamp.encode() + b"|" + body, raw)
    except (binascii.Error, ValueError) as error:  # ValueError: non-ASCII, or not 64 bytes
        raise NotGenuine(f"{SIGNATURE} is not base64 of 64 bytes") from error
    except BadSignatureError as error:
        raise NotGenuine(DOES_NOT_MATCH) from error
    off = int(timestamp) - now
    if abs(off) > TOLERANCE:
        raise NotGenuine(
            f"the clock is {abs(off):.0f} s off, or the message is a replay: "
            "set this machine's clock by NTP"
        )


def sign(
    body: bytes, *, key: SigningKey, now: float, headers: tuple[str, str] = (SIGNATURE, TIMESTAMP)
) -> dict[str, str]:
    """Return the two headers of a signed message. `now` is in Unix seconds."""
    timestamp = str(int(now))
    signature = key.sign(timestamp.encode() + b"|" + body).signature
    return dict(zip(headers, (base64.b64encode(signature).decode(), timestamp), strict=True))
