"""The line's public address, and the paths that Telnyx uses there."""

from __future__ import annotations

WEBHOOK = "/webhook"
TEXML = "/texml"
STATUS = "/texml/status"  # where status callbacks go
MUSIC = "/hold-music.wav"


def origin(delivered_to: str) -> str:
    """Return our public address: the part before /webhook of a webhook's `meta.delivered_to`. Empty
    if that is no address."""
    url = delivered_to.split("?")[0].rstrip("/")
    return url.removesuffix(WEBHOOK) if url.startswith(("http://", "https://")) else ""
