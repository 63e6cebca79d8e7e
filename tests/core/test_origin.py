"""Which addresses lead to a line."""

from __future__ import annotations

import pytest

from conference.core.origin import LineAddress, line_address, origin

LINE = "https://line.example.com"


@pytest.mark.parametrize(
    ("url", "at", "is_texml", "after"),
    [
        (f"{LINE}/webhook", LINE, False, ""),
        (f"{LINE}/webhook/", LINE, False, ""),
        (f"{LINE}/webhook?a=b", LINE, False, ""),
        (f"{LINE}/phone/webhook", f"{LINE}/phone", False, ""),
        ("http://127.0.0.1:5000/webhook", "http://127.0.0.1:5000", False, ""),
        (f"{LINE}/texml", LINE, True, ""),
        (f"{LINE}/texml/", LINE, True, "/"),
        (f"{LINE}/texml/blue", LINE, True, "/blue"),
        (f"{LINE}/phone/texml/secret/blue", f"{LINE}/phone", True, "/secret/blue"),
        (f"{LINE}/texml/webhook", LINE, True, "/webhook"),
    ],
)
def test_an_address_of_a_line_is_recognised(url: str, at: str, is_texml: bool, after: str) -> None:
    assert line_address(url) == LineAddress(at, is_texml, after)
    assert origin(url) == ("" if is_texml else at)


@pytest.mark.parametrize(
    "url",
    [
        *("", LINE, f"{LINE}/", f"{LINE}/hook", f"{LINE}/webhooks", f"{LINE}/texmlish"),
        *("/webhook", "line.example.com/webhook", "ftp://line.example.com/webhook"),
        *("https:///webhook", "https://line.example.com:port/webhook", "https://[::1/webhook"),
    ],
)
def test_any_other_address_leads_to_no_line(url: str) -> None:
    assert line_address(url) is None
    assert origin(url) == ""
