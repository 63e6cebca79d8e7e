"""Checks the form of the public key that a user pastes."""

from __future__ import annotations

from conference.signature import public_key

WHERE = "Copy it whole from the Telnyx portal, Keys & Credentials, Public Key."
FORM = "It has 44 characters and ends in =."


def checked(text: str) -> str:
    """Return the key. ValueError says what was pasted in its place, and never quotes it."""
    key = text.strip()
    try:
        public_key(key)
    except ValueError:
        raise ValueError(f"{_mistake(key)} {WHERE} {FORM}") from None
    return key


def _mistake(text: str) -> str:
    if text.startswith("KEY"):
        return "is an API key, which is secret."
    if text.startswith("-----BEGIN") or text.startswith("MCow"):
        return "is a key in PEM, of another program."
    return "is not base64 of 32 bytes."
