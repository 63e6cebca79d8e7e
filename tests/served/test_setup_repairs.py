"""Each repair: a fault that `flask doctor` names with it is gone after `flask setup --yes`."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import pytest
from rigs.keyboard import Keyboard
from rigs.newcomers import API_KEY, OTHER, Newcomer
from rigs.newcomers import NUMBER as ONE
from rigs.odd_server import Odd, OddServer

from conference.doctor.phrases import PHRASES
from conference.setup.repairs import Repair

ELSEWHERE = "http://127.0.0.1:9"  # where nobody answers
DOOR = f"{ELSEWHERE}/texml"
ANOTHER = "A" * 43 + "="


@dataclass(frozen=True)
class Fault:
    """fact: as doctor names it. options: of `flask setup`, beside --yes."""

    fact: str
    repair: Repair
    make: Callable[[Newcomer], object]
    options: Sequence[str] = ()


KEYS = [
    Fault("settings.env-file-exposed", Repair.ENV_FILE, lambda it: it.env.chmod(0o644)),
    Fault("settings.api-key", Repair.API_KEY, lambda it: it.unset("TELNYX_API_KEY")),
    Fault("api-key.refused", Repair.API_KEY, lambda it: it.sets(TELNYX_API_KEY="KEY_revoked")),
    Fault("settings.public-key", Repair.PUBLIC_KEY, lambda it: it.unset("TELNYX_PUBLIC_KEY")),
    Fault("public-key.other", Repair.PUBLIC_KEY, lambda it: it.sets(TELNYX_PUBLIC_KEY=ANOTHER)),
    Fault("self-test.no-token", Repair.CONTROL_TOKEN, lambda it: it.unset("CONTROL_TOKEN")),
]
APPLICATION = [
    Fault(f"application.{name}", Repair.APPLICATION, make, options)
    for name, make, *options in (
        ("not-set", lambda it: it.unset("TELNYX_CONNECTION_ID")),
        ("missing", lambda it: it.sets(TELNYX_CONNECTION_ID="42")),
        ("is-texml", lambda it: it.sets(TELNYX_CONNECTION_ID=it.moves_number(it.texml(DOOR)))),
        ("activity-not-shown", lambda it: it.has(active=None)),
        ("inactive", lambda it: it.has(active=False)),
        ("api-version", lambda it: it.has(webhook_api_version="1")),
        ("timeout", lambda it: it.has(webhook_timeout_secs=1)),
        ("path", lambda it: it.has(webhook_event_url=ELSEWHERE)),
        ("elsewhere", lambda it: it.sets(PUBLIC_URL=ELSEWHERE)),
        ("no-url", lambda it: it.has(webhook_event_url=None), "--public-url", ELSEWHERE),
    )
]
NUMBER = [
    Fault(f"number.{name}", Repair.NUMBER, make, options)
    for name, make, *options in (
        ("not-owned", lambda it: it.sets(TELNYX_NUMBER="+13125550199")),
        ("no-application", lambda it: it.moves_number("")),
        ("none", lambda it: (it.unset("TELNYX_NUMBER"), it.moves_number(""))),
        ("gone", lambda it: (it.account.number.update(status="deleted"), it.account.buy(OTHER))),
        ("other-application", lambda it: it.moves_number("42"), "--number", ONE),
        ("on-texml", lambda it: it.moves_number(it.texml(ELSEWHERE)), "--number", ONE),
        (
            "not-set",
            lambda it: it.unset("TELNYX_NUMBER", "TELNYX_CONNECTION_ID"),
            *("--application", "conference-line"),
        ),
    )
]
OUTBOUND = [
    Fault(f"outbound.{name}", Repair.OUTBOUND, make)
    for name, make in (
        ("no-profile", lambda it: it.sets(DIAL_ALLOW="+1312")),
        ("not-set", lambda it: (it.sets(DIAL_ALLOW="+1312"), it.unset("TELNYX_NUMBER"))),
        ("concurrent", lambda it: it.dials(concurrent_call_limit=3)),
    )
]
FAULTS = [*KEYS, *APPLICATION, *NUMBER, *OUTBOUND]
OTHERWISE = {
    "api-key.not-allowed": "as api-key.refused",
    "application.other-kind": "as application.missing",
    "deliveries.not-genuine": "what was not delivered stays in the list for 24 h",
    "deliveries.no-path": "as deliveries.not-genuine",
    "deliveries.redirected": "as deliveries.not-genuine",
}
"""Facts that name a repair and have no row above, and why."""


def _found(anew: Newcomer) -> dict[str, str | None]:
    """Return the facts that doctor finds, each with its repair."""
    findings = json.loads(anew.flask("doctor", "--json").output)["findings"]
    return {each["fact"]: each["repair"] for each in findings}


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.fact)
def test_what_doctor_names_is_repaired(
    anew: Newcomer, monkeypatch: pytest.MonkeyPatch, fault: Fault
) -> None:
    with OddServer() as server:
        server.answers["/healthz"] = Odd(body=b'{"status": "ok"}')
        assert anew.runs("--yes", "--public-url", server.url).exit_code == 0
        monkeypatch.delenv("TELNYX_API_KEY")
        assert fault.fact not in _found(anew)
        fault.make(anew)
        assert _found(anew)[fault.fact] == fault.repair
        typed = Keyboard(API_KEY) if fault.repair is Repair.API_KEY else None
        done = anew.runs("--yes", *fault.options, types=typed)
        assert done.exit_code == 0, done.output
        assert fault.fact not in _found(anew)
        assert "Nothing to change." in anew.runs("--yes").output


def test_doctor_names_no_repair_that_is_none() -> None:
    assert {fault.repair for fault in FAULTS} == set(Repair)
    named = {name for name, phrase in PHRASES.items() if phrase.repair}
    assert named - OTHERWISE.keys() == {fault.fact for fault in FAULTS}
