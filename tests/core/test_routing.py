"""Which room a webhook concerns, and which concern none."""

from __future__ import annotations

import pytest
from rigs import core as rig

from conference.core.client_state import ClientState
from conference.core.doors import RECEPTION, Doors
from conference.core.events import Ignored, Webhook
from conference.core.routing import route
from conference.core.webhook_fields import DETAILS

CALLS = {"A": "one"}
CONFERENCES = {"K": "two"}
OURS = ClientState("three")
DEFAULT = "default"


def ignored(event_type: str, why: str) -> Ignored:
    return Ignored(f"{event_type} {why}")


NOT_OURS = "of a call that is not ours"
ELSEWHERE = "of a conference that is not ours"
TABLE: list[tuple[str, Webhook, str | Ignored]] = [
    ("a known call", rig.hook("call.answered"), "one"),
    (
        "a known call, whatever its client_state",
        rig.hook("call.answered", client_state=OURS),
        "one",
    ),
    ("a known call that is initiated again", rig.initiated(), "one"),
    ("our client_state", rig.hook("call.answered", "X", client_state=OURS), "three"),
    (
        "an outgoing call of ours",
        rig.initiated("X", direction="outgoing", client_state=OURS),
        "three",
    ),
    ("an incoming call with our client_state", rig.initiated("X", client_state=OURS), "three"),
    ("a new incoming call", rig.initiated("X"), DEFAULT),
    (
        "somebody else's outgoing call",
        rig.initiated("X", direction="outgoing"),
        ignored("call.initiated", NOT_OURS),
    ),
    (
        "a call without a direction",
        rig.initiated("X", direction=""),
        ignored("call.initiated", NOT_OURS),
    ),
    ("a hangup may overtake its call", rig.hook("call.hangup", "X"), DEFAULT),
    ("a hangup of a call of ours", rig.hook("call.hangup", "X", client_state=OURS), "three"),
    ("a stranger's answer", rig.hook("call.answered", "X"), ignored("call.answered", NOT_OURS)),
    (
        "a stranger's speech",
        rig.hook("call.speak.ended", "X"),
        ignored("call.speak.ended", NOT_OURS),
    ),
    ("a known conference", rig.hook("conference.participant.joined", "X"), "two"),
    ("a known conference before a known call", rig.hook("conference.participant.joined"), "two"),
    ("a known call's new conference", rig.hook("conference.created", conference="L"), "one"),
    (
        "a conference of others, whose owner has our client_state",
        rig.hook("conference.participant.joined", "X", conference="L", client_state=OURS),
        ignored("conference.participant.joined", ELSEWHERE),
    ),
    (
        "a conference without an id, even of a call of ours",
        rig.hook("conference.ended", conference=""),
        ignored("conference.ended", "without a conference_id"),
    ),
    (
        "no call",
        rig.hook("call.hangup", "", client_state=OURS),
        ignored("call.hangup", "without a call_control_id"),
    ),
    ("what changes nothing is told of in its room", rig.hook("call.dtmf.received"), "one"),
    (
        "a cost of a call that ended here before a restart",
        rig.hook("call.cost", "X", client_state=OURS),
        "three",
    ),
    ("a cost of a call of others", rig.hook("call.cost", "X"), ignored("call.cost", NOT_OURS)),
    ("what is said to a conference names no call", rig.hook("conference.speak.ended", ""), "two"),
    (
        "nor may what is recorded",
        rig.hook("call.recording.saved", "", client_state=OURS),
        "three",
    ),
    (
        "recorded by others",
        rig.hook("call.recording.saved", "", client_state=None),
        ignored("call.recording.saved", NOT_OURS),
    ),
    (
        "an event that is not listed",
        rig.hook("call.streaming.started"),
        ignored("call.streaming.started", "changes nothing here"),
    ),
]


@pytest.mark.parametrize(
    ("event", "room"), [row[1:] for row in TABLE], ids=[row[0] for row in TABLE]
)
def test_the_room_of(event: Webhook, room: str | Ignored) -> None:
    assert route(event, CALLS.get, CONFERENCES.get, Doors(DEFAULT)) == room


@pytest.mark.parametrize("event_type", DETAILS)
def test_every_event_of_a_known_call_reaches_its_room(event_type: str) -> None:
    event = rig.hook(event_type, conference="not known yet")
    assert route(event, CALLS.get, CONFERENCES.get, Doors(DEFAULT)) == "one"


NUMBER = "+13125550101"
DOORS = Doors(
    RECEPTION, {NUMBER: "sales"}, {"Room 1234": "sales", "Caf\u00e9": "cafe"}, ("sales", "Board")
)


@pytest.mark.parametrize(
    ("dialled", "room"),
    [(NUMBER, "sales"), ("0013125550101", "sales"), ("+13125550102", RECEPTION), ("", RECEPTION)],
)
@pytest.mark.parametrize("event_type", ["call.initiated", "call.hangup"])
def test_a_number_leads_to_its_room(event_type: str, dialled: str, room: str) -> None:
    event = rig.hook(event_type, "X", direction="incoming", to=dialled)
    assert route(event, CALLS.get, CONFERENCES.get, DOORS) == room


def test_a_conference_is_known_by_its_name_at_telnyx() -> None:
    assert [DOORS.titled(name) for name in ("Room 1234", "blue")] == ["sales", "blue"]


@pytest.mark.parametrize(
    ("name", "room"),
    [
        ("SALES", "sales"),
        ("board", "Board"),
        ("sales", "sales"),
        ("Blue", "Blue"),
        ("Reception", "reception"),
        ("CAFE\u0301", "cafe"),
    ],
)
def test_the_name_of_a_room_of_the_file_may_be_in_any_case(name: str, room: str) -> None:
    assert DOORS.named(name) == room
