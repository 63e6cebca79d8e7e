"""Any room, event and command comes back from its JSON as it was."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import MISSING, fields, is_dataclass
from functools import cache
from types import NoneType, UnionType
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints

import pytest
from rigs.core import EMPTY, NOW, asks
from rigs.moderated_stories import KINDS, ModeratedStory
from rigs.stored import STORED
from rigs.stories import settings
from rigs.texml_rooms import comes, ends, goes, listed, speaks, starts

from conference.core import commands as c
from conference.core.change import Change
from conference.core.codec import CodecError, decode_command, decode_event, decode_room, encode
from conference.core.decide import decide
from conference.core.events import DeadlinePassed, Event, Refused, SnapshotWanted
from conference.core.limits.day_minutes import DayMinutes
from conference.core.replacing import replace
from conference.core.room import Deadline, Room
from conference.core.room_fields import NOT_STORED, apply_steps, steps
from conference.core.snapshot import Snapshot
from conference.core.stored_change import decode_change, encode_change
from conference.core.texml.facts import Fetch, PinPosted

hypothesis = pytest.importorskip("hypothesis")
st = pytest.importorskip("hypothesis.strategies")


def exact(value: Any) -> Any:
    """Return all of the value: also types, the order of mappings, and fields that == ignores."""
    kind = type(value).__name__
    if is_dataclass(value):
        return kind, [(each.name, exact(getattr(value, each.name))) for each in fields(value)]
    if isinstance(value, Mapping):
        return kind, [(exact(key), exact(each)) for key, each in value.items()]
    if isinstance(value, tuple | list):
        return kind, [exact(each) for each in value]
    if isinstance(value, frozenset):
        return kind, sorted(repr(exact(each)) for each in value)
    return kind, value


# All values that the annotations allow

TEXTS = st.text(max_size=6) | st.sampled_from(["is", "of", "\ud800", "\x00", "é🙂"])
NUMBERS = st.integers() | st.floats(allow_nan=False, allow_infinity=False)
PLAIN = st.recursive(
    st.none() | st.booleans() | NUMBERS | TEXTS,
    lambda each: st.lists(each, max_size=3) | st.dictionaries(TEXTS, each, max_size=3),
    max_leaves=5,
)
SCALARS = {
    str: TEXTS,
    int: st.integers(),
    bool: st.booleans(),
    float: NUMBERS,
    NoneType: st.none(),
}


@cache
def anything(annotation: Any) -> Any:
    """Return a strategy for the values of this annotation."""
    origin, arguments = get_origin(annotation), get_args(annotation)
    if annotation is Any:
        return PLAIN | anything(Snapshot)
    if annotation in SCALARS:
        return SCALARS[annotation]
    if origin is Literal:
        return st.sampled_from(arguments)
    if origin in (Union, UnionType):
        return st.one_of([anything(each) for each in arguments])
    if origin is Mapping:
        return st.dictionaries(*map(anything, arguments), max_size=2)
    if origin is frozenset:
        return st.frozensets(anything(*arguments), max_size=3)
    if origin is tuple and ... in arguments:
        return st.lists(anything(arguments[0]), min_size=1, max_size=2).map(tuple)
    if origin is tuple:
        return st.tuples(*map(anything, arguments))
    return of_class(annotation)


def of_class(kind: Any) -> Any:
    """Return a strategy for the values of a class, with and without its optional fields."""
    if kind is Deadline:
        of = TEXTS | anything(c.Queue)
        return st.builds(Deadline, anything(get_type_hints(Deadline)["kind"]), of)
    hints = get_type_hints(kind)
    if not is_dataclass(kind):
        return st.builds(kind, **{name: anything(hint) for name, hint in hints.items()})
    needed, optional = {}, {}
    for each in fields(kind):
        has_default = each.default is not MISSING or each.default_factory is not MISSING
        if each.name != "draft":  # which is empty in every room that is kept
            (optional if has_default else needed)[each.name] = anything(hints[each.name])
    return st.fixed_dictionaries(needed, optional=optional).map(lambda given: kind(**given))


@settings(200)
@hypothesis.given(anything(Room))
def test_any_room_comes_back(room: Room) -> None:
    read = decode_room(encode(room))
    assert read == room
    assert exact(read) == exact(room)


@settings(300)
@hypothesis.given(anything(Event))
def test_any_event_comes_back(event: Event) -> None:
    read = decode_event(encode(event))
    assert read == event
    assert exact(read) == exact(event)


@settings(300)
@hypothesis.given(anything(c.Command))
def test_any_command_comes_back(command: c.Command) -> None:
    read = decode_command(encode(command))
    assert read == command
    assert exact(read) == exact(command)


# Changes, field by field


@settings(200)
@hypothesis.given(anything(Room), anything(Room))
@hypothesis.example(EMPTY, replace(EMPTY, minutes=DayMinutes(seconds=0)))  # no float
def test_any_room_is_reached_by_steps(before: Room, after: Room) -> None:
    taken = replace(after, **{name: getattr(before, name) for name in NOT_STORED})
    read = apply_steps(before, json.loads(json.dumps(steps(before, taken))))
    assert exact(read) == exact(taken)
    anew = replace(Room(before.name), **{name: getattr(before, name) for name in NOT_STORED})
    assert exact(apply_steps(anew, steps(anew, taken))) == exact(taken)


def test_a_step_is_taken_for_each_key_that_changes_and_no_other() -> None:
    room = replace(EMPTY, ended={"A": 1.0, "B": 2.0, "C": 3.0}, joined=frozenset(("A", "B")))
    assert steps(room, replace(room, ended=dict(room.ended), joined=room.joined | {"C"})) == [
        ("joined/C", "")
    ]
    moved = replace(room, ended={"A": 1.0, "C": 3.0, "B": 4.0, "D": 5.0})
    there = [("ended/B", None), ("ended/B", "4.0"), ("ended/D", "5.0")]
    assert steps(room, moved) == there
    assert list(apply_steps(room, there).ended) == ["A", "C", "B", "D"]
    assert steps(moved, replace(moved, ended={})) == [
        (f"ended/{key}", None) for key in ("A", "C", "B", "D")
    ]
    spoken = replace(room, speaker="A", holding=replace(room.holding, told_at=9.0))
    assert steps(room, spoken) == [("speaker", '"A"'), ("holding.told_at", "9.0")]
    assert steps(spoken, room) == [("speaker", None), ("holding.told_at", None)]


@pytest.mark.parametrize("field", ["nothing", "participants.A", "settings", "ended/A"])
def test_a_step_that_cannot_be_read_names_its_field(field: str) -> None:
    with pytest.raises(CodecError, match=field.partition("/")[0][:8]):
        apply_steps(EMPTY, [(field, "[]")])


# Stories


def decide_again(room: Room, event: Event, change: Change) -> Room:
    """Prove that the same follows from the room and the event when they have been stored.

    Return the room after the event, stored and read.
    """
    again = decide(decode_room(encode(room)), decode_event(encode(event)))
    assert exact(again) == exact(change)
    for command in change.commands:
        assert exact(decode_command(encode(command))) == exact(command)
    after = decode_room(encode(change.after))
    assert exact(after) == exact(change.after)
    followed = decode_change(encode_change(change, steps(room, change.after)), room)
    for each in fields(followed):
        assert exact(getattr(followed, each.name)) == exact(getattr(change, each.name)), each.name
    return after


class StoredStory(ModeratedStory):
    """A story whose room is stored after each event, and read before the next."""

    def _happen(self, event: Event) -> Change:
        before = self.room
        change = super()._happen(event)
        self.room = decide_again(before, event, change)
        return change


@settings(100)
@hypothesis.given(
    st.integers(2, 4),
    st.booleans(),
    st.lists(st.tuples(st.sampled_from(KINDS), st.integers(0, 9)), min_size=60, max_size=160),
)
def test_a_story_goes_on_from_what_was_stored(
    callers: int, dedupe: bool, acts: list[tuple[str, Any]]
) -> None:
    story = StoredStory(callers, dedupe)
    story.begin_serving()
    try:
        for kind, which in acts:
            story.act(kind, which)
        story.calm_down()
        story.agree()
    finally:
        hypothesis.note("\n".join(story.log))


TEXML = [
    Fetch("A", NOW),
    Fetch("B", NOW),
    Fetch("C", NOW, "+15550101", "moderator"),
    PinPosted("A", NOW, "+15550101", 1, "4821"),
    PinPosted("A", NOW + 20, "+15550101", 2),
    starts(),
    comes("A", 1),
    comes("B", 2),
    speaks("B", 3),
    speaks("A", 4),
    goes("A", 5),
    goes("B", 6),
    ends(),
    asks("mute", "A"),
    asks("kick", "B"),
    asks("lock"),
    asks("dial", to="+15550101"),
    asks("play", audio_url="https://x/a.mp3"),
    asks("rename", "A", label="Ann"),
    SnapshotWanted(NOW),
    DeadlinePassed(NOW + 9),
]


@settings(100)
@hypothesis.given(st.lists(st.sampled_from(TEXML), max_size=20))
def test_a_room_of_texml_goes_on_from_what_was_stored(events: list[Event]) -> None:
    room = EMPTY
    for event in [*events, SnapshotWanted(NOW)]:
        try:
            change = decide(room, event)
        except Refused:
            continue
        room = decide_again(room, event, change)
    if room.front == "texml":
        seen = listed(room, *room.joined)
        decide_again(room, seen, decide(room, seen))


# Other texts


@settings(300)
@hypothesis.given(st.sampled_from(STORED), st.data())
def test_any_damage_is_refused_or_harmless(case: Any, data: Any) -> None:
    whole = json.loads(f'{{"version": 1, "value": {case.form}}}')
    part, key = data.draw(st.sampled_from(list(places(whole))))
    if data.draw(st.booleans()):
        part[key] = data.draw(PLAIN)
    else:
        del part[key]
    for decode in (decode_room, decode_event, decode_command):
        try:
            read: Any = decode(json.dumps(whole))
        except CodecError:
            continue
        assert exact(decode(encode(read))) == exact(read)  # type: ignore[operator]


def places(form: Any) -> Any:
    """Yield each object or list of the JSON, with each of its keys or indexes."""
    for key in form if isinstance(form, dict) else range(len(form)):
        yield form, key
        if isinstance(form[key], dict | list):
            yield from places(form[key])


@settings(200)
@hypothesis.given(st.text() | PLAIN.map(json.dumps))
def test_any_other_text_is_refused(text: str) -> None:
    for decode in (decode_room, decode_event, decode_command):
        with pytest.raises(CodecError):
            decode(text)
