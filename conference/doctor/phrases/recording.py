"""Phrases about the folder for recordings of webhooks."""

from __future__ import annotations

from .phrase import Phrase, Rows

CHOOSE = "Set RECORD_WEBHOOKS to a folder of the server's user, or remove it."

ROWS: Rows = {
    "recording.ok": Phrase(
        "recording", "ok", "webhooks are recorded in {folder}, with {free} left on its disk"
    ),
    "recording.not-a-folder": Phrase("recording", "failure", "{folder} is no folder", CHOOSE),
    "recording.not-writable": Phrase(
        "recording", "failure", "this user may not write into {folder}", CHOOSE
    ),
    "recording.not-ours": Phrase(
        "recording", "failure", "{folder} belongs to another user", CHOOSE
    ),
    "recording.open-to-others": Phrase(
        *("recording", "failure", "other users of this machine can read {folder}"),
        "Run: chmod 700 {folder}",
    ),
    "recording.full": Phrase(
        *("recording", "warning", "the disk of {folder} has {free} left"),
        "Delete recordings that are not needed.",
    ),
    "recording.unreadable": Phrase(
        "recording", "unknown", "{folder} could not be checked: {error}", CHOOSE
    ),
}
