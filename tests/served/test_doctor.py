"""`flask doctor`: each fault that it can find is made, over real HTTP, and must be named."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from copy import deepcopy
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result
from nacl.signing import SigningKey
from rigs import servers
from rigs.odd_server import Odd, OddServer

from conference import create_app
from conference.cli.checkup import LONGEST, _line
from conference.core.room_settings import RoomSettings
from conference.demo.rehearsal import API_KEY, Line, rehearse
from conference.doctor import Finding, State, examine, web
from conference.doctor.finding import warning
from conference.settings import Settings, make, read
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
CHECKS = ["settings", "API key", "public key", "clock", "application", "number", "TeXML"]
CHECKS += ["server", "music"]
WITH_ROOMS = [*CHECKS[:6], "rooms", *CHECKS[6:]]
MP3 = b"\xff\xfb\x90\x64" + bytes(100)
HTML = b"<!doctype html><title>Hello</title>"
LIST = b'{"data": []}'
RECORDS = ("applications", "texml_applications", "numbers", "public_key", "ahead")


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

    def changed_music(self) -> Settings:
        self.odd.answers = {
            "/hold-music.wav": Odd(body=HTML, headers={"Content-Type": "text/html"})
        }
        self.odd.answers["/healthz"] = Odd(body=b'{"status": "ok"}')
        self.application(webhook_event_url=f"{self.odd.url}/webhook")
        return self.settings(public_url="")


@pytest.fixture(scope="module")
def running() -> Iterator[tuple[Line, OddServer, OddServer]]:
    good = make(telnyx_connection_id=CONNECTION_ID, telnyx_number=NUMBER)
    with ExitStack() as stack:
        servers = stack.enter_context(OddServer()), stack.enter_context(OddServer(tls=True))
        yield (stack.enter_context(rehearse(create_app, good)), *servers)


@pytest.fixture
def scene(
    running: tuple[Line, OddServer, OddServer], monkeypatch: pytest.MonkeyPatch
) -> Iterator[Scene]:
    line, odd, unsafe = running
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.lower(), raising=False)
    account = line.telnyx.account
    before = {name: deepcopy(vars(account)[name]) for name in RECORDS}
    yield Scene(line, odd, unsafe, monkeypatch)
    vars(account).update(before)
    odd.answers = {}
    line.engine.draining = False


def found(settings: Settings) -> list[Finding]:
    """Return all findings. None holds a secret, and every fault has a remedy."""
    findings = list(examine(settings))
    secrets = {settings.telnyx_api_key, settings.telnyx_number, NUMBER, "s3cret", SECRET} - {""}
    for finding in findings:
        text = f"{finding.what} {finding.todo}".replace("such as +13125550100", "")
        assert [secret for secret in secrets if secret.lstrip("+") in text] == []
        assert bool(finding.todo) == (finding.state != "ok")
    checks = dict.fromkeys(finding.check for finding in findings)
    assert list(checks) == (WITH_ROOMS if settings.numbers else CHECKS)
    return findings


Case = tuple[str, Callable[[Scene], Settings], str, State, tuple[str, ...]]


def malformed(**settings: str) -> Callable[[Scene], Settings]:
    """Good settings but for these, read from an environment."""
    names = {"TELNYX_API_KEY": API_KEY, "TELNYX_PUBLIC_KEY": servers.PUBLIC_KEY}
    return lambda s: read(names | {"TELNYX_BASE_URL": s.line.telnyx.base_url} | settings)


ASKED = "in the Telnyx portal, Voice API applications"
NUMBERS = "in the Telnyx portal, My Numbers"
TEXML = "in the Telnyx portal, TeXML applications"

CASES: list[Case] = [
    ("no key", malformed(TELNYX_API_KEY=""), "settings", "failure", ("TELNYX_API_KEY", ".env")),
    ("no key either", malformed(TELNYX_API_KEY=""), "API key", "warning", ("TELNYX_API_KEY",)),
    ("misspelt", malformed(TEXML_MUTE="yes"), "settings", "warning", ("TEXML_MUTED",)),
    ("bad key", malformed(TELNYX_PUBLIC_KEY="x"), "settings", "failure", ("TELNYX_PUBLIC_KEY",)),
    ("bad key too", malformed(TELNYX_PUBLIC_KEY="x"), "public key", "warning", ("First set",)),
    ("bad base", malformed(TELNYX_BASE_URL="x"), "clock", "warning", ("TELNYX_BASE_URL",)),
    ("bad id", malformed(TELNYX_CONNECTION_ID="\x01"), "application", "warning",
     ("First correct TELNYX_CONNECTION_ID",)),
    ("bad number", malformed(TELNYX_NUMBER="312"), "number", "warning", ("TELNYX_NUMBER",)),
    ("bad music", malformed(HOLD_AUDIO_URL="x"), "music", "warning", ("HOLD_AUDIO_URL",)),
    # API key
    ("refused", lambda s: s.settings(telnyx_api_key="KEY_wrong"), "API key", "failure",
     ("(401)", "TELNYX_API_KEY", "Keys & Credentials, API Keys")),
    ("forbidden", lambda s: s.odd_telnyx({"/phone_numbers?page%5Bsize%5D=1": Odd(403)}), "API key",
     "failure", ("(403)", "TELNYX_API_KEY")),
    ("limited", lambda s: s.fails(429), "API key", "warning", ("(429)",)),
    ("trouble", lambda s: s.fails(503), "API key", "failure", ("(503)", "status.telnyx.com")),
    ("a login page", lambda s: s.odd_telnyx({"/phone_numbers?page%5Bsize%5D=1": Odd(body=HTML)}),
     "API key", "failure", ("does not answer as Telnyx does", "TELNYX_BASE_URL")),
    ("no /v2", lambda s: s.settings(telnyx_base_url=s.line.url), "API key", "failure",
     ("(404)", "TELNYX_BASE_URL to https://api.telnyx.com/v2")),
    ("nobody", lambda s: s.settings(telnyx_base_url=f"{NOWHERE}/v2"), "API key", "failure",
     ("127.0.0.1:9", "refused", "TELNYX_BASE_URL")),
    ("no name", lambda s: s.settings(telnyx_base_url=TOO_LONG), "API key", "failure",
     ("(DNS)", "TELNYX_BASE_URL")),
    ("no way", lambda s: s.settings(telnyx_base_url=MULTICAST), "API key", "failure",
     ("no way to it", "TELNYX_BASE_URL")),
    ("no port", lambda s: s.settings(telnyx_base_url="http://u:s3cret@127.0.0.1:x/v2"), "API key",
     "failure", ("cannot be parsed", "TELNYX_BASE_URL")),
    ("silence", lambda s: s.silent_telnyx(), "API key", "failure",
     ("in time", "TELNYX_BASE_URL")),
    ("certificate", lambda s: s.settings(telnyx_base_url=f"{s.unsafe.url}/v2"), "API key",
     "failure", ("certificate is not valid: self", "TELNYX_BASE_URL")),
    ("no TLS", lambda s: s.settings(telnyx_base_url=s.odd.url.replace("http", "https")), "API key",
     "failure", ("SSL", "TELNYX_BASE_URL")),
    ("no proxy", lambda s: s.proxy(f"{PUBLIC}/v2", NOWHERE), "API key", "failure",
     ("refused", "by way of the proxy in HTTP_PROXY", "TELNYX_BASE_URL")),
    ("proxy's no", lambda s: s.proxy("https://telnyx.test/v2", s.odd.url), "API key", "failure",
     ("403", "by way of the proxy in HTTPS_PROXY")),
    ("all the rest", lambda s: s.settings(telnyx_api_key="wrong"), "number", "warning",
     ("not checked", "First repair the API key")),
    # public key
    ("another's", lambda s: s.settings(telnyx_public_key=SigningKey.generate().verify_key),
     "public key", "failure", ("another account", "TELNYX_PUBLIC_KEY", "Keys & Credentials")),
    ("not told", lambda s: s.key(None), "public key", "warning", ("(404)", "TELNYX_PUBLIC_KEY")),
    ("no base64", lambda s: s.key("~~~"), "public key", "warning", ("could not be compared",)),
    ("no object", lambda s: s.odd_telnyx({"/public_key": Odd(body=b'{"data": 7}')}), "public key",
     "warning", ("could not be compared",)),
    # clock
    ("late", lambda s: s.clock(-400), "clock", "failure", ("behind", "every webhook", "NTP")),
    ("early", lambda s: s.clock(400), "clock", "failure", ("ahead of", "every webhook", "NTP")),
    ("drifts", lambda s: s.clock(60), "clock", "warning", ("ahead of", "300 s", "NTP")),
    ("no date", lambda s: s.odd_telnyx({"/phone_numbers?page%5Bsize%5D=1": Odd(401, dated=False)}),
     "clock", "warning", ("no date", "NTP")),
    # application
    ("no id", lambda s: s.settings(telnyx_connection_id=""), "application", "warning",
     ("restart", "TELNYX_CONNECTION_ID", ASKED)),
    ("wrong id", lambda s: s.settings(telnyx_connection_id="1/2"), "application", "failure",
     ("(404)", "TELNYX_CONNECTION_ID", ASKED)),
    ("no record", lambda s: s.odd_telnyx({f"/call_control_applications/{CONNECTION_ID}": Odd(500)}),
     "application", "warning", ("answered 500", "Try again")),
    ("switched off", lambda s: s.application(active=False), "application", "failure",
     ("not active", ASKED)),
    ("API v1", lambda s: s.application(webhook_api_version="1"), "application", "failure",
     ("API v1", "API v2", ASKED)),
    ("no time", lambda s: s.application(webhook_timeout_secs=0), "application", "warning",
     ("waits 0 s", "webhook timeout", ASKED)),
    ("no URL", lambda s: s.application(webhook_event_url=None), "application", "failure",
     ("no webhook URL", "/webhook", ASKED)),
    ("no address", lambda s: s.application(webhook_event_url="https://[x/webhook"), "application",
     "failure", ("no webhook URL",)),
    ("http", lambda s: s.far(), "application", "warning", ("http", "https://", ASKED)),
    ("TeXML's path", lambda s: s.application(webhook_event_url=f"{s.line.url}/texml/s3cret/red"),
     "application", "failure", ("/texml/.../... does not end in /webhook",)),
    ("its path", lambda s: s.application(webhook_event_url=f"{s.line.url}/telnyx?a=s3cret"),
     "application", "failure", ("/telnyx does not end in /webhook", ASKED)),
    ("elsewhere", lambda s: s.settings(public_url="https://localhost"), "application", "warning",
     ("not at PUBLIC_URL", "Correct or remove PUBLIC_URL", ASKED)),
    # number
    ("neither", lambda s: s.no_texml(telnyx_connection_id="", telnyx_number=""), "number",
     "warning", ("TELNYX_NUMBER or TELNYX_CONNECTION_ID",)),
    ("not ours", lambda s: s.settings(telnyx_number="+13125550199"), "number", "failure",
     ("no number ...0199", "TELNYX_NUMBER", NUMBERS)),
    ("another's", lambda s: s.number(connection_id="42"), "number", "failure",
     ("...0100", "not TELNYX_CONNECTION_ID", "Assign", NUMBERS)),
    ("nobody's", lambda s: s.number(connection_id=None), "number", "failure",
     ("no application", "Assign", NUMBERS)),
    ("ported", lambda s: s.number(status="port-pending"), "number", "warning",
     ("...0100", "port-pending", NUMBERS)),
    ("none", lambda s: (s.number(connection_id="42"), s.settings(telnyx_number=""))[1], "number",
     "warning", ("no number is assigned", "Assign", NUMBERS)),
    ("no list", lambda s: s.odd_telnyx({}), "number", "warning", ("answered 404", "Try again")),
    ("no list", lambda s: s.odd_telnyx({}, telnyx_number=""), "number", "warning", ("Try again",)),
    # numbers of the rooms file
    ("not ours", lambda s: s.settings(numbers={NUMBER: "team", "+13125550199": "sales"}), "rooms",
     "warning", ("no application of ours: ...0199 of sales", "Assign", NUMBERS)),
    ("no application", lambda s: s.no_texml(telnyx_connection_id="", numbers={NUMBER: "team"}),
     "rooms", "warning", ("Check that", NUMBERS)),
    ("no list", lambda s: s.odd_telnyx({}, numbers={NUMBER: "team"}), "rooms", "warning",
     ("answered 404", "Try again")),
    # TeXML
    ("no key", lambda s: s.settings(telnyx_api_key="wrong"), "TeXML", "warning", ("API key",)),
    ("no list", lambda s: s.odd_telnyx({}), "TeXML", "warning", ("answered 404", "Try again")),
    ("switched off", lambda s: s.texml(active=False), "TeXML", "failure",
     ("not active", "Switch it on", TEXML)),
    ("no URL", lambda s: s.texml(url=""), "TeXML", "failure", ("not lead", "/texml", TEXML)),
    ("no address", lambda s: s.texml(url="https://[x/texml"), "TeXML", "failure", ("not lead",)),
    ("by ftp", lambda s: s.texml(url="ftp://x.com/texml"), "TeXML", "failure", ("not lead",)),
    ("its path", lambda s: s.texml(url="/webhook"), "TeXML", "failure", ("not lead", TEXML)),
    ("GET", lambda s: s.texml(method="get"), "TeXML", "failure", ("GET", "405", "POST", TEXML)),
    ("no room", lambda s: s.texml(url="/texml/status"), "TeXML", "failure", ("room", "404", TEXML)),
    ("a slash", lambda s: s.texml(url="/texml/"), "TeXML", "failure", ("room", "404", TEXML)),
    ("no secret", lambda s: s.texml(url=f"/texml/{SECRET}/blue"), "TeXML", "failure",
     ("not TEXML_SECRET", "401", TEXML)),
    ("another secret", lambda s: s.texml({"texml_secret": SECRET}, url=f"/texml/{SECRET}x/blue"),
     "TeXML", "failure", ("not TEXML_SECRET", "401", "/texml/<TEXML_SECRET>")),
    ("another secret alone", lambda s: s.texml({"texml_secret": SECRET}, url=f"/texml/{SECRET}x"),
     "TeXML", "warning", ("no TEXML_SECRET", "401", "/texml/<TEXML_SECRET>", "Or remove")),
    ("a secret and no room", lambda s: s.texml({"texml_secret": SECRET}, url=f"/texml/{SECRET}/é"),
     "TeXML", "failure", ("room", "404")),
    ("http", lambda s: (s.texml(), s.far(telnyx_connection_id="", telnyx_number=TEXML_NUMBER,
                                         public_url=""))[1],
     "TeXML", "warning", ("http", "https://", TEXML)),
    ("no PUBLIC_URL", lambda s: s.texml({"public_url": ""}), "TeXML", "failure",
     ("no caller can join", "PUBLIC_URL is not set", "Set PUBLIC_URL to http://127.0.0.1:")),
    ("elsewhere", lambda s: s.texml({"public_url": "https://localhost"}), "TeXML", "warning",
     ("not at PUBLIC_URL", "Correct or remove PUBLIC_URL", TEXML)),
    ("too many", lambda s: s.texml({"max_participants": 251}), "TeXML", "failure",
     ("MAX_PARTICIPANTS is '251'", "from 2 to 250", "restart the server")),
    ("nobody's", lambda s: (s.number(connection_id="42"), s.texml({"telnyx_number": ""}))[1],
     "TeXML", "warning", ("no number is assigned", "Assign", NUMBERS)),
    ("not there", lambda s: s.no_texml(texml_secret=SECRET, public_url=""), "TeXML", "warning",
     ("no TeXML application", "<your public address>/texml/<TEXML_SECRET>", "Or remove", TEXML)),
    ("not here", lambda s: s.texml({"texml": {"muted": "true"}, "telnyx_number": "",
                                    "public_url": s.line.url}, url="https://x.com/texml"),
     "TeXML", "warning", ("no TeXML application", "Or remove")),
    # server
    ("unknown", lambda s: s.no_texml(telnyx_connection_id="", public_url=""), "server", "warning",
     ("repair the application, or set PUBLIC_URL",)),
    ("a relay", lambda s: (s.application(webhook_event_url=f"{s.odd.url}/telnyx"),
                           s.no_texml(public_url=""))[1], "server", "warning",
     ("repair the application, or set PUBLIC_URL",)),
    ("down", lambda s: s.application(webhook_event_url=f"{NOWHERE}/webhook"), "server", "failure",
     (NOWHERE, "refused", "flask run", "ngrok")),
    ("ends", lambda s: s.draining(), "server", "warning", ("ending", "flask run")),
    ("not ready", lambda s: s.not_ready(Odd(503, b'{"reasons": ["one", "another"]}')), "server",
     "failure", ("serves no calls: one; another", "Ready or not")),
    ("older", lambda s: s.not_ready(Odd(404)), "server", "ok", ("it answers at",)),
    ("odd", lambda s: s.not_ready(Odd(503, b'{"reasons": 7}')), "server", "ok", ("it answers",)),
    ("a list", lambda s: s.health(Odd(body=b"[7]")), "server", "failure", ("something else",)),
    ("busy", lambda s: s.health(Odd(503)), "server", "failure", ("something else", "503")),
    ("parked", lambda s: s.health(Odd(body=HTML)), "server", "failure", ("something else", "200")),
    ("ngrok is down", lambda s: s.health(Odd(404, headers={"Ngrok-Error-Code": "ERR_NGROK_3200"})),
     "server", "failure", ("tunnel", "ERR_NGROK_3200", "Start ngrok", "webhook URL")),
    ("ngrok alone", lambda s: s.health(Odd(502, headers={"Ngrok-Error-Code": "ERR_NGROK_8012"})),
     "server", "failure", ("no server behind it", "flask run")),
    ("proxy alone", lambda s: s.health(Odd(504)), "server", "failure", ("no server behind it",)),
    ("silence", lambda s: s.silent_server(), "server", "failure", ("in time", "ngrok")),
    ("within", lambda s: s.far(), "server", "failure", ("Telnyx cannot reach", "PUBLIC_URL")),
    # music
    ("server down", lambda s: s.health(Odd(404)), "music", "warning", ("on the server",)),
    ("not there", lambda s: s.music(Odd(404)), "music", "failure", ("404", "HOLD_AUDIO_URL")),
    ("nonsense", lambda s: s.music(Odd(404, b"zz", {"Transfer-Encoding": "chunked"})), "music",
     "failure", ("404", "HOLD_AUDIO_URL")),
    ("nonsense", lambda s: s.music(Odd(200, b"zz", {"Transfer-Encoding": "chunked"})), "music",
     "failure", ("no answer", "not HTTP", "HOLD_AUDIO_URL")),
    ("hung up on", lambda s: s.music(Odd(0)), "music", "failure", ("was cut", "HOLD_AUDIO_URL")),
    ("a page", lambda s: s.music(Odd(body=HTML, headers={"Content-Type": "text/html; charset=x"})),
     "music", "failure", ("not a WAV or MP3: it is text/html", "HOLD_AUDIO_URL")),
    ("a page as MP3", lambda s: s.music(Odd(body=HTML, headers={"Content-Type": "audio/mpeg"})),
     "music", "failure", ("not a WAV or MP3", "HOLD_AUDIO_URL")),
    ("empty", lambda s: s.music(Odd(headers={"Content-Type": "audio/wav"})), "music", "failure",
     ("not a WAV or MP3", "HOLD_AUDIO_URL")),
    ("a text", lambda s: s.music(Odd(body=b"hello")), "music", "failure", ("no known type",)),
    ("round and round", lambda s: s.music(Odd(302, headers={"Location": "/a.mp3"})), "music",
     "failure", ("302", "HOLD_AUDIO_URL")),
    ("to ftp", lambda s: s.music(Odd(302, headers={"Location": "ftp://127.0.0.1/a.mp3"})), "music",
     "failure", ("redirects to an address of ftp", "HOLD_AUDIO_URL")),
    ("no answer", lambda s: s.settings(hold_audio_url="http://u:s3cret@127.0.0.1:9/a.wav?b=s3cret"),
     "music", "failure", ("http://127.0.0.1:9/a.wav:", "refused", "HOLD_AUDIO_URL")),
    ("no host", lambda s: s.settings(hold_audio_url="http://127.0.0.1:x/a.wav"), "music",
     "failure", ("cannot be parsed", "HOLD_AUDIO_URL")),
    ("within", lambda s: s.far(hold_audio_url=f"{s.line.url}/hold-music.wav"), "music", "failure",
     ("Telnyx cannot reach", "HOLD_AUDIO_URL")),
    ("changed on its way", lambda s: s.changed_music(), "music", "failure",
     ("text/html", "between Telnyx and this server")),
]  # fmt: skip


@pytest.mark.parametrize(
    ("bring_about", "check", "state", "words"),
    [case[1:] for case in CASES],
    ids=[f"{case[2]}: {case[0]}" for case in CASES],
)
def test_what_is_wrong_is_found(
    scene: Scene,
    bring_about: Callable[[Scene], Settings],
    check: str,
    state: State,
    words: tuple[str, ...],
) -> None:
    findings = [finding for finding in found(bring_about(scene)) if finding.check == check]
    told = [f"{each.what} -> {each.todo}" for each in findings if each.state == state]
    assert any(all(word in text for word in words) for text in told), findings


def test_all_is_well(scene: Scene) -> None:
    findings = found(scene.settings())
    assert [finding.state for finding in findings] == ["ok"] * len(CHECKS)
    assert "...0100" in findings[5].what
    assert any(each.path == "/public_key" for each in scene.line.telnyx.requests)


GOOD: list[tuple[str, Callable[[Scene], Settings], str, str]] = [
    ("MP3 by its bytes", lambda s: s.music(Odd(body=MP3)), "music", "WAV or MP3 at"),
    ("MP3 with a title", lambda s: s.music(Odd(body=b"ID3\x04" + MP3)), "music", "WAV or MP3 at"),
    ("MP3 by its type", lambda s: s.music(Odd(body=b"\0", headers={"Content-Type": "audio/MPEG"})),
     "music", "WAV or MP3 at"),
    ("long", lambda s: s.music(Odd(body=MP3 * 100_000)), "music", "WAV or MP3 at"),
    ("elsewhere", lambda s: s.music(Odd(302, headers={"Location": f"{s.line.url}/hold-music.wav"})),
     "music", "WAV or MP3 at"),
    ("by application", lambda s: s.settings(telnyx_number=""), "number", "...0100"),
    ("any application", lambda s: s.settings(telnyx_connection_id=""), "number", "an application"),
    ("by PUBLIC_URL", lambda s: s.settings(telnyx_connection_id="", public_url=s.line.url),
     "server", "it answers"),
    ("spelled otherwise", lambda s: (
        s.application(webhook_event_url="HTTPS://Localhost:443/webhook"),
        s.settings(public_url="https://localhost"),
    )[1], "application", "active"),
    ("numbers of rooms", lambda s: s.settings(numbers={NUMBER: "team", TEXML_NUMBER: "sales"}),
     "rooms", "2 of their numbers"),
    # A number on TeXML alone
    ("TeXML", lambda s: s.texml(), "TeXML", "by POST"),
    ("its number", lambda s: s.texml(), "number", "...0100 is assigned to a TeXML application"),
    ("any number", lambda s: s.texml({"telnyx_number": ""}), "number", "...0100"),
    ("TeXML", lambda s: s.texml(), "application", "no Call Control application is needed"),
    ("TeXML", lambda s: s.texml({"telnyx_number": ""}), "application", "no Call Control"),
    ("by TeXML", lambda s: s.texml(), "server", "it answers"),
    ("by a TeXML room", lambda s: s.texml(url="/texml/blue"), "server", "it answers"),
    ("a secret", lambda s: s.texml({"texml_secret": SECRET}, url=f"/texml/{SECRET}"), "TeXML",
     "/texml/... by POST"),
    ("both", lambda s: s.texml({"texml_secret": SECRET}, url=f"/texml/{SECRET}/blue"), "TeXML",
     "/texml/... by POST"),
    # and with both
    ("a number on TeXML", lambda s: s.settings(telnyx_number=TEXML_NUMBER), "number", "a TeXML"),
    ("none", lambda s: s.no_texml(), "TeXML", "no TeXML application leads here"),
    ("another line's", lambda s: (
        s.texml(url="https://x.com/texml", method="get"), s.settings(public_url=s.line.url)
    )[1], "TeXML", "no TeXML application leads here"),
    ("another's", lambda s: s.texml({"telnyx_number": NUMBER}, url="https://x.com/other"), "TeXML",
     "no TeXML application leads here"),
    ("its own time", lambda s: s.application(webhook_timeout_secs=25), "application", "API v2"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("bring_about", "check", "words"),
    [case[1:] for case in GOOD],
    ids=[f"{case[2]}: {case[0]}" for case in GOOD],
)
def test_what_is_as_good_is_found_good(
    scene: Scene, bring_about: Callable[[Scene], Settings], check: str, words: str
) -> None:
    (finding,) = [finding for finding in found(bring_about(scene)) if finding.check == check]
    assert (finding.state, words in finding.what) == ("ok", True), finding


# The command


def doctor(settings: Settings, *options: str) -> Result:
    return create_app(settings).test_cli_runner().invoke(args=["doctor", *options])


def test_without_a_failure_it_ends_with_0(scene: Scene) -> None:
    result = doctor(scene.settings())
    assert result.exit_code == 0
    assert [line[:9].strip() for line in result.output.splitlines()[:9]] == ["ok"] * 9
    assert "All is well" in result.output
    warned = doctor(scene.number(status="port-pending"))
    assert warned.exit_code == 0
    assert "Failures: none, warnings: 1" in warned.output


def test_a_failure_is_shown_with_what_to_do_and_ends_with_1(scene: Scene) -> None:
    result = doctor(scene.application(active=False))
    assert result.exit_code == 1
    assert "FAILURE  application  it is not active" in result.output
    assert "\n                      -> Switch it on in the Telnyx portal" in result.output
    assert "Failures: 1, warnings: 0" in result.output
    assert max(map(len, result.output.splitlines())) <= 100
    assert "\x1b" not in result.output


def test_json(scene: Scene) -> None:
    good = json.loads(doctor(scene.settings(), "--json").output)
    assert good["ok"] is True
    assert [finding["check"] for finding in good["findings"]] == CHECKS
    result = doctor(scene.settings(telnyx_api_key="KEY_wrong"), "--json")
    bad = json.loads(result.output)
    assert (result.exit_code, bad["ok"]) == (1, False)
    assert bad["findings"][1].keys() == {"check", "state", "what", "todo"}


def test_usage(scene: Scene) -> None:
    assert doctor(scene.settings(), "--nonsense").exit_code == 2
    assert "Example: flask doctor" in doctor(scene.settings(), "--help").output


def test_nothing_that_others_say_reaches_the_terminal_as_it_is() -> None:
    finding = Finding("music", "failure", "it is \x1b[2J" + "x" * 9999, "Repair it.")
    assert "\x1b" not in _line(finding, colour=False)
    assert "\x1b[2J" not in _line(finding, colour=True)
    assert _line(finding, colour=True).startswith("\x1b[31m\x1b[1mFAILURE")
    assert len(_line(finding, colour=False)) < LONGEST + 200


@pytest.mark.parametrize(
    "settings",
    [{}, {"TELNYX_API_KEY": API_KEY, "TELNYX_PUBLIC_KEY": servers.PUBLIC_KEY,
          "TELNYX_BASE_URL": servers.NOWHERE, "PUBLIC_URL": NOWHERE, "HOLD_AUDIO_URL": NOWHERE}],
    ids=["no settings", "no network"],
)  # fmt: skip
def test_as_its_user_runs_it(tmp_path: Path, settings: dict[str, str]) -> None:
    ended = servers.ends([*servers.FLASK_RUN[:-1], "doctor"], tmp_path, **settings)
    assert ended.returncode == 1, ended.stdout
    assert "Traceback" not in ended.stdout
    assert "FAILURE" in ended.stdout
    assert "Failures: " in ended.stdout.splitlines()[-1]
    assert API_KEY not in ended.stdout


def test_a_file_that_others_can_read_is_warned_of(tmp_path: Path) -> None:
    file = tmp_path / ".env"
    file.write_text(f"TELNYX_API_KEY={API_KEY}\n")
    file.chmod(0o644)
    given = {"TELNYX_PUBLIC_KEY": servers.PUBLIC_KEY, "TELNYX_BASE_URL": servers.NOWHERE}
    ended = servers.ends([*servers.FLASK_RUN[:-1], "doctor", "--json"], tmp_path, **given)
    finding, *_ = json.loads(ended.stdout)["findings"]
    assert (finding["check"], finding["state"]) == ("settings", "warning")
    assert finding["what"].endswith(f"it holds TELNYX_API_KEY. Run: chmod 600 {file}")
    assert API_KEY not in ended.stdout


def test_a_number_in_a_finding_is_masked() -> None:
    finding = warning("TeXML", "Sales +1 312 555 0142 leads nowhere", "Set tel:+13125550142.")
    assert (finding.what, finding.todo) == (
        "Sales +...0142 leads nowhere",
        "Set tel:+...0142.",
    )


def test_a_key_is_read_as_the_portal_shows_it(scene: Scene) -> None:
    key = SigningKey.generate().verify_key
    scene.account.public_key = f" {base64.b64encode(bytes(key)).decode()}\n"
    settings = scene.settings(telnyx_public_key=key, room=RoomSettings())
    assert found(settings)[2].state == "ok"
