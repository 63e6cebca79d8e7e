"""The news of a change, for status callbacks to other programs: start, join, speech, leave, end,
and recordings. The words are those of Telnyx's own status callbacks.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Literal

from conference.core.change import Change
from conference.core.commands import Create
from conference.core.events import Event, Outcome, Webhook
from conference.core.fronts import account as account_of
from conference.core.fronts import front
from conference.core.participant import Participant
from conference.core.replacing import replace
from conference.core.room import Room
from conference.core.texml.facts import StatusCallback

Kind = Literal[
    "conference-start",
    "participant-join",
    "participant-speech-start",
    "participant-leave",
    "conference-end",
]
REPORT = "conference-report"  # of a meeting that is over; no change has it


@dataclass(frozen=True, slots=True)
class News:
    """One piece of news about a conference.

    `at`: Unix seconds. `call`: the call concerned; of a start or end the first or last, if known.
    `participant`: our facts of that call. `from_`, `to`: Telnyx's numbers for it. `account`: the
    TeXML account. `occurred_at`: Telnyx's time, as in the event; empty for news that Telnyx did not
    report. `more`: further fields by the names of TeXML's callbacks. `fields`: Telnyx's own
    callback, for news that the room does not keep; `conference` may then be the id of a recording.
    """

    kind: str
    room: str
    conference: str
    at: float
    call: str = ""
    participant: Participant | None = None
    account: str = ""
    from_: str = ""
    to: str = ""
    fields: Mapping[str, str] = field(default_factory=dict, repr=False)
    occurred_at: str = ""
    more: Mapping[str, str] = field(default_factory=dict, repr=False)


def news(change: Change) -> tuple[News, ...]:
    """Return the news of a change, in order; none for most changes."""
    before, after, event = change.before, change.after, change.event
    if isinstance(event, StatusCallback) and event.fields:
        of = event.conference or event.recording
        return (News(event.type, after.name, of, event.at, event.call, fields=event.fields),)
    moves: list[tuple[Kind, str, str]] = []
    if after.joined is not before.joined or after.conference != before.conference:
        moves.extend(_moves(before, after, event))
    if after.speaker != before.speaker or after.texml is not before.texml or moves:
        for call in sorted(_speaking(after) - _speaking(before)):
            moves.append(("participant-speech-start", after.conference, call))
    account = account_of(after) or account_of(before)

    def one_of(kind: Kind, conference: str, call: str) -> News:
        known = after.participants.get(call) or before.participants.get(call)
        one = News(kind, after.name, conference, event.at, call, known, account)
        if not isinstance(event, Webhook | StatusCallback):
            return one
        one = replace(one, occurred_at=event.occurred_at)
        if event.call != call:
            return one
        if isinstance(event, StatusCallback):
            return replace(one, from_=event.from_, to=event.to, more=event.more)
        connection = event.details.get("connection_id")
        return replace(one, more={"ConnectionId": str(connection)}) if connection else one

    return tuple(one_of(*each) for each in moves)


def _moves(before: Room, after: Room, event: Event) -> Iterator[tuple[Kind, str, str]]:
    another = before.conference != after.conference
    left = sorted(before.joined - after.joined)
    for call in left:
        yield "participant-leave", before.conference, call
    if another and before.conference:
        yield "conference-end", before.conference, left[0] if len(left) == 1 else _about(event)
    if another and after.conference:
        yield "conference-start", after.conference, _about(event)
    for call in sorted(after.joined - before.joined):
        yield "participant-join", after.conference, call


def _speaking(room: Room) -> frozenset[str]:
    """Return the participants who speak; Telnyx may name callers who are not inside yet, too."""
    facts = room.texml.facts
    speaking = facts.speaking if facts and front(room).reports_speech_stop else {room.speaker}
    return room.joined.intersection(speaking)


def _about(event: Event) -> str:
    """Return the call that the event, or the command behind it, names; empty if none."""
    if isinstance(event, Webhook | StatusCallback):
        return event.call
    command = event.command if isinstance(event, Outcome) else None
    return command.call if isinstance(command, Create) else ""
