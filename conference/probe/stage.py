"""What the steps of a probe share: the account, the server, and how to call, wait and open."""

from __future__ import annotations

import base64
import secrets
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote

from conference.probe.account import Account, Stopped
from conference.probe.answers import refusal
from conference.probe.inbox import Inbox
from conference.probe.notebook import Notebook
from conference.probe.traffic import Sent, Traffic, Webhook, of_call, text

TIME_LIMIT = 300  # seconds after which Telnyx ends a call, whatever happens
RINGS = 30  # seconds
SOON = 8.0  # seconds in which a webhook should have come


@dataclass
class Stage:
    """What the steps share. origin: the public address that leads to the inbox. borrow: whether
    the calls go by TELNYX_NUMBER instead of a SIP address. profile: the outbound voice profile.
    ask: shows a sentence to the person at the telephone, and returns the answer.
    """

    account: Account
    inbox: Inbox
    notes: Notebook
    origin: str
    borrow: bool = False
    profile: str = ""
    ask: Callable[[str], str] | None = None
    application: str = ""
    to: str = ""
    subdomain: str = field(default_factory=lambda: f"probe{secrets.token_hex(8)}")

    @property
    def traffic(self) -> Traffic:
        return self.notes.traffic

    def webhook(
        self, event_type: str, call: str = "", count: int = 1, within: float = SOON
    ) -> Webhook | None:
        """Wait for that many webhooks of a type. Return the last one; None if there are fewer."""
        self.notes.wait(lambda seen: len(seen.webhooks(event_type, call)) >= count, within)
        found = self.traffic.webhooks(event_type, call)
        return found[count - 1] if len(found) >= count else None

    def pause(self, seconds: float) -> None:
        self.notes.wait(lambda seen: False, seconds)

    def act(self, call: str, action: str, **body: Any) -> Sent:
        return self.account.send("POST", of_call(call, action), body)

    def conference(self, id: str, action: str, **body: Any) -> Sent:
        return self.account.send(
            "POST", f"/conferences/{quote(id, safe='')}/actions/{action}", body
        )

    def url(self, ending: str) -> str:
        return f"{self.origin}{self.inbox.path}/{ending}"


def inbound(stage: Stage, subdomain: str) -> dict[str, Any]:
    own = {"sip_subdomain": subdomain, "sip_subdomain_receive_settings": "only_my_connections"}
    outbound = {"outbound_voice_profile_id": stage.profile}
    return {"inbound": own} | ({"outbound": outbound} if stage.profile else {})


def dial(stage: Stage, to: str) -> Sent:
    body = {
        "connection_id": stage.application,
        "from": stage.account.number,
        "to": to,
        "timeout_secs": RINGS,
        "time_limit_secs": TIME_LIMIT,
        "client_state": encoded("probe"),
        "command_id": secrets.token_hex(8),
    }
    sent = stage.account.send("POST", "/calls", body)
    if not sent.accepted:
        raise Stopped(f"Telnyx did not dial ({refusal(sent)})")
    return sent


def encoded(words: str) -> str:
    return base64.b64encode(words.encode()).decode()


def ringing(seen: Traffic, number: str) -> Webhook | None:
    """Return the incoming call from that number. A stranger may call a borrowed one."""
    rings = seen.webhooks("call.initiated")
    ours = (e for e in rings if digits_of(text(e.payload, "from")).endswith(digits_of(number)))
    return next((e for e in ours if e.payload.get("direction") == "incoming"), None)


def digits_of(number: str) -> str:
    return "".join(each for each in number.partition("@")[0] if each.isdecimal())


def open_conference(stage: Stage, call: str) -> str:
    """Let a call open a conference. Return its id."""
    body = {"call_control_id": call, "name": f"{stage.account.name} {secrets.token_hex(4)}"}
    sent = stage.account.send("POST", "/conferences", body)
    if not sent.accepted:
        raise Stopped(f"Telnyx opened no conference ({refusal(sent)})")
    stage.webhook("conference.participant.joined", call)
    return text(sent.data, "id")


def opened(traffic: Traffic) -> Sent:
    """Return the request that opened the conference."""
    return next(each for each in traffic.sent("conference", "/conferences") if each.accepted)
