"""The instructions of TeXML documents: a row for each verb.

A document that the simulator cannot carry out is a bad one.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from math import inf
from typing import Any

from .conference_noun import (
    ATTRIBUTES,
    METHODS,
    Kind,
    Noun,
    address,
    anything,
    choice,
    flag,
    keys,
    read,
    whole,
)
from .element import BadDocument, Element, parse


@dataclass(frozen=True)
class Say:
    """Speak a text."""

    text: str
    times: float = 1


@dataclass(frozen=True)
class Play:
    """Play an audio file. url: "" for Telnyx's own music."""

    url: str
    times: float = 1


@dataclass(frozen=True)
class Pause:
    """Wait."""

    seconds: float


@dataclass(frozen=True)
class Redirect:
    """Continue with another document."""

    url: str
    method: str = "POST"


@dataclass(frozen=True)
class Hangup:
    """End the call."""


@dataclass(frozen=True)
class Reject:
    """Refuse an incoming call."""

    reason: str = "rejected"


@dataclass(frozen=True)
class Dial:
    """Join a conference. action: the document that follows; "" for the next instruction.

    time_limit: seconds.
    """

    noun: Noun
    action: str = ""
    method: str = "POST"
    time_limit: float = inf


@dataclass(frozen=True)
class Gather:
    """Gather the keys that the caller presses during and after the prompts.

    action: the document that follows, by the application's method; "" for the next instruction.
    timeout: seconds before each key. finish_on_key: the keys that end the input; num_digits,
    min_digits and max_digits: their numbers; num_digits 0: max_digits alone counts.
    """

    prompts: tuple[Step, ...] = ()
    action: str = ""
    timeout: int = 5
    finish_on_key: str = "#"
    num_digits: int = 0
    min_digits: int = 1
    max_digits: int = 128
    valid_digits: str = "0123456789*#"
    invalid_digits_action: str = ""


Step = Say | Play | Pause | Redirect | Hangup | Reject | Dial | Gather
PROMPTS = ("Say", "Play")
"""The verbs allowed in <Gather>."""
MEDIA = (*PROMPTS, "Pause", "Redirect")
"""The verbs allowed in announcements, and in documents for waiting and held participants."""


def instructions(body: bytes, *, only: tuple[str, ...] = ()) -> tuple[Step, ...]:
    """Return the instructions of a document. only: the verbs allowed in it; () for all."""
    root = parse(body)
    _check(root, root.name == "Response", "the root is not <Response>")
    _check(root, not root.attributes, "<Response> has no attributes")
    _check(root, not root.text, "<Response> has text of its own")
    return tuple(_step(element, only or tuple(_VERBS)) for element in root.children)


def _check(element: Element, good: object, wrong: str) -> None:
    if not good:
        raise BadDocument(f"line {element.line}: {wrong}")


def _step(element: Element, known: tuple[str, ...]) -> Step:
    name = element.name
    _check(element, name in known, f"<{name}> is not one of {', '.join(known)}")
    table, make = _VERBS[name]
    if name not in ("Dial", "Gather"):
        _check(element, not element.children, f"<{name}> holds <{_first(element)}>")
    return make(element, _values(element, table))


def _first(element: Element) -> str:
    return element.children[0].name if element.children else ""


def _values(element: Element, table: Mapping[str, Kind]) -> dict[str, Any]:
    try:
        return read(element.attributes, table)
    except ValueError as error:
        raise BadDocument(f"line {element.line}: <{element.name}>: {error}") from None


def _text(element: Element) -> str:
    _check(element, element.text, f"<{element.name}> is empty")
    return element.text


def _address(element: Element) -> str:
    try:
        return address(_text(element))
    except ValueError as error:
        raise BadDocument(f"line {element.line}: <{element.name}> must hold {error}") from None


def _times(values: Mapping[str, Any]) -> float:
    return values.get("loop", 1) or inf


def _say(element: Element, values: Mapping[str, Any]) -> Step:
    return Say(_text(element), _times(values))


def _play(element: Element, values: Mapping[str, Any]) -> Step:
    return Play(_address(element), _times(values))


def _empty(make: Callable[[Mapping[str, Any]], Step]) -> Callable[..., Step]:
    def read_it(element: Element, values: Mapping[str, Any]) -> Step:
        _check(element, not element.text, f"<{element.name}> has text")
        return make(values)

    return read_it


def _dial(element: Element, values: Mapping[str, Any]) -> Step:
    """Make a Dial. Nouns other than <Conference> are not simulated."""
    names = [child.name for child in element.children]
    _check(element, names == ["Conference"], "<Dial> does not hold one <Conference>")
    _check(element, not element.text, "<Dial> has text of its own")
    (noun,) = element.children
    _check(noun, not noun.children, f"<Conference> holds <{_first(noun)}>")
    name = "".join(noun.texts).strip()
    _check(noun, name, "<Conference> is empty")
    wanted = Noun(name, **_values(noun, ATTRIBUTES))
    about = ("action", "method", "time_limit")
    return Dial(wanted, **{name: values[name] for name in about if name in values})


def _gather(element: Element, values: Mapping[str, Any]) -> Step:
    """Make a Gather. Speech and what belongs to it are not simulated."""
    _check(element, not element.text, "<Gather> has text of its own")
    values = {name: value for name, value in values.items() if name not in ("input", "language")}
    return Gather(tuple(_step(child, PROMPTS) for child in element.children), **values)


_VERBS: Mapping[str, tuple[Mapping[str, Kind], Callable[..., Step]]] = {
    "Say": ({"voice": anything, "language": anything, "loop": whole(0, 10)}, _say),
    "Play": ({"loop": whole(0, 1000)}, _play),
    "Pause": (
        {"length": whole(1, 180)},
        _empty(lambda values: Pause(values.get("length", 1))),
    ),
    "Redirect": (
        {"method": choice(*METHODS)},
        lambda element, values: Redirect(_address(element), **values),
    ),
    "Hangup": ({}, _empty(lambda values: Hangup())),
    "Reject": ({"reason": choice("rejected", "busy")}, _empty(lambda values: Reject(**values))),
    "Dial": (
        {
            "action": address,
            "method": choice(*METHODS),
            "timeLimit": whole(60, 14400),
            "timeout": whole(5, 120),
            "callerId": anything,
            "fromDisplayName": anything,
            "hangupOnStar": flag,
        },
        _dial,
    ),
    "Gather": (
        {
            "action": address,
            "timeout": whole(1, 120),
            "input": choice("dtmf"),
            "language": anything,
            "finishOnKey": keys,
            "numDigits": whole(1, 128),
            "minDigits": whole(1, 128),
            "maxDigits": whole(1, 128),
            "validDigits": keys,
            "invalidDigitsAction": address,
        },
        _gather,
    ),
}
"""By verb: its attributes, and the function that makes its instruction.

The last four attributes of <Dial> have no effect here.
"""
