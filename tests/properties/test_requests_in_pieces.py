"""A request ends at the same byte in whatever pieces it arrives."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from rigs.raw_requests import REFUSED, WHOLE

from conference.serving.incoming import LONGEST_CHUNKED, Incoming


@given(
    st.sampled_from(sorted({**WHOLE, **REFUSED})),
    st.lists(st.integers(1, LONGEST_CHUNKED // 40), max_size=12),
)
def test_the_pieces_make_no_difference(name: str, sizes: list[int]) -> None:
    request = {**WHOLE, **REFUSED}[name]
    incoming, at = Incoming(), 0
    for size in sizes:
        incoming.feed(request[at : at + size])
        at += size
        if incoming.whole:
            break
    else:
        incoming.feed(request[at:])
    assert incoming.whole
    assert incoming.refused == (name in REFUSED)
