"""Logs at the start how this server is set, and what must be set at Telnyx."""

from __future__ import annotations

import logging

from conference.core.origin import WEBHOOK
from conference.masking import hide_secrets
from conference.settings import Settings

log = logging.getLogger("conference.serving")

NO_PUBLIC_URL = (
    "PUBLIC_URL is not set: a number on a TeXML application needs it, and so do webhooks by a relay"
)
ONE_PROCESS = (
    "one process serves, whatever WEB_CONCURRENCY is: without REDIS_URL the rooms are in its memory"
)


def log_start(settings: Settings) -> None:
    """Log this once for all processes of a server."""
    if settings.web_concurrency > 1 and not settings.redis_url:
        log.warning("%s", ONE_PROCESS)
    for each in settings.warnings:
        log.warning("%s", each)
    address = hide_secrets(settings.room.public_url) or "https://<your public address>"
    log.info("Telnyx must send webhooks to POST %s", WEBHOOK)
    if not settings.telnyx_connection_id:
        log.info("TELNYX_CONNECTION_ID is not set: after a restart its calls are not found again")
    log.info("the application's webhook URL must be %s%s, API v2", address, WEBHOOK)
    secret = "/<TEXML_SECRET>" if settings.texml_secret else ""
    log.info("or a TeXML application's voice URL must be %s/texml%s, method POST", address, secret)
    if not settings.room.public_url:
        by_texml = settings.texml_secret or settings.room.texml
        log.log(logging.WARNING if by_texml else logging.INFO, "%s", NO_PUBLIC_URL)
