"""Decides whether calls can be served now, and if not, why. It asks nobody outside."""

from __future__ import annotations

from conference.web.services import Services

DRAINING = "the server is ending, and takes no new work"
OVERLOADED = "too many commands wait for Telnyx's answer"
KEY_REFUSED = "Telnyx refuses TELNYX_API_KEY, and has accepted no command since"


def reasons(services: Services) -> list[str]:
    """Return why no call can be served, in words; empty if the server is ready."""
    engine = services.engine
    found = (
        DRAINING if engine.draining else "",
        engine.registry.unready(),
        OVERLOADED if engine.overloaded else "",
        KEY_REFUSED if services.server_health.key_is_refused(services.clock()) else "",
    )
    return [reason for reason in found if reason]
