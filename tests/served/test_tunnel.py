"""`flask run --tunnel` by stand-ins for ngrok and cloudflared, against the simulated Telnyx."""

from __future__ import annotations

import os
import signal
import socket
import sys
from collections.abc import Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from rigs import servers
from rigs.people import ANN
from rigs.recorded import TEST_KEY
from rigs.servers import API_KEY, Server
from rigs.tunnel_stand_in import QUICK, TOKEN
from rigs.tunnels import StandIns, stand_ins
from rigs.waiting import until

from conference.simulator import CONNECTION_ID, Request, SimulatedTelnyx

RUN = [sys.executable, "-m", "conference", "run"]
BEFORE = "https://line.example.com/webhook"
SECRET = "a-secret-of-the-tests"


@dataclass(frozen=True)
class Scene:
    folder: Path
    telnyx: SimulatedTelnyx
    programs: StandIns

    def settings(self, **more: str) -> dict[str, str]:
        given = {
            "TELNYX_BASE_URL": self.telnyx.base_url,
            "TELNYX_CONNECTION_ID": CONNECTION_ID,
            "TELNYX_API_KEY": API_KEY,
            "PATH": self.programs.path,
        }
        return given | more

    def run(self, *options: str, port: int = 0, **more: str) -> AbstractContextManager[Server]:
        return servers.run(RUN, self.folder, *options, port=port, **self.settings(**more))

    def fails(self, **more: str) -> str:
        """Return what a run with a tunnel prints that ends with status 1, and changes nothing."""
        with self.run("--tunnel", **more) as server:
            assert server.ended() == 1, server.log
        assert self.url == BEFORE
        assert not self.programs.running
        return " ".join(server.log.split())

    @property
    def url(self) -> Any:
        return self.telnyx.account.application["webhook_event_url"]

    def answered(self, end: str) -> list[Request]:
        """Return the requests with this end of the path. One is there only once it is answered."""
        return [each for each in self.telnyx.requests if each.path.endswith(end)]

    def leads_here(self, server: Server) -> str:
        """Wait until the application leads to a tunnel. Return the tunnel's address."""
        server.up()
        until(lambda: self.url != BEFORE and "Press CTRL+C" in server.log, "it leads here")
        address, _, path = str(self.url).rpartition("/")
        assert path == "webhook"
        return address


@pytest.fixture
def scene(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Scene]:
    with (
        stand_ins(tmp_path, "ngrok") as programs,
        SimulatedTelnyx(BEFORE, TEST_KEY, API_KEY, speed=20) as telnyx,
    ):
        monkeypatch.setenv("SSL_CERT_FILE", programs.certificate)  # the simulated Telnyx trusts it
        yield Scene(tmp_path, telnyx, programs)


def test_a_call_gets_here_through_the_tunnel_until_ctrl_c(scene: Scene) -> None:
    with scene.run("--tunnel", TIME_FACTOR="20") as server:
        address = scene.leads_here(server)
        assert f"ngrok leads {address} to 127.0.0.1:{server.port}.\n" in server.log
        assert (
            'The webhook URL of the application "conference line" changes until this server ends:\n'
            f"  from {BEFORE}\n  to   {address}/webhook\n"
        ) in server.log
        leg = scene.telnyx.phone(ANN).dial()
        until(lambda: leg.hears.what == "music", "the caller is in")
        held, *_ = until(lambda: scene.answered("/actions/hold"), "Telnyx has answered the hold")
        assert held.body["audio_url"] == f"{address}/hold-music.wav", "PUBLIC_URL is the tunnel's"
        assert server.end(signal.SIGINT) == 0
    assert scene.url == BEFORE
    assert f'"conference line" is {BEFORE} again.\n' in server.log
    assert not scene.programs.running and len(scene.programs.started) == 1


def test_a_terminal_obeys_no_text_of_the_account(scene: Scene) -> None:
    odd = "https://line.example.com/\x1b]0;title\x07webhook"
    scene.telnyx.account.application["application_name"] = "Line\x1b[2J\rError: \u202egone"
    scene.telnyx.account.application["webhook_event_url"] = odd
    with scene.run("--tunnel") as server:
        server.up()
        until(lambda: "Press CTRL+C" in server.log, "it leads here")
        assert server.end(signal.SIGINT) == 0
    assert 'application "Line?[2J?Error: ?gone" changes' in server.log
    assert "  from https://line.example.com/?]0;title?webhook\n" in server.log
    assert not {"\x07", "\r", "\u202e"} & set(server.log)
    assert scene.url == odd


@pytest.mark.parametrize("ending", [signal.SIGTERM, signal.SIGHUP])
def test_the_url_is_put_back_however_the_server_is_ended(
    scene: Scene, ending: signal.Signals
) -> None:
    with scene.run("--tunnel") as server:
        scene.leads_here(server)
        assert server.end(ending) == 128 + ending
    assert scene.url == BEFORE
    assert not scene.programs.running


def test_after_a_kill_the_next_start_puts_the_url_back(scene: Scene) -> None:
    with scene.run("--tunnel") as server:
        ours = scene.leads_here(server)
        server.kill()
    until(lambda: not scene.programs.running, "the tunnel has ended, too")
    assert scene.url == f"{ours}/webhook"
    with scene.run() as server:
        server.up()
        assert scene.url == BEFORE
        assert f"is {BEFORE} again.\n" in server.log
    with scene.run() as server:
        server.up()
        assert "again" not in server.log, "once"


def test_after_a_kill_the_next_tunnel_knows_the_url_of_before(scene: Scene) -> None:
    with scene.run("--tunnel") as server:
        killed = scene.leads_here(server)
        server.kill()
    with scene.run("--tunnel") as server:
        until(lambda: scene.url != f"{killed}/webhook", "it leads to the new tunnel")
        scene.leads_here(server)
        assert f"  from {BEFORE}\n" in server.log
        assert server.end() == 128 + signal.SIGTERM
    assert scene.url == BEFORE


def test_the_end_of_the_tunnel_is_told_and_ends_the_server(scene: Scene) -> None:
    with scene.run("--tunnel") as server:
        scene.leads_here(server)
        (program,) = scene.programs.running
        os.kill(program, signal.SIGKILL)
        assert server.ended() == 1
    assert "ngrok has ended: no call gets here any more. The server ends, too.\n" in server.log
    assert scene.url == BEFORE


def test_a_url_that_somebody_has_changed_meanwhile_stays(scene: Scene) -> None:
    other = "https://other.example.com/webhook"
    with scene.run("--tunnel") as server:
        scene.leads_here(server)
        scene.telnyx.account.application["webhook_event_url"] = other
        assert server.end(signal.SIGINT) == 0
    assert scene.url == other
    assert f"is {other} by now: it stays as it is.\n" in server.log


def test_a_second_tunnel_for_the_application_is_refused(scene: Scene) -> None:
    with scene.run("--tunnel") as first:
        ours = scene.leads_here(first)
        with scene.run("--tunnel") as second:
            assert second.ended() == 1
        assert "Error: --tunnel: another conference run --tunnel" in second.log.replace(
            "python -m conference", "conference"
        )
        assert scene.url == f"{ours}/webhook"
        assert len(scene.programs.started) == 1
        assert first.end(signal.SIGINT) == 0
    assert scene.url == BEFORE


def test_a_url_that_cannot_be_put_back_is_kept_for_the_next_start(scene: Scene) -> None:
    with scene.run("--tunnel") as server:
        scene.leads_here(server)
        with scene.telnyx.outage():
            assert server.end(signal.SIGINT) == 0
    assert f"could not be set back to {BEFORE}: Telnyx does not answer." in server.log
    with scene.run() as server:
        server.up()
    assert scene.url == BEFORE


def test_a_port_that_is_taken_leaves_nothing_changed(scene: Scene) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with scene.run("--tunnel", "--port", str(port)) as server:
            assert server.ended() == 1
    assert f"to 127.0.0.1:{port}.\n" in server.log and "is in use by another" in server.log
    assert scene.url == BEFORE
    assert not scene.programs.running


def test_bad_settings_are_named_before_anything_starts(scene: Scene) -> None:
    with scene.run("--tunnel", TELNYX_PUBLIC_KEY="short") as server:
        assert server.ended() == 2
    assert "TELNYX_PUBLIC_KEY: " in server.log
    assert "\nOr run: flask setup\n" in server.log
    assert scene.url == BEFORE and not scene.programs.started


def test_without_any_program_the_steps_are_shown(scene: Scene) -> None:
    (Path(scene.programs.path) / "ngrok").unlink()
    log = scene.fails(FLASK_RUN_PORT="5055")
    assert "neither ngrok nor cloudflared is installed" in log
    assert "https://ngrok.com/download" in log and "ngrok config add-authtoken" in log
    assert "https://<the public address>/webhook, API v2" in log
    assert "lead to http://127.0.0.1:5055" in log
    assert "PUBLIC_URL=https://<the public address> python -m conference run" in log


@pytest.mark.parametrize("token", ["no token", "wrong token"])
def test_an_ngrok_without_a_token_says_how_to_add_it(scene: Scene, token: str) -> None:
    log = scene.fails(STAND_IN=token)
    assert "ngrok has no valid authtoken." in log
    assert "run: ngrok config add-authtoken <your authtoken>" in log
    assert TOKEN not in log


def test_a_program_that_ends_without_an_address_says_why(scene: Scene) -> None:
    log = scene.fails(STAND_IN="no network")
    assert "ngrok ended: ngrok reports: failed to dial ngrok server" in log
    (Path(scene.programs.path) / "ngrok").unlink()
    scene.programs.install("cloudflared")
    log = scene.fails(STAND_IN="no quick tunnel")
    assert "cloudflared ended: cloudflared reports: failed to request quick Tunnel" in log


def test_a_refused_key_is_named_before_the_program_starts(scene: Scene) -> None:
    scene.telnyx.account.key_revoked = True
    log = scene.fails()
    assert "Telnyx refuses TELNYX_API_KEY (401). Set it to one that is active" in log
    assert API_KEY not in log
    assert not scene.programs.started


def test_an_application_that_is_not_there_is_named(scene: Scene) -> None:
    log = scene.fails(TELNYX_CONNECTION_ID="1494404757140279999")
    assert "the account has no application 1494404757140279999. Set TELNYX_CONNECTION_ID" in log
    log = scene.fails(TELNYX_CONNECTION_ID="")
    assert "the application is not known. Set TELNYX_CONNECTION_ID" in log
    assert not scene.programs.started


def test_the_application_of_the_number_is_found(scene: Scene) -> None:
    number = scene.telnyx.number
    with scene.run("--tunnel", TELNYX_CONNECTION_ID="", TELNYX_NUMBER=number) as server:
        scene.leads_here(server)
        assert server.end(signal.SIGINT) == 0
    assert scene.url == BEFORE


def test_cloudflared_does_it_where_there_is_no_ngrok(scene: Scene) -> None:
    (Path(scene.programs.path) / "ngrok").unlink()
    scene.programs.install("cloudflared")
    with scene.run("--tunnel") as server:
        assert scene.leads_here(server) == QUICK
        assert server.end(signal.SIGINT) == 0
    assert scene.url == BEFORE
    assert not scene.programs.running


def test_by_texml_the_voice_url_leads_here_with_its_secret_and_room(scene: Scene) -> None:
    before = f"https://line.example.com/texml/{SECRET}/blue"
    scene.telnyx.texml.url = before
    texml, record = scene.telnyx.texml.connection_id, scene.telnyx.texml.application
    with scene.run("--tunnel", TELNYX_CONNECTION_ID=texml, TEXML_SECRET=SECRET) as server:
        server.up()
        until(lambda: record["voice_url"] != before, "it leads here")
        assert record["voice_url"].startswith("https://localhost:")
        assert record["voice_url"].endswith(f"/texml/{SECRET}/blue")
        assert server.end(signal.SIGINT) == 0
    assert record["voice_url"] == before
    assert scene.url == BEFORE, "the other application's"
    assert SECRET not in server.log


def test_the_reloader_keeps_the_tunnel(scene: Scene) -> None:
    watched = scene.folder / "watched"
    watched.touch()
    with scene.run("--debug", "--tunnel", "--extra-files", str(watched)) as server:
        ours = scene.leads_here(server)
        until(lambda: "Debugger is active" in server.log, "the child serves")
        watched.write_text("changed")
        until(lambda: server.log.count("Debugger is active") == 2, "it was reloaded")
        server.up()
        assert scene.url == f"{ours}/webhook"
        assert len(scene.programs.started) == 1
        assert f"the application's webhook URL must be {ours}/webhook" in server.log
        server.end()
    assert scene.url == BEFORE
    assert not scene.programs.running
