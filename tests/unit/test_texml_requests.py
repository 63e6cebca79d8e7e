"""Commands as forms of TeXML's REST API, and snapshots from its list of participants."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from conference.core import commands
from conference.core.client_state import ClientState
from conference.core.snapshot import Seen, Snapshot
from conference.outgoing_http import Response
from conference.telnyx_api.lists import UnusableList
from conference.telnyx_api.responses import Refused
from conference.telnyx_api.texml import FORMS, Form, form_for, snapshot


def of_x(action: str, **body: Any) -> commands.PassThrough:
    return commands.PassThrough("conference", "X/1", action, body, "request", account="a b")


X = "/texml/Accounts/a%20b/Conferences/X%2F1"
SENT: list[tuple[Any, Form]] = [
    (
        commands.Hold("X/1", ("v2:1",), "US", "https://a.example/m.wav", account="a b"),
        Form(
            f"{X}/Participants/v2%3A1",
            {"Hold": "true", "HoldUrl": "https://a.example/m.wav", "HoldMethod": "GET"},
        ),
    ),
    (commands.Hold("X/1", ("1",), account="a b"), Form(f"{X}/Participants/1", {"Hold": "true"})),
    (commands.Unhold("X/1", ("1",), account="a b"), Form(f"{X}/Participants/1", {"Hold": "false"})),
    (commands.Mute("X/1", ("1",), account="a b"), Form(f"{X}/Participants/1", {"Muted": "true"})),
    (
        commands.Unmute("X/1", ("1",), account="a b"),
        Form(f"{X}/Participants/1", {"Muted": "false"}),
    ),
    (commands.Kick("1", "X/1", account="a b"), Form(f"{X}/Participants/1", {}, "DELETE")),
    (of_x("end"), Form(X, {"Status": "completed"})),
    (of_x("play", audio_url="u"), Form(X, {"AnnounceUrl": "u", "AnnounceMethod": "GET"})),
    (
        of_x("play", audio_url="u", call_control_id="1"),
        Form(f"{X}/Participants/1", {"AnnounceUrl": "u", "AnnounceMethod": "GET"}),
    ),
]

TO_ONE = Form(f"{X}/Participants/1", {"Coaching": "true", "CallSidToCoach": "v2:2"})
WHISPERS = {"supervisor_role": "whisper", "whisper_call_control_ids": ["v2:2"]}
SENT += [
    (of_x("update", **WHISPERS, call_control_id="1"), TO_ONE),
    *(
        (
            of_x("update", supervisor_role=role, call_control_id="1"),
            Form(f"{X}/Participants/1", {"Coaching": "false"}),
        )
        for role in ("none", "barge")
    ),
    *(
        (
            of_x("participants", beep_enabled=beep, call_control_id="1"),
            Form(f"{X}/Participants/1", {"BeepOnExit": on_exit}),
        )
        for beep, on_exit in (
            *(("always", "true"), ("on_exit", "true")),
            *(("never", "false"), ("on_enter", "false")),
        )
    ),
    *(
        (
            of_x("participants", end_conference_on_exit=ends, call_control_id="1"),
            Form(f"{X}/Participants/1", {"EndConferenceOnExit": word}),
        )
        for ends, word in ((True, "true"), (False, "false"))
    ),
]

STATE = ClientState("demo", direction="outgoing", number="+13125550142")
DIAL = commands.Dial(
    to="+13125550142",
    client_state=STATE,
    id="request",
    rings=30,
    lasts=3600,
    conference="X/1",
    beep="on_enter",
    attributes={"muted": "true", "endConferenceOnExit": "true", "participantLabel": "Cy"},
    callback="https://l.example/s",
    account="a b",
)
CALLED = {
    "To": "+13125550142",
    "Timeout": "30",
    "TimeLimit": "3600",
    "Beep": "onEnter",
    "Muted": "true",
    "EndConferenceOnExit": "true",
    "Label": "Cy",
}
CALLBACK = {
    "ConferenceStatusCallback": "https://l.example/s",
    "ConferenceStatusCallbackEvent": "start end join leave",
}
SENT += [
    (DIAL, Form(f"{X}/Participants", {**CALLED, **CALLBACK})),
    (replace(DIAL, callback=""), Form(f"{X}/Participants", CALLED)),
]


def test_the_callee_sees_our_number_unless_another_is_given() -> None:
    assert form_for(DIAL, "+13125550100").fields["From"] == "+13125550100"
    seen = {"from": "+13125550188", "from_display_name": "The club"}
    fields = form_for(replace(DIAL, options=seen), "+13125550100").fields
    assert (fields["From"], fields["CallerId"]) == ("+13125550188", "The club")


@pytest.mark.parametrize(("command", "wanted"), SENT, ids=repr)
def test_each_command_as_a_form(command: commands.Command, wanted: Form) -> None:
    assert FORMS[type(command)](command) == wanted


def test_one_command_is_about_one_participant() -> None:
    with pytest.raises(ValueError, match="too many"):
        FORMS[commands.Mute](commands.Mute("X", ("A", "B"), account="a"))


TAKE_SNAPSHOT = commands.TakeSnapshot("demo", conference="X", account="a")


def row(call: str, **given: Any) -> dict[str, Any]:
    return {"call_sid": call, "hold": False, "muted": False, "status": "connected", **given}


RUNNING = {"status": "in-progress"}


def listed(*pages: Any, conference: Any = RUNNING) -> tuple[Snapshot, list[dict[str, str]]]:
    """Return the snapshot made of these pages, and the queries."""
    left, queries = list(pages), []

    def get(path: str, query: dict[str, str]) -> Any:
        if path == "/texml/Accounts/a/Conferences/X":
            return conference
        assert path == "/texml/Accounts/a/Conferences/X/Participants"
        queries.append(query)
        return left.pop(0)

    return snapshot(get, TAKE_SNAPSHOT), queries


def test_the_list_is_read_to_its_end() -> None:
    following = "/v2/texml/Accounts/a/Conferences/X/Participants.json?Page=1&PageSize=2&PageToken=T"
    first = {"participants": [row("A"), row("B", hold=True)], "next_page_uri": following}
    rest = {"participants": [row("C", muted=True), row("D", status="connecting")]}
    rest["participants"].append(row("E", status="completed"))
    found, queries = listed(first, {**rest, "next_page_uri": None})
    assert queries == [{"PageSize": "250"}, {"Page": "1", "PageSize": "2", "PageToken": "T"}]
    assert found.conference == "X" and found.of_texml
    assert found.joined == {"A": Seen(False, False), "B": Seen(True, False), "C": Seen(False, True)}
    assert (found.coming, found.started) == ({"D"}, True)
    assert isinstance(found.coming, frozenset)


@pytest.mark.parametrize("page", [{}, [], None, {"participants": {}}, {"participants": ["A"]}])
def test_a_malformed_list_is_not_used(page: Any) -> None:
    with pytest.raises(UnusableList):
        listed(page)


def test_a_list_whose_pages_repeat_is_not_used() -> None:
    page = {"participants": [row("A")], "next_page_uri": "/x?Page=1"}
    with pytest.raises(UnusableList):
        listed(page, page, page)


@pytest.mark.parametrize("conference", [{}, [], None, {"status": 1}])
def test_a_malformed_conference_is_not_used(conference: Any) -> None:
    with pytest.raises(UnusableList):
        listed({"participants": [row("A")]}, conference=conference)


def test_an_ended_conference_is_none_and_an_unknown_one_proves_nothing() -> None:
    empty: dict[str, Any] = {"participants": []}
    for status, started in (("init", False), ("in-progress", True)):
        found, _ = listed(empty, conference={"status": status})
        assert found == Snapshot("X", of_texml=True, started=started)
    assert listed(conference={"status": "completed"}) == (Snapshot(of_texml=True), [])

    def gone(path: str, query: dict[str, str]) -> Any:
        raise Refused(Response(404, {}, b""))

    with pytest.raises(Refused):
        snapshot(gone, TAKE_SNAPSHOT)
