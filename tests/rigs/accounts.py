"""Accounts of Telnyx as values, and what a second run of `flask setup` finds there."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from rigs.recorded import PUBLIC_KEY

from conference.setup.acting import needs
from conference.setup.found import Found
from conference.setup.step import Made, Plan

KEY = "KEY_of_the_tests"
TOKEN = "a-token-of-the-tests"
LINE = "https://line.example.com"
NUMBER, OTHER = "+13125550100", "+13125550101"

Record = dict[str, Any]


def application(id: str = "7", **fields: Any) -> Record:
    """Return a Call Control application that is as it should be."""
    good = {
        "id": id,
        "application_name": "conference-line",
        "active": True,
        "webhook_event_url": f"{LINE}/webhook",
        "webhook_api_version": "2",
        "webhook_timeout_secs": None,
        "outbound": {"channel_limit": 9, "outbound_voice_profile_id": None},
    }
    return good | fields


def texml(id: str = "8", **fields: Any) -> Record:
    good = {
        "id": id,
        "friendly_name": "conference-line",
        "active": True,
        "voice_url": f"{LINE}/texml",
        "voice_method": "post",
    }
    return good | fields


def number(number: str = NUMBER, at: str | None = None, **fields: Any) -> Record:
    row = {"id": f"n{number[-3:]}", "phone_number": number, "connection_id": at}
    return row | {"connection_name": at and f"app {at}", "country_iso_alpha2": "US"} | fields


def profile(**fields: Any) -> Record:
    return {"id": "p1", "name": "conference-line", "enabled": True} | fields


SET_UP = {
    "TELNYX_API_KEY": KEY,
    "TELNYX_PUBLIC_KEY": PUBLIC_KEY,
    "CONTROL_TOKEN": TOKEN,
    "TELNYX_CONNECTION_ID": "7",
    "TELNYX_NUMBER": NUMBER,
}


def found(
    applications: Sequence[Record] = (),
    numbers: Sequence[Record] = (),
    file: Mapping[str, str] | None = None,
    **fields: Any,
) -> Found:
    base = Found(
        api_key=KEY,
        public_key=PUBLIC_KEY,
        applications=applications,
        numbers=numbers,
        file={} if file is None else file,
        fresh_token="fresh-token-of-the-tests",
        fresh_secret="fresh-secret-of-the-tests",
    )
    return replace(base, **fields)


def good(**fields: Any) -> Found:
    """Return what is found after a whole set-up."""
    return found(**{"applications": [application()], "numbers": [number(at="7")]} | fields)


def kept(*without: str, **file: str) -> dict[str, str]:
    """Return the settings of a whole set-up, without some, and with others."""
    return {name: value for name, value in (SET_UP | file).items() if name not in without}


# A model of the outside: what a second run finds.


def afterwards(before: Found, made: Plan) -> Found:
    """Return what is found when all steps are done."""
    ids = dict(made.ids)
    lists = {
        "call_control_applications": [dict(row) for row in before.applications],
        "texml_applications": [dict(row) for row in before.texml_applications],
        "phone_numbers": [dict(row) for row in before.numbers],
        "outbound_voice_profiles": [dict(row) for row in before.profiles or ()],
    }
    file = dict(before.file)
    for step in made.steps:
        assert needs(step) <= ids.keys(), f"{step.what}: its ids are known"
        if step.request:
            _send(step.request, ids, lists)
        file |= {name: _value(value, ids) for name, value in step.env.items()}
    names = ("applications", "texml_applications", "numbers", "profiles")
    return replace(
        before,
        **dict(zip(names, lists.values(), strict=True)),
        file=file,
        malformed=before.malformed - file.keys(),
        exposed=False,
    )


def _send(request: Any, ids: dict[str, str], lists: Mapping[str, list[Record]]) -> None:
    _, kind, *one = request.path.format_map(ids).split("/")
    body = _value(request.body, ids)
    if request.method == "POST":
        ids[request.makes] = f"made-{request.makes}"
        lists[kind].append(body | {"id": ids[request.makes]})
    else:
        assert request.method == "PATCH"
        (row,) = (row for row in lists[kind] if row["id"] == one[0])
        row.update(body)


def _value(value: Any, ids: Mapping[str, str]) -> Any:
    if isinstance(value, Made):
        return ids[value.name]
    if isinstance(value, Mapping):
        return {name: _value(each, ids) for name, each in value.items()}
    return value
