"""Phrases about the running server, for `flask doctor --live`."""

from __future__ import annotations

from .phrase import KEYS, Phrase, Rows, unreadable

WAIT = "Wait for the first comparison. RECONCILE_SECONDS is the time between two."
DOCTOR = "run flask doctor, and see status.telnyx.com."
ACCEPT_FIRST = "First let Telnyx accept commands."
NO_WEBHOOK = (
    "Dial the number. If this stays, run flask doctor, and see what the log reports as refused."
)

ROWS: Rows = {
    "live.up": Phrase(
        *("server", "ok"),
        "up for {uptime}; rooms: {rooms}, calls in them: {calls}; started at {started_at}",
    ),
    "live.unreachable": Phrase(
        *("server", "failure", "{error}"),
        "Start it at the address in --url, with the same CONTROL_TOKEN as here.",
    ),
    "live.not-reported": Phrase(
        *("server", "unknown", "it does not report {field}"),
        "Update it: it is of another version than this command.",
    ),
    "webhooks.ok": Phrase("webhooks", "ok", "the last genuine one came {age} ago"),
    "webhooks.none": Phrase(
        *("webhooks", "warning", "no genuine one has come in the {uptime} since the start"),
        NO_WEBHOOK,
    ),
    "telnyx.ok": Phrase(
        "Telnyx", "ok", "it accepted the last command {age} ago; no error since the start"
    ),
    "telnyx.ok-again": Phrase(
        *("Telnyx", "ok"),
        "it accepted {accepted}; the last error was {error_age} ago: {error}",
    ),
    "telnyx.no-command": Phrase(
        *("Telnyx", "unknown"),
        "not known: no command was sent since the start, or none was answered",
        "Dial the number, or run flask doctor.",
    ),
    "telnyx.failing": Phrase(
        *("Telnyx", "failure"),
        "it accepted {accepted}; the last error was {error_age} ago: {error}",
        f"R{DOCTOR[1:]}",
    ),
    "telnyx.error": Phrase(
        "Telnyx", "warning", "{error_age} ago: {error}", f"If it goes on, {DOCTOR}"
    ),
    "keys.ok": Phrase("keys", "ok", "the last one of a caller in a conference came {age} ago"),
    "keys.none": Phrase(
        *("keys", "warning", "none of a caller in a conference has come since the start"),
        "Dial a room and press *#. If no answer is heard, set the DTMF type of the number's "
        "connection to RFC 2833 in the Telnyx portal, and see Where no key arrives in "
        "docs/keys.md.",
    ),
    "waiting.ok": Phrase("waiting", "ok", "nobody waits longer than 10 s"),
    "waiting.late": Phrase(
        *("waiting", "failure", "{number} in room {room} is {status} for too long: {age}"),
        "See what happened to it: flask story {call}",
    ),
    "unknown-calls.ok": Phrase(
        "unknown calls", "ok", "Telnyx had no call that no room knows, {age} ago"
    ),
    "unknown-calls.some": Phrase(
        *("unknown call", "warning"),
        "Telnyx has a call on the application that no room knows: {call}",
        "Does another program have it? It is not ours, and we leave it alone.",
    ),
    "unknown-calls.not-read": Phrase(
        *("unknown calls", "unknown", "not checked"),
        f"Set TELNYX_CONNECTION_ID, if it is not set. {WAIT}",
    ),
    "unknown-calls.read-long-ago": Phrase(
        *("unknown calls", "unknown"),
        "not known now: Telnyx's list was last read {age} ago, and had none",
        ACCEPT_FIRST,
    ),
    "name.taken": Phrase(
        *("name", "failure"),
        "Telnyx has a conference of the name of room {room}, and lists none: {age} ago callers "
        "could not get in",
        "Is it in another region (REGION), or another program's? Change CONFERENCE_NAME.",
    ),
    "name.shared": Phrase(
        *("shared name", "warning", "calls of others are in the conference of room {room}"),
        "Does another deployment use the same name? Give this one its own CONFERENCE_NAME.",
    ),
    "comparison.ok": Phrase(
        *("comparison", "ok"),
        "the last was {age} ago; repaired after comparisons with Telnyx's lists: {healed}",
    ),
    "comparison.long-ago": Phrase(
        *("comparison", "warning"),
        "the last was {age} ago; repaired after comparisons with Telnyx's lists: {healed}",
        ACCEPT_FIRST,
    ),
    "comparison.nothing-read": Phrase(
        *("comparison", "failure"),
        "Telnyx has answered nothing for {age}: no command, and no reading of its lists",
        "Run flask doctor, and see status.telnyx.com.",
    ),
    "comparison.none": Phrase("comparison", "unknown", "not checked", WAIT),
    "account.organization": Phrase(
        "account", "ok", "callbacks of TeXML name the organization of TELNYX_API_KEY"
    ),
    "account.user": Phrase(
        *("account", "ok"),
        "callbacks of TeXML name the user of TELNYX_API_KEY; after a 404, requests name the "
        "organization instead",
    ),
    "account.other": Phrase(
        *("account", "failure"),
        "callbacks of TeXML name the account {account}, and TELNYX_API_KEY is of another: mute, "
        "hold and kick fail",
        f"Set TELNYX_API_KEY to one of that account {KEYS}, API Keys.",
    ),
    "account.unreadable": unreadable("account"),
    "log.ok": Phrase("log", "ok", "no line was lost"),
    "log.lost": Phrase(
        *("log", "warning"),
        "lines lost since the start, because nothing accepted them: {lost}",
        "Let a program read the server's output all the time.",
    ),
}
