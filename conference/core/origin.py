"""Where Telnyx reaches us, and what it finds there."""

from __future__ import annotations

WEBHOOK = "/webhook"
TEXML = "/texml"
STATUS = "/texml/status"  # where status callbacks go
MUSIC = "/hold-music.wav"


def origin(delivered_to: str) -> str:
    """What stands before /webhook in the address that a webhook's `meta.delivered_to` gives away;
    empty where it is none."""
    url = delivered_to.split("?")[0].rstrip("/")
    return url.removesuffix(WEBHOOK) if url.startswith(("http://", "https://")) else ""
