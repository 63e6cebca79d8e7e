"""Question time over real HTTP: hands are raised and called, and telephones hear who may speak."""

from __future__ import annotations

from typing import Any

from rigs.keypads import rooms
from rigs.moderator import ROOM, act, ask, run
from rigs.people import ANN, BOB, CLEO, NUMBER, TOKEN
from rigs.rehearsals import ROOM as ROOM_NAME
from rigs.rehearsals import calls, dial, hears, rehearsal, settled, texml
from rigs.rooms_line import RoomsLine
from rigs.waiting import until

from conference.core.requests.hands import MODES, TURN, TURN_OVER, UP
from conference.demo.rehearsal import Line
from conference.simulator import Leg

HOST = "+13125550110"
QUESTION_TIME = "Question time: everyone is muted. Raise your hand to speak."


def heard_by(leg: Leg, *numbers: str) -> None:
    """Wait until the caller hears exactly these others."""
    until(lambda: {*leg.hears.others} == {*numbers}, f"{numbers} are heard, not {leg.hears}")


def told(leg: Leg) -> list[str]:
    """Return the words of modes and hands that the caller has heard, in order."""
    of_hands = (UP.format(place=1), UP.format(place=2), TURN, TURN_OVER)
    words = (QUESTION_TIME, MODES["conversation"], *of_hands)
    return [heard.detail for heard in leg.timeline if heard.detail in words]


def gather(line: Line) -> tuple[Leg, Leg, Leg]:
    """Let a host, Ann and Ben come in."""
    host, ann, ben = dial(line, HOST), dial(line, ANN), dial(line, BOB)
    hears(host, "conference")
    act(line, "role", HOST, role="moderator")
    heard_by(host, ANN, BOB)
    return host, ann, ben


def test_hands_are_called_in_the_order_of_raising() -> None:
    with rehearsal(control_token=TOKEN, alone_minutes=0) as line:
        host, ann, ben = gather(line)
        act(line, "mode", mode="questions")
        heard_by(host)
        heard_by(ann, HOST)
        act(line, "raise-hand", ANN)
        act(line, "raise-hand", BOB)
        assert [p["hand"] for p in ask(line, ROOM)["participants"]] == [None, 1, 2]
        act(line, "next-hand")
        heard_by(host, ANN)
        act(line, "next-hand")
        heard_by(host, BOB)
        heard_by(ann, HOST, BOB)  # her own words are over
        heard_by(ben, HOST)
        act(line, "mode", mode="conversation")
        heard_by(host, ANN, BOB)
        begin, end = QUESTION_TIME, MODES["conversation"]
        heard = {
            "the host": (host, [begin, end]),
            "Ann": (ann, [begin, UP.format(place=1), TURN, TURN_OVER, end]),
            "Ben": (ben, [begin, UP.format(place=2), TURN, end]),
        }
        for name, (leg, words) in heard.items():
            until(lambda leg=leg, words=words: told(leg) == words, f"{name} hears {words}")
        room = ask(line, ROOM)
        assert (room["mode"], room["hands"], room["called"]) == ("conversation", [], None)


def _without_speech(row: dict[str, Any]) -> dict[str, Any]:
    """Return a participant's row without the fields that change whenever somebody speaks."""
    return {name: row[name] for name in row.keys() - {"speaking", "spoke_at"}}


def test_a_follower_gets_the_rows_that_a_hand_changes() -> None:
    with rehearsal(control_token=TOKEN, alone_minutes=0) as line:
        gather(line)
        act(line, "raise-hand", BOB)
        before = ask(line, ROOM)
        act(line, "raise-hand", ANN)
        news = ask(line, f"{ROOM}?since={before['version']}")
        known = [_without_speech(p) for p in before["participants"]]
        changed = [p for p in news["participants"] if _without_speech(p) not in known]
        assert [(p["number"], p["hand"]) for p in changed] == [(ANN, 2)]
        assert len(news["hands"]) == 2
        assert ask(line, ROOM)["summary"] == "3 talking, 2 hands up"


def test_newcomers_and_former_moderators_are_muted() -> None:
    with rehearsal(control_token=TOKEN, alone_minutes=0) as line:
        host, ann, _ = gather(line)
        act(line, "mode", mode="lecture")
        cleo = dial(line, CLEO)
        until(lambda: cleo.muted, "Cleo is muted")
        act(line, "role", ANN, role="moderator")
        heard_by(host, ANN)
        act(line, "role", ANN, role="participant")
        heard_by(host)
        assert ann.muted


def test_the_commands_of_a_terminal() -> None:
    with rehearsal(control_token=TOKEN, alone_minutes=0) as line:
        gather(line)
        assert run(line, "mode", "questions") == (0, "done: mode\n")
        assert run(line, "raise-hand", "0111", "0112")[0] == 0
        assert run(line, "next-hand") == (0, "done: next-hand\n")
        settled(line)
        first, turn, hands, head, *_, ben = run(line, "participants")[1].splitlines()
        assert first.endswith(", question time")
        assert (turn, hands) == (f"Turn: {ANN}", f"Hands up: {BOB}")
        at = head.index("hand ")
        assert (ben[at : at + 4].strip(), "0112" in ben) == ("1", True)
        assert run(line, "lower-hand", "0112")[0] == 0
        assert run(line, "next-hand") == (0, "done: next-hand\n")
        status, output = run(line, "next-hand")
        assert (status, "nobody in room demo-conference has raised a hand" in output) == (1, True)


def test_by_texml_mutes_follow_without_words() -> None:
    with texml(alone_minutes=0) as line:
        host, ann, ben = (calls(line, number) for number in (HOST, ANN, BOB))
        act(line, "role", HOST, role="moderator")
        act(line, "mode", mode="questions")
        heard_by(host)
        act(line, "raise-hand", BOB)
        act(line, "next-hand")
        heard_by(host, BOB)
        assert (ann.muted, ben.muted) == (True, False)
        act(line, "mode", mode="conversation")
        heard_by(host, ANN, BOB)


def test_hands_by_key() -> None:
    usual = {"rooms": rooms(), "numbers": {NUMBER: ROOM_NAME}}
    with rehearsal(control_token=TOKEN, alone_minutes=0, **usual) as running:
        line = RoomsLine(running)
        host, ann, ben = (line.comes(name, NUMBER) for name in ("Hana", "Ann", "Bob"))
        line.acts(ROOM_NAME, "role", host, role="moderator")
        host.presses("*7")
        host.hears_only()
        ann.hears("Question time: everyone is muted. To speak, press star nine.")
        ben.presses("*9")
        ben.hears("Your hand is up. You are number 1 in the queue.")
        ann.presses("*6")
        ann.hears("To speak, press star nine.")
        host.presses("*2")
        host.hears_only(ben)
        ben.presses("*9")
        host.hears_only()
        ben.hears(TURN_OVER)
