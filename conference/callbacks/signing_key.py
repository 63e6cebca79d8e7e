"""The key that callbacks are signed with: our own, and no further secret to keep.

It is made from TELNYX_API_KEY, so that it is the same after a restart, and changes with that key.
Keyed BLAKE2b leads one way only: neither a callback nor the public half tells anything of the API
key, which is random and too long to guess. The personalisation keeps whatever else may once be
made from the API key apart from this.
"""

from __future__ import annotations

import base64
import hashlib

from nacl.signing import SigningKey

_PURPOSE = b"status callbacks"  # 16 bytes, all that BLAKE2b takes


def callback_key(api_key: str) -> SigningKey:
    """ValueError without an API key: anybody could make that one."""
    if not api_key:
        raise ValueError("TELNYX_API_KEY is not set, and the callbacks' key is made from it")
    key = hashlib.blake2b(api_key.encode()).digest()  # as long as BLAKE2b takes one, however long
    return SigningKey(hashlib.blake2b(key=key, digest_size=32, person=_PURPOSE).digest())


def public_half(api_key: str) -> str:
    """What callbacks are verified with: base64 of 32 bytes."""
    return base64.b64encode(bytes(callback_key(api_key).verify_key)).decode()
