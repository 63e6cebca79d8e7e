"""Settings: defaults, every kind of mistake, and the example file."""

import base64
import re
import sys
from dataclasses import fields
from pathlib import Path
from typing import Any

import pytest
from dotenv import dotenv_values
from rigs.recorded import PUBLIC_KEY

from conference.core.room_kinds import LANGUAGE
from conference.core.room_settings import RoomSettings
from conference.core.schema.texts import Address
from conference.core.texml.attributes import SETTINGS, attributes
from conference.settings import Settings, environment, load, make, read
from conference.settings.kinds import KINDS, REQUIRED

ROOT = Path(__file__).parents[2]
GOOD = {"TELNYX_API_KEY": "KEY", "TELNYX_PUBLIC_KEY": PUBLIC_KEY}

YES = ("yes", "YES", "true", "True", "on", "1")
NO = ("no", "No", "false", "FALSE", "off", "0")

MALFORMED = {
    "TELNYX_API_KEY": ["KEY with spaces", "KEY\u2026", "KEY\nKEY"],
    "TELNYX_PUBLIC_KEY": ["abc", "é", base64.b64encode(b"x" * 31).decode(), "-" * 44],
    "TELNYX_BASE_URL": ["api.telnyx.com", "ftp://x.com", "https://", "http://x:y", "http://[::1"],
    "TELNYX_NUMBER": [
        "13125550100",
        "+1 312 555 01 xx",
        "+1",
        "+0123456789",
        "+1312555010012345678",
    ],
    "CONFERENCE_NAME": ["two words", "status", "wait", "x" * 65, "né"],
    "HOLD_AUDIO_URL": [
        "music.mp3",
        "https://x.com/a b.mp3",
        "https://x.com/a\x07.mp3",
        "https://x.com/é.mp3",
        f"https://x.com/{'a' * 2000}",
    ],
    "PUBLIC_URL": [
        *("example.com", "https://example.com/webhook/", "https://é.example.com"),
        *("https://example.com/texml", "https://example.com/a/texml/blue/"),
        *("https://example.com/?a=b", "https://example.com/#a", "https://example.com?/webhook"),
    ],
    "BEEP": ["loud", "on_leave"],
    "COMFORT_NOISE": ["maybe", "2"],
    "DURATION_MINUTES": ["-1", "241", "1.5"],
    "MAX_PARTICIPANTS": ["1", "801", "many", "2.5", "²"],
    "REGION": ["Mars"],
    "RECONCILE_SECONDS": ["-1", "nan", "1e3", "0.001"],
    "ALONE_MINUTES": ["-1", "inf"],
    "STATUS_CALLBACK": [
        "ftp://x.com/told",
        "x.com",
        "https://",
        "http://x.com/a b",
        "http://é.com",
    ],
    "LOG_FORMAT": ["j-son-l", "logfmt"],
    "PORT": ["0", "65536", "http"],
    "THREADS": ["0"],
    "REDIS_URL": [
        "127.0.0.1:6379",
        "http://127.0.0.1:6379",
        "redis://",
        "redis://a b",
        "redis://é",
    ],
    "WEB_CONCURRENCY": ["0", "65", "auto"],
    "VOICE": ["fe\x00male", "\u202efemale"],
    "GREETING_FIRST": ["Hello\x07", "\u2067Hello"],
    "LANGUAGE": ["de-XX", "pt-AO", "en", "en_GB", "en_GB:en", "en-gb", "English", 'x"<'],
}


def test_nothing_set() -> None:
    settings = read({})
    assert {p.name for p in settings.problems} == set(REQUIRED)
    assert all("portal" in p.what for p in settings.problems)


def test_defaults() -> None:
    settings = read(GOOD)
    assert settings.problems == ()
    assert settings.conference_name == "demo-conference"
    assert (settings.room.beep, settings.room.max_participants) == ("always", 250)


@pytest.mark.parametrize(("name", "value"), [(n, v) for n, vs in MALFORMED.items() for v in vs])
def test_a_malformed_value_is_named(name: str, value: str) -> None:
    (problem,) = read(GOOD | {name: value}).problems
    assert problem.name == name
    assert problem.what.endswith("."), "a sentence that says what to do"


ALLOWED = {
    "BEEP": "one of always, never, on_enter, on_exit",
    "COMFORT_NOISE": "yes or no",
    "DURATION_MINUTES": "a whole number from 0 to 240",
    "MAX_PARTICIPANTS": "a whole number from 2 to 800",
    "REGION": "one of Australia, Europe, Middle East, US",
    "RECONCILE_SECONDS": "0, which is never, or a number from 1 to 86400",
    "ALONE_MINUTES": "a number from 0 to 240",
    "LOG_FORMAT": "one of text, json",
    "PORT": "a whole number from 1 to 65535",
    "THREADS": "a whole number from 1 to 1000",
    "WEB_CONCURRENCY": "a whole number from 1 to 64",
    "LANGUAGE": LANGUAGE.says,
}


@pytest.mark.parametrize(("name", "value"), [(n, v) for n in ALLOWED for v in MALFORMED[n]])
def test_a_malformed_value_is_told_with_what_is_allowed(name: str, value: str) -> None:
    (problem,) = read(GOOD | {name: value}).problems
    assert str(problem) == f"{name}: is {value!r}, and must be {ALLOWED[name]}."


@pytest.mark.parametrize(
    "name",
    [
        *("TELNYX_API_KEY", "TELNYX_PUBLIC_KEY", "CONTROL_TOKEN", "TELNYX_NUMBER", "DIAL_ALLOW"),
        "REDIS_URL",
    ],
)
def test_a_key_and_a_number_are_quoted_nowhere(name: str) -> None:
    (problem,) = read(GOOD | {name: "s3cret 13125550100"}).problems
    assert problem.name == name and "must be" in problem.what
    assert "s3cret" not in problem.what and "13125550100" not in problem.what


@pytest.mark.parametrize(("length", "good"), [(19, False), (20, True), (1000, True), (1001, False)])
def test_a_control_token_that_could_be_guessed_is_refused(length: int, good: bool) -> None:
    problems = read(GOOD | {"CONTROL_TOKEN": "x" * length}).problems
    how = (
        "CONTROL_TOKEN: must be 20 to 1000 characters of ASCII without spaces. Make one: "
        "python3 -c 'import secrets; print(secrets.token_urlsafe(32))'"
    )
    assert [str(each) for each in problems] == ([] if good else [how])


def test_a_long_value_is_told_in_part() -> None:
    (problem,) = read(GOOD | {"BEEP": "x" * 1000}).problems
    assert problem.what.startswith(f"is '{'x' * 80}...', and must be one of")


@pytest.mark.parametrize("name", ["HOLD_AUDIO_URL", "STATUS_CALLBACK"])
def test_what_cannot_stand_in_an_address_is_told_with_what_to_do(name: str) -> None:
    for value in ("https://u:s3cret@x.com/a b", "https://u:s3cret@x.com/a\x07"):
        (problem,) = read(GOOD | {name: value}).problems
        assert "percent-encoded" in problem.what and "s3cret" not in problem.what
    written = "https://x.com/a%20b/?c=d"
    settings = read(GOOD | {name: written})
    assert settings.problems == ()
    assert written in (settings.room.hold_audio_url, settings.room.status_callback)


def test_all_problems_are_reported_at_once() -> None:
    bad = {name: values[0] for name, values in MALFORMED.items()}
    assert [p.name for p in read(bad).problems] == [
        name for name in KINDS if name in bad or name in REQUIRED
    ]


def test_a_public_url_may_have_a_path_of_its_own() -> None:
    for url in (
        "https://texml",
        "http://webhook:5000",
        "https://example.com/line",
        "https://x/textml",
    ):
        settings = read(GOOD | {"PUBLIC_URL": f"{url}/"})
        assert (settings.problems, settings.room.public_url) == ((), url)


def test_empty_means_unset_but_for_greetings() -> None:
    settings = read(GOOD | {"BEEP": "", "PUBLIC_URL": " ", "GREETING_FIRST": ""})
    assert settings.problems == ()
    assert (settings.room.beep, settings.room.greeting_first) == ("always", "")


@pytest.mark.parametrize(
    ("given", "file", "used"),
    [
        ("en_GB:en", "", "en-GB"),
        ("en_US", "LANGUAGE=pt-PT", "pt-PT"),
        ("de-DE", "LANGUAGE=pt-PT", "de-DE"),
        ("en-GB-WLS", "", "en-GB-WLS"),
        ("arb", "", "arb"),
        *((theirs, "", "en-GB") for theirs in ("C", "C.UTF-8", "en", "sr@latin:en", "pt_BR.UTF-8")),
    ],
)
def test_the_language_of_a_linux_desktop_is_not_ours(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, given: str, file: str, used: str
) -> None:
    (tmp_path / ".env").write_text(file)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("LANGUAGE", given)
    settings = read(GOOD | environment())
    assert (settings.problems, settings.room.language) == ((), used)


@pytest.mark.parametrize(
    ("name", "meant"),
    [
        ("TEXML_MUTE", "TEXML_MUTED"),
        ("DIAL_ALOW", "DIAL_ALLOW"),
        ("texml_trim", "TEXML_TRIM"),
        ("TELNYX_CONECTION_ID", "TELNYX_CONNECTION_ID"),
        *((f"TEXML_{name}", name) for name in ("BEEP", "STATUS_CALLBACK", "MAX_PARTICIPANTS")),
    ],
)
def test_a_name_that_is_nearly_a_settings_is_told(name: str, meant: str) -> None:
    settings = read(GOOD | {name: "1", meant: ""})
    (hint,) = map(str, settings.misspelt)
    assert hint == f"{name}: is not a setting, and does nothing. Is {meant} meant?"
    assert settings.problems == ()


def test_what_begins_as_ours_is_told_whatever_follows() -> None:
    (hint,) = map(str, read(GOOD | {"TEXML_COACH": "x"}).misspelt)
    assert hint == "TEXML_COACH: is not a setting, and does nothing."
    (hint,) = map(str, read(GOOD | {"TEXML_BEEP": "never", "BEEP": "on_exit"}).misspelt)
    assert hint.endswith("does nothing. Is BEEP meant?"), "whose own value counts"


def test_nonsense_that_is_given_as_language_is_no_linux_desktops(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    for nonsense in ("deutsch", 'x"<', "en_gb", "en-gb"):
        monkeypatch.setenv("LANGUAGE", nonsense)
        assert [each.name for each in read(GOOD | environment()).problems] == ["LANGUAGE"]


def test_other_programs_names_are_not() -> None:
    theirs = "PATH HOME LANG SHELL TERM USER HTTP_PROXY NO_PROXY FLASK_DEBUG FLASK_RUN_PORT PWD"
    more = "TELNYX_CLIENT_ID TELNYX_API_SECRET REDIS_PASSWORD AWS_REGION FLY_REGION DATABASE_URL"
    assert read(GOOD | dict.fromkeys(f"{theirs} {more}".split(), "x")).misspelt == ()
    spare = {"DIAL_ALLOW": "+1", "DIAL_ALLOWS": "+1"}
    assert read(GOOD | spare).misspelt == (), "what is meant is set"


WRITTEN = [
    *((name, word, True) for name in ("COMFORT_NOISE",) for word in YES),
    *((name, word, False) for name in ("COMFORT_NOISE",) for word in NO),
    *(("BEEP", word, "always") for word in (*YES, "Always")),
    *(("BEEP", word, "never") for word in (*NO, "NEVER")),
    *(("BEEP", word, "on_enter") for word in ("onEnter", "on_enter", "ONENTER", "on-enter")),
    *(("BEEP", word, "on_exit") for word in ("onExit", "on_exit", "OnExit")),
    *(("REGION", word, "Middle East") for word in ("middle east", "Middle_East", "MIDDLE EAST")),
    ("LOG_FORMAT", "JSON", "json"),
    ("STATUS_CALLBACK_METHOD", "get", "GET"),
    ("TELNYX_NUMBER", "+1 (312) 555-0100", "+13125550100"),
    ("TELNYX_NUMBER", "+1\t312 555 0100", "+13125550100"),
    ("DIAL_ALLOW", "+1, 00351", ("+1", "+351")),
    ("DIAL_ALLOW", "US-Canada , 00351", ("us-canada", "+351")),
    ("GREETING_FIRST", "Bienvenue\u00a0!", "Bienvenue\u00a0!"),
    ("GREETING_NEXT", "\ufeffخوش می\u200cآمدید\u200b", "خوش می\u200cآمدید"),
    ("GREETING_NEXT", "ようこそ\u3000皆さん", "ようこそ\u3000皆さん"),
    ("GREETING_FIRST", "\u200b\u00a0", ""),
    ("TELNYX_API_KEY", "\ufeffKEY2\u200b", "KEY2"),
    ("BEEP", "\u00a0never\u200b", "never"),
    ("VOICE", "\u200b", "female"),
]


@pytest.mark.parametrize(("name", "word", "value"), WRITTEN)
def test_a_setting_is_read_as_people_write_it(name: str, word: str, value: Any) -> None:
    settings = read(GOOD | {name: word})
    assert settings.problems == ()
    owner = settings if hasattr(settings, name.lower()) else settings.room
    assert getattr(owner, name.lower()) == value


ON_OR_OFF = (
    *("TEXML_MUTED", "TEXML_START_CONFERENCE_ON_ENTER", "TEXML_END_CONFERENCE_ON_EXIT"),
    "TEXML_RECORD_BEEP",
)


@pytest.mark.parametrize("name", ON_OR_OFF)
def test_an_attribute_of_texml_is_read_so_too(name: str) -> None:
    for words, value in ((YES, "true"), (NO, "false")):
        for word in words:
            settings = read(GOOD | {name: word})
            assert (settings.problems, settings.room.texml) == ((), {SETTINGS[name].name: value})


@pytest.mark.parametrize(
    ("name", "on", "off"),
    [
        ("TEXML_RECORD", "record-from-start", "do-not-record"),
        ("TEXML_TRIM", "trim-silence", "do-not-trim"),
    ],
)
def test_a_choice_of_two_is_on_or_off_too(name: str, on: str, off: str) -> None:
    for words, value in (((*YES, on.upper()), on), ((*NO, off.replace("-", "_")), off)):
        for word in words:
            settings = read(GOOD | {name: word})
            assert (settings.problems, settings.room.texml) == ((), {SETTINGS[name].name: value})


@pytest.mark.parametrize("word", ["onEnter", "true", "Always"])
def test_both_doors_have_the_same_beep(word: str) -> None:
    texml = {"onEnter": "onEnter"}.get(word, "true")
    room = read(GOOD | {"BEEP": word}).room
    assert attributes(room, room.texml)["beep"] == texml


def test_our_number_without_a_plus_is_told_with_what_to_do_and_not_quoted() -> None:
    (problem,) = read(GOOD | {"TELNYX_NUMBER": "1 312 555 0100"}).problems
    assert problem.what.endswith(": write it with + and the country code.")
    assert "312" not in problem.what.replace("+13125550142", "")


WITH_SECRETS = "https://ann:s3cret@example.com/x?token=s3cret#s3cret"
OF_ADDRESSES = [name for name, kind in KINDS.items() if isinstance(kind, Address)]


def test_these_settings_hold_addresses() -> None:
    assert {"TELNYX_BASE_URL", "PUBLIC_URL", "HOLD_AUDIO_URL", "STATUS_CALLBACK"} < {*OF_ADDRESSES}


@pytest.mark.parametrize("name", OF_ADDRESSES)
@pytest.mark.parametrize(
    "value",
    [
        WITH_SECRETS,
        "https://ann:s3cret@example.com",
        "https://ann:s3cret@example.com:99999999/x",
        "https://ann:s3/cret@example.com/x",
        "https://ann:s3cret",
        f"https://ann:s3cret{'x' * 100}@example.com a",
        "ftp://ann:s3cret@example.com",
        "https://example.com/texml/s3cret",
        "https://example.com/texml/s3cret/red x",
    ],
)
def test_no_secret_of_an_address_is_shown(name: str, value: str) -> None:
    settings = read(GOOD | {name: value})
    assert "s3cret" not in repr(settings)
    assert "s3cret" not in repr(settings.room)
    assert "s3cret" not in " ".join(map(str, settings.problems))


@pytest.mark.parametrize("name", sorted({*KINDS} - {*OF_ADDRESSES}))
def test_an_address_at_the_wrong_setting_shows_no_secret_in_the_problem(name: str) -> None:
    by_texml = "https://example.com/texml/s3cret"
    for value in (WITH_SECRETS, f"https://ann:s3cret{'x' * 100}@example.com", by_texml):
        assert "s3cret" not in " ".join(map(str, read(GOOD | {name: value}).problems))


SECRETS = "TELNYX_API_KEY=KEY\nCONTROL_TOKEN=a-token-of-the-tests\nHOLD_AUDIO_URL=https://a:b@c.d\nBEEP=never\n"


@pytest.mark.parametrize(
    ("mode", "text", "warned"),
    [
        (0o600, SECRETS, False),
        (0o400, SECRETS, False),
        (0o640, SECRETS, True),
        (0o604, SECRETS, True),
        (0o644, SECRETS, True),
        (0o622, SECRETS, True),
        (0o644, "BEEP=never\nTELNYX_API_KEY=\n", False),
        (0o644, "", False),
    ],
)
def test_a_file_with_secrets_that_others_can_read_is_warned_of(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, mode: int, text: str, warned: bool
) -> None:
    file = tmp_path / ".env"
    file.write_text(text)
    file.chmod(mode)
    monkeypatch.chdir(tmp_path)
    exposed = [str(each) for each in load().exposed]
    names = "TELNYX_API_KEY, CONTROL_TOKEN, HOLD_AUDIO_URL"
    who = "other users of this machine can read or change it, and it holds"
    warning = f".env: {who} {names}. Run: chmod 600 {file}"
    assert exposed == ([warning] if warned else [])


@pytest.mark.parametrize("raw", [b"BEEP=\xff\n", b"TELNYX_API_KEY=K\xe9Y\n"])
def test_a_file_that_cannot_be_read_is_a_problem(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, raw: bytes
) -> None:
    (tmp_path / ".env").write_bytes(raw)
    monkeypatch.chdir(tmp_path)
    assert [str(each) for each in load().problems] == [".env: is not in UTF-8. Save it as UTF-8."]


def test_a_line_of_the_file_that_sets_nothing_is_warned_of_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    lines = ("# a comment", "", "TELNYX_API_KEY KEY", "BEEP=never", "PORT", 'VOICE="a', "THREADS=")
    (tmp_path / ".env").write_text("\n".join(lines))
    monkeypatch.chdir(tmp_path)
    settings = load()
    assert settings.room.beep == "never"
    assert [str(each) for each in settings.warnings] == [
        f".env: line {line} is not NAME=value, and sets nothing." for line in (3, 5, 6)
    ]
    assert caplog.messages == []


def test_no_key_and_no_number_is_shown() -> None:
    numbers = {"TELNYX_NUMBER": "+13125550142", "DIAL_ALLOW": "+13125550143"}
    assert "s3cret" not in repr(make(redis_url="redis://:s3cret@127.0.0.1"))
    shown = repr(read(GOOD | numbers))
    assert "KEY" not in shown and "5550142" not in shown and "5550143" not in shown


def test_several_processes_need_redis() -> None:
    assert read(GOOD | {"WEB_CONCURRENCY": "4"}).workers == 1
    assert make(redis_url="redis://127.0.0.1", web_concurrency=4).workers == 4
    assert make(redis_url="redis://127.0.0.1").workers == 1


def test_redis_without_its_library_is_a_problem(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "path", [str(ROOT)])
    for name in [name for name in sys.modules if name.partition(".")[0] == "redis"]:
        monkeypatch.delitem(sys.modules, name)
    settings = read(GOOD | {"REDIS_URL": "redis://:s3cret@127.0.0.1"})
    assert [str(each) for each in settings.problems] == [
        "REDIS_URL: needs redis-py. Install it: .venv/bin/pip install -r requirements-scaling.txt."
    ]
    assert settings.redis_url == ""


def _written(default: Any) -> str:
    match default:
        case bool():
            return "yes" if default else "no"
        case float():
            return f"{default:g}"
        case tuple():
            return ",".join(default)
        case _:
            return str(default)


def test_the_example_file_has_every_setting_with_its_default() -> None:
    text = (ROOT / ".env.example").read_text(encoding="utf-8")
    assert set(dotenv_values(ROOT / ".env.example")) == set(REQUIRED), "what is not commented out"
    shown = dict(re.findall(r'^#?([A-Z_]+)="?(.*?)"?$', text, re.MULTILINE))
    assert shown.pop("CONFERENCE_URL") == "", "which the commands read"
    assert set(shown) == set(KINDS)
    defaults = {f.name.upper(): f.default for f in (*fields(Settings), *fields(RoomSettings))}
    for name, value in shown.items():
        if name in SETTINGS:
            default = SETTINGS[name].default
            assert value == {"true": "yes", "false": "no", None: ""}.get(default, default), name
        elif name not in REQUIRED:
            assert value == _written(defaults[name]), name
