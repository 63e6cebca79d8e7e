"""Decides whether calls can be served now, and if not, why. It asks nobody outside."""

from __future__ import annotations

from conference.reporting.health import unread_for
from conference.web.services import Services

DRAINING = "the server is ending, and takes no new work"
OVERLOADED = "too many commands wait for Telnyx's answer"
KEY_REFUSED = "Telnyx refuses TELNYX_API_KEY, and has accepted no command since"
NOTHING_READ = "Telnyx has answered nothing for three RECONCILE_SECONDS or longer"


def reasons(services: Services) -> list[str]:
    """Return why no call can be served, in words; empty if the server is ready."""
    engine, health, now = services.engine, services.server_health, services.clock()
    front = engine.registry.at_home(engine.doors.default)  # None if another process reads
    found = (
        DRAINING if engine.draining else "",
        engine.registry.unready(),
        OVERLOADED if engine.overloaded else "",
        KEY_REFUSED if health.key_is_refused(now) else "",
        "" if unread_for(front, health, now) is None else NOTHING_READ,
    )
    return [reason for reason in found if reason]
