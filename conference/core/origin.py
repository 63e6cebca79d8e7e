"""The line's public address, and the paths that Telnyx uses there."""

from __future__ import annotations

from functools import lru_cache
from urllib.parse import urlsplit

WEBHOOK = "/webhook"
TEXML = "/texml"
STATUS = "/texml/status"  # where status callbacks go
MUSIC = "/hold-music.wav"
CHIME = "/chime.wav"


@lru_cache(256)  # each webhook names the same address
def origin(delivered_to: str) -> str:
    """Return our public address: the part before /webhook of a webhook's `meta.delivered_to`.

    Empty if that does not end in /webhook: it is the address of a relay, which has no music.
    """
    try:
        url = urlsplit(delivered_to)
        host = url.hostname
    except ValueError:
        return ""
    path = url.path.rstrip("/")
    if url.scheme not in ("http", "https") or not host or not path.endswith(WEBHOOK):
        return ""
    return f"{url.scheme}://{url.netloc}{path.removesuffix(WEBHOOK)}"
