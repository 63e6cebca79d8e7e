"""Hides what is private in text: phone numbers, and the secrets of addresses.

All text of others passes here before anybody sees it: Telnyx's reasons, causes of calls, errors of
the network, answers of receivers. Ids, times, codes and network addresses stay as they are.
"""

from __future__ import annotations

import re
from collections.abc import Callable

_DIGIT = r"(?:\d|%3[0-9])"
_SEPARATOR = r"[-.()+\u00ad\u00b7\u200b-\u2015\u2060\u2212\ufeff]|[^\S\r\n]|%2[0-9A-Fa-f]|%C2%A0"
_BETWEEN = f"(?:{_SEPARATOR}){{0,8}}"
_BETWEEN_ALSO = f"(?:[/_]|{_SEPARATOR}){{0,8}}"  # where a + or 0 shows that no path is meant
_OCTET = r"(?:25[0-5]|2[0-4]\d|1?\d?\d)"
_TIME = r"\d\d:\d\d:\d\d(?:(?:\.\d{1,9}|,\d{3})(?!\d))?"
_HEX = "[0-9A-Fa-f]"

_KEPT = (
    rf"(?<!\w){_HEX}{{8}}(?:-{_HEX}{{4}}){{3}}-{_HEX}{{12}}(?!\w)",  # a UUID
    r"(?<!\w)v[0-9](?::|%3[Aa])(?=[\w-]*[A-Za-z])[\w-]+",  # Telnyx's id of a call or conference
    rf"(?<!\w)(?=[0-9]*[A-Fa-f]){_HEX}{{24,}}(?!\w)",  # a hash
    r"(?<![\d+])\d{19,}(?!\d)",  # an application's id: no phone number is as long
    rf"(?<![\d+.-])(?:19|20)\d\d-[01]\d-[0-3]\d(?:[T ]{_TIME}(?:Z|[+-]\d\d:?\d\d)?)?(?![\d-])",
    rf"(?<!\d){_TIME}",
    # A network address. Numbers are also written in four pairs of digits.
    rf"(?<![\d.+])(?!(?:\d\d\.){{3}}\d\d(?!\d))(?:{_OCTET}\.){{3}}{_OCTET}(?![\d.])",
    r"(?<![\w.+])\d{1,6}\.\d+ ?(?:s|ms|seconds|minutes)\b",
    r"(?<=\.\.\.)\d{4}(?!\d)",  # what is left of a number
)
_NUMBER = (
    rf"(?:(?<!\w)|(?<=%[0-9A-Fa-f][0-9A-Fa-f])){_DIGIT}(?:{_BETWEEN}{_DIGIT}){{6,}}+(?!\w)",
    rf"(?<!\d)(?!\d{{19}}){_DIGIT}(?:{_BETWEEN}{_DIGIT}){{9,}}+",  # also between letters
    rf"(?:(?<=\+)|(?<=%2[Bb])|(?<!\w)(?=0)){_DIGIT}(?:{_BETWEEN_ALSO}{_DIGIT}){{6,}}+",
)
_BEGINS = r"(?=[\dA-Fa-fv%])"  # each of them: most characters are passed quickly
_KEPT_OR_NUMBER = re.compile(f"{_BEGINS}(?:({'|'.join(_KEPT)})|{'|'.join(_NUMBER)})")
_ENCODED_DIGIT = re.compile("%3([0-9])")
_ENCODED = re.compile("%2[0-9A-Fa-f]|%C2%A0")

_ADDRESS = re.compile(r"""(?:(?<=//)|(?<=\\/\\/))[^\s"'<>]+""")  # from its host on; also in JSON
_PUNCTUATION = ".,;:!)"  # at the end of an address: the text's
_AUTHORITY = re.compile(r"[^/?#\\]*")
_HOST_AND_PORT = re.compile(r"(?:[^:@]*|\[[^]@]*\]?)(?::[\d.]*)?")  # a masked port has points
_QUERY = re.compile("[?#].*", re.DOTALL)
_API_KEY = re.compile(r"(?<!\w)KEY[\w-]{12,}")

_TEXML_PATH = re.compile(r"""(?<=/texml)/[^\s"'?]*""", re.IGNORECASE)
_PART = re.compile(r"[^/]+")
_KNOWN_PARTS = ("status", "wait", "pin")  # any other part may be TEXML_SECRET


def masked(text: str) -> str:
    """Return text of others without what is private: numbers, passwords, queries and API keys."""
    return hide_numbers(hide_secrets(text))


def hide_numbers(text: str) -> str:
    """Return the text with the last four digits of each phone number, in any notation."""
    return replace_numbers(text, _last_digits)


def replace_numbers(text: str, by: Callable[[str], str]) -> str:
    """Return the text with what `by` returns for each phone number in it, in any notation."""
    return _KEPT_OR_NUMBER.sub(lambda found: found[1] or by(found[0]), text)


def hide_secrets(text: str) -> str:
    """Return the text without user, password and query of addresses, and without Telnyx's keys."""
    return _API_KEY.sub("KEY...", _ADDRESS.sub(lambda found: _public(found[0]), text))


def hide_texml_path(text: str) -> str:
    """Return the text without the parts after /texml in addresses of a line: one is a secret."""
    return _TEXML_PATH.sub(lambda path: _PART.sub(_known_part, path[0]), text)


def hide_all_secrets(text: str) -> str:
    """Return the text without its secrets, TEXML_SECRET in an address of a line included."""
    return hide_texml_path(hide_secrets(text))


def mask_number(number: str) -> str:
    """Return the last four digits of a phone number, as logs may show it."""
    return f"...{number[-4:]}" if len(number) > 4 else "..."


def _known_part(part: re.Match[str]) -> str:
    return part[0] if part[0] in _KNOWN_PARTS else "..."


def _public(address: str) -> str:
    """Return an address, from its host on, without user, password and query."""
    whole, address = address, address.rstrip(_PUNCTUATION)
    after = whole[len(address) :]
    if not _begins_with_host(address):
        address = _without_user(address)
    shown = _QUERY.sub("?...", address)
    return shown if shown.endswith("...") else shown + after


def _begins_with_host(address: str) -> bool:
    return bool(_HOST_AND_PORT.fullmatch(_authority(address)))


def _authority(address: str) -> str:
    return _AUTHORITY.match(address)[0]  # type: ignore[index]


def _without_user(address: str) -> str:
    """Return what follows the user and password, which may have / ? # and @ in them; or "..."."""
    authority, host = _authority(address), address.rpartition("@")[2]
    certain = "@" not in authority or "@" not in address[len(authority) :]
    return host if host and certain and host != address and _begins_with_host(host) else "..."


def digits_of(number: str) -> str:
    """Return the digits of a number that `replace_numbers` has found."""
    plain = _ENCODED_DIGIT.sub(r"\1", _ENCODED.sub("", number))
    return "".join(c for c in plain if c.isdecimal())


def _last_digits(number: str) -> str:
    return mask_number(digits_of(number))
