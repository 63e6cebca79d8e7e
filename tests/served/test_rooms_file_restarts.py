"""Stories of a server with a rooms file that reads it again, or is killed, while people call."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from pathlib import Path

import pytest
from rigs.restarts import Stage, stage
from rigs.rooms_line import FILE, MODERATOR, PARTICIPANT, SUPPORT, Caller, talk
from rigs.waiting import until

from conference.core.admission import reception
from conference.core.greeting import WAIT_FOR_HOST
from conference.serving.instance_lock import ANOTHER_ENDS_WITHIN


@pytest.fixture
def served(tmp_path: Path) -> Iterator[Stage]:
    (tmp_path / "rooms.toml").write_text(FILE)
    with stage(tmp_path, ROOMS_FILE="rooms.toml") as served:
        yield served


def people(served: Stage, *names: str) -> list[Caller]:
    return [Caller(served.telnyx, name) for name in names]


def enters_while_asked(caller: Caller, pin: str) -> None:
    """Enter a PIN while Telnyx gathers keys, again if it has just ended, until the line knows it.

    A gather goes on while the server is away. If its end was lost, the line begins another one as
    soon as it is overdue.
    """

    def known() -> bool:
        return WAIT_FOR_HOST in caller.told

    while not known():
        until(lambda: caller.leg.gather or known(), f"{caller.name} is asked", within=90)
        if not known():
            caller.presses(pin)


def test_a_new_pin_counts_after_sighup_and_no_call_is_dropped(served: Stage) -> None:
    ann, bob, hana = people(served, "Ann", "Bob", "Hana")
    ann.enters(PARTICIPANT)
    ann.hears_music()
    hana.enters(MODERATOR)
    talk(ann, hana)
    (before,) = served.server.workers

    file = served.folder / "rooms.toml"
    file.write_text(FILE.replace(PARTICIPANT[:-1], "6622"))
    served.server.process.send_signal(signal.SIGHUP)
    until(
        lambda: served.server.workers and before not in served.server.workers,
        "a new worker serves",
        ANOTHER_ENDS_WITHIN,
    )
    until(lambda: len(served.joined("sales")) == 2, "the new worker knows the callers")

    bob.enters(PARTICIPANT)
    bob.hears(reception.PROMPTS["unknown"])
    bob.presses("6622#")
    talk(ann, bob, hana)
    assert (ann.leg.state, hana.leg.state) == ("answered", "answered")
    assert "6622" not in served.server.log


def test_a_kill_finds_one_who_waits_one_in_the_reception_and_two_who_talk(served: Stage) -> None:
    ann, bob, cleo, dan, hana = people(served, "Ann", "Bob", "Cleo", "Dan", "Hana")
    ann.enters(PARTICIPANT)
    ann.hears_music()
    served.telnyx.account.own(SUPPORT)
    for caller in (cleo, dan):
        caller.dials(SUPPORT)
    talk(cleo, dan)
    bob.dials()
    bob.hears(reception.ENTER)

    served.server.kill()
    served.start()
    until(lambda: len(served.joined("sales")) == 1, "Ann is found")
    until(lambda: len(served.joined("support")) == 2, "Cleo and Dan are found")
    ann.hears_music()
    talk(cleo, dan)
    enters_while_asked(bob, PARTICIPANT)
    bob.hears_music()
    assert ann.leg.hears.what == "music", "both wait for the host"
    hana.enters(MODERATOR)
    talk(ann, bob, hana)
    talk(cleo, dan)
    for pin in (PARTICIPANT[:-1], MODERATOR):
        assert pin not in served.server.log
