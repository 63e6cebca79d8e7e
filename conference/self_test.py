"""The self-test: a challenge that only a server with the same CONTROL_TOKEN answers.

`flask doctor` sends it through the public address. The answer names what arrived: the body, the
two headers of Telnyx's signature, and the public key that the server verifies with. The token is
never sent, and nothing is kept.
"""

from __future__ import annotations

import hmac
import re
from functools import lru_cache
from hashlib import scrypt, sha256
from threading import Lock

HEADER = "Conference-Self-Test"
TOLERANCE = 300  # seconds between the two clocks, as for webhooks
LONGEST = 200  # characters of a header that is read
_deriving = Lock()
_CHALLENGE = re.compile(r"([0-9]{1,12})\.[0-9a-f]{32}")


def key_of(token: str) -> bytes:
    """Return the key that seals. The first time takes 50 ms and 16 MB.

    A stranger may read a seal: each guess at the token behind it costs as much.
    """
    with _deriving:  # else each thread would make it at the same time
        return _derived(token)


@lru_cache(maxsize=8)
def _derived(token: str) -> bytes:
    return scrypt(token.encode(), salt=b"conference self-test", n=2**14, r=8, p=1, dklen=32)


def challenge(*, now: float, nonce: str) -> str:
    """Return a new challenge. `now`: Unix seconds. `nonce`: 32 digits of hex, never used before."""
    return f"{int(now)}.{nonce}"


def is_fresh(text: str, *, now: float) -> bool:
    """Is it a challenge that was made within TOLERANCE of `now`, in Unix seconds?"""
    found = _CHALLENGE.fullmatch(text)
    return bool(found) and abs(int(found[1]) - now) <= TOLERANCE  # type: ignore[index]


def seal(purpose: str, text: str, *, key: bytes) -> str:
    """Return the seal of a text, 64 digits of hex. `purpose`: "challenge" or "answer"."""
    return hmac.new(key, f"{purpose}\n{text}".encode(), sha256).hexdigest()


def digest(body: bytes) -> str:
    """Return what the answer names of a body."""
    return sha256(body).hexdigest()
