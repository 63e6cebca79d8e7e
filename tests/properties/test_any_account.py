"""Whatever an account holds, `flask setup --yes` leaves alone what serves others, and ends."""

from __future__ import annotations

from typing import Any

from hypothesis import event, given
from hypothesis import strategies as st
from rigs.accounts import (
    LINE,
    NUMBER,
    OTHER,
    afterwards,
    application,
    found,
    kept,
    number,
    profile,
    texml,
)
from rigs.stories import settings

from conference.core.origin import UNSET
from conference.setup.found import Found
from conference.setup.plan import plan
from conference.setup.step import Plan
from conference.setup.wishes import Impossible, Question, Wishes

OURS = (LINE, f"{LINE}/webhook", f"{LINE}/texml", f"{LINE}/ivr", f"{UNSET}/webhook")
OF_OTHERS = ("https://other.example.com/webhook", "https://other.example.com", "no address")
ADDRESSES = st.sampled_from([None, "", "https://[x", *OURS, *OF_OTHERS])
NAMES = st.sampled_from(["conference-line", "conference-line-2", "IVR", ""])
IDS = ("1", "2", "7")
TEXML_IDS = ("8", "9")
AT = st.sampled_from([None, *IDS, *TEXML_IDS, "42"])


def _applications() -> st.SearchStrategy[list[dict[str, Any]]]:
    fields = st.fixed_dictionaries(
        {
            "application_name": NAMES,
            "webhook_event_url": ADDRESSES,
            "active": st.sampled_from([True, False, None]),
            "webhook_api_version": st.sampled_from(["1", "2", None]),
            "webhook_timeout_secs": st.sampled_from([None, 0, 1, 30]),
            "outbound": st.sampled_from([None, {}, {"outbound_voice_profile_id": "p1"}]),
        }
    )
    made = st.lists(fields, max_size=len(IDS))
    return made.map(
        lambda rows: [application(id, **row) for id, row in zip(IDS, rows, strict=False)]
    )


def _texml() -> st.SearchStrategy[list[dict[str, Any]]]:
    fields = st.fixed_dictionaries(
        {
            "friendly_name": NAMES,
            "voice_url": ADDRESSES,
            "voice_method": st.sampled_from(["get", "post"]),
        }
    )
    made = st.lists(fields, max_size=len(TEXML_IDS))
    return made.map(
        lambda rows: [texml(id, **row) for id, row in zip(TEXML_IDS, rows, strict=False)]
    )


SETTINGS = st.fixed_dictionaries(
    {},
    optional={
        "TELNYX_CONNECTION_ID": st.sampled_from([*IDS, *TEXML_IDS, "42"]),
        "TELNYX_NUMBER": st.sampled_from([NUMBER, OTHER, "+13125550199"]),
        "PUBLIC_URL": st.sampled_from([LINE, f"{LINE}/", "https://other.example.com"]),
        "DIAL_ALLOW": st.just("+1"),
        "TEXML_SECRET": st.just("s" * 20),
    },
)
ACCOUNTS = st.builds(
    lambda applications, at, others, file, profiles: found(
        applications,
        [number(each, at=where) for each, where in zip((NUMBER, OTHER), at, strict=False)],
        {**kept("TELNYX_CONNECTION_ID", "TELNYX_NUMBER"), **file},
        texml_applications=others,
        profiles=profiles,
    ),
    _applications(),
    st.lists(AT, max_size=2),
    _texml(),
    SETTINGS,
    st.lists(st.builds(profile, name=NAMES, enabled=st.booleans()), max_size=1),
)


@settings(500)
@given(before=ACCOUNTS, url=st.sampled_from([None, LINE]), by_texml=st.booleans())
def test_nothing_of_others_is_touched_and_a_second_run_is_idle(
    before: Found, url: str | None, by_texml: bool
) -> None:
    wishes = Wishes(url=url, texml=by_texml)
    try:
        made = plan(before, wishes)
    except (Question, Impossible) as stopped:
        event(type(stopped).__name__)
        return
    event(f"{len(made.steps)} steps")
    _leaves_others_alone(before, made, url)
    after = afterwards(before, made)
    assert plan(after, wishes).steps == ()


def _leaves_others_alone(before: Found, made: Plan, url: str | None) -> None:
    for step in made.steps:
        if not step.request or step.request.method != "PATCH":
            continue
        kind = step.request.path.split("/")[1]
        if kind == "phone_numbers":
            (row,) = (row for row in before.numbers if row["id"] == made.ids["number"])
            assert not row["connection_id"], "a number that serves nothing"
        elif kind.endswith("_applications") and "application" in made.ids:
            _is_ours(before, made.ids["application"], url)
        elif kind == "outbound_voice_profiles":
            assert {row["name"] for row in before.profiles or ()} == {"conference-line"}


def _is_ours(before: Found, id: str, url: str | None) -> None:
    of_both = (*before.applications, *before.texml_applications)
    (row,) = (row for row in of_both if row["id"] == id)
    address = row.get("webhook_event_url", row.get("voice_url")) or ""
    ours = {url, before.file.get("PUBLIC_URL", "").rstrip("/")} - {None, ""}
    numbers = {each["phone_number"] for each in before.numbers if each["connection_id"] == id}
    name = row.get("application_name", row.get("friendly_name"))
    assert (
        before.file.get("TELNYX_CONNECTION_ID") == id
        or any(address.startswith(each) for each in ours)
        or before.file.get("TELNYX_NUMBER") in numbers
        or (name.startswith("conference-line") and not numbers)
    )
