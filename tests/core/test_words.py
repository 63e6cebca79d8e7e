"""The words of a room: each sentence has one translation, and nothing else is spoken."""

from __future__ import annotations

import ast
from codecs import encode
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from re import sub
from typing import Any, NamedTuple

import pytest
from rigs import core as rig
from rigs.core import EMPTY, NOW, T0, each_case
from rigs.documents import ROOT

from conference.core.admission.opening_hours import Hours, Window
from conference.core.admission.reception import ENTER, PROMPTS
from conference.core.announcements.announcing import Sound
from conference.core.announcements.chimes import NAMED_HAVE_JOINED, NAMED_JOINED
from conference.core.announcements.names import LIST, with_names
from conference.core.announcements.spoken_times import spoken_moment
from conference.core.client_state import Role
from conference.core.commands import Command, Gather, PassThrough, Speak
from conference.core.events import Event, Outcome, RequestAnswered, Webhook
from conference.core.keys.actions import ACTIONS
from conference.core.requests.hands import UP
from conference.core.room import Room
from conference.core.room_settings import Pin, RoleSettings
from conference.core.sentences import SENTENCES, SPEAKING
from conference.core.words import NOTHING, Sentence, Words, join, say


def rot13(sentence: str) -> str:
    """Return the sentence with other letters, but for names in braces."""
    return sub(r"(^|\})[^{]+", lambda between: encode(between[0], "rot13"), sentence)


ROT13 = {str(sentence): rot13(sentence) for sentence in SENTENCES}


def room(**words: str) -> Room:
    return rig.with_settings(EMPTY, words=words)


# The registry


def test_every_module_that_has_sentences_is_in_the_registry() -> None:
    having = set()
    for file in (ROOT / "conference").rglob("*.py"):
        text = file.read_text("utf-8")
        if "conference.core.words import" in text and file.name != "sentences.py":
            if any(map(_makes_sentence, ast.walk(ast.parse(text)))):
                having.add(".".join(file.relative_to(ROOT).with_suffix("").parts))
    assert having == {module.__name__ for module in SPEAKING}


def test_every_sentence_is_in_a_constant_in_capitals() -> None:
    """There the registry finds it. It has the help of each action, too."""
    for module in SPEAKING:
        for each in ast.parse(Path(module.__file__).read_text("utf-8")).body:
            made = [ast.unparse(node) for node in ast.walk(each) if _makes_sentence(node)]
            if not isinstance(each, ast.Assign | ast.AnnAssign):
                assert made in ([], ["Sentence(action.help)"]), module
            elif made:
                (target,) = each.targets if isinstance(each, ast.Assign) else [each.target]
                assert ast.unparse(target).isupper(), module


def _makes_sentence(node: ast.AST) -> bool:
    return isinstance(node, ast.Call) and getattr(node.func, "id", "") == "Sentence"


def test_the_sentences_are_different_and_formed_alike() -> None:
    assert len(SENTENCES) == len(set(SENTENCES)) > 150
    assert not [each for each in SENTENCES if '"' in each or "\\" in each or len(each) > 100]
    assert {action.help for action in ACTIONS.values()} - {*SENTENCES} == {""}
    assert {ENTER, *PROMPTS.values(), UP} < {*SENTENCES}


# A room's words


def test_a_sentence_without_a_translation_is_english() -> None:
    assert say(EMPTY, UP, place=3) == "Your hand is up. You are number 3 in the queue."
    german = room(**{UP: "Sie sind Nummer {place}."})
    assert say(german, UP, place=3) == "Sie sind Nummer 3."
    assert say(german, ENTER) == ENTER
    assert type(say(german, ENTER)) is str  # as it is stored


def test_sentences_follow_each_other() -> None:
    assert say(EMPTY, Sentence("One."), Sentence("Two.")) == "One. Two."
    assert join(Words("One."), NOTHING, Words("Two.")) == "One. Two."


@pytest.mark.parametrize("name", ["{n}", "{0}", "{", "}}", "%s"])
def test_a_name_is_spoken_as_it_is(name: str) -> None:
    assert with_names(EMPTY, NAMED_JOINED, [Words(name)]) == [f"{name} has joined."]


SAID = Sound("https://telnyx.example/ann.mp3", 5.0)


@pytest.mark.parametrize(
    ("translation", "heard"),
    [
        ("{names} ist da.", [SAID, "ist da."]),
        ("Se ha unido {names}.", ["Se ha unido", SAID]),
        ("Nun ist {names} da.", ["Nun ist", SAID, "da."]),
        ("", [SAID, "has joined."]),
    ],
)
def test_a_name_that_was_said_is_heard_between_the_words(
    translation: str, heard: list[Any]
) -> None:
    words = {NAMED_JOINED: translation} if translation else {}
    assert with_names(room(**words), NAMED_JOINED, [SAID]) == heard


def test_names_are_listed_as_the_language_does() -> None:
    names = [Words("Ann"), Words("Bob"), Words("Cleo")]
    german = {NAMED_HAVE_JOINED: "Da sind: {names}.", LIST: "{names} und {last}"}
    assert with_names(room(**german), NAMED_HAVE_JOINED, names) == ["Da sind: Ann, Bob und Cleo."]


def test_a_time_is_in_digits_for_the_translation_alone() -> None:
    words = {
        "on {day} at {time}": "am {day} um {time}",
        "{hour}:{minute}": "{hour} Uhr {minute}",
        "Wednesday": "Mittwoch",
    }
    now, opens = datetime(2026, 11, 30, 8), datetime(2026, 12, 2, 14, 5)
    assert spoken_moment(room(**words), opens, now) == "am Mittwoch um 14 Uhr 05"
    assert spoken_moment(EMPTY, opens, now) == "on Wednesday at two oh five in the afternoon"


# Nothing else is spoken

PEOPLE: dict[str, Role] = {"A": "moderator", "B": "participant", "C": "listener"}
GUESTS: dict[str, Role] = {"B": "participant", "C": "listener"}
KEYS = {f"*{n + 10}": name for n, name in enumerate(ACTIONS)}
PINS = (Pin("4821", "demo", "participant"), Pin("90", "demo", "moderator"))
ALL_KEYS = {"keys": KEYS, "pins": PINS, "dial_country": "1", "chimes": True}
HOSTS = {"participant": RoleSettings(starts=False), "moderator": RoleSettings(ends=True)}
PIN = {"stages": ("pin",), "pins": PINS}
CLOSED = Hours(dates={"1969-12-31": (Window(0, 60),)})


def press(call: str, keys: str) -> list[Webhook]:
    return [rig.hook("call.dtmf.received", call, details={"digit": each}) for each in keys]


def comes(call: str, *then: Event) -> list[Event]:
    answered = rig.hook("call.answered", call)
    return [rig.initiated(call, from_="+13125550142"), answered, *then]


def over(call: str) -> Webhook:
    return rig.hook("call.speak.ended", call)


def typed(*digits: str) -> list[Event]:
    return [rig.hook("call.gather.ended", "D", details={"digits": each}) for each in digits]


def later(*seconds: int) -> list[Event]:
    return [rig.time(NOW + each) for each in seconds]


class Scene(NamedTuple):
    """Events that let callers hear something, a second apart.

    `inside`: those inside before, with their roles.
    """

    name: str
    events: list[Event]
    settings: dict[str, Any] = {}  # noqa: RUF012
    inside: dict[str, Role] = PEOPLE


ask = rig.asks
NEXT = [ask("next-hand"), ask("next-hand")]
TURNS = [ask("mode", mode="questions"), ask("raise-hand", "B"), *NEXT]
NEWCOMERS = [each for call in "DEF" for each in comes(call, over(call), rig.joined(call))]
SCENES = [
    *(
        Scene(f"{call} presses {name}", press(call, f"{keys}1#{keys}9#{keys}"), ALL_KEYS)
        for keys, name in KEYS.items()
        for call in PEOPLE
    ),
    Scene("no hands in a lecture", [ask("mode", mode="lecture"), *press("B", "*10")], ALL_KEYS),
    Scene("question time", [*TURNS, ask("mode", mode="conversation")], ALL_KEYS),
    Scene("question time without keys", TURNS),
    Scene("mute", [ask("mute", "B"), ask("unmute", "B")], ALL_KEYS),
    Scene("kick", [ask("kick", "B")]),
    Scene("ban", [ask("kick", "B", ban=True), *comes("B")]),
    Scene("lock", [ask("lock"), *comes("D")]),
    Scene("record", [ask("record-start"), ask("record-stop")], {"announce_recording": True}),
    Scene("PINs", comes("D", *typed("1", "", "2")), PIN, {}),
    Scene("no PIN", comes("D", *typed("", "", "")), PIN, {}),
    Scene("name", comes("D"), {"ask_name": True}),
    Scene("lobby", [*comes("D", over("D")), *comes("E"), *later(90)], {"lobby": True}),
    Scene("a long wait", [*comes("D", over("D")), *later(90)], {"lobby": True, "lobby_minutes": 1}),
    Scene("a full room", comes("D", over("D")), {"queue_when_full": True, "max_participants": 2}),
    Scene("no seat", comes("D", over("D")), {"pins": PINS, "max_participants": 2}, GUESTS),
    Scene("closed", comes("D"), {"opening_hours": CLOSED}, {}),
    Scene(
        "a host who comes and goes",
        [*later(80), ask("role", "B", role="moderator"), rig.left("B"), *later(300)],
        {"roles": HOSTS, "host_grace_seconds": 90, "alone_minutes": 2, "announce_ends": True},
        GUESTS,
    ),
    Scene("no grace", [rig.left("A"), *later(20)], {"roles": HOSTS, "host_grace_seconds": 0}),
    Scene("alone", later(80, 200), {"alone_minutes": 2, "announce_ends": True}, {"B": "listener"}),
    Scene("a day", [*later(*range(0, 400, 30)), *comes("D")], {"minutes_per_day": 10}),
    Scene("the end", later(400), {"announce_ends": True, "duration_minutes": 10}),
    Scene("newcomers", [*later(30), *NEWCOMERS, *later(90)], {"chimes": True}),
    Scene("a count", NEWCOMERS, {"announce_count": True}),
]


@each_case(SCENES)
def test_nothing_but_sentences_is_spoken(case: Scene) -> None:
    """A room whose words are in rot13 hears the rot13 of what others hear."""
    usual = rig.with_settings(EMPTY, greeting_first="", greeting_next="", **case.settings)
    plain, other = heard(usual, case), heard(rig.with_settings(usual, words=ROT13), case)
    assert plain
    assert other == [encode(each, "rot13") for each in plain]


def heard(room: Room, case: Scene) -> list[str]:
    """Return all that is spoken, in order."""
    settings, room = room.settings, rig.with_settings(room, stages=(), lobby=False)
    for call in case.inside:
        room = rig.inside(room, call)
    for call, role in case.inside.items():
        room = rig.well(rig.after(room, ask("role", call, role=role, at=T0)))
    room = replace(room, settings=settings)
    texts: list[str] = []
    at = NOW
    for event in case.events:
        at = max(event.at, at + 1)
        waiting: list[Event] = [replace(event, at=at)]
        while waiting:
            change = rig.change(room, waiting.pop(0))
            room = change.after
            texts += [text for command in change.commands if (text := text_of(command))]
            waiting += [RequestAnswered(at, each.call, each.words) for each in change.requests]
            waiting += [Outcome(command, at, data={"id": "K"}) for command in change.commands]
    return texts


def text_of(command: Command) -> str:
    if isinstance(command, Speak | Gather):
        return command.text
    return str(command.body.get("payload", "")) if isinstance(command, PassThrough) else ""
