"""Phrases about the self-test through the public address."""

from __future__ import annotations

from conference.setup.repairs import Repair

from .phrase import AGAIN, Phrase, Rows, not_checked

NOT_CHANGED = (
    "Let the proxy or tunnel pass on the raw body, and the headers Telnyx-Signature-Ed25519 and "
    "Telnyx-Timestamp: see docs/production.md."
)
SAME_PATH = "Let the proxy or tunnel pass on POST to this path, and correct the URL in the portal."

ROWS: Rows = {
    "self-test.ok": Phrase(
        *("self-test", "ok"),
        "a test to {url} came here unchanged; an unsigned one got 401",
    ),
    "self-test.no-token": Phrase(
        *("self-test", "unknown", "not checked: the server is recognised by CONTROL_TOKEN"),
        "Set CONTROL_TOKEN, and restart the server.",
        Repair.CONTROL_TOKEN,
    ),
    "self-test.not-checked": not_checked("self-test"),
    "self-test.no-answer": Phrase(
        *("self-test", "failure", "no answer from {url} to a POST: {cause}"),
        SAME_PATH,
    ),
    "self-test.redirected": Phrase(
        *("self-test", "failure"),
        "{url} redirects ({status}), and Telnyx follows no redirect",
        "Set the URL in the portal to the address that it redirects to.",
    ),
    "self-test.no-path": Phrase(
        "self-test", "failure", "{url} answers {status} to a POST", SAME_PATH
    ),
    "self-test.refused-for-now": Phrase(
        "self-test", "unknown", "{url} answered {status} to the test", AGAIN
    ),
    "self-test.other-server": Phrase(
        *("self-test", "warning"),
        "{url} answers {status}, and not as a server with this CONTROL_TOKEN does",
        "Does the address lead to another server, or was the server not restarted since "
        "CONTROL_TOKEN was set? If a proxy takes headers away, let it pass on all.",
    ),
    "self-test.body-changed": Phrase(
        *("self-test", "failure"),
        "the body of a test sent to {url} was changed on the way: no signature can match",
        NOT_CHANGED,
    ),
    "self-test.headers-changed": Phrase(
        *("self-test", "failure"),
        "the signature's headers of a test sent to {url} were lost or changed on the way",
        NOT_CHANGED,
    ),
    "self-test.other-public-key": Phrase(
        *("self-test", "failure"),
        "the server at {url} has another TELNYX_PUBLIC_KEY than is set here",
        "Restart the server.",
    ),
    "self-test.slow": Phrase(
        *("self-test", "warning"),
        "the answer from {url} took {seconds} s, and Telnyx waits 2 s for that to a webhook",
        "Let the server, the proxy and the network answer sooner.",
    ),
    "self-test.unsigned-no-answer": Phrase(
        "self-test", "unknown", "no answer from {url} to an unsigned test: {cause}", AGAIN
    ),
    "self-test.unsigned-not-refused": Phrase(
        *("self-test", "failure"),
        "an unsigned request to {url} gets {status}, and not 401",
        "Does a proxy answer instead of the server? Let it pass on everything.",
    ),
}
