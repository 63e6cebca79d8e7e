"""The parts that an app is made of, for views, commands and the server's hooks."""

from __future__ import annotations

from dataclasses import dataclass
from threading import BoundedSemaphore
from typing import Any, Protocol

from flask import Flask, current_app

from conference.callbacks.delivery import stop_all
from conference.callbacks.subscribers import Subscribers
from conference.clock import Clock
from conference.engine import Engine
from conference.reporting.event_log import EventLog
from conference.reporting.meeting_report import MeetingReports
from conference.reporting.metrics import Metrics, Uncounted
from conference.reporting.rate_limited_log import RateLimitedLog
from conference.reporting.server_health import ServerHealth
from conference.reporting.shared_meetings import SharedMeetings
from conference.reporting.timeline import Lanes
from conference.settings import Settings
from conference.telnyx_api import TelnyxApi
from conference.web.wrong_tokens import WrongTokens

EXTENSION = "conference"  # the key in app.extensions


class Recording(Protocol):
    """Records what happens, with RECORD_WEBHOOKS."""

    def webhook(self, path: str, body: bytes, at: float) -> None:
        """Record a verified request. `path`: where it came. `at`: the line's time."""

    def stop(self) -> None:
        """Write what waits, and end the recording."""


@dataclass(frozen=True, slots=True)
class Services:
    """Made once for an app, by `create_app`.

    `telnyx` serves requests about the account. `request_log` logs refused and ignored requests.
    `waiting_seats` limits the control requests that wait for Telnyx's answer. `wrong_tokens`
    compares tokens with CONTROL_TOKEN. `meetings` shares timelines and facts of reports with other
    processes.
    """

    settings: Settings
    clock: Clock
    engine: Engine
    telnyx: TelnyxApi
    subscribers: Subscribers
    event_log: EventLog
    timeline: Lanes
    reports: MeetingReports
    meetings: SharedMeetings | None
    server_health: ServerHealth
    metrics: Metrics | Uncounted
    request_log: RateLimitedLog
    waiting_seats: BoundedSemaphore
    wrong_tokens: WrongTokens
    recording: Recording | None = None

    def stop(self, last_words: float = 0) -> None:
        """Send nothing more to Telnyx; give subscribers so many seconds for what waits."""
        self.engine.stop()
        self.reports.stop(self.clock())
        if self.meetings:  # at once, so that no other process gives these reports again
            self.meetings.stop()
        stop_all(self.subscribers, last_words)
        self.event_log.stop()
        if self.recording:
            self.recording.stop()

    def named(self, room: str) -> str:
        """Return the room that is meant: names of the rooms file may be written in any case."""
        return self.engine.doors.named(room)

    def install(self, app: Flask) -> None:
        app.extensions[EXTENSION] = self


def services() -> Services:
    """Return the services of the current app."""
    return services_of(current_app)


def fold_room(endpoint: str | None, values: dict[str, Any] | None) -> None:
    """Replace the room in a path by the room that is meant, before anything else reads it."""
    if values and "room" in values:
        values["room"] = services().named(values["room"])


def services_of(app: Flask) -> Services:
    found: Services = app.extensions[EXTENSION]
    return found
