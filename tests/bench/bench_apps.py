"""The floors in Python, for a plain gunicorn. `bare` verifies and parses; `tutorial` acts."""

from __future__ import annotations

import json
import time

import telnyx
from flask import Flask, Response, request

from conference.settings import environment, read
from conference.signature import verify


def bare() -> Flask:
    """The least that a webhook costs."""
    app = Flask(__name__)
    key = read(environment()).telnyx_public_key
    assert key is not None

    @app.get("/healthz")
    def healthz() -> dict[str, str]:
        return {"status": "ok"}

    @app.post("/webhook")
    def webhook() -> Response:
        body = request.get_data()
        verify(body, request.headers, key=key, now=time.time())
        json.loads(body)
        return Response(status=200)

    return app


def tutorial() -> Flask:
    """A conference as tutorials have it: the SDK's typed calls in the request, no verification,
    no greeting, no hold, and the conference in a variable."""
    app = Flask(__name__)
    client = telnyx.Telnyx()  # TELNYX_API_KEY and TELNYX_BASE_URL
    conference = ""

    @app.get("/healthz")
    def healthz() -> dict[str, str]:
        return {"status": "ok"}

    @app.post("/webhook")
    def webhook() -> Response:
        nonlocal conference
        data = request.get_json()["data"]
        kind, call = data["event_type"], data["payload"].get("call_control_id", "")
        if kind == "call.initiated":
            client.calls.actions.answer(call)
        elif kind == "call.answered" and conference:
            client.conferences.actions.join(conference, call_control_id=call)
        elif kind == "call.answered":
            created = client.conferences.create(call_control_id=call, name="demo-conference")
            assert created.data and created.data.id
            conference = created.data.id
        elif kind == "conference.ended":
            conference = ""
        return Response(status=200)

    return app
