"""Checks of the TeXML applications that lead to this server."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote

from conference.core.client_state import ROOM_NAME
from conference.core.texml.attributes import too_many
from conference.masking import hide_numbers
from conference.settings import Settings
from conference.telnyx_api import ApiResponse

from . import account, web
from .finding import Finding, failure, ok, warning

PATH = re.compile(r"(.*?)/texml(?:/(.*))?")  # the parts before and after /texml
PORTAL = "in the Telnyx portal, TeXML applications"


@dataclass(frozen=True, slots=True)
class Application:
    """`url` and `method`: for the request for instructions. `name`: given by its owner."""

    id: str
    name: str
    active: bool
    url: str
    method: str

    @property
    def path(self) -> re.Match[str] | None:
        """The match of PATH in its URL; None if the URL does not lead to a line."""
        split = web.parts(self.url)
        return PATH.fullmatch(split.path) if split.scheme in ("http", "https") else None

    @property
    def origin(self) -> str:
        """The address of the line that its URL leads to; empty if there is none."""
        split = web.parts(self.url)
        return f"{split.scheme}://{split.netloc}{self.path[1]}" if self.path else ""


def applications(answer: ApiResponse) -> list[Application]:
    rows = answer.data if isinstance(answer.data, list) else []
    return [_application(row) for row in rows if isinstance(row, dict)]


def _application(row: dict[str, Any]) -> Application:
    url = row.get("voice_url")
    return Application(
        id=str(row.get("id") or ""),
        name=hide_numbers(str(row.get("friendly_name") or "an application"))[:60],
        active=row.get("active") is not False,
        url=url.strip() if isinstance(url, str) else "",
        method=str(row.get("voice_method") or "post").upper(),
    )


def leading_here(every: list[Application], number_at: str, ours: str) -> list[Application]:
    """Return the application of our number, and those that lead to our address.

    Without an address, all that lead to a line.
    """
    host = web.parts(ours).netloc
    return [
        each
        for each in every
        if each.id == number_at or (web.parts(each.url).netloc == host if host else each.origin)
    ]


def examine(
    settings: Settings,
    answer: ApiResponse,
    here: list[Application],
    numbers: Callable[[str], ApiResponse],
) -> Iterator[Finding]:
    """Check each application that leads here.

    `answer`: Telnyx's list of all. `numbers`: lists the numbers of one, by its id.
    """
    if not isinstance(answer.data, list):
        yield account.unreadable("TeXML", answer)
    elif here:
        yield from _too_many(settings)
        for each in here:
            wrong = [*_wrong(settings, each), *_numbers(each, numbers(each.id))]
            good = f"{each.name} leads to {_shown(each)} by POST"
            yield from wrong or [ok("TeXML", good)]
    elif settings.texml_secret or settings.room.texml:
        what = "it is set up here, but no TeXML application leads here"
        yield warning(
            "TeXML", what, f"{_set_url(settings)} Or remove all settings that begin with TEXML_."
        )
    else:
        yield ok("TeXML", "no TeXML application leads here")


def _wrong(settings: Settings, app: Application) -> Iterator[Finding]:
    if not app.active:
        what = f"{app.name}: it is not active: Telnyx takes no calls for it"
        yield failure("TeXML", what, f"Switch it on {PORTAL}.")
    if app.path is None:
        what = f"{app.name}: its voice URL does not lead to a line"
        yield failure("TeXML", what, _set_url(settings))
        return
    yield from _address(settings, app)
    yield from _way_in(settings, app, app.path[2])
    if app.method != "POST":
        what = f"{app.name}: its voice method is {app.method}, which is refused (405)"
        yield failure("TeXML", what, f"Set its voice method to POST {PORTAL}.")


def _too_many(settings: Settings) -> Iterator[Finding]:
    if why := too_many(settings.room.max_participants):
        what = f"no caller can join: MAX_PARTICIPANTS {why}"
        yield failure("TeXML", what, "Set it, and restart the server.")


def _address(settings: Settings, app: Application) -> Iterator[Finding]:
    if web.parts(app.url).scheme == "http" and not web.inside(settings.telnyx_base_url):
        what = f"{app.name}: its voice URL is http: anyone can listen in"
        yield warning("TeXML", what, _set_url(settings))
    ours = settings.room.public_url
    if not ours:
        what = f"{app.name}: no caller can join: PUBLIC_URL is not set"
        todo = f"Set PUBLIC_URL to {web.shown(app.origin)}, and restart the server."
        yield failure("TeXML", what, todo)
    elif not web.same(app.origin, ours):
        what = f"{app.name}: its voice URL is at {_shown(app)}, which is not at PUBLIC_URL"
        todo = f"Correct or remove PUBLIC_URL, or correct its voice URL {PORTAL}."
        yield warning("TeXML", what, todo)


def _way_in(settings: Settings, app: Application, after: str | None) -> Iterator[Finding]:
    """Is the part after /texml a room, the secret, or both?"""
    names = [] if after is None else [unquote(name) for name in after.split("/")]
    secret = bool(names and settings.texml_secret) and names[0] == settings.texml_secret
    rooms = names[1:] if secret else names
    if len(rooms) > 1:
        what = f"{app.name}: the secret in its voice URL is not TEXML_SECRET: it is refused (401)"
        yield failure("TeXML", what, _set_url(settings))
    elif rooms and not ROOM_NAME.fullmatch(rooms[0]):
        what = f"{app.name}: its voice URL names an impossible room (404)"
        yield failure("TeXML", what, _set_url(settings))
    elif settings.texml_secret and not secret:
        what = f"{app.name}: its voice URL has no TEXML_SECRET in it: unsigned, it is refused (401)"
        todo = f"{_set_url(settings)} Or remove TEXML_SECRET, if Telnyx signs its requests."
        yield warning("TeXML", what, todo)


def _numbers(app: Application, rows: ApiResponse) -> Iterator[Finding]:
    if not isinstance(rows.data, list):
        what = f"{app.name}: its numbers could not be read ({rows.status or 'no answer'})"
        yield warning("TeXML", what, "Try again in a minute.")
    elif not rows.data:
        what = f"{app.name}: no number is assigned to it"
        yield warning("TeXML", what, f"Assign one to it {account.NUMBERS}.")


def _set_url(settings: Settings) -> str:
    address = settings.room.public_url or "https://<your public address>"
    secret = "/<TEXML_SECRET>" if settings.texml_secret else ""
    return f"Set its voice URL to {address}/texml{secret} {PORTAL}."


def _shown(app: Application) -> str:
    """Return its voice URL, without a part that may be a secret."""
    door = f"{app.origin}/texml"
    return web.shown(f"{door}/..." if app.path and app.path[2] else door)
