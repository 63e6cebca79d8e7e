"""A story of two rooms: PINs, a host, keys, and a number that needs no PIN."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from conference.core import host
from conference.core.admission.reception import ENTER, PROMPTS
from conference.core.greeting import WAIT_FOR_HOST
from conference.core.requests.hands import TURN, UP
from conference.demo import texts
from conference.demo.narrator import Sentence
from conference.demo.performance import BACK_WITHIN, GUEST, NUMBERS, Performance, patience
from conference.demo.rehearsal import Line
from conference.demo.story import all_hear_each_other
from conference.settings import Settings, make, with_rooms
from conference.simulator import Leg, sentences

FILE = Path(__file__).with_name("rooms.toml")
ANN, BOB, CLEO, HOST = (NUMBERS[name] for name in ("Ann", "Bob", "Cleo", "Hana"))
WRONG_PIN = "1234"
APART = 0.4  # story seconds from one key to the next
ENDED = ("90018", "90019")
"""The conference or the call has ended: Telnyx hangs up one after the other, and commands for the
last one may be on their way."""
SILENCE = 4.0  # story seconds: the longest silence allowed, while a caller enters a PIN


class RoomsStory(Performance):
    """Ann and Bob wait for their host Hana, and talk with her; Cleo is in the other room.

    Nobody may be in silence for longer than SILENCE, and no request may be refused.
    """

    proved = texts.ROOMS
    host = HOST

    def __init__(self, narrate: Callable[[Sentence], None]) -> None:
        super().__init__({n: name for name, n in NUMBERS.items() if n in CALLERS}, narrate)

    def settings(self, **given: Any) -> Settings:
        """Return the line's settings, with the rooms of FILE."""
        return with_rooms(make(rooms_file=str(FILE), **given))

    def scene(self, line: Line) -> str:
        """Return which number and PIN lead where, and what the keys do."""
        return texts.SCENE.format(
            shared=self.number(line),
            own=_own_number(line),
            room=line.services.settings.usual_room,
            participant=_participant(line),
            moderator=_pin(line, "moderator"),
        )

    def play(self, line: Line) -> list[str]:
        """Play the story to the end, and return the promises that were broken. Raise Stuck."""
        ann, bob = self._wait_for_the_host(line)
        self._own_number(line)
        hana = self._host_arrives(line, ann, bob)
        self._mute_oneself(line, hana, ann, bob)
        self._question_time(line, hana, ann, bob)
        self._host_leaves(line, ann, bob)
        self.empty(line)
        longest = max(SILENCE, patience(line.telnyx.speed))
        return self.refused(line, *ENDED) + self.silences(line, longest)

    def come_back(self, line: Line) -> None:
        """Let all callers dial in again, with their PINs, and stay. The guest answers from now on.

        Return when those in the host's room hear each other, or after BACK_WITHIN.
        """
        line.telnyx.phone(GUEST).when_called()
        line.telnyx.phone(CLEO).dial(_own_number(line))
        pins = {HOST: _pin(line, "moderator"), **dict.fromkeys((ANN, BOB), _participant(line))}
        inside = []
        for number, keys in pins.items():
            inside.append(line.telnyx.phone(number).dial(self.number(line)))
            self.wait(lambda: ENTER in _told(inside[-1]), BACK_WITHIN)
            self._press(line, inside[-1], keys)
        self.wait(lambda: all_hear_each_other(inside), BACK_WITHIN)

    def hints(self, line: Line) -> str:
        """Return what the people at the telephones need to know."""
        return texts.PINS.format(
            file=FILE, participant=_participant(line), moderator=_pin(line, "moderator")
        )

    # The scenes

    def _wait_for_the_host(self, line: Line) -> tuple[Leg, Leg]:
        ann = self._dials(line, ANN)
        self._press(line, ann, _participant(line))
        self._hears(ann, WAIT_FOR_HOST)
        self._hear_music(line, ann)
        bob = self._dials(line, BOB)
        self._press(line, bob, f"{WRONG_PIN}#")
        self._hears(bob, PROMPTS["unknown"])
        self._press(line, bob, _participant(line))
        self._hears(bob, WAIT_FOR_HOST)
        self._hear_music(line, ann, bob)
        return ann, bob

    def _own_number(self, line: Line) -> None:
        cleo = self._dials(line, CLEO, _own_number(line))
        self._hear_music(line, cleo)
        line.telnyx.phone(CLEO).hang_up()
        self.until(lambda: cleo.state == "ended", "Cleo's call ends")

    def _host_arrives(self, line: Line, *waiting: Leg) -> Leg:
        hana = self._dials(line, HOST)
        self._press(line, hana, _pin(line, "moderator"))
        for leg in waiting:
            self._hears(leg, host.HERE)
        self._hear_each_other(line, hana, *waiting)
        return hana

    def _mute_oneself(self, line: Line, hana: Leg, ann: Leg, bob: Leg) -> None:
        self._press(line, ann, "*6")
        self._hear_only(line, bob, hana)
        self._press(line, ann, "*6")
        self._hear_each_other(line, hana, ann, bob)

    def _question_time(self, line: Line, hana: Leg, ann: Leg, bob: Leg) -> None:
        self._press(line, hana, "*7")
        self._hear_only(line, hana)
        for place, leg in enumerate((ann, bob), 1):
            self._press(line, leg, "*9")
            self._hears(leg, UP.format(place=place))
        for leg in (ann, bob):
            self._press(line, hana, "*2")
            self._hears(leg, TURN)
            self._hear_only(line, hana, leg)
        self._press(line, hana, "*7")  # a lecture
        self._hear_only(line, hana)
        self._press(line, hana, "*7")
        self._hear_each_other(line, hana, ann, bob)

    def _host_leaves(self, line: Line, *others: Leg) -> None:
        line.telnyx.phone(HOST).hang_up()
        self._hear_each_other(line, *others)
        for leg in others:
            self._hears(leg, host.ENDS)
        self.until(lambda: all(leg.state == "ended" for leg in others), "the conference ends")

    # What callers do, and hear

    def _dials(self, line: Line, number: str, to: str = "") -> Leg:
        """Dial the shared number and hear the prompt, or dial another number."""
        leg = line.telnyx.phone(number).dial(to or self.number(line))
        self.legs.append(leg)
        if not to:
            self._hears(leg, ENTER)
        return leg

    def _press(self, line: Line, leg: Leg, keys: str) -> None:
        line.telnyx.phone(leg.number).press(keys, APART)

    def _hears(self, leg: Leg, words: str) -> None:
        self.until(lambda: words in _told(leg), f'{self.names[leg.number]} hears "{words}"')

    def _hear_music(self, line: Line, *legs: Leg) -> None:
        expected = f"music for {self._joined(*legs)}"
        self.lasts(line, lambda: all(leg.hears.what == "music" for leg in legs), expected)

    def _hear_each_other(self, line: Line, *legs: Leg) -> None:
        expected = f"{self._joined(*legs)} hear each other"
        self.lasts(line, lambda: all_hear_each_other([*legs]), expected)

    def _hear_only(self, line: Line, listener: Leg, *heard: Leg) -> None:
        numbers = {leg.number for leg in heard}
        expected = f"{self._joined(listener)} hears only {self._joined(*heard) or 'silence'}"
        self.lasts(line, lambda: {*listener.hears.others} == numbers, expected)

    def _joined(self, *legs: Leg) -> str:
        return sentences.joined([self.names[leg.number] for leg in legs])


CALLERS = (ANN, BOB, CLEO, HOST)


def _told(leg: Leg) -> list[str]:
    return [heard.detail for heard in leg.timeline if heard.what == "speech"]


def _pin(line: Line, role: str) -> str:
    """Return the PIN of the role in the host's room."""
    settings = line.services.settings
    pins = settings.rooms[settings.usual_room].pins
    return next(pin.digits for pin in pins if pin.role == role)


def _participant(line: Line) -> str:
    """Return what participants press: the longest PIN alone needs no hash key."""
    return f"{_pin(line, 'participant')}#"


def _own_number(line: Line) -> str:
    """Return the number that leads straight to the other room."""
    return next(iter(line.services.settings.numbers))
