"""Which participant a moderator's words find, and which they must not find."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from conference.core.events import Refused
from conference.core.participant import Participant
from conference.core.room import Room
from conference.core.states import Status
from conference.web.find_participant import LEAST_DIGITS, WAYS, Ambiguous, find_participant

ANN, BOB = "+13125550142", "+351215550142"
LISBON = "+351210000777"


def room(*people: tuple[str, str, str], status: Status = "joined") -> Room:
    """Make a room of people, each (call, number, label). They are members 1, 2, and so on."""
    there = {
        call: Participant(call, number, "participant", "incoming", status, 0.0, label, member=n)
        for n, (call, number, label) in enumerate(people, 1)
    }
    return Room("demo", participants=there)


HERE = room(
    *(("v3:ann", ANN, "Ann"), ("v3:bob", BOB, "Bob Ray"), ("v3:lis", LISBON, "")),
    *(("v3:sip", "sip:eve@10.0.7.78", "Ève"), ("v3:hid", "anonymous", ""), ("v3:no", "", "")),
)


@pytest.mark.parametrize(
    ("text", "call"),
    [
        ("v3:ann", "v3:ann"),
        (ANN, "v3:ann"),
        ("13125550142", "v3:ann"),
        (" 13125550142", "v3:ann"),  # a form has turned the + into a space
        ("0013125550142", "v3:ann"),
        ("+1 (312) 555-0142", "v3:ann"),
        ("+1.312.555.0142", "v3:ann"),
        ("+1/312/555/0142", "v3:ann"),
        ("00 351 21 555 01 42", "v3:bob"),
        ("0777", "v3:lis"),
        ("00777", "v3:lis"),
        ("0000777", "v3:lis"),
        ("10000777", "v3:lis"),
        ("07-77", "v3:lis"),
        ("Ann", "v3:ann"),
        ("aNN ", "v3:ann"),
        ("bob ray", "v3:bob"),
        ("èVE", "v3:sip"),
        ("e\u0300ve", "v3:sip"),  # as some keyboards compose it
        ("3125550142", "v3:ann"),
        ("215550142", "v3:bob"),
        ("sip:eve@10.0.7.78", "v3:sip"),
        ("anonymous", "v3:hid"),
        ("tel:+1-312-555-0142", "v3:ann"),
        ("\u202a+1 312\u00a0555 0142\u202c", "v3:ann"),
        ("\uff0b\uff11 312 555 0142", "v3:ann"),
        ("\uff10\uff17\uff17\uff17", "v3:lis"),
        ("\u0660\u0667\u0667\u0667", "v3:lis"),
        ("bob\u00a0\u200bray\u3000", "v3:bob"),
        ("0777\n", "v3:lis"),
        ("Ann\t", "v3:ann"),
        ("1", "v3:ann"),
        ("#1", "v3:ann"),
        ("6", "v3:no"),  # who has neither a number nor a label
        (" #6 ", "v3:no"),
        ("\uff03\uff13", "v3:lis"),
        ("\u0663", "v3:lis"),
    ],
)
def test_these_words_mean(text: str, call: str) -> None:
    assert find_participant(HERE, text).call == call


@pytest.mark.parametrize(
    "text",
    [
        *("", " ", "+", "-", "()", "00", "777", "142", "v3:", "v3:an", "V3:ANN", "An", "Bob"),
        *("+3125550142", "003125550142", " 3125550142", "+0142"),  # whole, of somebody else
        "0778",  # digits of a SIP address
        *("0", "#0", "#", "7", "#7", "-1", "01", "#01", "##1", "# 1", "1#", "1.", "+1"),
        *("+13125550143", "+113125550142", "13125550142#", "v3:hid2", "Anonymous", "sip:eve"),
        *(
            "\u0660\u06677\u0667",  # of two scripts
            "\x00",
            "..",
            "%2b13125550142",
            "' or 1=1",
        ),
    ],
)
def test_these_words_mean_nobody(text: str) -> None:
    with pytest.raises(Refused, match="room demo has no participant") as no:
        find_participant(HERE, text)
    assert (no.value.kind, no.type) == ("unknown-participant", Refused)


def test_a_number_as_it_is_dialled_from_abroad_is_not_the_end_of_another() -> None:
    long = room(("a", "+351001234567", ""))
    with pytest.raises(Refused):
        find_participant(long, "001234567")
    assert find_participant(long, "1001234567").call == "a"
    assert find_participant(long, "01234567").call == "a"


def test_no_member_number_is_proposed_where_it_is_a_label_too() -> None:
    crossed = room(("a", ANN, "#2"), ("b", BOB, "#1"))
    for text in ("#1", " #2 ", "\uff031"):
        with pytest.raises(Ambiguous) as no:
            find_participant(crossed, text)
        assert str(no.value).endswith(f"{BOB} (b): give a call_control_id")


def test_one_of_several_who_may_be_meant_is_not_guessed() -> None:
    with pytest.raises(Ambiguous) as no:
        find_participant(HERE, "0142")
    told = f"0142 may be #1 Ann {ANN} (v3:ann), #2 Bob Ray {BOB} (v3:bob)"
    assert str(no.value) == f'{told}: give a member number such as "#1", or a call_control_id'
    assert (no.value.kind, no.value.candidates) == ("ambiguous-participant", ["v3:ann", "v3:bob"])


@pytest.mark.parametrize(
    ("people", "text", "calls"),
    [
        ([("a", ANN, "Sam"), ("b", BOB, "sam")], "SAM", ["a", "b"]),
        ([("a", ANN, ""), ("b", ANN, "")], ANN, ["a", "b"]),
        ([("a", ANN, ""), ("b", ANN, "")], "0142", ["a", "b"]),
    ],
)
def test_two_alike_are_both_candidates(
    people: list[tuple[str, str, str]], text: str, calls: list[str]
) -> None:
    with pytest.raises(Ambiguous) as no:
        find_participant(room(*people), text)
    assert no.value.candidates == calls


def test_not_everyone_of_one_label_is_listed() -> None:
    team = [(f"c{n}", f"+1312555{n:04}", "Team") for n in range(800)]
    with pytest.raises(Ambiguous, match=r"\(c19\), or 780 others: give a member") as no:
        find_participant(room(*team), "team")
    assert len(no.value.candidates) == 800 and len(str(no.value)) < 1000


@pytest.mark.parametrize(
    ("people", "text", "call"),
    [
        ([("0142", LISBON, ""), ("b", ANN, "")], "0142", "0142"),
        ([("a", ANN, ""), ("b", LISBON, "+13125550142")], ANN, "b"),
        ([("a", ANN, ""), ("b", LISBON, "0142")], "0142", "b"),
        ([("a", "+12550142", ""), ("b", "+3512550142", "")], "12550142", "a"),
    ],
    ids=["id before digits", "label before number", "label before digits", "whole before last"],
)
def test_what_fits_best_is_meant(people: list[tuple[str, str, str]], text: str, call: str) -> None:
    assert find_participant(room(*people), text).call == call


@pytest.mark.parametrize(
    ("status", "here"),
    [
        *((s, True) for s in ("ringing", "greeting", "waiting", "joined", "parked")),
        *((s, False) for s in ("leaving", "refused", "ending")),
    ],
)
def test_only_those_are_meant_who_are_shown(status: Status, here: bool) -> None:
    if here:
        assert find_participant(room(("a", ANN, ""), status=status), "a").call == "a"
    else:
        with pytest.raises(Refused):
            find_participant(room(("a", ANN, ""), status=status), "a")


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("+13125550199", "...0199"),
        ("00 1 312 555 0199", "...0199"),
        ("0199", "0199"),
        ("Zoe", "Zoe"),
        ("Z\nX\x1b[0m", "Z?X?[0m"),
        ("x" * 500, "x" * 80),
    ],
)
def test_of_a_number_that_nobody_has_only_the_end_is_repeated(text: str, shown: str) -> None:
    with pytest.raises(Refused) as no:
        find_participant(HERE, text)
    assert str(no.value).startswith(f"room demo has no participant {shown}: give ")


def test_whole_numbers_are_told_of_those_who_may_be_meant() -> None:
    """The last digits are the same, and only the holder of the token reads the answer."""
    there = room(("a", ANN, ""), ("b", BOB, ""), ("c", ANN, ""), ("d", "", ANN))
    with pytest.raises(Ambiguous, match=re.escape(f"#1 {ANN} (a), #2 {BOB} (b), #3 {ANN} (c):")):
        find_participant(there, "0142")


STRANGERS = ("Ann", "ANN", "0142", "10142", "13125550142", "+0142", "sip:ann@10.0.0.1", "\uff10142")


@pytest.mark.parametrize("chosen", STRANGERS)
@pytest.mark.parametrize("text", ["Ann", "ann", "0142", "550142", ANN, "13125550142", "v3:ann"])
def test_what_a_caller_chose_captures_nobodys_name(chosen: str, text: str) -> None:
    for label, number in (("Ann", ANN), (ANN, ANN)):
        people = [("x", chosen, ""), ("v3:ann", number, label)]
        if label == "Ann" or text not in ("Ann", "ann"):
            for there in (people, people[::-1]):
                assert find_participant(room(*there), text).call == "v3:ann"


@pytest.mark.parametrize("label", ["Ann", "0142", "sip:x@y", "anonymous"])
def test_a_label_wins_over_what_callers_chose(label: str) -> None:
    there = room(("x", label, ""), ("y", label, ""), ("a", LISBON, label), ("b", ANN, ""))
    assert find_participant(there, label).call == "a"
    there = room(("x", label, ""), ("a", LISBON, label), ("b", BOB, label))
    with pytest.raises(Ambiguous) as no:
        find_participant(there, label)
    assert no.value.candidates == ["a", "b"]


@pytest.mark.parametrize(
    ("chosen", "label", "number"),
    [
        *(("Ann", label, LISBON) for label in ("Ann Lee", "Mary Ann", "\uff21nna")),
        *(("142", label, ANN) for label in ("", "Ann")),
        *(("0142", "Room 0142", LISBON), ("+131", "", ANN)),
    ],
)
def test_what_a_caller_chose_beats_no_part_of_a_name(chosen: str, label: str, number: str) -> None:
    for people in (
        [("x", chosen, ""), ("a", number, label)],
        [("a", number, label), ("x", chosen, "")],
    ):
        with pytest.raises(Ambiguous) as no:
            find_participant(room(*people), chosen)
        assert no.value.candidates == ["a", "x"]


@pytest.mark.parametrize("text", ["all", "Everyone", "everybody", "*", "ALL "])
def test_everyone_has_verbs(text: str) -> None:
    with pytest.raises(
        Refused, match="for everyone there are mute-all, unmute-all, hold-all"
    ) as no:
        find_participant(HERE, text)
    assert str(no.value).endswith(WAYS)
    assert find_participant(room(("a", ANN, text), ("b", BOB, "")), text).call == "a"


@pytest.mark.parametrize("chosen", STRANGERS)
def test_what_a_caller_chose_is_found_where_nothing_else_fits(chosen: str) -> None:
    there = room(("x", chosen, ""), ("b", LISBON, "Bob"))
    assert find_participant(there, chosen).call == "x"
    with pytest.raises(Ambiguous):
        find_participant(room(("x", chosen, ""), ("y", chosen, "")), chosen)
    with pytest.raises(Refused):
        find_participant(there, f"{chosen}\u200b" if chosen[0] != "+" else "0142")


def test_the_digits_of_what_a_caller_chose_are_no_number() -> None:
    there = room(("x", "13125550142", ""), ("y", "0142", ""), ("z", "+0142", ""))
    for text in (ANN, "550142", "0013125550142"):
        with pytest.raises(Refused):
            find_participant(there, text)


@pytest.mark.parametrize(
    ("text", "proposed"),
    [
        ("555", 'do you mean "Ann" (#1) or "Bob Ray" (#2)? Else '),
        ("777", "do you mean 0777 (#3)? Else "),
        ("Bob", 'do you mean "Bob Ray" (#2)? Else '),
        ("RAY", 'do you mean "Bob Ray" (#2)? Else '),
        *((text, "") for text in ("Zoe", "B", "9", "+1", "", "\u200d", "Bobby")),
    ],
)
def test_who_may_be_meant_by_a_part_of_a_name_is_proposed(text: str, proposed: str) -> None:
    with pytest.raises(Refused) as no:
        find_participant(HERE, text)
    assert str(no.value).endswith(f": {proposed}{WAYS}")


def test_not_everyone_is_proposed() -> None:
    many = room(*((f"c{n}", f"+1312555{n:04}", "") for n in range(6)))
    with pytest.raises(Refused, match="no participant 555: give "):
        find_participant(many, "555")


def test_four_digits_are_the_fewest() -> None:
    assert LEAST_DIGITS == 4
    with pytest.raises(Refused):
        find_participant(room(("a", "", "")), "0000")
    assert find_participant(room(("a", "+13125550042", "")), "0042").call == "a"


def numbered(*people: tuple[int, str, str]) -> Room:
    """Make a room of people, each (member, number, label). Their calls are a, b, and so on."""
    there = room(*((call, *rest) for call, (_, *rest) in zip("abc", people, strict=False)))
    members = {
        call: replace(p, member=member)
        for (call, p), (member, *_) in zip(there.participants.items(), people, strict=True)
    }
    return replace(there, participants=members)


def test_without_a_sign_a_member_number_has_up_to_three_digits() -> None:
    there = numbered((999, LISBON, ""), (1000, "", ""), (100_000, BOB, ""))
    assert find_participant(there, "999").call == "a"
    assert find_participant(there, "#1000").call == "b"
    assert find_participant(there, "#100000").call == "c"
    with pytest.raises(Refused, match="no participant 1000"):
        find_participant(there, "1000")
    assert find_participant(numbered((1000, "", ""), (2, "+13125551000", "")), "1000").call == "b"


def test_a_label_and_a_member_number_are_not_guessed_between() -> None:
    there = numbered((3, ANN, ""), (4, BOB, "3"))
    with pytest.raises(Ambiguous) as no:
        find_participant(there, "3")
    assert str(no.value).startswith(f"3 may be #3 {ANN} (a), #4 3 {BOB} (b): give ")
    assert find_participant(there, "#3").call == "a"
    assert find_participant(there, "#4").call == "b"
    with pytest.raises(Ambiguous):
        find_participant(numbered((3, ANN, ""), (4, BOB, "#3")), "#3")
    assert find_participant(numbered((3, ANN, "3"), (4, BOB, "")), "3").call == "a"


@pytest.mark.parametrize("chosen", ["2", "#2", "02"])
def test_a_caller_cannot_choose_a_member_number(chosen: str) -> None:
    there = room(("x", chosen, ""), ("ann", ANN, ""))
    assert find_participant(there, "2").call == find_participant(there, "#2").call == "ann"
