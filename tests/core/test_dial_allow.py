"""DIAL_ALLOW: prefixes, and the names of sets of numbers."""

from __future__ import annotations

import pytest

from conference.core.requests.dial_allow import may_be_called

US_CANADA = ("us-canada",)


@pytest.mark.parametrize(
    "number",
    [
        "+13125550142",  # Illinois
        "+14165550142",  # Ontario
        "+18675550142",  # Yukon
        "+19075550142",  # Alaska
        "+18085550142",  # Hawaii
        "+15845550142",  # Manitoba: between the 5xx of personal numbers
        "+15725550142",  # Oklahoma
        "+16395550142",  # Saskatchewan
        "+18005550142",  # free of charge, like the others of 8xx
        "+18885550142",
        "+13125551213",  # beside directory assistance
        "+18335550142",
    ],
)
def test_us_canada_has_their_numbers(number: str) -> None:
    assert may_be_called(number, US_CANADA)


@pytest.mark.parametrize(
    "area",
    [
        *("242", "246", "264", "268", "284", "345", "441", "473", "649", "658", "664", "721"),
        *("758", "767", "784", "809", "829", "849", "868", "869", "876"),  # other countries
        *("340", "670", "671", "684", "787", "939"),  # territories of the US
        *("900", "700", "710", "456", "500", "521", "533", "544", "566", "577", "588", "529"),
        *("600", "622", "633", "644", "655", "677", "688"),
        *("411", "911", "011", "112", "012", "197", "292"),  # no area codes
    ],
)
def test_us_canada_has_nothing_that_costs_more(area: str) -> None:
    assert not may_be_called(f"+1{area}5550142", US_CANADA)


@pytest.mark.parametrize(
    "number",
    [
        "+13129760142",  # a premium service
        "+13125551212",  # directory assistance
        "+13120550142",
        "+13121550142",
        "+13129110142",  # an emergency
        "+1312555014",
        "+131255501420",
        "+52312555014",
        "+351312555014",
        "+1",
    ],
)
def test_us_canada_has_whole_numbers_only(number: str) -> None:
    assert not may_be_called(number, US_CANADA)


def test_prefixes_and_names_can_be_mixed() -> None:
    mixed = ("us-canada", "+351", "+1787")
    for number in ("+13125550142", "+351312555014", "+17875550142"):
        assert may_be_called(number, mixed)
    assert not may_be_called("+18765550142", mixed)
    assert not may_be_called("+33125550142", mixed)
    assert not may_be_called("+13125550142", ())


def test_a_prefix_is_no_more_than_the_beginning_of_a_number() -> None:
    assert may_be_called("+19005550142", ("+1",)), "as settings.md says"
    assert not may_be_called("+19005550142", ("+1312",))
