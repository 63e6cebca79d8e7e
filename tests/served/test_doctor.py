"""`flask doctor`: each fault that it can find is made, over real HTTP, and must be named."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from click.testing import Result
from nacl.signing import SigningKey
from rigs import doctor as rig
from rigs import servers
from rigs.doctor import (
    CHECKS,
    HTML,
    MP3,
    MULTICAST,
    NOWHERE,
    NUMBER,
    PUBLIC,
    SECRET,
    TEXML_NUMBER,
    TOO_LONG,
    Scene,
    found,
)
from rigs.odd_server import Odd

from conference import create_app
from conference.cli.checkup import LONGEST, _line
from conference.core.origin import UNSET
from conference.core.room_settings import RoomSettings
from conference.demo.rehearsal import API_KEY
from conference.doctor import reach
from conference.doctor.finding import Fact, finding
from conference.doctor.phrases import PHRASES
from conference.settings import Problem, Settings, read
from conference.simulator import CONNECTION_ID


@pytest.fixture(scope="module")
def running() -> Iterator[rig.Running]:
    with rig.running() as found:
        yield found


@pytest.fixture
def scene(running: rig.Running, monkeypatch: pytest.MonkeyPatch) -> Iterator[Scene]:
    with rig.scene_of(running, monkeypatch) as found:
        yield found


Case = tuple[str, Callable[[Scene], Settings], str, tuple[str, ...]]
"""What is wrong, how to bring it about, the fact that must be found, and words of its finding."""


def malformed(**settings: str) -> Callable[[Scene], Settings]:
    """Good settings but for these, read from an environment."""
    names = {"TELNYX_API_KEY": API_KEY, "TELNYX_PUBLIC_KEY": servers.PUBLIC_KEY}
    return lambda s: read(names | {"TELNYX_BASE_URL": s.line.telnyx.base_url} | settings)


ASKED = "in the Telnyx portal, Voice API applications"
NUMBERS = "in the Telnyx portal, My Numbers"
A_TEXML = Odd(
    body=b'{"data": [{"id": "1", "friendly_name": "Sales", "voice_url": "http://127.0.0.1/texml"}]}'
)
TEXML = "in the Telnyx portal, TeXML applications"

CASES: list[Case] = [
    ("no key", malformed(TELNYX_API_KEY=""), "settings.api-key", ("TELNYX_API_KEY", ".env")),
    ("no key either", malformed(TELNYX_API_KEY=""), "api-key.not-checked", ("TELNYX_API_KEY",)),
    ("misspelt", malformed(TEXML_MUTE="yes"), "settings.misspelt", ("TEXML_MUTED",)),
    ("bad key", malformed(TELNYX_PUBLIC_KEY="x"), "settings.public-key", ("TELNYX_PUBLIC_KEY",)),
    ("bad key too", malformed(TELNYX_PUBLIC_KEY="x"),
     "public-key.not-checked", ("First correct TELNYX_PUBLIC_KEY",)),
    ("bad base", malformed(TELNYX_BASE_URL="x"), "clock.not-checked", ("TELNYX_BASE_URL",)),
    ("bad id", malformed(TELNYX_CONNECTION_ID="\x01"), "application.not-checked",
     ("First correct TELNYX_CONNECTION_ID",)),
    ("bad number", malformed(TELNYX_NUMBER="312"), "number.not-checked", ("TELNYX_NUMBER",)),
    ("bad music", malformed(HOLD_AUDIO_URL="x"), "music.not-checked", ("HOLD_AUDIO_URL",)),
    ("a bad base", malformed(TELNYX_BASE_URL="x"), "settings.problem", ("TELNYX_BASE_URL", ".env")),
    ("rooms for all to read", lambda s: s.settings(exposed=(Problem("ROOMS_FILE", "Run: chmod"),)),
     "settings.rooms-file-exposed", ("ROOMS_FILE: Run: chmod", "Replace")),
    # API key
    ("refused", lambda s: s.settings(telnyx_api_key="KEY_wrong"), "api-key.refused",
     ("(401)", "TELNYX_API_KEY", "Keys & Credentials, API Keys")),
    ("forbidden", lambda s: s.odd_telnyx({"/phone_numbers?page%5Bsize%5D=1": Odd(403)}),
     "api-key.not-allowed", ("(403)", "TELNYX_API_KEY")),
    ("limited", lambda s: s.fails(429), "api-key.limited", ("(429)",)),
    ("trouble", lambda s: s.fails(503), "api-key.trouble", ("(503)", "status.telnyx.com")),
    ("a login page", lambda s: s.odd_telnyx({"/phone_numbers?page%5Bsize%5D=1": Odd(body=HTML)}),
     "api-key.not-telnyx", ("does not answer as Telnyx does", "TELNYX_BASE_URL")),
    ("no /v2", lambda s: s.settings(telnyx_base_url=s.line.url), "api-key.not-telnyx",
     ("(404)", "TELNYX_BASE_URL to https://api.telnyx.com/v2")),
    ("nobody", lambda s: s.settings(telnyx_base_url=f"{NOWHERE}/v2"), "api-key.no-answer",
     ("127.0.0.1:9", "refused", "TELNYX_BASE_URL")),
    ("no name", lambda s: s.settings(telnyx_base_url=TOO_LONG), "api-key.no-answer",
     ("(DNS)", "TELNYX_BASE_URL")),
    ("no way", lambda s: s.settings(telnyx_base_url=MULTICAST), "api-key.no-answer",
     ("no way to it", "TELNYX_BASE_URL")),
    ("no port", lambda s: s.settings(telnyx_base_url="http://u:s3cret@127.0.0.1:x/v2"),
     "api-key.no-answer", ("cannot be parsed", "TELNYX_BASE_URL")),
    ("silence", lambda s: s.silent_telnyx(), "api-key.no-answer",
     ("in time", "TELNYX_BASE_URL")),
    ("certificate", lambda s: s.settings(telnyx_base_url=f"{s.unsafe.url}/v2"),
     "api-key.no-answer", ("certificate is not valid: self", "TELNYX_BASE_URL")),
    ("no TLS", lambda s: s.settings(telnyx_base_url=s.odd.url.replace("http", "https")),
     "api-key.no-answer", ("SSL", "TELNYX_BASE_URL")),
    ("no proxy", lambda s: s.proxy(f"{PUBLIC}/v2", NOWHERE), "api-key.no-answer-by-proxy",
     ("refused", "by way of the proxy in HTTP_PROXY", "TELNYX_BASE_URL")),
    ("proxy's no", lambda s: s.proxy("https://telnyx.test/v2", s.odd.url),
     "api-key.no-answer-by-proxy", ("403", "by way of the proxy in HTTPS_PROXY")),
    ("all the rest", lambda s: s.settings(telnyx_api_key="wrong"), "number.not-checked",
     ("not checked", "First correct the API key")),
    # public key
    ("another's", lambda s: s.settings(telnyx_public_key=SigningKey.generate().verify_key),
     "public-key.other", ("another account", "TELNYX_PUBLIC_KEY", "Keys & Credentials")),
    ("not told", lambda s: s.key(None), "public-key.not-shown", ("(404)", "TELNYX_PUBLIC_KEY")),
    ("no base64", lambda s: s.key("~~~"), "public-key.not-shown", ("could not be compared",)),
    ("no object", lambda s: s.odd_telnyx({"/public_key": Odd(body=b'{"data": 7}')}),
     "public-key.not-shown", ("could not be compared",)),
    # clock
    ("late", lambda s: s.clock(-400), "clock.wrong", ("behind", "every webhook", "NTP")),
    ("early", lambda s: s.clock(400), "clock.wrong", ("ahead of", "every webhook", "NTP")),
    ("drifts", lambda s: s.clock(60), "clock.drifts", ("ahead of", "300 s", "NTP")),
    ("no date", lambda s: s.odd_telnyx({"/phone_numbers?page%5Bsize%5D=1": Odd(401, dated=False)}),
     "clock.not-dated", ("no date", "NTP")),
    # application
    ("no id", lambda s: s.settings(telnyx_connection_id=""), "application.not-set",
     ("restart", "TELNYX_CONNECTION_ID", ASKED)),
    ("wrong id", lambda s: s.settings(telnyx_connection_id="1/2"), "application.missing",
     ("(404)", "TELNYX_CONNECTION_ID", ASKED)),
    ("no record", lambda s: s.odd_telnyx({f"/call_control_applications/{CONNECTION_ID}": Odd(500)}),
     "application.unreadable", ("answered 500", "Try again")),
    ("switched off", lambda s: s.application(active=False), "application.inactive",
     ("not active", ASKED)),
    ("perhaps switched off", lambda s: s.application(active=None),
     "application.activity-not-shown", ("does not say", ASKED)),
    ("API v1", lambda s: s.application(webhook_api_version="1"), "application.api-version",
     ("API v1", "API v2", ASKED)),
    ("no time", lambda s: s.application(webhook_timeout_secs=0), "application.timeout",
     ("waits 0 s", "webhook timeout", ASKED)),
    ("no URL", lambda s: s.application(webhook_event_url=None), "application.no-url",
     ("no webhook URL", "/webhook", ASKED)),
    ("set up without", lambda s: s.application(webhook_event_url=f"{UNSET}/webhook"),
     "application.no-url", ("no webhook URL", "flask run --tunnel", "flask setup --public-url")),
    ("no address", lambda s: s.application(webhook_event_url="https://[x/webhook"),
     "application.no-url", ("no webhook URL",)),
    ("http", lambda s: s.far(), "application.http", ("http", "https://", ASKED)),
    ("TeXML's path", lambda s: s.application(webhook_event_url=f"{s.line.url}/texml/s3cret/red"),
     "application.path", ("/texml/.../... does not end in /webhook",)),
    ("its path", lambda s: s.application(webhook_event_url=f"{s.line.url}/telnyx?a=s3cret"),
     "application.path", ("/telnyx does not end in /webhook", ASKED)),
    ("elsewhere", lambda s: s.settings(public_url="https://localhost"), "application.elsewhere",
     ("not at PUBLIC_URL", "Correct or remove PUBLIC_URL", ASKED)),
    # number
    ("neither", lambda s: s.no_texml(telnyx_connection_id="", telnyx_number=""),
     "number.not-set", ("TELNYX_NUMBER or TELNYX_CONNECTION_ID",)),
    ("not ours", lambda s: s.settings(telnyx_number="+13125550199"), "number.not-owned",
     ("no number ...0199", "TELNYX_NUMBER", NUMBERS)),
    ("another's", lambda s: s.number(connection_id="42"), "number.other-application",
     ("...0100", "not TELNYX_CONNECTION_ID", "Assign", NUMBERS)),
    ("nobody's", lambda s: s.number(connection_id=None), "number.no-application",
     ("no application", "Assign", NUMBERS)),
    ("ported", lambda s: s.number(status="port-pending"), "number.inactive",
     ("...0100", "port-pending", NUMBERS)),
    ("none", lambda s: (s.number(connection_id="42"), s.settings(telnyx_number=""))[1],
     "number.none", ("no number is assigned", "Assign", NUMBERS)),
    ("no list", lambda s: s.odd_telnyx({}), "number.unreadable", ("answered 404", "Try again")),
    ("no list", lambda s: s.odd_telnyx({}, telnyx_number=""), "number.unreadable", ("Try again",)),
    # numbers of the rooms file
    ("not ours", lambda s: s.settings(numbers={NUMBER: "team", "+13125550199": "sales"}),
     "rooms.not-ours", ("no application of ours: ...0199 of sales", "Assign", NUMBERS)),
    ("no application", lambda s: s.no_texml(telnyx_connection_id="", numbers={NUMBER: "team"}),
     "rooms.not-checked", ("Check that", NUMBERS)),
    ("no list", lambda s: s.odd_telnyx({}, numbers={NUMBER: "team"}), "rooms.unreadable",
     ("answered 404", "Try again")),
    # TeXML
    ("no key", lambda s: s.settings(telnyx_api_key="wrong"), "texml.not-checked", ("API key",)),
    ("no list", lambda s: s.odd_telnyx({}), "texml.unreadable", ("answered 404", "Try again")),
    ("no list", lambda s: s.odd_telnyx({"/texml_applications": A_TEXML}, public_url=""),
     "texml.numbers-unreadable", ("Sales: its numbers could not be read (404)", "Try again")),
    ("switched off", lambda s: s.texml(active=False), "texml.inactive",
     ("not active", "Switch it on", TEXML)),
    ("no URL", lambda s: s.texml(url=""), "texml.path", ("not lead", "/texml", TEXML)),
    ("no address", lambda s: s.texml(url="https://[x/texml"), "texml.path", ("not lead",)),
    ("by ftp", lambda s: s.texml(url="ftp://x.com/texml"), "texml.path", ("not lead",)),
    ("its path", lambda s: s.texml(url="/webhook"), "texml.path", ("not lead", TEXML)),
    ("GET", lambda s: s.texml(method="get"), "texml.method", ("GET", "405", "POST", TEXML)),
    ("no room", lambda s: s.texml(url="/texml/status"), "texml.no-room", ("room", "404", TEXML)),
    ("a slash", lambda s: s.texml(url="/texml/"), "texml.no-room", ("room", "404", TEXML)),
    ("no secret", lambda s: s.texml(url=f"/texml/{SECRET}/blue"), "texml.wrong-secret",
     ("not TEXML_SECRET", "401", TEXML)),
    ("another secret", lambda s: s.texml({"texml_secret": SECRET}, url=f"/texml/{SECRET}x/blue"),
     "texml.wrong-secret", ("not TEXML_SECRET", "401", "/texml/<TEXML_SECRET>")),
    ("another secret alone", lambda s: s.texml({"texml_secret": SECRET}, url=f"/texml/{SECRET}x"),
     "texml.no-secret", ("no TEXML_SECRET", "401", "/texml/<TEXML_SECRET>", "Or remove")),
    ("a secret and no room", lambda s: s.texml({"texml_secret": SECRET}, url=f"/texml/{SECRET}/é"),
     "texml.no-room", ("room", "404")),
    ("http", lambda s: (s.texml(), s.far(telnyx_connection_id="", telnyx_number=TEXML_NUMBER,
                                         public_url=""))[1],
     "texml.http", ("http", "https://", TEXML)),
    ("no PUBLIC_URL", lambda s: s.texml({"public_url": ""}), "texml.no-public-url",
     ("no caller can join", "PUBLIC_URL is not set", "Set PUBLIC_URL to http://127.0.0.1:")),
    ("elsewhere", lambda s: s.texml({"public_url": "https://localhost"}), "texml.elsewhere",
     ("not at PUBLIC_URL", "Correct or remove PUBLIC_URL", TEXML)),
    ("too many", lambda s: s.texml({"max_participants": 251}), "texml.too-many",
     ("MAX_PARTICIPANTS is '251'", "from 2 to 250", "restart the server")),
    ("nobody's", lambda s: (s.number(connection_id="42"), s.texml({"telnyx_number": ""}))[1],
     "texml.no-number", ("no number is assigned", "Assign", NUMBERS)),
    ("not there", lambda s: s.no_texml(texml_secret=SECRET, public_url=""), "texml.not-there",
     ("no TeXML application", "<your public address>/texml/<TEXML_SECRET>", "Or remove", TEXML)),
    ("not here", lambda s: s.texml({"texml": {"muted": "true"}, "telnyx_number": "",
                                    "public_url": s.line.url}, url="https://x.com/texml"),
     "texml.not-there", ("no TeXML application", "Or remove")),
    # server
    ("unknown", lambda s: s.no_texml(telnyx_connection_id="", public_url=""), "server.no-address",
     ("repair the application, or set PUBLIC_URL",)),
    ("a relay", lambda s: (s.application(webhook_event_url=f"{s.odd.url}/telnyx"),
                           s.no_texml(public_url=""))[1], "server.no-address",
     ("repair the application, or set PUBLIC_URL",)),
    ("down", lambda s: s.application(webhook_event_url=f"{NOWHERE}/webhook"), "server.no-answer",
     (NOWHERE, "refused", "flask run --tunnel")),
    ("ends", lambda s: s.draining(), "server.ending", ("ending", "flask run")),
    ("not ready", lambda s: s.not_ready(Odd(503, b'{"reasons": ["one", "another"]}')),
     "server.not-ready", ("serves no calls: one; another", "Ready or not")),
    ("older", lambda s: s.not_ready(Odd(404)), "server.readiness-not-shown", ("it answers at",)),
    ("odd", lambda s: s.not_ready(Odd(503, b'{"reasons": 7}')),
     "server.readiness-not-shown", ("it answers",)),
    ("a list", lambda s: s.health(Odd(body=b"[7]")), "server.something-else", ("something else",)),
    ("busy", lambda s: s.health(Odd(503)), "server.something-else", ("something else", "503")),
    ("parked", lambda s: s.health(Odd(body=HTML)),
     "server.something-else", ("something else", "200")),
    ("ngrok is down", lambda s: s.health(Odd(404, headers={"Ngrok-Error-Code": "ERR_NGROK_3200"})),
     "server.no-tunnel", ("ERR_NGROK_3200", "flask run --tunnel", "ngrok", "webhook URL")),
    ("ngrok alone", lambda s: s.health(Odd(502, headers={"Ngrok-Error-Code": "ERR_NGROK_8012"})),
     "server.only-a-proxy", ("no server behind it", "flask run")),
    ("proxy alone", lambda s: s.health(Odd(504)), "server.only-a-proxy", ("no server behind it",)),
    ("silence", lambda s: s.silent_server(), "server.no-answer", ("in time", "flask run --tunnel")),
    ("within", lambda s: s.far(), "server.not-public", ("Telnyx cannot reach", "PUBLIC_URL")),
    # music
    ("server down", lambda s: s.health(Odd(404)), "own-music.not-checked", ("on the server",)),
    ("not there", lambda s: s.music(Odd(404)), "music.refused", ("404", "HOLD_AUDIO_URL")),
    ("nonsense", lambda s: s.music(Odd(404, b"zz", {"Transfer-Encoding": "chunked"})),
     "music.refused", ("404", "HOLD_AUDIO_URL")),
    ("nonsense", lambda s: s.music(Odd(200, b"zz", {"Transfer-Encoding": "chunked"})),
     "music.no-answer", ("no answer", "not HTTP", "HOLD_AUDIO_URL")),
    ("hung up on", lambda s: s.music(Odd(0)), "music.no-answer", ("was cut", "HOLD_AUDIO_URL")),
    ("a page", lambda s: s.music(Odd(body=HTML, headers={"Content-Type": "text/html; charset=x"})),
     "music.not-audio", ("not a WAV or MP3: it is text/html", "HOLD_AUDIO_URL")),
    ("a page as MP3", lambda s: s.music(Odd(body=HTML, headers={"Content-Type": "audio/mpeg"})),
     "music.not-audio", ("not a WAV or MP3", "HOLD_AUDIO_URL")),
    ("empty", lambda s: s.music(Odd(headers={"Content-Type": "audio/wav"})), "music.not-audio",
     ("not a WAV or MP3", "HOLD_AUDIO_URL")),
    ("a text", lambda s: s.music(Odd(body=b"hello")), "music.not-audio", ("no known type",)),
    ("round and round", lambda s: s.music(Odd(302, headers={"Location": "/a.mp3"})),
     "music.refused", ("302", "HOLD_AUDIO_URL")),
    ("to ftp", lambda s: s.music(Odd(302, headers={"Location": "ftp://127.0.0.1/a.mp3"})),
     "music.no-answer", ("redirects to an address of ftp", "HOLD_AUDIO_URL")),
    ("no answer", lambda s: s.settings(hold_audio_url="http://u:s3cret@127.0.0.1:9/a.wav?b=s3cret"),
     "music.no-answer", ("http://127.0.0.1:9/a.wav:", "refused", "HOLD_AUDIO_URL")),
    ("no host", lambda s: s.settings(hold_audio_url="http://127.0.0.1:x/a.wav"),
     "music.no-answer", ("cannot be parsed", "HOLD_AUDIO_URL")),
    ("within", lambda s: s.far(hold_audio_url=f"{s.line.url}/hold-music.wav"), "music.not-public",
     ("Telnyx cannot reach", "HOLD_AUDIO_URL")),
    ("changed on its way", lambda s: s.own_music(
        Odd(body=HTML, headers={"Content-Type": "text/html"})
    ), "own-music.not-audio", ("text/html", "between Telnyx and this server")),
    ("not passed on", lambda s: s.own_music(Odd(404)), "own-music.refused",
     ("404", "between Telnyx and this server")),
    ("cut off", lambda s: s.own_music(Odd(0)), "own-music.no-answer",
     ("was cut", "between Telnyx and this server")),
]  # fmt: skip


@pytest.mark.parametrize(
    ("bring_about", "fact", "words"),
    [case[1:] for case in CASES],
    ids=[f"{case[2]}: {case[0]}" for case in CASES],
)
def test_what_is_wrong_is_found(
    scene: Scene,
    bring_about: Callable[[Scene], Settings],
    fact: str,
    words: tuple[str, ...],
) -> None:
    findings = found(bring_about(scene))
    shown = [f"{each.what} -> {each.todo}" for each in findings if each.fact == fact]
    assert any(all(word in text for word in words) for text in shown), findings
    assert PHRASES[fact].state != "ok" or fact == "server.ok"


def test_the_built_in_music_is_at_an_address_that_telnyx_can_reach(scene: Scene) -> None:
    settings = scene.settings(telnyx_base_url=f"{PUBLIC}/v2")
    fact = reach.music(settings, f"{scene.line.url}/hold-music.wav")
    assert fact.name == "own-music.not-public"
    assert "PUBLIC_URL" in finding(fact).todo


def test_all_is_well(scene: Scene) -> None:
    findings = found(scene.settings())
    assert [each.fact for each in findings] == [
        *("settings.ok", "api-key.ok", "public-key.ok", "clock.ok", "balance.ok"),
        *("application.ok", "number.ok", "texml.ok", "deliveries.ok"),
        *("server.ok", "self-test.ok", "music.ok"),
    ]
    assert {each.state for each in findings} == {"ok"}
    assert "...0100" in findings[6].what
    assert any(each.path == "/public_key" for each in scene.line.telnyx.requests)


GOOD: list[tuple[str, Callable[[Scene], Settings], str, str]] = [
    ("MP3 by its bytes", lambda s: s.music(Odd(body=MP3)), "music.ok", "WAV or MP3 at"),
    ("MP3 with a title", lambda s: s.music(Odd(body=b"ID3\x04" + MP3)),
     "music.ok", "WAV or MP3 at"),
    ("MP3 by its type", lambda s: s.music(Odd(body=b"\0", headers={"Content-Type": "audio/MPEG"})),
     "music.ok", "WAV or MP3 at"),
    ("long", lambda s: s.music(Odd(body=MP3 * 100_000)), "music.ok", "WAV or MP3 at"),
    ("by application", lambda s: s.settings(telnyx_number=""), "number.some", "...0100"),
    ("any application", lambda s: s.settings(telnyx_connection_id=""),
     "number.ok", "an application"),
    ("by PUBLIC_URL", lambda s: s.settings(telnyx_connection_id="", public_url=s.line.url),
     "server.ok", "it answers"),
    ("spelled otherwise", lambda s: (
        s.application(webhook_event_url="HTTPS://Localhost:443/webhook"),
        s.settings(public_url="https://localhost"),
    )[1], "application.ok", "active"),
    ("numbers of rooms", lambda s: s.settings(numbers={NUMBER: "team", TEXML_NUMBER: "sales"}),
     "rooms.ok", "2 of their numbers"),
    # A number on TeXML alone
    ("TeXML", lambda s: s.texml(), "texml.ok", "by POST"),
    ("its number", lambda s: s.texml(), "number.ok", "...0100 is assigned to a TeXML application"),
    ("any number", lambda s: s.texml({"telnyx_number": ""}), "number.some", "...0100"),
    ("TeXML", lambda s: s.texml(),
     "application.not-needed", "no Call Control application is needed"),
    ("TeXML", lambda s: s.texml({"telnyx_number": ""}),
     "application.not-needed", "no Call Control"),
    ("by TeXML", lambda s: s.texml(), "server.ok", "it answers"),
    ("by a TeXML room", lambda s: s.texml(url="/texml/blue"), "server.ok", "it answers"),
    ("a secret", lambda s: s.texml({"texml_secret": SECRET}, url=f"/texml/{SECRET}"), "texml.ok",
     "/texml/... by POST"),
    ("both", lambda s: s.texml({"texml_secret": SECRET}, url=f"/texml/{SECRET}/blue"), "texml.ok",
     "/texml/... by POST"),
    # and with both
    ("a number on TeXML", lambda s: s.settings(telnyx_number=TEXML_NUMBER), "number.ok", "a TeXML"),
    ("none", lambda s: s.no_texml(), "texml.none", "no TeXML application leads here"),
    ("another line's", lambda s: (
        s.texml(url="https://x.com/texml", method="get"), s.settings(public_url=s.line.url)
    )[1], "texml.none", "no TeXML application leads here"),
    ("another's", lambda s: s.texml({"telnyx_number": NUMBER}, url="https://x.com/other"),
     "texml.none", "no TeXML application leads here"),
    ("among many", lambda s: s.among_many(), "texml.ok", "/texml by POST"),
    ("its own time", lambda s: s.application(webhook_timeout_secs=25), "application.ok", "API v2"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("bring_about", "fact", "words"),
    [case[1:] for case in GOOD],
    ids=[f"{case[2]}: {case[0]}" for case in GOOD],
)
def test_what_is_as_good_is_found_good(
    scene: Scene, bring_about: Callable[[Scene], Settings], fact: str, words: str
) -> None:
    check = PHRASES[fact].check
    (finding,) = [finding for finding in found(bring_about(scene)) if finding.check == check]
    assert (finding.fact, finding.state, words in finding.what) == (fact, "ok", True), finding


# The command


def doctor(settings: Settings, *options: str) -> Result:
    return create_app(settings).test_cli_runner().invoke(args=["doctor", *options])


def test_without_a_failure_it_ends_with_0(scene: Scene) -> None:
    result = doctor(scene.settings())
    assert result.exit_code == 0
    states = [line[:9].strip() for line in result.output.splitlines() if line[:1].strip()]
    assert states[:-1] == ["ok"] * len(CHECKS)
    assert "All is well" in result.output
    warned = doctor(scene.number(status="port-pending"))
    assert warned.exit_code == 0
    assert "Failures: none, warnings: 1, unknown: 0." in warned.output


def test_unknown_is_no_failure_and_not_all_is_well(scene: Scene) -> None:
    result = doctor(scene.settings(control_token=""))
    assert result.exit_code == 0
    assert "\nunknown  self-test    not checked" in result.output
    assert "Failures: none, warnings: 0, unknown: 1." in result.output


def test_what_setup_cannot_repair_does_not_name_it(scene: Scene) -> None:
    result = doctor(scene.settings(hold_audio_url=f"{NOWHERE}/a.mp3"))
    assert (result.exit_code, "flask setup" in result.output) == (1, False)


def test_a_failure_is_shown_with_what_to_do_and_ends_with_1(scene: Scene) -> None:
    result = doctor(scene.application(active=False))
    assert result.exit_code == 1
    assert "FAILURE  application  it is not active" in result.output
    assert "\n                      -> Switch it on in the Telnyx portal" in result.output
    assert "Failures: 1, warnings: 0, unknown: 0. Begin" in result.output
    assert "Voice API applications. Or run: flask setup" in " ".join(result.output.split())
    assert max(map(len, result.output.splitlines())) <= 100
    assert "\x1b" not in result.output


def test_json(scene: Scene) -> None:
    good = json.loads(doctor(scene.settings(), "--json").output)
    assert good["ok"] is True
    assert [finding["check"] for finding in good["findings"]] == CHECKS
    result = doctor(scene.settings(telnyx_api_key="KEY_wrong"), "--json")
    bad = json.loads(result.output)
    assert (result.exit_code, bad["ok"]) == (1, False)
    assert bad["findings"][1] == {
        "fact": "api-key.refused",
        "check": "API key",
        "state": "failure",
        "what": "Telnyx refuses it (401)",
        "todo": "Set TELNYX_API_KEY to one that is active in the Telnyx portal, "
        "Keys & Credentials, API Keys.",
        "repair": "api-key",
    }


def test_usage(scene: Scene) -> None:
    assert doctor(scene.settings(), "--nonsense").exit_code == 2
    assert "Example: flask doctor" in doctor(scene.settings(), "--help").output


def test_nothing_that_others_say_reaches_the_terminal_as_it_is() -> None:
    odd = finding(Fact("music.not-audio", url="it is \x1b[2J", kind="x" * 9999))
    assert "\x1b" not in _line(odd, colour=False)
    assert "\x1b[2J" not in _line(odd, colour=True)
    assert _line(odd, colour=True).startswith("\x1b[31m\x1b[1mFAILURE")
    assert len(_line(odd, colour=False)) < LONGEST + 200


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
    first, *_ = json.loads(ended.stdout)["findings"]
    assert (first["fact"], first["state"]) == ("settings.env-file-exposed", "warning")
    assert first["repair"] == "env-file"
    assert first["what"].endswith(f"it holds TELNYX_API_KEY. Run: chmod 600 {file}")
    assert API_KEY not in ended.stdout


def test_a_number_in_a_finding_is_masked() -> None:
    sales = "Sales +1 312 555 0142"
    shown = finding(Fact("texml.path", app=sales, address="tel:+13125550142"))
    assert shown.what == "Sales +...0142: its voice URL does not lead to a line"
    assert shown.todo.startswith("Set its voice URL to tel:+...0142 ")


def test_a_key_is_read_as_the_portal_shows_it(scene: Scene) -> None:
    key = SigningKey.generate().verify_key
    scene.account.public_key = f" {base64.b64encode(bytes(key)).decode()}\n"
    settings = scene.settings(telnyx_public_key=key, room=RoomSettings())
    assert found(settings)[2].state == "ok"
