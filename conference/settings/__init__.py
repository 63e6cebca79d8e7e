"""Reads the settings from the environment, once, and checks all of them."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, fields, replace
from difflib import get_close_matches
from importlib.util import find_spec
from typing import Any

from nacl.signing import VerifyKey

from conference import rooms_file
from conference.core.doors import RECEPTION, Doors
from conference.core.human_text import trimmed
from conference.core.room_settings import RoomSettings
from conference.core.schema.typed_numbers import country_code
from conference.core.texml import attributes
from conference.masking import hide_all_secrets, hide_secrets
from conference.settings import env_file
from conference.settings.kinds import (
    KINDS,
    MAY_BE_EMPTY,
    NOTES,
    PATH_SECRET,
    REQUIRED,
    SECRET,
    TOKEN,
)

OF_GETTEXT = re.compile(r"(?!arb\Z)(C|POSIX|[a-z]{2,3}(_[A-Z]{2})?)([.@:]\S*)?")
"""A LANGUAGE that a Linux desktop sets for its own use, such as en_GB:en."""
ENV_FILE = ".env"
INSTALL_REDIS = ".venv/bin/pip install -r requirements-scaling.txt"
ALIKE = 0.85  # difflib's ratio: TEXML_MUTE is like TEXML_MUTED, LANG is not like LANGUAGE


@dataclass(frozen=True, slots=True)
class Problem:
    """A missing or malformed setting, and what to do about it."""

    name: str
    what: str

    def __str__(self) -> str:
        return f"{self.name}: {self.what}"


@dataclass(frozen=True, slots=True)
class Settings:
    """All settings. Nothing is served unless `problems` is empty.

    `room`: settings of a room without its own. `rooms`: those of the rooms file, by name, and of
    the reception. `numbers`: that lead to one of these rooms, in E.164. `misspelt`: names that are
    no setting, but like one, and lines of `.env` that set nothing. `exposed`: files with secrets
    that others can read. No address, number or key is shown.
    """

    telnyx_api_key: str = field(default="", repr=False)
    telnyx_public_key: VerifyKey | None = None
    telnyx_base_url: str = field(default="https://api.telnyx.com/v2", repr=False)
    telnyx_connection_id: str = ""
    telnyx_number: str = field(default="", repr=False)
    control_token: str = field(default="", repr=False)
    metrics_token: str = field(default="", repr=False)
    conference_name: str = "demo-conference"
    rooms_file: str = ""
    dial_allow: tuple[str, ...] = field(default=(), repr=False)  # whole numbers, perhaps
    dial_per_hour: int = 30
    dial_at_once: int = 5
    log_format: str = "text"
    port: int = 5000
    threads: int = 64
    redis_url: str = field(default="", repr=False)
    web_concurrency: int = 1
    time_factor: float = 1
    record_webhooks: str = ""
    texml_secret: str = field(default="", repr=False)
    room: RoomSettings = field(default_factory=RoomSettings)
    rooms: Mapping[str, RoomSettings] = field(default_factory=dict)
    numbers: Mapping[str, str] = field(default_factory=dict, repr=False)
    problems: tuple[Problem, ...] = ()
    misspelt: tuple[Problem, ...] = ()
    exposed: tuple[Problem, ...] = ()

    @property
    def doors(self) -> Doors:
        """Where callers are led: without a rooms file, all to the default room."""
        if not self.rooms:
            return Doors(self.conference_name)
        titles = {room.title: name for name, room in self.rooms.items() if room.title}
        own = tuple(name for name in self.rooms if name != RECEPTION)
        return Doors(RECEPTION, self.numbers, titles, own)

    @property
    def usual_room(self) -> str:
        """The room where none is named: CONFERENCE_NAME, or the first one of the rooms file."""
        name = self.doors.named(self.conference_name)
        return name if name in self.rooms or not self.rooms else next(iter(self.rooms))

    @property
    def workers(self) -> int:
        """How many processes serve: several need a registry that they share."""
        return self.web_concurrency if self.redis_url else 1

    @property
    def may_read_metrics(self) -> bool:
        """Whether a token opens `/metrics`."""
        return bool(self.metrics_token or self.control_token)

    @property
    def warnings(self) -> tuple[Problem, ...]:
        """What does not prevent the start."""
        return (*self.misspelt, *self.exposed)


OF_A_ROOM = {f.name for f in fields(RoomSettings)}


def make(**values: Any) -> Settings:
    """Make Settings from names in lower case, those of a room included."""
    room = {name: value for name, value in values.items() if name in OF_A_ROOM}
    texml = {name for name in values if name.upper() in attributes.SETTINGS}
    others = {name: values[name] for name in values.keys() - room.keys() - texml}
    room["texml"] = attributes.from_settings(values)
    if values.get("dial_allow"):
        room["dial_country"] = country_code(values.get("telnyx_number", ""))
    return Settings(**others, room=RoomSettings(**room))


def environment() -> dict[str, str]:
    """Return the process's environment, over a `.env` file in this folder or one above."""
    given = dict(os.environ)
    if OF_GETTEXT.fullmatch(given.get("LANGUAGE", "")):
        del given["LANGUAGE"]
    return {**env_file.read(), **given}


def load() -> Settings:
    """Read the settings of this process. A file that cannot be read is a problem."""
    try:
        settings = read(environment())
        warnings = {ENV_FILE: env_file.exposure(_is_secret)}
        lines = env_file.lines_without_setting()
    except env_file.Unreadable as error:
        return Settings(problems=(Problem(ENV_FILE, str(error)),))
    if settings.rooms:
        path = env_file.beside(settings.rooms_file)
        warnings["ROOMS_FILE"] = env_file.open_to_others(path, rooms_file.SECRETS)
    exposed = tuple(Problem(name, warning) for name, warning in warnings.items() if warning)
    without = (
        Problem(ENV_FILE, f"line {each} is not NAME=value, and sets nothing.") for each in lines
    )
    return replace(settings, exposed=exposed, misspelt=(*without, *settings.misspelt))


def _is_secret(name: str, value: str) -> bool:
    return KINDS.get(name) in (SECRET, TOKEN, PATH_SECRET) or hide_secrets(value) != value


def read(environ: Mapping[str, str]) -> Settings:
    """Read the settings and find every problem. A name that is not set keeps its default."""
    values: dict[str, Any] = {}
    problems: list[Problem] = []
    for name, kind in KINDS.items():
        text = trimmed(environ[name]) if name in environ else None
        if text is None or (text == "" and name not in MAY_BE_EMPTY):
            if name in REQUIRED:
                problems.append(Problem(name, f"is missing. {REQUIRED[name]}"))
            continue
        try:
            values[name.lower()] = kind.parse(text, NOTES.get(name, ""))
        except ValueError as error:
            problems.append(Problem(name, hide_all_secrets(str(error))))
    with_texml = any(name.startswith("texml_") for name in values)
    if with_texml and (wrong := attributes.too_many(values.get("max_participants", 2))):
        problems.append(Problem("MAX_PARTICIPANTS", wrong))
    misspelt = tuple(_misspelt(environ))
    settings = with_redis(make(**values, problems=tuple(problems), misspelt=misspelt))
    return with_rooms(settings, with_texml=with_texml) if settings.rooms_file else settings


def with_redis(settings: Settings) -> Settings:
    """Keep REDIS_URL if redis-py is there and can read it; else add the problem."""
    if not settings.redis_url:
        return settings
    try:
        if find_spec("redis") is None:
            raise ValueError(f"needs redis-py. Install it: {INSTALL_REDIS}.")
        from conference.registry.redis import address

        address.parse(settings.redis_url)
    except ValueError as error:
        problems = (*settings.problems, Problem("REDIS_URL", str(error)))
        return replace(settings, redis_url="", problems=problems)
    return settings


def with_rooms(settings: Settings, *, with_texml: bool = False) -> Settings:
    """Add the rooms of the rooms file, and its problems. `with_texml`: as in rooms_file.read."""
    path = env_file.beside(settings.rooms_file)
    found = rooms_file.read(path, settings.room, with_texml=with_texml)
    problems = (Problem(each.field, f"{each.problem.rstrip('.')}.") for each in found.wrong)
    rooms = {**found.rooms, RECEPTION: found.reception} if found.rooms else {}
    return replace(
        settings,
        rooms=rooms,
        numbers=found.numbers,
        problems=(*settings.problems, *problems),
    )


def _misspelt(environ: Mapping[str, str]) -> Iterator[Problem]:
    missing = [name for name in KINDS if not environ.get(name)]
    for name in sorted(environ.keys() - KINDS.keys()):
        shared = name.removeprefix("TEXML_")
        known = shared in KINDS
        meant = [shared] if known else get_close_matches(name.upper(), missing, 1, ALIKE)
        if meant or shared != name:
            but = f" Is {meant[0]} meant?" if meant else ""
            yield Problem(name, f"is not a setting, and does nothing.{but}")
