"""A real server whose Telnyx gives endless, huge and unreadable answers, and then recovers."""

from __future__ import annotations

import socket
from pathlib import Path
from threading import Event, Lock
from urllib.parse import urlsplit

from rigs.bad_answers import NOT_WHOLE, UNREADABLE, mixed
from rigs.crowd import Stage, begin, settings
from rigs.recorded import TEST_KEY
from rigs.scripted_server import Connection, ScriptedServer
from rigs.servers import API_KEY, GUNICORN, run
from rigs.waiting import until

from conference.simulator import SimulatedTelnyx

CALLERS = 40
KINDS = len(NOT_WHOLE) + len(UNREADABLE)


class BadAnswers:
    """Stands before a Telnyx. While `ill`, each request gets the next bad answer in its place."""

    def __init__(self, base_url: str) -> None:
        self.ill = Event()
        self.given = 0
        self._port = urlsplit(base_url).port
        self._kinds = mixed()
        self._choosing = Lock()

    def serve(self, connection: Connection) -> None:
        with socket.create_connection(("127.0.0.1", self._port), 10) as telnyx:
            answers = Connection(telnyx, connection.over)
            while request := connection.request():
                if not self.ill.is_set():
                    telnyx.sendall(request)
                    connection.send(answers.request())  # an answer ends as a request does
                    continue
                with self._choosing:
                    give = next(self._kinds)
                    self.given += 1
                give(connection)


def test_callers_are_let_in_as_soon_as_telnyx_recovers_from_bad_answers(tmp_path: Path) -> None:
    with SimulatedTelnyx("http://127.0.0.1:9", TEST_KEY, API_KEY) as telnyx:
        bad = BadAnswers(telnyx.base_url)
        with ScriptedServer(bad.serve) as between:
            address = {"TELNYX_BASE_URL": f"{between.url}/v2"}
            with run(GUNICORN, tmp_path, **settings(telnyx, 1, 30) | address) as server:
                begin(server, telnyx)
                on = Stage(telnyx, server)
                before = on.megabytes()
                bad.ill.set()
                for number in range(CALLERS):
                    telnyx.phone(f"+131255502{number:02d}").dial()
                until(lambda: bad.given > 3 * KINDS, "each kind was given", within=60)
                bad.ill.clear()
                leg = telnyx.phone("+13125550142").dial()
                until(lambda: leg.conference, "a new caller is in", within=10)
                grown = on.megabytes() - before
        log = server.log
    assert grown < 50
    assert "Traceback" not in log
    lines = [line for line in log.splitlines() if " WARNING " in line or " ERROR " in line]
    assert 0 < len(lines) <= bad.given
    assert max(map(len, lines)) < 400
