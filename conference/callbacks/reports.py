"""The news of a meeting that is over: its report, for the room's status callback."""

from __future__ import annotations

import json

from conference.callbacks.subscribers import Subscribers
from conference.clock import Iso
from conference.core.news import REPORT, News
from conference.reporting.meeting_report import Report


def send_report(subscribers: Subscribers, iso: Iso, report: Report, at: float) -> None:
    """Queue the report, behind the other news of its conference."""
    more = {"Report": json.dumps(report.as_json(iso), ensure_ascii=False)}
    for delivery in subscribers.of(report.room):
        delivery.put(News(REPORT, report.room, report.conference, at, more=more))
