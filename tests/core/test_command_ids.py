"""Telnyx knows a repeated command by its id: a changed id would run a command twice."""

from __future__ import annotations

from dataclasses import replace
from typing import get_args

import pytest

from conference.core import commands as c
from conference.core.client_state import ClientState
from conference.core.command_ids import command_id

STATE = ClientState("demo", number="+1")
KNOWN = {
    "answer": (c.Answer("A", STATE), "1adf9294619c685e2b926530e809b5b2"),
    "greeting": (
        c.Speak("A", "greeting", "Hello.", "female", "en-GB"),
        "491ffc66fac59407f69090febd1c052c",
    ),
    "goodbye": (
        c.Speak("A", "goodbye", "Bye.", "female", "en-GB"),
        "66a06562f6e11acf0b604649130f4827",
    ),
    "key": (c.Gather("A", "Press 1.", "1", "female", "en-GB"), "61859fa41fd3e3a8acac8d752bdcbe83"),
    "second PIN": (
        c.Gather("A", "PIN?", "1", "female", "en-GB", n=2),
        "06f30c71b7d8075c1746471c42313a66",
    ),
    "name": (c.Record("A", 5), "c6f1cbc29a503177cf84ce67fcf32fba"),
    "create": (c.Create("A", "demo", 1, "always", 250), "8a6e8c19cd1018f9ab5244e7fb205664"),
    "second create": (c.Create("A", "demo", 2, "always", 250), "3a85282122ca43f249c8754684955062"),
    "join": (c.Join("A", "K", 1), "5dfbda3bf2e61b998d2c8731fc0e1707"),
    "leave": (c.Leave("A", "K", 2), "34251e2e051705b7464fd6d20c975112"),
    "hangup": (c.Hangup("A"), "06948cc3df24ce9efe55fc99aed94109"),
    "dial": (
        c.Dial("+13125550142", STATE, "request", 30, 14400),
        "5201d72d368108ece30a560b3216c011",
    ),
    "recording of a call": (
        c.PassThrough("call", "A", "record_start", {"format": "mp3"}, "request"),
        "a7e8147d714086a8f17731497bd67f27",
    ),
    "speech in the conference": (
        c.PassThrough("conference", "K", "speak", {"payload": "Hi."}, "request"),
        "151f05150d5f31b59d5ad8f2e006c49d",
    ),
    "update of one participant": (
        c.PassThrough("conference", "K", "update", {"call_control_id": "A"}, "request"),
        "53185748ed05360e74710a792c8c907c",
    ),
}
"""As servers before this one have sent them: after an upgrade they must still be the same."""


@pytest.mark.parametrize(("command", "known"), KNOWN.values(), ids=KNOWN)
def test_ids_are_what_they_were(command: c.OfCall | c.PassThrough | c.Dial, known: str) -> None:
    assert command_id(command) == known


def test_names_are_what_they_were() -> None:
    """URLs, ids, the log and REST use them: they are data, whatever the classes are called."""
    named = {kind.name for kind in get_args(c.Command) if kind is not c.PassThrough}
    assert named == {
        *("answer", "speak", "gather", "create", "find", "join", "leave", "hangup", "kick"),
        *("record_start", "hold", "unhold", "mute", "unmute", "snapshot", "remember", "dial"),
    }
    assert c.PassThrough("call", "A", "record_start", {}, "request").name == "record_start"


def test_a_call_can_hear_more_than_one_greeting_and_one_goodbye() -> None:
    for first in (KNOWN["greeting"][0], KNOWN["goodbye"][0]):
        assert isinstance(first, c.Speak)
        ids = [command_id(replace(first, n=n)) for n in (1, 2, 3)]
        assert (ids[0], len({*ids})) == (command_id(first), 3)
