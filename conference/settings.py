"""The settings: read once from the environment, checked all together."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, fields
from difflib import get_close_matches
from typing import Any
from urllib.parse import urlsplit

from dotenv import dotenv_values, find_dotenv
from nacl.signing import VerifyKey

from conference.core.client_state import ROOM_NAME, ROOM_NAME_IS
from conference.core.origin import TEXML, WEBHOOK
from conference.core.room import RoomSettings
from conference.core.schema.kinds import E164
from conference.core.schema.values import Kind, address, number, one_of, whole, words
from conference.core.texml import attributes as noun
from conference.signature import public_key

REGIONS = ("Australia", "Europe", "Middle East", "US")
LANGUAGE = re.compile("arb|[a-z]{2,3}(-[A-Z]{2,3})+")
OF_GETTEXT = re.compile(r"(?!arb\Z)(C|POSIX|[a-z]{2,3}(_[A-Z]{2})?)([.@:]\S*)?")
"""What a Linux desktop has in a LANGUAGE of its own: en_GB:en."""
ALIKE = 0.85  # as difflib has it: TEXML_MUTE and TEXML_MUTED are, LANG and LANGUAGE are not


@dataclass(frozen=True, slots=True)
class Problem:
    """A setting that is missing or malformed, and what to do about it."""

    name: str
    what: str

    def __str__(self) -> str:
        return f"{self.name}: {self.what}"


@dataclass(frozen=True, slots=True)
class Settings:
    """Everything the environment says. `problems` must be empty before anything is served."""

    telnyx_api_key: str = field(default="", repr=False)
    telnyx_public_key: VerifyKey | None = None
    telnyx_base_url: str = "https://api.telnyx.com/v2"
    telnyx_connection_id: str = ""
    telnyx_number: str = ""
    control_token: str = field(default="", repr=False)
    conference_name: str = "demo-conference"
    dial_allow: tuple[str, ...] = ()
    dial_per_hour: int = 30
    dial_at_once: int = 5
    status_callback: str = field(default="", repr=False)  # there may be a password in it
    status_callback_method: str = "POST"
    status_callback_event: str = " ".join(noun.EVENTS)
    log_format: str = "text"
    port: int = 5000
    threads: int = 64
    time_factor: float = 1
    texml_secret: str = field(default="", repr=False)
    room: RoomSettings = field(default_factory=RoomSettings)  # of a room without its own
    problems: tuple[Problem, ...] = ()
    misspelt: tuple[Problem, ...] = ()  # names that do nothing, but seem to be meant for us


OF_A_ROOM = {f.name for f in fields(RoomSettings)}


def make(**values: Any) -> Settings:
    """Settings from their names in lower case, those of a room among them."""
    room = {name: value for name, value in values.items() if name in OF_A_ROOM}
    texml = {name for name in values if name.upper() in noun.SETTINGS}
    others = {name: values[name] for name in values.keys() - room.keys() - texml}
    room["texml"] = noun.from_settings(values)
    return Settings(**others, room=RoomSettings(**room))


def environment() -> dict[str, str]:
    """What the process was given, over what stands in a `.env` file here or above."""
    file = dotenv_values(find_dotenv(usecwd=True))
    given = dict(os.environ)
    if OF_GETTEXT.fullmatch(given.get("LANGUAGE", "")):
        del given["LANGUAGE"]
    return {**{name: value or "" for name, value in file.items()}, **given}


def read(environ: Mapping[str, str]) -> Settings:
    """The settings with every problem found. A name that is not set keeps its default."""
    values: dict[str, Any] = {}
    problems: list[Problem] = []
    for name, parse in PARSERS.items():
        text = environ.get(name)
        if text is None or (text.strip() == "" and name not in MAY_BE_EMPTY):
            if name in REQUIRED:
                problems.append(Problem(name, f"is missing. {REQUIRED[name]}"))
            continue
        try:
            values[name.lower()] = parse(text.strip())
        except ValueError as error:
            problems.append(Problem(name, str(error)))
    with_texml = any(name.startswith("texml_") for name in values)
    if with_texml and (wrong := noun.too_many(values.get("max_participants", 2))):
        problems.append(Problem("MAX_PARTICIPANTS", wrong))
    return make(**values, problems=tuple(problems), misspelt=tuple(_misspelt(environ)))


def _misspelt(environ: Mapping[str, str]) -> Iterator[Problem]:
    missing = [name for name in PARSERS if not environ.get(name)]
    for name in sorted(environ.keys() - PARSERS.keys()):
        shared = name.removeprefix("TEXML_")
        known = shared in PARSERS
        meant = [shared] if known else get_close_matches(name.upper(), missing, 1, ALIKE)
        if meant or shared != name:
            but = f" {meant[0]} may be meant." if meant else ""
            yield Problem(name, f"is no setting, and does nothing.{but}")


def _public_key(text: str) -> VerifyKey:
    try:
        return public_key(text)
    except ValueError:
        raise ValueError(
            "is not base64 of 32 bytes. Copy it whole from the Telnyx portal, "
            "Keys & Credentials, Public Key."
        ) from None


def _text(text: str) -> str:
    if len(text) > 3000 or not all(c.isprintable() or c == "\n" for c in text):
        raise ValueError("is longer than 3,000 characters or has control characters in it.")
    return text


def _secret(text: str) -> str:
    if not re.fullmatch(r"[!-~]{1,1000}", text):
        raise ValueError("has spaces or other characters in it that do not belong there.")
    return text


def _language(text: str) -> str:
    if not LANGUAGE.fullmatch(text):
        raise ValueError
    return text


def _path_secret(text: str) -> str:
    if not re.fullmatch(r"[A-Za-z0-9_-]{20,200}", text):
        raise ValueError(
            "must be 20 to 200 of the characters A-Z a-z 0-9 _ - that nobody can guess."
        )
    return text


def _public_url(text: str) -> str:
    url = _url(text)
    if ours := re.search(f"({WEBHOOK}|{TEXML}(/[^/]*)?)$", urlsplit(url).path):
        raise ValueError(f"must not end in {ours[0]}: give what stands before it.")
    if "?" in url or "#" in url:
        raise ValueError("must not have a ? or # in it: paths of ours are put behind it.")
    return url


def _reconcile(text: str) -> float:
    seconds: float = number(0, 86400).read(text)
    if 0 < seconds < 1:
        raise ValueError
    return seconds


def _url(text: str) -> str:
    return address(text).rstrip("/")


def _e164(text: str) -> str:
    if not re.fullmatch(E164, text):
        raise ValueError("is not in E.164: write + and the digits, such as +13125550100.")
    return text


def _prefixes(text: str) -> tuple[str, ...]:
    prefixes = tuple(prefix.strip() for prefix in text.split(","))
    if not all(re.fullmatch(r"\+[1-9][0-9]{0,14}", prefix) for prefix in prefixes):
        raise ValueError("must be prefixes with + before them, such as +1,+351.")
    return prefixes


def _room_name(text: str) -> str:
    if not ROOM_NAME.fullmatch(text):
        raise ValueError(f"must be {ROOM_NAME_IS}.")
    return text


REQUIRED = {
    "TELNYX_API_KEY": "Create one in the Telnyx portal, Keys & Credentials, API Keys.",
    "TELNYX_PUBLIC_KEY": "Copy it from the Telnyx portal, Keys & Credentials, Public Key.",
}
MAY_BE_EMPTY = ("GREETING_FIRST", "GREETING_NEXT")  # empty: nothing is said

PARSERS: dict[str, Callable[[str], Any]] = {
    "TELNYX_API_KEY": _secret,
    "TELNYX_PUBLIC_KEY": _public_key,
    "TELNYX_BASE_URL": _url,
    "TELNYX_CONNECTION_ID": _text,
    "TELNYX_NUMBER": _e164,
    "CONTROL_TOKEN": _secret,
    "CONFERENCE_NAME": _room_name,
    "DIAL_ALLOW": _prefixes,
    "DIAL_PER_HOUR": whole(0, 10000).parse,
    "DIAL_AT_ONCE": whole(0, 1000).parse,
    "GREETING_FIRST": _text,
    "GREETING_NEXT": _text,
    "VOICE": _text,
    "LANGUAGE": Kind("a language as Telnyx names it, such as en-GB", _language).parse,
    "HOLD_AUDIO_URL": address,
    "PUBLIC_URL": _public_url,
    "BEEP": one_of(*noun.BEEP).parse,
    "COMFORT_NOISE": words({"yes": True, "no": False}, "yes or no").parse,
    "DURATION_MINUTES": whole(0, 240).parse,
    "MAX_PARTICIPANTS": whole(2, 800).parse,
    "REGION": one_of(*REGIONS).parse,
    "RECONCILE_SECONDS": Kind("0, which is never, or a number from 1 to 86400", _reconcile).parse,
    "ALONE_MINUTES": number(0, 240).parse,
    "STATUS_CALLBACK": noun.BY_SETTING["STATUS_CALLBACK"].parse,
    "STATUS_CALLBACK_METHOD": noun.BY_SETTING["STATUS_CALLBACK_METHOD"].parse,
    "STATUS_CALLBACK_EVENT": noun.BY_SETTING["STATUS_CALLBACK_EVENT"].parse,
    "LOG_FORMAT": one_of("text", "json").parse,
    "PORT": whole(1, 65535).parse,
    "THREADS": whole(1, 1000).parse,
    "TIME_FACTOR": number(1, 100).parse,
    "TEXML_SECRET": _path_secret,
    **{name: attribute.parse for name, attribute in noun.SETTINGS.items()},
}
