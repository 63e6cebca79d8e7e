"""Checks of the TeXML applications that lead to this server."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import unquote

from conference.core.client_state import ROOM_NAME
from conference.core.origin import LineAddress, line_address, parts
from conference.core.texml.attributes import too_many
from conference.masking import hide_numbers
from conference.settings import Settings
from conference.telnyx_api import ApiResponse
from conference.telnyx_records.applications import TEXML

from . import web
from .finding import Fact, unreadable


@dataclass(frozen=True, slots=True)
class Application:
    """`url` and `method`: for the request for instructions. `name`: given by its owner.

    record: as Telnyx shows it; TEXML_SECRET may be in it.
    """

    id: str
    name: str
    active: bool
    url: str
    method: str
    record: dict[str, Any] = field(repr=False)

    @property
    def line(self) -> LineAddress | None:
        """The address of the line that its URL leads to; None if there is none."""
        line = line_address(self.url)
        return line if line and line.is_texml else None

    @property
    def origin(self) -> str:
        """The public address of that line; empty if there is none."""
        return self.line.origin if self.line else ""


def applications(answer: ApiResponse) -> list[Application]:
    rows = answer.data if isinstance(answer.data, list) else []
    return [_application(row) for row in rows if isinstance(row, dict)]


def _application(row: dict[str, Any]) -> Application:
    return Application(
        id=str(row.get("id") or ""),
        name=hide_numbers(TEXML.name_of(row) or "an application")[:60],
        active=row.get("active") is not False,
        url=TEXML.address(row),
        method=str(row.get("voice_method") or "post").upper(),
        record=row,
    )


def leading_here(every: list[Application], number_at: str, ours: str) -> list[Application]:
    """Return the application of our number, and those that lead to our address.

    Without an address, all that lead to a line.
    """
    host = parts(ours).netloc
    return [
        each
        for each in every
        if each.id == number_at or (parts(each.url).netloc == host if host else each.origin)
    ]


def examine(
    settings: Settings,
    answer: ApiResponse,
    here: list[Application],
    numbers: Callable[[str], ApiResponse],
) -> Iterator[Fact]:
    """Check each application that leads here.

    `answer`: Telnyx's list of all. `numbers`: lists the numbers of one, by its id.
    """
    if not isinstance(answer.data, list):
        yield unreadable("texml.unreadable", answer)
    elif here:
        if why := too_many(settings.room.max_participants):
            yield Fact("texml.too-many", why=why)
        for each in here:
            wrong = [*_wrong(settings, each), *_numbers(each, numbers(each.id))]
            yield from wrong or [Fact("texml.ok", app=each.name, url=_shown(each))]
    elif settings.texml_secret or settings.room.texml:
        yield Fact("texml.not-there", address=_right_address(settings))
    else:
        yield Fact("texml.none")


def _wrong(settings: Settings, app: Application) -> Iterator[Fact]:
    if not app.active:
        yield Fact("texml.inactive", app=app.name)
    if app.line is None:
        yield Fact("texml.path", app=app.name, address=_right_address(settings))
        return
    yield from _address(settings, app)
    yield from _way_in(settings, app, app.line.after)
    if app.method != "POST":
        yield Fact("texml.method", app=app.name, method=app.method)


def _address(settings: Settings, app: Application) -> Iterator[Fact]:
    if parts(app.url).scheme == "http" and not web.inside(settings.telnyx_base_url):
        yield Fact("texml.http", app=app.name, address=_right_address(settings))
    ours = settings.room.public_url
    if not ours:
        yield Fact("texml.no-public-url", app=app.name, origin=web.shown(app.origin))
    elif not web.same(app.origin, ours):
        yield Fact("texml.elsewhere", app=app.name, url=_shown(app))


def _way_in(settings: Settings, app: Application, after: str) -> Iterator[Fact]:
    """Is the part after /texml a room, the secret, or both?"""
    names = [unquote(name) for name in after.split("/")[1:]]
    secret = bool(names and settings.texml_secret) and names[0] == settings.texml_secret
    rooms = names[1:] if secret else names
    right = _right_address(settings)
    if len(rooms) > 1:
        yield Fact("texml.wrong-secret", app=app.name, address=right)
    elif rooms and not ROOM_NAME.fullmatch(rooms[0]):
        yield Fact("texml.no-room", app=app.name, address=right)
    elif settings.texml_secret and not secret:
        yield Fact("texml.no-secret", app=app.name, address=right)


def _numbers(app: Application, rows: ApiResponse) -> Iterator[Fact]:
    if not isinstance(rows.data, list):
        answer = rows.status or "no answer"
        yield Fact("texml.numbers-unreadable", app=app.name, answer=answer)
    elif not rows.data:
        yield Fact("texml.no-number", app=app.name)


def _right_address(settings: Settings) -> str:
    """Return what the voice URL should be, with a placeholder for each part that is private."""
    address = settings.room.public_url or "https://<your public address>"
    secret = "/<TEXML_SECRET>" if settings.texml_secret else ""
    return f"{address}/texml{secret}"


def _shown(app: Application) -> str:
    """Return its voice URL, without a part that may be a secret."""
    door = f"{app.origin}/texml"
    return web.shown(f"{door}/..." if app.line and app.line.after else door)
