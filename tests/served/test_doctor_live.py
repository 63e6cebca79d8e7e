"""`flask doctor --live`: each fact about the running server, by its report."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from conference.core.room import Room
from conference.doctor import examine_server
from conference.doctor.phrases import PHRASES
from conference.reporting.health import report
from conference.reporting.server_health import ServerHealth

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
    ({"log_lines_lost": 0}, "log.ok", "no line"),
    ({"log_lines_lost": 7}, "log.lost", "accepted them: 7"),
    ({"log_lines_lost": None}, "log.not-reported", "not checked"),
]


@pytest.mark.parametrize(("changes", "fact", "words"), CASES, ids=[case[1] for case in CASES])
def test_each_fact_is_found(changes: Mapping[str, Any], fact: str, words: str) -> None:
    health = report([Room("demo")], ServerHealth(0.0), 100.0) | {"log_lines_lost": 0, **changes}
    (found,) = (each for each in examine_server(health) if each.check == PHRASES[fact].check)
    assert (found.fact, words in found.what) == (fact, True), found
