"""A simulated Telnyx: voice API in, signed webhooks out, phones that can be scripted.

    with SimulatedTelnyx(webhook_url=..., signing_key=SigningKey.generate()) as telnyx:
        leg = telnyx.phone("+13125550111").dial()
        telnyx.idle(5)
        print(leg.hears)

It behaves as Telnyx's API description (2026-07) says and as others have seen the service behave.
Voices, transcriptions, webhook addresses in single commands, what Dial and Answer can start besides
the call, and how recordings are trimmed or ended by silence are accepted and have no effect.

It has a TeXML application, too, once that has an address (`telnyx.texml.url = ...`): a call to
`telnyx.texml.number` goes by the document that is fetched there.
"""

from __future__ import annotations

from .api.errors import Refused
from .api.ledger import Request
from .faults.chaos import Chaos
from .network.parties import Conference, Leg, Participant, Queue, Recording
from .network.phones import Phone
from .network.sounds import Heard
from .network.world import Account, Happened
from .simulated_telnyx import CONNECTION_ID, NUMBER, SimulatedTelnyx
from .texml.application import Fetch, Texml
from .webhooks.delivery import Delivery

__all__ = [
    "CONNECTION_ID",
    "NUMBER",
    "Account",
    "Chaos",
    "Conference",
    "Delivery",
    "Fetch",
    "Happened",
    "Heard",
    "Leg",
    "Participant",
    "Phone",
    "Queue",
    "Recording",
    "Refused",
    "Request",
    "SimulatedTelnyx",
    "Texml",
]
