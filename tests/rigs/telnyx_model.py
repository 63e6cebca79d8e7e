"""A small Telnyx with calls and conferences, written from Telnyx's behaviour and not from our code.

The model has no rooms. Commands change its state. Its webhooks wait in `webhooks` until a test
delivers them.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Literal

from conference.core import commands as c
from conference.core.client_state import ClientState
from conference.core.events import Outcome, Webhook
from conference.core.snapshot import Seen, Snapshot

HoldsListed = Literal["as on hold", "as not on hold", "not at all"]


class Telnyx:
    """holds_listed: how a list shows the participants on hold."""

    def __init__(self) -> None:
        self.holds_listed: HoldsListed = "as on hold"
        self.answered: dict[str, ClientState | None] = {}  # live calls; None: not answered yet
        self.over: set[str] = set()  # ended calls
        self.names: dict[str, str] = {}  # live conferences: name -> id
        self.owner: dict[str, str] = {}  # conference -> the call that created it
        self.inside: dict[str, dict[str, Seen]] = {}  # live conferences: id -> call -> state
        self.done: list[c.PassThrough] = []
        self.webhooks: list[Webhook] = []
        self.events = 0

    # Actions of callers

    def dial_in(self, call: str) -> None:
        self.answered[call] = None
        self._queue_webhook("call.initiated", call, direction="incoming", from_="+1")

    def hang_up(self, call: str) -> None:
        """End the call. It leaves its conference, and an empty conference ends."""
        del self.answered[call]
        self.over.add(call)
        self.leave(call)
        self._queue_webhook("call.hangup", call)

    def time_out(self) -> None:
        """End every conference by time, with the calls still up."""
        for parts in list(self.inside.values()):
            for call in list(parts):
                self.leave(call, cause="time_exceeded")

    def leave(self, call: str, cause: str = "all_left") -> None:
        """Take the call out of its conference without ending the call.

        cause: why the conference ends that is empty then.
        """
        for conference, parts in list(self.inside.items()):
            if parts.pop(call, None) is None:
                continue
            self._queue_webhook("conference.participant.left", call, conference=conference)
            if not parts:
                del self.inside[conference]
                self.names = {n: k for n, k in self.names.items() if k != conference}
                owner = self.owner[conference]
                self._queue_webhook("conference.ended", owner, conference=conference, cause=cause)

    # Commands

    def refuses(self, command: c.Command) -> str:
        """Return the code of the refusal; empty if the command would be carried out."""
        match command:
            case c.Find() | c.TakeSnapshot():
                return ""
            case c.Hold() | c.Unhold() | c.Mute() | c.Unmute():
                if command.conference not in self.inside:
                    return "90019"
                return "90018" if self.over.intersection(command.calls) else ""
            case c.PassThrough(of="conference"):
                return "" if command.about in self.inside else "90019"
            case c.PassThrough():
                return "90018" if command.about in self.over else ""
            case c.Dial():
                return ""
            case _ if command.call in self.over:
                return "90018"
            case c.Answer() | c.Hangup() | c.Remember():
                return ""
            case c.Leave() if command.conference not in self.inside:
                return "90019"
            case c.Leave():
                return "" if command.call in self.inside[command.conference] else "90015"
            case _ if self.answered[command.call] is None:
                return "90034"
            case c.Create():
                return "90033" if command.room in self.names else ""
            case c.Join() if command.conference not in self.inside:
                return "90019"
            case c.Join():
                return "90044" if command.call in self.inside[command.conference] else ""
        return ""

    def carry_out(self, command: c.Command, at: float) -> Outcome:
        if code := self.refuses(command):
            return Outcome(command, at, 422, code)
        data: object = None
        match command:
            case c.Answer():
                self.answered[command.call] = command.client_state
                self._queue_webhook("call.answered", command.call)
            case c.Speak():
                self._queue_webhook("call.speak.ended", command.call)
            case c.Hangup():
                self.hang_up(command.call)
            case c.Leave():
                self.leave(command.call)
            case c.Remember() if self.answered[command.call]:
                self.answered[command.call] = command.client_state
            case c.PassThrough():
                self.done.append(command)
                if command.name == "end":
                    for call in list(self.inside[command.about]):
                        self.hang_up(call)
            case c.Create():
                conference = f"K{len(self.owner) + 1}"
                self.owner[conference] = command.call
                self.names[command.room] = conference
                self._queue_webhook("conference.created", command.call, conference=conference)
                self._join(command.call, conference)
                data = {"id": conference}
            case c.Join():
                muted = command.options.get("mute") is True
                self._join(command.call, command.conference, muted=muted)
            case c.Find():
                data = {"id": self.names.get(command.room, "")}
            case c.TakeSnapshot():
                conference = self.names.get(command.room, "")
                calls = {call: state for call, state in self.answered.items() if state}
                inside = self._listed(self.inside.get(conference, {}))
                strangers = frozenset(self.answered.keys() - calls.keys())
                data = Snapshot(conference, inside, calls, unknown_calls=strangers)
            case c.Hold() | c.Unhold() | c.Mute() | c.Unmute():
                self._hold_or_mute(command)
        return Outcome(command, at, 200, data=data)

    def _listed(self, parts: dict[str, Seen]) -> dict[str, Seen]:
        match self.holds_listed:
            case "as not on hold":
                return {call: replace(seen, held=False) for call, seen in parts.items()}
            case "not at all":
                return {call: seen for call, seen in parts.items() if not seen.held}
        return dict(parts)

    def _hold_or_mute(self, command: c.HoldOrMute) -> None:
        parts = self.inside[command.conference]
        for call in parts.keys() & command.calls:
            held, muted = parts[call].held, parts[call].muted
            if isinstance(command, c.Hold | c.Unhold):
                held = isinstance(command, c.Hold)
            else:
                muted = isinstance(command, c.Mute)
            parts[call] = Seen(held, muted)

    def _join(self, call: str, conference: str, *, muted: bool = False) -> None:
        self.inside.setdefault(conference, {})[call] = Seen(held=False, muted=muted)
        self._queue_webhook("conference.participant.joined", call, conference=conference)

    def _queue_webhook(self, event_type: str, call: str, **given: str) -> None:
        """Queue a webhook. Conference events carry the client_state of the conference's owner."""
        self.events += 1
        conference = given.get("conference", "")
        state = self.answered.get(self.owner[conference] if conference else call)
        self.webhooks.append(
            Webhook(
                event_type,
                at=0.0,
                id=f"event {self.events}",
                occurred_at=f"2026-08-21T15:04:05.{self.events:06d}",
                call=call,
                client_state=state,
                **given,
            )
        )
