"""The output of ngrok and cloudflared, as they print it, and a program that prints nothing."""

from __future__ import annotations

import os
import signal
import subprocess
import sys

import pytest

from conference.private_folder import PrivateFolder, private_folder
from conference.settings.kinds import KINDS
from conference.tunnel import Trouble
from conference.tunnel.left_over import Change, Note
from conference.tunnel.programs import NOTHING, PROGRAMS, SIGN_IN, Heard, Program
from conference.tunnel.running import started

NGROK, CLOUDFLARED = PROGRAMS
QUICK = "https://shiny-booth-prints.trycloudflare.com"


@pytest.mark.parametrize(
    ("line", "heard"),
    [
        (
            '{"addr":"http://localhost:5000","lvl":"info","msg":"started tunnel",'
            '"name":"command_line","obj":"tunnels","url":"https://ab12-7.ngrok-free.app"}',
            Heard(address="https://ab12-7.ngrok-free.app", ready=True),
        ),
        ('{"msg":"started tunnel","url":"http://ab12-7.ngrok.io"}', NOTHING),  # version 2 has both
        ('{"msg":"started tunnel","addr":{"Host":"127.0.0.1:5000"},"url":7}', NOTHING),
        ('{"lvl":"info","msg":"join connections","err":"<nil>"}', NOTHING),
        ('{"lvl":"eror","err":"a\\nb","msg":"x"}', Heard(trouble="ngrok reports: a")),
        ('{"lvl":"eror","err":"token ERR_NGROK_105"}', Heard(trouble=SIGN_IN, final=True)),
        ("ERROR:  ERR_NGROK_4018", Heard(trouble=SIGN_IN, final=True)),
        (
            '{"lvl":"crit","err":"secret: abc\\r\\nERR_NGROK_8001"}',
            Heard(
                trouble="ngrok reports an error: https://ngrok.com/docs/errors/err_ngrok_8001",
                final=True,
            ),
        ),
        ("[]", NOTHING),
        ("no JSON", NOTHING),
        ("[" * 100_000, NOTHING),
        (
            '{"lvl":"eror","err":"\\u001b[2J\\u202egone"}',
            Heard(trouble="ngrok reports: ?[2J?gone"),
        ),
        *(
            (f'{{"msg":"started tunnel","url":"{odd}"}}', NOTHING)
            for odd in (
                "https://",
                "https://user:pass@ab12-7.ngrok-free.app",
                "https://ab12-7.ngrok-free.app/path",
                "https://ab12-7.ngrok-free.app?query",
                "https://ab12-7.ngrok-free.app\\u0000",
                "https://ab12-7.ngrok-free.app\\nCONTROL_TOKEN=x",
                "https://ab12-7.ngrok-free.app\\u001b[2J",
            )
        ),
    ],
)
def test_a_line_of_ngrok(line: str, heard: Heard) -> None:
    assert NGROK.heard(f"{line}\n") == heard


@pytest.mark.parametrize(
    ("line", "heard"),
    [
        (f"2026-08-24T18:00:00Z INF |  {QUICK}            |", Heard(address=QUICK)),
        ("2024-02-08T06:25:48Z INF Registered tunnel connection connIndex=0", Heard(ready=True)),
        ("2022-06-01T16:23:12Z INF Connection c206cf44 registered connIndex=0", Heard(ready=True)),
        ("2026-08-24T18:00:00Z INF Requesting new quick Tunnel on trycloudflare.com...", NOTHING),
        (
            'failed to request quick Tunnel: Post "https://api.trycloudflare.com/tunnel": EOF',
            Heard(
                trouble="cloudflared reports: failed to request quick Tunnel: "
                'Post "https://api.trycloudflare.com/tunnel": EOF'
            ),
        ),
        ("2026-08-24T18:00:00Z ERR no ingress", Heard(trouble="cloudflared reports: no ingress")),
        ("2026-08-24T18:00:00Z ERR \x1b[31mred", Heard(trouble="cloudflared reports: ?[31mred")),
    ],
)
def test_a_line_of_cloudflared(line: str, heard: Heard) -> None:
    assert CLOUDFLARED.heard(f"{line}\n") == heard


def test_a_program_that_is_not_heard_of_in_time_is_stopped() -> None:
    silent = Program(
        "silent", lambda local: (sys.executable, "-c", "input()"), lambda line: NOTHING, ""
    )
    waiting = Program(
        "waiting",
        lambda local: (sys.executable, "-c", "import signal; signal.pause()"),
        lambda line: NOTHING,
        "",
    )
    with started(silent, "") as running, pytest.raises(Trouble, match=r"silent ended\. Run it"):
        running.address()
    with started(waiting, "") as running:
        with pytest.raises(Trouble, match=r"waiting has no address after 0\.01 s"):
            running.address(0.01)
        process: subprocess.Popen[str] = running._process
    assert process.poll() is not None
    absent = Program("absent", lambda local: ("./absent",), lambda line: NOTHING, "")
    with started(absent, "") as running, pytest.raises(Trouble, match=r"absent ended\. Run it"):
        running.address()


def test_the_program_gets_none_of_the_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in (*KINDS, "TELNYX_APIKEY"):
        monkeypatch.setenv(name, "x")
    monkeypatch.setenv("NGROK_AUTHTOKEN", "its own")
    code = "import os, signal; print(*os.environ, flush=True); signal.pause()"
    shows = Program(
        "shows",
        lambda local: (sys.executable, "-c", code),
        lambda line: Heard(address=line.strip(), ready=True),
        "",
    )
    with started(shows, "") as running:
        names = running.address().split()
    assert "NGROK_AUTHTOKEN" in names and "PATH" in names
    assert not [name for name in names if name in KINDS or name.startswith("TELNYX")]


def test_a_line_that_is_never_read_whole_does_not_stop_the_reader() -> None:
    code = "import signal; print('[' * 300_000); print('up', flush=True); signal.pause()"
    wordy = Program(
        "wordy",
        lambda local: (sys.executable, "-c", code),
        lambda line: Heard(address=QUICK, ready=True) if line == "up\n" else NGROK.heard(line),
        "",
    )
    with started(wordy, "") as running:
        assert running.address() == QUICK


def test_a_program_that_does_not_end_is_killed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("conference.tunnel.running.LAST_WORDS", 0.05)
    code = (
        "import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN); print(1, flush=True); "
        "signal.pause()"
    )
    stubborn = Program(
        "stubborn",
        lambda local: (sys.executable, "-c", code),
        lambda line: Heard(address=line.strip(), ready=True),
        "",
    )
    with started(stubborn, "") as running:
        assert running.address() == "1"
        process: subprocess.Popen[str] = running._process
    assert process.poll() == -signal.SIGKILL


def test_a_note_that_is_no_change_counts_as_none(folder: PrivateFolder) -> None:
    note = Note(folder, "a.tunnel", folder.open("a.tunnel"))
    for content in (b"", b"{", b"[]", b'{"before": "x"}', b'{"b": 1}'):
        os.ftruncate(note.file, 0)
        os.pwrite(note.file, content, 0)
        assert note.read() is None
    long, short = Change("https://a.example.com/webhook", "b"), Change("", "b")
    for change in (long, short):
        note.write(change)
        assert note.read() == change, "nothing of the longer one is left"
    os.close(note.file)
    os.close(folder.descriptor)


@pytest.fixture
def folder(tmp_path_factory: pytest.TempPathFactory) -> PrivateFolder:
    return private_folder([tmp_path_factory.mktemp("private") / "folder"])
