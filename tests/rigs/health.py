"""Findings of `flask doctor --live` about a report of `/api/health`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from conference import doctor
from conference.doctor import Finding
from conference.telnyx_api import ApiResponse

ORGANIZATION, USER = "of the organization", "of the user"
WHOAMI = ApiResponse(200, {"organization_id": ORGANIZATION, "user_id": USER})


def examine_server(report: Mapping[str, Any], whoami: ApiResponse = WHOAMI) -> list[Finding]:
    """Return all findings. `whoami`: Telnyx's answer."""
    return list(doctor.examine_server(dict(report), lambda: whoami))
