"""Narrates in plain words what happens to callers: who dials, what each one hears, who waits."""

from __future__ import annotations

import json
import textwrap
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass

import click

from conference.simulator import Happened, Heard, Leg, sentences

WIDTH = 100  # columns
INDENT = 14

COLOURS = {
    "command": "bright_black",
    "music": "yellow",
    "together": "green",
    "chaos": "magenta",
    "wrong": "red",
}
"""By the kind of a Sentence."""


@dataclass(frozen=True)
class Sentence:
    """One line of the narration.

    at: seconds of the story. kind: what happened, in a word; the colour depends on it.
    who: the names of the callers concerned, or "". text: the sentence, indented if it is an aside.
    """

    at: float
    kind: str
    who: str
    text: str


class Narrator:
    """Turns events into sentences, and remembers what each caller heard last.

    names: of the callers, by number. why_on_hold: returns the line's own reason for a number, as
    in its public view: a key of WHY_MUSIC, another one or None.
    """

    def __init__(self, names: Mapping[str, str], why_on_hold: Callable[[str], str | None]) -> None:
        self._names = names
        self._why_on_hold = why_on_hold
        self._heard: dict[str, str] = {}

    def narrate(self, happened: Happened) -> Sentence:
        """Return the sentence for an event. Call it in the order of the events."""
        who = self._joined(happened.numbers or (happened.number,))
        kind = "wrong" if happened.kind in WRONG else happened.kind
        if kind == "hears":
            kind, text = self._hears(happened.number, who, happened.detail)
        elif kind == "chaos":
            text = f"    ~~ chaos: {self._struck(happened, who)}"
        else:
            text = SENTENCES[happened.kind].format(
                who=who or "the conference",
                request=self._request(happened),
                detail=happened.detail,
            )
        return Sentence(round(happened.at, 1), kind, who, text)

    def _hears(self, number: str, who: str, detail: str) -> tuple[str, str]:
        what, _, more = detail.partition(": ")
        before, self._heard[number] = self._heard.get(number, ""), what
        if what == "music":
            why = WHY_MUSIC.get(self._why_on_hold(number) or "", "being on hold")
            return "music", f"{who} hears music, {why}"
        if detail.startswith("conference with"):
            others = self._joined(detail.removeprefix("conference with ").split(", "))
            stops = f"the music stops for {who}, who " if before == "music" else f"{who} "
            return "together", f"{stops}hears {others}"
        return what, SOUNDS[what].format(who=who, more=more)

    def _request(self, happened: Happened) -> str:
        return sentences.request(happened.operation, [self._name(n) for n in happened.numbers])

    def _struck(self, happened: Happened, who: str) -> str:
        """Return what chaos did to a request or to a webhook ("call.answered lost")."""
        if happened.operation:
            return f"the request to {self._request(happened)} {happened.detail}"
        event_type, _, fault = happened.detail.partition(" ")
        return f"the webhook {event_type} about {who or 'the conference'} is {fault}"

    def _joined(self, numbers: Sequence[str]) -> str:
        return sentences.joined([self._name(number) for number in numbers])

    def _name(self, number: str) -> str:
        return self._names.get(number, number)


WHY_MUSIC = {
    "alone": "being alone, until somebody joins",
    "not-started": "until the host arrives",
}
"""By the line's `hold_reason`. For the others the caller is on hold."""

SOUNDS = {
    "ringing": "{who} hears it ring",
    "silence": "{who} hears silence",
    "conference": "{who} is in the room, and hears nobody",
    "speech": '{who} hears: "{more}"',
    "playback": "{who} hears a sound: {more}",
    "tones": "{who} hears tones",  # the digits may be a secret
    "hung up": "{who}'s call has ended ({more})",
}
"""By `what` of Heard. Music and voices are in Narrator."""

SENTENCES = {
    "dials": "{who} dials {detail}",
    "answered": "{who} is connected",
    "presses": "{who} presses {detail}",
    "hangs up": "{who} hangs up",
    "command": "    -> the line asks Telnyx to {request}",
    "refused": "    !! Telnyx refuses to {request}: {detail}",
    "webhook refused": "    !! the line does not accept a webhook about {who}: {detail}",
    "document refused": "    !! Telnyx cannot use the file for {who}: {detail}",
}
"""By the kind of Happened. Sounds and chaos are in Narrator."""
WRONG = ("refused", "webhook refused", "document refused")


def waits(names: Mapping[str, str], legs: Sequence[Leg], host: str = "") -> Iterator[str]:
    """Yield a sentence for each wait with music: when it was, and what ended it.

    The timelines of the legs are the only source: what their callers heard. host: the number
    of the host that callers of the same room waited for; empty without one.
    """
    for leg in legs:
        for heard, after in _music(leg):
            name = names.get(leg.number, leg.number)
            joined = sentences.joined([names.get(each, each) for each in after.others])
            if host and host in after.others:
                why, end = "for the host", f"{names[host]} joined"
            else:
                why, end = "being alone", f"{joined} joined" if joined else f"{name} hung up"
            yield (
                f"{name} waited with music, {why}, "
                f"from {heard.at:.1f} s to {after.at:.1f} s, until {end}."
            )


def _music(leg: Leg) -> Iterator[tuple[Heard, Heard]]:
    """Yield when each music began, and the first voices or the end of the call after it.

    Words in between are spoken over the music, or just before the voices.
    """
    began = None
    for heard in leg.timeline:
        if heard.what == "music":
            began = began or heard
        elif began and (heard.others or heard.what == "hung up"):
            yield began, heard
            began = None


def plain(sentence: Sentence, *, colour: bool) -> str:
    """Return the line for people, at most WIDTH columns wide."""
    line = f"{sentence.at:8.1f} s    {sentence.text}"
    text = textwrap.fill(line, WIDTH, subsequent_indent=" " * INDENT)
    return click.style(text, fg=COLOURS.get(sentence.kind)) if colour else text


def as_json(sentence: Sentence) -> str:
    """Return the line for programs: an object with `at`, `kind`, `who` and `text`."""
    return json.dumps(asdict(sentence) | {"text": sentence.text.strip()})
