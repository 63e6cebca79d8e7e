"""Tells in plain words what happens to callers: who dials, what each hears, who waits and why."""

from __future__ import annotations

import json
import textwrap
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from itertools import pairwise

import click

from conference.simulator import Happened, Leg

WIDTH = 100  # columns
INDENT = 14

COMMANDS = {
    "answer": "answer {who}",
    "speak": "speak to {who}",
    "hangup": "hang up {who}",
    "conferences": "create the conference, with {who} in it",
    "join": "join {who} to the conference",
    "hold": "hold {who}, with music",
    "unhold": "unhold {who}",
    "leave": "take {who} out of the conference",
    "play": "play something to {who}",
    "announce": "announce something to {who}",
    "client_state_update": "keep in mind what was asked for {who}",
    "gather_using_speak": "ask {who} for a key",
    "record_start": "record {who}",
    "record_stop": "record {who} no more",
    "calls": "call somebody",
    "dial": "call somebody",
    "end": "end the conference",
    "ListConferences": "list its conferences",
    "ListConferenceParticipants": "list who is in the conference",
    "ListConnectionActiveCalls": "list its calls",
    "GetTexmlConferences": "list its conferences by TeXML",
    "GetTexmlConferenceParticipants": "list who is in the conference",
    "GetTexmlCalls": "list its calls by TeXML",
}

COLOURS = {
    "command": "bright_black",
    "music": "yellow",
    "together": "green",
    "chaos": "magenta",
    "wrong": "red",
}


@dataclass(frozen=True)
class Told:
    """One line. `at` is in seconds of the story; `kind` is what its colour goes by."""

    at: float
    kind: str
    who: str
    text: str


class Narrator:
    """Turns what happens into lines, remembering what each caller heard before."""

    def __init__(self, names: Mapping[str, str], why_on_hold: Callable[[str], str | None]) -> None:
        self._names = names
        self._why_on_hold = why_on_hold  # a number -> the line's own reason
        self._heard: dict[str, str] = {}

    def tell(self, happened: Happened) -> Told:
        who = self._name(happened.number)
        if happened.kind == "hears":
            kind, text = self._hears(happened.number, who, happened.detail)
        else:
            kind, text = _other(happened, who)
        return Told(round(happened.at, 1), kind, who, text)

    def _hears(self, number: str, who: str, detail: str) -> tuple[str, str]:
        what, _, more = detail.partition(": ")
        before, self._heard[number] = self._heard.get(number, ""), what
        if what == "music":
            alone = "being alone: it plays until company comes"
            why = alone if self._why_on_hold(number) == "alone" else "being on hold"
            return "music", f"{who} hears music, {why}"
        if detail.startswith("conference with"):
            others = _and([self._name(n) for n in detail.split(" with ")[1].split(", ")])
            stops = f"the music stops for {who}, who " if before == "music" else f"{who} "
            return "together", f"{stops}hears {others}"
        sounds = {
            "ringing": f"{who} hears it ring",
            "silence": f"{who} hears silence for a moment",
            "conference": f"{who} is in the room, and hears nobody",
            "speech": f'{who} hears: "{more}"',
            "playback": f"{who} hears what is played: {more}",
            "tones": f"{who} hears tones",  # of which nobody need know
            "hung up": f"{who}'s call has ended ({more})",
        }
        return what, sounds[what]

    def _name(self, number: str) -> str:
        return self._names.get(number, number)


def _other(happened: Happened, who: str) -> tuple[str, str]:
    if happened.kind == "command":
        asked = _asked(happened.detail.rsplit("/", 1)[-1], who)
        return "command", f"    -> the line asks Telnyx to {asked}"
    if happened.kind == "chaos":
        return "chaos", f"    ~~ chaos: {_struck(happened.detail, who)}"
    if happened.kind == "dials":
        return "dials", f"{who} dials {happened.detail}"
    if happened.kind == "answered":
        return "answered", f"{who} is connected"
    if happened.kind == "hangs up":
        return "hangs up", f"{who} hangs up"
    return "wrong", f"    {happened.kind}: {who} {happened.detail}"


def _asked(action: str, who: str) -> str:
    usual = action.replace("_", " ") + " {who}"
    return COMMANDS.get(action, usual).format(who=who or "everyone")


def _struck(detail: str, who: str) -> str:
    """From "answer: no answer, though done" or "call.answered lost"."""
    action, is_request, outcome = detail.partition(": ")
    if is_request:
        return f"Telnyx, asked to {_asked(action, who)}: {outcome}"
    event_type, _, fault = detail.partition(" ")
    return f"the news of {who or 'the conference'}, {event_type}, is {fault}"


def waits(names: Mapping[str, str], legs: Sequence[Leg]) -> Iterator[str]:
    """Who waited with music, when, and what ended it: from what they heard alone."""
    for leg in legs:
        timeline = leg.timeline
        for heard, after in pairwise(timeline):
            if heard.what == "music":
                came = [names.get(number, number) for number in after.others]
                end = f"{_and(came)} came" if came else "hanging up"
                yield (
                    f"{names.get(leg.number, leg.number)} waited with music, being alone, "
                    f"from {heard.at:.1f} s to {after.at:.1f} s, until {end}."
                )


def plain(told: Told, *, colour: bool) -> str:
    """A line for people, at most 100 columns wide."""
    text = textwrap.fill(f"{told.at:8.1f} s    {told.text}", WIDTH, subsequent_indent=" " * INDENT)
    return click.style(text, fg=COLOURS.get(told.kind)) if colour else text


def as_json(told: Told) -> str:
    """A line for programs."""
    return json.dumps(asdict(told) | {"text": told.text.strip()})


def _and(names: Sequence[str]) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"
