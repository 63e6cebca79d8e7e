"""What passed between a probe and Telnyx: the evidence for its answers. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal
from urllib.parse import quote


@dataclass(frozen=True, kw_only=True, slots=True)
class Sent:
    """A request to Telnyx and its response.

    step: the step of the probe that sent it. at: seconds since the start. status: 0 without a
    response. code: Telnyx's reason for a refusal. reset: the header `x-ratelimit-reset`.
    """

    step: str
    at: float
    method: str
    path: str
    status: int
    body: Mapping[str, Any] = field(default_factory=dict)
    data: Any = None
    code: str = ""
    reset: str = ""

    @property
    def accepted(self) -> bool:
        return 200 <= self.status < 300


@dataclass(frozen=True, kw_only=True, slots=True)
class Webhook:
    """A genuine webhook, each attempt by itself.

    wrapped: whether its fields were inside `data`, as those of other webhooks. occurred_at: the
    time by Telnyx; "" without one.
    """

    step: str
    at: float
    event_type: str
    id: str = ""
    attempt: int = 1
    wrapped: bool = True
    occurred_at: str = ""
    payload: Mapping[str, Any] = field(default_factory=dict)

    @property
    def call(self) -> str:
        return text(self.payload, "call_control_id")

    @property
    def conference(self) -> str:
        return text(self.payload, "conference_id")


@dataclass(frozen=True, kw_only=True, slots=True)
class Fetch:
    """A request for a TeXML document. account: its AccountSid."""

    step: str
    at: float
    method: str
    signature: Literal["valid", "wrong", "none"]
    account: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Said:
    """An answer of the person at the telephone."""

    step: str
    at: float
    text: str


Entry = Sent | Webhook | Fetch | Said


@dataclass(frozen=True, slots=True)
class Traffic:
    """All entries, in the order in which they were noted."""

    entries: tuple[Entry, ...] = ()

    def sent(self, step: str, ending: str = "", method: str = "POST") -> list[Sent]:
        """Return the requests of a step whose path has that ending."""
        return [
            each
            for each in self.entries
            if isinstance(each, Sent)
            and each.step == step
            and each.method == method
            and each.path.endswith(ending)
        ]

    def webhooks(self, event_type: str, call: str = "") -> list[Webhook]:
        """Return the webhooks of a type, of one call or of all; each event once."""
        found: dict[str, Webhook] = {}
        for n, each in enumerate(self.entries):
            if not isinstance(each, Webhook) or each.event_type != event_type:
                continue
            if call in ("", each.call):
                found.setdefault(each.id or f"entry {n}", each)
        return list(found.values())

    def attempts(self, event_type: str, call: str) -> list[Webhook]:
        """Return the attempts to deliver the first event of that type and call."""
        first = next(iter(self.webhooks(event_type, call)), None)
        return [
            each
            for each in self.entries
            if isinstance(each, Webhook) and first and each.id == first.id
        ]

    @property
    def fetches(self) -> list[Fetch]:
        return [each for each in self.entries if isinstance(each, Fetch)]

    @property
    def all_sent(self) -> list[Sent]:
        return [each for each in self.entries if isinstance(each, Sent)]

    def said(self, step: str) -> str:
        """Return the last answer of the person in a step; "" without one."""
        texts = [e.text for e in self.entries if isinstance(e, Said) and e.step == step]
        return texts[-1] if texts else ""

    @property
    def outgoing(self) -> str:
        """The call_control_id of the call that the probe made to itself; "" before."""
        made = [each for each in self.sent("call", "/calls") if each.accepted]
        return text(made[0].data, "call_control_id") if made else ""

    @property
    def incoming(self) -> str:
        """The call_control_id of the other end of that call; "" before it is answered."""
        return self._answered("answer")

    @property
    def person(self) -> str:
        """The call_control_id of the call of the person at the telephone; "" before."""
        return self._answered("person")

    def _answered(self, step: str) -> str:
        paths = {each.path for each in self.sent(step, "/answer") if each.accepted}
        rings = (each.call for each in self.webhooks("call.initiated"))
        return next((call for call in rings if of_call(call, "answer") in paths), "")


def of_call(call: str, action: str) -> str:
    """Return the path of an action of a call."""
    return f"/calls/{quote(call, safe='')}/actions/{action}"


def text(data: Any, name: str) -> str:
    """Return a field of an object as text that has a form in UTF-8; "" if there is none."""
    value = data.get(name) if isinstance(data, Mapping) else None
    return "" if value is None else str(value).encode(errors="replace").decode()
