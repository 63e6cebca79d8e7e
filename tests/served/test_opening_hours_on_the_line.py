"""Stories of rooms with opening hours, over real HTTP: what callers hear, and who comes in."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from rigs.people import ANN
from rigs.rehearsals import MAY
from rigs.rooms_line import rooms_line, talk

from conference.core.admission.reception import ENTER
from conference.core.admission.refusals import CLOSED

SALES, OPEN = "+13125550101", "+13125550103"
DAY = datetime.now(UTC).date() + timedelta(days=40)
WORDS = CLOSED.format(when=f"on {DAY:%B} {DAY.day} at noon")
FILE = f"""
[defaults]
opening_hours = ["{DAY} 12:00-13:00", "{DAY} 15:00-16:00"]
greeting_first = "You are the first."
greeting_next = "Others are here."

[rooms.sales]
numbers = ["{SALES}"]
participant_pin = "4821"
moderator_pin = "907713"

[rooms.sales.roster]
"{ANN}" = {{ name = "Ann", role = "moderator" }}

[rooms.always]
numbers = ["{OPEN}"]
opening_hours = ["Mon-Sun 00:00-24:00"]
time_zone = "Pacific/Kiritimati"
"""


def test_callers_of_a_closed_room_hear_when_it_opens_and_moderators_bring_others_in() -> None:
    with rooms_line(FILE, **MAY) as line:
        bob = line.dials("Bob", SALES)
        bob.hears(WORDS)
        bob.is_hung_up()
        bob.enters("4821#").hears(WORDS)
        bob.is_hung_up()
        cleo = line.enters("Cleo", "907713")
        cleo.hears("You are the first.")
        cleo.hears_music()
        ann = line.dials("Ann", SALES)
        ann.hears("Others are here.")
        talk(ann, cleo)
        line.settles()
        shown = line.room("sales")
        assert shown["hours"] == {"open": False, "opens_at": f"{DAY}T12:00:00+00:00"}
        short = line.ask(f"/api/rooms/sales?since={shown['version']}")
        assert short["hours"] == shown["hours"]

        # Two ways in for others: a moderator moves them from another room, or calls them.
        bob = line.comes("Bob", OPEN)
        bob.hears("You are the first.")
        assert line.room("always")["hours"] == {"open": True, "opens_at": None}
        line.acts("always", "move", bob, room="sales")
        talk(ann, bob, cleo)
        dan = line.caller("Dan").answers_when_called()
        line.acts("sales", "dial", to=dan.number)
        dan.is_called()
        talk(ann, bob, cleo, dan)


def test_by_texml_callers_of_a_closed_room_hear_the_same() -> None:
    with rooms_line(FILE, **MAY) as line:
        line.telnyx.texml.url = f"{line.line.url}/texml/sales"
        line.dials("Cleo").hears(ENTER)  # so the line knows its address
        bob = line.dials("Bob", line.telnyx.texml.number)
        bob.hears(WORDS)
        bob.is_hung_up()
        ann = line.comes("Ann", line.telnyx.texml.number)
        ann.hears("You are the first.")
        assert line.room("sales")["front"] == "texml"
        assert line.telnyx.texml.problems == []
