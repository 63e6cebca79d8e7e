"""The table of operations, and the problems that it finds in requests."""

from __future__ import annotations

import pytest

from conference.simulator.api import operations
from conference.simulator.api.description import OPERATIONS, operation_of, problems
from conference.simulator.api.errors import REASONS, TITLES

SPEAK = "/calls/v3:x/actions/speak"
SPEECH = {"payload": "hello", "voice": "female"}
RECORDS = (
    "/call_control_applications",
    "/texml_applications",
    "/phone_numbers",
    "/numbers_features",
    "/outbound_voice_profiles",
)
DIAL = {"connection_id": "1", "to": "+13125550111", "from": "+13125550100"}


def test_every_operation_of_the_table_is_simulated() -> None:
    assert {operation.name for operation in OPERATIONS} == set(operations.OPERATIONS)


def test_every_code_has_a_title() -> None:
    assert {code for _, code, _ in REASONS.values() if code} <= set(TITLES)


def test_which_commands_take_a_command_id() -> None:
    commands = [each for each in OPERATIONS if each.body and not each.path.startswith(RECORDS)]
    without = {each.name for each in commands if not each.takes_command_id}
    assert without == {
        "UpdateClientState",
        "HoldConferenceParticipants",
        "UnholdConferenceParticipants",
        "MuteConferenceParticipants",
        "UnmuteConferenceParticipants",
        "PlayConferenceAudio",
        "StopConferenceAudio",
        "ConferenceGatherUsingAudio",
        "ConferenceSendDTMF",
        "UpdateConferenceParticipant",
        "CreateQueue",
        "UpdateQueue",
        "UpdateCallInQueue",
        "UpdateTexmlConference",
        "DialTexmlConferenceParticipant",
        "UpdateTexmlConferenceParticipant",
        "UpdateTexmlCall",
    }


def test_which_bodies_are_forms() -> None:
    texml = [each for each in OPERATIONS if each.path.startswith("/texml/")]
    assert len(texml) == 16
    assert [each for each in OPERATIONS if each.form] == [each for each in texml if each.body]


@pytest.mark.parametrize(
    ("path", "name", "found"),
    [
        ("Conferences", "GetTexmlConferences", ()),
        ("Conferences.json", "GetTexmlConferences", ()),
        ("Conferences/c", "GetTexmlConference", ("c",)),
        ("Conferences/c.json", "GetTexmlConference", ("c",)),
        ("Conferences/c/Participants.json", "GetTexmlConferenceParticipants", ("c",)),
        ("Conferences/c/Participants/v2:x", "GetTexmlConferenceParticipant", ("c", "v2:x")),
        ("Conferences/c/Participants/x.json", "GetTexmlConferenceParticipant", ("c", "x")),
        ("Conferences/c/Recordings", "GetTexmlConferenceRecordings", ("c",)),
        ("Conferences/c/Recordings.json", "FetchTeXMLConferenceRecordings", ("c",)),
        ("Recordings.json", "GetTeXMLCallRecordings", ()),
        ("Recordings/r.json", "GetTeXMLCallRecording", ("r",)),
        ("Calls/v2:x", "GetTexmlCall", ("v2:x",)),
    ],
)
def test_addresses_of_texml(path: str, name: str, found: tuple[str, ...]) -> None:
    operation = operation_of("GET", f"/texml/Accounts/a/{path}")
    assert operation is not None
    assert operation.name == name
    match = operation.pattern.fullmatch(f"/texml/Accounts/a/{path}")
    assert match is not None and match.groups() == ("a", *found)


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("POST", "/calls", DIAL),
        ("POST", "/calls", DIAL | {"to": ["+13125550111", "sip:a@b"], "timeout_secs": 5}),
        ("POST", "/v2/calls", DIAL),
        ("GET", "/calls/v3:x", None),
        ("POST", "/calls/v3:x/actions/hangup", None),
        ("POST", SPEAK, SPEECH | {"loop": 2}),
        ("POST", SPEAK, SPEECH | {"loop": "infinity"}),
        ("POST", "/conferences/a/b c/actions/mute", {"call_control_ids": []}),
        ("GET", "/conferences/x/participants", None),
    ],
)
def test_valid_requests_have_no_problems(method: str, path: str, body: object) -> None:
    assert problems(method, path, body) == []


@pytest.mark.parametrize(
    ("path", "body", "found"),
    [
        (SPEAK, {}, [("/payload", "10004"), ("/voice", "10004")]),
        (SPEAK, SPEECH | {"voice": ""}, [("/voice", "10004")]),
        (SPEAK, SPEECH | {"voice": None}, [("/voice", "10004")]),
        (SPEAK, SPEECH | {"loop": True}, [("/loop", "10015")]),
        (SPEAK, SPEECH | {"languge": "en-US"}, [("/languge", "10015")]),
        (SPEAK, SPEECH | {"language": "en-XX"}, [("/language", "10032")]),
        (SPEAK, SPEECH | {"payload": "x" * 3001}, [("/payload", "10033")]),
        (SPEAK, SPEECH | {"client_state": "a"}, [("/client_state", "90017")]),
        (SPEAK, SPEECH | {"client_state": "é"}, [("/client_state", "90017")]),
        ("/calls", DIAL | {"timeout_secs": 4}, [("/timeout_secs", "10033")]),
        ("/calls", DIAL | {"to": []}, [("/to", "10004")]),
        ("/calls", DIAL | {"to": [1]}, [("/to", "10015")]),
        ("/calls", DIAL | {"record_custom_file_name": ""}, [("/record_custom_file_name", "10033")]),
        (
            "/conferences/x/actions/mute",
            {"call_control_ids": "x"},
            [("/call_control_ids", "10015")],
        ),
        ("/conferences/x/actions/merge", {}, [("", "10005")]),
        (SPEAK, [], [("", "10015")]),
    ],
)
def test_invalid_requests_have_problems(
    path: str, body: object, found: list[tuple[str, str]]
) -> None:
    assert [(each.pointer, each.code) for each in problems("POST", path, body)] == found


@pytest.mark.parametrize(
    ("query", "codes"),
    [
        ({"page[size]": "250", "page[number]": "1", "unknown": "x"}, []),
        ({"page[size]": "0"}, ["10033"]),
        ({"page[size]": "many"}, ["10015"]),
        ({"filter[status]": "over"}, ["10032"]),
        ({"region": "US"}, []),
        ({"filter[failed]": "true"}, []),
        ({"filter[failed]": "yes"}, ["10015"]),
        ({"filter[application_name][contains]": "line"}, []),
        ({"filter[application_name][contains]": "li"}, ["10033"]),
    ],
)
def test_queries(query: dict[str, str], codes: list[str]) -> None:
    assert [each.code for each in problems("GET", "/conferences", None, query)] == codes
