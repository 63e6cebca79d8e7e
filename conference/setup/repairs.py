"""The repairs that `flask setup` can make; a finding of `flask doctor` names one of them."""

from __future__ import annotations

from enum import StrEnum


class Repair(StrEnum):
    """Each has a step in `flask setup`. The value is shown in `flask doctor --json`."""

    ENV_FILE = "env-file"  # .env: mode 600
    API_KEY = "api-key"  # asks for a key that Telnyx accepts
    PUBLIC_KEY = "public-key"  # fetches TELNYX_PUBLIC_KEY
    APPLICATION = "application"  # finds, corrects or creates it; TELNYX_CONNECTION_ID
    NUMBER = "number"  # puts a number on the application; TELNYX_NUMBER
    OUTBOUND = "outbound"  # an outbound voice profile for dial-out, on the application
    CONTROL_TOKEN = "control-token"  # noqa: S105 (a name); a fresh CONTROL_TOKEN where there is none
