"""The line's public address, the paths that Telnyx uses there, and which addresses lead there."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from urllib.parse import SplitResult, urlsplit

WEBHOOK = "/webhook"
TEXML = "/texml"
STATUS = "/texml/status"  # where status callbacks go
MUSIC = "/hold-music.wav"
CHIME = "/chime.wav"
UNSET = "https://address-not-set.invalid"
"""Stands for the public address while it is not known: Telnyx makes no application without one, and
nobody can own a name that ends in .invalid (RFC 2606)."""
_PATH = re.compile(rf"(.*?)(?:{WEBHOOK}/*|({TEXML})(/.*)?)")


@dataclass(frozen=True, slots=True)
class LineAddress:
    """An address of a line: its path is one of those that Telnyx uses.

    origin: the part before that path, the public address. is_texml: whether it is the one for
    TeXML. after: the rest of the path, such as /<TEXML_SECRET>/<room>.
    """

    origin: str
    is_texml: bool
    after: str


def line_address(url: str) -> LineAddress | None:
    """Read an address; None if it leads to no line."""
    split = parts(url)
    path = _PATH.fullmatch(split.path)
    if path is None or not split.hostname or split.scheme not in ("http", "https"):
        return None
    origin = f"{split.scheme}://{split.netloc}{path[1]}"
    return LineAddress(origin, is_texml=bool(path[2]), after=path[3] or "")


@lru_cache(256)  # each webhook names the same address
def origin(delivered_to: str) -> str:
    """Return our public address: the part before /webhook of a webhook's `meta.delivered_to`.

    Empty if that does not end in /webhook: it is the address of a relay, which has no music.
    """
    line = line_address(delivered_to)
    return line.origin if line and not line.is_texml else ""


def parts(url: str) -> SplitResult:
    """Split an address; a malformed one as if it were empty."""
    try:
        split = urlsplit(url)
        _ = split.port
    except ValueError:
        return urlsplit("")
    return split
