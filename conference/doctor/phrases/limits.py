"""Phrases about what the account may spend and dial, and what Telnyx could not deliver."""

from __future__ import annotations

from conference.setup.repairs import Repair

from .phrase import APPLICATION, Phrase, Rows, not_checked, unreadable

PROFILE = "in the Telnyx portal, Outbound Voice Profiles"
NEW_ACCOUNT = (
    "Telnyx does not show two limits of a new account: 2 outgoing calls at once, and a notice "
    "about abuse before each spoken text"
)
TIMES = "failed in the last 24 h: {count}, with {status}; the last {event} at {at}"
UNANSWERED = "failed in the last 24 h: {count}; the last {event} at {at}"


def _delivery(what: str, todo: str, repair: Repair | None = None) -> Phrase:
    return Phrase("deliveries", "warning", what, todo, repair)


ROWS: Rows = {
    "balance.ok": Phrase("balance", "ok", "the account has credit"),
    "balance.none": Phrase(
        *("balance", "failure", "the account has no credit: Telnyx refuses calls"),
        "Add credit in the Telnyx portal, Billing.",
    ),
    "balance.unreadable": unreadable("balance"),
    "balance.not-checked": not_checked("balance"),
    "outbound.ok": Phrase("dial-out", "ok", f"the profile allows them. {NEW_ACCOUNT}"),
    "outbound.not-set": Phrase(
        *("dial-out", "failure", "DIAL_ALLOW is set, and {missing} is not: none is made"),
        "Set it, and restart the server. Or remove DIAL_ALLOW.",
        Repair.OUTBOUND,
    ),
    "outbound.not-checked": not_checked("dial-out"),
    "outbound.no-profile": Phrase(
        *("dial-out", "failure", "the application has no outbound voice profile"),
        f"Choose one {APPLICATION}, Outbound.",
        Repair.OUTBOUND,
    ),
    "outbound.unreadable": unreadable("dial-out"),
    "outbound.disabled": Phrase(
        *("dial-out", "failure", "the outbound voice profile is switched off"),
        f"Switch it on {PROFILE}.",
    ),
    "outbound.concurrent": Phrase(
        *("dial-out", "warning"),
        "the {whose} allows {limit} calls at once, and DIAL_AT_ONCE is {most}",
        f"Raise the limit {PROFILE}, or of the application. Or lower DIAL_AT_ONCE.",
        Repair.OUTBOUND,
    ),
    "outbound.spend-limit": Phrase(
        "dial-out", "ok", "the profile allows no more calls on a day once {limit} USD are spent"
    ),
    "outbound.destinations": Phrase(
        *("dial-out", "warning"),
        "DIAL_ALLOW has {codes}, and the profile allows none of their countries",
        f"Allow the destinations {PROFILE}.",
    ),
    "outbound.destinations-not-known": Phrase(
        *("dial-out", "unknown", "not compared with the profile: {prefix} of DIAL_ALLOW"),
        f"See that its country is among the allowed destinations {PROFILE}.",
    ),
    "deliveries.ok": Phrase(
        "deliveries", "ok", "Telnyx lists no webhook to this address that failed in the last 24 h"
    ),
    "deliveries.unreadable": unreadable("deliveries"),
    "deliveries.not-checked": not_checked("deliveries"),
    "deliveries.not-genuine": _delivery(
        TIMES,
        "Their signatures did not match: the server had another TELNYX_PUBLIC_KEY, or a proxy "
        "changes bodies. See public key and self-test.",
        Repair.PUBLIC_KEY,
    ),
    "deliveries.no-path": _delivery(
        TIMES, "The path of the webhook URL is wrong, or a proxy changes it.", Repair.APPLICATION
    ),
    "deliveries.method": _delivery(
        TIMES, "They did not come by POST: a proxy changes the method, or a command set it."
    ),
    "deliveries.redirected": _delivery(
        TIMES,
        "Telnyx follows no redirect: set the webhook URL to the address that it leads to.",
        Repair.APPLICATION,
    ),
    "deliveries.refused": _delivery(TIMES, "See the log of the server and of the proxy."),
    "deliveries.server-error": _delivery(
        TIMES, "The server or the proxy had trouble, or did not run: see the log of both."
    ),
    "deliveries.no-answer": _delivery(
        f"{UNANSWERED}: no answer in time", "The server or the network was too slow: see the log."
    ),
    "deliveries.no-connection": _delivery(
        f"{UNANSWERED}: no connection",
        "Nothing listened there, or the certificate was not valid: see server and self-test.",
    ),
}
