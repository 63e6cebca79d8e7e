"""Letters of all languages are text; characters that control or deceive are not."""

from __future__ import annotations

import pytest

from conference.core.human_text import clean, folded, is_readable, readable, trimmed

TEXTS = {
    "French": "Bienvenue\u00a0! Qui est l\u00e0\u202f?",
    "Persian": "\u0645\u06cc\u200c\u062e\u0648\u0627\u0647\u0645",
    "Hindi": "\u0915\u094d\u200d\u0937 \u0930\u0935\u093f",
    "Japanese": "\u5c71\u7530\u3000\u592a\u90ce",
    "Hebrew": "\u200f\u05e9\u05dc\u05d5\u05dd\u200e (1)",
    "Arabic": "\u061c\u0645\u0631\u062d\u0628\u0627",
    "Thai": "\u0e2a\u0e27\u0e31\u0e2a\u0e14\u0e35\u200b\u0e04\u0e23\u0e31\u0e1a",
    "Vietnamese, composed by a keyboard": "Nguye\u0302\u0303n",
    "Tamil": "\u0ba4\u0bae\u0bbf\u0bb4\u0bcd",
    "emoji": "\u2764\ufe0f \U0001f469\u200d\U0001f4bb \U0001f3f4\U000e0067\U000e0062\U000e007f",
    "spaces of print": "10\u2009000\u2007km\u2003ok",
    "symbols": "\u20ac5 \u2014 \u00ab\u2026\u00bb \u00a7 \u00bd \u2116",
    "newer than this Python": "\U0001fae8\U0001fae9 \u1c89 \U00010d40",
    "pasted": "\ufeffAnn\u00ad\u2060",
}
NO_TEXT = {
    "line break": "a\nb",
    "tabulator": "a\tb",
    "escape": "\x1b[0m",
    "null": "\x00",
    "delete": "a\x7f",
    "C1 control": "a\x85",
    "override": "Ann\u202e",
    "embedding": "\u202aAnn\u202c",
    "isolate": "\u2066Ann\u2069",
    "separator of lines": "a\u2028b",
    "separator of paragraphs": "a\u2029b",
    "surrogate": "\ud800",
    "private": "\ue000",
    "no character": "\uffff",
    "no character of a later plane": "\U0001fffe",
    "no character between others": "\ufdd0",
}


@pytest.mark.parametrize("language", TEXTS)
def test_this_is_text(language: str) -> None:
    assert is_readable(TEXTS[language])
    assert readable(TEXTS[language]) == TEXTS[language]


@pytest.mark.parametrize("what", NO_TEXT)
def test_this_is_not(what: str) -> None:
    assert not is_readable(NO_TEXT[what])
    assert is_readable(readable(NO_TEXT[what])) and "?" in readable(NO_TEXT[what])


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("\ufeffAnn\u200b", "Ann"),
        ("co\u00adop\u2060", "coop"),
        (TEXTS["Persian"], TEXTS["Persian"]),
        (" Ann ", " Ann "),
        *((nothing, "") for nothing in ("", " ", "\u00a0\u3000", "\u200b", "\u200d", "\ufe0f")),
        *((nothing, "") for nothing in ("\u200e\u200f", "\u3164", "\u2800 \u115f", "\n\n")),
    ],
)
def test_what_shows_nothing_is_dropped(text: str, left: str) -> None:
    assert clean(text) == left


def test_spaces_and_pasted_characters_around_a_text_are_cut_off() -> None:
    assert trimmed("\ufeff \u00a0yes\u200b\n") == "yes"
    assert trimmed("a\u00a0b\u200d") == "a\u00a0b\u200d"
    assert trimmed(" \u200b ") == trimmed("") == ""


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Ann", "\uff41NN"),
        ("Ann", "\u200bAnn\u200d\ufe0f"),
        ("\u00c8ve", "e\u0300ve"),
        ("Ann Lee", "ann\u00a0\u3000lee "),
        ("Stra\u00dfe", "STRASSE"),
        (TEXTS["Persian"], TEXTS["Persian"].replace("\u200c", "")),
        ("Ann", "An\u3164n"),
    ],
)
def test_texts_that_look_alike_are_one(one: str, other: str) -> None:
    assert folded(one) == folded(other) != ""


def test_others_are_not() -> None:
    assert len({folded(each) for each in ("Ann", "Anna", "An n", "\u00c4nn", "0142", "")}) == 6
