"""What whoever listens outside is told of a room: who came, who speaks, who left, when it was open,
and what has become of a recording. The words are those of Telnyx's own status callbacks.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Literal

from conference.core.change import Change
from conference.core.commands import Create
from conference.core.events import Event, Outcome, Webhook
from conference.core.fronts import account as account_of
from conference.core.participant import Participant
from conference.core.room import Room
from conference.core.texml.facts import StatusCallback

Kind = Literal[
    "conference-start",
    "participant-join",
    "participant-speech-start",
    "participant-leave",
    "conference-end",
]


@dataclass(frozen=True, slots=True)
class News:
    """One thing that happened in a conference, at `at` (Unix seconds).

    `call` is whom it concerns: of a start or end who was the first or the last, or whom Telnyx
    names with it, if anyone. `participant` is what is known of that call, and `from_` and `to` what
    Telnyx says of it; `account` is whose it is where Telnyx tells, as with TeXML. Where Telnyx has
    told more than we know, `fields` is what it said, and `conference` may be the recording.
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


def news(change: Change) -> tuple[News, ...]:
    """What subscribers are sent about the change, in this order; nothing for most changes."""
    before, after, event = change.before, change.after, change.event
    if isinstance(event, StatusCallback) and event.fields:
        of = event.conference or event.recording
        return (News(event.type, after.name, of, event.at, event.call, fields=event.fields),)
    moves: list[tuple[Kind, str, str]] = []
    if after.joined is not before.joined or after.conference != before.conference:
        moves.extend(_moves(before, after, event))
    if after.speaker != before.speaker or moves:
        if (speaker := _speaker(after)) not in ("", _speaker(before)):
            moves.append(("participant-speech-start", after.conference, speaker))
    account = account_of(after) or account_of(before)

    def told(kind: Kind, conference: str, call: str) -> News:
        known = after.participants.get(call) or before.participants.get(call)
        one = News(kind, after.name, conference, event.at, call, known, account)
        if isinstance(event, StatusCallback) and event.call == call:
            return replace(one, from_=event.from_, to=event.to)
        return one

    return tuple(told(*each) for each in moves)


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


def _speaker(room: Room) -> str:
    """Telnyx may name one who is not inside yet, of a conference that is not known yet."""
    return room.speaker if room.speaker in room.joined else ""


def _about(event: Event) -> str:
    """The call that Telnyx, or our own request, names; empty where there is none."""
    if isinstance(event, Webhook | StatusCallback):
        return event.call
    command = event.command if isinstance(event, Outcome) else None
    return command.call if isinstance(command, Create) else ""
