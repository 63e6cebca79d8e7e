"""Recognises an address of a line among those to which applications report calls."""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import SplitResult, urlsplit

from conference.core.origin import TEXML, WEBHOOK

OUR_PATH = re.compile(rf"(.*?)(?:{WEBHOOK}/*|({TEXML})(/.*)?)")


@dataclass(frozen=True, slots=True)
class LineAddress:
    """An address with a path of ours.

    origin: the part before that path, the public address. is_texml: whether it is the one for
    TeXML. after: the rest of the path, such as /<TEXML_SECRET>/<room>.
    """

    origin: str
    is_texml: bool
    after: str


def line_address(url: str) -> LineAddress | None:
    """Read an address; None if it leads to no line."""
    split = parts(url)
    path = OUR_PATH.fullmatch(split.path)
    if path is None or not split.netloc or split.scheme not in ("http", "https"):
        return None
    origin = f"{split.scheme}://{split.netloc}{path[1]}"
    return LineAddress(origin, is_texml=bool(path[2]), after=path[3] or "")


def parts(url: str) -> SplitResult:
    """Split an address; a malformed one as if it were empty."""
    try:
        split = urlsplit(url)
        _ = split.port
    except ValueError:
        return urlsplit("")
    return split
