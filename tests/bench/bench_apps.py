"""What gunicorn serves for the benchmark, with conference.serving as its configuration.

`line` is the product with a page that tells what it has cost; `bare` is a view that only verifies
and parses; `tutorial` sends a lone call's commands from such a view.
"""

from __future__ import annotations

import json
import threading
import time
from types import SimpleNamespace
from typing import Any

import telnyx
from flask import Flask, Response, request

from conference import create_app
from conference.settings import environment, read
from conference.signature import verify
from conference.web.services import EXTENSION


def line() -> Flask:
    app = create_app()

    @app.get("/bench/cpu")
    def cpu() -> dict[str, float]:
        """CPU seconds up to now: of the process, and of the threads that send commands."""
        senders = [t.ident for t in threading.enumerate() if t.name.startswith("command")]
        clocks = [time.pthread_getcpuclockid(ident) for ident in senders if ident]
        return {"all": time.process_time(), "senders": sum(map(time.clock_gettime, clocks))}

    return app


def bare() -> Flask:
    """With as much around it as conference.serving's hooks ask for."""
    app = Flask(__name__)
    settings = read(environment())
    key = settings.telnyx_public_key
    assert key is not None
    engine = SimpleNamespace(
        draining=False,
        prepare=lambda: None,
        start=lambda: None,
        stop=lambda: None,
        idle=lambda seconds: True,
        drain=lambda seconds: True,
    )
    app.extensions[EXTENSION] = SimpleNamespace(settings=settings, engine=engine)

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
    """A lone call as a tutorial has it, in the view: the SDK's typed calls, nothing kept."""
    app, settings = bare(), read(environment())
    client = telnyx.Telnyx(
        api_key=settings.telnyx_api_key, base_url=settings.telnyx_base_url, max_retries=0
    )
    assert client.calls.actions and client.conferences.actions  # imported now, which takes long
    plain = app.view_functions["webhook"]

    def webhook() -> Response:
        data = request.get_json()["data"]
        follow(client, data["event_type"], data["payload"])
        return plain()

    app.view_functions["webhook"] = webhook
    app.add_url_rule("/bench/cpu", view_func=lambda: {"all": time.process_time(), "senders": 0.0})
    return app


def follow(client: telnyx.Telnyx, kind: str, payload: dict[str, Any]) -> None:
    """Answer, speak, create, hold."""
    call = payload.get("call_control_id", "")
    text = (
        "Welcome to the conference. You are the first one here. Please hold until somebody joins."
    )
    if kind == "call.initiated":
        client.calls.actions.answer(call)
    elif kind == "call.answered":
        client.calls.actions.speak(call, payload=text, voice="female", language="en-GB")
    elif kind == "call.speak.ended":
        client.conferences.create(call_control_id=call, name="demo")
    elif kind == "conference.participant.joined":
        music = "https://line.example/hold-music.wav"
        conference = payload["conference_id"]
        client.conferences.actions.hold(conference, call_control_ids=[call], audio_url=music)
