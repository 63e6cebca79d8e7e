"""Any rooms file gives rooms or problems. No problem shows a PIN or a number of it."""

from __future__ import annotations

import re
from typing import Any

import pytest
from rigs.stories import settings

from conference import rooms_file
from conference.core.client_state import ROOM_NAME
from conference.core.doors import RECEPTION
from conference.core.room_settings import RoomSettings
from conference.rooms_file.file import Unusable, load

hypothesis = pytest.importorskip("hypothesis")
st = pytest.importorskip("hypothesis.strategies")

PRIVATE = st.from_regex(r"[789]{4,12}|\+1312[789]{7}", fullmatch=True)
"""No text of ours has four such digits in a row."""
LEAVES = (
    PRIVATE
    | PRIVATE.map(lambda text: int(text))
    | st.text(max_size=70)
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.dates()
    | st.sampled_from(
        ["yes", "never", "en-GB", "https://a.b/c", "listener", "monitor", "GET", "{n}"]
    )
)
NAMES = st.sampled_from(
    ["a", "b", "B", "listener", "participant", "moderator", "name", "role", "Muted.", "{n} minutes"]
)
KEYS = NAMES | PRIVATE | st.text(max_size=70)
VALUES = st.recursive(
    LEAVES, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=3)
)
SETTINGS = st.sampled_from(rooms_file.OF_ROOM)
TABLES = st.dictionaries(SETTINGS | KEYS, VALUES, max_size=6)
ROOMS = st.dictionaries(KEYS, TABLES | VALUES, max_size=4)
FILES = st.fixed_dictionaries({"rooms": ROOMS}, optional={"defaults": TABLES}) | st.dictionaries(
    KEYS | st.sampled_from(["rooms", "defaults"]), VALUES, max_size=3
)


@settings(400)
@hypothesis.given(FILES)
def test_any_tables_give_rooms_or_problems_and_show_nothing_private(tables: dict[str, Any]) -> None:
    found = rooms_file.check(tables, RoomSettings())
    assert bool(found.rooms) != bool(found.wrong)
    for slug, room in found.rooms.items():
        assert ROOM_NAME.fullmatch(slug) and slug != RECEPTION
        assert [pin for pin in room.pins if pin.room != slug] == []
        assert any(room.role(role).starts for role in ("moderator", "participant", "listener"))
    told = " ".join(f"{each.field} {each.problem}" for each in found.wrong)
    pins = {d for d in _pins(tables) if re.fullmatch("[789]{4,12}", d)}
    assert [pin for pin in pins if pin in told] == []
    assert not re.search(r"1312[789]{7}", told)


def _pins(tables: dict[str, Any]) -> set[str]:
    rooms = tables.get("rooms")
    each = [t for t in rooms.values() if isinstance(t, dict)] if isinstance(rooms, dict) else []
    return {str(v) for table in each for name, v in table.items() if name.endswith("_pin")}


@settings(400)
@hypothesis.given(st.text() | st.from_regex(r"(\[+[a-z.0-9\"]+\]+\n([a-z]+ *= *[0-9\"'{\[]+\n)*)+"))
def test_any_text_is_read_or_refused(tmp_path_factory: pytest.TempPathFactory, text: str) -> None:
    path = tmp_path_factory.getbasetemp() / "any.toml"
    path.write_text(text, encoding="utf-8", errors="replace")
    try:
        assert isinstance(load(path), dict)
    except Unusable as error:
        assert not re.search("[0-9]{4}", re.sub(r"at line \d+, column \d+", "", str(error)))
