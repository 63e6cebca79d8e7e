"""Telnyx's reasons quote numbers. Nobody sees them whole: in no log, event, report or answer."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from pathlib import Path
from urllib.request import Request, urlopen

from rigs.scripted_server import Connection, ScriptedServer, response
from rigs.servers import A_NUMBER, GUNICORN, Server, ends, run
from rigs.waiting import until

TOKEN = "a-token-of-the-tests"
TO = "+13125550142"
QUOTED = (
    "+13125550142, 13125550142, +1 (312) 555-0142, sip:13125550142@sip.telnyx.com, "
    "tel:+1-312-555-0142, %2B13125550142"
)
DIAL = "/api/rooms/demo-conference/participants?wait=1"
SETTINGS = {
    "CONTROL_TOKEN": TOKEN,
    "TELNYX_CONNECTION_ID": "1494404757140276705",
    "TELNYX_NUMBER": "+13125550100",
    "DIAL_ALLOW": "+1",
}


def refuses(status: str, code: str, detail: str) -> Callable[[Connection], None]:
    """Return a Telnyx without calls and conferences that refuses every command."""
    error = {"code": code, "title": "Authorization failed", "detail": detail}
    body = json.dumps({"errors": [error]}).encode()

    def serve(connection: Connection) -> None:
        while request := connection.request():
            listed = b'{"data": [], "meta": {"total_pages": 1}}'
            got = request.startswith(b"GET")
            connection.send(response(listed) if got else response(body, status=status))

    return serve


def asked(server: Server, path: str, body: object = None) -> str:
    """Return the answer of the control API, also of a refusal, as text."""
    raw = None if body is None else json.dumps(body).encode()
    headers = {"Authorization": f"Bearer {TOKEN}", "Content-Type": "application/json"}
    try:
        with urlopen(Request(server.url + path, raw, headers), timeout=10) as answer:
            return str(answer.read().decode())
    except OSError as refused:
        return str(refused.read().decode())  # type: ignore[attr-defined]


def flask(folder: Path, server: Server, *words: str) -> str:
    command = [sys.executable, "-m", "flask", *words, "--url", server.url]
    return ends(command, folder, **SETTINGS).stdout


def test_a_number_that_telnyx_quotes_is_shown_to_nobody(tmp_path: Path) -> None:
    detail = f"Dialed numbers not in whitelisted countries D13: {QUOTED}."
    with (
        ScriptedServer(refuses("403 Forbidden", "10010", detail)) as telnyx,
        run(GUNICORN, tmp_path, TELNYX_BASE_URL=f"{telnyx.url}/v2", **SETTINGS) as server,
    ):
        server.up()
        refused = asked(server, DIAL, {"to": TO})
        until(lambda: "Telnyx does not allow dial" in server.log)
        shown = {
            "answer": refused,
            "log": server.log,
            "events": asked(server, "/api/events"),
            "health": asked(server, "/api/health"),
            "story": flask(tmp_path, server, "story", "demo-conference"),
            "doctor": flask(tmp_path, server, "doctor", "--live"),
            "account": asked(server, "/api/queues", {"queue_name": "red"}),
        }
    for where, text in shown.items():
        plain = " ".join(text.split())
        assert plain.count("...0142") >= 6, where
        assert "not in whitelisted countries D13" in plain, where
        assert not A_NUMBER.search(text), where
