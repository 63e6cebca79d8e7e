"""Phone numbers as they are typed on a telephone, which has no +."""

from __future__ import annotations

from collections.abc import Mapping

from conference.core.schema.phone_numbers import AMERICAN, e164

AMERICA = "1"
ONE_DIGIT = (AMERICA, "7")
TWO_DIGITS = frozenset(
    "20 27 30 31 32 33 34 36 39 40 41 43 44 45 46 47 48 49 51 52 53 54 55 56 57 58 60 61 62 63 64 "
    "65 66 81 82 84 86 90 91 92 93 94 95 98".split()
)
"""Country codes by ITU-T E.164; all others have three digits."""

TRUNK: Mapping[str, str] = {
    AMERICA: "1",
    "36": "06",
    **dict.fromkeys(("39", "225", "242", "378"), ""),  # there a 0 belongs to the number
}
"""Dialled before a national number, and not from abroad, by country code; 0 in other countries."""


def country_code(number: str) -> str:
    """Return the country code of a number in E.164, without +; empty for other text."""
    digits = e164(number).removeprefix("+")
    if digits.startswith(ONE_DIGIT):
        return digits[:1]
    return digits[:2] if digits[:2] in TWO_DIGITS else digits[:3]


def typed_number(digits: str, country: str) -> str:
    """Return the number in E.164 that the digits stand for; empty if they are no number.

    00, or 011 in America, precedes a country code. Other digits are a number of this country.
    """
    if digits.startswith("00"):
        return e164(digits)
    if country == AMERICA and digits.startswith("011"):  # 0113 is Leeds in the United Kingdom
        return e164(f"+{digits.removeprefix('011')}")
    national = digits.removeprefix(TRUNK.get(country, "0"))
    if country == AMERICA and not AMERICAN.fullmatch(national):
        return ""
    return e164(f"+{country}{national}")
