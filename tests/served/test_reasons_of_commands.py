"""The simulated Telnyx knows which message, or which decision, led the line to which command."""

from __future__ import annotations

from rigs.moderator import ROOM, act, ask
from rigs.rehearsals import MAY, dial, hears, rehearsal, settled, texml
from rigs.rehearsals import calls as dials_texml

from conference.demo.rehearsal import Line


def reasons(line: Line) -> dict[str, str]:
    """The name of each command's cause, by the command's name; the newest counts."""
    settled(line)
    traffic = line.telnyx.traffic
    commands = [row for row in traffic if row.kind == "command"]
    causes = [(row, traffic.row(row.causes[0]) if row.causes else None) for row in commands]
    return {row.name: cause.name if cause else "" for row, cause in causes}


def test_every_command_of_two_callers_follows_from_a_webhook() -> None:
    with rehearsal() as line:
        hears(dial(line, "+13125550111"), "music")
        hears(dial(line, "+13125550112"), "conference")
        assert reasons(line) == {
            "AnswerCall": "call.initiated",
            "SpeakCall": "call.answered",
            "CreateConference": "call.speak.ended",
            "JoinConference": "call.speak.ended",
            "HoldConferenceParticipants": "conference.participant.joined",
            "UnholdConferenceParticipants": "conference.participant.joined",
        }


def test_what_a_moderator_wants_is_a_reason_of_its_own() -> None:
    with rehearsal(**MAY) as line:
        ann = dial(line, "+13125550111")
        hears(ann, "music")
        settled(line)
        line.telnyx.phone("+13125550142").when_called()
        act(line, "mute", ann.number)
        ask(line, f"{ROOM}/participants", {"to": "+13125550142"})
        found = reasons(line)
        assert found["MuteConferenceParticipants"] == "a moderator asks: mute"
        assert found["DialCall"] == "a moderator asks: dial"
        asked = next(row for row in line.telnyx.traffic if row.kind == "line")
        assert asked.numbers == (ann.number,)


def test_a_command_that_is_tried_again_follows_from_its_first_try() -> None:
    with rehearsal(speed=5) as line:
        line.telnyx.fail_next(503)
        dial(line, "+13125550111")
        settled(line)
        first, again = (row for row in line.telnyx.traffic if row.name == "AnswerCall")
        assert (first.status, again.status) == (503, 200)
        assert again.causes == (first.n,)


def test_by_texml_a_status_callback_is_the_reason() -> None:
    with texml() as line:
        hears(dials_texml(line, "+13125550111"), "music")
        hears(dials_texml(line, "+13125550112"), "conference")
        assert reasons(line) == {
            "UpdateTexmlConferenceParticipant Hold": "participant-join",
            "UpdateTexmlConferenceParticipant Hold=false": "participant-join",
        }
