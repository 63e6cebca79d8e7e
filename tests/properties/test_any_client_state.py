"""Any client_state comes back as it was set, and no other text is taken for one."""

from __future__ import annotations

import base64
from typing import get_args

import pytest
from rigs.stories import settings

from conference.core.client_state import (
    ROOM_NAME,
    STAGES,
    ClientState,
    Mode,
    MutedBy,
    decode,
    encode,
)
from conference.core.human_text import is_readable
from conference.core.schema.texts import Label

hypothesis = pytest.importorskip("hypothesis")
st = pytest.importorskip("hypothesis.strategies")

WORDS = st.text(max_size=64).filter(is_readable)
NUMBERS = st.text(max_size=48).filter(is_readable)
STATES = st.builds(
    ClientState,
    room=st.from_regex(ROOM_NAME, fullmatch=True),
    role=st.sampled_from(["moderator", "participant", "listener"]),
    direction=st.sampled_from(["incoming", "outgoing"]),
    number=NUMBERS,
    label=WORDS,
    hold=st.booleans(),
    mute_by=st.sampled_from(get_args(MutedBy)),
    stages=st.lists(st.sampled_from(STAGES), unique=True).map(tuple),
    parked=st.booleans(),
    member=st.integers(0, 999_999),
    title=st.text(max_size=16).filter(is_readable),
    locked=st.booleans(),
    newcomers_muted=st.booleans(),
    newcomers_held=st.booleans(),
    begun=st.booleans(),
    mode=st.sampled_from(get_args(Mode)),
)
TEXT = st.characters(exclude_categories=["Cc", "Cs", "Co", "Cn", "Zl", "Zp"])
LABELS = st.text(TEXT, max_size=64)
ANYTHING = st.one_of(st.text(), st.binary().map(lambda b: base64.b64encode(b).decode()))


@settings(100)
@hypothesis.given(STATES)
def test_any_state_comes_back_as_it_was_set(state: ClientState) -> None:
    assert decode(encode(state)) == state
    assert len(encode(state)) < 1024


@settings(100)
@hypothesis.given(LABELS)
def test_any_label_that_is_accepted_comes_back(text: str) -> None:
    hypothesis.assume(Label().allows(text))
    label = Label().check(text)
    state = decode(encode(ClientState("demo", label=label)))
    assert state is not None and state.label == label


@settings(100)
@hypothesis.given(ANYTHING)
def test_nothing_that_anybody_sends_breaks_it(text: str) -> None:
    assert decode(text) is None
