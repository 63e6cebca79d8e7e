"""What is hidden in text of others, and what stays."""

from __future__ import annotations

import logging
import sys

import pytest

from conference.masking import hide_numbers, hide_secrets, masked
from conference.reporting.json_log import JsonFormatter
from conference.reporting.redaction import Formatter


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("Dialed number +13125550142 is not allowed", "Dialed number +...0142 is not allowed"),
        ("13125550142 is unverified D13", "...0142 is unverified D13"),
        ("'3125550142'", "'...0142'"),
        ("+1 (312) 555-0142 and more", "+...0142 and more"),
        ("(312) 555-0142", "(...0142"),
        ("+1 312 555 0142", "+...0142"),
        ("+1\u00a0312\u00a0555\u00a00142", "+...0142"),
        ("+1\u2011312\u2013555\u20110142", "+...0142"),
        ("+1\u200b3125550142", "+...0142"),
        ("1.312.555.0142", "...0142"),
        ("1+312+555+0142", "...0142"),
        ("0044 20 7946 0958", "...0958"),
        ("12 34 56 78", "...5678"),
        ("12.34.56.78", "...5678"),
        ("01.42.55.67.89", "...6789"),
        ("0171/1234567", "...4567"),
        ("0664/123456", "...3456"),
        ("0478/12.34.56", "...3456"),
        ("+49/171/123 45 67", "+...4567"),
        ("%2B49/171/1234567", "%2B...4567"),
        ("+1_312_555_0142", "+...0142"),
        ("+1\u00b7312\u00b7555\u00b70142", "+...0142"),
        ("1-312-555-0142x77", "...0142x77"),
        ("+1 (312) 555-0142ext. 7", "+...0142ext. 7"),
        ("to312-555-0142", "to...0142"),
        ("at 10:30:00,13125550142", "at 10:30:00,...0142"),
        ("10:30:00.13125550142", "10:30:00....0142"),
        ("v3:13125550142", "v3:...0142"),
        ("sip:+13125550142@sip.telnyx.com", "sip:+...0142@sip.telnyx.com"),
        ("sip:13125550142@10.1.2.3:5060", "sip:...0142@10.1.2.3:5060"),
        ('"Bob" <sips:13125550142;ext=5>', '"Bob" <sips:...0142;ext=5>'),
        ("tel:+1-312-555-0142", "tel:+...0142"),
        ("/calls?to=%2B13125550142&x=1", "/calls?to=%2B...0142&x=1"),
        ("sip%3A%2B13125550142%40x", "sip%3A%2B...0142%40x"),
        ("%2B%31%33%31%32%35%35%35%30%31%34%32", "%2B...0142"),
        ("%252B13125550142", "%252B...0142"),
        ("\\u002b13125550142", "\\u002b...0142"),
        ("number_13125550142_is_bad", "number_...0142_is_bad"),
        ("13125550142x5", "...0142x5"),
        ("to13125550142", "to...0142"),
        ("5550142", "...0142"),
        ("\u0661\u0663\u0661\u0662\u0665\u0665\u0665\u0660", "...\u0665\u0665\u0665\u0660"),
        ("from +13125550142, to +351215550199.", "from +...0142, to +...0199."),
        ("2026-07-01 +13125550142", "2026-07-01 +...0142"),
        ("already ...0142", "already ...0142"),
        ("+13125550142/+13125550143 13125550144", "+...0142/+...0144"),
        ("+1 312 555 0142 +1 312 555 0143x", "+...0143x"),
        ("dialling...13125550142", "dialling......0142"),
    ],
)
def test_a_number_is_hidden_however_it_is_written(text: str, shown: str) -> None:
    assert hide_numbers(text) == shown
    assert hide_numbers(shown) == shown


@pytest.mark.parametrize(
    "text",
    [
        "v3:MdI91X4lWFEs7IgbBEOT9M4AigoY08M0WWZFISt1Yw2axZ_IiE4pqg-1234567890123",
        "/calls/v3%3AMdI91X4lWFEs7_12345678901/actions/hold",
        "v2:T02llQxIyaRkhfRKxgAP8nY511EhFLizdvdUKJiSw8d6A9BborherQ",
        "d4be636f-dfb1-453b-8bca-18c88bd7a6b8",
        "12345678-1234-1234-1234-123456789012",
        "1494404757140276705 is no application",
        "da39a3ee5e6b4b0d3255bfef95601890afd80709",
        "2026-07-01T12:30:00.993535Z",
        "2021-04-28 22:51:29.993535Z",
        "2026-07-01T12:30:00+00:00",
        "2026-07-01 12:30:00,123 INFO",
        "Tue, 15 Jan 2024 10:30:00 +0000",
        "10:30:00.993535",
        "422: 90018 Call has already ended",
        "10010 Authorization failed D13",
        "after 12.3456789 s",
        "14400 seconds, 600 s, 123456 ms",
        "127.0.0.1:50123 refused; 192.168.100.200 too",
        "http://127.0.0.1:5000/1234567x, 10.0.0.0/24, 2026/07/01",
        "10:30:00.123456789Z, 10:30:00,123",
        "room 2026, the 123456th",
        "CAdeadbeef1234567",
        "HTTP/1.1 404, /conferences/source.pointer",
    ],
)
def test_ids_times_codes_and_durations_stay(text: str) -> None:
    assert masked(text) == text


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("https://ann:s3cret@example.com/x?token=1", "https://example.com/x?..."),
        (
            "no answer from http://ann:s3@cret@example.com: refused",
            "no answer from http://example.com: refused",
        ),
        ("https://ann:s3/cr?et@example.com/music.mp3", "https://example.com/music.mp3"),
        ("is 'http://[::1', https://[::1]:99/x", "is 'http://[::1', https://[::1]:99/x"),
        ("redis://:s3cret@localhost:6379/0", "redis://localhost:6379/0"),
        ("https://s3cret@example.com", "https://example.com"),
        (
            "no answer from http://127.0.0.1:9: refused",
            "no answer from http://127.0.0.1:9: refused",
        ),
        ("(see https://a:s3cret@example.com.)", "(see https://example.com.)"),
        ("https://ann:p@ss/w0rd@example.com/x", "https://..."),
        ("http://ann:s3cret@example.com:80:90/x", "http://..."),
        ("http:\\/\\/ann:s3cret@example.com\\/x?t=1", "http:\\/\\/example.com\\/x?..."),
        ("is 'https://ann:s3cret'", "is 'https://...'"),
        ("('https://a:s3cret@example.com/#s3cret', 1)", "('https://example.com/?...', 1)"),
        ("https://example.com:8443/v2/@s", "https://example.com:8443/v2/@s"),
        ("is that so? Yes, ann@example.com", "is that so? Yes, ann@example.com"),
        (
            "No key found matching the ID 'KEY0181C7A1E2B3_s3cret'",
            "No key found matching the ID 'KEY...'",
        ),
    ],
)
def test_addresses_are_shown_without_their_secrets(text: str, shown: str) -> None:
    assert hide_secrets(text) == shown
    assert hide_secrets(shown) == shown


def test_a_masked_address_is_masked_again_to_the_same() -> None:
    shown = masked("http://example.com:3125550142/x")
    assert shown == masked(shown) == "http://example.com:...0142/x"


@pytest.mark.parametrize("formatter", [Formatter("%(message)s"), JsonFormatter()])
def test_a_traceback_quotes_no_number_and_no_password(formatter: logging.Formatter) -> None:
    try:
        raise ValueError("no +1 312 555 0142 at https://ann:s3cret@example.com/x?token=s3cret")
    except ValueError:
        error = sys.exc_info()
    record = logging.LogRecord("conference", logging.ERROR, "x.py", 1, "failed", (), error)
    line = formatter.format(record)
    assert "ValueError: no +...0142 at https://example.com/x?..." in line
    assert "s3cret@" not in line.rpartition("ValueError")[2]


@pytest.mark.parametrize(
    "unit", ["1%20", "1-", "1 ", "%2", "1.1.1.1.", "://a:", "//a@", "2026-01-01 ", "0/", "v1:1"]
)
def test_a_long_text_takes_little_time(unit: str) -> None:
    """A search that grows with the square of the length would take minutes."""
    assert len(masked(unit * 50_000 + "x")) > 0
