"""The subscribers in the settings of a room: addresses that are sent its news."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from conference.core.news import REPORT
from conference.core.room_settings import RoomSettings
from conference.core.texml.attributes import BY_NAME, EVENT_TYPES


@dataclass(frozen=True, slots=True)
class Subscription:
    """An address, and the kinds of news that it is sent.

    `setting` names the address, for the log. A kind in `final` ends its conference or recording.
    Subscriptions that differ in `setting` alone are equal.
    """

    setting: str = field(compare=False)
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


def subscriptions(
    room: RoomSettings, setting: str = "STATUS_CALLBACK", *, reports: bool = False
) -> Iterator[Subscription]:
    """Yield the subscriptions of a room: those of STATUS_CALLBACK, which `setting` names in the
    log, and of TEXML_RECORDING_STATUS_CALLBACK.

    `reports`: whether its meetings are reported.
    """
    if room.status_callback:
        chosen = {EVENT_TYPES[event] for event in room.status_callback_event.split()}
        yield Subscription(
            setting=setting,
            url=room.status_callback,
            method=room.status_callback_method,
            kinds=frozenset(chosen | ({REPORT} if reports else set())),
            final=frozenset({REPORT, EVENT_TYPES["end"]}),
        )
    name = "recordingStatusCallback"
    url, method, reported = (
        room.texml.get(each) or BY_NAME[each].default or ""
        for each in (name, f"{name}Method", f"{name}Event")
    )
    if url:
        kinds = frozenset(f"recording-{event}" for event in reported.split())
        yield Subscription(BY_NAME[name].setting, url, method, kinds, kinds)
