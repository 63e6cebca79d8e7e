"""Who is told what happens: the addresses in the settings, how each is told, and of what."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from conference.core.texml.attributes import BY_NAME, EVENT_TYPES
from conference.settings import Settings


@dataclass(frozen=True, slots=True)
class Feed:
    """An address that is told of some kinds of news.

    `setting` is where it stands. After one of the kinds in `last` no more comes, of its conference
    or recording, that belongs to what was told before.
    """

    setting: str
    url: str = field(repr=False)  # there may be a password in it
    method: str
    kinds: frozenset[str]
    last: frozenset[str]

    def message(self, form: str) -> tuple[str, bytes, bytes]:
        """The address, the body, and what is signed: the body, or with GET the query instead."""
        if self.method == "POST":
            body = form.encode()
            return self.url, body, body
        split = urlsplit(self.url)
        query = "&".join(part for part in (split.query, form) if part)
        return split._replace(query=query).geturl(), b"", query.encode()


def feeds(settings: Settings) -> Iterator[Feed]:
    """Those that the settings ask for."""
    if settings.status_callback:
        yield Feed(
            "STATUS_CALLBACK",
            settings.status_callback,
            settings.status_callback_method,
            frozenset(EVENT_TYPES[event] for event in settings.status_callback_event.split()),
            frozenset({EVENT_TYPES["end"]}),
        )
    name = "recordingStatusCallback"
    url, method, events = (
        settings.room.texml.get(each) or BY_NAME[each].default or ""
        for each in (name, f"{name}Method", f"{name}Event")
    )
    if url:
        kinds = frozenset(f"recording-{event}" for event in events.split())
        yield Feed(BY_NAME[name].setting, url, method, kinds, kinds)
