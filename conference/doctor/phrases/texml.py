"""Phrases about the TeXML applications that lead to this server."""

from __future__ import annotations

from .phrase import AGAIN, NUMBERS, TEXML, Phrase, Rows, not_checked, unreadable

SET_URL = f"Set its voice URL to {{address}} {TEXML}."

ROWS: Rows = {
    "texml.ok": Phrase("TeXML", "ok", "{app} leads to {url} by POST"),
    "texml.none": Phrase("TeXML", "ok", "no TeXML application leads here"),
    "texml.not-there": Phrase(
        *("TeXML", "warning", "it is set up here, but no TeXML application leads here"),
        f"{SET_URL} Or remove all settings that begin with TEXML_.",
    ),
    "texml.too-many": Phrase(
        *("TeXML", "failure", "no caller can join: MAX_PARTICIPANTS {why}"),
        "Set it, and restart the server.",
    ),
    "texml.inactive": Phrase(
        *("TeXML", "failure", "{app}: it is not active: Telnyx takes no calls for it"),
        f"Switch it on {TEXML}.",
    ),
    "texml.path": Phrase(
        "TeXML", "failure", "{app}: its voice URL does not lead to a line", SET_URL
    ),
    "texml.method": Phrase(
        *("TeXML", "failure", "{app}: its voice method is {method}, which is refused (405)"),
        f"Set its voice method to POST {TEXML}.",
    ),
    "texml.http": Phrase(
        "TeXML", "warning", "{app}: its voice URL is http: anyone can listen in", SET_URL
    ),
    "texml.no-public-url": Phrase(
        *("TeXML", "failure", "{app}: no caller can join: PUBLIC_URL is not set"),
        "Set PUBLIC_URL to {origin}, and restart the server.",
    ),
    "texml.elsewhere": Phrase(
        *("TeXML", "warning", "{app}: its voice URL is at {url}, which is not at PUBLIC_URL"),
        f"Correct or remove PUBLIC_URL, or correct its voice URL {TEXML}.",
    ),
    "texml.wrong-secret": Phrase(
        *("TeXML", "failure"),
        "{app}: the secret in its voice URL is not TEXML_SECRET: it is refused (401)",
        SET_URL,
    ),
    "texml.no-room": Phrase(
        "TeXML", "failure", "{app}: its voice URL names an impossible room (404)", SET_URL
    ),
    "texml.no-secret": Phrase(
        *("TeXML", "warning"),
        "{app}: its voice URL has no TEXML_SECRET in it: unsigned, it is refused (401)",
        f"{SET_URL} Or remove TEXML_SECRET, if Telnyx signs its requests.",
    ),
    "texml.numbers-unreadable": Phrase(
        *("TeXML", "unknown", "{app}: its numbers could not be read ({answer})", AGAIN),
    ),
    "texml.no-number": Phrase(
        *("TeXML", "warning", "{app}: no number is assigned to it"),
        f"Assign one to it {NUMBERS}.",
    ),
    "texml.unreadable": unreadable("TeXML"),
    "texml.not-checked": not_checked("TeXML"),
}
