"""The meaning of Telnyx's response to a command, by the command, the status and the code."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any, Literal, NamedTuple

from conference.core import commands as c
from conference.core.events import Outcome
from conference.core.room import Room

Meaning = Literal[
    "done", "gone", "not answered", "no conference", "not found", "name taken", "full",
    "in already", "not ours", "not inside", "bad music", "limited", "busy", "unknown",
    "key refused", "refused",
]  # fmt: skip
Reaction = Callable[[Room, Any, Outcome], Room]
Reactions = dict[tuple[type[c.Command], Meaning | Literal["retry", "else"]], Reaction]
"""Rows of the table of outcomes, by the type of the command and the meaning of the response.

"retry": instead of the usual retry, for the meanings in RETRIED. "else": for all other meanings.
"""

RETRIED = ("limited", "busy", "unknown")
AUTHENTICATION_FAILED = "10009"
DROPPED = "dropped"  # the code of an outcome that we make, not Telnyx
NAMES_MUSIC = re.compile(r"audio|media_name|hold_?url", re.IGNORECASE)

Kinds = tuple[type[Any], ...]
ANY: Kinds = (object,)
ON_THE_WAY_IN: Kinds = (c.Answer, c.Speak, c.Gather, c.Record, c.Create, c.Join)
HOLDING: Kinds = (c.Hold, c.Unhold, c.Mute, c.Unmute)


class Row(NamedTuple):
    """A row of the table. `code`, `status`: empty and 0 for any. `account`: of TeXML only.

    `why`: how Telnyx describes it, and the reason where the meaning is a choice.
    """

    means: Meaning
    code: str = ""
    status: int = 0
    of: Kinds = ANY
    account: bool = False
    why: str = ""

    def fits(self, event: Outcome) -> bool:
        return (
            self.code in ("", event.code)
            and self.status in (0, event.status)
            and isinstance(event.command, self.of)
            and bool(event.command.account) >= self.account
        )


# The first row that fits counts. Source: developers.telnyx.com/development/api-fundamentals/
# api-errors, and the errors of the voice API's description.
TABLE: tuple[Row, ...] = (
    Row("refused", code=DROPPED, why="our own command waited too long for its turn"),
    Row("refused", code="10012", why="a duplicate: a retry meets the same one; also with 409"),
    # Limits of the account come with 403 too: the API key is not at fault.
    Row("refused", code="10035", why="no public description: nothing shows that it passes"),
    Row("refused", code="10038", why="the feature is not permitted at this account level"),
    Row("refused", code="10039", why="a limit of the feature is reached at this account level"),
    Row("refused", code="90041", of=(c.Dial,), why="a moderator learns that no channel is free"),
    Row("refused", code="90042", of=(c.Dial,), why="as 90041"),
    Row("refused", code="90043", of=(c.Dial,), why="as 90041"),
    Row("limited", code="90041", why="channel limit: a channel may be free soon"),
    Row("limited", code="90042", why="as 90041"),
    Row("limited", code="90043", why="as 90041"),
    Row("key refused", status=401),
    Row("key refused", code=AUTHENTICATION_FAILED, status=403),
    Row("refused", status=403, of=(c.Dial,), why="the number, caller id or account may not call"),
    Row("key refused", status=403),
    Row("limited", status=429, why="its code, 10011, means something else with 422"),
    Row("limited", code="90103", why="too many dials in a short time"),
    # Transient, though the status begins with 4: as a 503.
    Row("busy", status=408, why="request timeout"),
    Row("busy", status=425, why="too early"),
    Row("busy", code="10008", why="request timeout"),
    Row("busy", code="10036", why="the request is being processed; with 409 or 422"),
    Row("busy", code="90020", of=(c.PassThrough,), why="recording before the call has audio"),
    Row("bad music", code="90040", of=(c.Hold,), why="the audio's download failed or timed out"),
    Row("busy", code="90040", why="as above: it may succeed the next time"),
    # The call, the conference and its name.
    Row("gone", code="90018", why="the call has ended"),
    Row("not inside", code="90015", of=HOLDING, why="it has left; the call may be up"),
    Row("gone", code="90015", why="no such call"),
    Row("not answered", code="90034"),
    Row("no conference", code="90019", why="it has ended"),
    Row("no conference", code="90058", why="there is none"),
    Row("name taken", code="90033", of=(c.Create,), why="an active conference has the name"),
    Row("no conference", code="90033", of=(c.Join,), why="it has no active participants"),
    Row("not inside", code="90033", of=HOLDING, why="as above: the lists show who is inside"),
    Row("full", code="90032"),
    Row("in already", code="90044"),
    Row("not ours", code="90102", why="an outgoing leg cannot be answered"),
    # The address names a call, a conference, a participant or an account that is not found.
    # Telnyx's lists lag: this alone proves no end of a call or conference.
    Row("not inside", code="10005", of=HOLDING),
    Row("not inside", status=404, of=HOLDING),
    Row("not found", code="10005", of=ON_THE_WAY_IN),
    Row("not found", status=404, of=ON_THE_WAY_IN),
    Row("gone", code="10005", of=(c.Hangup,)),
    Row("gone", status=404, of=(c.Hangup,)),
    Row("no conference", status=404, of=(c.TakeSnapshot,), account=True),
    Row("busy", status=404, of=(c.Find, c.TakeSnapshot), why="a conference ends as it is read"),
    Row("gone", status=404, account=True, why="the call has left, or the conference is over"),
    Row("no conference", code="10005"),
    Row("no conference", status=404),
    Row("name taken", status=409, of=(c.Create,), why="a conflict: perhaps that of the name"),
    Row("busy", status=409, why="a conflict with another request; the SDK retries every 409"),
)


def meaning(event: Outcome) -> Meaning:
    """Return the meaning of the response. "refused": no row fits, so a retry would not help.

    An error that names the music of a hold is "bad music", unless a row says that it passes.
    """
    if 200 <= event.status < 300:
        return "done"
    if event.status >= 500:
        return "busy"
    if event.status == 0:
        return "unknown"
    means: Meaning = next((row.means for row in TABLE if row.fits(event)), "refused")
    if means in ("refused", "not inside") and _names_music(event):
        return "bad music"
    return means


def _names_music(event: Outcome) -> bool:
    """Does the error name the music of a hold, by its field or its address?"""
    if not isinstance(event.command, c.Hold):
        return False
    music = event.command.music
    return bool(NAMES_MUSIC.search(event.detail)) or ("://" in music and music in event.detail)
