"""A call that opens the conference gets the options of its join by the commands that follow."""

from __future__ import annotations

from rigs.moderator import send
from rigs.people import ANN, BOB
from rigs.rehearsals import MAY, dial, rehearsal, settled
from rigs.waiting import until

from conference.simulator.network.parties import Participant

CHANGES = {"end_conference_on_exit": True, "soft_end_conference_on_exit": False}


def test_the_options_of_a_join_that_opens_the_conference() -> None:
    with rehearsal(region="Europe", **MAY) as line:
        ann = dial(line, ANN)
        settled(line)
        path = f"/api/rooms/demo-conference/participants/{ANN}/actions"
        assert send(line, f"{path}/leave?wait=1", {}, "POST")[0] == 202
        settled(line)
        options = {**CHANGES, "beep_enabled": "never", "supervisor_role": "monitor"}
        status, said = send(line, f"{path}/join?wait=1", options, "POST")
        assert status == 202
        done = [(each["command"], each["means"]) for each in said["answers"]]
        assert done[-2:] == [("participants", "done"), ("update", "done")], "the answer waits"
        assert len(line.telnyx.conferences) == 2
        stay = ann.participant
        assert isinstance(stay, Participant)
        assert (stay.end_on_exit, stay.soft_end_on_exit) == (True, False)
        assert (stay.beep, stay.role, stay.conference.beep) == ("never", "monitor", "always")
        bob = dial(line, BOB)
        settled(line)
        assert bob.participant is not None and bob.participant.beep == "always"
        line.telnyx.phone(ANN).hang_up()
        until(lambda: bob.state == "ended", "the conference ends with Ann")
