"""Whatever value is written into `.env`, python-dotenv reads the same text back."""

from __future__ import annotations

import io

from dotenv import dotenv_values
from hypothesis import given
from hypothesis import strategies as st

from conference.settings.env_text import with_values

AWKWARD = st.sampled_from("\\\"'${}:-#= ab\t\n\r\x0b\x85\u2028")
TEXT = st.text(st.one_of(AWKWARD, st.characters(exclude_categories=["Cs"])), max_size=12)


@given(first=TEXT, second=TEXT, last=TEXT)
def test_any_value_is_read_back_as_it_was(first: str, second: str, last: str) -> None:
    old = '# A comment.\nOTHER="it\'s" # left alone\n'
    text = with_values(old, {"A": first, "B": second, "C": last})
    assert _read(text) == {"OTHER": "it's", "A": first, "B": second, "C": last}
    replaced = with_values(text, {"A": last})
    assert _read(replaced) == {"OTHER": "it's", "A": last, "B": second, "C": last}
    assert with_values(replaced, {"A": first}) == text
    assert text.startswith(old)


def _read(text: str) -> dict[str, str | None]:
    return dotenv_values(stream=io.StringIO(text))
