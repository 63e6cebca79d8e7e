"""When a PIN that a caller has entered may be compared: per number, and in all."""

from __future__ import annotations

from dataclasses import replace

import pytest

from conference.core.admission import pin_defence as d
from conference.core.admission.pin_defence import PinDefence, note_right, note_wrong, turn

ANN, BOB, CLEO = "+13125550111", "+13125550112", "+13125550113"
T = 1_000_000.0
NEW = PinDefence()


def wrong(defence: PinDefence, number: str, *times: float) -> PinDefence:
    for at in times:
        defence = note_wrong(defence, number, at)
    return defence


def waits(defence: PinDefence, number: str, at: float = T) -> float | None:
    when = turn(defence, number, at)[1]
    return None if when is None else when - at


def pressed(at: float = T) -> PinDefence:
    """Return a defence after wrong PINs of many numbers."""
    defence = NEW
    for n in range(d.PRESSED_BY):
        defence = note_wrong(defence, f"+1312666{n:04}", at)
    return defence


@pytest.mark.parametrize(
    ("before", "seconds"),
    [(0, 0), (1, 0), (2, 0), (3, 15), (4, 30), (5, 60), (6, None), (9, None), (40, None)],
)
def test_the_first_three_are_free_and_then_each_one_costs_more(
    before: int, seconds: float | None
) -> None:
    assert waits(wrong(NEW, ANN, *[T] * before), ANN) == seconds


def test_a_long_wait_ends_after_ten_minutes_at_most() -> None:
    defence = wrong(NEW, ANN, *[T] * 40)
    assert waits(defence, ANN, T + d.LONGEST_WAIT - d.MOST_WAITED) == d.MOST_WAITED
    assert waits(defence, ANN, T + d.LONGEST_WAIT) == 0


def test_who_is_refused_reserves_nothing() -> None:
    defence = wrong(NEW, ANN, *[T] * 9)
    assert turn(defence, ANN, T) == (defence, None)


def test_others_do_not_wait_for_it() -> None:
    assert waits(wrong(NEW, ANN, *[T] * 9), BOB) == 0


@pytest.mark.parametrize("notation", ["0013125550111", "+1 312 555 0111"])
def test_a_number_is_known_in_any_notation(notation: str) -> None:
    assert waits(wrong(NEW, ANN, T, T, T), notation) == 15


def test_withheld_numbers_share_one_record() -> None:
    assert waits(wrong(NEW, "anonymous", T, T, T), "") == 15


def test_calls_at_the_same_time_wait_for_each_other() -> None:
    defence, first = turn(wrong(NEW, ANN, T, T, T), ANN, T)
    defence, second = turn(defence, ANN, T)
    assert (first, second) == (T + 15, T + 30)
    assert turn(defence, ANN, T)[1] == T + 45


def test_a_wrong_pin_takes_no_later_turn_back() -> None:
    """The number's next PIN waits for those that have their turns already."""
    defence = wrong(NEW, ANN, T, T, T)
    for _ in range(3):
        defence, when = turn(defence, ANN, T)
    assert when == T + 45
    assert turn(wrong(defence, ANN, T + 15), ANN, T + 15)[1] == T + 60


def test_right_pins_of_one_number_at_the_same_time_do_not_wait() -> None:
    defence = NEW
    for _ in range(30):
        defence, when = turn(defence, ANN, T)
        assert when == T
    assert waits(note_right(defence, ANN, T), ANN) == 0


def test_a_right_pin_ends_the_wait() -> None:
    defence, when = turn(wrong(NEW, ANN, T, T, T), ANN, T)
    assert when == T + 15
    assert waits(note_right(defence, ANN, when), ANN, when) == 0


def test_but_wrong_ones_still_count() -> None:
    """Nobody guesses another room's PIN faster by entering their own in between."""
    defence, at, guesses = NEW, T, 0
    while at < T + 86_400:
        defence, when = turn(defence, ANN, at)
        if when is None:
            at += 1
            continue
        defence = note_right(defence, ANN, when)
        at = when + 1
        defence = note_wrong(turn(defence, ANN, at)[0], ANN, at)
        guesses += 1
    assert guesses < 2 * 86_400 / d.LONGEST_WAIT


def test_a_record_is_forgotten_after_a_day() -> None:
    defence = wrong(NEW, ANN, *[T] * 5)
    assert waits(defence, ANN, T + d.FORGOTTEN_AFTER) == 0
    assert defence.remembers(T + d.FORGOTTEN_AFTER - 1)
    assert not defence.remembers(T + d.FORGOTTEN_AFTER)


def test_under_pressure_pins_take_turns() -> None:
    defence, found = pressed(), []
    for n in range(3):
        defence, when = turn(defence, f"+131277700{n:02}", T)
        found.append(when)
    assert found == [T, T + 1, T + 2]


def test_numbers_with_two_wrong_pins_take_turns_apart() -> None:
    defence, found = wrong(pressed(), ANN, T, T), []
    defence = wrong(defence, BOB, T, T)
    for number in (ANN, BOB):
        defence, when = turn(defence, number, T)
        found.append(when)
    assert found == [T, T + 30]
    assert waits(defence, "+13127770000") == 0
    assert waits(wrong(defence, CLEO, T), CLEO) == 0, "one mistake may happen to anybody"


def test_who_entered_a_right_pin_lately_is_spared() -> None:
    defence = note_right(NEW, ANN, T - 86_400)
    defence = replace(pressed(), right=defence.right, turns={"usual": T + 50})
    assert waits(defence, ANN) == 0
    assert waits(defence, BOB) == 50
    assert waits(wrong(defence, ANN, T, T), ANN) == 0, "also after a mistake"
    assert waits(replace(defence, right={ANN: T - d.SPARED_FOR}), ANN) == 50


def test_a_right_pin_spares_no_number_with_more_mistakes() -> None:
    defence = note_right(wrong(pressed(T - 1), ANN, *[T - 1] * d.FREE), ANN, T - 1)
    assert waits(replace(defence, turns={"slow": T + 50}), ANN) == 50


def test_withheld_numbers_are_never_spared() -> None:
    defence = note_right(NEW, "", T)
    assert defence.right == {}
    assert waits(replace(pressed(), turns={"usual": T + 50}), "") == 50


def test_a_full_lane_refuses() -> None:
    defence = replace(pressed(), turns={"usual": T + 61, "slow": T + 61})
    assert waits(defence, ANN) is None
    assert waits(wrong(defence, BOB, T, T), BOB) is None


def test_the_pressure_ends() -> None:
    assert waits(replace(pressed(), turns={"usual": T + 3700}), ANN, T + 3601) == 0


@pytest.mark.parametrize(("apart", "seconds"), [(189, 50), (190, 0)])
def test_as_many_wrong_pins_within_more_than_an_hour_are_no_pressure(
    apart: float, seconds: float
) -> None:
    lately = tuple(T + apart * n for n in range(d.PRESSED_BY))
    defence = replace(pressed(), lately=lately, turns={"usual": lately[-1] + 50})
    assert waits(defence, ANN, lately[-1]) == seconds


def test_many_calls_of_one_number_get_no_more_turns_than_one() -> None:
    defence, found = pressed(), []
    defence = replace(defence, turns={"usual": T + 1})
    for _ in range(6):
        defence, when = turn(defence, ANN, T)
        found.append(when)
    assert found == [T + 1, T + 16, T + 31, T + 46, None, None]


def test_what_is_kept_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(d, "MOST_NUMBERS", 3)
    defence = NEW
    for n in range(5):
        defence = note_right(note_wrong(defence, f"+1312777000{n}", T), f"+1312777000{n}", T)
    assert [*defence.records] == [*defence.right] == [f"+1312777000{n}" for n in (2, 3, 4)]
    newest = wrong(defence, "+13127770002", T)
    assert [*wrong(newest, ANN, T).records] == ["+13127770004", "+13127770002", ANN]
    assert len(wrong(NEW, ANN, *[T] * 50).lately) == d.PRESSED_BY
