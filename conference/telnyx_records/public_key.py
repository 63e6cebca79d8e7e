"""Reads the key that Telnyx signs with out of the answer to `GET /public_key`."""

from __future__ import annotations

from typing import Any

from conference.signature import public_key


def shown(data: Any) -> str:
    """Return Telnyx's public key, in base64; empty if it is not shown or cannot be one."""
    text = data.get("public") if isinstance(data, dict) else None
    key = text.strip() if isinstance(text, str) else ""
    try:
        public_key(key)
    except ValueError:
        return ""
    return key
