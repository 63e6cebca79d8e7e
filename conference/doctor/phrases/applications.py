"""Phrases about the Call Control application and the numbers."""

from __future__ import annotations

from conference.core.origin import WEBHOOK
from conference.setup.repairs import Repair

from .phrase import APPLICATION, NUMBERS, Phrase, Rows, not_checked, unreadable

LEAST_TIMEOUT = 2  # seconds, of webhook_timeout_secs
SET_ID = f"Set TELNYX_CONNECTION_ID to the application's ID {APPLICATION}."
SET_URL = f"Set its webhook URL to https://<your public address>{WEBHOOK} {APPLICATION}."
ASSIGN = f"Assign {{number}} to the application {NUMBERS}."

ROWS: Rows = {
    "application.ok": Phrase("application", "ok", "it is active and delivers to {url} as API v2"),
    "application.not-needed": Phrase(
        *("application", "ok"),
        "no Call Control application is needed if all calls come by TeXML",
    ),
    "application.not-set": Phrase(
        *("application", "warning"),
        "it is not known: calls are not found again after a restart",
        SET_ID,
        Repair.APPLICATION,
    ),
    "application.missing": Phrase(
        *("application", "failure", "Telnyx has none with this ID ({status})", SET_ID),
        Repair.APPLICATION,
    ),
    "application.unreadable": unreadable("application"),
    "application.not-checked": not_checked("application"),
    "application.inactive": Phrase(
        *("application", "failure", "it is not active: Telnyx takes no calls for it"),
        f"Switch it on {APPLICATION}.",
        Repair.APPLICATION,
    ),
    "application.activity-not-shown": Phrase(
        *("application", "unknown", "Telnyx does not say whether it is active"),
        f"Switch it on {APPLICATION}.",
        Repair.APPLICATION,
    ),
    "application.api-version": Phrase(
        *("application", "failure", "its webhooks are API v{version}, not API v2"),
        f"Set its webhook API version to API v2 {APPLICATION}.",
        Repair.APPLICATION,
    ),
    "application.timeout": Phrase(
        *("application", "warning"),
        "Telnyx waits {seconds} s for the answer to a webhook, and then sends it again",
        f"Leave its webhook timeout empty, or set {LEAST_TIMEOUT} or more, {APPLICATION}.",
        Repair.APPLICATION,
    ),
    "application.no-url": Phrase(
        "application", "failure", "it has no webhook URL", SET_URL, Repair.APPLICATION
    ),
    "application.http": Phrase(
        *("application", "warning", "its webhook URL is http: anyone can listen in", SET_URL),
        Repair.APPLICATION,
    ),
    "application.path": Phrase(
        *("application", "failure", f"its webhook URL {{url}} does not end in {WEBHOOK}"),
        SET_URL,
        Repair.APPLICATION,
    ),
    "application.elsewhere": Phrase(
        *("application", "warning", "it delivers to {url}, which is not at PUBLIC_URL"),
        f"Correct or remove PUBLIC_URL, or correct the webhook URL {APPLICATION}.",
        Repair.APPLICATION,
    ),
    "number.ok": Phrase("number", "ok", "{number} is assigned to {which} application"),
    "number.some": Phrase("number", "ok", "assigned to the application: {numbers}"),
    "number.not-owned": Phrase(
        *("number", "failure", "the account has no number {number}"),
        f"Set TELNYX_NUMBER to one that is listed {NUMBERS}.",
        Repair.NUMBER,
    ),
    "number.no-application": Phrase(
        *("number", "failure", "{number} is assigned to no application", ASSIGN),
        Repair.NUMBER,
    ),
    "number.other-application": Phrase(
        *("number", "failure"),
        "{number} is assigned to an application that is not TELNYX_CONNECTION_ID",
        ASSIGN,
        Repair.NUMBER,
    ),
    "number.inactive": Phrase(
        *("number", "warning", "{number} is not active but {status}"),
        f"See what it waits for {NUMBERS}.",
    ),
    "number.none": Phrase(
        *("number", "warning", "no number is assigned to the application"),
        f"Assign one to it {NUMBERS}.",
        Repair.NUMBER,
    ),
    "number.not-set": Phrase(
        *("number", "unknown", "not checked"),
        "First set TELNYX_NUMBER or TELNYX_CONNECTION_ID.",
        Repair.NUMBER,
    ),
    "number.unreadable": unreadable("number"),
    "number.not-checked": not_checked("number"),
    "rooms.ok": Phrase("rooms", "ok", "{count} of their numbers are assigned to us"),
    "rooms.not-ours": Phrase(
        *("rooms", "warning", "numbers that lead to no application of ours: {numbers}"),
        f"Assign each to the application {NUMBERS}, or correct the rooms file.",
    ),
    "rooms.unreadable": unreadable("rooms"),
    "rooms.not-checked": Phrase(
        *("rooms", "unknown", "not checked"),
        f"Check that their numbers are assigned to them {NUMBERS}.",
    ),
}
