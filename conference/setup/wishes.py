"""What the user wishes, by options or answers, and the questions that are open."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from conference.core.origin import line_address
from conference.core.schema.phone_numbers import PhoneNumber
from conference.settings.kinds import KINDS
from conference.setup.public_key import checked


@dataclass(frozen=True, slots=True)
class Wishes:
    """What the user has chosen, by options or answers; None or empty where nothing was chosen.

    texml: callers come by a TeXML application. url: the public address, without a path of ours.
    application: an id, a name, or `new`. number: in E.164. public_key: in base64.
    attended: somebody is there to answer questions.
    """

    texml: bool = False
    url: str | None = None
    failover_url: str = ""
    application: str = ""
    number: str = ""
    dial_out: bool | None = None
    public_key: str = ""
    attended: bool = False


@dataclass(frozen=True, slots=True)
class Choice:
    value: str
    label: str


YES_OR_NO = (Choice("yes", "yes"), Choice("no", "no"))


class Question(Exception):
    """Something that only the user can decide.

    wish: the field of Wishes for the answer. option: its option. choices: () if the answer is free
    text. default: used for an empty answer.
    """

    def __init__(
        self, wish: str, option: str, text: str, choices: Sequence[Choice] = (), default: str = ""
    ) -> None:
        super().__init__(text)
        self.wish, self.option, self.text = wish, option, text
        self.choices, self.default = choices, default


class Impossible(Exception):
    """The wishes cannot be fulfilled. The text gives the reason, and what to do."""


def with_wish(wishes: Wishes, name: str, text: str) -> Wishes:
    """Return the wishes with the one that a text expresses. ValueError says what it must be."""
    return replace(wishes, **{name: READ.get(name, str.strip)(text)})


def _address(text: str) -> str:
    """Read a public address. The path of the webhook, which users copy with it, is dropped."""
    line = line_address(text.strip())
    base = line.origin if line else text.strip().rstrip("/")
    return str(KINDS["PUBLIC_URL"].check(base)) if base else ""


def _yes(text: str) -> bool:
    words = {"yes": True, "y": True, "no": False, "n": False}
    if text.strip().lower() not in words:
        raise ValueError("must be yes or no")
    return words[text.strip().lower()]


READ: Mapping[str, Callable[[str], Any]] = {
    "url": _address,
    "failover_url": _address,
    "number": PhoneNumber().check,
    "dial_out": _yes,
    "public_key": checked,
}
"""How the text of each wish is read; of the others only spaces are dropped."""
