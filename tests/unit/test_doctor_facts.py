"""The facts of `flask doctor`: each has a phrase, and a test that brings it about."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable
from string import Formatter

import pytest
from rigs.documents import PAGES, ROOT, rows, section

from conference.doctor import State
from conference.doctor.phrases import PHRASES, live
from conference.setup.repairs import Repair

NAME = re.compile(r"[a-z]+(-[a-z]+)*\.[a-z0-9]+(-[a-z0-9]+)*")


def _names(path: str) -> set[str]:
    """Return the texts in the code of these files that have the form of a fact's name."""
    trees = (ast.parse(file.read_text(encoding="utf-8")) for file in ROOT.glob(path))
    nodes = (node for tree in trees for node in ast.walk(tree) if isinstance(node, ast.Constant))
    return {n.value for n in nodes if isinstance(n.value, str) and NAME.fullmatch(n.value)}


def test_each_fact_of_the_checks_is_in_the_table_and_the_table_has_no_other() -> None:
    assert _names("conference/doctor/*.py") == PHRASES.keys()


def test_each_fact_is_brought_about_by_a_test() -> None:
    provoked = _names("tests/served/*.py") | _names("tests/unit/*.py")
    assert sorted(PHRASES.keys() - provoked) == []


@pytest.mark.parametrize("name", PHRASES)
def test_a_phrase_names_a_remedy_unless_all_is_well(name: str) -> None:
    phrase = PHRASES[name]
    assert bool(phrase.todo) == (phrase.state != "ok")
    assert phrase.state in State.__args__  # type: ignore[attr-defined]
    assert phrase.repair is None or phrase.state != "ok"
    for text in (phrase.what, phrase.todo):
        assert [field for _, field, _, _ in Formatter().parse(text) if field == ""] == []


def test_what_could_not_be_read_is_unknown() -> None:
    for name, phrase in PHRASES.items():
        if name.endswith((".not-checked", "unreadable", ".not-reported", ".not-shown")):
            assert phrase.state == "unknown", name


def test_the_page_names_each_check_with_its_repairs() -> None:
    """In the order of the checks; those of the running server are in a table of their own."""
    page = PAGES["operating"]
    here = rows(section(page, "A call is not answered"))[: -len(DOORS)]
    live = rows(section(page, "At night"))
    assert _by_check(here) == _repairs(lambda name: not _is_live(name))
    assert _by_check(live) == _repairs(_is_live)


DOORS = ("Call Control", "TeXML")  # the last table of the section is of their URLs


def _is_live(name: str) -> bool:
    return name in live.ROWS


def _by_check(table: list[list[str]]) -> dict[str, set[str]]:
    return {
        check: set(re.findall("`([a-z-]+)`", repairs))
        for checks, _, repairs in table
        for check in checks.split(", ")
    }


def _repairs(wanted: Callable[[str], bool]) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for name, phrase in PHRASES.items():
        if wanted(name):
            found.setdefault(phrase.check, set()).update({phrase.repair} - {None})  # type: ignore[arg-type]
    return found


def test_each_repair_is_named_by_a_finding() -> None:
    named = {phrase.repair for phrase in PHRASES.values()} - {None}
    assert named == set(Repair)
