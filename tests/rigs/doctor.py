"""A line whose account, address and music can be wrong, for the tests of `flask doctor`."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from copy import deepcopy
from dataclasses import dataclass, replace
from typing import Any

import pytest
from rigs.odd_server import Odd, OddServer

from conference import create_app
from conference.demo.rehearsal import Line, rehearse
from conference.doctor import Finding, examine, web
from conference.settings import Settings, make
from conference.simulator import CONNECTION_ID, Account
from conference.telnyx_api import client
from conference.web.services import services_of

NUMBER = "+13125550100"
TEXML_NUMBER = "+12025550100"
SECRET = "a-secret-of-the-tests"
NOWHERE = "http://127.0.0.1:9"
PUBLIC = "http://telnyx.test"  # a Telnyx that is not on this machine, by way of a proxy
TOO_LONG = f"http://{'.'.join(['a' * 60] * 5)}/v2"  # no name can be: the DNS is not asked
MULTICAST = "http://224.0.0.1/v2"  # no TCP goes there
CHECKS = ["settings", "API key", "public key", "clock", "balance", "application", "number"]
CHECKS += ["TeXML", "deliveries", "server", "self-test", "music"]
SOMETIMES = ["rooms", "dial-out"]
TOKEN = "a-control-token-of-the-tests"
MP3 = b"\xff\xfb\x90\x64" + bytes(100)
HTML = b"<!doctype html><title>Hello</title>"
LIST = b'{"data": []}'
RECORDS = ("applications", "texml_applications", "numbers", "profiles", "balance", "sent")
RECORDS += ("public_key", "key_revoked", "ahead")


@dataclass(frozen=True)
class Scene:
    """A line, its Telnyx, a web server that answers oddly, and one with a bad certificate."""

    line: Line
    odd: OddServer
    unsafe: OddServer
    env: pytest.MonkeyPatch

    @property
    def account(self) -> Account:
        return self.line.telnyx.account

    def settings(self, **changes: Any) -> Settings:
        """Good settings with these changes."""
        good = services_of(self.line.app).settings
        names = {name: value for name, value in changes.items() if hasattr(good, name)}
        room = {name: value for name, value in changes.items() if name not in names}
        return replace(good, **{"room": replace(good.room, **room), **names})

    def application(self, **fields: Any) -> Settings:
        self.account.application.update(fields)
        return self.settings()

    def number(self, **fields: Any) -> Settings:
        for row in self.account.numbers.values():
            row.update(fields)
        return self.settings()

    def texml(self, settings: dict[str, Any] | None = None, **fields: Any) -> Settings:
        """Settings of a line with TeXML only, and these fields of its application."""
        fields = {f"voice_{k}" if k in ("url", "method") else k: v for k, v in fields.items()}
        if fields.get("voice_url", "").startswith("/"):
            fields["voice_url"] = self.line.url + fields["voice_url"]
        self.line.telnyx.texml.application.update(fields)
        alone = {"telnyx_connection_id": "", "telnyx_number": TEXML_NUMBER}
        return self.settings(**alone | (settings or {}))

    def no_texml(self, **changes: Any) -> Settings:
        self.line.telnyx.texml.url = ""
        return self.settings(**changes)

    def among_many(self) -> Settings:
        """Settings of a good line whose TeXML application is on the second page of the list."""
        others = {"voice_url": "https://x.com/other", "friendly_name": "another"}
        own = self.line.telnyx.texml.application
        rows = {str(n): {**own, **others, "id": str(n)} for n in range(300)}
        self.account.texml_applications.update(rows)  # Telnyx lists the newest first
        return self.settings(public_url=self.line.url)

    def clock(self, ahead: float) -> Settings:
        self.account.ahead = -ahead
        return self.settings()

    def key(self, text: str | None) -> Settings:
        self.account.public_key = text
        return self.settings()

    def fails(self, status: int) -> Settings:
        self.line.telnyx.fail_next(status, 3)  # so often a read is tried
        return self.settings()

    def odd_telnyx(self, answers: dict[str, Odd], **changes: Any) -> Settings:
        """Settings for a Telnyx that accepts the key and has these answers."""
        first = {"/v2/phone_numbers?page%5Bsize%5D=1": Odd(body=LIST)}
        self.odd.answers = first | {f"/v2{path}": odd for path, odd in answers.items()}
        return self.settings(telnyx_base_url=f"{self.odd.url}/v2", **changes)

    def silent_telnyx(self) -> Settings:
        self.env.setattr(client, "TIMEOUT", 0.5)
        return self.odd_telnyx({"/phone_numbers?page%5Bsize%5D=1": Odd(hangs=True)})

    def silent_server(self) -> Settings:
        self.env.setattr(web, "PATIENCE", 0.5)
        return self.health(Odd(hangs=True))

    def far(self, **changes: Any) -> Settings:
        """Settings for a Telnyx on another machine, with the simulated one as proxy to it."""
        proxy = self.line.telnyx.base_url.removesuffix("/v2")
        self.env.setenv("HTTP_PROXY", proxy)
        return self.settings(telnyx_base_url=f"{PUBLIC}/v2", **changes)

    def proxy(self, base: str, proxy: str) -> Settings:
        self.env.setenv("HTTP_PROXY", proxy)
        self.env.setenv("HTTPS_PROXY", proxy)
        return self.settings(telnyx_base_url=base)

    def health(self, odd: Odd) -> Settings:
        self.odd.answers = {"/healthz": odd}
        return self.application(webhook_event_url=f"{self.odd.url}/webhook")

    def not_ready(self, odd: Odd) -> Settings:
        self.odd.answers = {"/healthz": Odd(body=b'{"status": "ok"}'), "/readyz": odd}
        return self.application(webhook_event_url=f"{self.odd.url}/webhook")

    def draining(self) -> Settings:
        self.line.engine.draining = True
        return self.settings()

    def music(self, odd: Odd) -> Settings:
        self.odd.answers = {"/a.mp3": odd}
        return self.settings(hold_audio_url=f"{self.odd.url}/a.mp3")

    def own_music(self, odd: Odd) -> Settings:
        """Settings of a line whose built-in music is answered so at its public address."""
        self.odd.answers = {
            "/hold-music.wav": odd,
            "/healthz": Odd(body=b'{"status": "ok"}'),
            "/readyz": Odd(body=b'{"status": "ready"}'),
        }
        self.application(webhook_event_url=f"{self.odd.url}/webhook")
        return self.settings(public_url="")


Running = tuple[Line, OddServer, OddServer]


@contextmanager
def running() -> Iterator[Running]:
    """Run a line with its Telnyx, an odd server, and one with a bad certificate."""
    good = make(telnyx_connection_id=CONNECTION_ID, telnyx_number=NUMBER, control_token=TOKEN)
    with ExitStack() as stack:
        servers = stack.enter_context(OddServer()), stack.enter_context(OddServer(tls=True))
        yield (stack.enter_context(rehearse(create_app, good)), *servers)


@contextmanager
def scene_of(running: Running, env: pytest.MonkeyPatch) -> Iterator[Scene]:
    """Let a test change things, and put them right after it."""
    line, odd, unsafe = running
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"):
        env.delenv(name, raising=False)
        env.delenv(name.lower(), raising=False)
    account = line.telnyx.account
    before = {name: deepcopy(vars(account)[name]) for name in RECORDS}
    yield Scene(line, odd, unsafe, env)
    vars(account).update(before)
    odd.answers = {}
    line.engine.draining = False


def found(settings: Settings) -> list[Finding]:
    """Return all findings. None holds a secret, and every fault has a remedy."""
    findings = list(examine(settings))
    secrets = {settings.telnyx_api_key, settings.telnyx_number, NUMBER, "s3cret", SECRET, TOKEN} - {
        ""
    }
    for each in findings:
        text = f"{each.what} {each.todo}".replace("such as +13125550100", "")
        assert [
            secret for secret in (*secrets, "s3cret", SECRET) if secret.lstrip("+") in text
        ] == []
        assert bool(each.todo) == (each.state != "ok")
    checks = dict.fromkeys(each.check for each in findings)
    assert [check for check in checks if check not in SOMETIMES] == CHECKS
    assert ("rooms" in checks) == bool(settings.numbers)
    return findings
