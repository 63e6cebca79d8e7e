"""Telnyx's records, as setup, doctor, the tunnel and the probe read them."""

from __future__ import annotations

import base64
from typing import Any

import pytest

from conference.telnyx_records import numbers, public_key
from conference.telnyx_records.applications import CALL_CONTROL, TEXML, outbound, profile
from conference.telnyx_records.voice_url import voice_url

LINE = "https://line.example.com"
KEY = base64.b64encode(bytes(31) + b"\x01").decode()


ROWS = [
    "no record",
    {"phone_number": None},
    {"phone_number": "13125550101", "connection_id": 7},
    {"phone_number": "+13125550100", "connection_id": None},
]


@pytest.mark.parametrize(
    ("number", "connection"),
    [("+13125550101", "7"), ("+13125550100", ""), ("+13125550199", None), ("", None)],
)
def test_a_number_is_found_with_and_without_its_plus(number: str, connection: str | None) -> None:
    found = numbers.find(ROWS, number)
    assert (numbers.connection(found) if found else None) == connection


@pytest.mark.parametrize("rows", [None, {"phone_number": "+13125550101"}, "+13125550101"])
def test_no_number_is_found_where_no_list_was_read(rows: object) -> None:
    assert numbers.find(rows, "+13125550101") is None


@pytest.mark.parametrize(
    ("data", "key"),
    [
        *(({"public": KEY}, KEY), ({"public": f" {KEY}\n"}, KEY)),
        *(({"public": "KEY0123"}, ""), ({"public": KEY[:-5]}, ""), ({"public": 7}, "")),
        *(({}, ""), ([], ""), (None, "")),
    ],
)
def test_the_public_key_is_read_only_if_it_can_be_one(data: Any, key: str) -> None:
    assert public_key.shown(data) == key


SECRET, OLD_SECRET, LONG_NAME = "s" * 20, "t" * 20, "engineering-weekly-sync"


@pytest.mark.parametrize(
    ("old", "secret", "new"),
    [
        *(("", "", ""), ("", SECRET, f"/{SECRET}"), ("https://x.com/other/blue", "", "")),
        *(("/texml", SECRET, f"/{SECRET}"), (f"/texml/{SECRET}", SECRET, f"/{SECRET}")),
        *(("/texml/blue", "", "/blue"), ("/phone/texml/blue/", "", "/blue")),
        ("/texml/blue", SECRET, f"/{SECRET}/blue"),
        (f"/texml/{SECRET}/blue", SECRET, f"/{SECRET}/blue"),
        (f"/texml/{OLD_SECRET}/blue", SECRET, f"/{SECRET}/blue"),
        *((f"/texml/{OLD_SECRET}", SECRET, f"/{SECRET}"), (f"/texml/{OLD_SECRET}", "", "")),
        (f"/texml/{LONG_NAME}", SECRET, f"/{SECRET}/{LONG_NAME}"),
    ],
)
def test_a_voice_url_keeps_the_room(old: str, secret: str, new: str) -> None:
    before = f"https://old.example.com{old}" if old.startswith("/") else old
    after = voice_url(LINE, old=before, secret=secret, rooms={LONG_NAME})
    assert after == f"{LINE}/texml{new}"


def test_an_application_is_read_by_the_fields_of_its_kind() -> None:
    record = {"application_name": "Line", "webhook_event_url": f" {LINE}/webhook ", "voice_url": 7}
    assert (CALL_CONTROL.name_of(record), TEXML.name_of(record)) == ("Line", "")
    assert (CALL_CONTROL.address(record), TEXML.address(record)) == (f"{LINE}/webhook", "")
    assert TEXML.path_of("a/b") == "/texml_applications/a%2Fb"


@pytest.mark.parametrize(
    ("record", "id"),
    [
        ({"outbound": {"outbound_voice_profile_id": 7}}, "7"),
        ({"outbound": {"outbound_voice_profile_id": None}}, ""),
        *(({"outbound": None}, ""), ({}, "")),
    ],
)
def test_the_outbound_profile_of_an_application_is_read(record: dict[str, Any], id: str) -> None:
    assert (profile(record), dict(outbound(record))) == (id, record.get("outbound") or {})
