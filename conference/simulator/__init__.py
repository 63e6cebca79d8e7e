"""A simulated Telnyx: it serves the voice API, sends signed webhooks, and has scripted phones.

    with SimulatedTelnyx(webhook_url=..., signing_key=SigningKey.generate()) as telnyx:
        leg = telnyx.phone("+13125550111").dial()
        telnyx.idle(5)
        print(leg.hears)

Its behaviour is that of Telnyx's API description (2026-07), and that which others have seen of the
service. These parameters are accepted and have no effect: voices, transcriptions, webhook addresses
in single commands, what Dial and Answer can start besides the call, and the ways to trim a
recording or to end it by silence.

The records of `telnyx.account` decide where calls and webhooks go, as at Telnyx: applications,
numbers and outbound voice profiles, which the API shows and changes. The account begins with one
correct application and its number; `telnyx.account.empty()` makes it that of a newcomer.
`telnyx.account.ways` has the behaviours that Telnyx does not document, each to be had either way.

With an address (`telnyx.texml.url = ...`) there is a TeXML application, too: calls to
`telnyx.texml.number` carry out the document fetched from that address.

The package imports nothing of the product that it helps to test.
"""

from __future__ import annotations

from . import sentences
from .account.account import CONNECTION_ID, NUMBER, Account
from .api.errors import Refused
from .api.ledger import Request
from .faults.chaos import Chaos
from .network.parties import Conference, Leg, Participant, Queue, Recording
from .network.phones import Phone
from .network.sounds import Heard
from .network.world import Happened
from .simulated_telnyx import SimulatedTelnyx
from .texml.application import Fetch, Texml
from .ways import Ways
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
    "Ways",
    "sentences",
]
