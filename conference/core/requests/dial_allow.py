"""The numbers that DIAL_ALLOW opens: prefixes, and named sets of numbers.

`+1` is more than two countries. It has 18 others, at their own prices, and services that charge the
caller. The set `us-canada` has neither. Source of the area codes: the North American Numbering Plan
Administrator, nanpa.com. An area code that is not in a table here is one of the US or Canada, or
is not in service: a new one of another country must be added.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence

NORTH_AMERICAN = re.compile(r"\+1([2-9](?!11)[0-8][0-9])((?!.11)[2-9][0-9]{2})([0-9]{4})")
"""+1, the area code, the exchange, the line. N11 are services, and N9X is no area code yet."""

OTHER_COUNTRIES: Mapping[str, str] = {
    "242": "Bahamas",
    "246": "Barbados",
    "264": "Anguilla",
    "268": "Antigua and Barbuda",
    "284": "British Virgin Islands",
    "345": "Cayman Islands",
    "441": "Bermuda",
    "473": "Grenada",
    "649": "Turks and Caicos Islands",
    "658": "Jamaica",
    "664": "Montserrat",
    "721": "Sint Maarten",
    "758": "Saint Lucia",
    "767": "Dominica",
    "784": "Saint Vincent and the Grenadines",
    "809": "Dominican Republic",
    "829": "Dominican Republic",
    "849": "Dominican Republic",
    "868": "Trinidad and Tobago",
    "869": "Saint Kitts and Nevis",
    "876": "Jamaica",
}

TERRITORIES: Mapping[str, str] = {  # of the US; carriers price most of them apart
    "340": "US Virgin Islands",
    "670": "Northern Mariana Islands",
    "671": "Guam",
    "684": "American Samoa",
    "787": "Puerto Rico",
    "939": "Puerto Rico",
}

WITHOUT_A_PLACE: Mapping[str, Sequence[str]] = {
    "the caller pays a service": ["900"],
    "personal numbers, at any price": [
        *("500", "521", "522", "523", "524", "525", "526", "527", "528", "529", "532", "533"),
        *("535", "538", "542", "543", "544", "545", "546", "547", "549", "550", "552", "553"),
        *("554", "556", "558", "566", "569", "577", "578", "588", "589"),
    ],
    "Canada's numbers without a place": ["600", "622", "633", "644", "655", "677", "688"],
    "services of long-distance carriers": ["456", "700"],
    "the US government": ["710"],
}

PAID_EXCHANGES = ("976",)  # of any area: the caller pays a service
DIRECTORY_ASSISTANCE = ("555", "1212")  # of any area; the caller pays for it, too

LEFT_OUT = {
    *OTHER_COUNTRIES,
    *TERRITORIES,
    *(code for codes in WITHOUT_A_PLACE.values() for code in codes),
}


def _in_us_or_canada(number: str) -> bool:
    """Return whether it is a number of a place there, or one that is free for the caller."""
    parts = NORTH_AMERICAN.fullmatch(number)
    if parts is None:
        return False
    area, exchange, line = parts.groups()
    is_paid = exchange in PAID_EXCHANGES or (exchange, line) == DIRECTORY_ASSISTANCE
    return area not in LEFT_OUT and not is_paid


SETS: Mapping[str, Callable[[str], bool]] = {"us-canada": _in_us_or_canada}


def may_be_called(number: str, allow: Sequence[str]) -> bool:
    """Return whether a prefix or a set in `allow` has this number in E.164."""
    return any(SETS[each](number) if each in SETS else number.startswith(each) for each in allow)
