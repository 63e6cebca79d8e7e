"""The key that signs callbacks. It is derived from TELNYX_API_KEY, so there is no secret to keep.

The key is the same after a restart, and changes with the API key. Keyed BLAKE2b is one-way: neither
a signature nor the public half reveals the API key, which is random and too long to guess. The
personalisation separates this key from any other key that is derived from the API key.
"""

from __future__ import annotations

import base64
import hashlib

from nacl.signing import SigningKey

_PURPOSE = b"status callbacks"  # 16 bytes, all that BLAKE2b takes


def callback_key(api_key: str) -> SigningKey:
    """Return the private key. ValueError without an API key: anybody could derive that one."""
    if not api_key:
        raise ValueError("TELNYX_API_KEY is not set, and the callbacks' key is made from it")
    key = hashlib.blake2b(api_key.encode()).digest()  # 64 bytes: BLAKE2b takes no longer key
    return SigningKey(hashlib.blake2b(key=key, digest_size=32, person=_PURPOSE).digest())


def public_half(api_key: str) -> str:
    """Return the public key that verifies callbacks: base64 of 32 bytes."""
    return base64.b64encode(bytes(callback_key(api_key).verify_key)).decode()
