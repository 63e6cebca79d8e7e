"""Answers the self-test of `flask doctor`, at the addresses that Telnyx delivers to.

A thread of its own runs it (`access.may_wait`), since a wrong seal waits.
A request without the right seal is handled as any other, so it shows nothing. Wrong seals are
counted and slowed down as wrong control tokens are. Nothing changes, and nothing is kept.
"""

from __future__ import annotations

import base64
import time

from flask import Response, json, request

from conference import self_test
from conference.signature import SIGNATURE, TIMESTAMP
from conference.web.access import client
from conference.web.inbound import read_body
from conference.web.services import services


def answer() -> Response | None:
    """Answer a request that has a sealed challenge; None for any other.

    Problem (429) after too many wrong seals.
    """
    text, _, given = request.headers.get(self_test.HEADER, "").rpartition(":")
    settings = services().settings
    if not settings.control_token or not self_test.is_fresh(text, now=time.time()):
        return None
    key = self_test.key_of(settings.control_token)
    right = self_test.seal("challenge", text, key=key)
    if not services().wrong_tokens.is_sealed(given, client(), right):
        return None
    public_key = settings.telnyx_public_key
    arrived = json.dumps(
        {
            "challenge": text,
            "body": self_test.digest(read_body()),
            "signature": request.headers.get(SIGNATURE, "")[: self_test.LONGEST],
            "timestamp": request.headers.get(TIMESTAMP, "")[: self_test.LONGEST],
            "public_key": base64.b64encode(bytes(public_key)).decode() if public_key else "",
        }
    )
    sealed = {"arrived": arrived, "seal": self_test.seal("answer", arrived, key=key)}
    return Response(json.dumps(sealed), mimetype="application/json")
