"""The self-test of `flask doctor`: through a relay that changes things, and by strangers."""

from __future__ import annotations

import base64
import json
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient
from nacl.signing import SigningKey
from rigs import servers
from rigs.lines import test_line
from rigs.recorded import TEST_KEY
from rigs.relay import Passed, Relay
from rigs.texml_forms import FETCH
from werkzeug.test import TestResponse

from conference import create_app, self_test
from conference.demo.rehearsal import Line, rehearse
from conference.doctor import self_test as checked
from conference.doctor.finding import finding
from conference.settings import make
from conference.signature import SIGNATURE, TIMESTAMP, public_key
from conference.simulator import CONNECTION_ID
from conference.web.access import may_wait

TOKEN = "a-control-token-of-the-tests"
SECRET = "a-secret-of-the-tests"
NONCE = "0" * 32
ODD = ("x", "1.2", f"{'9' * 500}.{NONCE}", f"².{NONCE}")

Change = Callable[[Passed], None]


@pytest.fixture(scope="module")
def relayed() -> Iterator[tuple[Line, Relay]]:
    settings = make(telnyx_connection_id=CONNECTION_ID, control_token=TOKEN, texml_secret=SECRET)
    with rehearse(create_app, settings) as line, Relay(line.url) as relay:
        yield line, relay


def drop(name: str) -> Change:
    return lambda passed: passed.headers.pop(name, None) and None


def rewrite(passed: Passed) -> None:
    """Parse and write again, as some relays do."""
    passed.body = json.dumps(json.loads(passed.body)).encode()


def answer(status: int, text: bytes = b"", **more: str) -> Change:
    def change(passed: Passed) -> None:
        passed.answer, passed.text, passed.more = status, text, more

    return change


def answer_unsigned(status: int) -> Change:
    def change(passed: Passed) -> None:
        if SIGNATURE not in passed.headers:
            passed.answer = status

    return change


def shorten(passed: Passed) -> None:
    passed.headers[TIMESTAMP] = passed.headers.get(TIMESTAMP, "")[:-1]


CASES: list[tuple[str, Change, str, str]] = [
    ("as it is", lambda passed: None, "self-test.ok", "unchanged; an unsigned one got 401"),
    ("parsed and written again", rewrite, "self-test.body-changed", "no signature can match"),
    ("without its end", lambda p: setattr(p, "body", p.body.strip()), "self-test.body-changed",
     "changed on the way"),
    ("another encoding", lambda p: setattr(p, "body", p.body.decode().encode("utf-16")),
     "self-test.body-changed", "changed on the way"),
    ("no signature", drop(SIGNATURE), "self-test.headers-changed", "headers"),
    ("no time", drop(TIMESTAMP), "self-test.headers-changed", "headers"),
    ("another time", shorten, "self-test.headers-changed", "headers"),
    ("no header of ours", drop(self_test.HEADER), "self-test.other-server", "not as a server"),
    ("a page", answer(200, b"<!doctype html>"), "self-test.other-server", "answers 200"),
    ("another object", answer(200, b'{"arrived": "{}", "seal": "\xc3\xa9"}'),
     "self-test.other-server", "answers 200"),
    ("another path", lambda p: setattr(p, "path", "/nowhere"), "self-test.no-path", "answers 404"),
    ("another method", answer(405), "self-test.no-path", "answers 405"),
    ("a redirect", answer(301, Location="https://x.com"), "self-test.redirected", "(301)"),
    ("slowed down", answer(429), "self-test.refused-for-now", "answered 429"),
    ("no answer", answer(-1), "self-test.no-answer", "was cut"),
    ("unsigned is let in", answer_unsigned(200), "self-test.unsigned-not-refused", "gets 200"),
    ("unsigned gets nothing", answer_unsigned(-1), "self-test.unsigned-no-answer", "was cut"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("change", "fact", "words"), [case[1:] for case in CASES], ids=[case[0] for case in CASES]
)
@pytest.mark.parametrize("path", ["/webhook", f"/texml/{SECRET}/red"])
def test_what_happens_on_the_way_is_found(
    relayed: tuple[Line, Relay], path: str, change: Change, fact: str, words: str
) -> None:
    line, relay = relayed
    relay.change = change
    found = list(checked.examine(line.services.settings, relay.url + path))
    assert [each.name for each in found] == [fact]
    shown = finding(found[0])
    assert words in shown.what
    assert not [each for each in (TOKEN, SECRET) if each in f"{shown.what} {shown.todo}"]
    assert line.services.server_health.webhook_at is None, "it counts as no webhook"


def test_a_server_with_another_token_or_key_is_found(relayed: tuple[Line, Relay]) -> None:
    line, _ = relayed
    good = line.services.settings
    url = f"{line.url}/webhook"

    def found(**changes: Any) -> list[str]:
        return [each.name for each in checked.examine(replace(good, **changes), url)]

    assert found(control_token="another-token-of-the-tests") == ["self-test.other-server"]
    key = SigningKey.generate().verify_key
    assert found(telnyx_public_key=key) == ["self-test.other-public-key"]
    assert found(control_token="") == ["self-test.no-token"]


def test_an_answer_that_telnyx_would_not_wait_for(
    relayed: tuple[Line, Relay], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(checked, "PATIENCE", 0.0)
    line, _ = relayed
    found = [*checked.examine(line.services.settings, f"{line.url}/webhook")]
    assert [each.name for each in found] == ["self-test.slow", "self-test.ok"]


def test_gunicorn_answers_it_in_a_thread_that_may_wait(tmp_path: Path) -> None:
    """Else a wrong seal would hold up all webhooks."""
    with servers.run(servers.GUNICORN, tmp_path, CONTROL_TOKEN=TOKEN, THREADS="2") as line:
        line.up()
        settings = make(control_token=TOKEN, telnyx_public_key=public_key(servers.PUBLIC_KEY))
        (fact,) = checked.examine(settings, f"{line.url}/webhook")
        assert fact.name == "self-test.ok"
    assert may_wait({"PATH_INFO": "/webhook", "HTTP_CONFERENCE_SELF_TEST": "x"})


# What strangers gain


@contextmanager
def client(**settings: str) -> Iterator[FlaskClient]:
    with test_line(**{"control_token": TOKEN, "texml_secret": SECRET, **settings}) as line:
        yield line.client


def challenged(
    client: FlaskClient, text: str = "", token: str = TOKEN, seal: str = "", path: str = "/webhook"
) -> TestResponse:
    text = text or self_test.challenge(now=time.time(), nonce=NONCE)
    seal = seal or self_test.seal("challenge", text, key=self_test.key_of(token))
    return client.post(path, data=b"{}", headers={self_test.HEADER: f"{text}:{seal}"})


def test_the_answer_names_what_arrived_and_is_sealed() -> None:
    with client() as ours:
        text = self_test.challenge(now=time.time(), nonce=NONCE)
        shown = challenged(ours, text).get_json()
        key = self_test.key_of(TOKEN)
        assert shown["seal"] == self_test.seal("answer", shown["arrived"], key=key)
        assert json.loads(shown["arrived"]) == {
            "challenge": text,
            "body": self_test.digest(b"{}"),
            "signature": "",
            "timestamp": "",
            "public_key": base64.b64encode(bytes(TEST_KEY.verify_key)).decode(),
        }
        assert TOKEN not in json.dumps(shown)


LATE = self_test.challenge(now=time.time() - 310, nonce=NONCE)
EARLY = self_test.challenge(now=time.time() + 400, nonce=NONCE)


@pytest.mark.parametrize(
    ("text", "token"),
    [
        ("", "another-token-of-the-tests"),
        *(
            (text, TOKEN)
            for text in (LATE, EARLY, "x", "1.2", f"{'9' * 500}.{NONCE}", "²." + NONCE)
        ),
    ],
    ids=["another token", "late", "early", "a letter", "no nonce", "far away", "a raised two"],
)
@pytest.mark.parametrize("path", ["/webhook", "/texml", "/texml/status"])
def test_a_stranger_gets_what_any_unsigned_request_gets(text: str, token: str, path: str) -> None:
    with client() as ours:
        if text:
            seal = self_test.seal("challenge", text, key=self_test.key_of(TOKEN))
            headers = {self_test.HEADER: f"{text}:{seal}".encode().decode("latin-1")}
        else:
            text = self_test.challenge(now=time.time(), nonce=NONCE)
            seal = self_test.seal("challenge", text, key=self_test.key_of(token))
            headers = {self_test.HEADER: f"{text}:{seal}"}
        refused, plain = ours.post(path, data=FETCH, headers=headers), ours.post(path, data=FETCH)
        assert (refused.status_code, refused.data) == (plain.status_code, plain.data)
        assert refused.status_code == 401


def test_without_a_token_there_is_no_self_test() -> None:
    with client(control_token="") as ours:
        assert challenged(ours, token="").status_code == 401


def test_an_answer_is_no_challenge_and_the_seal_of_another_is_wrong() -> None:
    with client() as ours:
        text, key = self_test.challenge(now=time.time(), nonce=NONCE), self_test.key_of(TOKEN)
        assert (
            challenged(ours, text, seal=self_test.seal("answer", text, key=key)).status_code == 401
        )
        other = self_test.challenge(now=time.time(), nonce="1" * 32)
        seal = self_test.seal("challenge", other, key=key)
        assert challenged(ours, text, seal=seal).status_code == 401
        assert challenged(ours, text, seal=TOKEN).status_code == 401, "a token is no seal"


def test_wrong_seals_are_counted_and_slowed_as_wrong_tokens_are() -> None:
    with client() as ours:
        for _ in range(10):
            assert challenged(ours, seal="0" * 64).status_code == 401
        refused = challenged(ours, seal="0" * 64)
        assert (refused.status_code, "Retry-After" in refused.headers) == (429, True)
        assert challenged(ours).status_code == 200, "the right one still counts"


def test_a_large_body_is_refused_as_ever() -> None:
    with client() as ours:
        text, key = self_test.challenge(now=time.time(), nonce=NONCE), self_test.key_of(TOKEN)
        headers = {self_test.HEADER: f"{text}:{self_test.seal('challenge', text, key=key)}"}
        assert ours.post("/webhook", data=b"x" * (1024**2 + 1), headers=headers).status_code == 413
