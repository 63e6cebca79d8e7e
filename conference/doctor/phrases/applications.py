"""Phrases about the Call Control application and the numbers."""

from __future__ import annotations

from conference.core.origin import WEBHOOK
from conference.setup.repairs import Repair
from conference.telnyx_records.applications import LEAST_TIMEOUT

from .phrase import AGAIN, APPLICATION, NUMBERS, Phrase, Rows, not_checked, unreadable

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
    "application.is-texml": Phrase(
        *("application", "failure", "TELNYX_CONNECTION_ID names a TeXML application: {app}"),
        f"{SET_ID} Remove it, if all calls come by TeXML.",
        Repair.APPLICATION,
    ),
    "application.other-kind": Phrase(
        *("application", "failure"),
        "TELNYX_CONNECTION_ID names no Call Control application, but a {kind}",
        SET_ID,
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
        *("application", "failure", "it has no webhook URL that leads to a server"),
        f"{SET_URL} Or run flask run --tunnel, or flask setup --public-url "
        "https://<your public address>.",
        Repair.APPLICATION,
    ),
    "application.http": Phrase(
        "application", "warning", "its webhook URL is http: anyone can listen in", SET_URL
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
    "application.failover": Phrase(
        *("application", "warning"),
        "webhooks that are not answered in time go to {url}, which is not its webhook URL",
        f"Is the same line there? Else remove the failover URL {APPLICATION}.",
    ),
    "application.channel-limit": Phrase(
        *("application", "warning"),
        "Telnyx takes {limit} calls for it at a time, and rooms may have {most} participants",
        f"Raise the channel limit of its inbound calls {APPLICATION}, or lower MAX_PARTICIPANTS.",
    ),
    "application.dtmf": Phrase(
        *("application", "warning", "its DTMF type is {kind}: keys of callers may not arrive"),
        f"Set its DTMF type to RFC 2833 {APPLICATION}.",
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
    "number.gone": Phrase(
        *("number", "failure", "{number} takes no calls: it is {status}"),
        f"Set TELNYX_NUMBER to another one that is listed as active {NUMBERS}.",
        Repair.NUMBER,
    ),
    "number.on-texml": Phrase(
        *("number", "failure"),
        "{number} is assigned to a TeXML application whose voice URL does not lead to a line",
        ASSIGN,
        Repair.NUMBER,
    ),
    "number.no-voice": Phrase(
        *("number", "failure", "{number} cannot take calls: Telnyx lists {features} for it"),
        "Set TELNYX_NUMBER to a number with the feature voice.",
    ),
    "number.forwarded": Phrase(
        *("number", "failure", "all calls to {number} are forwarded to another number"),
        f"Switch off its call forwarding {NUMBERS}.",
    ),
    "number.screened": Phrase(
        *("number", "warning", "Telnyx rejects calls to {number} that it takes for spam"),
        f"If callers are refused, switch off its inbound call screening {NUMBERS}.",
    ),
    "number.features-not-shown": Phrase(
        *("number", "unknown", "Telnyx does not show whether {number} can take calls"),
        f"See that it has the feature voice {NUMBERS}.",
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
    "number.voice-unreadable": Phrase(
        *("number", "unknown"),
        "its call forwarding could not be checked: Telnyx answered {answer}",
        AGAIN,
    ),
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
