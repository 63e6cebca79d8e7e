"""Hides what is private in text: phone numbers, and the secrets of addresses.

All text of others passes here before anybody sees it: Telnyx's reasons, causes of calls, errors of
the network, answers of receivers. Ids, times, codes and network addresses stay as they are.
"""

from __future__ import annotations

import re

_DIGIT = r"(?:\d|%3[0-9])"
_BETWEEN = r"(?:[-.()+\u00ad\u200b-\u2015\u2060\u2212\ufeff]|[^\S\r\n]|%2[0-9A-Fa-f]|%C2%A0){0,8}"
_OCTET = r"(?:25[0-5]|2[0-4]\d|1?\d?\d)"
_TIME = r"\d\d:\d\d:\d\d(?:[.,]\d+)?"
_HEX = "[0-9A-Fa-f]"

_KEPT = (
    rf"(?<!\w){_HEX}{{8}}(?:-{_HEX}{{4}}){{3}}-{_HEX}{{12}}(?!\w)",  # a UUID
    r"(?<!\w)v[0-9](?::|%3[Aa])[\w-]+",  # Telnyx's id of a call or conference
    rf"(?<!\w)(?=[0-9]*[A-Fa-f]){_HEX}{{24,}}(?!\w)",  # a hash
    r"(?<![\d+])\d{19,}(?!\d)",  # an application's id: no phone number is as long
    rf"(?<![\d+.-])(?:19|20)\d\d-[01]\d-[0-3]\d(?:[T ]{_TIME}(?:Z|[+-]\d\d:?\d\d)?)?(?![\d-])",
    rf"(?<!\d){_TIME}",
    # A network address. Numbers are also written in four pairs of digits.
    rf"(?<![\d.+])(?!(?:\d\d\.){{3}}\d\d(?!\d))(?:{_OCTET}\.){{3}}{_OCTET}(?![\d.])",
    r"(?<![\w.+])\d{1,6}\.\d+ ?(?:s|ms|seconds|minutes)\b",
)
_NUMBER = (
    rf"(?:(?<!\w)|(?<=%[0-9A-Fa-f][0-9A-Fa-f])){_DIGIT}(?:{_BETWEEN}{_DIGIT}){{6,}}(?!\w)",
    r"(?<!\d)\d{10,18}(?!\d)",  # also between letters
)
_KEPT_OR_NUMBER = re.compile(f"({'|'.join(_KEPT)})|{'|'.join(_NUMBER)}")
_ENCODED_DIGIT = re.compile("%3([0-9])")
_ENCODED = re.compile("%2[0-9A-Fa-f]|%C2%A0")

_ADDRESS = re.compile(r"(?<=//)[^\s\"'<>]+")  # from its host on
_PUNCTUATION = ".,;:!)"  # at the end of an address: the text's
_AUTHORITY = re.compile("[^/?#]*")
_PORT = re.compile(r"[^:]*(?::\d*)?|\[[^]]*\]?(?::\d*)?")
_QUERY = re.compile("[?#].*", re.DOTALL)
_API_KEY = re.compile(r"(?<!\w)KEY[\w-]{12,}")


def masked(text: str) -> str:
    """Return text of others without what is private: numbers, passwords, queries and API keys."""
    return hide_numbers(hide_secrets(text))


def hide_numbers(text: str) -> str:
    """Return the text with the last four digits of each phone number, in any notation."""
    return _KEPT_OR_NUMBER.sub(lambda found: found[1] or _last_digits(found[0]), text)


def hide_secrets(text: str) -> str:
    """Return the text without user, password and query of addresses, and without Telnyx's keys."""
    return _API_KEY.sub("KEY...", _ADDRESS.sub(lambda found: _public(found[0]), text))


def mask_number(number: str) -> str:
    """Return the last four digits of a phone number, as logs may show it."""
    return f"...{number[-4:]}" if len(number) > 4 else "..."


def _public(address: str) -> str:
    """Return an address, from its host on, without user, password and query."""
    whole, address = address, address.rstrip(_PUNCTUATION)
    after = whole[len(address) :]
    authority = _AUTHORITY.match(address)[0]  # type: ignore[index]
    if "@" in authority:
        address = address[authority.rindex("@") + 1 :]
    elif not _PORT.fullmatch(authority):
        _, found, rest = address.rpartition("@")  # the password has a / or ? in it
        address = rest if found else "..."
    shown = _QUERY.sub("?...", address)
    return shown if shown.endswith("?...") else shown + after


def _last_digits(number: str) -> str:
    plain = _ENCODED_DIGIT.sub(r"\1", _ENCODED.sub("", number))
    return mask_number("".join(c for c in plain if c.isdecimal()))
