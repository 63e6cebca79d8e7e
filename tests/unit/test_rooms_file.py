"""The rooms file: what its values become, and every mistake with its place."""

from __future__ import annotations

import re
import subprocess
import sys
import tomllib
from dataclasses import replace
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from rigs.core import each_case
from rigs.documents import PAGES, rows, section
from rigs.recorded import PUBLIC_KEY

from conference import rooms_file
from conference.core.admission.opening_hours import ALWAYS, Hours, Window
from conference.core.doors import RECEPTION
from conference.core.keys.actions import ACTIONS
from conference.core.keys.presets import PRESETS
from conference.core.room_kinds import LANGUAGE
from conference.core.room_settings import Known, Pin, RoleSettings, RoomSettings
from conference.doctor import examine
from conference.rooms_file.file import LARGEST
from conference.rooms_file.keys import FORM
from conference.rooms_file.rows import NOT_TAKEN, ROWS
from conference.rooms_file.words import TRANSLATION
from conference.settings import Settings, load, read

GOOD = {"TELNYX_API_KEY": "KEY", "TELNYX_PUBLIC_KEY": PUBLIC_KEY}
SALES = """
[rooms.sales]
name = "Sales"
numbers = ["+1 (312) 555-0101"]
participant_pin = "4821"
moderator_pin = "907713"
listener_pin = "55501"
start_conference_on_enter = { participant = false }
"""


USUAL = RoomSettings(
    keys=PRESETS["zoom"], announce_recording=True, announce_ends=True, fresh_conference=True
)


def settings(path: Path, text: str | bytes, mode: int = 0o600, **environ: str) -> Settings:
    """Return the settings with a rooms file of this text."""
    file = path / "rooms.toml"
    file.write_bytes(text if isinstance(text, bytes) else text.encode())
    file.chmod(mode)
    return read(GOOD | {"ROOMS_FILE": str(file), **environ})


def room(text: str, base: RoomSettings | None = None) -> RoomSettings:
    """Return the settings of the room `a`, whose table this is."""
    found = rooms_file.check(tomllib.loads(f"[rooms.a]\n{text}"), base or RoomSettings())
    assert found.wrong == ()
    return found.rooms["a"]


# What the values become


def test_a_room_has_what_its_table_has_and_else_the_environments(tmp_path: Path) -> None:
    found = settings(tmp_path, SALES, BEEP="never", TEXML_RECORD="yes")
    assert found.problems == ()
    sales = found.rooms["sales"]
    assert (sales.title, sales.beep, sales.voice) == ("Sales", "never", "female")
    assert set(sales.pins) == {
        Pin("4821", "sales", "participant"),
        Pin("907713", "sales", "moderator"),
        Pin("55501", "sales", "listener"),
    }
    waits = RoleSettings(starts=False)
    assert sales.roles == {"participant": waits, "listener": waits}
    assert sales.texml == {"record": "record-from-start", "startConferenceOnEnter": "false"}
    assert found.numbers == {"+13125550101": "sales"}
    reception = found.rooms[RECEPTION]
    assert (reception.stages, set(reception.pins)) == (("pin",), set(sales.pins))
    assert (reception.title, reception.beep) == ("", "never")
    doors = found.doors
    assert (doors.behind("+13125550101"), doors.behind("+13125550199")) == ("sales", RECEPTION)
    assert (doors.titled("Sales"), doors.rooms) == ("sales", ("sales",))


def test_no_pin_and_no_number_is_shown(tmp_path: Path) -> None:
    shown = repr(settings(tmp_path, SALES + '[rooms.sales.roster]\n"+13125550142" = "Ann"'))
    assert not re.search("4821|907713|55501|5550101|5550142", shown)


class Value(NamedTuple):
    name: str
    text: str
    differs: dict[str, Any]  # from the usual settings of a room


def roles(**each: RoleSettings) -> dict[str, Any]:
    return {"roles": each}


def everyone(**fields: Any) -> dict[str, Any]:
    own = RoleSettings(**fields)
    return roles(moderator=own, participant=own, listener=own)


def options(**given: Any) -> RoleSettings:
    return RoleSettings(join_options=given)


LATER = {"start_conference_on_create": False, "start_conference_on_enter": False}

VALUES = (
    Value("a greeting", 'greeting_first = "Hi."', {"greeting_first": "Hi."}),
    Value("no greeting", 'greeting_next = ""', {"greeting_next": ""}),
    Value("a language", 'language = "pt-PT"', {"language": "pt-PT"}),
    Value("a beep as TeXML writes it", 'beep = "onEnter"', {"beep": "on_enter"}),
    Value("a beep that is on", "beep = true", {"beep": "always"}),
    Value("a switch", "comfort_noise = false", {"comfort_noise": False}),
    Value("a switch in words", 'comfort_noise = "off"', {"comfort_noise": False}),
    Value("a number", "duration_minutes = 90", {"duration_minutes": 90}),
    Value("a number in words", 'max_participants = "20"', {"max_participants": 20}),
    Value("a region", 'region = "middle east"', {"region": "Middle East"}),
    Value("half a minute", "alone_minutes = 0.5", {"alone_minutes": 0.5}),
    Value("no grace", "host_grace_seconds = 0", {"host_grace_seconds": 0}),
    Value("a queue", "queue_when_full = true", {"queue_when_full": True}),
    Value("a lobby", "lobby = true\nlobby_minutes = 5", {"lobby": True, "lobby_minutes": 5}),
    Value("a limit of a day", "minutes_per_day = 600", {"minutes_per_day": 600}),
    Value("an end after 4 hours", "fresh_conference = false", {"fresh_conference": False}),
    Value(
        "callbacks",
        'status_callback = "https://a.b/c"\nstatus_callback_method = "get"\n'
        'status_callback_event = "join  leave"',
        {
            "status_callback": "https://a.b/c",
            "status_callback_method": "GET",
            "status_callback_event": "join leave",
        },
    ),
    Value("a time zone", 'time_zone = "Europe/Berlin"', {"time_zone": "Europe/Berlin"}),
    Value("no opening hours", "opening_hours = []", {"opening_hours": ALWAYS}),
    Value(
        "opening hours",
        'opening_hours = ["Mon-Wed 08:00-12:00", "tue 13:00 - 17:30", "Sat,Mon 9:00-10:00"]',
        {
            "opening_hours": Hours(
                {
                    0: (Window(480, 720), Window(540, 600)),
                    1: (Window(480, 720), Window(780, 1050)),
                    2: (Window(480, 720),),
                    5: (Window(540, 600),),
                }
            )
        },
    ),
    Value(
        "hours over midnight, and over a weekend",
        'opening_hours = ["Sun-Mon 22:00-02:00", "Sat 00:00-24:00"]',
        {
            "opening_hours": Hours(
                {6: (Window(1320, 1560),), 0: (Window(1320, 1560),), 5: (Window(0, 1440),)}
            )
        },
    ),
    Value(
        "dates",
        'opening_hours = ["2026-12-24 10:00-12:00", "2026-12-24 20:00-0:00", "2026-12-25 Closed"]',
        {
            "opening_hours": Hours(
                dates={"2026-12-24": (Window(600, 720), Window(1200, 1440)), "2026-12-25": ()}
            )
        },
    ),
    Value("silent ends", "announce_ends = false", {"announce_ends": False}),
    Value("music", 'hold_audio_url = "https://a.b/c"', {"hold_audio_url": "https://a.b/c"}),
    Value("muted", "muted = true", {**everyone(muted=True), "texml": {"muted": "true"}}),
    Value(
        "muted in a role",
        "muted = { listener = true }",
        roles(listener=RoleSettings(muted=True)),
    ),
    Value(
        "who ends it",
        "end_conference_on_exit = { moderator = true, participant = false }",
        {
            **roles(
                moderator=RoleSettings(ends=True),
                participant=RoleSettings(),
                listener=RoleSettings(),
            ),
            "texml": {"endConferenceOnExit": "false"},
        },
    ),
    Value(
        "options of a join",
        'beep_enabled = "never"\nsupervisor_role = { listener = "monitor" }',
        roles(
            moderator=options(beep_enabled="never"),
            participant=options(beep_enabled="never"),
            listener=options(beep_enabled="never", supervisor_role="monitor"),
        ),
    ),
    Value(
        "a start left to a join",
        "start_conference_on_create = { participant = false }\n"
        "start_conference_on_enter = { participant = false }\n"
        'hold_media_name = { participant = "waltz" }\nhold_audio_url = "https://a.b/c"',
        {
            "hold_audio_url": "https://a.b/c",
            "texml": {"startConferenceOnEnter": "false"},
            **roles(
                participant=RoleSettings(
                    starts=False,
                    join_options={
                        "hold_media_name": "waltz",
                        "start_conference_on_create": False,
                        "start_conference_on_enter": False,
                    },
                ),
                moderator=options(start_conference_on_enter=True),
                listener=RoleSettings(
                    starts=False,
                    join_options={
                        "hold_media_name": "waltz",
                        "start_conference_on_create": False,
                        "start_conference_on_enter": False,
                    },
                ),
            ),
        },
    ),
    Value(
        "a start left to the moderator, as the first one, too",
        "start_conference_on_create = false\nstart_conference_on_enter = { participant = false }",
        {
            "texml": {"startConferenceOnEnter": "false"},
            **roles(
                participant=RoleSettings(starts=False, join_options=LATER),
                moderator=options(start_conference_on_create=True, start_conference_on_enter=True),
                listener=RoleSettings(starts=False, join_options=LATER),
            ),
        },
    ),
    Value(
        "a start left to the second one",
        "start_conference_on_create = false",
        roles(
            **dict.fromkeys(
                ("participant", "moderator", "listener"),
                options(start_conference_on_create=False, start_conference_on_enter=True),
            )
        ),
    ),
    Value(
        "a recording",
        "record = true\nrecord_beep = false\ntrim = 'trim-silence'\n"
        "record_from_host = true\nannounce_recording = false",
        {
            "record": "record-from-start",
            "record_beep": False,
            "trim": "trim-silence",
            "record_from_host": True,
            "announce_recording": False,
            "texml": {
                "record": "record-from-start",
                "recordBeep": "false",
                "trim": "trim-silence",
            },
        },
    ),
    Value(
        "chimes",
        "chimes = true\nchimes_up_to = 0\nannounce_names = 'yes'\nannounce_count = true",
        {"chimes": True, "chimes_up_to": 0, "announce_names": True, "announce_count": True},
    ),
    Value("said names", "ask_name = 'on'", {"ask_name": True}),
    Value(
        "attributes of TeXML",
        "recording_timeout = 5\n"
        "send_recording_url = false\nwait_method = 'GET'\nparticipant_label = 'Ann'",
        {
            "texml": {
                "recordingTimeout": "5",
                "sendRecordingUrl": "false",
                "waitMethod": "GET",
                "participantLabel": "Ann",
            }
        },
    ),
    Value(
        "music of the wait",
        'wait_url = "https://a.b/c"',
        {"wait_url": "https://a.b/c", "texml": {"waitUrl": "https://a.b/c"}},
    ),
    Value(
        "words of its own",
        '[rooms.a.words]\n"Muted." = " Stumm. "\n"Locked." = ""\n'
        '"{hour}:{minute}" = "{hour} h {minute}"',
        {"words": {"Muted.": "Stumm.", "{hour}:{minute}": "{hour} h {minute}"}},
    ),
    Value("a preset of keys", 'keys = "freeswitch"', {"keys": PRESETS["freeswitch"]}),
    Value(
        "keys of its own",
        '[rooms.a.keys]\n"*7" = "lock mute"\n"*6" = "count"\n"*0" = ""',
        {
            "keys": {
                **{keys: action for keys, action in PRESETS["zoom"].items() if keys != "*0"},
                **{"*7": "lock mute", "*6": "count"},
            }
        },
    ),
    Value(
        "a roster",
        '[rooms.a.roster]\n"+1 312 555 0142" = "Ann"\n"+13125550143" = {role = "listener"}',
        {"roster": {"+13125550142": Known("Ann"), "+13125550143": Known("", "listener")}},
    ),
)


@each_case(VALUES)
def test_a_value_is_put_where_it_acts(case: Value) -> None:
    assert room(case.text) == replace(USUAL, **case.differs)


def test_every_row_is_tried() -> None:
    tried = "\n".join(case.text for case in VALUES) + " voice"
    named = [row.name for row in ROWS if not re.search(rf"\b{row.name}\b", tried)]
    assert named == ["soft_end_conference_on_exit"], "which is as beep_enabled"


def test_a_limit_of_the_minutes_of_each_room_is_none_of_the_reception() -> None:
    """It would keep the callers of all rooms from their PINs."""
    tables = tomllib.loads("defaults.minutes_per_day = 60\n[rooms.a]")
    found = rooms_file.check(tables, RoomSettings())
    assert (found.rooms["a"].minutes_per_day, found.reception.minutes_per_day) == (60, 0)


def test_the_reception_is_always_open_and_a_room_can_be() -> None:
    tables = tomllib.loads("""
        defaults.opening_hours = ["Mon 08:00-18:00"]
        defaults.time_zone = "Europe/Berlin"
        [rooms.a]
        [rooms.b]
        opening_hours = []
        """)
    found = rooms_file.check(tables, RoomSettings())
    a, b = found.rooms["a"], found.rooms["b"]
    assert (a.opening_hours, a.time_zone) == (Hours({0: (Window(480, 1080),)}), "Europe/Berlin")
    assert (b.opening_hours, found.reception.opening_hours) == (ALWAYS, ALWAYS)


def test_a_machine_without_time_zones_says_what_to_install() -> None:
    """UTC needs no table of time zones."""
    code = (
        "import zoneinfo; zoneinfo.reset_tzpath(to=());"
        "from conference import rooms_file; from conference.core.room_settings import RoomSettings;"
        "found = [rooms_file.check({'rooms': {'a': {'time_zone': zone}}}, RoomSettings()) "
        "for zone in ('Europe/Berlin', 'UTC')];"
        "print([each.problem for file in found for each in file.wrong]);"
        "print([room.opening_hours.is_open(0, room.time_zone) for room in found[1].rooms.values()])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    told = f"{ZONE}: this machine knows UTC alone. Run: pip install tzdata"
    assert done.stdout.splitlines() == [str([told]), "[True]"]


def test_a_room_is_over_the_defaults_and_these_over_the_environment() -> None:
    tables = tomllib.loads(
        """
        [defaults]
        beep = "never"
        muted = { listener = true, participant = true }
        lobby = true
        queue_when_full = true
        [rooms.a]
        muted = { participant = false, listener = true }
        [rooms.b]
        beep = "on_exit"
        """
    )
    found = rooms_file.check(tables, RoomSettings(beep="on_enter", voice="male"))
    a, b = found.rooms["a"], found.rooms["b"]
    assert (a.beep, a.voice, b.beep) == ("never", "male", "on_exit")
    assert [a.role(r).muted for r in ("listener", "participant", "moderator")] == [1, 0, 0]
    assert b.role("participant").muted
    assert (found.reception.beep, found.reception.keys) == ("never", {})
    assert a.stages_for("participant") == ("lobby", "seat")
    assert found.reception.stages_for("participant") == ("pin",)


def test_the_words_of_a_room_are_over_those_of_all_rooms_of_its_language() -> None:
    text = """
        [defaults]
        language = "de-DE"
        [defaults.words]
        "Muted." = "Stumm."
        "Locked." = "Gesperrt."
        [rooms.a.words]
        "Muted." = "Stumm geschaltet."
        "Locked." = ""
        [rooms.b]
        [rooms.c]
        language = "en-GB"
        [rooms.d]
        language = "fr-FR"
        words = { "Muted." = "Micro coupé." }
    """
    found = rooms_file.check(tomllib.loads(text), RoomSettings())
    assert found.wrong == ()
    assert {name: room.words for name, room in found.rooms.items()} == {
        "a": {"Muted.": "Stumm geschaltet."},
        "b": {"Muted.": "Stumm.", "Locked.": "Gesperrt."},
        "c": {},
        "d": {"Muted.": "Micro coupé."},
    }
    assert found.reception.words == found.rooms["b"].words


def test_the_keys_of_a_room_are_over_those_of_all_rooms() -> None:
    tables = tomllib.loads("""
        defaults.keys = "freeswitch"
        [rooms.a.keys]
        "0" = "count"
        [rooms.b]
        [rooms.c]
        keys = "asterisk"
        """)
    found = rooms_file.check(tables, RoomSettings()).rooms
    assert found["a"].keys == {**PRESETS["freeswitch"], "0": "count"}
    assert (found["b"].keys, found["c"].keys) == (PRESETS["freeswitch"], PRESETS["asterisk"])


def test_rooms_without_a_pin_and_a_number_are_allowed() -> None:
    assert room("") == USUAL


# Mistakes


class Mistake(NamedTuple):
    name: str
    text: str
    told: list[str]


def mistakes(field: str, text: str, what: str) -> Mistake:
    """A mistake in the room `a`."""
    return Mistake(f"{field}: {text}"[:60], f"[rooms.a]\n{text}", [f"rooms.a.{field}: {what}."])


A_LANGUAGE = f"must be {LANGUAGE.says}"
DIGITS = "must be 4 to 12 digits in quotation marks"
HOURS = (
    'must be a list such as ["Mon-Fri 08:00-18:00", "2026-12-24 10:00-12:00", "2026-12-25 closed"]'
)
DAYS = (
    "must begin with weekdays such as Mon, Mon-Fri or Mon,Wed-Fri, or with a date such as "
    "2026-12-24"
)
TIMES = "must end with times such as 08:00-18:00"
NO_HOURS = 'it has no hours: add "Mon-Sun 00:00-24:00" for the other days'
ZONE = "must be a time zone such as Europe/Berlin"
E164 = "must be a number in E.164, such as +13125550142"
APART = "nobody could tell them apart"
PUBLIC = "is a part of the name of a room, and a name is no secret"
SLUG = (
    "the name of a room must be 1 to 64 of the characters A-Z a-z 0-9 . _ - and not . .. status or "
    "wait or reception; `name` may be any"
)

MISTAKES = (
    *(
        mistakes(name, f"{name} = {value}", DIGITS)
        for name in ("participant_pin", "moderator_pin", "listener_pin")
        for value in ("4821", '"482"', '"4821a"', '""', '"1234567890123"', '"٤٨٢١"', "[4821]")
    ),
    mistakes("name", "name = ' '", "must be text of 1 to 64 printable characters"),
    mistakes("name", f"name = '{'x' * 65}'", "must be text of 1 to 64 printable characters"),
    mistakes("name", r'name = "a\u202eb"', "must be text of 1 to 64 printable characters"),
    mistakes("numbers", 'numbers = "+13125550101"', 'must be a list, such as ["+13125550142"]'),
    mistakes(
        "numbers",
        'numbers = ["+13125550101", "3125550102"]',
        f"number 2 of the list {E164}: write it with + and the country code",
    ),
    mistakes("numbers", "numbers = [13125550101]", f"number 1 of the list {E164}"),
    mistakes(
        "numbers",
        'numbers = ["+13125550101", "0013125550101"]',
        "number 2 of the list is number 1, too",
    ),
    mistakes("roster", "roster = 'Ann'", 'must be a table, such as "+13125550142" = "Ann"'),
    mistakes("roster", "roster = { 4821 = 'Ann' }", f"the number of entry 1 {E164}: write it with "
             "+ and the country code"),
    mistakes(
        "roster",
        'roster = { "+13125550142" = "Ann", "0013125550142" = "Bob" }',
        "the number of entry 2 is there twice",
    ),
    mistakes(
        "roster",
        'roster = { "+13125550142" = { role = "boss" } }',
        "entry 1: role must be one of moderator, participant, listener",
    ),
    mistakes(
        "roster",
        'roster = { "+13125550142" = { rol = "listener" } }',
        "entry 1: rol is not a part of the table, but role is",
    ),
    mistakes("roster", 'roster = { "+13125550142" = 1 }', "entry 1: name must be text of 1 to 64 "
             "printable characters"),
    mistakes("language", "language = 'en'", A_LANGUAGE),
    mistakes("language", "language = 'en_GB'", A_LANGUAGE),
    mistakes("language", "language = 'de-XX'", A_LANGUAGE),
    mistakes("words", "words = 'de'", "must be a table"),
    mistakes(
        'words."Mutd."',
        "words = { 'Mutd.' = 'Stumm.' }",
        'is not a sentence of the line, but "Muted." is',
    ),
    mistakes("words.ciao", "words = { ciao = 'x' }", "is not a sentence of the line"),
    mistakes('words."Muted."', "words = { 'Muted.' = 7 }", f"must be {TRANSLATION.says}"),
    mistakes(
        'words."Muted."', f"words = {{ 'Muted.' = '{'x' * 201}' }}", f"must be {TRANSLATION.says}"
    ),
    mistakes(
        'words."Muted."',
        "words = { 'Muted.' = 'Stumm, {n}.' }",
        "must have nothing in braces, as in English",
    ),
    *(
        mistakes(
            'words."{hour}:{minute}"',
            f"words = {{ '{{hour}}:{{minute}}' = '{text}' }}",
            "must have {hour} and {minute} once, as in English",
        )
        for text in ("{hour} Uhr", "{hour} {minutes}", "{hour}:{minute}}", "{hour!r}:{minute}",
                     "{hour}:{minute} {hour.x}", "{hour}:{minute}:{minute}", "{}")
    ),
    mistakes("voice", "voice = true", "must be text of 1 to 3000 printable characters"),
    mistakes("beep", "beep = 'loud'", "must be one of always, never, on_enter, on_exit"),
    mistakes("alone_minutes", "alone_minutes = true", "must be a number from 0 to 240"),
    mistakes("alone_minutes", "alone_minutes = nan", "must be a number from 0 to 240"),
    mistakes("max_participants", "max_participants = 1", "must be a whole number from 2 to 800"),
    mistakes("max_participants", "max_participants = 2.0", "must be a whole number from 2 to 800"),
    mistakes(
        "max_participants",
        "recording_timeout = 5\nmax_participants = 300",
        "is '300', and must be a whole number from 2 to 250. Lower it: more can be only where all "
        "callers come by Call Control",
    ),
    mistakes("beep", "beep = { moderator = true }", "must be one of always, never, on_enter, "
             "on_exit"),
    mistakes("muted", "muted = 'perhaps'", "must be yes or no"),
    mistakes("muted.listener", "muted = { listener = 2 }", "must be yes or no"),
    *(mistakes("keys", f"keys = {value}", f"must be {FORM}") for value in ("1", "'zom'", "[]")),
    mistakes("keys", "keys = { '*7' = 7 }", "must have texts of up to 100 characters as actions"),
    mistakes(
        "keys",
        "keys = { '*7' = 'lok' }",
        f"'*7' is lok, not one of {', '.join(ACTIONS)}",
    ),
    mistakes(
        "keys",
        "keys = { '*' = 'mute', '482155555' = 'mute' }",
        "'...' is not 1 to 8 of the keys 0-9 * # A-D",
    )._replace(told=[
        "rooms.a.keys: '...' is not 1 to 8 of the keys 0-9 * # A-D.",
        *(
            f"rooms.a.keys: '{keys}' can never be pressed: '*' in it is complete before."
            for keys in PRESETS["zoom"] if keys != "##"
        ),
    ]),
    Mistake(
        "many keys",
        "[rooms.a.keys]\n" + "".join(f"{n} = 'mute'\n" for n in range(1000, 1100)),
        ["rooms.a.keys: must have 100 sequences at most."],
    ),
    mistakes(
        "status_callback",
        "status_callback = 'ftp://me:4821@a.b/c'",
        "must be an address of up to 2000 characters, percent-encoded, that begins with https:// "
        "or http://",
    ),
    mistakes("status_callback_method", "status_callback_method = 1", "must be one of GET, POST"),
    mistakes(
        "status_callback_event",
        "status_callback_event = 'join join'",
        "must be some of start, end, join, leave, speaker, each once, with spaces between them",
    ),
    mistakes("opening_hours", "opening_hours = 'Mon-Fri 08:00-18:00'", HOURS),
    *(
        mistakes("opening_hours", f"opening_hours = ['Mon 08:00-18:00', {row}]",
                 f"{HOURS}: row 2 {what}")
        for row, what in (
            ("1", 'must be a text such as "Mon-Fri 08:00-18:00"'),
            ("2026-12-24", 'must be a text such as "Mon-Fri 08:00-18:00"'),
            ("''", DAYS),
            ("'08:00-18:00'", DAYS),
            ("'Montag 08:00-18:00'", DAYS),
            ("'Mon-Fry 08:00-18:00'", DAYS),
            ("'24.12.2026 08:00-18:00'", DAYS),
            ("'2026-12-24/2026-12-26 closed'", DAYS),
            ("'Mon'", TIMES),
            ("'Mon 8-18'", TIMES),
            ("'Mon 08:00'", TIMES),
            ("'Mon 8am-6pm'", TIMES),
            ("'Mon 08:60-18:00'", TIMES),
            ("'2026-12-24 clsed'", TIMES),
            ("'Mon 08:00-24:01'", "must have times from 00:00 to 24:00"),
            ("'Mon 24:00-02:00'", "must have times from 00:00 to 24:00"),
            ("'Mon 08:00-08:00'", "begins when it ends: a whole day is 00:00-24:00"),
            ("'2026-02-29 08:00-18:00'", "has a date that is in no calendar"),
            ("'Sun closed'", "has weekdays, which are closed without a row: closed is for dates"),
        )
    ),
    mistakes("opening_hours", "opening_hours = ['2026-12-25 closed']", f"{HOURS}: {NO_HOURS}"),
    mistakes(
        "opening_hours",
        "opening_hours = ['2026-12-25 closed', '2026-12-25 08:00-18:00']",
        f"{HOURS}: a date cannot be both open and closed",
    ),
    mistakes(
        "opening_hours",
        f"opening_hours = {['Mon 08:00-18:00'] * 367}",
        f"{HOURS}, of 366 rows at most",
    ),
    *(
        mistakes("time_zone", f"time_zone = {value}", f"{ZONE}{hint}")
        for value, hint in (
            ("'Mars/Phobos'", ""),
            ("'Europe'", ""),
            ("'../Europe/Berlin'", ""),
            ("'+13125550142'", ""),
            ("2", ""),
            ("'europe/berlin'", ": Europe/Berlin is one"),
            ("'America/New York'", ": America/New_York is one"),
        )
    ),
    mistakes("muted.participant", "muted = { participant = 2 }", "must be yes or no"),
    mistakes("muted.moderater", "muted = { moderater = true }", "is not a role, but moderator is"),
    mistakes("muted.x", "muted = { x = true }", "is not a role"),
    mistakes("supervisor_role", "supervisor_role = 'whisper'", "must be one of barge, monitor, "
             "none"),
    mistakes(
        "start_conference_on_enter",
        "start_conference_on_enter = false",
        "must be true for one role at least",
    ),
    mistakes(
        "start_conference_on_create.moderator",
        "start_conference_on_create = { moderator = false }\n"
        "start_conference_on_enter = { participant = false }",
        "false needs start_conference_on_enter = false for the same role",
    ),
    mistakes(
        "hold_media_name",
        "hold_media_name = 'waltz'",
        "needs start_conference_on_create = false: Telnyx plays it until the start",
    ),
    mistakes("participant_pn", "participant_pn = '4821'", "is not a setting of a room, but "
             "participant_pin is"),
    mistakes("...", "4821 = 'listener'", "is not a setting of a room"),
    mistakes("Voice", "Voice = 'male'", "is not a setting of a room, but voice is"),
    mistakes('"a?"', '"a\\u0007" = 1', "is not a setting of a room"),
    *(mistakes(n, f"{n} = 1", f"cannot be set here: {why}") for n, why in NOT_TAKEN.items()),
    Mistake("a table that is none", "[room.a]", [
        "room: is not a table of the rooms file, but rooms is.",
        "rooms: must have 1 to 3000 rooms, such as [rooms.sales].",
    ]),
    Mistake("no room", "", ["rooms: must have 1 to 3000 rooms, such as [rooms.sales]."]),
    Mistake("rooms are no table", "rooms = 1", [
        "rooms: must be a table.",
        "rooms: must have 1 to 3000 rooms, such as [rooms.sales].",
    ]),
    Mistake("a room is no table", "[rooms]\na = 1", ["rooms.a: must be a table."]),
    Mistake("defaults are no table", "defaults = 1\n[rooms.a]", ["defaults: must be a table."]),
    Mistake("defaults with a PIN", "[defaults]\nmoderator_pin = '4821'\n[rooms.a]", [
        "defaults.moderator_pin: cannot be set here: each room has its own.",
    ]),
    Mistake("defaults with a roster", "[defaults]\nroster = {}\nname = 'A'\n[rooms.a]", [
        "defaults.roster: cannot be set here: each room has its own.",
        "defaults.name: cannot be set here: each room has its own.",
    ]),
    Mistake("a room of a room", "[rooms.a.b]", ["rooms.a.b: is not a setting of a room."]),
    *(
        Mistake(f"the name {slug}", f"[rooms.'{slug}']", [f"rooms.{shown}: {SLUG}."])
        for slug, shown in (
            ("Reception", "Reception"),
            ("status", "status"),
            ("Wait", "Wait"),
            ("two words", '"two words"'),
            (".", '"."'),
            ("..", '".."'),
            ("", '""'),
            ("+13125550101", '"+...0101"'),
            ("x" * 65, f'"{"x" * 64}..."'),
        )
    ),
    Mistake("names in two cases", "[rooms.Sales]\nname = 'A'\n[rooms.sales]\nname = 'B'", [
        "rooms.sales: differs from rooms.Sales in case only.",
    ]),
    Mistake("one name at Telnyx", "[rooms.a]\nname='Sales team'\n[rooms.b]\nname='SALES TEAM'", [
        "rooms.b.name: is at Telnyx the name of rooms.a, too.",
    ]),
    Mistake("the name at Telnyx of a room without one", "[rooms.a]\nname = 'B'\n[rooms.b]", [
        "rooms.b: is at Telnyx the name of rooms.a, too.",
    ]),
    Mistake("names that change places", "[rooms.a]\nname = 'B'\n[rooms.b]\nname = 'Other'", [
        "rooms.a.name: is in paths the name of rooms.b, too.",
    ]),
    Mistake("the name of the reception", "[rooms.a]\nname = 'Reception'", [
        "rooms.a.name: is in paths the name of the reception, too.",
    ]),
    Mistake(
        "a number of two rooms",
        "[rooms.a]\nnumbers=['+13125550101']\n[rooms.b]\nnumbers=['+13125550102', '0013125550101']",
        ["rooms.b.numbers: number 2 of the list leads to rooms.a already."],
    ),
    Mistake("one PIN twice", "[rooms.a]\nlistener_pin='4821'\n[rooms.b]\nmoderator_pin='4821'", [
        f"rooms.b.moderator_pin: is that of rooms.a.listener_pin: {APART}.",
    ]),
    Mistake("one PIN twice in a room", "[rooms.a]\nlistener_pin='4821'\nmoderator_pin='4821'", [
        f"rooms.a.moderator_pin: is that of rooms.a.listener_pin: {APART}.",
    ]),
    Mistake(
        "a PIN that begins others",
        "[rooms.a]\nmoderator_pin='4821'\nparticipant_pin='48210'\n"
        "[rooms.b]\nmoderator_pin='48215'\nparticipant_pin='482155'\nlistener_pin='4822'",
        [
            f"rooms.a.participant_pin: begins with that of rooms.a.moderator_pin: {APART}.",
            f"rooms.b.moderator_pin: begins with that of rooms.a.moderator_pin: {APART}.",
            f"rooms.b.participant_pin: begins with that of rooms.b.moderator_pin: {APART}.",
        ],
    ),
    Mistake("a PIN in a name", "[rooms.room-4821]\n[rooms.b]\nname='No. 90771'\n"
            "moderator_pin='4821'\nlistener_pin='9077'", [
        f"rooms.b.moderator_pin: {PUBLIC}.",
        f"rooms.b.listener_pin: {PUBLIC}.",
    ]),
    Mistake("a PIN is the name", "[rooms.4821]\nvoice = 1\nmoderator_pin='4821'", [
        "rooms.....voice: must be text of 1 to 3000 printable characters.",
        f"rooms.....moderator_pin: {PUBLIC}.",
    ]),
)  # fmt: skip


@each_case(MISTAKES)
def test_a_mistake_is_told_with_its_place(tmp_path: Path, case: Mistake) -> None:
    found = settings(tmp_path, case.text)
    assert [str(each) for each in found.problems] == case.told
    assert (found.rooms, found.numbers) == ({}, {})


def test_all_problems_are_told_together(tmp_path: Path) -> None:
    found = settings(tmp_path, "[rooms.a]\nbeep = 2\nmoderator_pin = 4821", BEEP="loud")
    names = [each.name for each in found.problems]
    assert names == ["BEEP", "rooms.a.moderator_pin", "rooms.a.beep"]


def test_with_texml_a_room_has_its_fewer_participants(tmp_path: Path) -> None:
    large = "[rooms.a]\nmax_participants = 300"
    assert settings(tmp_path, large).problems == ()
    (problem,) = settings(tmp_path, large, TEXML_TRIM="no").problems
    assert problem.name == "rooms.a.max_participants"


def test_a_file_full_of_mistakes_is_read_fast_and_told_in_part(tmp_path: Path) -> None:
    mistakes = "".join(f"x{n}=1\n" for n in range(50))
    rooms = "".join(f"[rooms.r{n}]\n{mistakes}" for n in range(2000))
    problems = settings(tmp_path, rooms).problems
    assert len(problems) == 101
    assert str(problems[-1]) == "ROOMS_FILE: has more problems."


def test_thousands_of_rooms_are_good(tmp_path: Path) -> None:
    rooms = "".join(
        f"[rooms.room-{n:04}]\nmoderator_pin='8{n:06}'\nparticipant_pin='9{n:06}'\n"
        f"numbers=['+1312555{n:04}']\n"
        for n in range(3000)
    )
    found = settings(tmp_path, rooms)
    assert found.problems == ()
    assert (len(found.rooms), len(found.rooms[RECEPTION].pins)) == (3001, 6000)
    (problem,) = settings(tmp_path, rooms + "[rooms.one-more]").problems
    assert str(problem) == "rooms: must have 1 to 3000 rooms, such as [rooms.sales]."


# The file


@pytest.mark.parametrize(
    ("raw", "told"),
    [
        (b"[rooms.a]\nx = 4821 4\n", "is no TOML: "),
        (b"[rooms.a]\n[rooms.a]\n", "is no TOML: Cannot declare ('rooms', 'a') twice (at line 2"),
        (b"[rooms.4821]\n[rooms.4821]\n", "is no TOML: at line 2, column "),
        (b"[rooms.a]\nname = 'S\xe9'\n", "is not in UTF-8. Save it as UTF-8."),
        (b"x = " + b"9" * 5000, "is no TOML of a rooms file: a value in it is too large."),
        (b"x = " + b"[" * 100_000, "is no TOML of a rooms file: a value in it is too large."),
        (b"#" * (LARGEST + 1), "is larger than 1024 KiB."),
    ],
    ids=["no TOML", "twice", "a PIN twice", "not UTF-8", "a long number", "deep", "large"],
)
def test_a_file_that_is_none_is_told(tmp_path: Path, raw: bytes, told: str) -> None:
    (problem,) = settings(tmp_path, raw).problems
    told = told.replace("twice (at", "twice at")
    assert str(problem).startswith(f"ROOMS_FILE: {tmp_path}/rooms.toml {told}")
    assert "4821" not in str(problem)


def test_a_file_that_is_not_there_is_told(tmp_path: Path) -> None:
    (problem,) = read(GOOD | {"ROOMS_FILE": f"{tmp_path}/none.toml"}).problems
    what = "does not exist. Correct ROOMS_FILE, or remove it"
    assert str(problem) == f"ROOMS_FILE: {tmp_path}/none.toml {what}."
    (problem,) = read(GOOD | {"ROOMS_FILE": str(tmp_path)}).problems
    assert str(problem) == f"ROOMS_FILE: {tmp_path} is no file."


def test_a_mark_of_the_byte_order_and_windows_lines_do_not_matter(tmp_path: Path) -> None:
    raw = b"\xef\xbb\xbf" + SALES.replace("\n", "\r\n").encode()
    assert list(settings(tmp_path, raw).rooms) == ["sales", RECEPTION]


def test_a_path_begins_at_the_folder_of_the_env_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "rooms.toml").write_text(SALES)
    (tmp_path / ".env").write_text("ROOMS_FILE=rooms.toml\n")
    (tmp_path / "below").mkdir()
    monkeypatch.chdir(tmp_path / "below")
    for name, value in GOOD.items():
        monkeypatch.setenv(name, value)
    assert list(load().rooms) == ["sales", RECEPTION]
    (tmp_path / ".env").unlink()
    monkeypatch.setenv("ROOMS_FILE", "../rooms.toml")
    assert list(load().rooms) == ["sales", RECEPTION]


@pytest.mark.parametrize(("mode", "warned"), [(0o600, False), (0o640, True), (0o602, True)])
def test_a_file_that_others_can_read_is_warned_of(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, mode: int, warned: bool
) -> None:
    monkeypatch.chdir(tmp_path)
    settings(tmp_path, SALES, mode)
    for name, value in (GOOD | {"ROOMS_FILE": "rooms.toml"}).items():
        monkeypatch.setenv(name, value)
    what = (
        "ROOMS_FILE: other users of this machine can read or change it, and it holds the PINs and "
        f"rosters of the rooms. Run: chmod 600 {tmp_path}/rooms.toml"
    )
    assert [str(each) for each in load().warnings] == ([what] if warned else [])


def test_the_doctor_checks_the_file_too(tmp_path: Path) -> None:
    (tmp_path / "rooms.toml").write_text("[rooms.a]\nmoderator_pin = 4821")
    found = examine(read({"ROOMS_FILE": str(tmp_path / "rooms.toml")}))
    told = {each.what: each.todo for each in found if each.fact == "settings.rooms-file"}
    todo = "Correct the rooms file, and start the server again."
    assert told[f"rooms.a.moderator_pin: {DIGITS}."] == todo


# The page


def test_the_examples_of_the_pages_are_good(tmp_path: Path) -> None:
    pages = "".join(PAGES[name] for name in ("rooms", "way-in", "in-the-room", "keys"))
    begin, *parts = re.findall(r"(?ms)^ *```toml\n(.*?)^ *```", pages)
    assert list(settings(tmp_path, begin).rooms) == ["sales", "support", RECEPTION]
    example, translated = (part for part in parts if "[defaults]" in part)
    assert list(settings(tmp_path, example).rooms) == ["board", "lecture", "team", RECEPTION]
    assert settings(tmp_path, translated).rooms["paris"].words == {"Muted.": "Micro coupé."}
    for part in parts:
        text = part if "[rooms." in part else f"[rooms.sales]\n{part}"
        assert settings(tmp_path, text).problems == ()


def test_the_page_has_every_setting() -> None:
    shown = re.findall(
        r"`(\w+)`", "".join(row[0] for row in rows(section(PAGES["rooms"], "Settings of a room")))
    )
    assert sorted(shown) == sorted(rooms_file.OF_ROOM)
