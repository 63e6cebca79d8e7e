"""Receives Telnyx's signed webhooks."""

from __future__ import annotations

from flask import Blueprint, Response

from conference.core.events import Webhook, parse
from conference.core.origin import WEBHOOK, origin
from conference.web import self_test
from conference.web.inbound import apply, count_genuine, note_ignored, read_body, verify_signature
from conference.web.services import services

NO_ADDRESS = (
    f"a webhook was not delivered to an address that ends in {WEBHOOK}, as behind a relay: set "
    "PUBLIC_URL to the address at which Telnyx reaches this server, for example for its hold music"
)

webhooks = Blueprint("webhooks", __name__)
webhooks.before_request(self_test.answer)


@webhooks.post(WEBHOOK)
def webhook() -> Response:
    """Answer 200 once the event counts. `inbound` answers 400, 401, 413 and 503."""
    body = read_body()
    verify_signature(body)
    received_at = count_genuine(body)
    event = parse(body, received_at)
    if isinstance(event, Webhook):
        _miss_address(event)
    if ignored := apply(event):
        note_ignored(ignored, "a webhook")
    return Response(status=200)


def _miss_address(event: Webhook) -> None:
    """Log once that a webhook does not name our address, and nothing else does."""
    if services().settings.room.public_url or origin(event.delivered_to):
        return
    if event.delivered_to or event.type == "call.initiated":
        services().request_log.once("no address", NO_ADDRESS)
