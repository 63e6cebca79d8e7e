"""`flask doctor --live`: each fact about the running server, by its report."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest
from rigs.health import ORGANIZATION, USER, examine_server
from rigs.moderator import run
from rigs.rehearsals import APPLICATION, rehearsal
from rigs.waiting import until

from conference.core.room import Room
from conference.core.room_settings import RoomSettings
from conference.doctor.phrases import PHRASES
from conference.reporting.health import report, unread_for
from conference.reporting.server_health import ServerHealth
from conference.telnyx_api import ApiResponse
from conference.web.readiness import KEY_REFUSED

TOKEN = "a-token-of-the-tests"

ERROR = {"at": "", "age": 60.0, "what": "Telnyx refuses answer (503)", "kind": "busy"}
LATE = {"room": "demo", "call": "v3:a", "number": "...0142", "status": "ringing", "seconds": 90.0}
FEW, MANY = ERROR | {"since_accepted": 1}, ERROR | {"since_accepted": 3}
OVER = ERROR | {"since_accepted": 0, "age": 7200.0}

CASES: list[tuple[Mapping[str, Any], str, str]] = [
    ({}, "live.up", "up for 100 s; rooms: 1, calls in them: 0"),
    ({"webhook_age": 5.0}, "webhooks.ok", "came 5 s ago"),
    ({}, "webhooks.none", "in the 100 s since"),
    ({"telnyx_age": 5.0}, "telnyx.ok", "command 5 s ago"),
    ({"telnyx_age": 5.0, "telnyx_error": OVER}, "telnyx.ok-again", "was 2 h ago: Telnyx refuses"),
    ({}, "telnyx.no-command", "not known"),
    ({"telnyx_error": MANY}, "telnyx.failing", "it accepted no command yet; the last error"),
    ({"telnyx_age": 5.0, "telnyx_error": FEW}, "telnyx.error", "60 s ago: Telnyx refuses"),
    ({"key_age": 5.0}, "keys.ok", "came 5 s ago"),
    ({"has_keys": True}, "keys.none", "none of a caller"),
    ({}, "waiting.ok", "nobody"),
    ({"waiting": [LATE]}, "waiting.late", "...0142 in room demo is ringing for too long: 90 s"),
    ({"calls_compared_age": 5.0}, "unknown-calls.ok", "5 s ago"),
    ({"unknown_calls": ["v3:b"]}, "unknown-calls.some", "v3:b"),
    ({}, "unknown-calls.not-read", "not checked"),
    ({"calls_compared_age": 5.0, "telnyx_error": MANY}, "unknown-calls.read-long-ago", "5 s ago"),
    ({"taken_names": [{"room": "demo", "at": "", "age": 5.0}]}, "name.taken", "demo, and lists"),
    ({"shared_rooms": ["demo"]}, "name.shared", "of room demo"),
    ({"compared_age": 5.0}, "comparison.ok", "5 s ago; repaired after comparisons"),
    ({"compared_age": 5.0, "telnyx_error": MANY}, "comparison.long-ago", "5 s ago"),
    ({}, "comparison.none", "not checked"),
    ({"texml_account": ORGANIZATION}, "account.organization", "name the organization"),
    ({"texml_account": USER}, "account.user", "name the user"),
    ({"texml_account": "another"}, "account.other", "name the account another, and"),
    ({"log_lines_lost": 0}, "log.ok", "no line"),
    ({"log_lines_lost": 7}, "log.lost", "accepted them: 7"),
    ({"compared_age": 5.0, "unread_for": 95.0}, "comparison.nothing-read", "nothing for 95 s"),
    ({"unread_for": 95.0}, "comparison.nothing-read", "nothing for 95 s"),
]


@pytest.mark.parametrize(("changes", "fact", "words"), CASES, ids=[case[1] for case in CASES])
def test_each_fact_is_found(changes: Mapping[str, Any], fact: str, words: str) -> None:
    health = report([Room("demo")], ServerHealth(0.0), 100.0) | {"log_lines_lost": 0, **changes}
    (found,) = (each for each in examine_server(health) if each.check == PHRASES[fact].check)
    assert (found.fact, words in found.what) == (fact, True), found


@pytest.mark.parametrize("field", report([], ServerHealth(0.0), 100.0))
def test_what_another_version_does_not_report_is_unknown(field: str) -> None:
    health = report([Room("demo", RoomSettings(keys={"*6": "mute"}))], ServerHealth(0.0), 100.0)
    whole = [each.fact for each in examine_server(health)]
    del health[field]
    found = list(examine_server(health))
    unknown = [each.what for each in found if each.fact == "live.not-reported"]
    ages = ("webhook_at", "telnyx_at", "compared_at", "calls_compared_at", "key_at")
    if field in ages or field == "healed":  # read for people, or with a comparison
        assert [each.fact for each in found] == whole
    else:
        assert set(unknown) == {f"it does not report {field}"}


@pytest.mark.parametrize("answer", [ApiResponse(0), ApiResponse(500), ApiResponse(200, {})])
def test_an_account_that_telnyx_does_not_show_is_unknown(answer: ApiResponse) -> None:
    health = report([], ServerHealth(0.0), 100.0)
    assert "account" not in {each.check for each in examine_server(health, answer)}
    found = examine_server(health | {"texml_account": USER}, answer)
    assert [each.state for each in found if each.fact == "account.unreadable"] == ["unknown"]


def test_nothing_was_read_only_if_it_should_have_been() -> None:
    """A line that has just started is ready; without an application nothing is read by design."""
    front, started = Room("demo", watches_unknown_calls=True), ServerHealth(1000.0)
    assert unread_for(front, started, 1090.0) is None
    assert unread_for(front, started, 1090.1) == pytest.approx(90.1)
    assert unread_for(None, started, 9999.0) is None
    for every, limit in ((5.0, 60.0), (60.0, 180.0)):
        settings = RoomSettings(reconcile_seconds=every)
        room = replace(front, settings=settings)
        assert unread_for(room, started, 1000.0 + limit) is None
        assert unread_for(room, started, 1001.0 + limit) == limit + 1
    never = replace(front, settings=RoomSettings(reconcile_seconds=0))
    assert unread_for(never, started, 9999.0) is None
    started.note_accepted(9990.0)
    assert unread_for(front, started, 9999.0) is None


def test_a_key_that_was_revoked_ends_with_1() -> None:
    settings = {"telnyx_connection_id": APPLICATION, "control_token": TOKEN}
    with rehearsal(**settings, time_factor=20, reconcile_seconds=2) as line:
        line.engine.start()
        until(lambda: line.services.server_health.accepted_at, "a list was read")
        assert run(line, "doctor", "--live")[0] == 0
        line.telnyx.account.key_revoked = True
        until(lambda: line.services.server_health.errors_since, "the key is refused")
        status, output = run(line, "doctor", "--live")
        assert (status, "Telnyx refuses TELNYX_API_KEY (401)" in " ".join(output.split())) == (
            1,
            True,
        )
        ready = line.app.test_client().get("/readyz")
        assert (ready.status_code, ready.get_json()["reasons"]) == (503, [KEY_REFUSED])


def test_the_account_of_texml_is_that_of_the_key() -> None:
    with rehearsal(control_token=TOKEN) as line:
        line.telnyx.phone("+13125550111").dial(line.telnyx.texml.number)
        until(lambda: line.services.server_health.texml_account, "a callback came")
        for change, fact in (
            ({}, "account.organization"),
            ({"organization_id": "another"}, "account.other"),
        ):
            vars(line.telnyx.account).update(change)
            shown = json.loads(run(line, "doctor", "--live", "--json")[1])["findings"]
            assert [each["fact"] for each in shown if each["check"] == "account"] == [fact]


def test_a_telnyx_that_answers_nothing_ends_with_1() -> None:
    settings = {"telnyx_connection_id": APPLICATION, "control_token": TOKEN}
    with rehearsal(**settings) as line, line.telnyx.outage():
        line.engine.compare()
        assert run(line, "doctor", "--live")[0] == 0, "it has just started"
        line.services.server_health.started_at -= 100
        status, output = run(line, "doctor", "--live")
        assert (status, "Telnyx has answered nothing for 100 s" in output) == (1, True)
