"""The subscribers in the settings: addresses that are sent news of the rooms."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from conference.core.news import REPORT
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

    def message(self, form: str, kind: str) -> tuple[str, str, bytes, bytes]:
        """Return the method, the URL, the body and the signed bytes: the body, or the query.

        A report is too long for a query: it has a body, whatever the method.
        """
        if self.method == "POST" or kind == REPORT:
            body = form.encode()
            return "POST", self.url, body, body
        split = urlsplit(self.url)
        query = "&".join(part for part in (split.query, form) if part)
        return self.method, split._replace(query=query).geturl(), b"", query.encode()


def subscriptions(settings: Settings) -> Iterator[Subscription]:
    """Yield the subscriptions of STATUS_CALLBACK and TEXML_RECORDING_STATUS_CALLBACK."""
    if settings.status_callback:
        chosen = {EVENT_TYPES[event] for event in settings.status_callback_event.split()}
        yield Subscription(
            setting="STATUS_CALLBACK",
            url=settings.status_callback,
            method=settings.status_callback_method,
            kinds=frozenset(chosen | ({REPORT} if settings.rooms else set())),
            final=frozenset({REPORT, EVENT_TYPES["end"]}),
        )
    name = "recordingStatusCallback"
    url, method, reported = (
        settings.room.texml.get(each) or BY_NAME[each].default or ""
        for each in (name, f"{name}Method", f"{name}Event")
    )
    if url:
        kinds = frozenset(f"recording-{event}" for event in reported.split())
        yield Subscription(BY_NAME[name].setting, url, method, kinds, kinds)
