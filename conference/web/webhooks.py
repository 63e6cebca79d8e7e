"""Receives Telnyx's signed webhooks."""

from __future__ import annotations

from flask import Blueprint, Response

from conference.core.events import Ignored, parse
from conference.core.origin import WEBHOOK
from conference.web.inbound import count_genuine, read_body, verify_signature
from conference.web.services import services

webhooks = Blueprint("webhooks", __name__)


@webhooks.post(WEBHOOK)
def webhook() -> Response:
    """Answer 200 once the event counts. `inbound` answers 400, 401, 413 and 503."""
    body = read_body()
    verify_signature(body)
    received_at = count_genuine()
    event = parse(body, received_at)
    ignored = event if isinstance(event, Ignored) else services().engine.handle(event)
    if ignored:
        line = f"a webhook is ignored: {ignored.reason}"
        services().request_log.info(ignored.reason, line)
    return Response(status=200)
