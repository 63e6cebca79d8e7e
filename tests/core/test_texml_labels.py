"""The label of a TeXML caller: from Telnyx's callbacks, unless a moderator has given one."""

from __future__ import annotations

from itertools import permutations
from typing import Any
from urllib.parse import urlencode

import pytest
from rigs import core as rig
from rigs.core import NOW
from rigs.texml_forms import JOIN
from rigs.texml_rooms import comes, goes, listed, speaks, starts, texml

from conference.core import commands as c
from conference.core.events import Outcome
from conference.core.room import Room
from conference.core.texml.facts import MOST_CALLS, StatusCallback
from conference.core.texml.fields import parse_form
from conference.core.texml.form import status_callback


def label(room: Room, call: str = "A") -> str:
    return room.participants[call].label


def parsed(**given: str) -> StatusCallback:
    found = status_callback(parse_form(urlencode(JOIN | given).encode()), NOW)
    assert isinstance(found, StatusCallback)
    return found


def test_a_caller_has_the_label_of_the_document() -> None:
    assert label(rig.after(texml(), comes("A", label="Ann"))) == "Ann"


def test_the_order_of_the_callbacks_does_not_matter() -> None:
    of_a: list[Any] = [starts(0), comes("A", 1, label="Ann"), speaks("A", 3, label="Ann")]
    for order in permutations(of_a):
        room = texml()
        for event in order:
            room = rig.after(room, event)
            if rig.pending(room, c.SNAPSHOT):
                room = rig.after(room, listed(room, "A"))
        assert label(room) == "Ann", order


def test_a_label_that_came_before_its_call_is_kept() -> None:
    room = rig.after(texml("B"), speaks("A", 5, label="Ann"))
    assert label(rig.after(room, listed(room, "A", "B"))) == "Ann"


def test_labels_of_unknown_calls_are_bounded() -> None:
    room = texml("B")
    for n in range(MOST_CALLS + 5):
        room = rig.after(room, goes(f"X{n}", n + 5, label="Ann"))
    assert room.texml.facts and len(room.texml.facts.labels) == MOST_CALLS
    assert f"X{MOST_CALLS + 4}" in room.texml.facts.labels


def test_a_moderator_s_label_stays() -> None:
    room = rig.after(texml("A", "B"), rig.asks("rename", "A", label="Bea"))
    assert label(rig.after(room, speaks("A", 5, label="Ann"))) == "Bea"


def test_a_label_that_a_moderator_took_away_stays_away() -> None:
    room = rig.after(texml(), comes("A", label="Ann"), rig.asks("rename", "A", label=""))
    assert label(rig.after(room, speaks("A", 5, label="Ann"))) == ""
    room = rig.after(texml("A"), rig.asks("rename", "A", label=""))
    assert label(rig.after(room, speaks("A", 5, label="Ann"))) == "", "there was none before"


def test_a_dialled_participant_keeps_the_label_of_the_dial() -> None:
    room = rig.after(texml("A"), rig.asks("dial", to="+13125550142", label="Cy"))
    room = rig.after(room, comes("D", 8, to="+13125550142", label="other"))
    assert label(room, "D") == "Cy"


CYS = "+13125550142"
GUEST = {"participantLabel": "guest"}


@pytest.mark.parametrize("given", [{}, {"label": "Cy"}])
def test_a_moderator_s_label_beats_the_late_response_to_a_dial(given: dict[str, str]) -> None:
    room = rig.after(texml("A"), rig.asks("dial", to=CYS, **given))
    command = rig.head(room, rig.DIAL)
    room = rig.after(
        room, comes("D", 8, to="sip:cy@example.com"), rig.asks("rename", "D", label="Di")
    )
    room = rig.after(room, Outcome(command, NOW, data={"call_control_id": "D"}))
    assert room.participants["D"].direction == "outgoing"
    assert label(room, "D") == "Di"


@pytest.mark.parametrize(("given", "shown"), [({}, "guest"), ({"label": "Cy"}, "Cy")])
@pytest.mark.parametrize("to", [CYS, "sip:cy@example.com"])
def test_the_label_of_a_called_participant_depends_on_no_order(
    to: str, given: dict[str, str], shown: str
) -> None:
    called = rig.after(
        texml("A", room=rig.with_settings(texml=GUEST)), rig.asks("dial", to=CYS, **given)
    )
    answer = Outcome(rig.head(called, rig.DIAL), NOW, data={"call_control_id": "D"})
    join = comes("D", 8, to=to, label="guest")
    for order in permutations([answer, join]):
        assert label(rig.after(called, *order), "D") == shown, order


def test_a_callback_of_somebody_who_is_out_names_nobody() -> None:
    room = rig.after(texml("A", "B"), goes("A", 9, label="Ann"))
    assert "A" not in room.participants
    assert label(room, "B") == ""


@pytest.mark.parametrize("sent", ["Ann", " Ann "])
def test_the_label_is_read(sent: str) -> None:
    assert parsed(ParticipantLabel=sent).label == "Ann"


@pytest.mark.parametrize("sent", ["", "x" * 65, "a\nb", "a\x00"])
def test_a_label_that_we_did_not_write_counts_as_absent(sent: str) -> None:
    assert parsed(ParticipantLabel=sent).label == ""


@pytest.mark.parametrize(
    "sent", ["Zoë", "\u0645\u06cc\u200c\u062e", "Bienvenue\u00a0!", "田中\u3000"], ids=ascii
)
def test_a_label_of_any_language_is_passed_on(sent: str) -> None:
    assert parsed(ParticipantLabel=sent).more["ParticipantLabel"] == sent


SIP = "+13125550111@192.0.2.1:5060"


def test_the_fields_for_others_are_kept_within_bounds() -> None:
    sent = {"ConnectionId": "149", "FromSipUri": SIP, "ToSipUri": "x" * 513, "Other": "x"}
    more = parsed(**sent, CallingPartyType="p\x07").more
    assert more == {
        "CallSidLegacy": JOIN["CallSidLegacy"],
        "ConnectionId": "149",
        "FromSipUri": SIP,
    }
