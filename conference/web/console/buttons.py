"""The verb table as the console's page needs it."""

from __future__ import annotations

from typing import Any

from conference.core.requests.verbs import ROWS


def verbs() -> list[dict[str, Any]]:
    """Return `name, of, help` of each verb."""
    return [{"name": verb.name, "of": verb.of, "help": verb.help} for verb in ROWS]
