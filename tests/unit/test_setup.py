"""The steps of `flask setup`, which follow from what was found and what is wished."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pytest
from rigs.accounts import (
    KEY,
    LINE,
    NUMBER,
    OTHER,
    TOKEN,
    afterwards,
    application,
    found,
    good,
    kept,
    number,
    profile,
    texml,
)
from rigs.recorded import PUBLIC_KEY

from conference.core.origin import UNSET
from conference.setup.found import Found
from conference.setup.numbers import grouped
from conference.setup.outbound import prefix
from conference.setup.plan import MAKERS, plan
from conference.setup.repairs import Repair
from conference.setup.step import Made
from conference.setup.wishes import Impossible, Question, Wishes, with_wish

ALONE = Wishes()
ASKED = Wishes(attended=True, dial_out=False)


# What is done in each state of an account


@dataclass(frozen=True)
class Case:
    """requests, env: of all steps; left: words of what only the user can do."""

    name: str
    found: Found
    wishes: Wishes = ALONE
    repairs: tuple[Repair, ...] = ()
    requests: tuple[tuple[str, str, Mapping[str, Any]], ...] = ()
    env: Mapping[str, Any] | None = None
    left: str = ""


KEYS = {
    "TELNYX_API_KEY": KEY,
    "TELNYX_PUBLIC_KEY": PUBLIC_KEY,
    "CONTROL_TOKEN": "fresh-token-of-the-tests",
}
THREE = (Repair.API_KEY, Repair.PUBLIC_KEY, Repair.CONTROL_TOKEN)
APP, NUM, OUT = Repair.APPLICATION, Repair.NUMBER, Repair.OUTBOUND
NEW = {
    "application_name": "conference-line",
    "webhook_api_version": "2",
    "active": True,
    "webhook_timeout_secs": 5,
}
ALWAYS = {"application_name": "conference-line", "webhook_event_url": f"{LINE}/webhook"}
CREATE, UPDATE = "/call_control_applications", "/call_control_applications/{application}"
PUT_ON = ("PATCH", "/phone_numbers/{number}", {"connection_id": "7"})
NEW_PROFILE = {
    "name": "conference-line",
    "traffic_type": "conversational",
    "service_plan": "global",
    "concurrent_call_limit": 2,
    "daily_spend_limit": "10.00",
    "daily_spend_limit_enabled": True,
}


def corrected(name: str, wrong: Mapping[str, Any], **right: Any) -> Case:
    """Return the case of an application with one fault."""
    record = application(**wrong)
    url = {"webhook_event_url": record["webhook_event_url"]} if "webhook_event_url" in wrong else {}
    body = ALWAYS | url | right
    return Case(
        name=name,
        found=good(applications=[record], file=kept()),
        repairs=(APP,),
        requests=(("PATCH", UPDATE, body),),
    )


CASES = [
    Case(
        name="a newcomer, without an address",
        found=found(numbers=[number()]),
        repairs=(*THREE, APP, NUM),
        requests=(
            ("POST", CREATE, NEW | {"webhook_event_url": f"{UNSET}/webhook"}),
            ("PATCH", "/phone_numbers/{number}", {"connection_id": Made("application")}),
        ),
        env=KEYS | {"TELNYX_CONNECTION_ID": Made("application"), "TELNYX_NUMBER": NUMBER},
    ),
    Case(
        name="a newcomer, with two addresses",
        found=found(numbers=[number()]),
        wishes=Wishes(url=LINE, failover_url="https://b.example.com"),
        repairs=(*THREE, APP, NUM),
        requests=(
            (
                "POST",
                CREATE,
                NEW
                | {
                    "webhook_event_url": f"{LINE}/webhook",
                    "webhook_event_failover_url": "https://b.example.com/webhook",
                },
            ),
            ("PATCH", "/phone_numbers/{number}", {"connection_id": Made("application")}),
        ),
        env=KEYS | {"TELNYX_CONNECTION_ID": Made("application"), "TELNYX_NUMBER": NUMBER},
    ),
    Case(name="all is set up", found=good(file=kept())),
    Case(
        name="all is set up, and people are called",
        found=good(
            applications=[application(outbound={"outbound_voice_profile_id": "p1"})],
            profiles=[profile(name="another")],
            file=kept(DIAL_ALLOW="+1"),
        ),
    ),
    Case(
        name="the environment has the settings",
        found=good(environ=kept(), file=kept()),
    ),
    Case(
        name="other users can read .env",
        found=good(file=kept(), exposed=True),
        repairs=(Repair.ENV_FILE,),
    ),
    Case(
        name="another key is used",
        found=good(file=kept(TELNYX_API_KEY="KEY_revoked")),
        repairs=(Repair.API_KEY,),
        env={"TELNYX_API_KEY": KEY},
    ),
    Case(
        name="another account's public key",
        found=good(file=kept(TELNYX_PUBLIC_KEY="x" * 43 + "=")),
        repairs=(Repair.PUBLIC_KEY,),
        env={"TELNYX_PUBLIC_KEY": PUBLIC_KEY},
    ),
    Case(
        name="Telnyx shows no public key, and it is given",
        found=good(file=kept("TELNYX_PUBLIC_KEY"), public_key=""),
        wishes=Wishes(public_key=PUBLIC_KEY),
        repairs=(Repair.PUBLIC_KEY,),
        env={"TELNYX_PUBLIC_KEY": PUBLIC_KEY},
    ),
    Case(
        name="Telnyx shows no public key, and none is there",
        found=good(file=kept("TELNYX_PUBLIC_KEY"), public_key=""),
        left="Keys & Credentials, Public Key",
    ),
    Case(
        name="Telnyx shows no public key, and one is there",
        found=good(file=kept(), public_key=""),
    ),
    Case(
        name="a malformed token",
        found=good(file=kept(CONTROL_TOKEN="short"), malformed=frozenset({"CONTROL_TOKEN"})),
        repairs=(Repair.CONTROL_TOKEN,),
        env={"CONTROL_TOKEN": "fresh-token-of-the-tests"},
    ),
    corrected("it is switched off", {"active": False}, active=True),
    corrected("API v1", {"webhook_api_version": "1"}, webhook_api_version="2"),
    corrected("no time", {"webhook_timeout_secs": 0}, webhook_timeout_secs=5),
    corrected(
        "the path is missing",
        {"webhook_event_url": LINE},
        webhook_event_url=f"{LINE}/webhook",
    ),
    corrected(
        "TeXML's path",
        {"webhook_event_url": f"{LINE}/a/texml/b"},
        webhook_event_url=f"{LINE}/a/webhook",
    ),
    Case(
        name="no address at all, and API v1",
        found=good(
            applications=[application(webhook_event_url=None, webhook_api_version="1")], file=kept()
        ),
        repairs=(APP,),
        requests=(
            (
                "PATCH",
                UPDATE,
                ALWAYS | {"webhook_event_url": f"{UNSET}/webhook", "webhook_api_version": "2"},
            ),
        ),
    ),
    Case(
        name="another path",
        found=good(applications=[application(webhook_event_url=f"{LINE}/ivr")], file=kept()),
        left="reports calls to https://line.example.com/ivr, which is no line: give --public-url",
    ),
    Case(
        name="another path, and PUBLIC_URL",
        found=good(
            applications=[application(webhook_event_url=f"{LINE}/ivr")],
            file=kept(PUBLIC_URL=f"{LINE}/"),
        ),
        repairs=(APP,),
        requests=(("PATCH", UPDATE, ALWAYS),),
    ),
    Case(
        name="the server moves",
        found=good(file=kept(PUBLIC_URL=LINE)),
        wishes=Wishes(url="https://new.example.com"),
        repairs=(APP,),
        requests=(
            ("PATCH", UPDATE, ALWAYS | {"webhook_event_url": "https://new.example.com/webhook"}),
        ),
        env={"PUBLIC_URL": "https://new.example.com"},
    ),
    Case(
        name="its address was never set",
        found=good(applications=[application(webhook_event_url=f"{UNSET}/webhook")], file=kept()),
    ),
    Case(
        name="the run before ended after the application was created",
        found=found(
            [application(webhook_event_url=f"{UNSET}/webhook")],
            [number()],
            kept("TELNYX_CONNECTION_ID", "TELNYX_NUMBER"),
        ),
        repairs=(APP, NUM),
        requests=(PUT_ON,),
        env={"TELNYX_CONNECTION_ID": "7", "TELNYX_NUMBER": NUMBER},
    ),
    Case(
        name="the same, with an address",
        found=found(
            [application(), application("9", application_name="conference-line-2")],
            [number()],
            kept("TELNYX_CONNECTION_ID", "TELNYX_NUMBER"),
        ),
        wishes=Wishes(url=LINE, application="7"),
        repairs=(APP, NUM),
        requests=(PUT_ON,),
        env={"TELNYX_CONNECTION_ID": "7", "TELNYX_NUMBER": NUMBER},
    ),
    Case(
        name="only TELNYX_NUMBER leads to the application",
        found=good(file=kept("TELNYX_CONNECTION_ID")),
        repairs=(APP,),
        env={"TELNYX_CONNECTION_ID": "7"},
    ),
    Case(
        name="of two that report here, the one that TELNYX_NUMBER is on",
        found=found(
            [application("1"), application()],
            [number(at="7")],
            kept("TELNYX_CONNECTION_ID", PUBLIC_URL=LINE),
        ),
        repairs=(APP,),
        env={"TELNYX_CONNECTION_ID": "7"},
    ),
    Case(
        name="TELNYX_CONNECTION_ID is another account's",
        found=good(file=kept(TELNYX_CONNECTION_ID="42")),
        wishes=Wishes(url=LINE),
        repairs=(APP,),
        env={"TELNYX_CONNECTION_ID": "7"},
    ),
    Case(
        name="applications of others are left alone",
        found=found(
            [application("1", application_name="IVR", webhook_event_url="https://x.com/webhook")],
            [number(OTHER, at="1"), number()],
            kept("TELNYX_CONNECTION_ID", "TELNYX_NUMBER"),
        ),
        repairs=(APP, NUM),
        requests=(
            ("POST", CREATE, NEW | {"webhook_event_url": f"{UNSET}/webhook"}),
            ("PATCH", "/phone_numbers/{number}", {"connection_id": Made("application")}),
        ),
        env={"TELNYX_CONNECTION_ID": Made("application"), "TELNYX_NUMBER": NUMBER},
    ),
    Case(
        name="a new one beside one of the same name",
        found=found(
            [application("1", webhook_event_url="https://other.example.com/webhook")],
            [number()],
            kept("TELNYX_CONNECTION_ID", "TELNYX_NUMBER"),
        ),
        wishes=Wishes(application="new", url=LINE),
        repairs=(APP, NUM),
        requests=(
            (
                "POST",
                CREATE,
                NEW
                | {"application_name": "conference-line-2", "webhook_event_url": f"{LINE}/webhook"},
            ),
            ("PATCH", "/phone_numbers/{number}", {"connection_id": Made("application")}),
        ),
        env={"TELNYX_CONNECTION_ID": Made("application"), "TELNYX_NUMBER": NUMBER},
    ),
    Case(
        name="no number",
        found=found([application()], file=kept("TELNYX_NUMBER")),
        left="Buy one at https://portal.telnyx.com",
    ),
    Case(
        name="the number is on no application",
        found=found([application()], [number()], kept()),
        repairs=(NUM,),
        requests=(PUT_ON,),
    ),
    Case(
        name="TELNYX_NUMBER is not of this account",
        found=good(file=kept(TELNYX_NUMBER="+13125550199")),
        repairs=(NUM,),
        env={"TELNYX_NUMBER": NUMBER},
    ),
    Case(
        name="TELNYX_NUMBER in another notation",
        found=good(file=kept(TELNYX_NUMBER="+1 (312) 555-0100")),
    ),
    Case(
        name="a number of another application, by its option",
        found=good(numbers=[number(at="7"), number(OTHER, at="1")], file=kept()),
        wishes=Wishes(number=OTHER),
        repairs=(NUM,),
        requests=(PUT_ON,),
        env={"TELNYX_NUMBER": OTHER},
    ),
    Case(
        name="the number is not active",
        found=good(numbers=[number(at="7", status="port-pending")], file=kept()),
        left="The number is port-pending",
    ),
    Case(
        name="people are to be called",
        found=good(file=kept()),
        wishes=Wishes(dial_out=True),
        repairs=(OUT, OUT, OUT),
        requests=(
            (
                "POST",
                "/outbound_voice_profiles",
                NEW_PROFILE | {"whitelisted_destinations": ["US", "CA"]},
            ),
            (
                "PATCH",
                UPDATE,
                ALWAYS
                | {"outbound": {"channel_limit": 9, "outbound_voice_profile_id": Made("profile")}},
            ),
        ),
        env={"DIAL_ALLOW": "us-canada", "DIAL_AT_ONCE": "2"},
    ),
    Case(
        name="people are to be called, in Portugal",
        found=good(
            numbers=[number("+351211234567", at="7", country_iso_alpha2="PT")],
            file=kept(TELNYX_NUMBER="+351211234567"),
        ),
        wishes=Wishes(dial_out=True),
        repairs=(OUT, OUT, OUT),
        requests=(
            (
                "POST",
                "/outbound_voice_profiles",
                NEW_PROFILE | {"whitelisted_destinations": ["PT"]},
            ),
            (
                "PATCH",
                UPDATE,
                ALWAYS
                | {"outbound": {"channel_limit": 9, "outbound_voice_profile_id": Made("profile")}},
            ),
        ),
        env={"DIAL_ALLOW": "+351", "DIAL_AT_ONCE": "2"},
    ),
    Case(
        name="the profile was created before",
        found=good(file=kept(DIAL_ALLOW="+1"), profiles=[profile()]),
        repairs=(OUT,),
        requests=(
            (
                "PATCH",
                UPDATE,
                ALWAYS | {"outbound": {"channel_limit": 9, "outbound_voice_profile_id": "p1"}},
            ),
        ),
    ),
    Case(
        name="the application allows one call, and the profile three",
        found=good(
            applications=[
                application(outbound={"outbound_voice_profile_id": "p1", "channel_limit": 1})
            ],
            profiles=[profile(concurrent_call_limit=3, name="IVR")],
            file=kept(DIAL_ALLOW="+1", DIAL_AT_ONCE="2"),
        ),
        repairs=(OUT,),
        env={"DIAL_AT_ONCE": "1"},
    ),
    Case(
        name="the profile allows more calls than DIAL_AT_ONCE",
        found=good(
            applications=[application(outbound={"outbound_voice_profile_id": "p1"})],
            profiles=[profile(concurrent_call_limit=3)],
            file=kept(DIAL_ALLOW="+1", DIAL_AT_ONCE="2"),
        ),
    ),
    Case(
        name="another program's profile is switched off",
        found=good(
            applications=[application(outbound={"outbound_voice_profile_id": "p1"})],
            profiles=[profile(enabled=False, name="IVR")],
            file=kept(DIAL_ALLOW="+1"),
        ),
        left="profile IVR is switched off",
    ),
    Case(
        name="our profile is switched off",
        found=good(
            applications=[application(outbound={"outbound_voice_profile_id": "p1"})],
            profiles=[profile(enabled=False)],
            file=kept(DIAL_ALLOW="+1"),
        ),
        repairs=(OUT,),
        requests=(
            (
                "PATCH",
                "/outbound_voice_profiles/p1",
                {"name": "conference-line", "enabled": True},
            ),
        ),
    ),
    Case(
        name="TeXML, from nothing",
        found=found(numbers=[number()], file=kept("TELNYX_CONNECTION_ID", "TELNYX_NUMBER")),
        wishes=Wishes(texml=True, url=LINE),
        repairs=(APP, APP, NUM),
        requests=(
            (
                "POST",
                "/texml_applications",
                {
                    "friendly_name": "conference-line",
                    "voice_url": f"{LINE}/texml/fresh-secret-of-the-tests",
                    "voice_method": "post",
                    "active": True,
                },
            ),
            ("PATCH", "/phone_numbers/{number}", {"connection_id": Made("application")}),
        ),
        env={
            "TEXML_SECRET": "fresh-secret-of-the-tests",
            "PUBLIC_URL": LINE,
            "TELNYX_NUMBER": NUMBER,
        },
    ),
    Case(
        name="TeXML, without --texml, since TELNYX_NUMBER is there",
        found=found(
            numbers=[number(at="8")],
            file=kept("TELNYX_CONNECTION_ID"),
            texml_applications=[texml(voice_method="get", voice_url=f"{LINE}/texml/blue")],
        ),
        repairs=(APP,),
        requests=(
            (
                "PATCH",
                "/texml_applications/{application}",
                {
                    "friendly_name": "conference-line",
                    "voice_url": f"{LINE}/texml/blue",
                    "voice_method": "post",
                },
            ),
        ),
        env={"PUBLIC_URL": LINE},
    ),
    Case(
        name="TELNYX_CONNECTION_ID names a TeXML application",
        found=found(
            numbers=[number(at="8")],
            file=kept(TELNYX_CONNECTION_ID="8", PUBLIC_URL=LINE),
            texml_applications=[texml()],
        ),
        repairs=(APP,),
        env={"TELNYX_CONNECTION_ID": ""},
    ),
    Case(
        name="TeXML, with a room of a long name",
        found=found(
            numbers=[number(at="8")],
            file=kept("TELNYX_CONNECTION_ID", PUBLIC_URL=LINE),
            texml_applications=[texml(voice_url=f"{LINE}/texml/engineering-weekly-sync")],
            rooms=frozenset({"engineering-weekly-sync"}),
        ),
    ),
    Case(
        name="TeXML, with an old secret and a room",
        found=found(
            numbers=[number(at="8")],
            file=kept("TELNYX_CONNECTION_ID", PUBLIC_URL=LINE, TEXML_SECRET="s" * 20),
            texml_applications=[texml(voice_url=f"{LINE}/texml/{'t' * 20}/blue")],
        ),
        repairs=(APP,),
        requests=(
            (
                "PATCH",
                "/texml_applications/{application}",
                {
                    "friendly_name": "conference-line",
                    "voice_url": f"{LINE}/texml/{'s' * 20}/blue",
                },
            ),
        ),
    ),
    Case(
        name="TeXML, with a malformed secret",
        found=found(
            numbers=[number(at="8")],
            file=kept("TELNYX_CONNECTION_ID", PUBLIC_URL=LINE, TEXML_SECRET="short"),
            malformed=frozenset({"TEXML_SECRET"}),
            texml_applications=[texml()],
        ),
        repairs=(APP, APP),
        requests=(
            (
                "PATCH",
                "/texml_applications/{application}",
                {
                    "friendly_name": "conference-line",
                    "voice_url": f"{LINE}/texml/fresh-secret-of-the-tests",
                },
            ),
        ),
        env={"TEXML_SECRET": "fresh-secret-of-the-tests"},
    ),
    Case(
        name="TeXML beside Call Control: TELNYX_NUMBER stays",
        found=good(
            numbers=[number(at="7"), number(OTHER)],
            file=kept(PUBLIC_URL=LINE, TEXML_SECRET="s" * 20),
            texml_applications=[texml(voice_url=f"{LINE}/texml/{'s' * 20}")],
        ),
        wishes=Wishes(texml=True, number=OTHER),
        repairs=(NUM,),
        requests=(("PATCH", "/phone_numbers/{number}", {"connection_id": "8"}),),
    ),
]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_the_steps_and_none_in_a_second_run(case: Case) -> None:
    made = plan(case.found, case.wishes)
    assert tuple(step.repair for step in made.steps) == case.repairs
    sent = [step.request for step in made.steps if step.request]
    assert tuple((each.method, each.path, each.body) for each in sent) == case.requests
    env = {name: value for step in made.steps for name, value in step.env.items()}
    assert env == (case.env or {})
    assert bool(made.left) == bool(case.left) and case.left in " ".join(made.left)
    if case.wishes.application != "new":
        again = plan(afterwards(case.found, made), case.wishes)
        assert again.steps == (), "a second run changes nothing"
        assert again.left == made.left


def test_each_repair_has_steps_and_each_step_is_of_its_repair() -> None:
    assert list(MAKERS) and MAKERS.keys() == set(Repair)
    made = {repair for case in CASES for repair in case.repairs}
    assert made == set(Repair)


def test_no_sentence_holds_a_secret() -> None:
    for case in CASES:
        text = repr(plan(case.found, case.wishes)) + repr(case.found)
        for secret in (KEY, TOKEN, "fresh-", "s" * 20, "t" * 20):
            assert secret not in text, case.name


# What only the user can decide


def _refused(found: Found, wishes: Wishes) -> Question:
    with pytest.raises(Question) as caught:
        plan(found, wishes)
    return caught.value


OF_OTHERS = application("1", application_name="IVR", webhook_event_url="https://x.com/webhook")
ELSEWHERE = application("2", webhook_event_url="https://other.example.com/webhook?k=secret")
UNKNOWN = kept("TELNYX_CONNECTION_ID", "TELNYX_NUMBER")


@dataclass(frozen=True)
class Open:
    """A question that stops the steps. choices, default: the values."""

    name: str
    found: Found
    wish: str
    choices: tuple[str, ...] = ()
    default: str = ""
    wishes: Wishes = ALONE


OPEN = [
    Open(
        name="one without an address has a number, so it is somebody's",
        found=found([application(webhook_event_url=f"{UNSET}/webhook")], [number(at="7")], UNKNOWN),
        wish="application",
        choices=("7", "new"),
        default="7",
    ),
    Open(
        name="one of our name reports to another address",
        found=found([OF_OTHERS, ELSEWHERE], [number()], UNKNOWN),
        wish="application",
        choices=("2", "1", "new"),
        default="2",
    ),
    Open(
        name="two applications report here",
        found=found([application(), application("9")], [number()], UNKNOWN | {"PUBLIC_URL": LINE}),
        wish="application",
        choices=("7", "9", "new"),
        default="new",
    ),
    Open(
        name="applications of others, and somebody to ask",
        found=found([OF_OTHERS], [number()], UNKNOWN),
        wish="application",
        choices=("1", "new"),
        default="new",
        wishes=ASKED,
    ),
    Open(
        name="the only number serves another application",
        found=found([OF_OTHERS], [number(at="1")], UNKNOWN),
        wish="number",
        choices=(NUMBER,),
    ),
    Open(
        name="TELNYX_NUMBER serves another application",
        found=good(numbers=[number(at="1"), number(OTHER)], file=kept()),
        wish="number",
        choices=(OTHER, NUMBER),
        default=OTHER,
    ),
    Open(
        name="two numbers are free",
        found=found([], [number(), number(OTHER)], UNKNOWN),
        wish="number",
        choices=(NUMBER, OTHER),
        default=NUMBER,
    ),
    Open(
        name="one on the application comes first",
        found=good(
            numbers=[number(OTHER), number(at="7"), number("+13125550102", at="7")],
            file=kept("TELNYX_NUMBER"),
        ),
        wish="number",
        choices=(NUMBER, "+13125550102", OTHER),
        default=NUMBER,
    ),
    Open(
        name="TeXML without an address",
        found=found([], [number()], UNKNOWN),
        wish="url",
        wishes=Wishes(texml=True),
    ),
    Open(
        name="TeXML without an address, which is not given either",
        found=found([], [number()], UNKNOWN),
        wish="url",
        wishes=Wishes(texml=True, url="", attended=True),
    ),
    Open(
        name="a new application, and somebody to ask for the address",
        found=found([], [number()], UNKNOWN),
        wish="url",
        wishes=ASKED,
    ),
    Open(
        name="the public key, and somebody to paste it",
        found=good(file=kept("TELNYX_PUBLIC_KEY"), public_key=""),
        wish="public_key",
        wishes=ASKED,
    ),
    Open(
        name="calls to people, before the first steps",
        found=found([application()], [number()], kept()),
        wish="dial_out",
        choices=("yes", "no"),
        default="no",
        wishes=Wishes(attended=True),
    ),
]


@pytest.mark.parametrize("case", OPEN, ids=lambda case: case.name)
def test_what_serves_others_or_is_not_known_is_asked(case: Open) -> None:
    question = _refused(case.found, case.wishes)
    assert question.wish == case.wish
    assert tuple(each.value for each in question.choices) == case.choices
    assert question.default == case.default
    assert question.option.startswith("--")
    assert "secret" not in " ".join(each.label for each in question.choices)


def test_an_answer_leads_on() -> None:
    question = _refused(found([OF_OTHERS, ELSEWHERE], [number()], UNKNOWN), ALONE)
    wishes = with_wish(ALONE, question.wish, "2")
    made = plan(found([OF_OTHERS, ELSEWHERE], [number()], UNKNOWN), wishes)
    assert made.ids == {"application": "2", "number": "n100"}


def test_nobody_is_asked_where_nothing_changes() -> None:
    assert plan(good(file=kept()), Wishes(attended=True)).steps == ()


@pytest.mark.parametrize(
    ("wishes", "words"),
    [
        (Wishes(application="77"), "none is named 77. Give the id of a Call Control application"),
        (Wishes(application="same"), "2 of them are named same"),
        (Wishes(number="+13125550199"), "no number +13125550199. It has: +13125550100"),
        (Wishes(dial_out=True), "--no-dial-out"),
    ],
)
def test_what_is_impossible_is_said(wishes: Wishes, words: str) -> None:
    same = [application(id, application_name="same") for id in "34"]
    account = found([application(), *same], [number(at="7")], kept(), profiles=None)
    with pytest.raises(Impossible) as caught:
        plan(account, wishes)
    assert words in str(caught.value)


def test_the_environment_wins_and_that_is_said() -> None:
    environ = {"TELNYX_NUMBER": "+13125550199", "TELNYX_API_KEY": KEY, "CONTROL_TOKEN": TOKEN * 2}
    for file, repairs in ((kept("TELNYX_NUMBER"), [NUM]), (kept(), [])):
        made = plan(good(file=file, environ=environ), Wishes(number=NUMBER))
        assert [step.repair for step in made.steps] == repairs
        (left,) = made.left
        assert "TELNYX_NUMBER, which wins over .env" in left


# Words


@pytest.mark.parametrize(
    ("name", "text", "value"),
    [
        ("url", f" {LINE}/webhook ", LINE),
        ("url", f"{LINE}/a/texml/blue", f"{LINE}/a"),
        ("url", f"{LINE}/", LINE),
        ("url", "", ""),
        ("failover_url", f"{LINE}/webhook/", LINE),
        ("number", "+1 (312) 555-0100", NUMBER),
        ("application", " new ", "new"),
        ("dial_out", "Yes", True),
        ("dial_out", "n", False),
        ("public_key", f"{PUBLIC_KEY}\n", PUBLIC_KEY),
    ],
)
def test_wishes_are_read_as_people_write_them(name: str, text: str, value: object) -> None:
    assert getattr(with_wish(ALONE, name, text), name) == value


PEM = "-----BEGIN PUBLIC KEY-----\nMCowBQYDK2VwAyEA\n-----END PUBLIC KEY-----"


@pytest.mark.parametrize(
    ("name", "text", "words"),
    [
        ("url", "line.example.com", "begins with https://"),
        ("number", "3125550100", "a number in E.164"),
        ("dial_out", "perhaps", "must be yes or no"),
        ("public_key", "KEY0123456789_secret", "is an API key"),
        ("public_key", PEM, "in PEM"),
        ("public_key", PUBLIC_KEY[:-4], "is not base64 of 32 bytes"),
    ],
)
def test_a_wrong_wish_is_explained(name: str, text: str, words: str) -> None:
    with pytest.raises(ValueError, match=r"^(must be|is) ") as caught:
        with_wish(ALONE, name, text)
    assert words in str(caught.value)
    assert "KEY0" not in str(caught.value)


@pytest.mark.parametrize(
    ("number", "words", "allow"),
    [
        ("+13125550100", "+1 312 555 0100", "us-canada"),
        ("+18765550100", "+1 876 555 0100", "+1876"),
        ("+351211234567", "+351 211 234 567", "+351"),
        ("+442079460958", "+44 207 946 09 58", "+44"),
        ("+4930123456", "+49 301 234 56", "+49"),
    ],
)
def test_numbers_are_grouped_and_calls_stay_in_their_country(
    number: str, words: str, allow: str
) -> None:
    assert grouped(number) == words
    assert prefix(number) == allow
