"""The attributes of <Conference>: each setting, its default, good and wrong values."""

from __future__ import annotations

import re

import pytest
from rigs.documents import PAGES
from rigs.lines import test_line
from rigs.recorded import PUBLIC_KEY
from rigs.texml_forms import EVENTS, FETCH, HERE, SECRET, read_xml, says, send

from conference.callbacks.subscriptions import subscriptions
from conference.core.requests.verbs import VERBS
from conference.core.room import Room
from conference.core.texml.attributes import ATTRIBUTES
from conference.core.texml.verbs import VERBS as IN_TEXML
from conference.settings import read
from conference.web import texml_documents

GOOD = {"TELNYX_API_KEY": "KEY", "TELNYX_PUBLIC_KEY": PUBLIC_KEY}

OURS = {
    "statusCallback": f"{HERE}/texml/status",
    "statusCallbackEvent": EVENTS,
    "waitUrl": f"{HERE}/texml/wait/demo-conference",
}
OF_RECORDINGS = {
    "recordingStatusCallback": f"{HERE}/texml/status",
    "recordingStatusCallbackEvent": "in-progress completed absent",
}
RECORDED = {"record": "record-from-start", **OF_RECORDINGS}
URL = "https://a.example/b?c=1&d=2"
NO_ADDRESSES = [
    "a.example",
    "ftp://a.example",
    "https://a.example/b c",
    "http://[::1",
    "https://a:0",
]
EACH: dict[str, tuple[dict[str, dict[str, str]], list[str]]] = {
    "TEXML_MUTED": (
        {"yes": {"muted": "true"}, "true": {"muted": "true"}, "no": {}, "FALSE": {}},
        ["perhaps"],
    ),
    "TEXML_START_CONFERENCE_ON_ENTER": (
        {**{no: {"startConferenceOnEnter": "false"} for no in ("no", "NO", "0")}, "yes": {}},
        ["00", "never"],
    ),
    "TEXML_END_CONFERENCE_ON_EXIT": (
        {**{yes: {"endConferenceOnExit": "true"} for yes in ("yes", "1")}, "false": {}},
        ["2"],
    ),
    "MAX_PARTICIPANTS": (
        {"2": {"maxParticipants": "2"}, "249": {"maxParticipants": "249"}, "250": {}},
        ["1", "801", "all"],
    ),
    "BEEP": (
        {
            "always": {},
            "never": {"beep": "false"},
            "on_enter": {"beep": "onEnter"},
            "on_exit": {"beep": "onExit"},
            "onEnter": {"beep": "onEnter"},
            "true": {},
            "Off": {"beep": "false"},
        },
        ["onLeave"],
    ),
    "TEXML_RECORD": ({"record-from-start": RECORDED, "do-not-record": {}}, ["always"]),
    "TEXML_RECORD_BEEP": ({"off": {"recordBeep": "false"}, "yes": {}}, ["maybe"]),
    "TEXML_RECORDING_STATUS_CALLBACK": ({URL: OF_RECORDINGS}, NO_ADDRESSES),
    "TEXML_RECORDING_STATUS_CALLBACK_EVENT": (
        {"absent in-progress": {}, "completed": {}},
        ["completed,absent", "completed completed", "done"],
    ),
    "TEXML_RECORDING_STATUS_CALLBACK_METHOD": ({"GET": {}, "POST": {}}, ["PATCH", "PUT"]),
    "STATUS_CALLBACK": ({URL: {}}, NO_ADDRESSES),
    "STATUS_CALLBACK_METHOD": ({"GET": {}, "POST": {}}, ["GETS", "HEAD"]),
    "STATUS_CALLBACK_EVENT": (
        {"join": {}, "leave  end": {}, EVENTS: {}},
        ["start,end", "join join", "participant-join", "none"],
    ),
    "TEXML_RECORDING_TIMEOUT": (
        {"14400": {"recordingTimeout": "14400"}, "007": {"recordingTimeout": "7"}, "0": {}},
        ["14401", "-1", "1.5", "soon"],
    ),
    "TEXML_TRIM": ({"trim-silence": {"trim": "trim-silence"}, "do-not-trim": {}}, ["silence"]),
    "PUBLIC_URL": ({HERE: {}}, ["line.example"]),
    "TEXML_WAIT_URL": ({URL: {"waitUrl": URL}}, ["music.mp3"]),
    "TEXML_WAIT_METHOD": ({"POST": {}}, ["HEAD"]),
    "TEXML_PARTICIPANT_LABEL": (
        {"Front desk": {"participantLabel": "Front desk"}},
        ["x" * 65, "two\nlines"],
    ),
    "TEXML_SEND_RECORDING_URL": ({"no": {"sendRecordingUrl": "false"}, "yes": {}}, ["perhaps"]),
}
"""By setting: good values with the attributes that are written for them, and wrong values."""


def written(given: dict[str, str]) -> dict[str, str]:
    settings = read({**GOOD, "PUBLIC_URL": HERE, **given})
    assert settings.problems == ()
    room = Room("demo-conference", settings.room)
    document = texml_documents.into(room, "", room.base, "/texml/wait/demo-conference")
    found = read_xml(document).find("Dial/Conference")
    assert found is not None
    return found.attrib


def test_by_default_only_what_concerns_us_is_written() -> None:
    assert written({}) == OURS


@pytest.mark.parametrize(
    ("setting", "value", "attributes"),
    [(name, value, wanted) for name, (good, _) in EACH.items() for value, wanted in good.items()],
)
def test_each_value_is_written_unless_it_is_telnyxs_default(
    setting: str, value: str, attributes: dict[str, str]
) -> None:
    assert written({setting: value}) == {**OURS, **attributes}


@pytest.mark.parametrize(
    ("setting", "value"), [(name, value) for name, (_, bad) in EACH.items() for value in bad]
)
def test_a_bad_value_is_refused(setting: str, value: str) -> None:
    (wrong,) = read({**GOOD, setting: value}).problems
    assert wrong.name == setting
    if setting != "PUBLIC_URL":
        assert f"is {value!r}, and must be " in wrong.what
    if setting == "TEXML_RECORDING_TIMEOUT":
        assert "from 0 to 14400" in wrong.what and "charges" in wrong.what


def test_every_attribute_of_the_noun_is_there() -> None:
    names = (
        "muted startConferenceOnEnter endConferenceOnExit maxParticipants beep record recordBeep "
        "recordingStatusCallback recordingStatusCallbackEvent recordingStatusCallbackMethod "
        "recordingTimeout trim statusCallback statusCallbackMethod statusCallbackEvent waitUrl "
        "waitMethod participantLabel sendRecordingUrl"
    )
    assert [attribute.name for attribute in ATTRIBUTES] == names.split()
    assert {attribute.setting for attribute in ATTRIBUTES} == EACH.keys() - {"PUBLIC_URL"}


def test_callbacks_are_always_posted_to_us_and_what_is_heard_is_fetched_as_it_is_set() -> None:
    ways = {"TEXML_WAIT_METHOD": "GET", "TEXML_RECORDING_STATUS_CALLBACK_METHOD": "GET"}
    ways |= {"STATUS_CALLBACK_METHOD": "GET", "STATUS_CALLBACK_EVENT": "join"}
    recorded = {"TEXML_RECORD": "record-from-start", **ways}
    assert written(recorded) == {**OURS, **RECORDED}
    there = {"TEXML_WAIT_URL": URL, "TEXML_RECORDING_STATUS_CALLBACK": URL, "STATUS_CALLBACK": URL}
    there["TEXML_RECORDING_STATUS_CALLBACK_EVENT"] = "absent"
    assert written({**recorded, **there}) == {
        **OURS,
        **RECORDED,
        **{"waitUrl": URL, "waitMethod": "GET"},
    }


@pytest.mark.parametrize("setting", ["STATUS_CALLBACK", "TEXML_RECORDING_STATUS_CALLBACK"])
def test_an_address_keeps_its_secrets(setting: str) -> None:
    for wrong in ("https://me:pass@a.example/b c?key=word", "ftp://me:pa?ss@a.example?key=word"):
        (problem,) = read({**GOOD, setting: wrong}).problems
        assert "a.example" in problem.what
        assert not [x for x in ("me:", "pa?", "pass", "key", "word") if x in problem.what]
    settings = read({**GOOD, setting: "https://me:pass@a.example/b?key=word"})
    assert settings.problems == ()
    assert "pass" not in repr(settings) and "word" not in repr(settings)


def test_what_is_fed_from_us_has_its_defaults() -> None:
    assert list(subscriptions(read(GOOD).room)) == []
    status, recording = subscriptions(
        read({**GOOD, "STATUS_CALLBACK": URL, "TEXML_RECORDING_STATUS_CALLBACK": f"{URL}&r"}).room
    )
    assert (status.url, status.method, recording.url, recording.method) == (
        *(URL, "POST"),
        *(f"{URL}&r", "POST"),
    )
    assert status.kinds == {
        *("conference-start", "conference-end", "participant-join", "participant-leave"),
        "participant-speech-start",
    }
    assert recording.kinds == {"recording-completed"}


TOO_MANY = (
    "and must be a whole number from 2 to 250. "
    "Lower it: more can be only where all callers come by Call Control."
)


def test_more_participants_than_texml_takes_are_refused() -> None:
    assert read({**GOOD, "MAX_PARTICIPANTS": "300"}).problems == ()
    for setting, value in (("TEXML_MUTED", "no"), ("TEXML_SECRET", SECRET)):
        (wrong,) = read({**GOOD, "MAX_PARTICIPANTS": "300", setting: value}).problems
        assert wrong.name == "MAX_PARTICIPANTS"
        assert wrong.what == f"is '300', {TOO_MANY}"


def test_a_room_that_is_too_large_for_texml_says_so_aloud(caplog: pytest.LogCaptureFixture) -> None:
    with test_line(max_participants=251) as line:
        assert "cannot be reached" in says(send(line, "/texml", FETCH))
    told = f"room demo-conference by TeXML: MAX_PARTICIPANTS is '251', {TOO_MANY}"
    assert [each.getMessage().endswith(told) for each in caplog.records] == [True]


@pytest.mark.parametrize("secret", ["short", "with spaces in it, and a slash/", "é" * 20])
def test_a_secret_fits_into_a_path(secret: str) -> None:
    (wrong,) = read({**GOOD, "TEXML_SECRET": secret}).problems
    assert wrong.name == "TEXML_SECRET"
    assert secret not in str(wrong)


def test_the_page_says_what_works_with_each_kind_of_number() -> None:
    shown = PAGES["texml"]
    rows = re.findall(r"^\| (`.*?) \| (\w+)[^|]* \| (\w+)[^|]* \|$", shown, re.MULTILINE)
    both = {
        verb
        for names, _, there in rows
        if there == "yes"
        for verb in re.findall("`([a-z-]+)`", names)
    }
    neither = {
        verb
        for names, _, there in rows
        if there == "no"
        for verb in re.findall("`([a-z-]+)`", names)
    }
    assert (both, neither) == ({*IN_TEXML}, VERBS.keys() - IN_TEXML.keys())
