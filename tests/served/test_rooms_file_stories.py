"""Stories of callers of a line with a rooms file: what each of them does and hears."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from pathlib import Path

import pytest
from rigs.restarts import Stage, stage
from rigs.rooms_line import (
    FILE,
    LISTENER,
    MODERATOR,
    PARTICIPANT,
    SUPPORT,
    Caller,
    RoomsLine,
    rooms_line,
    talk,
)
from rigs.waiting import until

from conference.core import host, reception
from conference.core.entering import FULL, LOCKED
from conference.core.greeting import WAIT_FOR_HOST
from conference.core.requests.hands import TURN, TURN_OVER, UP
from conference.serving.instance_lock import ANOTHER_ENDS_WITHIN

NUMBERS = {
    "ann": "+13125550111",
    "bob": "+13125550112",
    "cleo": "+13125550113",
    "dan": "+13125550114",
    "hana": "+13125550118",
}


@pytest.fixture
def line(tmp_path: Path) -> Iterator[RoomsLine]:
    with rooms_line(tmp_path) as line:
        yield line


@pytest.fixture
def ann(line: RoomsLine) -> Caller:
    return line.caller("Ann", NUMBERS["ann"])


@pytest.fixture
def bob(line: RoomsLine) -> Caller:
    return line.caller("Bob", NUMBERS["bob"])


@pytest.fixture
def cleo(line: RoomsLine) -> Caller:
    return line.caller("Cleo", NUMBERS["cleo"])


@pytest.fixture
def hana(line: RoomsLine) -> Caller:
    return line.caller("Hana", NUMBERS["hana"])


def enters(caller: Caller, pin: str) -> None:
    """Dial the shared number, and enter a PIN."""
    caller.dials()
    caller.hears(reception.ENTER)
    caller.presses(pin)


# In


def test_ann_and_bob_wait_for_the_host_and_talk_with_her(
    line: RoomsLine, ann: Caller, bob: Caller, hana: Caller
) -> None:
    enters(ann, PARTICIPANT)
    ann.hears(WAIT_FOR_HOST)
    ann.hears_music()
    enters(bob, PARTICIPANT)
    bob.hears(WAIT_FOR_HOST)
    bob.hears_music()
    until(lambda: line.shown("sales", bob)["hold_reason"] == "not-started", "the line says why")
    assert line.ask("/api/rooms/sales", None)["summary"].startswith("waiting for the host")

    enters(hana, MODERATOR)
    hana.hears("Others are here.")
    ann.hears(host.HERE)
    bob.hears(host.HERE)
    talk(ann, bob, hana)
    roles = [line.shown("sales", each)["role"] for each in (ann, hana)]
    assert roles == ["participant", "moderator"]
    assert [each.name for each in line.telnyx.conferences] == ["Sales"]

    hana.hangs_up()
    ann.hears(host.ENDS_AT_ONCE)
    ann.is_hung_up()
    bob.is_hung_up()


def test_the_number_of_a_room_leads_there_without_a_pin(
    line: RoomsLine, ann: Caller, bob: Caller
) -> None:
    ann.dials(SUPPORT)
    ann.hears("You are the first.")
    ann.hears_music()
    bob.dials(SUPPORT)
    talk(ann, bob)
    assert reception.ENTER not in ann.told + bob.told
    known = line.shown("support", bob)
    assert (known["label"], known["role"]) == ("Bob", "moderator"), "the roster knows him"
    assert line.shown("support", ann)["role"] == "participant"
    ann.hangs_up()
    bob.hears_music()


def test_three_wrong_pins_end_the_call(line: RoomsLine, ann: Caller) -> None:
    enters(ann, "1111#")
    ann.hears(reception.PROMPTS["unknown"])
    ann.presses("2222#")
    ann.hears(reception.PROMPTS["unknown"], times=2)
    ann.presses("333333")
    ann.hears(reception.GOODBYES["unknown"])
    ann.is_hung_up()
    assert line.telnyx.conferences == []


def test_a_full_room_has_a_place_for_its_moderator(
    line: RoomsLine, ann: Caller, bob: Caller, cleo: Caller, hana: Caller
) -> None:
    dan = line.caller("Dan", NUMBERS["dan"])
    for caller in (ann, bob, dan):
        enters(caller, PARTICIPANT)
        caller.hears_music()
    enters(cleo, PARTICIPANT)
    cleo.hears(FULL)
    cleo.is_hung_up()
    enters(hana, MODERATOR)
    talk(ann, bob, dan, hana)


def test_a_locked_room_lets_a_moderator_in(
    line: RoomsLine, ann: Caller, bob: Caller, cleo: Caller, hana: Caller
) -> None:
    enters(ann, PARTICIPANT)
    enters(hana, MODERATOR)
    talk(ann, hana)
    hana.presses("*5")
    hana.hears("Locked.")
    enters(cleo, PARTICIPANT)
    cleo.hears(LOCKED)
    cleo.is_hung_up()
    enters(bob, MODERATOR)
    talk(ann, bob, hana)
    assert line.ask("/api/rooms/sales", None)["locked"]


# Keys


def test_a_listener_stays_muted_whatever_keys_he_presses(
    line: RoomsLine, bob: Caller, hana: Caller
) -> None:
    enters(hana, MODERATOR)
    hana.hears_music()
    enters(bob, LISTENER)
    bob.hears_only(hana)
    hana.hears_only()
    answers = {
        "*6": "Listeners stay muted.",
        "##": "Only a moderator can do this.",
        "*5": "Only a moderator can do this.",
        "*9": "Only a moderator can do this.",
        "*7": "Only a moderator can do this.",
        "*3": "Enter the moderator PIN, then press hash.",
        "1234#": "That PIN is wrong.",
    }
    for keys, answer in answers.items():
        heard = bob.told.count(answer)
        bob.presses(keys)
        bob.hears(answer, times=heard + 1)
        bob.hears_only(hana)  # the answer is over
        assert bob.leg.muted
    hana.hears_only()
    row, room = line.shown("sales", bob), line.ask("/api/rooms/sales", None)
    assert (row["role"], row["mute_reason"], room["locked"]) == ("listener", "listener", False)


def test_ann_becomes_the_moderator_by_star_three_and_begins(
    line: RoomsLine, ann: Caller, bob: Caller
) -> None:
    for caller in (ann, bob):
        enters(caller, PARTICIPANT)
        caller.hears_music()
    ann.presses("*3")
    ann.hears("Enter the moderator PIN, then press hash.")
    ann.presses(MODERATOR)
    ann.hears("You are a moderator now.")
    talk(ann, bob)
    ann.presses("##")
    ann.hears("Everyone is muted.")
    bob.hears("You were muted by the moderator. Star six unmutes you.")
    ann.hears_only()
    bob.presses("*6")
    talk(ann, bob)


def test_a_key_of_the_rooms_own_table(ann: Caller, bob: Caller) -> None:
    ann.dials(SUPPORT)
    ann.hears_music()
    bob.dials(SUPPORT)
    talk(ann, bob)
    ann.presses("*6")
    assert not ann.leg.muted, "the file has removed it"
    ann.presses("#1")
    ann.hears("Muted.")
    bob.hears_only()
    ann.presses("*#")
    ann.hears("There are 2 people in the conference.")
    ann.presses("*1")
    until(lambda: any("Hash one: mute or unmute yourself." in told for told in ann.told), "help")


def test_the_host_records_and_ends_by_key(line: RoomsLine, ann: Caller, hana: Caller) -> None:
    enters(ann, PARTICIPANT)
    enters(hana, MODERATOR)
    talk(ann, hana)
    hana.presses("*9")
    hana.hears("The recording begins.")
    until(lambda: line.ask("/api/rooms/sales", None)["recording"], "it records")
    hana.presses("*9")
    hana.hears("The recording ends.")
    until(lambda: not line.ask("/api/rooms/sales", None)["recording"], "it records no more")
    hana.presses("*0")
    hana.hears("To end the conference for everyone, press one.")
    hana.presses("1")
    ann.is_hung_up()
    hana.is_hung_up()


def test_hands_are_called_one_by_one_in_question_time(
    ann: Caller, bob: Caller, hana: Caller
) -> None:
    for caller in (ann, bob):
        enters(caller, PARTICIPANT)
    enters(hana, MODERATOR)
    talk(ann, bob, hana)
    hana.presses("*7")
    hana.hears_only()
    for place, caller in enumerate((bob, ann), 1):
        caller.presses("*9")
        caller.hears(UP.format(place=place))
    for caller in (bob, ann):
        hana.presses("*2")
        caller.hears(TURN)
        hana.hears_only(caller)
    bob.hears(TURN_OVER)
    bob.presses("*6")
    hana.hears_only(ann)
    hana.presses("*7")
    hana.hears_only()
    hana.presses("*7")
    talk(ann, bob, hana)


def test_a_moderator_moves_ann_to_the_other_room(
    line: RoomsLine, ann: Caller, bob: Caller, cleo: Caller
) -> None:
    for caller in (ann, bob):
        caller.dials(SUPPORT)
    talk(ann, bob)
    enters(cleo, MODERATOR)
    cleo.hears_music()
    line.acts("support", "move", participants=[ann.number], room="SALES")
    talk(ann, cleo)
    bob.hears_music()
    line.acts("sales", "speak", payload="Welcome, Ann.")
    cleo.hears("Welcome, Ann.")
    line.acts("sales", "kick", participants=[ann.number])
    ann.is_hung_up()
    cleo.hears_music()


# Restarts


@pytest.fixture
def served(tmp_path: Path) -> Iterator[Stage]:
    (tmp_path / "rooms.toml").write_text(FILE)
    with stage(tmp_path, ROOMS_FILE="rooms.toml") as served:
        yield served


def people(served: Stage, *names: str) -> list[Caller]:
    return [Caller(served.telnyx, name, NUMBERS[name]) for name in names]


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
    ann, bob, hana = people(served, "ann", "bob", "hana")
    enters(ann, PARTICIPANT)
    ann.hears_music()
    enters(hana, MODERATOR)
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

    enters(bob, PARTICIPANT)
    bob.hears(reception.PROMPTS["unknown"])
    bob.presses("6622#")
    talk(ann, bob, hana)
    assert (ann.leg.state, hana.leg.state) == ("answered", "answered")
    assert "6622" not in served.server.log


def test_a_kill_finds_one_who_waits_one_in_the_reception_and_two_who_talk(served: Stage) -> None:
    ann, bob, cleo, dan, hana = people(served, "ann", "bob", "cleo", "dan", "hana")
    enters(ann, PARTICIPANT)
    ann.hears_music()
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
    enters(hana, MODERATOR)
    talk(ann, bob, hana)
    talk(cleo, dan)
    for pin in (PARTICIPANT[:-1], MODERATOR):
        assert pin not in served.server.log
