"""Phrases about what Telnyx must reach: this server, and the music."""

from __future__ import annotations

from .phrase import Phrase, Rows, not_checked

START = "Start `flask run`, or gunicorn in production"
TUNNEL = (
    "Run `flask run --tunnel`, or start ngrok and set the webhook URL (with TeXML the voice URL) "
    "to what it shows."
)
SET_MUSIC = "Set HOLD_AUDIO_URL to a WAV or MP3 that anyone can fetch, or remove it."
CHANGED = "Something between Telnyx and this server changes it: see the line above."


def _music(todo: str, set_by: str) -> Rows:
    """Return the phrases about music; `set_by`: the beginning of the facts' names."""
    return {
        f"{set_by}.no-answer": Phrase("music", "failure", "no answer from {url}: {cause}", todo),
        f"{set_by}.refused": Phrase("music", "failure", "{url} answers {status}", todo),
        f"{set_by}.not-audio": Phrase(
            "music", "failure", "{url} is not a WAV or MP3: it is {kind}", todo
        ),
    }


ROWS: Rows = {
    "server.ok": Phrase("server", "ok", "it answers at {url}"),
    "server.not-public": Phrase(
        *("server", "failure", "Telnyx cannot reach {url}: it is not public"),
        "Set the application's webhook or voice URL, and PUBLIC_URL, to a public address.",
    ),
    "server.ending": Phrase(
        "server", "warning", "at {url} it is ending", f"{START}, when it has ended."
    ),
    "server.not-ready": Phrase(
        *("server", "failure", "it answers at {url}, and serves no calls: {reasons}"),
        "See Ready or not in docs/operating.md.",
    ),
    "server.readiness-not-shown": Phrase(
        *("server", "unknown", "it answers at {url}, and does not report whether it serves calls"),
        "Update it, if it is an older version.",
    ),
    "server.no-answer": Phrase(
        *("server", "failure", "no answer from {url}: {cause}"),
        "Start the server: `flask run --tunnel`, or gunicorn in production.",
    ),
    "server.only-a-proxy": Phrase(
        *("server", "failure", "a tunnel or proxy answers at {url}, but no server behind it"),
        f"{START}.",
    ),
    "server.no-tunnel": Phrase(
        "server", "failure", "the tunnel to {url} is not up ({error})", TUNNEL
    ),
    "server.something-else": Phrase(
        *("server", "failure", "something else answers at {url} ({status} for /healthz)"),
        f"Does the tunnel lead to this server's port? {TUNNEL}",
    ),
    "server.no-address": Phrase(
        *("server", "unknown", "not checked"),
        "Its address is not known: first repair the application, or set PUBLIC_URL.",
    ),
    "music.ok": Phrase("music", "ok", "there is a WAV or MP3 at {url}"),
    "music.redirected": Phrase(
        *("music", "warning", "{url} redirects to {to}: Telnyx may not follow"),
        "Set HOLD_AUDIO_URL to the address that it redirects to.",
    ),
    "music.not-public": Phrase(
        "music", "failure", "Telnyx cannot reach {url}: it is not public", SET_MUSIC
    ),
    "own-music.not-public": Phrase(
        *("music", "failure", "Telnyx cannot reach {url}: it is not public"),
        "Set PUBLIC_URL to a public address, or remove it.",
    ),
    **_music(SET_MUSIC, "music"),
    **_music(CHANGED, "own-music"),
    "music.not-checked": not_checked("music"),
    "own-music.not-checked": Phrase(
        *("music", "unknown", "not checked"),
        "It is on the server: first let Telnyx reach that.",
    ),
}
