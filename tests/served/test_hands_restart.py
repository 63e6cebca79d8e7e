"""Question time outlasts a kill of the server, for those inside and for newcomers."""

from __future__ import annotations

from pathlib import Path

from rigs.people import ANN, BOB, CLEO
from rigs.restarts import stage
from rigs.waiting import until


def test_question_time_outlasts_a_kill(tmp_path: Path) -> None:
    with stage(tmp_path) as line:
        ann, ben = (line.telnyx.phone(number).dial() for number in (ANN, BOB))
        until(lambda: ann.conference and ben.conference, "they are in", 20)
        line.ask("/actions/mode?wait=1", {"mode": "questions"})
        until(lambda: ann.muted and ben.muted, "both are muted")
        assert line.telnyx.idle(10), "Telnyx keeps it with the calls"
        line.server.kill()
        line.start()
        until(lambda: line.ask()["mode"] == "questions", "it goes on", 20)
        cleo = line.telnyx.phone(CLEO).dial()
        until(lambda: cleo.conference and cleo.muted, "a newcomer is muted", 20)
        line.ask("/actions/mode?wait=1", {"mode": "conversation"})
        until(lambda: not (ann.muted or ben.muted or cleo.muted), "all are heard")
