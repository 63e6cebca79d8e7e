"""Numbers that are typed on a telephone, and the country codes that complete them."""

from __future__ import annotations

import pytest

from conference.core.schema.typed_numbers import country_code, typed_number
from conference.settings import make


@pytest.mark.parametrize(
    ("number", "code"),
    [
        ("+13125550142", "1"),
        ("+74951234567", "7"),
        ("+442079460958", "44"),
        ("+390612345678", "39"),
        ("+351211234567", "351"),
        ("+85221234567", "852"),
        ("3125550142", ""),
        ("", ""),
    ],
)
def test_the_country_code_of_a_number(number: str, code: str) -> None:
    assert country_code(number) == code


@pytest.mark.parametrize(
    ("digits", "country", "number"),
    [
        ("3125550142", "1", "+13125550142"),
        ("13125550142", "1", "+13125550142"),
        ("011442079460958", "1", "+442079460958"),
        ("00442079460958", "1", "+442079460958"),
        ("5550142", "1", ""),  # without an area code
        ("442079460958", "1", ""),
        ("1125550142", "1", ""),
        ("911", "1", ""),
        ("011", "1", ""),
        ("02079460958", "44", "+442079460958"),
        ("2079460958", "44", "+442079460958"),
        ("01134960000", "44", "+441134960000"),  # Leeds: 011 is no prefix there
        ("0013125550142", "44", "+13125550142"),
        ("999", "44", ""),
        ("211234567", "351", "+351211234567"),
        ("0612345678", "39", "+390612345678"),
        ("0611234567", "36", "+3611234567"),
        ("00", "44", ""),
        ("0044" + "9" * 14, "44", ""),  # longer than any number
    ],
)
def test_the_number_that_is_typed(digits: str, country: str, number: str) -> None:
    assert typed_number(digits, country) == number


def test_without_dial_allow_or_a_number_no_number_is_completed() -> None:
    ours = {"telnyx_number": "+442079460958", "dial_allow": ("+44",)}
    assert make(**ours).room.dial_country == "44"
    for missing in ours:
        assert make(**{**ours, missing: type(ours[missing])()}).room.dial_country == ""
