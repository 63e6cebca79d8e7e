"""The subscribers in the settings: addresses that are sent news of the rooms."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from conference.core.texml.attributes import BY_NAME, EVENT_TYPES
from conference.settings import Settings


@dataclass(frozen=True, slots=True)
class Subscription:
    """An address, and the kinds of news that it is sent.

    `setting` names the address, for the log. A kind in `final` ends its conference or recording.
    """

    setting: str
    url: str = field(repr=False)  # may hold a password
    method: str
    kinds: frozenset[str]
    final: frozenset[str]

    def message(self, form: str) -> tuple[str, bytes, bytes]:
        """Return the URL, the body and the signed bytes: the body, or with GET the query."""
        if self.method == "POST":
            body = form.encode()
            return self.url, body, body
        split = urlsplit(self.url)
        query = "&".join(part for part in (split.query, form) if part)
        return split._replace(query=query).geturl(), b"", query.encode()


def subscriptions(settings: Settings) -> Iterator[Subscription]:
    """Yield the subscriptions of STATUS_CALLBACK and TEXML_RECORDING_STATUS_CALLBACK."""
    if settings.status_callback:
        yield Subscription(
            setting="STATUS_CALLBACK",
            url=settings.status_callback,
            method=settings.status_callback_method,
            kinds=frozenset(EVENT_TYPES[event] for event in settings.status_callback_event.split()),
            final=frozenset({EVENT_TYPES["end"]}),
        )
    name = "recordingStatusCallback"
    url, method, events = (
        settings.room.texml.get(each) or BY_NAME[each].default or ""
        for each in (name, f"{name}Method", f"{name}Event")
    )
    if url:
        kinds = frozenset(f"recording-{event}" for event in events.split())
        yield Subscription(BY_NAME[name].setting, url, method, kinds, kinds)
