"""The line that reports an error of Telnyx: its fault, and its words without numbers."""

from __future__ import annotations

import pytest

from conference.core.client_state import ClientState
from conference.core.commands import Command, Dial, Hangup
from conference.core.events import Outcome
from conference.reporting.telnyx_errors import CALLING, KEY, PERMISSION, error_of

DIAL = Dial("+13125550142", ClientState("demo"), "id", 30, 600)
DETAIL = "Dialed number +13125550142 is not allowed D13."
SHOWN = "Dialed number +...0142 is not allowed D13."


@pytest.mark.parametrize(
    ("command", "status", "code", "line"),
    [
        (DIAL, 401, "10009", f"Telnyx refuses TELNYX_API_KEY (401): {KEY}"),
        (DIAL, 403, "10009", f"Telnyx refuses TELNYX_API_KEY (403): {KEY}"),
        (DIAL, 403, "10010", f"Telnyx does not allow dial (403): 10010 {SHOWN}: {CALLING}"),
        (DIAL, 403, "", f"Telnyx does not allow dial (403): {SHOWN}: {CALLING}"),
        (DIAL, 422, "10016", f"Telnyx refuses dial (422): 10016 {SHOWN}"),
        (DIAL, 503, "10007", f"Telnyx refuses dial (503): 10007 {SHOWN}"),
        (DIAL, 0, "", f"no answer from Telnyx to dial ({SHOWN})"),
        (
            Hangup("A"),
            403,
            "10010",
            f"Telnyx does not allow hangup with TELNYX_API_KEY (403): 10010 {SHOWN}: {PERMISSION}",
        ),
        (
            Hangup("A"),
            403,
            "10038",
            f"Telnyx does not allow hangup (403): 10038 {SHOWN}: {PERMISSION}",
        ),
        (Hangup("A"), 401, "10009", f"Telnyx refuses TELNYX_API_KEY (401): {KEY}"),
    ],
)
def test_the_line_names_the_fault(command: Command, status: int, code: str, line: str) -> None:
    assert error_of(Outcome(command, 0.0, status, code, DETAIL))[1] == line


@pytest.mark.parametrize(
    ("command", "status", "line"),
    [
        (DIAL, 503, "Telnyx refuses dial (503)"),
        (DIAL, 403, f"Telnyx does not allow dial (403): {CALLING}"),
    ],
)
def test_an_error_without_a_reason(command: Command, status: int, line: str) -> None:
    assert error_of(Outcome(command, 0.0, status, "", ""))[1] == line
