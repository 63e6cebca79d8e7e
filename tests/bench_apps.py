"""What gunicorn serves for the benchmark, with conference.serving as its configuration.

`line` is the product with a page that tells what it has cost; `bare` is a view that only verifies
and parses.
"""

from __future__ import annotations

import json
import threading
import time
from types import SimpleNamespace

from flask import Flask, Response, request

from conference import create_app
from conference.settings import environment, read
from conference.signature import verify


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
    app.extensions["settings"] = settings
    app.extensions["engine"] = SimpleNamespace(
        draining=False,
        prepare=lambda: None,
        start=lambda: None,
        stop=lambda: None,
        idle=lambda seconds: True,
        drain=lambda seconds: True,
    )

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
