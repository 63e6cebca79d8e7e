"""Phrases about the settings, Redis, the account's keys, and the clock."""

from __future__ import annotations

from conference.setup.repairs import Repair
from conference.signature import TOLERANCE

from .phrase import KEYS, Phrase, Rows, not_checked

IN_THE_ENVIRONMENT = "Set it in the environment or in .env, and start the server again."
NTP = "Set this machine's clock by NTP."
COPY_IT = f"Copy TELNYX_PUBLIC_KEY again from the Public Key {KEYS}."

ROWS: Rows = {
    "settings.ok": Phrase("settings", "ok", "all are well formed"),
    "settings.api-key": Phrase(
        "settings", "failure", "{problem}", IN_THE_ENVIRONMENT, Repair.API_KEY
    ),
    "settings.public-key": Phrase(
        "settings", "failure", "{problem}", IN_THE_ENVIRONMENT, Repair.PUBLIC_KEY
    ),
    "settings.problem": Phrase("settings", "failure", "{problem}", IN_THE_ENVIRONMENT),
    "settings.rooms-file": Phrase(
        "settings", "failure", "{problem}", "Correct the rooms file, and start the server again."
    ),
    "settings.misspelt": Phrase("settings", "warning", "{problem}", "Correct it, or remove it."),
    "settings.env-file-exposed": Phrase(
        *("settings", "warning", "{problem}", "Replace what somebody may have read."),
        Repair.ENV_FILE,
    ),
    "settings.rooms-file-exposed": Phrase(
        "settings", "warning", "{problem}", "Replace what somebody may have read."
    ),
    "redis.ok": Phrase(
        "Redis", "ok", "version {versions} answers; its maxmemory-policy is {policies}"
    ),
    "redis.unusable": Phrase(
        "Redis", "failure", "{reason}", "Until then the server does not start."
    ),
    "redis.out-of-reach": Phrase(
        "Redis", "failure", "{reason}", "Start Redis, or correct REDIS_URL."
    ),
    "api-key.ok": Phrase("API key", "ok", "accepted at {base}"),
    "api-key.no-answer": Phrase(
        *("API key", "failure", "no answer from {base}: {cause}"),
        "Check TELNYX_BASE_URL and this machine's network.",
    ),
    "api-key.no-answer-by-proxy": Phrase(
        *("API key", "failure", "no answer from {base}: {cause}"),
        "Check TELNYX_BASE_URL and this machine's network, and {proxy}.",
    ),
    "api-key.refused": Phrase(
        *("API key", "failure", "Telnyx refuses it ({status})"),
        f"Set TELNYX_API_KEY to one that is active {KEYS}, API Keys.",
        Repair.API_KEY,
    ),
    "api-key.not-allowed": Phrase(
        *("API key", "failure"),
        "Telnyx does not allow it to read the account's numbers (403){detail}",
        f"See what TELNYX_API_KEY and the account may do, {KEYS}.",
        Repair.API_KEY,
    ),
    "api-key.limited": Phrase(
        "API key", "unknown", "Telnyx got too many requests (429)", "Try again in a minute."
    ),
    "api-key.trouble": Phrase(
        *("API key", "failure", "Telnyx has a problem ({status})"),
        "See https://status.telnyx.com, and try again.",
    ),
    "api-key.not-telnyx": Phrase(
        *("API key", "failure", "{base} does not answer as Telnyx does ({status})"),
        "Set TELNYX_BASE_URL to https://api.telnyx.com/v2, or remove it.",
    ),
    "api-key.not-checked": not_checked("API key"),
    "public-key.ok": Phrase("public key", "ok", "Telnyx signs with it"),
    "public-key.other": Phrase(
        *("public key", "failure", "it is another account's key: every webhook is refused"),
        COPY_IT,
        Repair.PUBLIC_KEY,
    ),
    "public-key.not-shown": Phrase(
        *("public key", "unknown"),
        "it could not be compared: Telnyx does not show its own ({status})",
        f"Compare TELNYX_PUBLIC_KEY yourself with the Public Key {KEYS}.",
    ),
    "public-key.not-checked": not_checked("public key"),
    "clock.ok": Phrase("clock", "ok", "it agrees with Telnyx's"),
    "clock.wrong": Phrase(
        *("clock", "failure", "it is {off} Telnyx's: every webhook is refused as out of date"),
        NTP,
    ),
    "clock.drifts": Phrase(
        "clock", "warning", f"it is {{off}} Telnyx's; beyond {TOLERANCE} s nothing works", NTP
    ),
    "clock.not-dated": Phrase(
        *("clock", "unknown", "it could not be compared: Telnyx's answer has no date"),
        "Check that this machine's clock is set by NTP.",
    ),
    "clock.not-checked": not_checked("clock"),
}
